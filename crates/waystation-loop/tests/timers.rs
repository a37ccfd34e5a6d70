//! Timers: order, ties, times that have passed and that never come, cancelling, setting anew, memory.

use std::cell::{Cell, RefCell};
use std::future::poll_fn;
use std::rc::Rc;
use std::task::Poll;
use std::time::{Duration, Instant};

use waystation_loop::{
    Elapsed, EventLoop, TimerHandle, VirtualClock, current, sleep, sleep_until, timeout, timeout_at,
};

const S: Duration = Duration::from_secs(1);

fn virtual_loop() -> EventLoop {
    EventLoop::builder().clock(VirtualClock::new()).build()
}

type Trace = Rc<RefCell<Vec<u32>>>;

fn note(trace: &Trace, what: u32) -> impl FnOnce() + 'static {
    let trace = trace.clone();
    move || trace.borrow_mut().push(what)
}

#[test]
fn timers_fire_in_the_order_of_their_times() {
    let (trace, event_loop) = (Trace::default(), virtual_loop());
    for n in [3, 1, 2] {
        event_loop.call_later(n * S, note(&trace, n));
    }
    event_loop.run_until_complete(sleep(4 * S));
    assert_eq!(*trace.borrow(), [1, 2, 3]);
}

#[test]
fn equal_deadlines_fire_in_the_order_of_setting() {
    let (trace, event_loop) = (Trace::default(), virtual_loop());
    let at = event_loop.time() + S;
    for n in 0..100 {
        event_loop.call_at(at, note(&trace, n));
    }
    event_loop.run_until_complete(sleep_until(at));
    assert!(trace.borrow().iter().copied().eq(0..100));
}

#[test]
fn a_time_that_has_passed_runs_next_turn() {
    let (trace, event_loop) = (Trace::default(), EventLoop::new());
    let past = event_loop.time().checked_sub(S).unwrap();
    let inside = trace.clone();
    event_loop.call_soon(move || {
        inside.borrow_mut().push(1);
        current().call_at(past, note(&inside, 3));
        current().call_later(Duration::ZERO, note(&inside, 4));
    });
    event_loop.call_soon(note(&trace, 2));
    event_loop.stop();
    event_loop.run_forever().unwrap();
    assert_eq!(*trace.borrow(), [1, 2]);
    event_loop.stop();
    event_loop.run_forever().unwrap();
    assert_eq!(*trace.borrow(), [1, 2, 3, 4]);
}

#[test]
fn an_overflowing_time_never_fires_and_never_panics() {
    let event_loop = virtual_loop();
    let timer = event_loop.call_later(Duration::MAX, || panic!("never"));
    assert_eq!(timer.when(), None);
    event_loop.run_until_complete(sleep(1000 * S));
    assert!(!timer.is_cancelled());
    assert!(timer.cancel());
    assert_eq!(
        event_loop.run_until_complete(timeout(Duration::MAX, async { 1 })),
        Ok(1)
    );
    assert_eq!(
        event_loop.run_until_complete(timeout(S, sleep(Duration::MAX))),
        Err(Elapsed)
    );
}

#[test]
fn a_timer_that_never_fires_can_be_set_anew() {
    let (trace, event_loop) = (Trace::default(), virtual_loop());
    let timer = event_loop.call_later(Duration::MAX, note(&trace, 1));
    assert!(timer.reset_at(event_loop.time() + S));
    event_loop.run_until_complete(sleep(2 * S));
    assert_eq!(*trace.borrow(), [1]);
}

#[test]
fn a_cancelled_timer_does_not_fire() {
    let event_loop = virtual_loop();
    let held = Rc::new(());
    let inside = held.clone();
    let timer = event_loop.call_later(S, move || panic!("{inside:?}"));
    assert!(timer.cancel());
    assert_eq!(
        Rc::strong_count(&held),
        1,
        "what it held is dropped at once"
    );
    assert!(timer.is_cancelled());
    assert!(!timer.cancel());
    assert!(!timer.reset_at(event_loop.time()));
    event_loop.run_until_complete(sleep(2 * S));
}

#[test]
fn a_timer_that_is_due_can_still_be_cancelled() {
    let event_loop = virtual_loop();
    let slot = Rc::new(RefCell::new(None::<TimerHandle>));
    let first = slot.clone();
    let at = event_loop.time() + S;
    event_loop.call_at(at, move || {
        assert!(first.borrow().as_ref().unwrap().cancel())
    });
    *slot.borrow_mut() = Some(event_loop.call_at(at, || panic!("cancelled")));
    event_loop.run_until_complete(sleep(2 * S));
}

