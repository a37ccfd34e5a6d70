//! `AutoResetEvent`: a signal is a baton.

use std::sync::Arc;

use shuttle::thread::scope;
use verification::explore::{chance, explore, give_up_after, moved};
use verification::spec::{AutoResetLog, AutoResetSpec};
use waystation_core::block::block_on;
use waystation_event::AutoResetEvent;

/// 6 wait for the baton and pass it on, 4 give up, some of them with the baton in hand.
#[test]
fn auto_reset_baton_survives_cancels() {
    explore(|| {
        let (event, log) = (Arc::new(AutoResetEvent::new()), AutoResetLog::new());
        scope(|threads| {
            for who in 0..6 {
                let (event, log) = (&event, &log);
                threads.spawn(move || {
                    block_on(log.wait(who, event));
                    log.set(event);
                });
            }
            for who in 6..10 {
                let (event, log) = (&event, &log);
                threads.spawn(move || {
                    if give_up_after(1 + chance(2), log.wait(who, event)).is_some() {
                        log.set(event);
                    }
                });
            }
            log.set(&event);
        });
        assert!(event.is_set(), "the baton is still there");
        log.into_history().assert_linearizable(AutoResetSpec::new());
    });
}

/// 3 waits of 3 threads, 3 signals that may be joined or cleared, and one thread that makes up for it.
#[test]
fn auto_reset_signals_are_kept_once() {
    explore(|| {
        let (event, log) = (Arc::new(AutoResetEvent::new()), AutoResetLog::new());
        scope(|threads| {
            let waiters: Vec<_> = (0..3)
                .map(|who| {
                    let (event, log) = (&event, &log);
                    threads.spawn(move || block_on(moved(log.wait(who, event))))
                })
                .collect();
            for who in 3..5 {
                let (event, log) = (&event, &log);
                threads.spawn(move || give_up_after(1, log.wait(who, event)));
            }
            for _ in 0..3 {
                threads.spawn(|| log.set(&event));
            }
            threads.spawn(|| {
                log.clear(&event);
                log.look(&event);
            });
            while !waiters.iter().all(|waiter| waiter.is_finished()) {
                // One at most is kept: not every turn is noted.
                if !event.is_set() && event.waiters() > 0 {
                    log.set(&event);
                }
                shuttle::thread::yield_now();
            }
        });
        log.into_history().assert_linearizable(AutoResetSpec::new());
    });
}
