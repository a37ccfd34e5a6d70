//! `call_every` and `interval`: the grid, what becomes of missed ticks, and how a schedule ends.

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_lite::future::poll_once;
use proptest::prelude::*;
use waystation_loop::{
    EventLoop, Every, MissedTick, Tick, TimerHandle, VirtualClock, current, interval, sleep,
    timeout,
};

const S: Duration = Duration::from_secs(1);

fn virtual_loop() -> (EventLoop, VirtualClock) {
    let clock = VirtualClock::new();
    (EventLoop::builder().clock(clock.clone()).build(), clock)
}

/// `(scheduled, now, missed)` in seconds since the start, of a schedule of one second whose ticks
/// take as long as `work` says.
fn ticks(missed: MissedTick, work: [u32; 5]) -> Vec<(u64, u64, u64)> {
    let (event_loop, clock) = virtual_loop();
    let start = event_loop.time();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let inside = seen.clone();
    event_loop.call_every(Every::new(S).missed(missed), move |tick| {
        let since = |at: Instant| (at - start).as_secs();
        inside
            .borrow_mut()
            .push((since(tick.scheduled), since(tick.now), tick.missed));
        let n = inside.borrow().len();
        clock.advance(work[n - 1] * S);
        if n < work.len() {
            ControlFlow::Continue(())
        } else {
            ControlFlow::Break(())
        }
    });
    event_loop.run_until_complete(sleep(100 * S));
    seen.take()
}

#[test]
fn the_first_tick_comes_after_one_period() {
    assert_eq!(
        ticks(MissedTick::Skip, [0; 5]),
        [(1, 1, 0), (2, 2, 0), (3, 3, 0), (4, 4, 0), (5, 5, 0)]
    );
}

#[test]
fn skip_leaves_missed_ticks_out_and_stays_on_the_grid() {
    // The first takes from 1 to 5: 2 comes late, 3 and 4 are left out, 5 is still in time.
    assert_eq!(
        ticks(MissedTick::Skip, [4, 0, 0, 0, 0]),
        [(1, 1, 0), (2, 5, 2), (5, 5, 0), (6, 6, 0), (7, 7, 0)]
    );
}

#[test]
fn delay_moves_the_grid() {
    assert_eq!(
        ticks(MissedTick::Delay, [4, 0, 0, 0, 0]),
        [(1, 1, 0), (2, 5, 2), (6, 6, 0), (7, 7, 0), (8, 8, 0)]
    );
}

#[test]
fn delay_leaves_the_grid_alone_while_no_whole_period_is_missed() {
    let (event_loop, clock) = virtual_loop();
    event_loop.run_until_complete(async {
        let start = current().time();
        let mut interval = interval(2 * S).missed(MissedTick::Delay);
        for n in 1..=5 {
            // Late by up to one period.
            let tick = interval.tick().await;
            assert_eq!((tick.scheduled, tick.missed), (start + n * 2 * S, 0));
            clock.advance(S * 5 / 2);
        }
    });
}

#[test]
fn delay_does_not_take_the_latency_of_a_wake_up_for_a_missed_tick() {
    const MS: Duration = Duration::from_millis(1);
    waystation_loop::run(async {
        let start = current().time();
        let mut every = interval(2 * MS)
            .start_at(start + 2 * MS)
            .missed(MissedTick::Delay);
        let mut last = every.tick().await;
        let mut left_out = 0;
        for _ in 0..50 {
            last = every.tick().await;
            left_out += last.missed;
        }
        assert!(left_out > 0 || last.scheduled == start + 51 * 2 * MS);
    });
}

#[test]
fn burst_leaves_nothing_out() {
    assert_eq!(
        ticks(MissedTick::Burst, [4, 0, 0, 0, 0]),
        [(1, 1, 0), (2, 5, 0), (3, 5, 0), (4, 5, 0), (5, 5, 0)]
    );
}