#[test]
fn a_timer_that_is_due_can_still_be_put_off() {
    let (trace, event_loop) = (Trace::default(), virtual_loop());
    let slot = Rc::new(RefCell::new(None::<TimerHandle>));
    let first = slot.clone();
    let at = event_loop.time() + S;
    event_loop.call_at(at, move || {
        assert!(first.borrow().as_ref().unwrap().reset_at(at + 2 * S))
    });
    *slot.borrow_mut() = Some(event_loop.call_at(at, note(&trace, 2)));
    event_loop.call_at(at + S, note(&trace, 1));
    event_loop.run_until_complete(sleep(5 * S));
    assert_eq!(*trace.borrow(), [1, 2]);
}

#[test]
fn a_timer_that_cancels_itself_while_it_runs_has_fired() {
    let event_loop = virtual_loop();
    let slot = Rc::new(RefCell::new(None::<TimerHandle>));
    let inside = slot.clone();
    let timer = event_loop.call_later(S, move || {
        let timer = inside.borrow();
        assert!(!timer.as_ref().unwrap().cancel());
        assert_eq!(timer.as_ref().unwrap().when(), None);
    });
    *slot.borrow_mut() = Some(timer);
    event_loop.run_until_complete(sleep(2 * S));
    assert!(!slot.take().unwrap().is_cancelled());
}

#[test]
fn a_timer_set_anew_stands_behind_its_equals() {
    let (trace, event_loop) = (Trace::default(), virtual_loop());
    let at = event_loop.time() + S;
    let first = event_loop.call_at(at, note(&trace, 1));
    event_loop.call_at(at, note(&trace, 2));
    assert!(first.reset_at(at));
    assert_eq!(first.when(), Some(at));
    event_loop.run_until_complete(sleep(2 * S));
    assert_eq!(*trace.borrow(), [2, 1]);
}

#[test]
fn a_timer_can_be_set_earlier() {
    let (trace, event_loop) = (Trace::default(), virtual_loop());
    let timer = event_loop.call_later(10 * S, note(&trace, 1));
    event_loop.call_later(2 * S, note(&trace, 2));
    assert!(timer.reset_at(event_loop.time() + S));
    event_loop.run_until_complete(sleep(20 * S));
    assert_eq!(*trace.borrow(), [1, 2], "once, and before the other");
}

#[test]
fn dropping_the_handle_does_not_cancel_and_the_guard_does() {
    let (trace, event_loop) = (Trace::default(), virtual_loop());
    drop(event_loop.call_later(S, note(&trace, 1)));
    let guard = event_loop.call_later(S, note(&trace, 2)).cancel_on_drop();
    assert!(guard.when().is_some());
    drop(guard);
    event_loop.run_until_complete(sleep(2 * S));
    assert_eq!(*trace.borrow(), [1]);
}

#[test]
fn real_timers_are_never_early() {
    let event_loop = EventLoop::new();
    let start = Instant::now();
    event_loop.run_until_complete(sleep(Duration::from_millis(5)));
    assert!(start.elapsed() >= Duration::from_millis(5));
}

#[test]
fn a_sleep_polled_with_another_waker_wakes_that_one() {
    let event_loop = virtual_loop();
    let mut nap = sleep(S);
    // Registered by a future that goes away.
    event_loop.run_until_complete(std::future::poll_fn(|cx| {
        assert!(std::pin::Pin::new(&mut nap).poll(cx).is_pending());
        std::task::Poll::Ready(())
    }));
    event_loop.run_until_complete(&mut nap);
    assert!(format!("{nap:?}").contains("Done"));
}

#[test]
fn a_dropped_sleep_takes_its_timer_away() {
    let event_loop = virtual_loop();
    let start = event_loop.time();
    event_loop.run_until_complete(async {
        assert_eq!(timeout(S, sleep(1000 * S)).await, Err(Elapsed));
        assert_eq!(timeout(1000 * S, sleep(S)).await, Ok(()));
    });
    assert_eq!(event_loop.time() - start, 2 * S);
    assert!(format!("{event_loop:?}").contains("timers: 0"));
}

#[test]
fn the_time_of_a_timeout_begins_before_its_future_is_polled() {
    let clock = VirtualClock::manual();
    let event_loop = EventLoop::builder().clock(clock.clone()).build();
    let slow = poll_fn(|_| {
        clock.advance(10 * S);
        Poll::<()>::Pending
    });
    let outcome = event_loop.run_until_complete(timeout(5 * S, slow));
    assert_eq!(outcome, Err(Elapsed));
}

