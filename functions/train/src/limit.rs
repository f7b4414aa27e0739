//! Which tables this function has room and time for.
//!
//! Before the download there is the file's size, and nothing else. So what must hold more tracks than there is room for
//! is refused by its size, and what may hold them is read with a limit on its tracks: either way before the training.

use std::time::{Duration, SystemTime};

use crate::error::Error;

/// Memory that a training takes, in bytes a track. Four in one environment, of 264,798 tracks each, took 992 beyond the rest
/// at most.
const BYTES_PER_TRACK: u64 = 1_152;
/// Memory for all else, in bytes.
const BASE_BYTES: u64 = 128 << 20;
/// Time of one processor, in seconds a track.
const CPU_SECONDS_PER_TRACK: f64 = 1e-4;
/// For the download and the publishing.
const TIME_MARGIN: Duration = Duration::from_secs(20);
/// Memory in MB for which Lambda gives one whole processor.
const MB_PER_CPU: f64 = 1_769.0;
/// The longest rows that tables have, but for those with lyrics: in bytes, as text and compressed (gzip, zip, Parquet).
const BYTES_PER_ROW: u64 = 250;
const BYTES_PER_COMPRESSED_ROW: u64 = 100;

/// The most that Lambda gives.
const MAX_TIMEOUT: Duration = Duration::from_secs(900);

/// How much time is left. A deadline that was over before the function was called comes from an emulator, and says nothing.
pub fn time_until(deadline: SystemTime, now: SystemTime) -> Duration {
    deadline.duration_since(now).map_or(MAX_TIMEOUT, |left| left.min(MAX_TIMEOUT))
}

/// What a function of this memory, in MB, can train on in this time: a number of tracks.
pub fn max_tracks(memory: u64, time: Duration) -> u64 {
    let room = memory.saturating_mul(1 << 20).saturating_sub(BASE_BYTES) / BYTES_PER_TRACK;
    let processors = (memory as f64 / MB_PER_CPU).min(6.0);
    let tracks_in_time = time.saturating_sub(TIME_MARGIN).as_secs_f64() * processors / CPU_SECONDS_PER_TRACK;
    room.min(tracks_in_time as u64).min(trainer::table::MAX_TRACKS as u64)
}

/// Refuses a file that holds more tracks than that, whatever is in it. `stated` is the number of tracks that its owner
/// says it has.
///
/// # Errors
///
/// [`Error::TooLarge`].
pub fn check(key: &str, bytes: u64, stated: Option<u64>, most: u64, memory: u64) -> Result<(), Error> {
    let key_lower = key.to_ascii_lowercase();
    let is_compressed = [".gz", ".zip", ".parquet"].iter().any(|ending| key_lower.ends_with(ending));
    let row = if is_compressed { BYTES_PER_COMPRESSED_ROW } else { BYTES_PER_ROW };
    let tracks = stated.unwrap_or(bytes / row);
    if tracks <= most {
        return Ok(());
    }
    Err(Error::TooLarge { key: key.to_owned(), bytes, tracks, most, limit: most.saturating_mul(row), memory })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_limits_large_functions_and_time_those_that_have_little() {
        assert_eq!(max_tracks(3_008, MAX_TIMEOUT), (2_880 << 20) / BYTES_PER_TRACK);
        assert_eq!(max_tracks(10_240, MAX_TIMEOUT), (10_112 << 20) / BYTES_PER_TRACK);
        assert!(max_tracks(3_008, Duration::from_secs(60)) < 800_000);
        assert_eq!(max_tracks(128, MAX_TIMEOUT), 0);
        assert_eq!(max_tracks(3_008, Duration::from_secs(5)), 0);
    }

    #[test]
    fn a_deadline_that_makes_no_sense_is_none() {
        let now = SystemTime::UNIX_EPOCH + Duration::from_secs(1_800_000_000);
        assert_eq!(time_until(now + Duration::from_secs(60), now), Duration::from_secs(60));
        assert_eq!(time_until(SystemTime::UNIX_EPOCH + Duration::from_secs(600), now), MAX_TIMEOUT);
        assert_eq!(time_until(now + Duration::from_secs(86_400), now), MAX_TIMEOUT);
    }

    #[test]
    fn a_file_that_cannot_fit_is_refused_with_its_size_the_limit_and_what_to_do() {
        let most = max_tracks(3_008, MAX_TIMEOUT);
        // 265,000 real tracks, as text and compressed.
        check("uploads/a.csv", 47_525_578, None, most, 3_008).expect("room");
        check("uploads/a.csv.gz", 18_275_996, None, most, 3_008).expect("room");
        for (key, bytes) in [
            ("uploads/a.csv", 700 << 20),
            ("uploads/a.csv.gz", 300 << 20),
            ("uploads/A.CSV.GZ", 300 << 20),
            ("uploads/a.zip", 300 << 20),
            ("uploads/a.parquet", 300 << 20),
        ] {
            let refused = check(key, bytes, None, most, 3_008).expect_err("refused").to_string();
            for part in [key, &bytes.to_string(), "3008 MB", "TrainMemory", "AWS Batch", "segue-tracks"] {
                assert!(refused.contains(part), "{part}: {refused}");
            }
        }
        // Rows with lyrics: their owner knows how many they are.
        check("uploads/lyrics.csv", 2 << 30, Some(500_000), most, 3_008).expect("room");
        assert!(check("uploads/a.csv", 100, Some(5_000_000), most, 3_008).is_err());
    }
}
