use proptest::prelude::*;
use recommender::column::DictColumn;

use super::*;

/// What is shown of each cell, and whom it names.
fn all(cells: &[&str]) -> Vec<(String, Vec<String>)> {
    let (shown, credits) = credited(cells.iter().collect()).expect("room");
    let named = |row: usize| credits.of(shown.dictionary(), shown.code(row)).map(str::to_owned).collect();
    (0..shown.len()).map(|row| (shown.get(row).to_owned(), named(row))).collect()
}

/// Whom the first of the cells names.
fn first(cells: &[&str]) -> Vec<String> {
    all(cells).swap_remove(0).1
}

#[test]
fn lists_and_semicolons_always_separate_and_are_shown_with_commas() {
    for cell in
        ["['Justine Skye', 'Tyga']", "Justine Skye;Tyga", "{'0': 'Justine Skye', '1': 'Tyga'}", "Justine Skye; Tyga;"]
    {
        let (shown, named) = all(&[cell]).swap_remove(0);
        assert_eq!(
            (shown.as_str(), &named[..]),
            ("Justine Skye, Tyga", &["Justine Skye".into(), "Tyga".into()][..]),
            "{cell}"
        );
    }
    let (shown, named) = all(&["['Tyler, The Creator', 'Kali Uchis']"]).swap_remove(0);
    assert_eq!(shown, "Tyler, The Creator, Kali Uchis");
    assert_eq!(named, ["Tyler, The Creator", "Kali Uchis"]);
    assert_eq!(first(&["A;a;B"]), ["A", "B"]);
}

#[test]
fn guests_are_artists_and_the_cell_stays_as_it_stands() {
    for (cell, named) in [
        ("Lead feat. Guest", vec!["Lead", "Guest"]),
        ("Lead FT Guest", vec!["Lead", "Guest"]),
        ("Lead (with Guest)", vec!["Lead", "Guest"]),
        ("Lead [featuring Guest]", vec!["Lead", "Guest"]),
        ("Featuring", vec!["Featuring"]),
        ("MC 900 Ft. Jesus", vec!["MC 900 Ft. Jesus"]),
    ] {
        assert_eq!(all(&[cell]).swap_remove(0), (cell.to_owned(), named.into_iter().map(str::to_owned).collect()));
    }
}

#[test]
fn commas_separate_where_the_column_uses_them() {
    assert_eq!(first(&["Lead A, Guest B"]), ["Lead A", "Guest B"]);
    let tight = all(&[
        "A,B",
        "A,C",
        "D",
        "Tyler, The Creator",
        "Tyler, The Creator,B",
        "Harry, Sally",
        "D,E",
        "E,F",
        "F,G",
        "G,H",
        "H,I",
    ]);
    assert_eq!(tight[0], ("A, B".to_owned(), vec!["A".to_owned(), "B".to_owned()]));
    assert_eq!(tight[3].1, ["Tyler, The Creator"]);
    assert_eq!(tight[4], ("Tyler, The Creator, B".to_owned(), vec!["Tyler, The Creator".to_owned(), "B".to_owned()]));
    assert_eq!(tight[5].1, ["Harry, Sally"]);
    let loose = ["A, B", "Earth, Wind & Fire, A", "Grover Washington, Jr.", "A, C, D", "Up, Bustle & Out"];
    let named: Vec<Vec<String>> = all(&loose).into_iter().map(|(_, named)| named).collect();
    assert_eq!(named[1], ["Earth, Wind & Fire", "A"]);
    assert_eq!(named[2], ["Grover Washington, Jr."]);
    assert_eq!(named[3], ["A", "C", "D"]);
    assert_eq!(named[4], ["Up, Bustle & Out"]);
}

#[test]
fn a_comma_in_few_names_is_part_of_them_unless_its_sides_are_known() {
    let mut cells = vec!["Defiance, Ohio", "Ann, Bob"];
    cells.extend(["Ann", "Bob", "Cy", "Dee", "Eve", "Fay", "Guy", "Hal", "Ida", "Jon"]);
    let named = all(&cells);
    assert_eq!(named[1].1, ["Ann", "Bob"]);
    assert_eq!(named[0].1, ["Defiance, Ohio"]);
}

