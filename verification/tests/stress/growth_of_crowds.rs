//! The same for auto-reset events, for the children of a gather, and for timers.

use std::future::Future;
use std::task::Poll;
use std::time::Duration;

use verification::stress::{assert_linear, time};
use waystation_event::AutoResetEvent;
use waystation_gather::{as_completed, gather};
use waystation_loop::{EventLoop, VirtualClock, current};
use waystation_testkit::Rng;

use crate::growth::{MANY, after_parking, parking, poll};

#[test]
fn auto_reset_event() {
    let new = AutoResetEvent::new;
    assert_linear("auto-reset enqueue", MANY, |n| {
        let event = new();
        parking(n, || event.wait())
    });
    assert_linear("auto-reset cancel", MANY, |n| {
        let event = new();
        after_parking(n, || event.wait(), Vec::clear)
    });
    assert_linear("auto-reset set chain", MANY, |n| {
        let event = new();
        after_parking(
            n,
            || event.wait(),
            |waits| {
                (0..n).for_each(|_| assert!(event.set()));
                assert!(waits.iter_mut().all(|wait| poll(wait).is_ready()));
            },
        )
    });
    assert_linear("auto-reset chain of cancelled grants", MANY, |n| {
        let event = new();
        let mut waits: Vec<_> = (0..n).map(|_| event.wait()).collect();
        assert!(waits.iter_mut().all(|wait| poll(wait).is_pending()));
        event.set();
        time(|| drop(waits))
    });
}

/// Events of which each wakes one child, in any order.
fn keys(n: usize) -> (Vec<AutoResetEvent>, Vec<usize>) {
    let mut order: Vec<usize> = (0..n).collect();
    Rng::new(1).shuffle(&mut order);
    ((0..n).map(|_| AutoResetEvent::new()).collect(), order)
}

/// Polls as often as it takes to poll each of `n` children once, at 64 in a poll.
fn turns<F: Future + Unpin>(whole: &mut F, n: usize) -> Poll<F::Output> {
    for _ in 0..n / 64 {
        assert!(poll(whole).is_pending());
    }
    poll(whole)
}

#[test]
fn gather_of_many() {
    assert_linear("gather, all ready", MANY, |n| {
        time(|| assert!(turns(&mut gather((0..n).map(std::future::ready)), n).is_ready()))
    });
    assert_linear("gather, one woken after the other", MANY, |n| {
        let (events, order) = keys(n);
        let mut all = gather(events.iter().map(AutoResetEvent::wait));
        assert!(turns(&mut all, n).is_pending());
        time(|| {
            let (last, others) = order.split_last().unwrap();
            for &child in others {
                events[child].set();
                assert!(poll(&mut all).is_pending());
            }
            events[*last].set();
            assert!(poll(&mut all).is_ready());
        })
    });
    assert_linear("gather, dropped", MANY, |n| {
        let (events, _) = keys(n);
        let mut all = gather(events.iter().map(AutoResetEvent::wait));
        assert!(turns(&mut all, n).is_pending());
        time(|| drop(all))
    });
    assert_linear("as_completed, one woken after the other", MANY, |n| {
        let (events, order) = keys(n);
        let mut all = as_completed(events.iter().map(AutoResetEvent::wait));
        assert!(turns(&mut all.next(), n).is_pending());
        time(|| {
            for &child in &order {
                assert!(poll(&mut all.next()).is_pending());
                events[child].set();
                assert!(poll(&mut all.next()).is_ready());
            }
        })
    });
}

/// When the n-th timer is due: in any order.
fn due(n: usize) -> impl Iterator<Item = Duration> {
    let (_, order) = keys(n);
    order.into_iter().map(|at| Duration::from_micros(at as u64))
}

#[test]
fn timers() {
    let event_loop = || EventLoop::builder().clock(VirtualClock::new()).build();
    assert_linear("timers set", MANY, |n| {
        event_loop().run_until_complete(async {
            time(|| {
                let timers = due(n).map(|at| current().call_later(at, || ()));
                timers.collect::<Vec<_>>()
            })
        })
    });
    assert_linear("timers cancelled", MANY, |n| {
        event_loop().run_until_complete(async {
            let mut timers: Vec<_> = due(n).map(|at| current().call_later(at, || ())).collect();
            Rng::new(2).shuffle(&mut timers);
            time(|| assert!(timers.iter().all(|timer| timer.cancel())))
        })
    });
    assert_linear("timers fired", MANY, |n| {
        let event_loop = event_loop();
        event_loop.run_until_complete(async {
            due(n).for_each(|at| drop(current().call_later(at, || ())));
        });
        time(|| event_loop.run_until_idle())
    });
}
