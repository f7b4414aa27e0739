//! Whether a model fits into what the function has.

use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use recommender::{
    artifact::{Entry, Section, unpacked_bytes},
    search::GraphData,
};
use store::Latest;

use super::error::Error;

/// What a loaded model takes for a track, text search included: 240 to 290 measured, see `docs/operations.md`.
const BYTES_PER_TRACK: u64 = 320;

/// What it takes to load and hold a model: it, and its artifact while that is being decoded.
pub(super) fn needed(latest: &Latest) -> u64 {
    latest.tracks.saturating_mul(BYTES_PER_TRACK).saturating_add(latest.size)
}

/// What a model may take, where that is known.
#[derive(Clone, Copy, Debug)]
pub(super) struct Budget {
    /// Bytes that the function has.
    pub(super) limit: u64,
    /// Bytes that are taken, by a model that answers meanwhile among others.
    pub(super) held: u64,
}

impl Budget {
    /// Compares what the header says that the sections have unpacked, before any is unpacked: a table of few tracks with
    /// very long texts makes a small artifact of a large model, and a forged one says what it likes of its tracks.
    pub(super) fn check(self, sections: &[Entry<Section>]) -> Result<(), Error> {
        self.fits("the model", unpacked_bytes(sections))
    }

    /// Compares what a graph takes when it is ready with what the function has beside what it holds by now, and what is `reserved` for
    /// others: a forged one of many edges takes several times its bytes. It is reserved until the graph is there. Where it does not fit beside
    /// what is reserved, this waits: what is half made of the others is held too, and so counted twice.
    pub(super) fn reserve<'a>(self, graph: &GraphData, reserved: &'a Reserved) -> Result<Reservation<'a>, Error> {
        let bytes = graph.searched_memory() as u64;
        let mut others = reserved.lock();
        loop {
            let held = held().unwrap_or_default().max(self.held).saturating_add(*others);
            match (Self { held, ..self }.fits("a graph of the model", bytes), *others) {
                (Ok(()), _) => break,
                (Err(error), 0) => return Err(error),
                _ => others = reserved.freed.wait(others).unwrap_or_else(PoisonError::into_inner),
            }
        }
        *others = others.saturating_add(bytes);
        Ok(Reservation { reserved, bytes })
    }

    fn fits(self, what: &'static str, needed: u64) -> Result<(), Error> {
        let Self { limit, held } = self;
        if held.saturating_add(needed) > limit { Err(Error::Memory { what, needed, held, limit }) } else { Ok(()) }
    }
}

/// Bytes that graphs take which are being made ready.
#[derive(Default)]
pub(super) struct Reserved {
    bytes: Mutex<u64>,
    freed: Condvar,
}

impl Reserved {
    /// A number is whole whoever panics.
    fn lock(&self) -> MutexGuard<'_, u64> {
        self.bytes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Bytes that are reserved until this is dropped.
pub(super) struct Reservation<'a> {
    reserved: &'a Reserved,
    bytes: u64,
}

impl Drop for Reservation<'_> {
    fn drop(&mut self) {
        let mut bytes = self.reserved.lock();
        *bytes = bytes.saturating_sub(self.bytes);
        self.reserved.freed.notify_all();
    }
}

/// What this process holds, in bytes: its resident set. Nothing where the system does not tell.
pub(super) fn held() -> Option<u64> {
    u64::try_from(memory_stats::memory_stats()?.physical_mem).ok()
}

#[cfg(test)]
mod tests {
    use recommender::{
        column::IntColumn,
        search::{Adjacency, Layer},
    };

    use super::*;

    #[test]
    fn graphs_are_compared_with_what_is_left_and_with_one_another() {
        const MIB: u64 = 1 << 20;
        let layer = Layer { degrees: IntColumn::new(&[0; 16]), gaps: IntColumn::new(&vec![0; 1 << 20]) };
        let graph = GraphData { adjacency: Adjacency { layers: vec![layer] }, unreachable: IntColumn::new(&[]) };
        // Two ends of four bytes for each byte.
        let bytes = graph.searched_memory() as u64;
        assert_eq!(bytes / MIB, 8);
        let held = held().expect("the system tells") + 64 * MIB;
        let budget = |left| Budget { limit: held + left, held };
        let reserved = Reserved::default();
        let refused = |left| matches!(budget(left).reserve(&graph, &reserved), Err(Error::Memory { needed, .. }) if needed == bytes);
        assert!(refused(4 * MIB));
        let first = budget(12 * MIB).reserve(&graph, &reserved).expect("there is room");
        assert!(budget(17 * MIB).reserve(&graph, &reserved).is_ok());
        std::thread::scope(|scope| {
            let (started, waits) = std::sync::mpsc::channel();
            let (budget, graph, reserved) = (&budget, &graph, &reserved);
            let second = scope.spawn(move || {
                started.send(()).expect("somebody waits");
                budget(12 * MIB).reserve(graph, reserved).is_ok()
            });
            waits.recv().expect("the thread runs");
            std::thread::sleep(std::time::Duration::from_millis(20));
            assert!(!second.is_finished());
            drop(first);
            assert!(second.join().expect("ends"));
        });
        assert_eq!(*reserved.lock(), 0);
    }

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
