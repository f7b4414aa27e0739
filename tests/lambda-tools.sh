# What tests/lambda.sh and tests/sam-local.sh share. To be sourced in the workspace's folder.

source tests/skip.sh

# Puts cargo-lambda, zig, sam and cfn-lint on PATH, in a venv below target/. $missing says what it lacks.
install_tools() {
    local venv=target/sam/venv log=target/sam/install.log
    local wanted='cargo-lambda==1.9.2 ziglang==0.17.1 aws-sam-cli==1.170.0 cfn-lint==1.58.0'
    command -v python3 >/dev/null || { missing='there is no python3'; return 1; }
    if [ "$(cat "$venv/wanted" 2>/dev/null)" != "$wanted" ]; then
        python3 -m venv --clear "$venv" >"$log" 2>&1 || { missing="python3 cannot make a venv, see $log"; return 1; }
        # shellcheck disable=SC2086 # several words
        "$venv/bin/pip" install --quiet --disable-pip-version-check --no-compile $wanted >>"$log" 2>&1 ||
            { missing="pip cannot install $wanted, see $log"; return 1; }
        printf '%s' "$wanted" >"$venv/wanted"
    fi
    export PATH="$PWD/$venv/bin:$PATH" SAM_CLI_TELEMETRY=0 PYTHONWARNINGS=ignore
}

# So many ports of loopback that are free, on one line.
free_ports() {
    python3 - "$1" <<'PYTHON'
import socket, sys
sockets = [socket.socket() for _ in range(int(sys.argv[1]))]
for s in sockets: s.bind(("127.0.0.1", 0))
print(*(s.getsockname()[1] for s in sockets))
PYTHON
}

# Waits until a port of loopback is open, or the process that is to open it has ended.
wait_for() {
    for _ in $(seq 600); do
        (exec 3<>"/dev/tcp/127.0.0.1/$1") 2>/dev/null && return 0
        kill -0 "$2" 2>/dev/null || return 1
        sleep 0.2
    done
    return 1
}

# The status code of a function's answer in a file.
status() { python3 -c 'import json, sys; print(json.load(open(sys.argv[1])).get("statusCode"))' "$1"; }

# Starts `cargo demo` on the table of events/, in a folder, and takes over the variables that it prints.
start_demo() {
    rm -rf "$1"
    mkdir -p "$1"
    target/debug/segue-demo --data events/tracks.csv --dir "$1" --port 0 >"$1/server.log" 2>&1 &
    started+=("$!")
    for _ in $(seq 300); do
        grep -q '^Ctrl-C ends it' "$1/server.log" && break
        kill -0 "${started[-1]}" 2>/dev/null || { cat "$1/server.log" >&2; return 1; }
        sleep 0.2
    done
    eval "$(grep '^export ' "$1/server.log")"
}

# Takes a free port, $port, in place of the one that commands of the README name.
take_port() {
    printed_port=$1
    port=$(free_ports 1)
}

# Runs a command of the README, word for word but for the port of take_port, with more words where a test needs them.
as_printed() {
    grep -qxF -- "$1" README.md || { echo "README.md does not print: $1" >&2; return 1; }
    local command=$*
    [ -z "${printed_port-}" ] || command=${command//$printed_port/$port}
    printf '$ %s\n' "$command" >&2
    # In the background it takes the place of its shell, so that the process that is ended is the command.
    if [ "$BASHPID" = "$$" ]; then eval "$command"; else eval "exec $command"; fi
}

# Ends what was started, the last first, and what that started itself.
end_started() {
    local i
    for ((i = ${#started[@]} - 1; i >= 0; i--)); do
        end_tree "${started[i]}"
        wait "${started[i]}" 2>/dev/null || true
    done
}
end_tree() {
    local child
    for child in $(cat "/proc/$1/task"/*/children 2>/dev/null); do end_tree "$child"; done
    kill "$1" 2>/dev/null || true
}
