//! How an object came out of S3.

use std::{collections::HashSet, time::Instant};

use ::tests::faults::Exchange;

/// The answers that one object came in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Transfer {
    /// Connections that it came over.
    pub connections: usize,
    /// How many of them at the same time, at most.
    pub at_once: usize,
    /// Bytes that were sent.
    pub bytes: u64,
}

impl Transfer {
    /// Of those answers whose path ends in one of these ways.
    pub fn of(sent: &[Exchange], endings: &[&str]) -> Self {
        let is_wanted = |sent: &&Exchange| endings.iter().any(|ending| sent.path.ends_with(ending));
        let sent: Vec<&Exchange> = sent.iter().filter(is_wanted).collect();
        // A connection has one answer at a time, so as many are in use as there are answers under way.
        let under_way = |at: Instant| sent.iter().filter(|other| other.asked <= at && at <= other.latest).count();
        Self {
            connections: sent.iter().map(|sent| sent.connection).collect::<HashSet<_>>().len(),
            at_once: sent.iter().map(|sent| under_way(sent.asked)).max().unwrap_or(0),
            bytes: sent.iter().map(|sent| sent.bytes).sum(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn connections_count_by_number_and_at_once_by_time() {
        let begun = Instant::now();
        let sent = |path: &str, connection: usize, from: u64, to: u64| {
            let at = |seconds| begun + Duration::from_secs(seconds);
            Exchange {
                number: 0,
                connection,
                method: "GET".to_owned(),
                path: path.to_owned(),
                range: None,
                if_match: None,
                asked: at(from),
                latest: at(to),
                bytes: 10,
                head: String::new(),
            }
        };
        let all = [
            sent("/b/latest.json", 1, 0, 1),
            sent("/b/model.segue", 1, 2, 4),
            sent("/b/model.segue", 2, 3, 6),
            sent("/b/model.segue", 3, 5, 7),
        ];
        assert_eq!(Transfer::of(&all, &["/model.segue"]), Transfer { connections: 3, at_once: 2, bytes: 30 });
        let with_pointer = Transfer::of(&all, &["/latest.json", "/model.segue"]);
        assert_eq!(with_pointer, Transfer { connections: 3, at_once: 2, bytes: 40 });
        assert_eq!(Transfer::of(&all, &["/another"]), Transfer { connections: 0, at_once: 0, bytes: 0 });
    }
}
