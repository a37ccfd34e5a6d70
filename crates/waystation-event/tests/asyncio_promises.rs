//! What `asyncio.Event` promises its users, one test each, and where this event differs on purpose.

mod common;

use std::cell::{Cell, RefCell};

use waystation_event::Event;
use waystation_testkit::{Driver, ShufflingExecutor, assert_pending, assert_ready};

/// A new event is not set.
#[test]
fn the_flag_is_false_initially() {
    assert!(!Event::new().is_set());
}

/// A wait lasts until somebody sets the event.
#[test]
fn wait_waits_until_the_event_is_set() {
    let event = Event::new();
    let mut wait = Driver::new(event.wait());
    for _ in 0..3 {
        assert_pending(wait.poll());
    }
    event.set();
    assert!(wait.woken());
    assert_ready(wait.poll());
}

/// Nobody waits for what has happened already.
#[test]
fn wait_on_a_set_event_returns_immediately() {
    let event = Event::new();
    event.set();
    for _ in 0..3 {
        assert_ready(Driver::new(event.wait()).poll());
    }
}

/// It is another task that ends the wait.
#[test]
fn wait_blocks_until_another_task_calls_set() {
    for seed in 0..100 {
        let event = Event::new();
        let steps = RefCell::new(Vec::new());
        let mut executor = ShufflingExecutor::new(seed);
        executor.spawn(async {
            event.wait().await;
            steps.borrow_mut().push("waited");
        });
        executor.spawn(async {
            futures_lite::future::yield_now().await;
            steps.borrow_mut().push("set");
            event.set();
        });
        executor.run();
        drop(executor);
        assert_eq!(steps.into_inner(), ["set", "waited"]);
    }
}

/// Nobody has to be polled for the others to be woken.
#[test]
fn set_awakens_all_tasks_immediately() {
    let event = Event::new();
    let mut waits: Vec<_> = (0..30).map(|_| Driver::new(event.wait())).collect();
    waits
        .iter_mut()
        .for_each(|wait| assert_pending(wait.poll()));
    event.set();
    assert!(waits.iter().all(Driver::woken), "before set returns");
    waits.iter_mut().for_each(|wait| assert_ready(wait.poll()));
}

/// A cleared event is like a new one.
#[test]
fn after_clear_tasks_block_until_set_is_called_again() {
    let event = Event::with_state(true);
    event.clear();
    let mut wait = Driver::new(event.wait());
    assert_pending(wait.poll());
    event.set();
    assert_ready(wait.poll());
}

/// The flag is what was done last, however often.
#[test]
fn is_set_follows_set_and_clear() {
    let event = Event::new();
    for _ in 0..3 {
        event.set();
        assert!(event.is_set());
        event.set();
        assert!(event.is_set());
        event.clear();
        assert!(!event.is_set());
        event.clear();
        assert!(!event.is_set());
    }
}

/// asyncio resolves each waiter's future in `set`, so a `clear` right after it takes nothing back.
#[test]
fn set_and_clear_in_one_step_release_all_who_waited() {
    for seed in 0..100 {
        let event = Event::new();
        let released = Cell::new(0);
        let mut executor = ShufflingExecutor::new(seed);
        for _ in 0..12 {
            executor.spawn(async {
                event.wait().await;
                released.set(released.get() + 1);
            });
        }
        executor.run_until_stalled();
        event.set();
        event.clear();
        executor.run();
        drop(executor);
        assert_eq!((released.get(), event.waiters()), (12, 0));
    }
}

/// Several waits on one event, one after the other, in one task.
#[test]
fn a_task_may_wait_again_and_again() {
    for seed in 0..100 {
        let (ping, pong) = (Event::new(), Event::new());
        let rounds = Cell::new(0);
        let mut executor = ShufflingExecutor::new(seed);
        executor.spawn(async {
            for _ in 0..10 {
                ping.set();
                pong.wait().await;
                pong.clear();
                rounds.set(rounds.get() + 1);
            }
        });
        executor.spawn(async {
            for _ in 0..10 {
                ping.wait().await;
                ping.clear();
                pong.set();
            }
        });
        executor.run();
        drop(executor);
        assert_eq!(rounds.get(), 10);
    }
}

/// A task that is cancelled in `wait()` is taken out of the waiters.
#[test]
fn a_cancelled_wait_is_forgotten() {
    let event = Event::new();
    let mut wait = Driver::new(event.wait());
    assert_pending(wait.poll());
    drop(wait);
    assert_eq!(event.waiters(), 0);
    event.set();
    assert!(event.is_set());
}

/// Waiters are resolved in the order in which they came.
#[test]
fn waiters_are_woken_in_order() {
    let event = Event::new();
    let log = common::WakeLog::default();
    let mut waits: Vec<_> = (0..5).map(|_| event.wait()).collect();
    for (name, wait) in waits.iter_mut().enumerate() {
        assert_pending(waystation_testkit::poll_once(wait, &log.waker(name).0));
    }
    event.set();
    assert_eq!(log.take(), [0, 1, 2, 3, 4]);
}

/// Deviation: asyncio's coroutine looks at the flag in its first step; here the call counts.
#[test]
fn deviation_wait_observes_from_the_call() {
    let event = Event::new();
    let mut wait = Driver::new(event.wait());
    event.set();
    event.clear();
    assert_ready(wait.poll());
}

/// Deviation: `set` and `clear` say what they changed; asyncio's return `None`.
#[test]
fn deviation_set_and_clear_say_what_they_changed() {
    let event = Event::new();
    assert!(event.set() && !event.set());
    assert!(event.clear() && !event.clear());
}
