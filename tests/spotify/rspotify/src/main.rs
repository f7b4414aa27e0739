//! What users of rspotify call, on a server of segue, whose address is the argument. See tests/spotify-clients.sh.

#![allow(deprecated, reason = "Spotify has removed what this is about")]

use rspotify::{
    ClientCredsSpotify, ClientError, Config, Token,
    model::{
        ArtistId, Country, Id, Market, RecommendationsAttribute, RecommendationsSeedType, SearchResult, SearchType,
        TrackId,
    },
    prelude::*,
};

fn main() -> Result<(), ClientError> {
    let address = std::env::args().nth(1).expect("the server's address");
    let mut spotify = ClientCredsSpotify::from_token(Token { access_token: "any".into(), ..Token::default() });
    spotify.config =
        Config { api_base_url: format!("{address}/spotify/v1/"), token_refreshing: false, ..Config::default() };

    let SearchResult::Tracks(page) = spotify.search("genre:techno", SearchType::Track, None, None, Some(5), None)?
    else {
        panic!("not a page of tracks")
    };
    assert_eq!(page.items.len(), 5);
    let seed = &page.items[0];
    let (id, artist) = (seed.id.clone().expect("an id"), seed.artists[0].id.clone().expect("an id"));
    assert!(seed.duration.num_milliseconds() > 0 && !seed.external_urls.is_empty());

    let attributes = [RecommendationsAttribute::MaxTempo(130.0), RecommendationsAttribute::TargetEnergy(0.8)];
    let spain = Some(Market::Country(Country::Spain));
    let answer = spotify.recommendations(
        attributes,
        Some([artist.clone()]),
        Some(["techno"]),
        Some([id.clone()]),
        spain,
        Some(15),
    )?;
    let kinds: Vec<_> = answer.seeds.iter().map(|seed| &seed._type).collect();
    assert_eq!(
        kinds,
        [&RecommendationsSeedType::Track, &RecommendationsSeedType::Artist, &RecommendationsSeedType::Genre]
    );
    assert_eq!(answer.tracks.len(), 15);

    let ids: Vec<TrackId<'_>> = answer.tracks.iter().filter_map(|track| track.id.clone()).collect();
    let features = spotify.tracks_features(ids.clone())?.expect("features");
    assert_eq!(features.len(), 15);
    assert!(features.iter().all(|track| track.tempo <= 130.0 && (0.0..=1.0).contains(&track.energy)));
    assert_eq!(spotify.track_features(id.clone())?.id, id);

    assert_eq!(spotify.track(id.clone(), None)?.name, seed.name);
    assert_eq!(spotify.tracks(ids, None)?.len(), 15);
    assert_eq!(spotify.artist(artist.clone())?.name, seed.artists[0].name);
    let top = spotify.artist_top_tracks(artist.clone(), None)?;
    assert!(top.iter().all(|track| track.artists.iter().any(|other| other.id.as_ref() == Some(&artist))));

    let unknown = spotify.artist(ArtistId::from_id("0000000000000000000000").expect("an id"));
    assert!(matches!(unknown, Err(ClientError::Http(_))), "{unknown:?}");
    println!("rspotify: all as it should be with {}", id.uri());
    Ok(())
}
