//! How far inputs get. One that is refused at the door says nothing of what is behind it.

use std::cell::Cell;

thread_local! {
    static REACHED: Cell<usize> = const { Cell::new(0) };
}

/// How many inputs of this thread were good: headers and tables that were read, models that hold and have answered,
/// requests with an answer that is no problem.
pub fn reached() -> usize {
    REACHED.get()
}

/// Counts one.
pub(crate) fn reach() {
    REACHED.set(REACHED.get() + 1);
}
