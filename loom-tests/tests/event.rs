//! `Event`: what is set is seen, by everybody who waited, and by nobody else.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;
use std::task::Poll;

use loom_tests::{Data, Probe, bounded, exhaustive, parked, poll, spawn};
use waystation_core::block::block_on;
use waystation_event::Event;

fn event() -> Arc<Event> {
    Arc::new(Event::new())
}

#[test]
fn e_publishes() {
    exhaustive(|| {
        let (event, data) = (event(), Data::new());
        let setter = {
            let (event, data) = (event.clone(), data.clone());
            spawn(move || {
                data.write();
                event.set();
            })
        };
        block_on(event.wait());
        assert_eq!(data.read(), 1);
        setter.join().unwrap();
    });
}

#[test]
fn e_pulse_publishes() {
    exhaustive(|| {
        let (event, data) = (event(), Data::new());
        let wait = event.wait();
        let setter = {
            let (event, data) = (event.clone(), data.clone());
            spawn(move || {
                data.write();
                event.pulse();
            })
        };
        block_on(wait);
        assert_eq!(data.read(), 1);
        assert!(!event.is_set());
        setter.join().unwrap();
    });
}

#[test]
fn e_is_set_publishes() {
    exhaustive(|| {
        let (event, data) = (event(), Data::new());
        let setter = {
            let (event, data) = (event.clone(), data.clone());
            spawn(move || {
                data.write();
                event.set();
            })
        };
        if event.is_set() {
            assert_eq!(data.read(), 1);
        }
        setter.join().unwrap();
    });
}

#[test]
fn e_wait_observes_from_call() {
    exhaustive(|| {
        let event = event();
        let wait = event.wait();
        let setter = {
            let event = event.clone();
            spawn(move || {
                event.set();
                event.clear();
            })
        };
        block_on(wait);
        setter.join().unwrap();
    });
}

#[test]
fn e_set_clear_releases_present() {
    exhaustive(|| {
        let (event, probe) = (event(), Probe::new());
        let mut wait = event.wait();
        assert!(poll(&mut wait, &probe).is_pending());
        let setter = {
            let event = event.clone();
            spawn(move || {
                event.set();
                event.clear();
            })
        };
        block_on(wait);
        setter.join().unwrap();
    });
}

#[test]
fn e_pulse_created_before_polled_after() {
    exhaustive(|| {
        let event = event();
        let wait = event.wait();
        let pulser = {
            let event = event.clone();
            spawn(move || event.pulse())
        };
        block_on(wait);
        assert!(pulser.join().unwrap() <= 1);
    });
}

#[test]
fn e_cancel_vs_set_clear() {
    exhaustive(|| {
        let (event, probe) = (event(), Probe::new());
        let mut wait = event.wait_owned();
        assert!(poll(&mut wait, &probe).is_pending());
        let canceller = spawn(move || drop(wait));
        event.set();
        event.clear();
        let mut next = event.wait();
        let is_pending = poll(&mut next, &probe).is_pending();
        assert!(is_pending, "nobody has set it since");
        canceller.join().unwrap();
        assert_eq!(event.waiters(), 1);
        event.set();
        assert!(poll(&mut next, &probe).is_ready());
    });
}

#[test]
fn e_cancel_vs_join() {
    exhaustive(|| {
        let (event, probe) = (event(), Probe::new());
        let mut first = event.wait_owned();
        assert!(poll(&mut first, &probe).is_pending());
        let canceller = spawn(move || drop(first));
        let mut second = event.wait();
        assert!(poll(&mut second, &probe).is_pending());
        canceller.join().unwrap();
        assert_eq!(event.waiters(), 1);
        assert!(event.set());
        assert!(poll(&mut second, &probe).is_ready());
    });
}

#[test]
fn e_pulse_then_new_wait_pends() {
    exhaustive(|| {
        let (event, probe) = (event(), Probe::new());
        let mut wait = event.wait();
        assert!(poll(&mut wait, &probe).is_pending());
        let pulser = {
            let event = event.clone();
            spawn(move || {
                event.pulse();
                let late = Probe::new();
                let mut wait = event.wait();
                assert!(poll(&mut wait, &late).is_pending());
                assert_eq!(late.wakes(), 0);
            })
        };
        block_on(wait);
        pulser.join().unwrap();
        assert_eq!(event.waiters(), 0);
    });
}

#[test]
fn e_push_set_vs_clear_drain() {
    exhaustive(|| {
        let (event, data) = (Arc::new(Event::with_state(true)), Data::new());
        let producer = {
            let (event, data) = (event.clone(), data.clone());
            spawn(move || {
                data.write();
                event.set();
            })
        };
        event.clear();
        let drained = data.read();
        producer.join().unwrap();
        assert!(
            drained == 1 || event.is_set(),
            "neither drained nor announced"
        );
    });
}

#[test]
fn e_set_in_flight_vs_new_wait_3() {
    bounded(4, || {
        let (event, probe) = (event(), Probe::new());
        let mut wait = event.wait();
        assert!(poll(&mut wait, &probe).is_pending());
        let setter = {
            let event = event.clone();
            spawn(move || event.set())
        };
        let clearer = {
            let event = event.clone();
            spawn(move || {
                if event.clear() {
                    // The only set is over: who waits now waits for another.
                    let late = Probe::new();
                    let mut wait = event.wait();
                    assert!(poll(&mut wait, &late).is_pending());
                }
            })
        };
        block_on(wait);
        assert!(setter.join().unwrap());
        clearer.join().unwrap();
    });
}

