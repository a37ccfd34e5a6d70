//! Virtual time: it jumps, it stands still, and the same program does the same things every time.

use std::cell::RefCell;
use std::future::{Future, poll_fn};
use std::ops::ControlFlow;
use std::rc::Rc;
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

use futures_lite::future::yield_now;
use waystation_loop::{
    Clock, EventLoop, Every, Idle, SystemClock, VirtualClock, WallStep, current, interval, sleep,
    timeout,
};

const S: Duration = Duration::from_secs(1);

#[test]
fn a_day_passes_in_no_time() {
    let real = Instant::now();
    let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    let start = event_loop.time();
    event_loop.run_until_complete(async {
        let mut hourly = interval(3600 * S);
        for _ in 0..24 {
            hourly.tick().await;
        }
    });
    assert_eq!(event_loop.time() - start, 24 * 3600 * S);
    assert!(real.elapsed() < Duration::from_secs(20));
}

#[test]
fn time_jumps_to_the_next_timer_and_no_further() {
    let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    let start = event_loop.time();
    let seen = Rc::new(RefCell::new(Vec::new()));
    for n in [5, 1, 3] {
        let seen = seen.clone();
        event_loop.call_later(n * S, move || {
            seen.borrow_mut().push(current().time() - start)
        });
    }
    event_loop.run_until_complete(sleep(5 * S));
    assert_eq!(*seen.borrow(), [S, 3 * S, 5 * S]);
}

#[test]
fn run_until_idle_does_not_jump() {
    let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    let start = event_loop.time();
    event_loop.call_later(S, || panic!("not yet"));
    event_loop.run_until_idle();
    assert_eq!(event_loop.time(), start);
}

#[test]
fn a_manual_clock_moves_only_when_it_is_told_to() {
    let clock = VirtualClock::manual();
    assert!(clock.is_manual());
    let event_loop = EventLoop::builder().clock(clock.clone()).build();
    let start = event_loop.time();
    let task = event_loop.spawn(async move {
        sleep(S).await;
        current().time() - start
    });
    event_loop.run_until_idle();
    clock.advance(S / 2);
    event_loop.run_until_idle();
    assert!(!task.is_finished());
    clock.advance(10 * S);
    event_loop.run_until_idle();
    assert_eq!(event_loop.run_until_complete(task).unwrap(), 10 * S + S / 2);
}

#[test]
fn a_manual_clock_moved_by_another_thread_wakes_a_sleeping_loop() {
    let clock = VirtualClock::manual();
    let event_loop = EventLoop::builder().clock(clock.clone()).build();
    let other = thread::spawn(move || {
        for _ in 0..10 {
            thread::sleep(Duration::from_millis(1));
            clock.advance(S);
        }
    });
    event_loop.run_until_complete(sleep(10 * S));
    other.join().unwrap();
}

#[test]
fn advancing_beyond_the_clock_panics_and_moves_nothing() {
    let clock = VirtualClock::new();
    let before = clock.now();
    let moved = clock.clone();
    assert!(
        thread::spawn(move || moved.advance(Duration::MAX))
            .join()
            .is_err()
    );
    assert_eq!(clock.now(), before);
    clock.advance(S);
    assert_eq!(clock.now(), before + S);
}

#[test]
fn time_stands_still_while_a_job_runs() {
    let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    let output = event_loop.run_until_complete(async {
        let job = current().run_in_executor(|| {
            thread::sleep(Duration::from_millis(10));
            7
        });
        timeout(Duration::from_nanos(1), job).await
    });
    assert_eq!(output.unwrap().unwrap(), 7);
}

#[test]
fn time_waits_for_a_thread_that_holds_a_handle() {
    let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    let start = event_loop.time();
    let (sender, receiver) = async_channel();
    let handle = event_loop.handle();
    let other = thread::spawn(move || {
        thread::sleep(Duration::from_millis(10));
        handle.call_soon_threadsafe(move || sender(7)).unwrap();
    });
    let output = event_loop.run_until_complete(timeout(100 * S, receiver));
    assert_eq!(output, Ok(7));
    assert_eq!(event_loop.time(), start);
    other.join().unwrap();
    // It is gone: the time jumps again.
    event_loop.run_until_complete(sleep(S));
}

#[test]
fn a_clock_that_ignores_handles_jumps() {
    let clock = VirtualClock::new().ignore_handles();
    let event_loop = EventLoop::builder().clock(clock).build();
    let _handle = event_loop.handle();
    event_loop.run_until_complete(sleep(100 * S));
}

