//! What has come of a download, shared by the tasks that bring it and those that wait for it.

use std::ops::Range;
use std::sync::{Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use tokio::sync::oneshot;

use super::buffer::Buffer;
use crate::Error;

pub(super) struct RangeBuffer {
    state: Mutex<State>,
}

struct State {
    buffer: Buffer,
    failed: Option<Error>,
    waiting: Vec<Waiting>,
}

struct Waiting {
    range: Range<u64>,
    /// Only told that it may look again. Were the bytes themselves sent, they would be lost with a caller that has
    /// gone away.
    caller: oneshot::Sender<()>,
}

/// What a caller finds that asks for a range.
#[derive(Debug)]
pub(super) enum Availability {
    /// The bytes, which are the caller's now.
    Chunks(Vec<Bytes>),
    /// They have come, and some of them are somebody else's.
    Taken,
    /// Some have not come. To be asked for again when this says so.
    NotYet(oneshot::Receiver<()>),
}

impl RangeBuffer {
    pub(super) fn new(parts: impl IntoIterator<Item = Range<u64>>) -> Self {
        Self { state: Mutex::new(State { buffer: Buffer::new(parts), failed: None, waiting: Vec::new() }) }
    }

    /// Adds what came next of a part. `false` where it is more than the part lacks. Of a download that has failed
    /// nothing is kept.
    pub(super) fn add(&self, part: usize, chunk: Bytes) -> bool {
        let mut state = self.lock();
        if state.failed.is_some() {
            return true;
        }
        let State { buffer, waiting, .. } = &mut *state;
        let added = buffer.add(part, chunk);
        for there in waiting.extract_if(.., |waiting| buffer.has(&waiting.range) || waiting.caller.is_closed()) {
            let _ = there.caller.send(());
        }
        added
    }

    /// Ends the download: from now on, every caller gets this error. A later one changes nothing.
    pub(super) fn fail(&self, error: Error) {
        let mut state = self.lock();
        state.failed.get_or_insert(error);
        state.buffer.clear();
        // Dropping what would tell them wakes them too.
        state.waiting.clear();
    }

    pub(super) fn find(&self, range: &Range<u64>) -> Result<Availability, Error> {
        let mut state = self.lock();
        if let Some(error) = &state.failed {
            return Err(error.clone());
        }
        if state.buffer.has(range) {
            return Ok(state.buffer.take(range).map_or(Availability::Taken, Availability::Chunks));
        }
        let (caller, there) = oneshot::channel();
        state.waiting.push(Waiting { range: range.clone(), caller });
        Ok(Availability::NotYet(there))
    }

    /// Nothing in here panics half-way through a change, so what a poisoned lock holds is as good as any.
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range_buffer() -> RangeBuffer {
        RangeBuffer::new([0..2, 2..4])
    }

    fn waits(range_buffer: &RangeBuffer, range: Range<u64>) -> oneshot::Receiver<()> {
        match range_buffer.find(&range).unwrap() {
            Availability::NotYet(there) => there,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn a_caller_is_woken_when_its_last_byte_has_come_and_not_before() {
        let range_buffer = range_buffer();
        let (mut all, mut second) = (waits(&range_buffer, 0..4), waits(&range_buffer, 2..3));
        range_buffer.add(1, Bytes::from_static(b"cd"));
        second.try_recv().unwrap();
        assert_eq!(all.try_recv(), Err(oneshot::error::TryRecvError::Empty));
        range_buffer.add(0, Bytes::from_static(b"ab"));
        all.try_recv().unwrap();
        assert!(
            matches!(range_buffer.find(&(0..4)).unwrap(), Availability::Chunks(chunks) if chunks.concat() == b"abcd")
        );
        assert!(matches!(range_buffer.find(&(0..1)).unwrap(), Availability::Taken));
    }

    #[test]
    fn callers_that_have_gone_away_are_forgotten() {
        let range_buffer = range_buffer();
        drop(waits(&range_buffer, 0..4));
        let _there = waits(&range_buffer, 0..4);
        range_buffer.add(0, Bytes::from_static(b"a"));
        assert_eq!(range_buffer.lock().waiting.len(), 1);
    }

    #[test]
    fn a_failure_wakes_everybody_and_the_first_one_stays() {
        let range_buffer = range_buffer();
        range_buffer.add(0, Bytes::from_static(b"ab"));
        let mut there = waits(&range_buffer, 0..4);
        let corrupt = |reason: &str| Error::Corrupt { what: "x".into(), reason: reason.into() };
        range_buffer.fail(corrupt("first"));
        range_buffer.fail(corrupt("second"));
        assert_eq!(there.try_recv(), Err(oneshot::error::TryRecvError::Closed));
        // From a task that is being stopped.
        assert!(range_buffer.add(1, Bytes::from_static(b"cd")) && !range_buffer.lock().buffer.has(&(2..4)));
        for range in [0..4, 0..1, 0..0] {
            let error = range_buffer.find(&range).unwrap_err();
            assert!(matches!(error, Error::Corrupt { reason, .. } if reason == "first"));
        }
    }
}
