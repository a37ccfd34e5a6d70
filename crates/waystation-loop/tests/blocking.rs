//! Threads that wait: for a task, and with a park token of the user's own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::thread;
use std::time::{Duration, Instant};

#[cfg(debug_assertions)]
use waystation_loop::Panicked;
use waystation_loop::{Blocking, EventLoop, LoopClosed, VirtualClock, current, sleep};

const MOMENT: Duration = Duration::from_millis(10);
const LONG: Duration = Duration::from_secs(60);

/// Whether this thread has a park token, which is taken.
fn takes_a_token() -> bool {
    let start = Instant::now();
    thread::park_timeout(MOMENT);
    start.elapsed() < MOMENT
}

/// A park may end for no reason, but hardly five times.
fn has_no_token() -> bool {
    (0..5).any(|_| !takes_a_token())
}

#[test]
fn an_idle_loop_leaves_the_threads_park_token_alone() {
    let event_loop = EventLoop::new();
    let stop_in_a_moment = || {
        let handle = event_loop.handle();
        thread::spawn(move || {
            thread::sleep(2 * MOMENT);
            handle.stop()
        })
    };
    thread::current().unpark();
    let other = stop_in_a_moment();
    event_loop.run_forever().unwrap();
    other.join().unwrap().unwrap();
    event_loop.run_until_complete(sleep(MOMENT));
    let start = Instant::now();
    thread::park_timeout(LONG);
    assert!(start.elapsed() < LONG, "the token is still there");

    let other = stop_in_a_moment();
    event_loop.run_forever().unwrap();
    other.join().unwrap().unwrap();
    assert!(has_no_token(), "the loop has left one behind");
}

#[test]
fn another_thread_blocks_on_a_task() {
    let event_loop = EventLoop::new();
    let handle = event_loop.handle();
    let other = thread::spawn(move || {
        let mut task = handle.spawn(async {
            sleep(3 * MOMENT).await;
            7
        })?;
        let mut looks = 1;
        let output = loop {
            match task.block_timeout(Duration::from_millis(1)) {
                Some(output) => break output.unwrap(),
                None => looks += 1,
            }
        };
        let again = catch_unwind(AssertUnwindSafe(|| task.block_timeout(Duration::ZERO)));
        assert!(again.is_err(), "polled after ready");
        handle.stop()?;
        Ok::<_, LoopClosed>((output, looks))
    });
    event_loop.run_forever().unwrap();
    let (output, looks) = other.join().unwrap().unwrap();
    assert!(output == 7 && looks > 1, "{looks} looks");
}

#[test]
fn a_thread_that_blocks_on_a_task_learns_of_its_end() {
    let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    let task = event_loop.spawn(std::future::pending::<()>());
    event_loop.call_later(LONG, || current().stop());
    let other = thread::spawn(move || task.block());
    event_loop.run_forever().unwrap();
    event_loop.close();
    assert!(other.join().unwrap().unwrap_err().is_cancelled());
}

/// What a task panics with that blocks on another task of its own loop.
#[cfg(debug_assertions)]
fn blocked_in(event_loop: &EventLoop) -> Option<String> {
    let blocks = async { current().spawn(sleep(MOMENT)).block() };
    let blocked = catch_unwind(AssertUnwindSafe(|| event_loop.run_until_complete(blocks)));
    Panicked::new(blocked.err()?).message().map(str::to_owned)
}

#[cfg(debug_assertions)]
#[test]
fn blocking_the_thread_of_a_running_loop_for_ever_panics() {
    let event_loop = EventLoop::new();
    let message = blocked_in(&event_loop).unwrap();
    assert!(
        message.contains("thread of a running event loop"),
        "{message}"
    );
    // Not while nothing runs, nor on another thread, nor where a deadline ends it.
    let mut task = event_loop.spawn(async {});
    assert!(task.block_timeout(Duration::ZERO).is_none());
    event_loop.run_until_complete(async {
        let mut task = current().spawn(async {});
        assert!(task.block_timeout(Duration::from_millis(1)).is_none());
    });
    let message = blocked_in(&event_loop).unwrap();
    assert!(message.contains("`.await` in a task"), "{message}");
}

#[test]
fn blocking_the_thread_of_a_running_loop_works_where_something_outside_may_wake_it() {
    let event_loop = EventLoop::new();
    let output = event_loop.run_until_complete(async {
        let job = current().run_in_executor(|| {
            thread::sleep(MOMENT);
            7
        });
        job.block()
    });
    assert_eq!(output.unwrap(), 7);
    let other = EventLoop::new();
    let handle = event_loop.handle();
    let task = other.spawn(async { 8 });
    other.run_until_idle();
    assert_eq!(
        event_loop
            .run_until_complete(async { task.block() })
            .unwrap(),
        8
    );
    drop(handle);
}
