#!/usr/bin/env bash
# Clients of Spotify's Web API on a server of segue: spotipy, tekore, @spotify/web-api-ts-sdk and rspotify, each with another
# address and nothing else. What they are asked is in tests/spotify/; their own typed results are checked.
# Needs Python 3.10 or later with venv, Node 20, and PyPI, npm and crates.io for the first run. With the argument `install` it
# installs, and ends.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/skip.sh

folder=target/spotify-clients
venv=$folder/venv
wanted=tests/spotify/requirements.txt
rust=(--locked --quiet --manifest-path tests/spotify/rspotify/Cargo.toml)
mkdir -p "$folder"

command -v python3 >/dev/null || skip_rest spotify-clients "there is no python3"
command -v node >/dev/null && command -v npm >/dev/null || skip_rest spotify-clients "node and npm are not installed"
if ! cmp -s "$wanted" "$venv/installed.txt"; then
    python3 -m venv --clear "$venv" >"$folder/install.log" 2>&1 ||
        skip_rest spotify-clients "python3 cannot make a venv, see $folder/install.log"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --requirement "$wanted" >>"$folder/install.log" 2>&1 ||
        skip_rest spotify-clients "pip cannot install $wanted, see $folder/install.log"
    cp "$wanted" "$venv/installed.txt"
fi
npm ci --prefix tests/spotify --silent --no-progress || skip_rest spotify-clients "npm ci cannot fetch @spotify/web-api-ts-sdk"
cargo fetch "${rust[@]}" || skip_rest spotify-clients "cargo cannot fetch rspotify"
[ "${1-}" != install ] || exit 0

# The same set of packages as the tests: nothing is compiled anew.
cargo build --workspace --locked --quiet --bins
cargo build "${rust[@]}" --target-dir "$folder/rspotify"
target=${CARGO_TARGET_DIR:-target}/debug
"$target/trainer" synth --tracks 4000 --out "$folder/generated.csv"
awk -f tests/spotify/table.awk "$folder/generated.csv" >"$folder/tracks.csv"
"$target/segue-demo" --data "$folder/tracks.csv" --dir "$folder/demo" --port 0 >"$folder/server.log" 2>&1 &
server=$!
trap 'kill "$server" 2>/dev/null || true' EXIT
url=
for _ in $(seq 300); do
    url=$(sed -n 's/^segue answers at \(http[^;]*\);.*/\1/p' "$folder/server.log")
    [[ -n "$url" ]] && break
    kill -0 "$server" 2>/dev/null || { cat "$folder/server.log" >&2; exit 1; }
    sleep 0.2
done
[[ -n "$url" ]] || { echo "the server did not say where it answers" >&2; exit 1; }

"$venv/bin/python" tests/spotify/with_spotipy.py "$url"
"$venv/bin/python" tests/spotify/with_tekore.py "$url"
node tests/spotify/with_ts_sdk.js "$url"
"$folder/rspotify/debug/rspotify-client" "$url"
