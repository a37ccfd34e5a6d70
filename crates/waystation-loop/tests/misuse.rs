//! Misuse: the error, or the panic with a clear message at the caller's line. And `Debug`.

use std::cell::RefCell;
use std::future::{Future, pending, ready};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Mutex;
use std::task::{Context, Waker};
use std::time::Duration;

use waystation_loop::{
    EventLoop, Every, Handle, Panicked, RunError, VirtualClock, current, interval, run, sleep,
    timeout,
};

/// The message of a panic, and whether it points into this file.
fn panic_of<R>(f: impl FnOnce() -> R) -> (String, bool) {
    static HOOK: Mutex<()> = Mutex::new(());
    thread_local! {
        static HERE: RefCell<Option<bool>> = const { RefCell::new(None) };
    }
    let one_at_a_time = HOOK.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(|info| {
        let here = info
            .location()
            .is_some_and(|location| location.file() == file!());
        HERE.set(Some(here));
    }));
    let caught = catch_unwind(AssertUnwindSafe(f));
    std::panic::set_hook(before);
    drop(one_at_a_time);
    let Err(payload) = caught else {
        panic!("it did not panic")
    };
    let message = Panicked::new(payload)
        .message()
        .unwrap_or_default()
        .to_owned();
    (message, HERE.take().unwrap_or(false))
}

#[test]
fn a_loop_refuses_to_run_inside_another() {
    let (outer, other) = (EventLoop::new(), EventLoop::new());
    outer.run_until_complete(async {
        assert_eq!(
            outer.try_run_until_complete(ready(1)),
            Err(RunError::AlreadyRunning)
        );
        assert_eq!(
            other.try_run_until_complete(ready(1)),
            Err(RunError::AlreadyRunning)
        );
        assert_eq!(other.run_forever(), Err(RunError::AlreadyRunning));
        let (message, here) = panic_of(|| run(ready(1)));
        assert!(message.contains("already running") && here, "{message}");
        let (message, here) = panic_of(|| other.run_until_idle());
        assert!(message.contains("already running") && here, "{message}");
        assert!(outer.is_running() && !other.is_running());
    });
    assert_eq!(other.run_until_complete(ready(1)), 1);
}

#[test]
fn a_loop_refuses_to_run_inside_a_callback() {
    let event_loop = Rc::new(EventLoop::new());
    let inside = event_loop.clone();
    event_loop.call_soon(move || {
        assert_eq!(
            inside.try_run_until_complete(ready(1)),
            Err(RunError::AlreadyRunning)
        );
    });
    event_loop.run_until_idle();
}

#[test]
fn a_refused_run_leaves_the_running_loop_current() {
    let other = EventLoop::new();
    run(async {
        drop(other.try_run_until_complete(ready(1)));
        assert!(current().is_running());
        // A loop that closes is current while it does.
        other.close();
        assert!(current().is_running());
    });
}

#[test]
fn a_loop_cannot_be_closed_while_it_runs() {
    let event_loop = EventLoop::new();
    event_loop.run_until_complete(async {
        let (message, here) = panic_of(|| event_loop.close());
        assert!(
            message.contains("cannot be closed while it is running") && here,
            "{message}"
        );
    });
    assert!(!event_loop.is_closed());
}

#[test]
fn a_closed_loop_refuses_everything() {
    let event_loop = EventLoop::new();
    event_loop.close();
    assert_eq!(
        event_loop.try_run_until_complete(ready(1)),
        Err(RunError::Closed)
    );
    assert_eq!(event_loop.run_forever(), Err(RunError::Closed));
    let every = Every::new(Duration::from_secs(1));
    let panics = [
        panic_of(|| event_loop.run_until_complete(ready(1))),
        panic_of(|| event_loop.run_until_idle()),
        panic_of(|| drop(event_loop.spawn(ready(1)))),
        panic_of(|| drop(event_loop.spawn_named("name", ready(1)))),
        panic_of(|| event_loop.call_soon(|| {})),
        panic_of(|| event_loop.call_later(Duration::ZERO, || {})),
        panic_of(|| event_loop.call_at(event_loop.time(), || {})),
        panic_of(|| event_loop.call_every(every, |_| std::ops::ControlFlow::Break(()))),
        panic_of(|| drop(event_loop.run_in_executor(|| {}))),
    ];
    for (message, here) in panics {
        assert!(message.contains("closed") && here, "{message}");
    }
}

#[test]
fn a_stop_before_the_end_panics_at_the_caller() {
    let event_loop = EventLoop::new();
    event_loop.stop();
    let (message, here) = panic_of(|| event_loop.run_until_complete(pending::<()>()));
    assert!(
        message.contains("stopped before the future was done") && here,
        "{message}"
    );
}

#[test]
fn a_stall_panics_at_the_caller_with_the_report() {
    let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    let task = event_loop.spawn_named("stuck", pending::<()>());
    let (message, here) = panic_of(|| event_loop.run_until_complete(task));
    assert!(
        message.contains("is stuck") && message.contains("`stuck`") && here,
        "{message}"
    );
}

#[test]
fn there_is_no_current_loop_outside() {
    let (message, here) = panic_of(|| drop(current()));
    assert!(
        message.contains("no event loop is running on this thread") && here,
        "{message}"
    );
}

#[test]
fn a_sleep_polled_outside_a_loop_says_so() {
    for (message, _) in [
        panic_of(|| futures_lite::future::block_on(sleep(Duration::ZERO))),
        panic_of(|| futures_lite::future::block_on(timeout(Duration::ZERO, pending::<()>()))),
        panic_of(|| futures_lite::future::block_on(interval(Duration::from_secs(1)).tick())),
    ] {
        assert!(
            message.contains("polled outside an event loop") && message.contains(file!()),
            "{message}"
        );
    }
}

