//! Recommending: how long a request takes in process, by search, and what a graph costs and finds.
//!
//! `cargo bench -p benches --bench recommend`. The model is chosen as in `search.rs`.

use std::time::Instant;

use benches::{catalog::model, latency::report};
use recommender::{
    recommend::{FeatureRange, Request, Seed},
    search::Search,
};
use trainer::evaluation;

/// Seeds, spread evenly through the catalogue.
const SEEDS: usize = 2_000;

fn main() -> anyhow::Result<()> {
    let model = model()?;
    let tracks = model.catalog().len();
    println!("{tracks} tracks in {} clusters", model.clusters().len());
    let rows: Vec<u32> = (0..SEEDS).map(|seed| (seed * tracks / SEEDS) as u32).collect();
    let tempo = model.scaler().features.iter().position(|feature| feature == "tempo");
    let bounded: Vec<FeatureRange> = tempo
        .map(|tempo| FeatureRange { feature: "tempo".into(), min: Some(model.scaler().mean[tempo]), max: None })
        .into_iter()
        .collect();
    let mut all = vec![
        ("auto, n = 10", Request::new(Seed::Row(0))),
        ("hnsw, n = 10", Request { search: Search::Hnsw, ..Request::new(Seed::Row(0)) }),
        ("exact, n = 10", Request { search: Search::Exact, ..Request::new(Seed::Row(0)) }),
        ("auto, n = 50", Request { limit: 50, ..Request::new(Seed::Row(0)) }),
        ("auto, any cluster, n = 10", Request { same_cluster: false, ..Request::new(Seed::Row(0)) }),
        (
            "exact, any cluster, n = 10",
            Request { same_cluster: false, search: Search::Exact, ..Request::new(Seed::Row(0)) },
        ),
        ("diversity 0.3, n = 10", Request { diversity: 0.3, ..Request::new(Seed::Row(0)) }),
    ];
    if !bounded.is_empty() {
        all.push(("min_tempo, n = 10", Request { ranges: bounded, ..Request::new(Seed::Row(0)) }));
    }
    for (kind, mut request) in all {
        let (mut times, mut short) = (Vec::with_capacity(rows.len()), 0);
        for row in &rows {
            request.seeds = vec![Seed::Row(*row)];
            let begun = Instant::now();
            let answer = std::hint::black_box(model.recommend(&request)?);
            times.push((begun.elapsed(), row.to_string()));
            let matching = answer.seeds[0].after_filtering_size as usize;
            short += usize::from(answer.tracks.len() < request.limit.min(matching));
        }
        report(kind, &mut times);
        assert_eq!(short, 0, "{kind}: answers came back short");
    }
    for same_cluster in [true, false] {
        let recall = evaluation::recall(&model, 10, SEEDS, same_cluster)?;
        println!("recall@10 of hnsw, same_cluster = {same_cluster}: {recall:.4}");
    }
    Ok(())
}