/// A place for one value: how to fill it, and a future that waits for it.
fn async_channel() -> (impl FnOnce(u32) + Send, impl Future<Output = u32>) {
    let place = Arc::new(Mutex::new((None, None::<Waker>)));
    let inside = place.clone();
    let fill = move |value| {
        let mut place = inside.lock().expect("no panic in between");
        place.0 = Some(value);
        place.1.take().into_iter().for_each(Waker::wake);
    };
    let wait = poll_fn(move |cx| {
        let mut place = place.lock().expect("no panic in between");
        place.1 = Some(cx.waker().clone());
        place.0.take().map_or(Poll::Pending, Poll::Ready)
    });
    (fill, wait)
}

#[test]
fn the_wall_clock_goes_with_the_time_and_can_be_set_and_suspended() {
    let wall = SystemTime::UNIX_EPOCH + 1000 * S;
    let clock = VirtualClock::starting_at(wall);
    let start = clock.now();
    clock.advance(S);
    assert_eq!((clock.now(), clock.wall()), (start + S, wall + S));
    clock.step_wall(WallStep::Back(11 * S));
    assert_eq!((clock.now(), clock.wall()), (start + S, wall - 10 * S));
    clock.step_wall(WallStep::Forward(10 * S));
    clock.suspend(60 * S);
    assert_eq!((clock.now(), clock.wall()), (start + S, wall + 60 * S));
    let event_loop = EventLoop::builder().clock(clock.clone()).build();
    event_loop.run_until_complete(sleep(9 * S));
    assert_eq!((clock.now(), clock.wall()), (start + 10 * S, wall + 69 * S));
}

#[test]
fn a_wall_clock_that_would_overflow_panics_and_does_not_move() {
    let clock = VirtualClock::new();
    let before = (clock.now(), clock.wall());
    for step in [
        WallStep::Back(Duration::MAX),
        WallStep::Forward(Duration::MAX),
    ] {
        let moved = clock.clone();
        let stepped = thread::spawn(move || moved.step_wall(step)).join();
        assert!(stepped.is_err());
    }
    assert_eq!((clock.now(), clock.wall()), before);
}

#[test]
fn a_clock_of_your_own_shows_the_real_time_of_day() {
    let before = SystemTime::now();
    let wall = SystemClock.wall();
    assert!(wall >= before && wall <= SystemTime::now());
}

#[test]
fn a_closed_loop_lets_its_clock_go() {
    let clock = VirtualClock::new();
    for _ in 0..3 {
        let event_loop = EventLoop::builder().clock(clock.clone()).build();
        event_loop.run_until_complete(sleep(S));
        event_loop.close();
    }
    clock.advance(S);
}

#[test]
fn a_clock_of_your_own_works() {
    struct Fast(Instant);
    impl Clock for Fast {
        fn now(&self) -> Instant {
            self.0 + self.0.elapsed() * 1000
        }
        fn idle(&self, next: Instant) -> Idle {
            Idle::Sleep(next.saturating_duration_since(self.now()) / 1000)
        }
    }
    let real = Instant::now();
    let event_loop = EventLoop::builder().clock(Fast(Instant::now())).build();
    let start = event_loop.time();
    event_loop.run_until_complete(sleep(2 * S));
    assert!(event_loop.time() - start >= 2 * S);
    assert!(real.elapsed() >= Duration::from_millis(2));
}

/// A program with everything that could come in another order.
fn trace() -> Vec<(Duration, String)> {
    let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    let start = event_loop.time();
    let trace = Rc::new(RefCell::new(Vec::new()));
    let note = {
        let trace = trace.clone();
        move |what: String| trace.borrow_mut().push((current().time() - start, what))
    };
    let ticking = note.clone();
    let mut left = 20;
    event_loop.call_every(Every::new(Duration::from_millis(70)), move |tick| {
        left -= 1;
        ticking(format!("tick {left} {}", tick.missed));
        if left == 0 {
            ControlFlow::Break(())
        } else {
            ControlFlow::Continue(())
        }
    });
    let workers: Vec<_> = (0..10u32)
        .map(|n| {
            let note = note.clone();
            event_loop.spawn(async move {
                for round in 0..10 {
                    match (n + round) % 4 {
                        0 => yield_now().await,
                        1 => sleep(Duration::from_millis(u64::from(n * round % 7) * 10)).await,
                        2 => {
                            let late = sleep(Duration::from_millis(u64::from(n) * 10));
                            let in_time = timeout(Duration::from_millis(50), late).await.is_ok();
                            note(format!("worker {n} in time: {in_time}"));
                        }
                        _ => {
                            let note = note.clone();
                            current().call_soon(move || note(format!("callback of {n}")));
                        }
                    }
                    note(format!("worker {n} round {round}"));
                }
            })
        })
        .collect();
    event_loop.run_until_complete(async {
        for worker in workers {
            worker.await.expect("no worker panics");
        }
        sleep(2 * S).await;
    });
    trace.take()
}

#[test]
fn the_same_program_does_the_same_things_in_the_same_order() {
    let first = trace();
    assert!(first.len() > 150, "{}", first.len());
    for _ in 0..10 {
        assert_eq!(trace(), first);
    }
}
