//! `Event` and `AutoResetEvent` under 64 threads.

use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};

use verification::stress::{THREADS, crew, factor, moment, poll_and_drop, stress};
use waystation_event::{AutoResetEvent, Blocking, Event};

/// 56 wait, a third of them for a moment only; 8 pulse until all are done. Who was released was
/// released by a pulse that had not ended when it came.
#[test]
fn nobody_is_released_by_a_pulse_of_the_past() {
    stress("event_pulses", || {
        let rounds = 2_000 * factor();
        let (event, waiting) = (Event::new(), AtomicUsize::new(THREADS - 8));
        let (begun, ended) = (AtomicUsize::new(0), AtomicUsize::new(0));
        crew(THREADS, |number, mut rng| {
            if number < 8 {
                while waiting.load(SeqCst) > 0 {
                    begun.fetch_add(1, SeqCst);
                    event.pulse();
                    ended.fetch_add(1, SeqCst);
                    std::thread::yield_now();
                }
                return;
            }
            for _ in 0..rounds {
                let before = ended.load(SeqCst);
                let released = if rng.chance(1, 3) {
                    event.wait().block_timeout(moment(&mut rng)).is_some()
                } else {
                    event.wait().block();
                    true
                };
                let after = begun.load(SeqCst);
                assert!(!released || after > before, "released by nobody");
            }
            waiting.fetch_sub(1, SeqCst);
        });
        assert_eq!((event.waiters(), event.is_set()), (0, false));
        (THREADS - 8) * rounds
    });
}

/// A gate that opens and shuts while 63 threads go through it: nobody goes through a gate that was
/// shut all the time.
#[test]
fn nobody_goes_through_a_shut_gate() {
    stress("event_gate", || {
        let rounds = 2_000 * factor();
        let (event, left) = (Event::new(), AtomicUsize::new(THREADS - 1));
        let (opened, shut) = (AtomicUsize::new(0), AtomicUsize::new(0));
        crew(THREADS, |number, mut rng| {
            if number == 0 {
                while left.load(SeqCst) > 0 {
                    opened.fetch_add(1, SeqCst);
                    event.set();
                    assert!(event.clear(), "nobody else clears it");
                    shut.fetch_add(1, SeqCst);
                    std::thread::yield_now();
                }
                return;
            }
            for _ in 0..rounds {
                let before = shut.load(SeqCst);
                let through = if rng.chance(1, 4) {
                    event.wait().block_timeout(moment(&mut rng)).is_some()
                } else {
                    event.wait().block();
                    true
                };
                let after = opened.load(SeqCst);
                assert!(!through || after > before, "it was shut");
            }
            left.fetch_sub(1, SeqCst);
        });
        assert_eq!((event.waiters(), event.is_set()), (0, false));
        (THREADS - 1) * rounds
    });
}

/// One baton goes round among 64 threads; waits for it are given up all the time, some of them with
/// the baton in hand.
#[test]
fn the_baton_is_never_lost_and_never_two() {
    stress("auto_reset_baton", || {
        let rounds = 2_000 * factor();
        let event = AutoResetEvent::with_state(true);
        let (held, turns) = (AtomicBool::new(false), AtomicUsize::new(0));
        crew(THREADS, |_, mut rng| {
            for _ in 0..rounds {
                let got = if rng.chance(1, 4) {
                    event.wait().block_timeout(moment(&mut rng)).is_some()
                } else if rng.chance(1, 3) {
                    poll_and_drop(event.wait(), &mut rng).is_some()
                } else {
                    event.wait().block();
                    true
                };
                if got {
                    assert!(!held.swap(true, SeqCst), "two batons");
                    turns.fetch_add(1, SeqCst);
                    if rng.chance(1, 4) {
                        std::thread::yield_now();
                    }
                    held.store(false, SeqCst);
                    event.set();
                }
            }
        });
        assert!(event.is_set() && event.waiters() == 0, "the baton is back");
        assert!(turns.load(SeqCst) >= THREADS * rounds / 4);
        THREADS * rounds
    });
}
