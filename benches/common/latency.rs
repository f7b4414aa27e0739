//! How the times of many queries are told.

use std::time::Duration;

/// Prints the middle and the end of some times, and what took longest.
pub fn report(kind: &str, times: &mut [(Duration, String)]) {
    times.sort();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize].0;
    let Some((slowest, query)) = times.last() else { return };
    let query: String = query.chars().take(60).collect();
    let (count, p50, p90, p99) = (times.len(), at(0.5), at(0.9), at(0.99));
    println!(
        "{kind:<28} {count:>6} queries  p50 {p50:>8.1?}  p90 {p90:>8.1?}  p99 {p99:>8.1?}  max {slowest:>8.1?} {query:?}"
    );
}
