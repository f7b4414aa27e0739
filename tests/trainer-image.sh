#!/usr/bin/env bash
# The trainer's container image, built as docs/operations.md prints it and run once. Where Docker or the images that it is made
# from cannot be had, the trainer is compiled from exactly the files that the image would be made from.
set -euo pipefail
cd "$(dirname "$0")/.."
source tests/skip.sh

root=$PWD
folder=target/ci/trainer-image
rm -rf "$folder"
mkdir -p "$folder"

missing=
has_images() {
    timeout 10 docker info >"$folder/docker.log" 2>&1 || { missing="no Docker engine runs"; return 1; }
    for image in $(sed -n 's/^FROM \([^ ]*\).*/\1/p' infra/trainer.Dockerfile); do
        docker image inspect "$image" >/dev/null 2>&1 || timeout 300 docker pull --quiet "$image" >>"$folder/docker.log" 2>&1 ||
            { missing="$image cannot be pulled, see $folder/docker.log"; return 1; }
    done
}

# The files that the ignore file lets through, into a folder. It begins with `*` and has no other wildcard, so that this is
# what Docker would make of it.
copy_context() {
    local line first=
    while IFS= read -r line; do
        case $line in
            '' | '#'*) ;;
            '*') first=$line ;;
            *[*?[]*) echo "trainer image: FAILED: $line: only the first line of the ignore file may have a wildcard" >&2; exit 1 ;;
            '!'*)
                mkdir -p "$1/$(dirname "${line#!}")"
                cp -pR "${line#!}" "$1/${line#!}"
                ;;
            *) rm -rf "${1:?}/$line" ;;
        esac
        [ -n "$first" ] || [ "${line:0:1}" = '#' ] || { echo "trainer image: FAILED: expected * first, got $line" >&2; exit 1; }
    done <infra/trainer.Dockerfile.dockerignore
}

if has_images; then
    DOCKER_BUILDKIT=1 docker build --file infra/trainer.Dockerfile --tag trainer .
    docker run --rm trainer --version
else
    skip trainer-image "$missing: the trainer is compiled from the files of its build context instead"
    copy_context "$folder/context"
    cd "$folder/context"
    # The dependencies have been compiled already.
    CARGO_TARGET_DIR=$root/target cargo check --locked --package trainer
    echo "trainer image: the trainer compiles from $(find . -type f | wc -l) files"
fi
