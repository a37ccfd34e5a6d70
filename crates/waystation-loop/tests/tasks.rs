//! Tasks and their handles: output, detaching, aborting, and when things are dropped.

use std::cell::{Cell, RefCell};
use std::future::{pending, poll_fn, ready};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Duration;

use futures_lite::future::{poll_once, yield_now};
use waystation_loop::{EventLoop, JoinError, JoinHandle, VirtualClock, current, run, sleep};

/// Counts its drop.
struct Counted(Rc<Cell<usize>>);

impl Drop for Counted {
    fn drop(&mut self) {
        self.0.set(self.0.get() + 1);
    }
}

#[test]
fn a_task_gives_its_output() {
    assert_eq!(
        run(async { current().spawn(async { 7 }).await.unwrap() }),
        7
    );
}

#[test]
fn ten_thousand_tasks_give_their_outputs() {
    let sum = run(async {
        let tasks: Vec<_> = (0..10_000u64)
            .map(|n| current().spawn(async move { n }))
            .collect();
        let mut sum = 0;
        for task in tasks {
            sum += task.await.unwrap();
        }
        sum
    });
    assert_eq!(sum, 49_995_000);
}

#[test]
fn a_dropped_handle_detaches() {
    let done = Rc::new(Cell::new(false));
    let inside = done.clone();
    let event_loop = EventLoop::new();
    drop(event_loop.spawn(async move {
        yield_now().await;
        inside.set(true);
    }));
    event_loop.run_until_idle();
    assert!(done.get());
}

#[test]
fn a_handle_dropped_while_it_waits_detaches() {
    run(async {
        let done = Rc::new(Cell::new(false));
        let inside = done.clone();
        let mut task = current().spawn(async move {
            yield_now().await;
            inside.set(true);
        });
        assert!(poll_once(&mut task).await.is_none());
        drop(task);
        while !done.get() {
            yield_now().await;
        }
    });
}

#[test]
fn the_output_of_a_dropped_handle_is_dropped() {
    let dropped = Rc::new(Cell::new(0));
    let event_loop = EventLoop::new();
    let finished = event_loop.spawn(ready(Counted(dropped.clone())));
    let running = event_loop.spawn({
        let counted = Counted(dropped.clone());
        async move {
            yield_now().await;
            counted
        }
    });
    drop(running);
    event_loop.run_until_idle();
    assert_eq!(dropped.get(), 1);
    assert!(finished.is_finished());
    drop(finished);
    assert_eq!(dropped.get(), 2);
}

#[test]
fn an_output_is_dropped_once() {
    let dropped = Rc::new(Cell::new(0));
    let event_loop = EventLoop::new();
    let output = event_loop.run_until_complete(event_loop.spawn(ready(Counted(dropped.clone()))));
    event_loop.close();
    assert_eq!(dropped.get(), 0);
    drop(output);
    assert_eq!(dropped.get(), 1);
}

#[test]
fn abort_drops_the_future_and_says_cancelled() {
    let dropped = Rc::new(Cell::new(0));
    let event_loop = EventLoop::new();
    let counted = Counted(dropped.clone());
    let task = event_loop.spawn(async move {
        pending::<()>().await;
        drop(counted);
    });
    event_loop.run_until_idle();
    assert!(task.abort());
    assert_eq!(dropped.get(), 0, "at the loop's next turn");
    assert!(task.abort(), "it has not finished yet");
    event_loop.run_until_idle();
    assert_eq!(dropped.get(), 1);
    assert!(task.is_finished());
    assert!(!task.abort());
    assert!(matches!(
        event_loop.run_until_complete(task),
        Err(JoinError::Cancelled)
    ));
}

#[test]
fn a_task_aborted_before_its_first_poll_is_never_polled() {
    let event_loop = EventLoop::new();
    let task = event_loop.spawn(async { panic!("polled") });
    assert!(task.abort());
    assert!(
        event_loop
            .run_until_complete(task)
            .unwrap_err()
            .is_cancelled()
    );
}

#[test]
fn a_finished_task_cannot_be_aborted() {
    let event_loop = EventLoop::new();
    let task = event_loop.spawn(ready(3));
    event_loop.run_until_idle();
    assert!(!task.abort());
    assert_eq!(event_loop.run_until_complete(task).unwrap(), 3);
}

