//! Whether a model fits into what the function has.

use store::Latest;

/// What a loaded model takes for a track, text search included: 240 to 290 measured, see `docs/operations.md`.
const BYTES_PER_TRACK: u64 = 320;

/// What it takes to load and hold a model: it, and its artifact while that is being decoded.
pub(super) fn needed(latest: &Latest) -> u64 {
    latest.tracks.saturating_mul(BYTES_PER_TRACK).saturating_add(latest.size)
}

/// What this process holds, in bytes: its resident set. Nothing where the system does not tell.
pub(super) fn held() -> Option<u64> {
    u64::try_from(memory_stats::memory_stats()?.physical_mem).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_held_grows_with_what_is_written_to() {
        const BYTES: usize = 64 << 20;
        let before = held().expect("the system tells");
        // Ones: zeroed pages are not held before they are written to.
        let filled = std::hint::black_box(vec![1_u8; BYTES]);
        let after = held().expect("the system tells");
        assert!(after >= before + filled.len() as u64 / 2, "{before} before, {after} with {BYTES} more");
    }
}
