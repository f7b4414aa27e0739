#!/usr/bin/env bash
# Exports a catalogue of 20,000 generated tracks as Parquet, loads it into LanceDB with the code of docs/scale.md, and compares
# LanceDB's exact search with the answers of the function. Prints figures of both, and the recall of an index of LanceDB.
# Needs Python 3.10 or later with venv, and PyPI for the first run. With the argument `install` it installs, and ends.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/skip.sh

folder=target/lancedb
venv=$folder/venv
wanted=tests/lancedb/requirements.txt
mkdir -p "$folder"

command -v python3 >/dev/null || skip_rest lancedb "there is no python3"
if ! cmp -s "$wanted" "$venv/installed.txt"; then
    python3 -m venv --clear "$venv" >"$folder/install.log" 2>&1 ||
        skip_rest lancedb "python3 cannot make a venv, see $folder/install.log"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-compile --requirement "$wanted" >>"$folder/install.log" 2>&1 ||
        skip_rest lancedb "pip cannot install $wanted, see $folder/install.log"
    cp "$wanted" "$venv/installed.txt"
fi
[ "${1-}" != install ] || exit 0

# The same set of packages as the tests: nothing is compiled anew.
cargo build --workspace --locked --quiet --bins
rm -rf "$folder/model" "$folder/demo" "$folder/lance" "$folder/tracks.parquet"
target=${CARGO_TARGET_DIR:-target}/debug
"$target/trainer" synth --tracks 20000 --out "$folder/tracks.csv"
"$target/trainer" train --data "$folder/tracks.csv" --out "$folder/model" --quiet
start=$(date +%s%N)
"$target/trainer" export "$folder/model/model.segue" --out "$folder/tracks.parquet"
printf 'lancedb: exported in %s ms, %s bytes\n' "$((($(date +%s%N) - start) / 1000000))" "$(stat -c %s "$folder/tracks.parquet")"

# The same table and options: the same model, which the script holds against the file.
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

scripts=$PWD
cd "$folder"
venv/bin/python "$scripts/tests/lancedb/neighbors.py" "$scripts/docs/scale.md" "$url"
