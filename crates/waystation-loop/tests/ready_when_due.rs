//! A timer that is due is ready at its first poll, so that no `select!` loop starves it.

use std::cell::Cell;
use std::future::{Future, pending, ready};
use std::rc::Rc;
use std::time::{Duration, Instant};

use futures_lite::future::{or, poll_once, race, yield_now};
use waystation_loop::{
    Elapsed, EventLoop, MissedTick, VirtualClock, current, interval, run, sleep, sleep_until,
    timeout, timeout_at,
};

const MS: Duration = Duration::from_millis(1);

fn past() -> Instant {
    current()
        .time()
        .checked_sub(MS)
        .expect("the clock goes that far back")
}

#[test]
fn a_deadline_in_the_past_is_ready_at_the_first_poll() {
    run(async {
        assert_eq!(poll_once(sleep_until(past())).await, Some(()));
        let late = timeout_at(past(), pending::<()>());
        assert_eq!(poll_once(late).await, Some(Err(Elapsed)));
        assert_eq!(poll_once(timeout_at(past(), ready(1))).await, Some(Ok(1)));
        let mut ticks = interval(MS).start_at(past());
        assert!(poll_once(ticks.tick()).await.is_some());
    });
}

#[test]
fn the_current_time_is_no_future_deadline() {
    let event_loop = EventLoop::builder().clock(VirtualClock::manual()).build();
    event_loop.run_until_complete(async {
        let now = current().time();
        assert_eq!(poll_once(sleep_until(now)).await, Some(()));
    });
}

#[test]
fn a_sleep_of_no_time_waits_for_one_turn() {
    run(async {
        let ran = Rc::new(Cell::new(0));
        let seen = ran.clone();
        current().call_soon(move || seen.set(1));
        let mut nap = sleep(Duration::ZERO);
        assert_eq!(poll_once(&mut nap).await, None);
        nap.await;
        assert_eq!(ran.get(), 1);
    });
}

#[test]
fn a_timeout_of_no_time_polls_once() {
    run(async {
        let none = timeout(Duration::ZERO, pending::<()>());
        assert_eq!(poll_once(none).await, Some(Err(Elapsed)));
        assert_eq!(timeout(Duration::ZERO, ready(1)).await, Ok(1));
    });
}

#[test]
fn an_interval_keeps_its_timer_when_a_tick_is_dropped() {
    let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    event_loop.run_until_complete(async {
        let mut ticks = interval(10 * MS);
        assert!(poll_once(ticks.tick()).await.is_none());
        assert!(format!("{:?}", current()).contains("timers: 1"));
        assert!(poll_once(ticks.tick()).await.is_none());
        assert!(format!("{:?}", current()).contains("timers: 1"), "the same");
        drop(ticks);
        assert!(format!("{:?}", current()).contains("timers: 0"));
    });
}

#[test]
fn a_tick_that_has_fired_is_ready_at_once() {
    run(async {
        let mut ticks = interval(2 * MS);
        assert!(poll_once(ticks.tick()).await.is_none());
        sleep(5 * MS).await;
        assert!(poll_once(ticks.tick()).await.is_some());
    });
}

/// How long a batcher runs, and the least that it flushes meanwhile, one millisecond apart.
const RUN: Duration = Duration::from_millis(60);
const FLUSHES: u32 = 10;

/// What is ready first: the tick, or an item of a queue that is never empty.
async fn select<T>(biased: bool, tick: impl Future<Output = T>) -> Option<T> {
    let (tick, item) = (async { Some(tick.await) }, ready(None));
    if biased {
        or(tick, item).await
    } else {
        race(tick, item).await
    }
}

/// Handling an item takes a turn, or no time at all.
async fn handle(takes_a_turn: bool) {
    if takes_a_turn {
        yield_now().await;
    }
}

/// Calls a batcher for each way to select and to handle: it returns how often it has flushed.
fn for_each_batcher(mut batcher: impl AsyncFnMut(bool, bool) -> u32) {
    for (biased, takes_a_turn) in [(true, true), (true, false), (false, true), (false, false)] {
        // The best of several, on a machine that others use too.
        let mut flushes = 0;
        for _ in 0..8 {
            if flushes < FLUSHES {
                flushes = run(batcher(biased, takes_a_turn));
            }
        }
        let case = format!("biased: {biased}, an item takes a turn: {takes_a_turn}");
        assert!(flushes >= FLUSHES, "{flushes} flushes, {case}");
    }
}

#[test]
fn an_interval_flushes_by_time_however_busy_the_queue_is() {
    for_each_batcher(async |biased, takes_a_turn| {
        let (begin, mut every, mut flushes) = (Instant::now(), interval(MS), 0);
        while begin.elapsed() < RUN {
            match select(biased, every.tick()).await {
                Some(_) => flushes += 1,
                None => handle(takes_a_turn).await,
            }
        }
        flushes
    });
}

#[test]
fn a_new_sleep_in_each_round_flushes_by_time_however_busy_the_queue_is() {
    for_each_batcher(async |biased, takes_a_turn| {
        let (begin, mut flushes) = (Instant::now(), 0);
        let mut deadline = current().time() + MS;
        while begin.elapsed() < RUN {
            match select(biased, sleep_until(deadline)).await {
                Some(()) => {
                    flushes += 1;
                    deadline = current().time() + MS;
                }
                None => handle(takes_a_turn).await,
            }
        }
        flushes
    });
}

#[test]
fn a_new_timeout_in_each_round_ends_by_time_however_busy_the_queue_is() {
    for_each_batcher(async |biased, takes_a_turn| {
        let (begin, mut flushes) = (Instant::now(), 0);
        let mut deadline = current().time() + MS;
        while begin.elapsed() < RUN {
            match select(biased, timeout_at(deadline, pending::<()>())).await {
                Some(_) => {
                    flushes += 1;
                    deadline = current().time() + MS;
                }
                None => handle(takes_a_turn).await,
            }
        }
        flushes
    });
}

#[test]
fn a_task_that_waits_for_the_past_again_and_again_starves_nobody() {
    run(async {
        let stop = Rc::new(Cell::new(false));
        let seen = stop.clone();
        current().call_later(2 * MS, move || seen.set(true));
        let past = past();
        while !stop.get() {
            sleep_until(past).await;
        }
        stop.set(false);
        let seen = stop.clone();
        current().call_later(2 * MS, move || seen.set(true));
        // It never catches up.
        let mut burst = interval(Duration::from_nanos(1)).missed(MissedTick::Burst);
        while !stop.get() {
            burst.tick().await;
        }
    });
}
