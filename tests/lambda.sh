#!/usr/bin/env bash
# The template and the functions as AWS would take them, without an account: cfn-lint and sam validate, what new values
# of parameters change once SAM has translated it (tests/deployments.py), sam build, the
# built binaries behind Lambda's own Runtime Interface Emulator with every event of events/, cargo lambda watch and invoke.
# S3 is the embedded server. The emulator's INIT REPORT lines are kept in target/sam/init.txt.
# Needs Python 3.10 or later with venv, and PyPI for the first run. With the argument `install` it installs, and ends.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=target/sam
mkdir -p "$folder"
source tests/lambda-tools.sh
say() { printf 'lambda: %s\n' "$*"; }
fail() { printf 'lambda: FAILED: %s\n' "$*" >&2; exit 1; }
install_tools || skip_rest lambda "$missing"
[ "${1-}" != install ] || exit 0

say "cfn-lint"
cfn-lint template.yaml infra/budget.yaml
say "sam validate --lint"
sam validate --lint --region us-east-1
say "what a deployment changes"
python3 tests/deployments.py

# arm64 is what the template deploys.
if [ -d "$(rustc --print target-libdir --target aarch64-unknown-linux-gnu)" ]; then
    say "sam build (arm64)"
    SECONDS=0
    sam build --build-dir "$folder/arm64" >"$folder/arm64.log" 2>&1 || { cat "$folder/arm64.log"; fail "sam build, arm64"; }
    for function in RecommendFunction TrainFunction; do
        say "arm64 $function: $(stat -c %s "$folder/arm64/$function/bootstrap") bytes"
    done
    say "arm64: built in $SECONDS s"
else
    skip arm64 "rustc has no target aarch64-unknown-linux-gnu (rustup target add aarch64-unknown-linux-gnu)"
fi
if [ "$(uname -m)" != x86_64 ]; then
    skip_rest lambda "the rest: the emulator and the binaries are those of x86_64, this machine is $(uname -m)"
fi
SECONDS=0
as_printed 'sam build --parameter-overrides Architecture=x86_64' >"$folder/x86_64.log" 2>&1 || { cat "$folder/x86_64.log"; fail "sam build, x86_64"; }
# A cold start loads it. The training function has the readers of Parquet, zip archives and encodings.
for function in RecommendFunction TrainFunction; do
    case $function in
        RecommendFunction) most=15000000 ;;
        TrainFunction) most=17200000 ;;
    esac
    bytes=$(stat -c %s ".aws-sam/build/$function/bootstrap")
    say "x86_64 $function: $bytes bytes"
    [ "$bytes" -le "$most" ] || fail "$function has $bytes bytes, expected $most at most: what made it grow?"
done
say "x86_64: built in $SECONDS s"

# The same packages as `cargo test` builds: nothing is compiled twice.
cargo build --workspace --bins --quiet --locked
started=()
trap end_started EXIT
start_demo "$folder/demo"
say "S3 at $AWS_ENDPOINT_URL_S3, models at $MODEL_URI"

emulator=$(python3 -c 'import samcli, pathlib; print(pathlib.Path(samcli.__file__).parent / "local/rapid/aws-lambda-rie-x86_64")')
[ -x "$emulator" ] || chmod +x "$emulator"
: >"$folder/init.txt"

# Starts a function behind the emulator: name, megabytes, log. Its address is in $address, its process in $emulated.
emulate() {
    local ports
    ports=$(free_ports 2)
    address=http://127.0.0.1:${ports% *}/2015-03-31/functions/function/invocations
    AWS_LAMBDA_FUNCTION_NAME=$1 AWS_LAMBDA_FUNCTION_MEMORY_SIZE=$2 AWS_LAMBDA_FUNCTION_TIMEOUT=120 \
        "$emulator" --runtime-interface-emulator-address "127.0.0.1:${ports% *}" --runtime-api-address "127.0.0.1:${ports#* }" \
        ".aws-sam/build/$1/bootstrap" >"$3" 2>&1 &
    emulated=$!
    started+=("$emulated")
    wait_for "${ports% *}" "$emulated" || { cat "$3"; fail "the emulator did not start"; }
}
invoke() { curl -sS --max-time 180 --data-binary "@$1" "$address"; }

say "the emulator, RecommendFunction, five cold starts"
for _ in 1 2 3 4 5; do
    emulate RecommendFunction 1769 "$folder/recommend.log"
    invoke events/recommend.json >"$folder/answer.json"
    [ "$(status "$folder/answer.json")" = 200 ] || { cat "$folder/answer.json" "$folder/recommend.log"; fail "no answer"; }
    grep -h 'INIT REPORT' "$folder/recommend.log" | sed 's/^/RecommendFunction /' | tee -a "$folder/init.txt"
    kill "$emulated" && wait "$emulated" 2>/dev/null || true
done
say "every event of events/"
emulate RecommendFunction 1769 "$folder/recommend.log"
for event in events/*.json; do
    invoke "$event" >"$folder/answer.json"
    status=$(status "$folder/answer.json")
    printf '%s %s\n' "$status" "$event"
    case "$status" in 200|204) ;; *) cat "$folder/answer.json"; fail "$event" ;; esac
done
kill "$emulated" && wait "$emulated" 2>/dev/null || true

say "the emulator, TrainFunction, events/train/upload.json"
python3 - <<'PYTHON'
import boto3
from botocore.config import Config
s3 = boto3.client("s3", config=Config(s3={"addressing_style": "path"}))
s3.upload_file("events/tracks.csv", "segue", "uploads/tracks.csv", ExtraArgs={"Metadata": {"segue-k": "5"}})
PYTHON
emulate TrainFunction 3008 "$folder/train.log"
invoke events/train/upload.json | tee "$folder/answer.json"
echo
grep -q '"outcome":"published"' "$folder/answer.json" || { cat "$folder/train.log"; fail "no model was made"; }
grep -h 'INIT REPORT' "$folder/train.log" | sed 's/^/TrainFunction /' | tee -a "$folder/init.txt"
kill "$emulated" && wait "$emulated" 2>/dev/null || true

say "cargo lambda"
take_port 9050
# What is tested is that it runs, and not how fast: in the profile of the tests nothing is compiled anew.
as_printed 'cargo lambda watch --invoke-address 127.0.0.1 --invoke-port 9050 --ignore-changes' --profile dev \
    >"$folder/watch.log" 2>&1 &
watch=$!
started+=("$watch")
wait_for "$port" "$watch" || { cat "$folder/watch.log"; fail "cargo lambda watch did not start"; }
# The first request waits for the build.
for _ in 1 2 3 4 5 6; do
    as_printed "curl '127.0.0.1:9050/lambda-url/recommend/v1/recommendations?song=Wing+of+Ohio&limit=1'" >"$folder/answer.json"
    grep -q '"similarity"' "$folder/answer.json" && break
    sleep 10
done
grep -q '"similarity"' "$folder/answer.json" || { cat "$folder/answer.json" "$folder/watch.log"; fail "cargo lambda watch did not answer"; }
as_printed 'cargo lambda invoke recommend --invoke-address 127.0.0.1 --invoke-port 9050 --data-file events/recommend.json' >"$folder/answer.json"
[ "$(status "$folder/answer.json")" = 200 ] || { cat "$folder/answer.json"; fail "cargo lambda invoke"; }
cargo lambda invoke train --invoke-address 127.0.0.1 --invoke-port "$port" --data-file events/train/upload.json >"$folder/answer.json"
grep -q '"outcome":"published"' "$folder/answer.json" || { cat "$folder/answer.json"; fail "cargo lambda invoke train"; }
say "all answered"
