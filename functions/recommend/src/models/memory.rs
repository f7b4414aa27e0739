//! Whether a model fits into what the function has.

use segue_store::Latest;

/// What a loaded model takes for a track, its index for searches included: 717 to 950 measured, see
/// `docs/operations.md`.
const BYTES_PER_TRACK: u64 = 1_000;

/// What it takes to load and hold a model: it, and its artifact while that is being decoded.
pub(super) fn needed(latest: &Latest) -> u64 {
    latest.tracks.saturating_mul(BYTES_PER_TRACK).saturating_add(latest.size)
}

/// What this process holds, in bytes; nothing where the system does not tell.
pub(super) fn held() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kilobytes = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    kilobytes.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
}

#[cfg(test)]
mod tests {
    #[cfg(target_os = "linux")]
    #[test]
    fn what_is_held_grows_with_what_is_written() {
        let before = super::held().expect("Linux tells");
        let block = vec![1_u8; 64 << 20];
        let with = super::held().expect("Linux tells");
        assert!(with >= before + (48 << 20), "{before} {with} {}", block.len());
    }
}
