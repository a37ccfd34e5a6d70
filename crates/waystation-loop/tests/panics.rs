//! Panics: where they come out, and that the loop and everybody else goes on.

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures_lite::future::yield_now;
use waystation_loop::{EventLoop, Every, JoinError, Panicked, VirtualClock, current, run, sleep};

/// What `f` panicked with.
fn panic_of<R>(f: impl FnOnce() -> R) -> Option<String> {
    let payload = catch_unwind(AssertUnwindSafe(f)).err()?;
    Panicked::new(payload).message().map(str::to_owned)
}

struct Bomb(&'static str);

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("{}", self.0);
    }
}

type Trace = Rc<RefCell<Vec<String>>>;

fn handled() -> (EventLoop, Trace) {
    let trace = Trace::default();
    let inside = trace.clone();
    let event_loop = EventLoop::builder()
        .clock(VirtualClock::new())
        .panic_handler(move |panicked| {
            inside
                .borrow_mut()
                .push(panicked.message().unwrap_or("?").to_owned());
        })
        .build();
    (event_loop, trace)
}

#[test]
fn a_callbacks_panic_comes_out_at_once_and_what_was_ready_is_still_ready() {
    let event_loop = EventLoop::new();
    let ran = Rc::new(Cell::new(0));
    event_loop.call_soon(|| panic!("boom"));
    for _ in 0..3 {
        let ran = ran.clone();
        event_loop.call_soon(move || ran.set(ran.get() + 1));
    }
    assert_eq!(
        panic_of(|| event_loop.run_until_idle()).as_deref(),
        Some("boom")
    );
    assert_eq!(ran.get(), 0);
    assert!(!event_loop.is_running() && waystation_loop::try_current().is_none());
    event_loop.run_until_idle();
    assert_eq!(ran.get(), 3);
}

#[test]
fn a_timers_panic_comes_out_and_the_other_timers_fire_in_the_next_run() {
    let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    let ran = Rc::new(Cell::new(false));
    event_loop.call_later(Duration::ZERO, || panic!("boom"));
    event_loop.call_later(Duration::ZERO, {
        let ran = ran.clone();
        move || ran.set(true)
    });
    assert_eq!(
        panic_of(|| event_loop.run_until_complete(pending::<()>())).as_deref(),
        Some("boom")
    );
    event_loop.run_until_idle();
    assert!(ran.get());
}

#[test]
fn a_panic_handler_gets_it_and_the_loop_goes_on() {
    let (event_loop, trace) = handled();
    event_loop.call_soon(|| panic!("one"));
    event_loop.call_later(Duration::ZERO, || panic!("two"));
    event_loop.run_until_complete(sleep(Duration::from_secs(1)));
    assert_eq!(*trace.borrow(), ["one", "two"]);
}

#[test]
fn the_panic_of_a_handler_comes_out() {
    let event_loop = EventLoop::builder()
        .panic_handler(|_| panic!("worse"))
        .build();
    event_loop.call_soon(|| panic!("boom"));
    assert_eq!(
        panic_of(|| event_loop.run_until_idle()).as_deref(),
        Some("worse")
    );
    event_loop.run_until_idle();
}

#[test]
fn the_panic_of_the_main_future_comes_out_also_past_a_handler() {
    let (event_loop, trace) = handled();
    let panic = panic_of(|| event_loop.run_until_complete(async { panic!("main") }));
    assert_eq!(panic.as_deref(), Some("main"));
    assert!(trace.borrow().is_empty());
    assert_eq!(event_loop.run_until_complete(async { 1 }), 1);
}

#[test]
fn a_panic_uses_up_a_stop() {
    let event_loop = EventLoop::new();
    event_loop.call_soon(|| {
        current().stop();
        panic!("boom");
    });
    assert!(panic_of(|| event_loop.run_forever()).is_some());
    assert_eq!(
        event_loop.run_until_complete(async {
            yield_now().await;
            yield_now().await;
            1
        }),
        1
    );
}

