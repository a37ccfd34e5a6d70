//! `call_on` and `interval_on`: schedules by the wall clock, which is set, and goes on in suspend.

use std::cell::{Cell, RefCell};
use std::ops::ControlFlow;
use std::rc::Rc;
use std::time::{Duration, SystemTime};

use futures_lite::future::poll_once;
use waystation_loop::{
    Clock, EventLoop, Occurrences, TimerHandle, VirtualClock, WallStep, current, interval_on, sleep,
};

const S: Duration = Duration::from_secs(1);
const H: Duration = Duration::from_secs(3600);
const EPOCH: SystemTime = SystemTime::UNIX_EPOCH;

fn at(hours: u32) -> SystemTime {
    EPOCH + hours * H
}

/// The hour of a time, rounded down.
fn hour(time: SystemTime) -> u64 {
    let since = time.duration_since(EPOCH).expect("after the epoch");
    since.as_secs() / 3600
}

/// Every full hour.
fn hourly(time: SystemTime) -> Option<SystemTime> {
    Some(EPOCH + Duration::from_secs((hour(time) + 1) * 3600))
}

fn starting_at(hours: u32) -> (EventLoop, VirtualClock) {
    let clock = VirtualClock::starting_at(at(hours));
    (EventLoop::builder().clock(clock.clone()).build(), clock)
}

/// Hours, and how many occurrences were left out after each.
type Seen = Rc<RefCell<Vec<(u64, u64)>>>;

/// The hours for which a schedule is called, and how many it has left out.
fn call_hourly(event_loop: &EventLoop) -> (TimerHandle, Seen) {
    let seen = Seen::default();
    let inside = seen.clone();
    let timer = event_loop.call_on(hourly, move |tick| {
        assert!(tick.now >= tick.scheduled);
        inside
            .borrow_mut()
            .push((hour(tick.scheduled), tick.missed));
        ControlFlow::Continue(())
    });
    (timer, seen)
}

#[test]
fn it_is_called_at_every_occurrence() {
    let (event_loop, clock) = starting_at(9);
    let (timer, seen) = call_hourly(&event_loop);
    assert_eq!(
        timer.when(),
        Some(clock.now() + H),
        "not the next look at the wall"
    );
    event_loop.run_until_complete(sleep(3 * H));
    assert_eq!(*seen.borrow(), [(10, 0), (11, 0), (12, 0)]);
    assert!(timer.cancel());
    event_loop.run_until_complete(sleep(3 * H));
    assert_eq!(seen.borrow().len(), 3);
}

#[test]
fn it_ends_with_break_and_with_the_last_occurrence() {
    let (event_loop, _clock) = starting_at(0);
    let count = Rc::new(Cell::new(0));
    let inside = count.clone();
    let broken = event_loop.call_on(hourly, move |_| {
        inside.set(inside.get() + 1);
        ControlFlow::Break(())
    });
    let inside = count.clone();
    let over = event_loop.call_on(
        |time| (time < at(2)).then(|| hourly(time)).flatten(),
        move |_| {
            inside.set(inside.get() + 10);
            ControlFlow::Continue(())
        },
    );
    let none = event_loop.call_on(|_| None, |_| panic!("never"));
    event_loop.run_until_complete(sleep(10 * H));
    assert_eq!(count.get(), 21);
    assert!(!broken.cancel() && !over.cancel());
    assert_eq!(none.when(), None);
}

#[test]
fn a_wall_clock_set_forward_is_noticed_within_half_a_minute() {
    let (event_loop, clock) = starting_at(9);
    let (_timer, seen) = call_hourly(&event_loop);
    event_loop.run_until_complete(sleep(S));
    // From 9:00:01 to 14:00:01.
    clock.step_wall(WallStep::Forward(5 * H));
    event_loop.run_until_complete(sleep(30 * S));
    assert_eq!(
        *seen.borrow(),
        [(10, 4)],
        "the first, and four are left out"
    );
    event_loop.run_until_complete(sleep(H));
    assert_eq!(*seen.borrow(), [(10, 4), (15, 0)]);
}

#[test]
fn a_suspended_machine_is_late_by_half_a_minute_at_most() {
    let (event_loop, clock) = starting_at(9);
    let (_timer, seen) = call_hourly(&event_loop);
    event_loop.run_until_complete(sleep(S));
    clock.suspend(H);
    event_loop.run_until_complete(sleep(30 * S));
    assert_eq!(*seen.borrow(), [(10, 0)]);
}

#[test]
fn an_occurrence_of_this_very_moment_is_not_missed() {
    let (event_loop, clock) = starting_at(9);
    let (_timer, seen) = call_hourly(&event_loop);
    // The next look at the wall clock finds 13:00.
    clock.step_wall(WallStep::Forward(4 * H - 30 * S));
    event_loop.run_until_complete(sleep(31 * S));
    assert_eq!(*seen.borrow(), [(10, 2), (13, 0)]);
}

#[test]
fn a_wall_clock_set_back_by_less_than_three_hours_repeats_nothing() {
    let (event_loop, clock) = starting_at(9);
    let (_timer, seen) = call_hourly(&event_loop);
    event_loop.run_until_complete(sleep(H + S));
    // From 10:00:01 to 8:00:01.
    clock.step_wall(WallStep::Back(2 * H));
    event_loop.run_until_complete(sleep(2 * H));
    assert_eq!(*seen.borrow(), [(10, 0)]);
    event_loop.run_until_complete(sleep(H));
    assert_eq!(*seen.borrow(), [(10, 0), (11, 0)]);
}

