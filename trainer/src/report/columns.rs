//! What was understood of the table's columns: a line for each meaning, and what nothing was taken from.

use maud::{Markup, html};

use super::{
    html::table,
    text_table::{Column, text_table},
};
use crate::{
    numbers::count,
    printable::printable,
    table::{Schema, UsedColumn, columns::option},
};

/// How many columns that nothing was taken from are named, at most.
const MAX_UNUSED_SHOWN: usize = 20;
/// A column's name is cut beyond these in a terminal.
const MAX_NAME_CHARS: usize = 32;

/// The lines for a terminal: meaning, column, example, and what is to be known; then the columns that nothing was taken from.
pub fn text(schema: &Schema) -> String {
    let rows = schema.used.iter().map(|used| {
        let column = used.column.as_deref().map_or_else(|| "-".to_owned(), |name| cut(&printable(name)));
        let example = used.example.as_deref().map_or_else(String::new, |text| printable(text).into_owned());
        vec![used.meaning.to_string(), column, example, cells(used)]
    });
    let columns = [Column::Left("meaning"), Column::Left("column"), Column::Left("example"), Column::Left("cells")];
    let mut text = text_table(&columns, rows);
    if let Some(names) = unused(schema) {
        text += &format!("nothing is taken from: {names}\n");
    }
    for (column, meaning) in schema.hints() {
        text += &format!("{} looks like {meaning}: {}\n", cut(&printable(column)), option(meaning, column));
    }
    text
}

/// The same for the page.
pub(super) fn markup(schema: &Schema) -> Markup {
    html! {
        (table("Columns", html! {
            thead { tr {
                th scope="col" { "Meaning" } th scope="col" { "Column" } th scope="col" { "Example" }
                th.number scope="col" { "Empty" } th.number scope="col" { "Unreadable" } th scope="col" { "" span.away { "Note" } }
            } }
            tbody {
                @for used in &schema.used {
                    tr {
                        th scope="row" { (used.meaning) }
                        td { @if let Some(column) = &used.column { bdi { (column) } } @else { "-" } }
                        td { @if let Some(example) = &used.example { bdi { (example) } } }
                        td.number { (count(used.empty)) } td.number { (count(used.unreadable)) }
                        td { @if let Some(note) = &used.note { (note) } }
                    }
                }
            }
        }))
        @if let Some(names) = unused(schema) { p.quiet { "Nothing is taken from: " bdi { (names) } } }
        @for (column, meaning) in schema.hints() {
            p { bdi { (column) } " looks like " (meaning) ": " code { (option(meaning, column)) } }
        }
    }
}

/// The columns that nothing is taken from and that look like nothing.
fn unused(schema: &Schema) -> Option<String> {
    let plain = || schema.unused.iter().filter(|unused| unused.looks_like.is_none());
    let mut names: Vec<String> = plain().take(MAX_UNUSED_SHOWN).map(|unused| cut(&printable(&unused.column))).collect();
    let more = plain().count().saturating_sub(MAX_UNUSED_SHOWN);
    if more > 0 {
        names.push(format!("and {more} more"));
    }
    (!names.is_empty()).then(|| names.join(", "))
}

/// What is to be known of the cells, in a few words.
fn cells(used: &UsedColumn) -> String {
    let counted = [(used.empty, "empty"), (used.unreadable, "unreadable")];
    let counted = counted.into_iter().filter(|(n, _)| *n > 0).map(|(n, what)| format!("{} {what}", count(n)));
    used.note.clone().into_iter().chain(counted).collect::<Vec<_>>().join(", ")
}

fn cut(name: &str) -> String {
    match name.char_indices().nth(MAX_NAME_CHARS) {
        Some((end, _)) => format!("{}…", &name[..end]),
        None => name.to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use crate::table::{self, Options};

    #[test]
    fn each_meaning_has_its_line_and_each_other_column_is_named() {
        let csv = "Song,artist,energy,Average tempo,Loudness,key,chart\u{1b}[31m\n\
            Dance,A,0.5,120,-6.5db,C#,1\n\
            Hymn,B,0.25,98,-9.5db,soon,2\n\
            Waltz,,0.125,101,,,3\n";
        let table = table::read(csv.as_bytes(), "t.csv", &Options::default(), &mut |_| {}).expect("a table");
        let text = super::text(&table.schema);
        let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
        assert_eq!(
            lines,
            [
                "meaning   column    example  cells",
                "title     Song      Dance",
                "artist    artist    A        1 empty",
                "id        -                  no such column: made from artist and title (segue-…)",
                "key       key       C#       1 empty, 1 unreadable",
                "energy    energy    0.5      0 to 1",
                "loudness  Loudness  -6.5db   in dB, 1 empty",
                "nothing is taken from: chart\\u{1b}[31m",
                "Average tempo looks like tempo: --column tempo='Average tempo'",
            ],
            "{text}"
        );
    }
}