#[test]
fn a_tasks_panic_comes_out_of_its_handle() {
    run(async {
        let task = current().spawn(async { panic!("boom") });
        let Err(JoinError::Panicked(panicked)) = task.await else {
            panic!("it panicked")
        };
        assert_eq!(panicked.message(), Some("boom"));
    });
}

#[test]
fn a_detached_tasks_panic_is_contained() {
    let event_loop = EventLoop::new();
    drop(event_loop.spawn(async { panic!("nobody waits") }));
    event_loop.run_until_idle();
}

#[test]
fn a_detached_tasks_panic_goes_to_the_handler() {
    let (event_loop, trace) = handled();
    drop(event_loop.spawn(async { panic!("nobody waits") }));
    let awaited = event_loop.spawn(async { panic!("somebody waits") });
    event_loop.run_until_idle();
    assert_eq!(*trace.borrow(), ["nobody waits"]);
    drop(awaited);
}

#[test]
fn a_future_that_panics_in_its_drop_when_aborted_says_so() {
    let event_loop = EventLoop::new();
    let bomb = Bomb("drop");
    let task = event_loop.spawn(async move {
        pending::<()>().await;
        drop(bomb);
    });
    event_loop.run_until_idle();
    task.abort();
    let Err(JoinError::Panicked(panicked)) = event_loop.run_until_complete(task) else {
        panic!("its drop panicked")
    };
    assert_eq!(panicked.message(), Some("drop"));
}

#[test]
fn an_output_that_panics_in_its_drop_is_a_callbacks_panic() {
    let event_loop = EventLoop::new();
    drop(event_loop.spawn(async { Bomb("output") }));
    let after = event_loop.spawn(async { 1 });
    assert_eq!(
        panic_of(|| event_loop.run_until_idle()).as_deref(),
        Some("output")
    );
    assert_eq!(event_loop.run_until_complete(after).unwrap(), 1);
}

struct Hostile;

impl Wake for Hostile {
    fn wake(self: Arc<Self>) {
        panic!("hostile");
    }
}

#[test]
fn a_waker_that_panics_when_a_task_finishes_is_a_callbacks_panic() {
    let event_loop = EventLoop::new();
    let mut task = std::pin::pin!(event_loop.spawn(async { 1 }));
    let hostile = Waker::from(Arc::new(Hostile));
    assert!(
        task.as_mut()
            .poll(&mut Context::from_waker(&hostile))
            .is_pending()
    );
    assert_eq!(
        panic_of(|| event_loop.run_until_idle()).as_deref(),
        Some("hostile")
    );
    assert!(task.is_finished());
    assert_eq!(event_loop.run_until_complete(task).unwrap(), 1);
}

#[test]
fn a_waker_that_panics_when_a_sleep_is_over_is_a_callbacks_panic() {
    let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    let mut nap = sleep(Duration::from_secs(1));
    let hostile = Waker::from(Arc::new(Hostile));
    event_loop.run_until_complete(async {
        let polled = std::pin::Pin::new(&mut nap).poll(&mut Context::from_waker(&hostile));
        assert!(polled.is_pending());
    });
    let panic = panic_of(|| event_loop.run_until_complete(pending::<()>()));
    assert_eq!(panic.as_deref(), Some("hostile"));
    event_loop.run_until_complete(nap);
}

#[test]
fn a_schedule_whose_callback_panics_ends() {
    let (event_loop, trace) = handled();
    let timer = event_loop.call_every(Every::new(Duration::from_secs(1)), |_| panic!("tick"));
    event_loop.run_until_complete(sleep(Duration::from_secs(10)));
    assert_eq!(*trace.borrow(), ["tick"]);
    assert!(!timer.cancel());
    assert!(format!("{event_loop:?}").contains("timers: 0"));
}

