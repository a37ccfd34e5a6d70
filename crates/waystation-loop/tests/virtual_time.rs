//! Virtual time: it jumps, it stands still, and the same program does the same things every time.

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::thread;
use std::time::{Duration, Instant};

use futures_lite::future::yield_now;
use waystation_loop::{
    Clock, EventLoop, Every, Idle, VirtualClock, current, interval, sleep, timeout,
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
