#!/usr/bin/env bash
# Clicks through the page in a headless Chromium, on a demo server of its own and on one that asks for a token, asks it from
# pages of other origins, and looks at the trainer's report.
# Pictures go to target/browser/.
# Needs Node 20 and Chromium; as root on Debian it installs Chromium itself. With the argument `install` it installs, and ends.
set -euo pipefail
cd "$(dirname "$0")/../.."
source tests/skip.sh

command -v node >/dev/null && command -v npm >/dev/null || skip_rest browser "node and npm are not installed"
[ "$(node -p 'process.versions.node.split(".")[0]')" -ge 20 ] || skip_rest browser "node is $(node --version), 20 or later is needed"
export CHROMIUM="${CHROMIUM:-$(command -v chromium || command -v chromium-browser || command -v google-chrome || true)}"
if [ -z "$CHROMIUM" ]; then
  [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || skip_rest browser "chromium is not installed, and only root can install it"
  { apt-get update -qq && apt-get install -y -qq --no-install-recommends chromium; } >/dev/null 2>&1 \
    || skip_rest browser "chromium is not installed, and apt-get cannot install it"
  CHROMIUM=$(command -v chromium)
fi
npm ci --prefix tests/browser --silent --no-progress || skip_rest browser "npm ci cannot fetch playwright-core and axe-core"
[ "${1-}" != install ] || exit 0

# The same packages as `cargo test` builds: nothing is compiled twice.
cargo build --workspace --bins --quiet --locked
out=target/browser
mkdir -p "$out"
node tests/browser/table.js >"$out/tracks.csv"
target/debug/trainer train --data "$out/tracks.csv" --out "$out/model" >"$out/train.log" 2>&1 \
  || { cat "$out/train.log"; echo "the trainer failed"; exit 1; }
servers=()
trap 'kill "${servers[@]}" 2>/dev/null || true; wait "${servers[@]}" 2>/dev/null || true' EXIT

# Starts a demo server of this name. Its URL is in $url.
serve() {
  target/debug/segue-demo --port 0 --data "$out/tracks.csv" --dir "$out/$1" >"$out/$1.log" 2>&1 &
  servers+=("$!")
  for _ in $(seq 300); do
    url=$(sed -n 's|^segue answers at \(http://[^; ]*\).*|\1/|p' "$out/$1.log")
    [ -n "$url" ] && break
    kill -0 "${servers[-1]}" 2>/dev/null || { cat "$out/$1.log"; echo "the demo server ended"; exit 1; }
    sleep 0.2
  done
  [ -n "$url" ] || { cat "$out/$1.log"; echo "the demo server did not say its address"; exit 1; }
}
serve demo
PAGE_URL=$url
TOKEN=open-sesame
API_TOKENS=$(printf %s "$TOKEN" | sha256sum | cut -d ' ' -f 1) serve guarded
GUARDED_URL=$url
export PAGE_URL GUARDED_URL TOKEN PICTURES="$PWD/$out" REPORT="$PWD/$out/model/report/index.html"
node --test --test-concurrency=1 --test-timeout=600000 tests/browser/{page,search,listening,map,token,origin,report}.test.js
