//! The lock with many more threads than cores: no hang, no loss, no collapse.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::sync::mpsc;
use std::time::{Duration, Instant};

use waystation_core::sync::{Lock, OrLocked};

const THREADS: usize = 64;
const ROUNDS: usize = 5_000;

/// Runs all threads, each of them bumping a counter under the lock, and returns how long it took.
fn contend(bump: impl Fn() + Send + Sync + 'static) -> Duration {
    let bump = std::sync::Arc::new(bump);
    let (done, all_done) = mpsc::channel();
    let start = Instant::now();
    for _ in 0..THREADS {
        let (bump, done) = (bump.clone(), done.clone());
        std::thread::spawn(move || {
            (0..ROUNDS).for_each(|_| bump());
            done.send(()).unwrap();
        });
    }
    for _ in 0..THREADS {
        all_done
            .recv_timeout(Duration::from_secs(60))
            .expect("a thread hangs on the lock");
    }
    start.elapsed()
}

#[test]
fn sixty_four_threads_lose_nothing_and_do_not_collapse() {
    let ours = std::sync::Arc::new(Lock::new(0));
    let theirs = std::sync::Arc::new(parking_lot::Mutex::new(0));
    let (counted, counted_there) = (ours.clone(), theirs.clone());
    let our_time = contend(move || *ours.lock() += 1);
    let their_time = contend(move || *theirs.lock() += 1);
    assert_eq!(*counted.lock(), THREADS * ROUNDS);
    assert_eq!(*counted_there.lock(), THREADS * ROUNDS);
    println!("ours {our_time:?}, parking_lot {their_time:?}");
    // A collapse is orders of magnitude; the machine may be busy.
    assert!(
        our_time < their_time * 20 + Duration::from_secs(2),
        "{our_time:?} {their_time:?}"
    );
}

#[test]
fn a_holder_that_sleeps_keeps_the_others_out_and_lets_them_in_then() {
    let lock = Lock::new(0);
    std::thread::scope(|scope| {
        let mut guard = lock.lock();
        let waiters: Vec<_> = (0..8).map(|_| scope.spawn(|| *lock.lock() += 1)).collect();
        std::thread::sleep(Duration::from_millis(5));
        assert_eq!(*guard, 0);
        *guard = 100;
        drop(guard);
        waiters
            .into_iter()
            .for_each(|waiter| waiter.join().unwrap());
    });
    assert_eq!(*lock.lock(), 108);
}

#[test]
fn try_lock_fails_while_it_is_held() {
    let mut lock = Lock::new(1);
    let guard = lock.lock();
    assert!(lock.try_lock().is_none());
    drop(guard);
    assert_eq!(lock.try_lock().map(|guard| *guard), Some(1));
    assert_eq!(*lock.get_mut(), 1);
}

#[test]
fn a_panic_in_the_section_leaves_the_lock_free() {
    let lock = Lock::new(1);
    let outcome = std::panic::catch_unwind(|| {
        let _guard = lock.lock();
        panic!("inside");
    });
    assert!(outcome.is_err());
    assert_eq!(*lock.lock(), 1);
}

#[test]
fn debug_shows_what_is_known_without_the_lock() {
    assert_eq!(format!("{:?}", OrLocked(Some(3))), "3");
    assert_eq!(format!("{:?}", OrLocked::<usize>(None)), "<locked>");
    assert_eq!(format!("{:?}", Lock::new(3)), "Lock { .. }");
}

/// What this thread has run so far, in nanoseconds.
#[cfg(target_os = "linux")]
fn time_on_a_core() -> u64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap();
    text.split_whitespace().next().unwrap().parse().unwrap()
}

#[cfg(target_os = "linux")]
#[test]
fn who_waits_for_long_sleeps() {
    const LONG: Duration = Duration::from_millis(200);
    let lock = Lock::new(());
    std::thread::scope(|scope| {
        let guard = lock.lock();
        let waiter = scope.spawn(|| {
            let before = time_on_a_core();
            drop(lock.lock());
            Duration::from_nanos(time_on_a_core() - before)
        });
        std::thread::sleep(LONG);
        drop(guard);
        let worked = waiter.join().unwrap();
        assert!(worked < LONG / 10, "{worked:?} of {LONG:?}");
    });
}