#[test]
fn a_start_says_when_the_first_tick_comes() {
    let (event_loop, _clock) = virtual_loop();
    let start = event_loop.time();
    let first = Rc::new(Cell::new(None));
    let inside = first.clone();
    event_loop.call_every(Every::new(10 * S).start_at(start + S), move |tick| {
        inside.set(Some(tick));
        ControlFlow::Break(())
    });
    event_loop.run_until_complete(sleep(5 * S));
    let expected = Tick {
        scheduled: start + S,
        now: start + S,
        missed: 0,
    };
    assert_eq!(first.get(), Some(expected));
}

#[test]
fn a_start_in_the_past_ticks_next_turn() {
    let (event_loop, clock) = virtual_loop();
    let start = event_loop.time();
    clock.advance(S * 7 / 2);
    let first = Rc::new(Cell::new(None));
    let inside = first.clone();
    let timer = event_loop.call_every(Every::new(S).start_at(start), move |tick| {
        inside.set(Some(tick));
        ControlFlow::Continue(())
    });
    event_loop.run_until_idle();
    assert_eq!(
        first.get(),
        Some(Tick {
            scheduled: start,
            now: start + S * 7 / 2,
            missed: 3
        })
    );
    assert_eq!(timer.when(), Some(start + 4 * S));
}

#[test]
fn a_schedule_cancelled_from_outside_ends() {
    let (event_loop, _clock) = virtual_loop();
    let count = Rc::new(Cell::new(0));
    let inside = count.clone();
    let timer = event_loop.call_every(Every::new(S), move |_| {
        inside.set(inside.get() + 1);
        ControlFlow::Continue(())
    });
    event_loop.run_until_complete(sleep(S * 7 / 2));
    assert!(timer.cancel());
    assert_eq!(Rc::strong_count(&count), 1);
    event_loop.run_until_complete(sleep(5 * S));
    assert_eq!(count.get(), 3);
}

/// A schedule whose callback can reach its own handle.
fn with_handle(
    event_loop: &EventLoop,
    mut callback: impl FnMut(&TimerHandle, Tick) -> ControlFlow<()> + 'static,
) -> Rc<RefCell<Option<TimerHandle>>> {
    let slot = Rc::new(RefCell::new(None));
    let inside = slot.clone();
    let timer = event_loop.call_every(Every::new(S), move |tick| match &*inside.borrow() {
        Some(timer) => callback(timer, tick),
        None => panic!("the handle is there before the first tick"),
    });
    *slot.borrow_mut() = Some(timer);
    slot
}

#[test]
fn a_schedule_that_cancels_itself_ends_whatever_it_returns() {
    let (event_loop, _clock) = virtual_loop();
    let count = Rc::new(Cell::new(0));
    let inside = count.clone();
    let timer = with_handle(&event_loop, move |timer, _| {
        inside.set(inside.get() + 1);
        assert!(timer.cancel());
        ControlFlow::Continue(())
    });
    event_loop.run_until_complete(sleep(5 * S));
    assert_eq!(count.get(), 1);
    assert!(timer.take().is_some_and(|timer| timer.is_cancelled()));
}

#[test]
fn a_schedule_that_sets_itself_anew_goes_on_from_there() {
    let (event_loop, _clock) = virtual_loop();
    let start = event_loop.time();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let inside = seen.clone();
    let timer = with_handle(&event_loop, move |timer, tick| {
        assert_eq!(timer.when(), None);
        inside
            .borrow_mut()
            .push((tick.scheduled - start).as_millis());
        if inside.borrow().len() == 1 {
            assert!(timer.reset_at(start + S * 5 / 2));
        }
        ControlFlow::Continue(())
    });
    event_loop.run_until_complete(sleep(5 * S));
    assert_eq!(*seen.borrow(), [1000, 2500, 3500, 4500]);
    assert!(timer.take().is_some_and(|timer| timer.cancel()));
}

