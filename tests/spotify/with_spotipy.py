"""What spotipy's users call, on a server of segue: with_spotipy.py URL. See tests/spotify-clients.sh."""

import logging
import sys
import warnings

import spotipy

# spotipy warns of what Spotify has removed.
warnings.simplefilter("ignore", DeprecationWarning)
logging.getLogger("spotipy").setLevel(logging.CRITICAL)
sp = spotipy.Spotify(auth="any", retries=0)
sp.prefix = sys.argv[1] + "/spotify/v1/"


def fails(status, call, *arguments, **named):
    try:
        call(*arguments, **named)
    except spotipy.SpotifyException as error:
        assert error.http_status == status and error.msg.strip(), error
        return error.msg
    raise AssertionError(f"{call.__name__}{arguments} did not fail")


genres = sp.recommendation_genre_seeds()["genres"]
assert "pop" in genres and genres == sorted(genres), genres

found = sp.search(q="genre:pop year:1990-2010", type="track,artist", limit=5)
tracks = found["tracks"]["items"]
assert len(tracks) == 5 and found["tracks"]["total"] > 5
assert all("1990" <= track["album"]["release_date"] <= "2010" for track in tracks)
following = sp.next(found["tracks"])["tracks"]
assert following["offset"] == 5 and not {track["id"] for track in following["items"]} & {track["id"] for track in tracks}
assert [track["id"] for track in sp.previous(following)["tracks"]["items"]] == [track["id"] for track in tracks]

seed, artist = tracks[0], tracks[0]["artists"][0]
named = sp.search(q=f'artist:"{artist["name"]}" track:"{seed["name"]}"', type="track")["tracks"]["items"]
assert seed["name"] in [track["name"] for track in named], named
assert artist["id"] in [found["id"] for found in sp.search(q=artist["name"], type="artist")["artists"]["items"]]

# The README's own call: by ids, URIs and addresses alike.
answer = sp.recommendations(
    seed_tracks=[seed["id"]], seed_genres=["pop"], limit=20, target_energy=0.8, max_tempo=120, country="ES"
)
assert len(answer["tracks"]) == 20 and len({track["id"] for track in answer["tracks"]}) == 20
assert [(found["type"], found["id"]) for found in answer["seeds"]] == [("TRACK", seed["id"]), ("GENRE", "pop")]
assert all(found["initialPoolSize"] >= found["afterFilteringSize"] > 0 for found in answer["seeds"])
features = sp.audio_features([track["id"] for track in answer["tracks"]])
assert all(track["tempo"] <= 120 for track in features)
for same in [seed["uri"], seed["external_urls"]["spotify"]]:
    by_other = sp.recommendations(seed_tracks=[same], seed_genres=["pop"], limit=20, target_energy=0.8, max_tempo=120)
    assert [track["id"] for track in by_other["tracks"]] == [track["id"] for track in answer["tracks"]]
assert sp.recommendations(seed_artists=[artist["id"]], limit=1)["seeds"][0]["id"] == artist["id"]

RANGES = {
    "acousticness": (0, 1), "danceability": (0, 1), "energy": (0, 1), "instrumentalness": (0, 1), "liveness": (0, 1),
    "speechiness": (0, 1), "valence": (0, 1), "loudness": (-60, 5), "tempo": (20, 300), "key": (0, 11), "mode": (0, 1),
    "time_signature": (3, 7), "duration_ms": (1_000, 6_000_000),
}
for track in features:
    for name, (least, most) in RANGES.items():
        assert least <= track[name] <= most, (name, track)
assert sp.audio_features(seed["id"])[0]["id"] == seed["id"]
assert sp.audio_features(["doesnotexist0000000000", seed["id"]])[0] is None

assert sp.track(seed["uri"])["name"] == seed["name"]
assert [track and track["id"] for track in sp.tracks([seed["id"], "unknown"])["tracks"]] == [seed["id"], None]
top = sp.artist_top_tracks(artist["id"], country="ES")["tracks"]
assert 0 < len(top) <= 10 and [track["popularity"] for track in top] == sorted((t["popularity"] for t in top), reverse=True)
assert sp.artist(artist["id"])["name"] == artist["name"]

assert "no track" in fails(404, sp.track, "unknown")
assert "seed" in fails(400, sp.recommendations)
assert "limit" in fails(400, sp.recommendations, seed_genres=["pop"], limit=101)
fails(404, sp.recommendations, seed_genres=["no such genre"])
fails(404, sp.audio_analysis, seed["id"])
print("spotipy: all as it should be")