#[test]
fn a_timeout_drops_its_future_before_it_returns() {
    struct Flag<'a>(&'a Cell<bool>);
    impl Drop for Flag<'_> {
        fn drop(&mut self) {
            self.0.set(true);
        }
    }
    let dropped = Cell::new(false);
    virtual_loop().run_until_complete(async {
        let flag = Flag(&dropped);
        let slow = async move {
            sleep(1000 * S).await;
            drop(flag);
        };
        let mut limited = std::pin::pin!(timeout(S, slow));
        assert_eq!(limited.as_mut().await, Err(Elapsed));
        assert!(dropped.get());
        assert!(format!("{limited:?}").contains("done: true"));
    });
}

#[test]
fn at_the_last_moment_the_future_wins() {
    virtual_loop().run_until_complete(async {
        // Both are due in the same turn; the sleep was set first and is polled first.
        let at = current().time() + S;
        assert_eq!(timeout_at(at, sleep_until(at)).await, Ok(()));
    });
}

#[test]
fn a_million_timers_set_and_cancelled_leave_no_memory_behind() {
    let event_loop = virtual_loop();
    let before = resident();
    for _ in 0..10 {
        let timers: Vec<TimerHandle> = (0..100_000u64)
            .map(|n| event_loop.call_later(Duration::from_micros(n * 7919 % 100_003), || {}))
            .collect();
        for timer in &timers {
            assert!(timer.cancel());
        }
    }
    // One at a time, with one that stays.
    let stays = event_loop.call_later(S, || {});
    for n in 0..1_000_000 {
        assert!(event_loop.call_later(n % 5 * S, || {}).cancel());
    }
    // Set anew again and again.
    for n in 0..1_000_000 {
        assert!(stays.reset_at(event_loop.time() + n % 5 * S));
    }
    assert!(stays.cancel());
    assert!(format!("{event_loop:?}").contains("timers: 0"));
    if let (Some(before), Some(after)) = (before, resident()) {
        assert!(
            after < before + 32 * 1024,
            "{before} KiB before, {after} KiB after"
        );
    }
}

#[test]
fn peaks_of_timers_that_fire_use_the_same_memory_again() {
    let event_loop = virtual_loop();
    let peak = || {
        for _ in 0..100_000 {
            drop(event_loop.call_later(S, || {}));
        }
        event_loop.run_until_complete(sleep(2 * S));
        resident()
    };
    let first = peak();
    let last = (0..10).fold(None, |_, _| peak());
    assert!(format!("{event_loop:?}").contains("timers: 0"));
    if let (Some(first), Some(last)) = (first, last) {
        assert!(last < first + 16 * 1024, "{first} KiB, then {last} KiB");
    }
}

/// KiB in memory, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|line| line.starts_with("VmRSS"))?;
    line.split_whitespace().nth(1)?.parse().ok()
}

#[test]
fn cancelling_costs_the_same_however_many_there_are() {
    fn cost(n: u64) -> Duration {
        let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
        let start = Instant::now();
        let mut timers: Vec<TimerHandle> = (0..n)
            .map(|i| event_loop.call_later(Duration::from_micros(i * 7919 % 100_003), || {}))
            .collect();
        let mut at = 0;
        while !timers.is_empty() {
            at = (at + 7919) % timers.len();
            assert!(timers.swap_remove(at).cancel());
        }
        start.elapsed()
    }
    // The best of several, on a machine that others use too; a quadratic cost would give 16.
    let ratio = (0..5)
        .map(|_| cost(80_000).as_secs_f64() / cost(20_000).as_secs_f64())
        .fold(f64::INFINITY, f64::min);
    assert!(
        ratio < 9.0,
        "four times as many timers cost {ratio:.1} times as much"
    );
}

#[cfg(feature = "futures-core")]
#[test]
fn is_terminated_is_false_until_ready() {
    use futures_core::FusedFuture;
    virtual_loop().run_until_complete(async {
        let mut nap = sleep(S);
        assert!(timeout(S / 2, &mut nap).await.is_err());
        assert!(!nap.is_terminated(), "only lent, it goes on");
        (&mut nap).await;
        assert!(nap.is_terminated());
        let mut limited = timeout(S, sleep(2 * S));
        assert!(!limited.is_terminated());
        assert!((&mut limited).await.is_err());
        assert!(limited.is_terminated(), "also if the time has passed");
        let mut ticks = waystation_loop::interval(S);
        let mut tick = ticks.tick();
        assert!(timeout(S / 2, &mut tick).await.is_err());
        assert!(!tick.is_terminated());
        (&mut tick).await;
        assert!(tick.is_terminated());
        let mut task = waystation_loop::current().spawn(async {});
        sleep(S).await;
        assert!(task.is_finished() && !task.is_terminated());
        (&mut task).await.unwrap();
        assert!(task.is_terminated());
    });
}
