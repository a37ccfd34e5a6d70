//! Used up, used wrongly, and looked at.

mod support;

use std::future::{pending, ready};
use std::thread;
use std::time::{Duration, Instant};

use support::{Stage, ids, panic_of};
use waystation_gather::{Blocking, as_completed, gather, try_gather};
use waystation_testkit::{Driver, assert_pending, assert_ready};

#[test]
fn settings_after_the_first_poll_are_refused() {
    let started = || {
        let mut driver = Driver::new(gather(vec![pending::<()>()]));
        assert_pending(driver.poll());
        driver.into_inner()
    };
    let message = "`limit` must be called before the first poll";
    assert_eq!(panic_of(|| started().limit(1)), message);
    let message = "`catch_panics` must be called before the first poll";
    assert_eq!(panic_of(|| started().catch_panics()), message);
    let mut done = Driver::new(gather(vec![ready(1)]));
    assert_ready(done.poll());
    assert_eq!(panic_of(|| done.into_inner().catch_panics()), message);
}

#[test]
fn polling_after_ready_panics_with_the_name() {
    let mut done = Driver::new(gather((ready(1),)));
    assert_ready(done.poll());
    assert_eq!(
        panic_of(|| done.poll()),
        "`Gather` polled again after it returned `Ready`"
    );
    let mut done = Driver::new(try_gather((ready(Ok::<_, ()>(1)),)));
    assert_ready(done.poll()).unwrap();
    assert_eq!(
        panic_of(|| done.poll()),
        "`TryGather` polled again after it returned `Ready`"
    );
    let mut outputs = as_completed((ready(1),));
    let mut done = Driver::new(outputs.next());
    assert_ready(done.poll());
    assert_eq!(
        panic_of(|| done.poll()),
        "`Next` polled again after it returned `Ready`"
    );
}

#[cfg(feature = "futures-core")]
#[test]
fn is_terminated_is_false_until_ready() {
    use futures_core::FusedFuture;
    let stage = Stage::new();
    let mut driver = Driver::new(gather(stage.all(0..1)));
    assert!(!driver.get().is_terminated());
    assert_pending(driver.poll());
    assert!(!driver.get().is_terminated());
    stage.open(0);
    assert_ready(driver.poll());
    assert!(driver.get().is_terminated());
    let mut driver = Driver::new(try_gather(vec![stage.fallible(1)]));
    assert_pending(driver.poll());
    assert!(!driver.get().is_terminated());
    stage.fail(1);
    assert_ready(driver.poll()).unwrap_err();
    assert!(driver.get().is_terminated());
    let mut outputs = as_completed((ready(1),));
    let mut driver = Driver::new(outputs.next());
    assert!(!driver.get().is_terminated());
    assert_ready(driver.poll());
    assert!(driver.get().is_terminated());
}

#[test]
fn a_thread_waits_as_a_task_does() {
    let stage = Stage::new();
    let mut both = gather(stage.all(0..2));
    assert!(both.block_timeout(Duration::ZERO).is_none());
    stage.open(0);
    assert!(both.block_timeout(Duration::from_millis(1)).is_none());
    let opens = {
        let stage = stage.clone();
        thread::spawn(move || stage.open(1))
    };
    // It goes on waiting in its place: nothing was started anew.
    assert_eq!(ids(both.block()), [0, 1]);
    opens.join().unwrap();

    let fails = try_gather(vec![ready(Ok(1)), ready(Err("no"))]);
    assert_eq!(fails.block(), Err("no"));
    let mut outputs = as_completed([ready(1)]);
    assert_eq!(outputs.next().block(), Some((0, 1)));
    assert_eq!(outputs.next().block_deadline(Instant::now()), Some(None));
}

#[test]
fn debug_shows_how_many_are_running() {
    let stage = Stage::new();
    let mut driver = Driver::new(gather(stage.all(0..3)).limit(2));
    assert_eq!(
        format!("{:?}", driver.get()),
        "Gather { running: 0, terminated: false, .. }"
    );
    assert_pending(driver.poll());
    assert_eq!(
        format!("{:?}", driver.get()),
        "Gather { running: 2, terminated: false, .. }"
    );
    assert!(format!("{:?}", try_gather([ready(Ok::<(), ()>(()))])).starts_with("TryGather"));
    let mut outputs = as_completed([ready(1)]);
    assert!(format!("{outputs:?}").starts_with("AsCompleted"));
    assert!(format!("{:?}", outputs.next()).starts_with("Next { outputs: Some(AsCompleted"));
}
