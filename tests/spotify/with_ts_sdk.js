// What users of @spotify/web-api-ts-sdk call, on a server of segue: with_ts_sdk.js URL. See tests/spotify-clients.sh.
import assert from "node:assert/strict";

import { SpotifyApi } from "@spotify/web-api-ts-sdk";

SpotifyApi.rootUrl = `${process.argv[2]}/spotify/v1/`;
const token = { access_token: "any", token_type: "Bearer", expires_in: 3600, refresh_token: "" };
const sdk = SpotifyApi.withAccessToken("any", token);

const { genres } = await sdk.recommendations.genreSeeds();
assert.ok(genres.includes("jazz"));

const found = await sdk.search("genre:jazz", ["track", "artist"], "ES", 5);
assert.equal(found.tracks.items.length, 5);
assert.ok(found.artists.items[0].genres.includes("jazz"));
const [seed] = found.tracks.items;

const request = { seed_tracks: [seed.id], seed_genres: ["jazz"], limit: 30, max_energy: 0.7, target_acousticness: 0.9 };
const answer = await sdk.recommendations.get(request);
assert.equal(answer.tracks.length, 30);
assert.deepEqual(answer.seeds.map((seed) => seed.id), [seed.id, "jazz"]);
const features = await sdk.tracks.audioFeatures(answer.tracks.map((track) => track.id));
assert.ok(features.every((track) => track.energy <= 0.7 && track.type === "audio_features"));
assert.equal((await sdk.tracks.audioFeatures(seed.id)).tempo > 0, true);

assert.equal((await sdk.tracks.get(seed.id)).name, seed.name);
assert.equal((await sdk.tracks.get([seed.id, answer.tracks[0].id])).length, 2);
const artist = await sdk.artists.get(seed.artists[0].id);
assert.equal(artist.name, seed.artists[0].name);
const top = await sdk.artists.topTracks(artist.id, "ES");
assert.ok(top.tracks.some((track) => track.artists.some((other) => other.id === artist.id)));

await assert.rejects(sdk.tracks.get("unknown"), /404[^]*no track/);
console.log("@spotify/web-api-ts-sdk: all as it should be");
