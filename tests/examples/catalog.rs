//! Prints the invented catalogue of the tests, with every column that it may have, as CSV.

fn main() {
    print!("{}", tests::catalog::csv_with_attributes());
}
