#!/usr/bin/env bash
# Holds the dependencies against deny.toml: licences, sources, duplicates, and advisories of RustSec.
# Needs cargo-deny, which the first run builds into target/deny, and for advisories their database on GitHub. What cannot
# be had is said, and skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

version=0.20.2
folder=$PWD/target/deny
mkdir -p "$folder"
PATH=$folder/bin:$PATH

skip() { printf 'cargo deny: SKIPPED: %s\n' "$*"; exit 0; }

if [[ "$(cargo-deny --version 2>/dev/null || true)" != "cargo-deny $version" ]]; then
    echo "cargo deny: building $version into target/deny"
    cargo install cargo-deny --version "$version" --locked --quiet --root "$folder" >"$folder/install.log" 2>&1 ||
        skip "cargo cannot install cargo-deny $version, see target/deny/install.log"
fi

cargo deny --locked check --deny warnings bans licenses sources
# What fuzzers are made of is in no program: it only has to come from where the rest comes from.
cargo deny --manifest-path fuzz/Cargo.toml --locked --config deny.toml check --allow unused-wrapper sources

# Where the database cannot be fetched nothing is known: that is not the same as no advisories.
if ! timeout 120 cargo deny --locked fetch db >"$folder/fetch.log" 2>&1; then
    skip "advisories were not looked at: their database cannot be fetched from GitHub, see target/deny/fetch.log"
fi
cargo deny --locked check advisories
