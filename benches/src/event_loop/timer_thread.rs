//! Threads: one thread that calls back at a time, written as one would by hand: a map in order of
//! time under a mutex, and a condition variable.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::thread::{self, JoinHandle};
use std::time::Instant;

use parking_lot::{Condvar, Mutex};

type Callback = Box<dyn FnOnce() + Send>;
/// A time, and a number that tells equal times apart.
pub(super) type Key = (Instant, u64);

#[derive(Default)]
struct State {
    due: BTreeMap<Key, Callback>,
    next: u64,
    is_over: bool,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

/// The thread.
pub(super) struct TimerThread {
    shared: Arc<Shared>,
    thread: Option<JoinHandle<()>>,
}

impl TimerThread {
    pub(super) fn start() -> Self {
        let shared = Arc::<Shared>::default();
        let own = Arc::clone(&shared);
        let thread = Some(thread::spawn(move || own.serve()));
        Self { shared, thread }
    }

    pub(super) fn call_at(&self, at: Instant, callback: impl FnOnce() + Send + 'static) -> Key {
        let mut state = self.shared.state.lock();
        let key = (at, state.next);
        state.next += 1;
        state.due.insert(key, Box::new(callback));
        let is_first = state.due.keys().next() == Some(&key);
        drop(state);
        if is_first {
            self.shared.changed.notify_one();
        }
        key
    }

    pub(super) fn cancel(&self, key: Key) {
        let callback = self.shared.state.lock().due.remove(&key);
        drop(callback);
    }
}

impl Shared {
    fn serve(&self) {
        let mut state = self.state.lock();
        while !state.is_over {
            let now = Instant::now();
            match state.due.first_entry() {
                Some(first) if first.key().0 <= now => {
                    let callback = first.remove();
                    drop(state);
                    callback();
                    state = self.state.lock();
                }
                Some(first) => {
                    let at = first.key().0;
                    self.changed.wait_until(&mut state, at);
                }
                None => self.changed.wait(&mut state),
            }
        }
    }
}

impl Drop for TimerThread {
    fn drop(&mut self) {
        self.shared.state.lock().is_over = true;
        self.shared.changed.notify_one();
        if let Some(thread) = self.thread.take() {
            // It ends by itself; a callback that panicked has been reported.
            let _ended = thread.join();
        }
    }
}
