# What a check does that cannot run on this machine. To be sourced.
#
#   skip NAME REASON       leaves the check of this name out, and goes on
#   skip_rest NAME REASON  leaves it out, and ends the script
#
# Where CI is set that is a failure, unless SEGUE_CI_MAY_SKIP, names with commas between them, has the name: .ci/run says
# which, and why. Each skip becomes a line of the file SEGUE_SKIPPED, if it is set.

skip() {
    local name=$1 reason=${*:2}
    if [ -n "${CI:-}" ] && [[ ",${SEGUE_CI_MAY_SKIP:-}," != *",$name,"* ]]; then
        printf '%s: FAILED: %s\n%s: where CI is set, only what SEGUE_CI_MAY_SKIP names may be skipped\n' \
            "$name" "$reason" "$name" >&2
        exit 1
    fi
    printf '%s: SKIPPED: %s\n' "$name" "$reason"
    [ -z "${SEGUE_SKIPPED:-}" ] || printf '%s: %s\n' "$name" "$reason" >>"$SEGUE_SKIPPED"
}

skip_rest() {
    skip "$@"
    exit 0
}
