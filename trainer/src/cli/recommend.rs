//! `trainer recommend`.

use std::path::PathBuf;

use anyhow::anyhow;
use recommender::{
    Model,
    recommend::{Answer, Error, MAX_LIMIT, Order, Request, Seed},
};

use super::train_options::number;
use crate::{
    printable::printable,
    report::text_table::{Column, text_table},
    shell::quoted,
};

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
    /// Take title and artist as they stand: no other spelling, no typo, no guess by popularity
    #[arg(long)]
    strict: bool,
    /// How many songs to recommend, 1 to 100
    #[arg(short = 'n', long = "limit", default_value_t = 10, value_parser = number::<usize>(1..=MAX_LIMIT as u64))]
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
        let answer = model.recommend(&self.request()).map_err(explained)?;
        let named = |row| {
            let track = model.catalog().track(row);
            printable(&format!("{} - {}", track.artist, track.song)).into_owned()
        };
        let cluster = |row| model.clusters()[model.cluster_of(row)].name.as_str();
        for seed in answer.seeds.iter().map(|seed| &seed.seed) {
            let Some(row) = seed.row else { continue };
            let found = seed.understood.map_or_else(String::new, |by| format!("; found by {}", by.name()));
            println!("{}", printable(&format!("{} ({}){found}", named(row), cluster(row))));
        }
        let tracks = answer.tracks.iter().map(|track| {
            let elsewhere = if self.any_cluster { format!("({})", cluster(track.row)) } else { String::new() };
            vec![format!("{:.4}", track.similarity), named(track.row), elsewhere]
        });
        print!("{}", text_table(&[Column::Left(""), Column::Left(""), Column::Left("")], tracks));
        if let Some(shortage) = self.shortage(&model, &answer)? {
            eprintln!("{shortage}");
        }
        Ok(())
    }

    fn request(&self) -> Request {
        Request {
            limit: self.limit,
            same_cluster: !self.any_cluster,
            versions: self.versions,
            vary: self.vary,
            order: if self.flow { Order::Flow } else { Order::Similarity },
            strict: self.strict,
            ..Request::new(Seed::Song { song: self.song.clone(), artist: self.artist.clone() })
        }
    }

    /// Why there are fewer songs than were asked for, and what to do, where there are.
    fn shortage(&self, model: &Model, answer: &Answer) -> anyhow::Result<Option<String>> {
        let found = answer.tracks.len();
        if found >= self.limit {
            return Ok(None);
        }
        let elsewhere = !self.any_cluster
            && model
                .recommend(&Request { limit: (found + 1).min(MAX_LIMIT), same_cluster: false, ..self.request() })?
                .tracks
                .len()
                > found;
        let place = if self.any_cluster { "the catalogue" } else { "its cluster" };
        let hint = if elsewhere { "; --any-cluster searches in all clusters" } else { "" };
        Ok(Some(match found {
            0 => format!("no other song is in {place}{hint}"),
            1 => format!("1 song: {place} has no more{hint}"),
            found => format!("{found} songs: {place} has no more{hint}"),
        }))
    }
}

/// An error with what to type instead: as the API answers with nearby titles and with artists.
fn explained(error: Error) -> anyhow::Error {
    let error = match error {
        Error::Seed { error, .. } => *error,
        error => error,
    };
    match &error {
        Error::UnknownSong { suggestions, .. } if !suggestions.is_empty() => {
            let suggestions: Vec<String> = suggestions.iter().map(|title| quoted(title).to_string()).collect();
            anyhow!("{}; did you mean --song {}?", printable(&error.to_string()), printable(&suggestions.join(", ")))
        }
        Error::UnknownArtist { artists, .. } | Error::ArtistNeeded { artists, .. } => {
            let artist = artists.names.first().map_or_else(String::new, |artist| quoted(artist));
            anyhow!("{}; such as --artist {}", printable(&error.to_string()), printable(&artist))
        }
        _ => error.into(),
    }
}
