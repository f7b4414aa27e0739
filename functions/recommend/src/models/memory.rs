//! Whether a model fits into what the function has.

use store::Latest;

/// What a loaded model takes for a track, its index for searches included: 717 to 950 measured, see
/// `docs/operations.md`.
const BYTES_PER_TRACK: u64 = 1_000;

/// What it takes to load and hold a model: it, and its artifact while that is being decoded.
pub(super) fn needed(latest: &Latest) -> u64 {
    latest.tracks.saturating_mul(BYTES_PER_TRACK).saturating_add(latest.size)
}

/// What this process holds, in bytes; nothing where the system does not tell.
pub(super) fn held() -> Option<u64> {
    resident(&std::fs::read_to_string("/proc/self/status").ok()?)
}

/// The resident set size of a `/proc/PID/status`, in bytes.
fn resident(status: &str) -> Option<u64> {
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    kilobytes.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_is_the_resident_set() {
        let status = "Name:\trecommend\nVmHWM:\t   90112 kB\nVmRSS:\t   59392 kB\nRssAnon:\t   48128 kB\n";
        assert_eq!(resident(status), Some(59_392 * 1_024));
        for untold in ["Name:\trecommend\n", "VmRSS:\tmany kB\n", "VmRSS:\t18446744073709551615 kB\n"] {
            assert_eq!(resident(untold), None, "{untold}");
        }
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn linux_tells_what_is_held() {
        assert!(held().is_some());
    }
}
