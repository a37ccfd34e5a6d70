//! `Event`: set, clear and pulse against waits and cancelled waits.

use std::sync::Arc;

use shuttle::thread::scope;
use verification::explore::{chance, explore, give_up_after, moved};
use verification::spec::{EventLog, EventSpec};
use waystation_core::block::block_on;
use waystation_event::Event;

/// 4 wait, 2 give up, 2 set and clear; the last set lets all through.
#[test]
fn event_waits_and_cancels_against_set_and_clear() {
    explore(|| {
        let (event, log) = (Arc::new(Event::new()), EventLog::new());
        scope(|threads| {
            for who in 0..4 {
                let (event, log) = (&event, &log);
                threads.spawn(move || block_on(moved(log.wait(who, event))));
            }
            for who in 4..6 {
                let (event, log) = (&event, &log);
                threads.spawn(move || give_up_after(chance(3), log.wait(who, event)));
            }
            let setters = [0, 1].map(|_| {
                threads.spawn(|| {
                    log.set(&event);
                    log.clear(&event);
                    log.look(&event);
                })
            });
            log.clear(&event);
            for setter in setters {
                setter.join().unwrap();
            }
            log.set(&event);
        });
        assert!(event.waiters() == 0, "everybody was let through");
        log.into_history().assert_linearizable(EventSpec::new());
    });
}

/// 5 wait, 2 give up, 3 pulse, 1 looks; the set at the end lets all through.
#[test]
fn event_pulses_release_those_who_wait_now() {
    explore(|| {
        let (event, log) = (Arc::new(Event::new()), EventLog::new());
        scope(|threads| {
            for who in 0..5 {
                let (event, log) = (&event, &log);
                threads.spawn(move || block_on(log.wait(who, event)));
            }
            for who in 5..7 {
                let (event, log) = (&event, &log);
                threads.spawn(move || give_up_after(1 + chance(2), log.wait(who, event)));
            }
            let pulsers = [0, 1].map(|_| {
                threads.spawn(|| {
                    log.pulse(&event);
                    log.look(&event);
                })
            });
            threads.spawn(|| log.look(&event));
            log.pulse(&event);
            for pulser in pulsers {
                pulser.join().unwrap();
            }
            log.set(&event);
        });
        log.into_history().assert_linearizable(EventSpec::new());
    });
}