#[test]
fn a_task_that_aborts_itself_ends_at_its_next_await() {
    let event_loop = EventLoop::new();
    let slot = Rc::new(RefCell::new(None::<JoinHandle<()>>));
    let inside = slot.clone();
    let reached = Rc::new(Cell::new(0));
    let count = reached.clone();
    let task = event_loop.spawn(async move {
        assert!(inside.borrow().as_ref().is_some_and(JoinHandle::abort));
        count.set(1);
        yield_now().await;
        count.set(2);
    });
    *slot.borrow_mut() = Some(task);
    event_loop.run_until_idle();
    assert_eq!(reached.get(), 1);
    let task = slot.take().unwrap();
    assert!(
        event_loop
            .run_until_complete(task)
            .unwrap_err()
            .is_cancelled()
    );
}

#[test]
fn a_task_that_finishes_in_the_turn_of_its_abort_has_finished() {
    let event_loop = EventLoop::new();
    let slot = Rc::new(RefCell::new(None::<JoinHandle<u8>>));
    let inside = slot.clone();
    let task = event_loop.spawn(async move {
        assert!(inside.borrow().as_ref().is_some_and(JoinHandle::abort));
        9
    });
    *slot.borrow_mut() = Some(task);
    event_loop.run_until_idle();
    let task = slot.take().unwrap();
    assert_eq!(event_loop.run_until_complete(task).unwrap(), 9);
}

#[test]
fn closing_cancels_and_drops_every_task() {
    let dropped = Rc::new(Cell::new(0));
    let event_loop = EventLoop::new();
    let tasks: Vec<_> = (0..100)
        .map(|n| {
            let counted = Counted(dropped.clone());
            event_loop.spawn(async move {
                if n % 2 == 0 {
                    pending::<()>().await;
                }
                sleep(Duration::from_secs(3600)).await;
                drop(counted);
            })
        })
        .collect();
    event_loop.stop();
    event_loop.run_forever().unwrap();
    event_loop.close();
    assert_eq!(dropped.get(), 100);
    for task in tasks {
        assert!(task.is_finished());
        assert!(
            futures_lite::future::block_on(task)
                .unwrap_err()
                .is_cancelled()
        );
    }
}

#[test]
fn what_a_drop_adds_to_a_closing_loop_is_dropped_at_once() {
    struct Adds(Rc<Cell<usize>>);
    impl Drop for Adds {
        fn drop(&mut self) {
            let [soon, later, task] = [0; 3].map(|_| Counted(self.0.clone()));
            let call = current().call_soon(move || drop(soon));
            let timer = current().call_later(Duration::ZERO, move || drop(later));
            let spawned = current().spawn(async move { drop(task) });
            assert!(call.is_cancelled() && timer.is_cancelled() && spawned.is_finished());
        }
    }
    let dropped = Rc::new(Cell::new(0));
    let event_loop = EventLoop::new();
    let adds = Adds(dropped.clone());
    drop(event_loop.spawn(async move {
        pending::<()>().await;
        drop(adds);
    }));
    event_loop.run_until_idle();
    event_loop.close();
    assert_eq!(dropped.get(), 3);
}

#[test]
fn tasks_that_wake_each_other_while_they_are_dropped_are_all_dropped() {
    struct Wakes(Rc<RefCell<Vec<Waker>>>, Rc<Cell<usize>>);
    impl Drop for Wakes {
        fn drop(&mut self) {
            for waker in self.0.borrow().iter() {
                waker.wake_by_ref();
            }
            self.1.set(self.1.get() + 1);
        }
    }
    let dropped = Rc::new(Cell::new(0));
    let wakers = Rc::new(RefCell::new(Vec::new()));
    let event_loop = EventLoop::new();
    for _ in 0..10 {
        let wakes = Wakes(wakers.clone(), dropped.clone());
        drop(event_loop.spawn(async move {
            poll_fn(|cx| {
                wakes.0.borrow_mut().push(cx.waker().clone());
                Poll::<()>::Pending
            })
            .await;
        }));
    }
    event_loop.run_until_idle();
    event_loop.close();
    assert_eq!(dropped.get(), 10);
    assert_eq!(wakers.borrow().len(), 10);
}

