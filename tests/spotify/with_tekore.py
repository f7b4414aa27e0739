"""What tekore's users call, on a server of segue: with_tekore.py URL. Its results are typed, and checked by their types.

See tests/spotify-clients.sh.
"""

import sys

import tekore
import tekore._client.base

tekore._client.base.prefix = sys.argv[1] + "/spotify/v1/"
sp = tekore.Spotify("any")

assert "rock" in sp.recommendation_genre_seeds()
[tracks] = sp.search("genre:rock", types=("track",), limit=3)
seed = tracks.items[0]
assert isinstance(seed, tekore.model.FullTrack) and seed.uri == f"spotify:track:{seed.id}"
answer = sp.recommendations(track_ids=[seed.id], genres=["rock"], limit=10, min_danceability=0.3, target_valence=0.9)
assert len(answer.tracks) == 10 and answer.seeds[1].id == "rock"
features = sp.tracks_audio_features([track.id for track in answer.tracks])
assert all(track.danceability >= 0.3 for track in features)
assert sp.track_audio_features(seed.id).id == seed.id
artist = sp.artist(seed.artists[0].id)
assert artist.name == seed.artists[0].name and "rock" in artist.genres
assert sp.artist_top_tracks(artist.id, market="ES")[0].artists
try:
    sp.track("unknown")
    raise AssertionError("there is no such track")
except tekore.NotFound as error:
    assert "no track" in str(error)
print("tekore: all as it should be")
