//! What loading a model costs the processor, section by section, up to the first answer and up to the last graph.
//!
//! `SEGUE_MODEL=model.segue cargo bench --profile dev -p benches --bench load`, on one thread, without a network.
//! The median of `SEGUE_BENCH_RUNS` (default 20) loads.

use std::{collections::BTreeMap, time::Instant};

use anyhow::Context;
use benches::process::Usage;
use recommender::{
    Model, Version,
    artifact::{ArtifactReader, Need, SectionData, section},
    column::{DictColumn, IntColumn, NumericColumn},
    model::nodes,
    recommend::{Request, Seed},
    search::{Graph, Search},
    text_search::TextSearch,
};

fn main() -> anyhow::Result<()> {
    let path =
        std::env::var("SEGUE_MODEL").context("SEGUE_MODEL must name a model.segue; make one with `trainer train`")?;
    let runs: usize = std::env::var("SEGUE_BENCH_RUNS").map_or(Ok(20), |runs| runs.parse())?;
    let file = std::fs::read(&path).with_context(|| format!("cannot read {path}"))?;
    let version = Version::of(&file);
    // Memory first: what later loads free stays with the allocator.
    let resident = || -> anyhow::Result<u64> { Ok(Usage::of(std::process::id())?.resident / 1_000_000) };
    let before = resident()?;
    let model = Model::from_bytes(&file, version)?;
    println!("{:>6} MB for a model, text search included\n", resident()? - before);
    print_memory(&model);
    drop(model);
    let mut steps: BTreeMap<(usize, String), Vec<f64>> = BTreeMap::new();
    for _ in 0..runs.max(1) {
        let mut order = 0;
        let mut timed = |name: &str, begun: Instant| {
            order += 1;
            steps.entry((order, name.to_owned())).or_default().push(begun.elapsed().as_secs_f64() * 1e3);
        };
        let mut reader = ArtifactReader::new(&file, file.len() as u64)?;
        let sections = reader.sections().to_vec();
        for part in sections.iter().filter(|entry| entry.section.need() == Need::FirstAnswer) {
            let begun = Instant::now();
            let piece = SectionData::read(part, section(&file, part))?;
            timed(&part.section.to_string(), begun);
            reader.add(piece);
        }
        let begun = Instant::now();
        let (scaler, features) = reader.scaled().context("a feature is missing")?;
        let made = nodes(scaler, &features)?;
        timed("(nodes)", begun);
        let begun = Instant::now();
        let model = Model::assemble_with(reader.finish()?, made, version)?;
        timed("(assemble)", begun);
        let track = model.catalog().track(model.catalog().len() as u32 / 2);
        let seed = Seed::Song { song: track.song.into(), artist: Some(track.artist.into()) };
        let begun = Instant::now();
        let answer = model.recommend(&Request { search: Search::Exact, ..Request::new(seed) })?;
        timed("(first answer)", begun);
        anyhow::ensure!(!answer.tracks.is_empty(), "no answer");
        for part in sections.iter().filter(|entry| entry.section.need() == Need::Graphs) {
            let begun = Instant::now();
            if let SectionData::Graph(cluster, graph) = SectionData::read(part, section(&file, part))? {
                model.add_graph(cluster, &graph)?;
            }
            timed(&part.section.to_string(), begun);
        }
    }
    let mut total = 0.0;
    for ((_, name), mut times) in steps {
        times.sort_by(f64::total_cmp);
        let median = times[times.len() / 2];
        total += median;
        println!("{name:<16} {median:>8.2} ms   {total:>8.2} ms so far");
    }
    Ok(())
}

/// What a track takes in memory, part by part.
fn print_memory(model: &Model) {
    let catalog = model.catalog();
    let graphs = (0..model.clusters().len()).filter_map(|cluster| model.neighbors().graph(cluster));
    let optional = |column: &Option<DictColumn>| column.as_ref().map_or(0, DictColumn::memory);
    let attributes = catalog.attributes.columns().map(|(_, column)| column);
    let marks = [&catalog.years, &catalog.explicit].into_iter().flatten().chain(attributes);
    let marks = marks.map(IntColumn::memory).sum::<usize>();
    for (part, bytes) in [
        ("vectors", model.neighbors().nodes().memory()),
        ("graphs", graphs.map(Graph::memory).sum()),
        ("features", catalog.features.iter().map(NumericColumn::memory).sum()),
        ("ids", catalog.ids.memory()),
        ("titles", catalog.songs.memory()),
        ("artists", catalog.artists.memory()),
        ("albums, genres, years, explicit, attributes", optional(&catalog.albums) + optional(&catalog.genres) + marks),
        ("text search", model.text_search().map_or(0, TextSearch::bytes)),
    ] {
        println!("{part:<32} {:>6.1} bytes a track", bytes as f64 / catalog.len() as f64);
    }
    println!();
}
