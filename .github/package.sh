#!/usr/bin/env bash
# Packs what a release offers for one target: an archive of `trainer` and `segue-demo`, named and laid out as
# `[package.metadata.binstall]` of both packages says, and a zip of each Lambda function that was built.
# The same binaries of the same commit give the same bytes.
#
#   .github/package.sh VERSION TARGET BUILT RELEASE
#
# BUILT is the folder of the binaries, each under its own name; RELEASE is where the files go.
set -euo pipefail
version=$1 target=$2 built=$3 release=$4
root=$(cd "$(dirname "$0")/.." && pwd)

# When the commit was made, as `touch -t` takes it: the only time in what is packed.
modified=${MODIFIED:-$(TZ=UTC git -C "$root" log -1 --date=format-local:%Y%m%d%H%M.%S --format=%cd)}
staging=$(mktemp -d)
trap 'rm -rf "$staging"' EXIT
mkdir -p "$release"
release=$(cd "$release" && pwd)

name=segue-v$version-$target
mkdir "$staging/$name"
packed=()
for document in CHANGELOG.md LICENSE-APACHE LICENSE-MIT README.md; do
    cp "$root/$document" "$staging/$name"
    chmod 644 "$staging/$name/$document"
    packed+=("$name/$document")
done
for binary in segue-demo trainer; do
    cp "$built/$binary" "$staging/$name"
    chmod 755 "$staging/$name/$binary"
    packed+=("$name/$binary")
done
# GNU's tar and that of macOS agree on everything but how the owner is named.
case $(tar --version) in
    *GNU*) owner=(--owner=0 --group=0 --numeric-owner) ;;
    *) owner=(--uid 0 --gid 0 --numeric-owner) ;;
esac
TZ=UTC touch -t "$modified" "$staging/$name"/*
(cd "$staging" && COPYFILE_DISABLE=1 tar --format=ustar "${owner[@]}" -cf - "${packed[@]}") | gzip -n -9 >"$release/$name.tar.gz"

# Lambda's name for the processors.
processors=${target%%-*}
[ "$processors" = aarch64 ] && processors=arm64
for function in recommend train; do
    [ -e "$built/$function" ] || continue
    zip=$release/segue-v$version-lambda-$function-$processors.zip
    # One file at the top, under the name that the runtime looks for.
    cp "$built/$function" "$staging/bootstrap"
    chmod 755 "$staging/bootstrap"
    TZ=UTC touch -t "$modified" "$staging/bootstrap"
    rm -f "$zip"
    (cd "$staging" && TZ=UTC zip -qX9 "$zip" bootstrap)
done
