//! A loop that can say that it is stuck, and one that has not been asked and waits.

use std::future::pending;
use std::thread;
use std::time::Duration;

use waystation_loop::{EventLoop, Report, RunError, VirtualClock, current, sleep};

fn detecting() -> EventLoop {
    EventLoop::builder().detect_stall(true).build()
}

fn report<T: std::fmt::Debug>(result: Result<T, RunError>) -> Report {
    match result {
        Err(RunError::Stalled(report)) => report,
        other => panic!("not stalled: {other:?}"),
    }
}

#[test]
fn a_loop_where_nothing_can_run_says_who_waits_and_where_it_was_spawned() {
    let event_loop = detecting();
    drop(event_loop.spawn_named("reader", pending::<()>()));
    let line = line!() + 1;
    drop(event_loop.spawn(pending::<()>()));
    let finished = event_loop.spawn(async {});
    let main = line!() + 1;
    let report = report(event_loop.try_run_until_complete(pending::<()>()));
    let lines: Vec<_> = report
        .tasks()
        .iter()
        .map(|task| task.location().line())
        .collect();
    let names: Vec<_> = report.tasks().iter().map(|task| task.name()).collect();
    assert_eq!(lines, [main, line - 2, line]);
    assert_eq!(names, [Some("run_until_complete"), Some("reader"), None]);
    assert!(
        report
            .tasks()
            .iter()
            .all(|task| task.location().file() == file!())
    );
    let text = report.to_string();
    assert!(
        text.starts_with("3 tasks are waiting:\n  `run_until_complete`, begun at"),
        "{text}"
    );
    assert!(
        text.contains("\n  `reader`, begun at") && text.contains("\n  a task, begun at"),
        "{text}"
    );
    assert!(finished.is_finished());
}

#[test]
fn tasks_spawned_in_the_loop_show_their_own_line() {
    let event_loop = detecting();
    let result = event_loop.try_run_until_complete(async {
        current()
            .spawn_named("inner", pending::<()>())
            .await
            .unwrap();
    });
    let report = report(result);
    assert_eq!(report.tasks()[1].name(), Some("inner"));
    assert_eq!(report.tasks()[1].location().file(), file!());
}

#[test]
fn a_stalled_loop_can_run_again_and_its_tasks_are_still_there() {
    let event_loop = detecting();
    let task = event_loop.spawn(pending::<()>());
    assert_eq!(report(event_loop.run_forever()).tasks().len(), 1);
    assert_eq!(event_loop.run_until_complete(async { 1 }), 1);
    assert!(!task.is_finished());
    task.abort();
    assert!(
        event_loop
            .run_until_complete(task)
            .unwrap_err()
            .is_cancelled()
    );
}

#[test]
fn an_empty_loop_that_runs_for_ever_is_stalled() {
    let report = report(detecting().run_forever());
    assert!(report.tasks().is_empty());
    assert_eq!(report.to_string(), "no task is waiting");
}

#[test]
fn a_timer_keeps_it_waiting() {
    let event_loop = detecting();
    event_loop.run_until_complete(sleep(Duration::from_millis(2)));
}

#[test]
fn a_timer_that_never_fires_does_not() {
    let event_loop = detecting();
    event_loop.call_later(Duration::MAX, || {});
    report(event_loop.run_forever());
}

#[test]
fn a_cancelled_timer_does_not() {
    let event_loop = detecting();
    assert!(
        event_loop
            .call_later(Duration::from_secs(3600), || {})
            .cancel()
    );
    report(event_loop.run_forever());
}

#[test]
fn a_live_handle_keeps_it_waiting_and_the_last_drop_ends_that() {
    let event_loop = detecting();
    let handle = event_loop.handle();
    let second = handle.clone();
    let other = thread::spawn(move || {
        drop(handle);
        thread::sleep(Duration::from_millis(5));
        drop(second);
    });
    report(event_loop.run_forever());
    other.join().unwrap();
}

#[test]
fn what_a_handle_sent_last_is_seen_before_the_stall() {
    for _ in 0..200 {
        let event_loop = detecting();
        let handle = event_loop.handle();
        let other = thread::spawn(move || {
            handle.call_soon_threadsafe(|| current().stop()).unwrap();
        });
        event_loop.run_forever().unwrap();
        other.join().unwrap();
    }
}

#[test]
fn a_job_keeps_it_waiting() {
    let event_loop = detecting();
    let job = event_loop.run_in_executor(|| {
        thread::sleep(Duration::from_millis(5));
        7
    });
    assert_eq!(event_loop.run_until_complete(job).unwrap(), 7);
    report(event_loop.run_forever());
}

#[test]
fn join_handles_and_local_handles_do_not_count() {
    let event_loop = detecting();
    let task = event_loop.spawn(pending::<()>());
    let local = event_loop.run_until_complete(async { current() });
    report(event_loop.run_forever());
    drop((task, local));
}

#[test]
fn a_virtual_clock_turns_it_on_and_it_can_be_turned_off() {
    let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    report(event_loop.try_run_until_complete(pending::<()>()));

    let event_loop = EventLoop::builder()
        .clock(VirtualClock::new())
        .detect_stall(false)
        .build();
    let stops = event_loop.handle();
    let other = thread::spawn(move || {
        thread::sleep(Duration::from_millis(20));
        stops.stop().unwrap();
        stops
    });
    assert_eq!(
        event_loop.try_run_until_complete(pending::<()>()),
        Err(RunError::Stopped)
    );
    other.join().unwrap();
}

#[test]
fn it_is_never_reported_without_being_asked_for() {
    let event_loop = EventLoop::new();
    // Woken by a plain waker from another thread, which no loop can foresee.
    let mut started = false;
    event_loop.run_until_complete(std::future::poll_fn(|cx| {
        if started {
            return std::task::Poll::Ready(());
        }
        started = true;
        let waker = cx.waker().clone();
        thread::spawn(move || {
            thread::sleep(Duration::from_millis(20));
            waker.wake();
        });
        std::task::Poll::Pending
    }));
}
