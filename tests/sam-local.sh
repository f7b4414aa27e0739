#!/usr/bin/env bash
# sam local invoke and sam local start-api, in containers. S3 is the embedded server.
# Needs what tests/lambda.sh needs, and Docker: a running engine, or root on Debian, where it installs and starts one of its
# own. Where Lambda's base image cannot be pulled, a stand-in made of this machine's C library takes its place.
# With the argument `install` it installs, and ends.
set -euo pipefail
cd "$(dirname "$0")/.."

folder=target/sam/local
mkdir -p "$folder"
source tests/lambda-tools.sh
say() { printf 'sam local: %s\n' "$*"; }
fail() { printf 'sam local: FAILED: %s\n' "$*" >&2; exit 1; }
[ "$(uname -s) $(uname -m)" = "Linux x86_64" ] || skip_rest sam-local "this stage is for Linux on x86_64"
install_tools || skip_rest sam-local "$missing"

started=()
engine=
stop() {
    end_started # the engine, which the others need, last
    [ -z "$engine" ] || rm -rf "$engine"
}
trap stop EXIT

if ! timeout 10 docker info >/dev/null 2>&1; then
    [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null || skip_rest sam-local "no Docker engine runs, and only root on Debian can start one"
    if ! command -v dockerd >/dev/null; then
        say "installing an engine"
        { apt-get update -qq && apt-get install -y -qq --no-install-recommends docker.io iptables; } >"$folder/install.log" 2>&1 ||
            skip_rest sam-local "no Docker engine runs, and apt-get cannot install one, see $folder/install.log"
    fi
    [ "${1-}" != install ] || exit 0
    engine=$(mktemp -d)
    export DOCKER_HOST=unix://$engine/docker.sock
    # Nothing of the machine's network is changed: containers reach this machine, and nothing else.
    dockerd --host "$DOCKER_HOST" --pidfile "$engine/pid" --exec-root "$engine/exec" --data-root "$engine/data" \
        --iptables=false --ip6tables=false --ip-masq=false --ip-forward=false >"$folder/dockerd.log" 2>&1 &
    started+=("$!")
    for _ in $(seq 60); do
        timeout 10 docker info >/dev/null 2>&1 && break
        kill -0 "${started[-1]}" 2>/dev/null || skip_rest sam-local "the Docker engine does not start here, see $folder/dockerd.log"
        sleep 0.5
    done
    docker info >/dev/null 2>&1 || skip_rest sam-local "the Docker engine does not start here, see $folder/dockerd.log"
fi

[ "${1-}" != install ] || exit 0
say "sam build"
sam build --parameter-overrides Architecture=x86_64 >"$folder/build.log" 2>&1 || { cat "$folder/build.log"; fail "sam build"; }

image=public.ecr.aws/lambda/provided:al2023-x86_64
if ! docker image inspect "$image" >/dev/null 2>&1 && ! timeout 60 docker pull --quiet "$image" >"$folder/pull.log" 2>&1; then
    skip base-image "it cannot be pulled, see $folder/pull.log: a stand-in takes its place"
    root=$folder/root
    rm -rf "$root"
    mkdir -p "$root"/{bin,tmp,opt,etc/ssl,var/task,var/runtime}
    for program in /bin/sh /bin/chmod /bin/mv; do cp -L "$program" "$root/bin/"; done
    # As the real image is merged, so is this one.
    mkdir -p "$root/usr" && ln -s ../bin "$root/usr/bin"
    libraries=$(ldd /bin/sh /bin/chmod /bin/mv .aws-sam/build/*/bootstrap | grep -o '/[^ ]*\.so[^ ]*' | sort -u)
    for library in $libraries; do mkdir -p "$root$(dirname "$library")" && cp -L "$library" "$root$library"; done
    [ ! -d /etc/ssl/certs ] || cp -rL /etc/ssl/certs "$root/etc/ssl/"
    tar -C "$root" -c . | docker import \
        --change 'ENV LAMBDA_TASK_ROOT=/var/task LAMBDA_RUNTIME_DIR=/var/runtime PATH=/bin LD_LIBRARY_PATH=/lib64:/var/task:/opt/lib' \
        --change 'WORKDIR /var/task' - "$image" >/dev/null
fi

cargo build --workspace --bins --quiet --locked
start_demo "$folder/demo"

# The embedded server listens on loopback: what containers send to the bridge's address is handed on to it.
bridge=$(docker network inspect bridge --format '{{(index .IPAM.Config 0).Gateway}}')
# Engines of Debian do not say it, and have the usual one.
bridge=${bridge:-172.17.0.1}
port=${AWS_ENDPOINT_URL_S3##*:}
python3 - "$bridge" "$port" <<'PYTHON' &
import asyncio, sys
async def copy(reader, writer):
    try:
        while data := await reader.read(65536):
            writer.write(data)
            await writer.drain()
    finally:
        writer.close()
async def hand_on(reader, writer):
    to_reader, to_writer = await asyncio.open_connection("127.0.0.1", int(sys.argv[2]))
    await asyncio.gather(copy(reader, to_writer), copy(to_reader, writer), return_exceptions=True)
async def main():
    await (await asyncio.start_server(hand_on, sys.argv[1], int(sys.argv[2]))).serve_forever()
asyncio.run(main())
PYTHON
started+=("$!")
export AWS_ENDPOINT_URL_S3=http://$bridge:$port

say "sam local invoke"
as_printed 'sam local invoke RecommendFunction --event events/recommend.json --parameter-overrides Architecture=x86_64' \
    --skip-pull-image >"$folder/answer.json" 2>"$folder/invoke.log" || { cat "$folder/invoke.log"; fail "sam local invoke"; }
[ "$(status "$folder/answer.json")" = 200 ] || { cat "$folder/answer.json" "$folder/invoke.log"; fail "sam local invoke did not answer"; }
head -c 300 "$folder/answer.json"; echo
grep -h 'REPORT' "$folder/invoke.log" || true

say "sam local start-api"
take_port 3000
as_printed 'sam local start-api --port 3000 --parameter-overrides Architecture=x86_64' \
    --skip-pull-image >"$folder/api.log" 2>&1 &
started+=("$!")
wait_for "$port" "${started[-1]}" || { cat "$folder/api.log"; fail "sam local start-api did not start"; }
for target in '/v1/recommendations?song=Wing+of+Ohio&limit=2' /v1/clusters /health /; do
    status=$(curl -s -o "$folder/answer" -w '%{http_code}' --max-time 120 "http://127.0.0.1:$port$target")
    printf '%s %s\n' "$status" "$target"
    [ "$status" = 200 ] || { cat "$folder/answer" "$folder/api.log"; fail "sam local start-api: $target"; }
done
say "all answered"
