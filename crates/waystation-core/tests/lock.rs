//! The lock with many more threads than cores: no hang, no loss, no collapse.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use waystation_core::sync::{Lock, OrLocked, RawLock};

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
fn a_thread_that_waits_for_long_sleeps() {
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

/// Uses a core for so long.
fn work(time: Duration) {
    let start = Instant::now();
    while start.elapsed() < time {
        std::hint::spin_loop();
    }
}

/// The median of how long a thread waits for a lock that another one holds for 100 µs and takes
/// again at once. `in_section` runs what it is given under the lock.
fn median_wait(in_section: impl Fn(&mut dyn FnMut()) + Sync) -> Duration {
    const WAITS: usize = 10;
    let ends = AtomicBool::new(false);
    std::thread::scope(|scope| {
        scope.spawn(|| {
            while !ends.load(Ordering::Relaxed) {
                in_section(&mut || work(Duration::from_micros(100)));
            }
        });
        let mut all = [(); WAITS].map(|()| {
            std::thread::sleep(Duration::from_micros(300));
            let start = Instant::now();
            in_section(&mut || ());
            start.elapsed()
        });
        ends.store(true, Ordering::Relaxed);
        all.sort_unstable();
        all[WAITS / 2]
    })
}

#[test]
fn a_holder_that_takes_the_lock_again_at_once_does_not_starve_the_others() {
    let (ours, theirs) = (Lock::new(()), parking_lot::Mutex::new(()));
    // An unfair lock keeps the other out for hundreds of milliseconds. On a busy machine a thread
    // waits for a core as well, with either lock.
    let waits: Vec<_> = (0..20)
        .map_while(|_| {
            let theirs = median_wait(|section| {
                let _guard = theirs.lock();
                section();
            });
            let ours = median_wait(|section| {
                let _guard = ours.lock();
                section();
            });
            let starves = ours > 20 * theirs + Duration::from_millis(20);
            starves.then_some((ours, theirs))
        })
        .collect();
    assert!(waits.len() < 20, "{waits:?}");
}

#[test]
fn a_parked_thread_is_woken_by_the_unlock() {
    let lock = std::sync::Arc::new(RawLock::default());
    for sleepers in [1, 2, 5] {
        lock.lock();
        assert!(!lock.try_lock());
        let (done, all_done) = mpsc::channel();
        for _ in 0..sleepers {
            let (lock, done) = (lock.clone(), done.clone());
            std::thread::spawn(move || {
                lock.lock();
                lock.unlock();
                done.send(()).unwrap();
            });
        }
        // Long enough that all of them sleep.
        std::thread::sleep(Duration::from_millis(20));
        assert!(all_done.try_recv().is_err());
        lock.unlock();
        for _ in 0..sleepers {
            all_done
                .recv_timeout(Duration::from_secs(30))
                .expect("a sleeper is not woken");
        }
        assert!(lock.try_lock());
        lock.unlock();
    }
}

#[test]
fn no_wake_up_is_missed_between_a_look_and_a_sleep() {
    // Two threads that meet at the lock again and again, one of them a little later each time.
    let lock = std::sync::Arc::new(RawLock::new());
    let (done, all_done) = mpsc::channel();
    for thread in 0..2_u64 {
        let (lock, done) = (lock.clone(), done.clone());
        std::thread::spawn(move || {
            for round in 0..3_000_u64 {
                lock.lock();
                work(Duration::from_nanos(round * 7 % 20_000));
                lock.unlock();
                work(Duration::from_nanos(round * (thread + 1) * 13 % 5_000));
            }
            done.send(()).unwrap();
        });
    }
    for _ in 0..2 {
        all_done
            .recv_timeout(Duration::from_secs(60))
            .expect("a thread hangs on the lock");
    }
}
