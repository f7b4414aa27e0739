#!/usr/bin/env bash
# Holds a running server against its own /openapi.json, with the default checks of schemathesis.
# Needs Python 3.10 or later with venv, and PyPI for the first run.
# With the argument `install` it installs what it needs, and ends; other arguments are handed to schemathesis.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/skip.sh

version=4.32.5
folder=target/schemathesis
venv=$folder/venv
mkdir -p "$folder"

command -v python3 >/dev/null || skip_rest schemathesis "there is no python3"
if [[ "$("$venv/bin/schemathesis" --version 2>/dev/null || true)" != *"$version" ]]; then
    python3 -m venv --clear "$venv" >"$folder/install.log" 2>&1 ||
        skip_rest schemathesis "python3 cannot make a venv, see $folder/install.log"
    "$venv/bin/pip" install --quiet --disable-pip-version-check --no-compile "schemathesis==$version" >>"$folder/install.log" 2>&1 ||
        skip_rest schemathesis "pip cannot install schemathesis $version, see $folder/install.log"
fi
[ "${1-}" != install ] || exit 0

# The same set of packages as the tests: nothing is compiled anew.
cargo build --workspace --locked --quiet --bins --examples
target/debug/examples/catalog >"$folder/tracks.csv"
target/debug/segue-demo --data "$folder/tracks.csv" --dir "$folder/demo" --port 0 >"$folder/server.log" 2>&1 &
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

# One seed, and an end: the same requests every time.
config=$PWD/tests/schemathesis.toml
# It leaves a cache where it runs.
cd "$folder"
timeout 300 venv/bin/schemathesis --config-file "$config" run "$url/openapi.json" \
    --seed 1 --generation-database none --max-examples "${SCHEMATHESIS_EXAMPLES:-100}" --request-timeout 10 "$@"
