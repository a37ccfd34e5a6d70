//! What asyncio's documentation and its own tests promise of a base event loop, as far as it exists
//! here.

use std::cell::{Cell, RefCell};
use std::future::{pending, ready};
use std::rc::Rc;
use std::time::Duration;

use futures_lite::future::yield_now;
use waystation_loop::{EventLoop, RunError, VirtualClock, current, run, sleep, try_current};

type Trace = Rc<RefCell<Vec<&'static str>>>;

fn virtual_loop() -> EventLoop {
    EventLoop::builder().clock(VirtualClock::new()).build()
}

fn note(trace: &Trace, what: &'static str) -> impl FnOnce() + 'static {
    let trace = trace.clone();
    move || trace.borrow_mut().push(what)
}

#[test]
fn run_until_complete_returns_the_output() {
    assert_eq!(EventLoop::new().run_until_complete(ready(7)), 7);
}

#[test]
fn run_until_complete_lets_the_future_borrow() {
    let mut seen = Vec::new();
    EventLoop::new().run_until_complete(async { seen.push(1) });
    assert_eq!(seen, [1]);
}

#[test]
fn an_err_is_an_output() {
    assert_eq!(
        EventLoop::new().run_until_complete(ready(Err::<(), _>("no"))),
        Err("no")
    );
}

#[test]
fn run_until_complete_can_be_called_again_and_again() {
    let event_loop = EventLoop::new();
    for n in 0..10 {
        assert_eq!(
            event_loop.run_until_complete(async {
                yield_now().await;
                n
            }),
            n
        );
    }
}

#[test]
fn a_sleep_made_outside_the_loop_runs_in_it() {
    let event_loop = virtual_loop();
    let start = event_loop.time();
    event_loop.run_until_complete(sleep(Duration::from_secs(5)));
    assert_eq!(event_loop.time() - start, Duration::from_secs(5));
}

#[test]
fn call_soon_runs_in_the_order_of_calling() {
    let (trace, event_loop) = (Trace::default(), EventLoop::new());
    for what in ["a", "b", "c"] {
        event_loop.call_soon(note(&trace, what));
    }
    event_loop.run_until_idle();
    assert_eq!(*trace.borrow(), ["a", "b", "c"]);
}

#[test]
fn a_cancelled_call_does_not_run() {
    let (trace, event_loop) = (Trace::default(), EventLoop::new());
    event_loop.call_soon(note(&trace, "a"));
    let call = event_loop.call_soon(note(&trace, "b"));
    event_loop.call_soon(note(&trace, "c"));
    assert!(!call.is_cancelled());
    assert!(call.cancel());
    assert!(!call.cancel());
    assert!(call.is_cancelled());
    event_loop.run_until_idle();
    assert_eq!(*trace.borrow(), ["a", "c"]);
}

#[test]
fn a_call_that_ran_cannot_be_cancelled() {
    let event_loop = EventLoop::new();
    let call = event_loop.call_soon(|| {});
    event_loop.run_until_idle();
    assert!(!call.cancel());
    assert!(!call.is_cancelled());
}

#[test]
fn a_call_can_be_cancelled_by_the_one_before_it_in_the_same_turn() {
    let event_loop = EventLoop::new();
    let slot = Rc::new(RefCell::new(None::<waystation_loop::CallHandle>));
    let first = slot.clone();
    event_loop.call_soon(move || assert!(first.borrow().as_ref().unwrap().cancel()));
    *slot.borrow_mut() = Some(event_loop.call_soon(|| panic!("cancelled")));
    event_loop.run_until_idle();
}

#[test]
fn cancelling_a_call_drops_what_it_holds() {
    let event_loop = EventLoop::new();
    let held = Rc::new(());
    let inside = held.clone();
    let call = event_loop.call_soon(move || drop(inside));
    call.cancel();
    assert_eq!(Rc::strong_count(&held), 1);
}

#[test]
fn what_is_scheduled_in_a_turn_runs_in_the_next() {
    let (trace, event_loop) = (Trace::default(), EventLoop::new());
    let inner = trace.clone();
    event_loop.call_soon(move || {
        inner.borrow_mut().push("first");
        current().call_soon(note(&inner, "scheduled by the first"));
    });
    event_loop.call_soon(note(&trace, "second"));
    event_loop.stop();
    event_loop.run_forever().unwrap();
    assert_eq!(*trace.borrow(), ["first", "second"]);
    event_loop.run_until_idle();
    assert_eq!(
        *trace.borrow(),
        ["first", "second", "scheduled by the first"]
    );
}

#[test]
fn a_callback_that_schedules_itself_does_not_starve_timers() {
    let event_loop = EventLoop::new();
    fn again(stop: Rc<Cell<bool>>) {
        if !stop.get() {
            current().call_soon(move || again(stop));
        }
    }
    let stop = Rc::new(Cell::new(false));
    event_loop.call_soon({
        let stop = stop.clone();
        move || again(stop)
    });
    event_loop.call_later(Duration::from_millis(1), {
        let stop = stop.clone();
        move || stop.set(true)
    });
    event_loop.run_until_idle();
    assert!(stop.get());
}

#[test]
fn call_later_runs_after_call_soon() {
    let (trace, event_loop) = (Trace::default(), virtual_loop());
    event_loop.call_later(Duration::from_millis(1), note(&trace, "later"));
    event_loop.call_soon(note(&trace, "soon"));
    event_loop.run_until_complete(sleep(Duration::from_millis(2)));
    assert_eq!(*trace.borrow(), ["soon", "later"]);
}

#[test]
fn a_task_starts_in_the_turn_after_it_was_spawned() {
    let (trace, event_loop) = (Trace::default(), EventLoop::new());
    let inside = trace.clone();
    event_loop.run_until_complete(async {
        let task = current().spawn({
            let trace = inside.clone();
            async move { trace.borrow_mut().push("task") }
        });
        inside.borrow_mut().push("spawned");
        task.await.unwrap();
    });
    assert_eq!(*trace.borrow(), ["spawned", "task"]);
}

#[test]
fn tasks_and_callbacks_share_one_line() {
    let (trace, event_loop) = (Trace::default(), EventLoop::new());
    event_loop.call_soon(note(&trace, "a"));
    drop(event_loop.spawn({
        let note = note(&trace, "b");
        async move { note() }
    }));
    event_loop.call_soon(note(&trace, "c"));
    event_loop.run_until_complete(async { trace.borrow_mut().push("d") });
    assert_eq!(*trace.borrow(), ["a", "b", "c", "d"]);
}

#[test]
fn a_wake_outside_a_run_takes_its_place_in_line() {
    let (trace, event_loop) = (Trace::default(), EventLoop::new());
    let waker = Rc::new(RefCell::new(None));
    let (slot, inside) = (waker.clone(), trace.clone());
    drop(event_loop.spawn(async move {
        let mut first = true;
        std::future::poll_fn(|cx| {
            slot.replace(Some(cx.waker().clone()));
            if std::mem::take(&mut first) {
                std::task::Poll::Pending
            } else {
                std::task::Poll::Ready(())
            }
        })
        .await;
        inside.borrow_mut().push("task");
    }));
    event_loop.run_until_idle();
    event_loop.call_soon(note(&trace, "before"));
    let woken = waker.take();
    woken.unwrap().wake();
    event_loop.call_soon(note(&trace, "after"));
    event_loop.run_until_idle();
    assert_eq!(*trace.borrow(), ["before", "task", "after"]);
}

#[test]
fn stop_before_run_forever_runs_exactly_one_turn() {
    let (trace, event_loop) = (Trace::default(), EventLoop::new());
    let inside = trace.clone();
    event_loop.call_soon(move || {
        inside.borrow_mut().push("one");
        current().call_soon(note(&inside, "two"));
    });
    event_loop.stop();
    event_loop.run_forever().unwrap();
    assert_eq!(*trace.borrow(), ["one"]);
    // The stop is used up, and what was scheduled is still in line.
    event_loop.call_soon(|| current().stop());
    event_loop.run_forever().unwrap();
    assert_eq!(*trace.borrow(), ["one", "two"]);
}

#[test]
fn stop_before_run_forever_with_nothing_to_do_returns() {
    let event_loop = EventLoop::new();
    event_loop.stop();
    event_loop.run_forever().unwrap();
}

#[test]
fn a_stopped_loop_finishes_its_turn() {
    let (trace, event_loop) = (Trace::default(), EventLoop::new());
    event_loop.call_soon(note(&trace, "a"));
    event_loop.call_soon(|| current().stop());
    let inside = trace.clone();
    event_loop.call_soon(move || {
        inside.borrow_mut().push("b");
        current().call_soon(note(&inside, "next turn"));
    });
    event_loop.run_forever().unwrap();
    assert_eq!(*trace.borrow(), ["a", "b"]);
}

#[test]
fn a_stop_that_comes_before_the_end_is_an_error() {
    let event_loop = EventLoop::new();
    event_loop.call_soon(|| current().stop());
    assert_eq!(
        event_loop.try_run_until_complete(pending::<()>()),
        Err(RunError::Stopped)
    );
    assert_eq!(event_loop.run_until_complete(ready(1)), 1);
}

#[test]
fn a_future_that_is_done_in_the_turn_of_the_stop_is_done() {
    let event_loop = EventLoop::new();
    event_loop.stop();
    assert_eq!(event_loop.try_run_until_complete(ready(1)), Ok(1));
}

#[test]
fn what_was_scheduled_before_the_end_still_runs() {
    // asyncio's `run_until_complete` is ended by a callback, which stands in line like any other.
    let (trace, event_loop) = (Trace::default(), EventLoop::new());
    event_loop.run_until_complete(async {
        current().call_soon(note(&trace, "ran"));
    });
    assert_eq!(*trace.borrow(), ["ran"]);
}

#[test]
fn a_task_that_is_not_done_goes_on_in_the_next_run() {
    let event_loop = virtual_loop();
    let task = event_loop.spawn(async {
        sleep(Duration::from_secs(1)).await;
        5
    });
    event_loop.run_until_complete(ready(()));
    assert!(!task.is_finished());
    assert_eq!(event_loop.run_until_complete(task).unwrap(), 5);
}

#[test]
fn the_current_loop_is_known_inside_and_only_there() {
    assert!(try_current().is_none());
    let event_loop = EventLoop::new();
    event_loop.run_until_complete(async { assert!(current().is_running()) });
    event_loop.call_soon(|| assert!(try_current().is_some()));
    event_loop.run_until_idle();
    assert!(try_current().is_none());
    assert!(!event_loop.is_running());
}

#[test]
fn closing_twice_is_closing_once() {
    let event_loop = EventLoop::new();
    assert!(!event_loop.is_closed());
    event_loop.close();
    event_loop.close();
    assert!(event_loop.is_closed());
}

#[test]
fn close_drops_callbacks_and_timers_without_running_them() {
    let event_loop = EventLoop::new();
    let held = Rc::new(());
    let call = {
        let held = held.clone();
        event_loop.call_soon(move || panic!("{held:?}"))
    };
    let timer = {
        let held = held.clone();
        event_loop.call_later(Duration::ZERO, move || panic!("{held:?}"))
    };
    let never = {
        let held = held.clone();
        event_loop.call_later(Duration::MAX, move || panic!("{held:?}"))
    };
    assert_eq!(Rc::strong_count(&held), 4);
    event_loop.close();
    assert_eq!(Rc::strong_count(&held), 1);
    assert!(call.is_cancelled());
    assert!(!timer.cancel() && !never.cancel());
    assert_eq!(timer.when(), None);
}

#[test]
fn dropping_a_loop_closes_it() {
    let held = Rc::new(());
    let event_loop = EventLoop::new();
    let inside = held.clone();
    drop(event_loop.spawn(async move {
        pending::<()>().await;
        drop(inside)
    }));
    event_loop.run_until_idle();
    drop(event_loop);
    assert_eq!(Rc::strong_count(&held), 1);
}

#[test]
fn run_cancels_what_is_left_before_it_returns() {
    let held = Rc::new(());
    let inside = held.clone();
    let output = run(async move {
        drop(current().spawn(async move {
            pending::<()>().await;
            drop(inside)
        }));
        yield_now().await;
        3
    });
    assert_eq!(output, 3);
    assert_eq!(Rc::strong_count(&held), 1);
}

#[test]
fn time_is_the_clocks() {
    let clock = VirtualClock::manual();
    let event_loop = EventLoop::builder().clock(clock.clone()).build();
    let before = event_loop.time();
    clock.advance(Duration::from_secs(3));
    assert_eq!(event_loop.time() - before, Duration::from_secs(3));
    assert_eq!(
        event_loop.run_until_complete(async { current().time() }),
        event_loop.time()
    );
}

#[test]
fn a_zero_sleep_yields_one_turn() {
    let (trace, event_loop) = (Trace::default(), virtual_loop());
    let inside = trace.clone();
    event_loop.run_until_complete(async {
        current().call_soon(note(&inside, "callback"));
        sleep(Duration::ZERO).await;
        inside.borrow_mut().push("after");
    });
    assert_eq!(*trace.borrow(), ["callback", "after"]);
}
