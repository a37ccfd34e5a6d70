//! `Debug` writes nothing while it holds a lock or a borrow: a writer may use what it shows.

use std::fmt::{self, Debug, Write};
use std::ops::ControlFlow;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use waystation_loop::{EventLoop, Every, Handle, JoinHandle, LocalHandle, VirtualClock};

/// Calls something whenever it is written to.
struct Writer<F>(F, String);

impl<F: FnMut()> Write for Writer<F> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        (self.0)();
        self.1.push_str(text);
        Ok(())
    }
}

fn shown(value: &impl Debug, meanwhile: impl FnMut()) -> String {
    let mut writer = Writer(meanwhile, String::new());
    write!(writer, "{value:?}").expect("the writer takes all");
    writer.1
}

/// Ends a test that hangs.
fn soon(test: impl FnOnce() + Send + 'static) {
    let (sender, done) = mpsc::channel::<()>();
    let thread = thread::spawn(move || {
        test();
        drop(sender);
    });
    let end = done.recv_timeout(Duration::from_secs(20));
    assert_ne!(end, Err(mpsc::RecvTimeoutError::Timeout), "deadlock");
    assert!(thread.join().is_ok());
}

#[test]
fn of_a_handle_to_send_something() {
    soon(|| {
        let event_loop = EventLoop::new();
        let handle: Handle = event_loop.handle();
        let text = shown(&handle, || handle.call_soon_threadsafe(|| ()).unwrap());
        assert!(text.contains("closed: false"), "{text}");
    });
}

#[test]
fn of_a_task_to_look_at_it() {
    soon(|| {
        let event_loop = EventLoop::new();
        let task: JoinHandle<()> = event_loop.spawn(async {});
        let text = shown(&task, || assert!(!task.is_finished() && task.abort()));
        assert_eq!(text, "JoinHandle { finished: false, aborted: false, .. }");
        event_loop.run_until_idle();
        let text = shown(&task, || assert!(task.is_finished()));
        assert_eq!(text, "JoinHandle { finished: true, aborted: true, .. }");
    });
}

#[test]
fn of_a_virtual_clock_to_move_it() {
    soon(|| {
        let clock = VirtualClock::manual();
        let text = shown(&clock, || clock.advance(Duration::from_secs(1)));
        assert!(text.contains("manual: true"), "{text}");
    });
}

#[test]
fn of_a_loop_to_give_it_more_to_do() {
    let event_loop = EventLoop::new();
    let far = Instant::now() + Duration::from_secs(3600);
    let add = |local: &LocalHandle| {
        local.call_soon(|| ());
        local.call_at(far, || ());
        local.call_every(Every::new(Duration::from_secs(3600)), |_| {
            ControlFlow::Break(())
        });
    };
    let local = event_loop.run_until_complete(async { waystation_loop::current() });
    let text = shown(&event_loop, || add(&local));
    assert!(text.contains("ready: 0, timers: 0, tasks: 0"), "{text}");
    let text = shown(&local, || add(&local));
    assert!(text.starts_with("LocalHandle { inner: EventLoop"), "{text}");
}

#[test]
fn of_a_timer_to_set_it_anew() {
    let event_loop = EventLoop::new();
    let far = Instant::now() + Duration::from_secs(3600);
    let timer = event_loop.call_at(far, || ());
    let text = shown(&timer, || {
        assert!(timer.reset_at(far + Duration::from_secs(1)))
    });
    assert!(text.contains("cancelled: false"), "{text}");
    let text = shown(&timer, || _ = timer.cancel());
    assert!(text.starts_with("TimerHandle(CallHandle {"), "{text}");
    let call = event_loop.call_soon(|| ());
    let text = shown(&call, || _ = call.cancel());
    assert!(text.starts_with("CallHandle"), "{text}");
}