#[test]
fn a_schedule_whose_state_panics_when_it_is_dropped_has_ended() {
    let (event_loop, trace) = handled();
    let bomb = Bomb("state");
    event_loop.call_every(Every::new(Duration::from_secs(1)), move |_| {
        let _held = &bomb;
        ControlFlow::Break(())
    });
    event_loop.run_until_complete(sleep(Duration::from_secs(10)));
    assert_eq!(*trace.borrow(), ["state"]);
    assert!(format!("{event_loop:?}").contains("timers: 0"));
}

#[test]
fn close_drops_everything_before_the_first_panic_goes_on() {
    let event_loop = EventLoop::new();
    let held = Rc::new(());
    for name in ["first", "second"] {
        let bomb = (Bomb(name), held.clone());
        drop(event_loop.spawn(async move {
            pending::<()>().await;
            drop(bomb);
        }));
    }
    let bomb = (Bomb("call"), held.clone());
    event_loop.call_soon(move || drop(bomb));
    let bomb = (Bomb("timer"), held.clone());
    event_loop.call_later(Duration::MAX, move || drop(bomb));
    assert!(panic_of(|| event_loop.close()).is_some());
    assert_eq!(Rc::strong_count(&held), 1);
    assert!(event_loop.is_closed());
    assert!(waystation_loop::try_current().is_none());
}

#[test]
fn run_drops_what_is_left_before_the_panic_goes_on_and_drops_do_not_abort() {
    let held = Rc::new(());
    let inside = (Bomb("left"), held.clone());
    let panic = panic_of(|| {
        run(async move {
            drop(current().spawn(async move {
                pending::<()>().await;
                drop(inside);
            }));
            yield_now().await;
            panic!("main")
        })
    });
    assert_eq!(panic.as_deref(), Some("main"));
    assert_eq!(Rc::strong_count(&held), 1);
}

#[test]
fn a_panic_in_the_poll_of_a_task_leaves_its_neighbours_alone() {
    run(async {
        let tasks: Vec<_> = (0..10)
            .map(|n| {
                current().spawn(async move {
                    yield_now().await;
                    assert!(n != 5, "the fifth");
                    n
                })
            })
            .collect();
        for (n, task) in tasks.into_iter().enumerate() {
            match task.await {
                Ok(output) => assert!(output == n && n != 5),
                Err(error) => assert!(error.is_panicked() && n == 5),
            }
        }
    });
}

#[test]
fn polled_after_ready_panics_with_the_name() {
    run(async {
        let mut task = current().spawn(async {});
        (&mut task).await.unwrap();
        let again = poll_fn(|cx| {
            let message = panic_of(|| std::pin::Pin::new(&mut task).poll(cx).is_ready());
            Poll::Ready(message)
        });
        assert!(again.await.unwrap().contains("`JoinHandle` polled again"));
        let mut nap = sleep(Duration::ZERO);
        (&mut nap).await;
        let again = poll_fn(|cx| {
            Poll::Ready(panic_of(|| {
                std::pin::Pin::new(&mut nap).poll(cx).is_ready()
            }))
        });
        assert!(again.await.unwrap().contains("`Sleep` polled again"));
    });
}

#[test]
fn a_due_timer_that_is_put_off_before_a_panic_stands_behind_the_others_afterwards() {
    let (clock, trace) = (VirtualClock::manual(), Trace::default());
    let event_loop = EventLoop::builder().clock(clock.clone()).build();
    let at = event_loop.time();
    let note = |what: &str| {
        let (trace, what) = (trace.clone(), what.to_owned());
        move || trace.borrow_mut().push(what)
    };
    let put_off = Rc::new(RefCell::new(None::<waystation_loop::TimerHandle>));
    let inside = put_off.clone();
    event_loop.call_at(at, move || {
        let timer = inside.take().expect("it was set");
        assert!(timer.reset_at(at));
        panic!("boom");
    });
    *put_off.borrow_mut() = Some(event_loop.call_at(at, note("put off")));
    event_loop.call_at(at, note("other"));
    assert_eq!(
        panic_of(|| event_loop.run_until_idle()).as_deref(),
        Some("boom")
    );
    event_loop.run_until_idle();
    assert_eq!(*trace.borrow(), ["other", "put off"]);
}
