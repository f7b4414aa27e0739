//! Prints the invented catalogue of the tests as CSV.

fn main() {
    print!("{}", tests::catalog::csv());
}
