//! `trainer recommend`.

use std::path::PathBuf;

use recommender::{
    Model,
    recommend::{Order, Request, Seed},
};

use crate::report::text_table::{Column, text_table};

#[derive(Debug, clap::Args)]
pub(super) struct Recommend {
    /// The artifact
    file: PathBuf,
    /// Title of the song to begin from
    #[arg(long, allow_hyphen_values = true)]
    song: String,
    /// Its artist, where several artists share the title
    #[arg(long, allow_hyphen_values = true)]
    artist: Option<String>,
    /// How many songs to recommend, 1 to 100
    #[arg(short = 'n', long = "limit", default_value_t = 10)]
    limit: usize,
    /// Search in all clusters instead of the song's own
    #[arg(long)]
    any_cluster: bool,
    /// Count live, remastered, remixed and other versions of a song as songs of their own
    #[arg(long)]
    versions: bool,
    /// Another answer of equal quality for each number
    #[arg(long, value_name = "NUMBER")]
    vary: Option<u32>,
    /// Put the songs in the order in which they follow one another best, in tempo, key and energy
    #[arg(long)]
    flow: bool,
}

impl Recommend {
    pub(super) fn run(self) -> anyhow::Result<()> {
        let model = Model::open(&self.file)?;
        let answer = model.recommend(&Request {
            limit: self.limit,
            same_cluster: !self.any_cluster,
            versions: self.versions,
            vary: self.vary,
            order: if self.flow { Order::Flow } else { Order::Similarity },
            ..Request::new(Seed::Song { song: self.song, artist: self.artist })
        })?;
        let named = |row| {
            let track = model.catalog().track(row);
            format!("{} - {}", track.artist, track.song)
        };
        let cluster = |row| model.clusters()[model.cluster_of(row)].name.as_str();
        for row in answer.seeds.iter().filter_map(|seed| seed.seed.row) {
            println!("{} ({})", named(row), cluster(row));
        }
        let tracks = answer.tracks.iter().map(|track| {
            let elsewhere = if self.any_cluster { format!("({})", cluster(track.row)) } else { String::new() };
            vec![format!("{:.4}", track.similarity), named(track.row), elsewhere]
        });
        print!("{}", text_table(&[Column::Left(""), Column::Left(""), Column::Left("")], tracks));
        Ok(())
    }
}