#[test]
fn a_waker_that_outlives_its_loop_does_nothing() {
    let slot = Rc::new(RefCell::new(None));
    let inside = slot.clone();
    let event_loop = EventLoop::new();
    drop(event_loop.spawn(poll_fn(move |cx| {
        inside.replace(Some(cx.waker().clone()));
        Poll::<()>::Pending
    })));
    event_loop.run_until_idle();
    drop(event_loop);
    let waker = slot.take().unwrap();
    waker.wake_by_ref();
    waker.wake();
}

#[test]
fn a_waker_of_an_earlier_run_does_not_disturb_a_later_one() {
    let event_loop = EventLoop::new();
    let mut old = None;
    event_loop.run_until_complete(poll_fn(|cx| {
        old = Some(cx.waker().clone());
        Poll::Ready(())
    }));
    let old = old.unwrap();
    let mut polls = 0;
    event_loop.run_until_complete(poll_fn(|cx| {
        polls += 1;
        old.wake_by_ref();
        if polls < 3 {
            cx.waker().wake_by_ref();
            return Poll::Pending;
        }
        Poll::Ready(())
    }));
    assert_eq!(polls, 3);
    old.wake();
}

#[test]
fn many_wakes_before_a_poll_are_one() {
    let event_loop = EventLoop::new();
    let mut polls = 0;
    event_loop.run_until_complete(poll_fn(|cx| {
        polls += 1;
        for _ in 0..100 {
            cx.waker().wake_by_ref();
        }
        if polls == 5 {
            Poll::Ready(())
        } else {
            Poll::Pending
        }
    }));
    assert_eq!(polls, 5);
}

#[test]
fn a_handle_wakes_the_waker_of_its_latest_poll_only() {
    #[derive(Default)]
    struct Counting(AtomicUsize);
    impl Wake for Counting {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::Relaxed);
        }
    }
    let event_loop = EventLoop::new();
    let mut task = std::pin::pin!(event_loop.spawn(async {}));
    let wakers = [(); 3].map(|()| Arc::new(Counting::default()));
    for counting in &wakers {
        let waker = Waker::from(counting.clone());
        assert!(
            task.as_mut()
                .poll(&mut Context::from_waker(&waker))
                .is_pending()
        );
    }
    assert_eq!(wakers.each_ref().map(Arc::strong_count), [1, 1, 2]);
    event_loop.run_until_idle();
    let woken = wakers
        .each_ref()
        .map(|counting| counting.0.load(Ordering::Relaxed));
    assert_eq!(woken, [0, 0, 1]);
}

#[test]
fn a_finished_task_is_dropped_before_its_handle_says_so() {
    let dropped = Rc::new(Cell::new(0));
    let counted = Counted(dropped.clone());
    run(async {
        current()
            .spawn(async move {
                let _counted = &counted;
                yield_now().await;
            })
            .await
            .unwrap();
        assert_eq!(dropped.get(), 1);
    });
}

#[test]
fn a_task_spawned_by_a_task_runs() {
    let output = run(async {
        current()
            .spawn(async { current().spawn(async { 5 }).await.unwrap() + 1 })
            .await
            .unwrap()
    });
    assert_eq!(output, 6);
}

#[test]
fn a_future_that_is_large_works() {
    let output = run(async {
        let big = [1u8; 10_000];
        let task = current().spawn(async move {
            yield_now().await;
            big.iter().map(|&byte| usize::from(byte)).sum::<usize>()
        });
        task.await.unwrap()
    });
    assert_eq!(output, 10_000);
}

#[test]
fn the_memory_of_finished_tasks_comes_back() {
    let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    let held = Rc::new(());
    for _ in 0..100 {
        for _ in 0..1000 {
            let held = held.clone();
            drop(event_loop.spawn(async move {
                yield_now().await;
                drop(held)
            }));
        }
        event_loop.run_until_idle();
        assert_eq!(Rc::strong_count(&held), 1);
        assert!(format!("{event_loop:?}").contains("tasks: 0"));
    }
}

#[test]
fn a_join_error_turns_into_an_error_of_io() {
    let joined: std::io::Result<()> = run(async {
        let task = current().spawn(std::future::pending::<()>());
        task.abort();
        task.await?;
        Ok(())
    });
    let error = joined.unwrap_err();
    assert_eq!(error.to_string(), "the task was cancelled");
    let source = error.get_ref().unwrap();
    assert!(source.is::<waystation_loop::JoinError>());
}