#[test]
fn a_wall_clock_set_back_by_three_hours_is_corrected_and_counted_from_anew() {
    let (event_loop, clock) = starting_at(9);
    let (_timer, seen) = call_hourly(&event_loop);
    event_loop.run_until_complete(sleep(H + 60 * S));
    // From 10:01 to 7:01.
    clock.step_wall(WallStep::Back(3 * H));
    event_loop.run_until_complete(sleep(H));
    assert_eq!(*seen.borrow(), [(10, 0), (8, 0)]);
}

#[test]
fn two_small_steps_back_add_up_until_the_clock_has_caught_up() {
    let (event_loop, clock) = starting_at(9);
    let (_timer, seen) = call_hourly(&event_loop);
    event_loop.run_until_complete(sleep(H + 60 * S));
    clock.step_wall(WallStep::Back(2 * H));
    event_loop.run_until_complete(sleep(60 * S));
    clock.step_wall(WallStep::Back(H));
    // From 7:02 to 8:02.
    event_loop.run_until_complete(sleep(H));
    assert_eq!(*seen.borrow(), [(10, 0), (8, 0)]);
    // Twice two hours, with time to catch up in between.
    for _ in 0..2 {
        clock.step_wall(WallStep::Back(2 * H));
        event_loop.run_until_complete(sleep(2 * H + 60 * S));
    }
    assert_eq!(*seen.borrow(), [(10, 0), (8, 0)]);
    event_loop.run_until_complete(sleep(H));
    assert_eq!(*seen.borrow(), [(10, 0), (8, 0), (9, 0)]);
}

#[test]
fn ten_years_of_a_schedule_of_seconds_cost_a_bounded_count() {
    let (event_loop, clock) = starting_at(0);
    let missed = Rc::new(Cell::new(0));
    let inside = missed.clone();
    let secondly = |time| Some(time + S);
    event_loop.call_on(secondly, move |tick| {
        inside.set(inside.get().max(tick.missed));
        ControlFlow::Continue(())
    });
    clock.step_wall(WallStep::Forward(10 * 365 * 24 * H));
    event_loop.run_until_complete(sleep(60 * S));
    assert_eq!(missed.get(), 65_536);
    assert_eq!(secondly.count(at(0), at(1)), 3599, "strictly between");
}

#[test]
fn occurrences_that_do_not_rise_end() {
    let (event_loop, _clock) = starting_at(0);
    let count = Rc::new(Cell::new(0));
    let inside = count.clone();
    let timer = event_loop.call_on(
        |_| Some(at(1)),
        move |_| {
            inside.set(inside.get() + 1);
            ControlFlow::Continue(())
        },
    );
    event_loop.run_until_complete(sleep(5 * H));
    assert_eq!(count.get(), 1);
    assert!(!timer.cancel());
}

#[test]
fn set_to_another_time_it_goes_on_from_there() {
    let (event_loop, clock) = starting_at(9);
    let (timer, seen) = call_hourly(&event_loop);
    assert!(timer.reset_at(clock.now() + H / 2));
    assert_eq!(timer.when(), Some(clock.now() + H / 2));
    event_loop.run_until_complete(sleep(2 * H));
    assert_eq!(*seen.borrow(), [(9, 0), (10, 0), (11, 0)], "9:30 first");
}

#[test]
fn its_occurrences_may_use_the_loop_and_the_timer() {
    let (event_loop, _clock) = starting_at(9);
    let slot = Rc::new(RefCell::new(None::<TimerHandle>));
    let inside = slot.clone();
    let occurrences = move |time| {
        if let Some(timer) = &*inside.borrow() {
            assert_eq!(timer.when(), None);
            timer.cancel();
            current().call_soon(|| ());
        }
        hourly(time)
    };
    let timer = event_loop.call_on(occurrences, |_| ControlFlow::Continue(()));
    *slot.borrow_mut() = Some(timer);
    event_loop.run_until_complete(sleep(3 * H));
    assert!(slot.take().unwrap().is_cancelled());
    assert!(format!("{event_loop:?}").contains("timers: 0"));
}

#[test]
fn a_virtual_year_of_an_hourly_schedule_is_exact() {
    let (event_loop, _clock) = starting_at(0);
    let (_timer, seen) = call_hourly(&event_loop);
    event_loop.run_until_complete(sleep(30 * 24 * H));
    assert!(seen.borrow().iter().copied().eq((1..=720).map(|n| (n, 0))));
}

#[test]
fn an_interval_on_a_calendar_ticks_and_ends() {
    let (event_loop, clock) = starting_at(9);
    event_loop.run_until_complete(async {
        let mut hours = interval_on(|time| hourly(time).filter(|next| *next <= at(11)));
        assert!(poll_once(hours.tick()).await.is_none());
        for n in 10..=11 {
            let tick = hours.tick().await.unwrap();
            assert_eq!((tick.scheduled, tick.now, tick.missed), (at(n), at(n), 0));
        }
        assert!(hours.tick().await.is_none());
        assert!(hours.tick().await.is_none(), "and so it stays");
    });
    assert_eq!(clock.wall(), at(11));
}

#[test]
fn an_interval_on_a_calendar_notices_a_step_and_is_ready_when_due() {
    let (event_loop, clock) = starting_at(9);
    event_loop.run_until_complete(async {
        let mut hours = interval_on(hourly);
        assert!(poll_once(hours.tick()).await.is_none());
        clock.step_wall(WallStep::Forward(2 * H));
        let tick = poll_once(hours.tick()).await.flatten().unwrap();
        assert_eq!((tick.scheduled, tick.missed), (at(10), 0));
        let tick = poll_once(hours.tick()).await.flatten().unwrap();
        assert_eq!(tick.scheduled, at(11));
        let start = current().time();
        clock.suspend(H);
        assert_eq!(hours.tick().await.unwrap().scheduled, at(12));
        assert!(current().time() - start <= 30 * S);
    });
}
