#!/usr/bin/env bash
# The tests that need real track tables, which are not ours to publish: those of the folder SEGUE_DATA, or of ../shared/data
# beside the workspace. Every one is ignored by `cargo test`, and has `real_tables` in its path.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/skip.sh

folder=${SEGUE_DATA:-../shared/data}
[ -d "$folder" ] || skip_rest real-tables "there is no folder $folder; SEGUE_DATA may name another"
cargo test --workspace --locked --lib --tests -- --ignored real_tables