#[test]
fn a_poll_after_the_end_panics_at_the_caller() {
    fn again<F: Future + Unpin>(mut future: F) -> (String, bool) {
        let mut cx = Context::from_waker(Waker::noop());
        panic_of(|| Pin::new(&mut future).poll(&mut cx).is_ready())
    }
    let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    let (mut nap, mut task) = (sleep(Duration::ZERO), event_loop.spawn(async {}));
    let mut ticks = interval(Duration::from_secs(1));
    event_loop.run_until_complete(async {
        (&mut nap).await;
        (&mut task).await.unwrap();
        let mut tick = ticks.tick();
        (&mut tick).await;
        let (message, here) = again(tick);
        assert!(
            message.contains("`NextTick` polled again") && here,
            "{message}"
        );
    });
    for (name, (message, here)) in [("Sleep", again(nap)), ("JoinHandle", again(task))] {
        assert!(
            message.contains(&format!("`{name}` polled again")) && here,
            "{message}"
        );
    }
}

#[test]
fn a_period_of_zero_panics_at_the_caller() {
    for (message, here) in [
        panic_of(|| Every::new(Duration::ZERO)),
        panic_of(|| interval(Duration::ZERO)),
    ] {
        assert!(message.contains("cannot be zero") && here, "{message}");
    }
}

#[test]
fn an_error_that_is_not_done_drops_the_future_inside_the_loop() {
    struct Asks;
    impl Drop for Asks {
        fn drop(&mut self) {
            assert!(waystation_loop::try_current().is_some());
        }
    }
    let event_loop = EventLoop::new();
    event_loop.stop();
    let asks = Asks;
    let stopped = event_loop.try_run_until_complete(async move {
        pending::<()>().await;
        drop(asks);
    });
    assert_eq!(stopped, Err(RunError::Stopped));
}

#[test]
fn slow_callbacks_are_reported_with_their_place() {
    let clock = VirtualClock::manual();
    let seen = Rc::new(RefCell::new(Vec::new()));
    let inside = seen.clone();
    let event_loop = EventLoop::builder()
        .clock(clock.clone())
        .slow_callback(Duration::from_millis(100), move |slow| {
            inside.borrow_mut().push(slow.clone())
        })
        .build();
    let slow = |millis| {
        let clock = clock.clone();
        move || clock.advance(Duration::from_millis(millis))
    };
    event_loop.call_soon(slow(99));
    let line = line!() + 1;
    event_loop.call_soon(slow(100));
    event_loop.call_later(Duration::ZERO, slow(200));
    let task = slow(300);
    drop(event_loop.spawn_named("slow task", async move { task() }));
    event_loop.handle().call_soon_threadsafe(slow(400)).unwrap();
    event_loop.run_until_idle();
    let main = slow(500);
    event_loop.run_until_complete(async move { main() });
    let mut seen = seen.borrow().clone();
    seen.sort_by_key(|slow| slow.took());
    let took: Vec<_> = seen.iter().map(|slow| slow.took().as_millis()).collect();
    assert_eq!(took, [100, 200, 300, 400, 500]);
    assert!(seen.iter().all(|slow| slow.location().file() == file!()));
    assert_eq!(seen[0].location().line(), line);
    assert_eq!(seen[2].name(), Some("slow task"));
    assert!(
        seen[2].to_string().starts_with("`slow task` from "),
        "{}",
        seen[2]
    );
    assert!(
        seen[0]
            .to_string()
            .contains("kept the event loop for 100ms"),
        "{}",
        seen[0]
    );
}

#[test]
fn errors_are_sentences() {
    use std::error::Error;
    assert_eq!(RunError::Closed.to_string(), "the event loop is closed");
    assert_eq!(
        waystation_loop::LoopClosed.to_string(),
        "the event loop is closed"
    );
    assert!(waystation_loop::Elapsed.to_string().contains("deadline"));
    let event_loop = EventLoop::new();
    let error = event_loop
        .run_until_complete(event_loop.spawn(async { panic!("boom") }))
        .unwrap_err();
    assert_eq!(error.to_string(), "the task panicked: boom");
    assert!(error.source().is_some());
}

#[test]
fn debug_never_blocks_and_says_something() {
    let event_loop = EventLoop::builder()
        .slow_callback(Duration::MAX, |_| {})
        .build();
    assert!(format!("{:?}", EventLoop::builder()).contains("Builder"));
    assert!(format!("{event_loop:?}").contains("phase: Idle"));
    let handle: Handle = event_loop.handle();
    assert!(format!("{handle:?}").contains("len: 0"));
    let call = event_loop.call_soon(|| {});
    assert!(format!("{call:?}").contains("waiting: true"));
    let timer = event_loop.call_later(Duration::MAX, || {});
    assert!(format!("{timer:?}").contains("when: None"));
    assert!(format!("{:?}", timer.cancel_on_drop()).contains("TimerGuard"));
    event_loop.run_until_complete(async {
        let local = current();
        assert!(format!("{local:?}").contains("phase: Running"));
        let task = local.spawn(ready(1));
        assert!(format!("{task:?}").contains("finished: false"));
        assert!(format!("{:?}", sleep(Duration::ZERO)).contains("New"));
        assert!(format!("{:?}", timeout(Duration::ZERO, task)).contains("Timeout"));
        let mut interval = interval(Duration::from_secs(1));
        assert!(format!("{:?}", interval.tick()).contains("NextTick"));
    });
    assert!(format!("{:?}", VirtualClock::manual()).contains("manual: true"));
}