#[test]
fn a_schedule_set_anew_from_outside_goes_on_from_there() {
    let (event_loop, _clock) = virtual_loop();
    let start = event_loop.time();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let inside = seen.clone();
    let timer = event_loop.call_every(Every::new(S), move |tick| {
        inside
            .borrow_mut()
            .push((tick.scheduled - start).as_millis());
        ControlFlow::Continue(())
    });
    assert!(timer.reset_at(start + S / 2));
    event_loop.run_until_complete(sleep(3 * S));
    assert_eq!(*seen.borrow(), [500, 1500, 2500]);
}

#[test]
fn a_period_beyond_the_clock_never_ticks() {
    let (event_loop, _clock) = virtual_loop();
    let timer = event_loop.call_every(Every::new(Duration::MAX), |_| panic!("never"));
    event_loop.run_until_complete(sleep(1000 * S));
    assert_eq!(timer.when(), None);
}

#[test]
fn an_interval_ticks_once_in_every_period() {
    let (event_loop, _clock) = virtual_loop();
    let start = event_loop.time();
    event_loop.run_until_complete(async {
        let mut interval = interval(S);
        for n in 1..=10 {
            assert_eq!(interval.tick().await.scheduled, start + n * S);
            assert_eq!(current().time(), start + n * S);
        }
    });
}

#[test]
fn an_interval_knows_the_policies() {
    let (event_loop, clock) = virtual_loop();
    event_loop.run_until_complete(async {
        let start = current().time();
        let mut interval = interval(S).start_at(start).missed(MissedTick::Burst);
        assert_eq!(interval.tick().await.scheduled, start);
        clock.advance(3 * S);
        for n in 1..=3 {
            let tick = interval.tick().await;
            assert_eq!(
                tick,
                Tick {
                    scheduled: start + n * S,
                    now: start + 3 * S,
                    missed: 0
                }
            );
        }
    });
}

#[test]
fn a_cancelled_tick_is_not_consumed() {
    let (event_loop, _clock) = virtual_loop();
    event_loop.run_until_complete(async {
        let start = current().time();
        let mut interval = interval(2 * S);
        assert!(timeout(S, interval.tick()).await.is_err());
        assert_eq!(interval.tick().await.scheduled, start + 2 * S);
    });
    assert!(format!("{event_loop:?}").contains("timers: 0"));
}

#[test]
fn a_tick_that_is_due_and_cancelled_is_not_consumed() {
    let (event_loop, clock) = virtual_loop();
    event_loop.run_until_complete(async {
        let start = current().time();
        let mut interval = interval(S);
        let mut tick = Box::pin(interval.tick());
        assert!(poll_once(&mut tick).await.is_none());
        clock.advance(S);
        drop(tick);
        assert_eq!(interval.tick().await.scheduled, start + S);
    });
}

#[test]
fn a_reset_interval_ticks_one_period_later() {
    let (event_loop, _clock) = virtual_loop();
    event_loop.run_until_complete(async {
        let start = current().time();
        let mut heartbeat = interval(10 * S).start_at(start + S);
        assert!(poll_once(heartbeat.tick()).await.is_none());
        heartbeat.reset();
        assert!(format!("{:?}", current()).contains("timers: 0"));
        assert_eq!(heartbeat.tick().await.scheduled, start + 10 * S);
        sleep(9 * S).await;
        heartbeat.reset();
        assert_eq!(heartbeat.tick().await.scheduled, start + 29 * S);
    });
}

#[test]
fn an_interval_reset_outside_a_loop_begins_at_the_next_poll() {
    let (event_loop, clock) = virtual_loop();
    let mut heartbeat = interval(10 * S).start_at(event_loop.time());
    heartbeat.reset();
    clock.advance(5 * S);
    let start = event_loop.time();
    let tick = event_loop.run_until_complete(async { heartbeat.tick().await });
    assert_eq!(tick.scheduled, start + 10 * S);
}

