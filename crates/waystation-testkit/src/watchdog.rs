//! A deadlock is a failed test, not a hang.

use std::panic::resume_unwind;
use std::sync::mpsc::{RecvTimeoutError, channel};
use std::thread;
use std::time::Duration;

/// Long enough for any single case on a busy machine.
pub const PATIENCE: Duration = Duration::from_secs(30);

/// Runs `case` on a thread of its own and returns what it returns; its panic goes on here.
///
/// A case that does not end in time is left behind, blocked, until the process ends: so it owns all
/// it uses.
///
/// # Panics
///
/// If `case` panics, with its payload; if it does not end within `limit`, naming the case.
#[track_caller]
pub fn within<R: Send + 'static>(
    limit: Duration,
    name: &str,
    case: impl FnOnce() -> R + Send + 'static,
) -> R {
    let (ended, end) = channel::<()>();
    let worker = thread::Builder::new()
        .name(name.replace('\0', "?"))
        .spawn(move || {
            // Dropped when the case returns and when it unwinds.
            let _ended = ended;
            case()
        })
        .expect("a thread can be started");
    match end.recv_timeout(limit) {
        Err(RecvTimeoutError::Timeout) => panic!("`{name}` did not end within {limit:?}"),
        Ok(()) | Err(RecvTimeoutError::Disconnected) => {}
    }
    worker
        .join()
        .unwrap_or_else(|payload| resume_unwind(payload))
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;

    #[test]
    fn what_the_case_returns_comes_back() {
        assert_eq!(within(PATIENCE, "adds", || 1 + 1), 2);
    }

    #[test]
    #[should_panic(expected = "`locks twice` did not end within 50ms")]
    fn a_deadlock_fails() {
        within(Duration::from_millis(50), "locks twice", || {
            let lock = parking_lot::Mutex::new(());
            let _first = lock.lock();
            let _second = lock.lock();
        });
    }

    #[test]
    #[should_panic(expected = "the case's own words")]
    fn a_panic_keeps_its_message() {
        within(PATIENCE, "panics", || panic!("the case's own words"));
    }

    #[test]
    fn what_the_case_owned_is_dropped_before_it_ends() {
        let lock = std::sync::Arc::new(Mutex::new(()));
        let inner = lock.clone();
        within(PATIENCE, "drops", move || drop(inner));
        assert_eq!(std::sync::Arc::strong_count(&lock), 1);
    }
}
