//! Prints the invented catalogue of the tests as CSV.

fn main() {
    print!("{}", segue_tests::catalog::csv());
}