#[cfg(feature = "futures-core")]
#[test]
fn an_interval_is_a_stream_that_never_ends() {
    use futures_lite::StreamExt;
    let (event_loop, _clock) = virtual_loop();
    event_loop.run_until_complete(async {
        let start = current().time();
        let ticks: Vec<Tick> = interval(S).into_stream().take(3).collect().await;
        assert_eq!(ticks.len(), 3);
        assert_eq!(ticks[2].scheduled, start + 3 * S);
    });
}

#[test]
fn a_schedule_whose_callback_panics_is_not_called_again() {
    let (event_loop, _clock) = virtual_loop();
    let timer = event_loop.call_every(Every::new(S), |_| panic!("once"));
    let run = || event_loop.run_until_complete(sleep(5 * S));
    assert!(std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).is_err());
    event_loop.run_until_complete(sleep(5 * S));
    assert!(!timer.is_cancelled() && !timer.cancel());
    assert_eq!(timer.when(), None);
}

/// The first tick of a schedule that should have begun this long ago, and when the next is due.
fn late(period: Duration, missed: MissedTick, late: Duration) -> (Tick, Instant, Option<Instant>) {
    let clock = VirtualClock::manual();
    let event_loop = EventLoop::builder().clock(clock.clone()).build();
    let start = event_loop.time();
    clock.advance(late);
    let seen = Rc::new(Cell::new(None));
    let inside = seen.clone();
    let every = Every::new(period).start_at(start).missed(missed);
    let timer = event_loop.call_every(every, move |tick| {
        inside.set(inside.get().or(Some(tick)));
        ControlFlow::Continue(())
    });
    event_loop.stop();
    assert!(event_loop.run_forever().is_ok());
    (seen.get().expect("it is due"), start, timer.when())
}

#[test]
fn a_late_tick_under_each_policy() {
    for (missed, left_out, next) in [
        (MissedTick::Skip, 3, 40),
        (MissedTick::Delay, 3, 45),
        (MissedTick::Burst, 0, 10),
    ] {
        let (tick, start, when) = late(10 * S, missed, 35 * S);
        assert_eq!((tick.scheduled, tick.missed), (start, left_out));
        assert_eq!(when, Some(start + next * S), "{missed:?}");
        let (tick, start, when) = late(10 * S, missed, Duration::ZERO);
        assert_eq!((tick.scheduled, tick.missed), (start, 0));
        assert_eq!(when, Some(start + 10 * S), "{missed:?}, in time");
    }
}

#[test]
fn a_tick_that_is_due_this_very_moment_is_not_missed() {
    let (tick, start, when) = late(10 * S, MissedTick::Skip, 20 * S);
    assert_eq!((tick.missed, when), (1, Some(start + 20 * S)));
}

#[test]
fn a_late_schedule_beyond_the_clock_never_ticks_and_never_panics() {
    for missed in [MissedTick::Skip, MissedTick::Burst, MissedTick::Delay] {
        let (_, _, when) = late(Duration::MAX, missed, 5 * S);
        assert_eq!(when, None);
    }
}

proptest! {
    #[test]
    fn skip_stays_on_the_grid_and_counts_what_it_leaves_out(
        period in 1u64..1_000_000_000_000,
        behind in 0u64..10_000_000_000_000,
    ) {
        let period = Duration::from_nanos(period);
        let (tick, start, next) = late(period, MissedTick::Skip, Duration::from_nanos(behind));
        let next = next.expect("the clock goes that far");
        let steps = (next - start).as_nanos() / period.as_nanos();
        prop_assert_eq!((next - start).as_nanos() % period.as_nanos(), 0);
        prop_assert_eq!(steps, u128::from(tick.missed) + 1);
        prop_assert!(next >= tick.now && next > start);
        prop_assert!(next - period < tick.now || next - period == start);
    }
}
