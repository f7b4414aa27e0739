//! The life of an execution environment, as Lambda has it: an invocation begins when the runtime and every registered extension
//! have asked for their next event, and until then the process may be frozen.

use std::{
    collections::BTreeMap,
    process::{Command, Stdio},
    sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError},
    time::{Duration, Instant, SystemTime, UNIX_EPOCH},
};

use serde_json::Value;
use tokio::sync::{Notify, oneshot};

/// What the runtime and the extensions are told.
#[derive(Clone, Debug)]
pub(super) struct Invocation {
    pub(super) id: String,
    pub(super) event: Value,
    /// In milliseconds since 1970.
    pub(super) deadline_ms: u64,
}

/// Who asks for events.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Party {
    Runtime,
    /// By its identifier.
    Extension(String),
}

/// One environment, and the process in it.
pub(super) struct Environment {
    /// Whether the process is stopped while nothing is invoked.
    freezing: bool,
    timeout: Duration,
    process: OnceLock<u32>,
    first_next: OnceLock<Instant>,
    state: Mutex<State>,
    asked: Notify,
}

#[derive(Default)]
struct State {
    /// Those that take part, with the way to tell them of an invocation where they have asked for one.
    parties: BTreeMap<Party, Option<oneshot::Sender<Invocation>>>,
    /// How many invocations have begun.
    begun: u64,
    frozen: bool,
    timed_out: bool,
}

impl State {
    /// Whether everybody has asked for the next event.
    fn is_idle(&self) -> bool {
        self.parties.contains_key(&Party::Runtime) && self.parties.values().all(Option::is_some)
    }
}

impl Environment {
    pub(super) fn new(freezing: bool, timeout: Duration) -> Self {
        Self {
            freezing,
            timeout,
            process: OnceLock::new(),
            first_next: OnceLock::new(),
            state: Mutex::default(),
            asked: Notify::new(),
        }
    }

    /// The process that runs in it.
    pub(super) fn enter(&self, process: u32) {
        self.process.get_or_init(|| process);
    }

    /// When the runtime first asked for an event, if it has.
    pub(super) fn first_next(&self) -> Option<Instant> {
        self.first_next.get().copied()
    }

    /// Whether an invocation was not done when its time was over. The process has been killed then.
    pub(super) fn timed_out(&self) -> bool {
        self.state().timed_out
    }

    /// How many invocations have begun.
    pub(super) fn begun(&self) -> u64 {
        self.state().begun
    }

    /// Lets an extension take part.
    pub(super) fn register(&self) -> String {
        let mut state = self.state();
        let identifier = format!("extension-{}", state.parties.len());
        state.parties.insert(Party::Extension(identifier.clone()), None);
        identifier
    }

    /// Waits for the next invocation. Nothing where the environment has ended.
    pub(super) async fn next(&self, party: Party) -> Option<Invocation> {
        let (sender, receiver) = oneshot::channel();
        {
            let mut state = self.state();
            if party == Party::Runtime {
                self.first_next.get_or_init(Instant::now);
            }
            state.parties.insert(party, Some(sender));
            if state.is_idle() {
                if self.freezing {
                    self.signal("-STOP");
                    state.frozen = true;
                }
                self.asked.notify_waiters();
            }
        }
        receiver.await.ok()
    }

    /// Begins an invocation, as soon as the one before it is done.
    pub(super) async fn invoke(self: &Arc<Self>, id: String, event: Value) {
        let (deadline, number) = loop {
            let asked = self.asked.notified();
            {
                let mut state = self.state();
                if state.is_idle() {
                    if std::mem::take(&mut state.frozen) {
                        self.signal("-CONT");
                    }
                    state.begun += 1;
                    let deadline = SystemTime::now() + self.timeout;
                    let deadline_ms = deadline.duration_since(UNIX_EPOCH).expect("after 1970").as_millis() as u64;
                    let invocation = Invocation { id, event, deadline_ms };
                    for party in state.parties.values_mut() {
                        // One that has gone is told of nothing.
                        let _ = party.take().expect("everybody asks").send(invocation.clone());
                    }
                    break (tokio::time::Instant::now() + self.timeout, state.begun);
                }
            }
            asked.await;
        };
        let environment = Arc::clone(self);
        tokio::spawn(async move {
            tokio::time::sleep_until(deadline).await;
            let mut state = environment.state();
            if state.begun == number && !state.is_idle() {
                state.timed_out = true;
                environment.signal("-KILL");
            }
        });
    }

    /// Waits until the environment is done with the invocation, and frozen if it freezes.
    pub(super) async fn done(&self) {
        loop {
            let asked = self.asked.notified();
            if self.state().is_idle() {
                return;
            }
            asked.await;
        }
    }

    fn signal(&self, signal: &str) {
        let Some(process) = self.process.get() else { return };
        let mut kill = Command::new("kill");
        // It fails where the process has ended, of which nobody has to be told.
        let _ = kill.args([signal, &process.to_string()]).stdin(Stdio::null()).stderr(Stdio::null()).status();
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Environment {
    fn drop(&mut self) {
        // A process that is stopped does not end by itself.
        if self.state().frozen {
            self.signal("-KILL");
        }
    }
}