#[test]
fn what_stands_within_names_separates_where_the_column_shows_it() {
    for joining in ["&", "x", "X", "+", "vs", "vs.", "and", "con"] {
        let cell = format!("Ann {joining} Bob");
        assert_eq!(first(&[&cell, "Ann", "Bob"]), ["Ann", "Bob"], "{cell}");
        assert_eq!(first(&[&cell, "Ann", "Cy"]), [cell.as_str()], "{cell}");
    }
    assert_eq!(first(&["Ann & Bob", "Ann & Cy", "Dee & Bob", "Dee & Cy"]), ["Ann", "Bob"]);
    assert_eq!(first(&["Simon & Garfunkel", "Simon", "Garfunkel"]), ["Simon & Garfunkel"]);
    assert_eq!(first(&["Prince & The Revolution", "Prince", "The Revolution"]), ["Prince & The Revolution"]);
    for name in ["AC/DC", "Tones and I", "Florence + The Machine", "10,000 Maniacs", "Chloe x Halle"] {
        assert_eq!(first(&[name]), [name]);
    }
}

#[test]
fn a_name_of_a_list_stays_whole_in_other_cells() {
    let cells = ["Ann & Bob", "['Ann & Bob', 'Cy']", "Ann", "Bob", "Ann & Cy", "Cy"];
    assert_eq!(first(&cells), ["Ann & Bob"]);
    assert_eq!(first(&["Ann & Bob", "Ann & Bob;Cy", "Ann;Bob", "Ann", "Bob"]), ["Ann & Bob"]);
}

#[test]
fn cells_that_are_shown_alike_are_one() {
    let (shown, credits) =
        credited(["A;B", "A, B", "['A', 'B']", "C", "D", "E", "F", "G", "H"].iter().collect()).expect("room");
    assert_eq!(shown.code(0), shown.code(1));
    assert_eq!(shown.code(0), shown.code(2));
    assert_eq!(credits.of(shown.dictionary(), shown.code(1)).collect::<Vec<_>>(), ["A", "B"]);
}

#[test]
fn nobody_is_an_empty_list() {
    assert!(["[]", "['']", "set()", ";", " ; "].iter().all(|cell| is_nobody(cell)));
    assert!(["[re:jazz]", "A", "A;"].iter().all(|cell| !is_nobody(cell)));
}

#[test]
fn more_artists_than_a_cell_may_have_are_one_name() {
    for separator in [";", ",", " & "] {
        let cell = vec!["a"; 1_001].join(separator);
        assert_eq!(first(&[&cell]).len(), 1, "{separator}");
    }
}

proptest! {
    #[test]
    fn every_artist_is_a_piece_of_what_is_shown(
        cells in prop::collection::vec("[ABé,;|&x+/()\\[\\]'\" ]{0,24}|[AB] (feat\\.|&|x|vs|and) [CD]( \\(with [EF]\\))?", 1..30)
    ) {
        let cells: Vec<&str> = cells.iter().map(|cell| cell.trim()).collect();
        let column: DictColumn = cells.iter().collect();
        let (shown, credits) = credited(column).expect("room");
        let mut seen = std::collections::HashSet::new();
        prop_assert!(shown.dictionary().iter().all(|cell| seen.insert(cell)));
        for (row, cell) in cells.iter().enumerate() {
            let named: Vec<&str> = credits.of(shown.dictionary(), shown.code(row)).collect();
            prop_assert!(named.iter().all(|name| !name.is_empty()), "{cell:?} {named:?}");
            prop_assert!(named.is_empty() == shown.get(row).is_empty());
        }
        // What is shown names the same artists when a user says it with semicolons.
        let again = credited(shown.iter().collect()).expect("room").0;
        prop_assert_eq!(again.len(), shown.len());
    }
}
