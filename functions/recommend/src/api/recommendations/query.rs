//! The query of `GET /v1/recommendations`.

use std::{collections::BTreeMap, sync::LazyLock};

use segue::{
    feature::FEATURE_NAMES,
    recommend::{MAX_LIMIT, MAX_SEEDS},
};

use super::ask::{Ask, AskedSeed, SearchWord};
use crate::{params::Params, problem::Problem};

const PLAIN: [&str; 17] = [
    "song",
    "artist",
    "track_id",
    "seed_tracks",
    "limit",
    "same_cluster",
    "search",
    "explicit",
    "genre",
    "min_year",
    "max_year",
    "exclude_tracks",
    "exclude_artists",
    "exclude_seed_artists",
    "max_per_artist",
    "diversity",
    "explain",
];

/// `min_tempo`, `max_tempo`, `target_tempo` and so on, with the word and the feature that each is made of.
static OF_FEATURES: LazyLock<Vec<(String, &str, &str)>> = LazyLock::new(|| {
    let words = ["min", "max", "target"];
    FEATURE_NAMES.iter().flat_map(|feature| words.map(|word| (format!("{word}_{feature}"), word, *feature))).collect()
});

/// Every parameter that there is.
pub(super) fn parameters() -> Vec<&'static str> {
    PLAIN.into_iter().chain(OF_FEATURES.iter().map(|(name, _, _)| name.as_str())).collect()
}

/// Gathers the parameters.
pub(super) fn ask(params: &Params) -> Result<Ask, Problem> {
    let text = |name| Ok::<_, Problem>(params.text(name)?.map(str::to_owned));
    let (song, artist, track_id) = (text("song")?, text("artist")?, text("track_id")?);
    let listed = list(params, "seed_tracks", ',')?;
    let by_song = song.is_some() || artist.is_some();
    if usize::from(by_song) + usize::from(track_id.is_some()) + usize::from(!listed.is_empty()) > 1 {
        let named = if track_id.is_some() { "track_id" } else { "seed_tracks" };
        let detail = "seeds are named in one way: by song (and artist), by track_id, or by seed_tracks";
        return Err(Problem::parameter(named, "song, or song and artist, or track_id, or seed_tracks", detail));
    }
    if artist.is_some() && song.is_none() {
        let detail = "an artist alone is no seed: name a song too";
        return Err(Problem::parameter("song", "song, or song and artist, or track_id, or seed_tracks", detail));
    }
    if listed.len() > MAX_SEEDS {
        let allowed = format!("1 to {MAX_SEEDS} ids, with commas between them");
        return Err(Problem::parameter(
            "seed_tracks",
            &allowed,
            format!("seed_tracks has {} ids: expected {allowed}", listed.len()),
        ));
    }
    let mut seeds: Vec<AskedSeed> =
        listed.into_iter().map(|id| AskedSeed { track_id: Some(id), ..AskedSeed::default() }).collect();
    if by_song || track_id.is_some() {
        seeds.push(AskedSeed { track_id, song, artist, features: None });
    }
    let mut of_features: BTreeMap<&str, BTreeMap<String, f64>> = BTreeMap::new();
    for (name, word, feature) in OF_FEATURES.iter() {
        if let Some(value) = params.decimal(name, f64::MIN..=f64::MAX, "a finite number")? {
            of_features.entry(word).or_default().insert((*feature).to_owned(), value);
        }
    }
    let mut of = |word| of_features.remove(word).unwrap_or_default();
    let year = |name| Ok::<_, Problem>(params.number(name, 1..=9_999)?.map(|year| year as u32));
    let searches = [("auto", SearchWord::Auto), ("exact", SearchWord::Exact), ("hnsw", SearchWord::Hnsw)];
    Ok(Ask {
        seeds,
        negative_seeds: Vec::new(),
        limit: params.number("limit", 1..=MAX_LIMIT)?,
        same_cluster: params.flag("same_cluster")?,
        search: params.choice("search", &searches)?,
        min: of("min"),
        max: of("max"),
        target: of("target"),
        explicit: params.flag("explicit")?,
        genre: text("genre")?,
        min_year: year("min_year")?,
        max_year: year("max_year")?,
        exclude_tracks: list(params, "exclude_tracks", ',')?,
        exclude_artists: list(params, "exclude_artists", ';')?,
        exclude_seed_artists: params.flag("exclude_seed_artists")?,
        max_per_artist: params.number("max_per_artist", 1..=MAX_LIMIT)?,
        diversity: params.decimal("diversity", 0.0..=1.0, "0 to 1")?,
        explain: params.flag("explain")?.unwrap_or(false),
        from_query: true,
    })
}

/// A list in one parameter.
fn list(params: &Params, name: &str, separator: char) -> Result<Vec<String>, Problem> {
    let Some(text) = params.text(name)? else { return Ok(Vec::new()) };
    Ok(text.split(separator).map(str::trim).filter(|part| !part.is_empty()).map(str::to_owned).collect())
}