#[test]
fn e_sets_and_clears_add_up_3() {
    exhaustive(|| {
        let event = event();
        let set = |event: Arc<Event>| spawn(move || usize::from(event.set()));
        let (first, second) = (set(event.clone()), set(event.clone()));
        let clears = usize::from(event.clear());
        let sets = first.join().unwrap() + second.join().unwrap();
        assert_eq!(sets, clears + usize::from(event.is_set()));
    });
}

#[test]
fn e_two_epochs_3() {
    bounded(3, || {
        let (event, probe) = (event(), Probe::new());
        let mut wait = event.wait();
        assert!(poll(&mut wait, &probe).is_pending());
        let setter = {
            let event = event.clone();
            spawn(move || {
                event.set();
                event.clear();
            })
        };
        let pulser = {
            let event = event.clone();
            spawn(move || event.pulse())
        };
        block_on(wait);
        setter.join().unwrap();
        assert!(pulser.join().unwrap() <= 1);
        assert_eq!(event.waiters(), 0);
    });
}

#[test]
fn e_two_waiters_one_cancelled_3() {
    bounded(3, || {
        let event = event();
        let waiter = {
            let event = event.clone();
            spawn(move || block_on(event.wait()))
        };
        let canceller = {
            let event = event.clone();
            spawn(move || {
                let mut wait = event.wait();
                let outcome = poll(&mut wait, &Probe::new());
                assert!(outcome.is_pending() || event.is_set());
            })
        };
        event.set();
        waiter.join().unwrap();
        canceller.join().unwrap();
        assert_eq!(event.waiters(), 0);
    });
}

#[test]
fn e_two_registered_one_cancelled_3() {
    bounded(5, || {
        let (event, probe) = (event(), Probe::new());
        let (mut first, mut second) = (event.wait_owned(), event.wait_owned());
        assert!(poll(&mut first, &probe).is_pending());
        assert!(poll(&mut second, &probe).is_pending());
        let canceller = spawn(move || drop(first));
        let waiter = spawn(move || block_on(second));
        event.set();
        canceller.join().unwrap();
        waiter.join().unwrap();
        assert_eq!(event.waiters(), 0);
    });
}

#[test]
fn e_waker_replaced() {
    exhaustive(|| {
        let event = event();
        let (old, new) = (Probe::new(), Probe::new());
        let mut wait = event.wait();
        assert!(poll(&mut wait, &old).is_pending());
        let setter = {
            let event = event.clone();
            spawn(move || event.set())
        };
        let is_pending = poll(&mut wait, &new).is_pending();
        setter.join().unwrap();
        if is_pending {
            assert_eq!((old.wakes(), new.wakes()), (0, 1));
        }
        assert!(!is_pending || poll(&mut wait, &new).is_ready());
    });
}

#[test]
fn e_only_released_are_woken() {
    exhaustive(|| {
        let event = event();
        let setter = {
            let event = event.clone();
            spawn(move || {
                event.set();
                event.clear();
            })
        };
        let probe = Probe::new();
        let mut wait = event.wait();
        let first = poll(&mut wait, &probe);
        setter.join().unwrap();
        if first == Poll::Pending {
            let is_released = poll(&mut wait, &probe).is_ready();
            assert_eq!(probe.wakes(), usize::from(is_released));
        }
    });
}

/// The word thaws between the pulse and the poll: what the pulse published has to pass through that.
#[test]
fn e_pulse_then_join_and_cancel_then_poll_3() {
    bounded(4, || {
        let (event, data) = (event(), Data::new());
        let mut wait = event.wait_owned();
        let pulser = {
            let (event, data) = (event.clone(), data.clone());
            spawn(move || {
                data.write();
                event.pulse();
            })
        };
        let passer = {
            let event = event.clone();
            spawn(move || {
                let mut other = event.wait_owned();
                let _outcome = poll(&mut other, &Probe::new());
            })
        };
        if poll(&mut wait, &Probe::new()).is_ready() {
            assert_eq!(data.read(), 1);
        }
        pulser.join().unwrap();
        passer.join().unwrap();
    });
}

#[test]
fn e_clear_after_set_and_clear() {
    exhaustive(|| {
        let event = Arc::new(Event::with_state(true));
        let setter = {
            let event = event.clone();
            spawn(move || event.set())
        };
        let clearer = {
            let event = event.clone();
            spawn(move || event.clear())
        };
        setter.join().unwrap();
        clearer.join().unwrap();
        if event.is_set() {
            assert!(event.clear(), "set, and there was nothing to clear");
        }
    });
}

#[test]
fn e_set_clear_vs_pulse_vs_cancel_3() {
    bounded(3, || {
        let (event, probe) = (event(), Probe::new());
        let [leaves, stays] = [(); 2].map(|()| parked(event.wait_owned(), &probe));
        let setter = {
            let event = event.clone();
            spawn(move || {
                event.set();
                event.clear();
            })
        };
        let canceller = spawn(move || drop(leaves));
        assert!(event.pulse() <= 2);
        block_on(stays);
        setter.join().unwrap();
        canceller.join().unwrap();
        assert_eq!((event.waiters(), event.is_set()), (0, false));
    });
}
