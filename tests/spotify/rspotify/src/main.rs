//! What users of rspotify call, on a server of segue, whose address is the argument. See tests/spotify-clients.sh.

#![allow(deprecated, reason = "Spotify has removed what this is about")]

use rspotify::{
    ClientCredsSpotify, ClientError, Config, Token,
    model::{Market, Modality, RecommendationsAttribute, SearchResult, SearchType, TrackId},
    prelude::*,
};

fn main() -> Result<(), ClientError> {
    let address = std::env::args().nth(1).expect("the server's address");
    let mut spotify = ClientCredsSpotify::from_token(Token { access_token: "any".into(), ..Token::default() });
    spotify.config =
        Config { api_base_url: format!("{address}/spotify/v1/"), token_refreshing: false, ..Config::default() };

    assert!(spotify.recommendation_genre_seeds_checked()?.contains(&"pop".to_owned()));
    Ok(())
}
