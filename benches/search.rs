//! Searching by what is typed: how long a query takes, how long its index to make, and how much memory that has.
//!
//! `cargo bench -p benches --bench search`. The model is `SEGUE_MODEL`, an artifact; without it that of the catalogue
//! `265k`, or `1m` where the table of the first is not there.

use std::time::{Duration, Instant};

use anyhow::Context;
use benches::{
    catalog::{artifact, model},
    latency::report,
    process::thread_cpu_time,
};
use recommender::{
    Model, Version,
    artifact::{Section, SectionData, decode, section, sections},
};

/// Titles that queries are made of.
const TITLES: usize = 300;
/// How many hits a query asks for: the default of the HTTP API.
const LIMIT: usize = 10;

fn main() -> anyhow::Result<()> {
    let model = model()?;
    let tracks = model.catalog().len();
    let file = artifact()?;
    let entries = sections(&file)?;
    let entry = entries.iter().find(|entry| entry.section == Section::TextSearch).context("there is no text search")?;
    let cpu = thread_cpu_time();
    let SectionData::TextSearch(index) = SectionData::read(entry, section(&file, entry))? else { unreachable!() };
    let read = thread_cpu_time().saturating_sub(cpu);
    let mut unsearched = decode(&file)?;
    unsearched.text_search = None;
    let model = Model::assemble(unsearched, Version::of(&file))?;
    let cpu = thread_cpu_time();
    model.add_text_search(*index)?;
    let checked = thread_cpu_time().saturating_sub(cpu);
    let search = model.text_search().context("there is no text search")?;
    println!("{tracks} tracks, {} songs, {} words", search.songs(), search.words());
    println!(
        "ready in {:.1?} of processor time ({read:.1?} to decode, {checked:.1?} to check and to number the songs)",
        read + checked
    );
    let each = |bytes: u64| bytes as f64 / tracks as f64;
    println!("{:.1} bytes a track in the artifact, {:.1} in memory", each(entry.length), each(search.bytes() as u64));

    let mut all = Vec::new();
    for (kind, queries) in queries(&model) {
        let mut times: Vec<(Duration, String)> = Vec::with_capacity(queries.len());
        for query in queries {
            // The better of two: what else the machine does is not the query's time.
            let time = (0..2).map(|_| {
                let begun = Instant::now();
                std::hint::black_box(model.search(&query, LIMIT));
                begun.elapsed()
            });
            times.push((time.min().unwrap_or_default(), query));
        }
        report(kind, &mut times);
        all.extend(times);
    }
    report("all of them", &mut all);
    Ok(())
}

/// Queries as people make them, by kind.
fn queries(model: &Model) -> Vec<(&'static str, Vec<String>)> {
    let catalog = model.catalog();
    let rows = (0..TITLES).map(|title| (title * catalog.len() / TITLES) as u32);
    let songs: Vec<(&str, &str)> = rows.map(|row| catalog.track(row)).map(|track| (track.song, track.artist)).collect();
    let letters = |text: &str| -> Vec<String> {
        text.char_indices().map(|(at, c)| text[..at + c.len_utf8()].to_owned()).collect()
    };
    let typo = |text: &str, place: usize| -> String {
        text.chars().enumerate().filter(|(at, _)| *at != place).map(|(_, c)| c).collect()
    };
    let long: Vec<String> = songs
        .chunks(6)
        .map(|songs| songs.iter().map(|(song, _)| typo(song, 2)).collect::<Vec<_>>().join(" "))
        .chain([["a"; 16].join(" "), "a b c d e f g h i j k l m n o p".into(), "the a of in to and i you my".into()])
        .collect();
    vec![
        ("titles, letter by letter", songs.iter().flat_map(|(song, _)| letters(song)).collect()),
        ("artists, letter by letter", songs.iter().flat_map(|(_, artist)| letters(artist)).collect()),
        ("artist and title", songs.iter().map(|(song, artist)| format!("{artist} {song}")).collect()),
        ("titles with a typo", songs.iter().map(|(song, _)| typo(song, song.chars().count() / 2)).collect()),
        ("titles with one at the start", songs.iter().map(|(song, _)| typo(song, 1)).collect()),
        ("one letter", ('a'..='z').map(String::from).collect()),
        ("two letters", ('a'..='z').flat_map(|a| ('a'..='z').map(move |b| [a, b].iter().collect())).collect()),
        ("many words", long),
    ]
}
