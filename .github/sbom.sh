#!/usr/bin/env bash
# Lists the crates of each binary of a release, for scanners: CycloneDX 1.5, dependencies of any target among them, those
# that are only compiled to build others marked as excluded. The same commit gives the same bytes.
#
#   .github/sbom.sh RELEASE
#
# RELEASE is the folder where the files go. Needs `cargo cyclonedx` and `jq`.
set -euo pipefail
mkdir -p "$1"
release=$(cd "$1" && pwd)
cd "$(dirname "$0")/.."
metadata=$(cargo metadata --no-deps --locked --format-version 1)

# With it there is neither a random serial number nor another time in the files.
SOURCE_DATE_EPOCH=$(git log -1 --format=%ct)
export SOURCE_DATE_EPOCH
cargo cyclonedx --quiet --format json --spec-version 1.5 --describe binaries --all --target all

for binary in trainer segue-demo recommend train; do
    read -r version manifest < <(jq -r --arg binary "$binary" \
        '.packages[] | select(any(.targets[]; .kind == ["bin"] and .name == $binary)) | "\(.version) \(.manifest_path)"' <<<"$metadata")
    # The folder of the checkout stands before those of the packages.
    list=$(dirname "$manifest")/${binary}_bin.cdx.json
    sed "s|file://$PWD/|file:///|g" "$list" >"$release/segue-v$version-$binary.cdx.json"
    rm "$list"
done
