//! Other threads: waking, sending, spawning, aborting; and a loop that closes under their hands.

use std::cell::Cell;
use std::future::{pending, poll_fn};
use std::rc::Rc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, mpsc};
use std::task::{Poll, Waker};
use std::thread::{self, ThreadId};
use std::time::Duration;

use futures_lite::future::{block_on, poll_once, yield_now};
use waystation_loop::{EventLoop, LoopClosed, VirtualClock, current, run, sleep};

/// Says on which thread it was dropped. Not `Send`.
struct Local {
    dropped: Arc<Mutex<Vec<ThreadId>>>,
    _not_send: Rc<()>,
}

impl Drop for Local {
    fn drop(&mut self) {
        self.dropped
            .lock()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
            .push(thread::current().id());
    }
}

#[test]
fn call_soon_threadsafe_wakes_a_sleeping_loop() {
    let event_loop = EventLoop::new();
    let handle = event_loop.handle();
    let other = thread::spawn(move || {
        thread::sleep(Duration::from_millis(10));
        handle.call_soon_threadsafe(|| current().stop()).unwrap();
    });
    event_loop.run_forever().unwrap();
    other.join().unwrap();
}

#[test]
fn what_one_thread_sends_runs_in_order() {
    let event_loop = EventLoop::new();
    let seen = Arc::new(Mutex::new(Vec::new()));
    let others: Vec<_> = (0..4)
        .map(|thread| {
            let (handle, seen) = (event_loop.handle(), seen.clone());
            thread::spawn(move || {
                for n in 0..1000 {
                    let seen = seen.clone();
                    handle
                        .call_soon_threadsafe(move || seen.lock().unwrap().push((thread, n)))
                        .unwrap();
                }
            })
        })
        .collect();
    event_loop.run_until_complete(async {
        while seen.lock().unwrap().len() < 4000 {
            sleep(Duration::from_millis(1)).await;
        }
    });
    for other in others {
        other.join().unwrap();
    }
    let seen = seen.lock().unwrap();
    for thread in 0..4 {
        let of_thread = seen
            .iter()
            .filter(|(from, _)| *from == thread)
            .map(|(_, n)| *n);
        assert!(of_thread.eq(0..1000));
    }
}

#[test]
fn a_handle_sets_timers() {
    let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    let start = event_loop.time();
    let handle = event_loop.handle();
    thread::spawn(move || {
        let at = handle.time() + Duration::from_secs(2);
        handle.call_later(Duration::from_secs(1), || {}).unwrap();
        handle.call_at(at, || current().stop()).unwrap();
        handle
            .call_later(Duration::MAX, || panic!("never"))
            .unwrap();
    })
    .join()
    .unwrap();
    event_loop.run_forever().unwrap();
    assert_eq!(event_loop.time() - start, Duration::from_secs(2));
}

#[test]
fn stop_through_a_handle_ends_the_turn() {
    let event_loop = EventLoop::new();
    event_loop.handle().stop().unwrap();
    event_loop.run_forever().unwrap();
}

#[test]
fn a_task_spawned_by_another_thread_runs_here_and_is_awaited_there() {
    let event_loop = EventLoop::new();
    let handle = event_loop.handle();
    let here = thread::current().id();
    let other = thread::spawn(move || {
        let task = handle.spawn_named("remote", async move {
            sleep(Duration::from_millis(1)).await;
            assert_eq!(thread::current().id(), here);
            7
        });
        let output = block_on(task.unwrap()).unwrap();
        handle.stop().unwrap();
        output
    });
    event_loop.run_forever().unwrap();
    assert_eq!(other.join().unwrap(), 7);
}

#[test]
fn a_closed_loop_says_so_and_drops_what_was_sent() {
    let event_loop = EventLoop::new();
    let handle = event_loop.handle();
    event_loop.close();
    assert!(handle.is_closed());
    let held = Arc::new(());
    let (soon, later, task) = (held.clone(), held.clone(), held.clone());
    assert_eq!(
        handle.call_soon_threadsafe(move || drop(soon)),
        Err(LoopClosed)
    );
    assert_eq!(
        handle.call_later(Duration::ZERO, move || drop(later)),
        Err(LoopClosed)
    );
    assert_eq!(
        handle.spawn(async move { drop(task) }).err(),
        Some(LoopClosed)
    );
    assert_eq!(handle.stop(), Err(LoopClosed));
    assert_eq!(Arc::strong_count(&held), 1);
}

#[test]
fn a_task_that_never_arrives_is_cancelled() {
    let event_loop = EventLoop::new();
    let handle = event_loop.handle();
    let held = Arc::new(());
    let inside = held.clone();
    let task = thread::spawn(move || handle.spawn(async move { drop(inside) }))
        .join()
        .unwrap()
        .unwrap();
    event_loop.close();
    assert_eq!(Arc::strong_count(&held), 1);
    assert!(block_on(task).unwrap_err().is_cancelled());
}

#[test]
fn a_task_aborted_on_its_way_is_never_polled() {
    let event_loop = EventLoop::new();
    let task = event_loop
        .handle()
        .spawn(async { panic!("polled") })
        .unwrap();
    assert!(task.abort());
    assert!(
        event_loop
            .run_until_complete(task)
            .unwrap_err()
            .is_cancelled()
    );
}

#[test]
fn aborted_by_another_thread_a_task_is_dropped_here() {
    let dropped = Arc::new(Mutex::new(Vec::new()));
    let event_loop = EventLoop::new();
    let local = Local {
        dropped: dropped.clone(),
        _not_send: Rc::new(()),
    };
    let task = event_loop.spawn(async move {
        pending::<()>().await;
        drop(local);
    });
    event_loop.run_until_idle();
    let other = thread::spawn(move || {
        assert!(task.abort());
        block_on(task).unwrap_err()
    });
    let is_dropped = async {
        while dropped.lock().unwrap().is_empty() {
            sleep(Duration::from_millis(1)).await;
        }
    };
    event_loop.run_until_complete(is_dropped);
    assert!(other.join().unwrap().is_cancelled());
    assert_eq!(*dropped.lock().unwrap(), [thread::current().id()]);
}

#[test]
fn a_handle_dropped_on_another_thread_leaves_the_task_running() {
    let event_loop = EventLoop::new();
    let done = Rc::new(Cell::new(false));
    let inside = done.clone();
    let task = event_loop.spawn(async move {
        yield_now().await;
        inside.set(true);
    });
    thread::spawn(move || drop(task)).join().unwrap();
    event_loop.run_until_idle();
    assert!(done.get());
}

#[test]
fn a_waker_used_on_another_thread_wakes_the_task_here() {
    let rounds = 200;
    let (sender, receiver) = mpsc::channel::<Waker>();
    let other = thread::spawn(move || receiver.into_iter().for_each(Waker::wake));
    run(async move {
        current()
            .spawn(async move {
                let local = Rc::new(());
                for _ in 0..rounds {
                    let mut sent = false;
                    poll_fn(|cx| {
                        if sent {
                            return Poll::Ready(());
                        }
                        sent = true;
                        sender.send(cx.waker().clone()).unwrap();
                        Poll::Pending
                    })
                    .await;
                }
                drop(local);
            })
            .await
            .unwrap();
    });
    other.join().unwrap();
}

/// Threads wake and drop the wakers of local tasks all the time, while the loop closes.
#[test]
fn late_wakes_never_run_or_drop_a_local_task_elsewhere() {
    for round in 0..300 {
        let dropped = Arc::new(Mutex::new(Vec::new()));
        let wakers = Arc::new(Mutex::new(Vec::<Waker>::new()));
        let go = Arc::new(AtomicBool::new(true));
        let event_loop = EventLoop::new();
        for _ in 0..4 {
            let local = Local {
                dropped: dropped.clone(),
                _not_send: Rc::new(()),
            };
            let here = thread::current().id();
            let wakers = wakers.clone();
            drop(event_loop.spawn(async move {
                let _local = &local;
                poll_fn(|cx| {
                    assert_eq!(thread::current().id(), here);
                    wakers.lock().unwrap().push(cx.waker().clone());
                    Poll::<()>::Pending
                })
                .await;
            }));
        }
        event_loop.run_until_idle();
        let others: Vec<_> = (0..2)
            .map(|_| {
                let (go, wakers) = (go.clone(), wakers.clone());
                thread::spawn(move || {
                    while go.load(Ordering::Relaxed) {
                        let some = wakers.lock().unwrap().clone();
                        for waker in some {
                            waker.wake();
                        }
                    }
                })
            })
            .collect();
        if round % 3 == 0 {
            thread::yield_now();
        }
        if round % 2 == 0 {
            event_loop.stop();
            event_loop.run_forever().unwrap();
        }
        event_loop.close();
        assert_eq!(
            *dropped.lock().unwrap(),
            [thread::current().id(); 4],
            "all, here, by now"
        );
        drop(event_loop);
        go.store(false, Ordering::Relaxed);
        for other in others {
            other.join().unwrap();
        }
        wakers.lock().unwrap().drain(..).for_each(Waker::wake);
        assert_eq!(dropped.lock().unwrap().len(), 4);
    }
}

#[test]
fn handles_that_send_while_the_loop_closes_lose_nothing_silently() {
    for _ in 0..100 {
        let event_loop = EventLoop::new();
        let dropped = Arc::new(AtomicUsize::new(0));
        struct Counted(Arc<AtomicUsize>);
        impl Drop for Counted {
            fn drop(&mut self) {
                self.0.fetch_add(1, Ordering::Relaxed);
            }
        }
        let others: Vec<_> = (0..2)
            .map(|_| {
                let (handle, dropped) = (event_loop.handle(), dropped.clone());
                thread::spawn(move || {
                    let mut sent = 0;
                    loop {
                        sent += 1;
                        let counted = Counted(dropped.clone());
                        match handle.spawn(async move { drop(counted) }) {
                            Ok(task) if sent % 8 == 0 => drop(block_on(task)),
                            Ok(task) => drop(task),
                            Err(LoopClosed) => return sent,
                        }
                    }
                })
            })
            .collect();
        for _ in 0..3 {
            event_loop.run_until_idle();
        }
        event_loop.close();
        let sent: usize = others.into_iter().map(|other| other.join().unwrap()).sum();
        assert_eq!(dropped.load(Ordering::Relaxed), sent);
    }
}

#[test]
fn a_sleep_dropped_on_another_thread_takes_its_timer_away() {
    let event_loop = EventLoop::new();
    let mut nap = sleep(Duration::from_secs(3600));
    event_loop.run_until_complete(async {
        assert!(poll_once(&mut nap).await.is_none());
    });
    assert!(format!("{event_loop:?}").contains("timers: 1"));
    thread::spawn(move || drop(nap)).join().unwrap();
    event_loop.run_until_idle();
    assert!(format!("{event_loop:?}").contains("timers: 0"));
}

#[test]
fn a_sleep_that_moves_to_another_loop_goes_on_there() {
    let clock = VirtualClock::new();
    let first = EventLoop::builder().clock(clock.clone()).build();
    let second = EventLoop::builder().clock(clock.clone()).build();
    let start = clock_time(&first);
    let mut nap = sleep(Duration::from_secs(10));
    first.run_until_complete(async {
        assert!(poll_once(&mut nap).await.is_none());
    });
    clock.advance(Duration::from_secs(4));
    second.run_until_complete(nap);
    assert_eq!(clock_time(&second) - start, Duration::from_secs(10));
    assert!(format!("{first:?}").contains("timers: 0"));
}

fn clock_time(event_loop: &EventLoop) -> std::time::Instant {
    event_loop.time()
}

#[test]
fn two_loops_on_two_threads_talk_through_their_handles() {
    let (give, take) = mpsc::channel();
    let other = thread::spawn(move || {
        let event_loop = EventLoop::new();
        give.send(event_loop.handle()).unwrap();
        event_loop.run_forever().unwrap();
    });
    let there = take.recv().unwrap();
    let output = run(async {
        let back = current().handle();
        let task = there.spawn(async move {
            // A task of that loop awaits a task of this one.
            back.spawn(async { 20 }).unwrap().await.unwrap() + 1
        });
        task.unwrap().await.unwrap()
    });
    assert_eq!(output, 21);
    there.stop().unwrap();
    other.join().unwrap();
}

#[test]
fn a_loop_in_a_thread_local_closes_with_its_thread() {
    thread_local! {
        static LOOP: EventLoop = EventLoop::new();
    }
    let dropped = Arc::new(Mutex::new(Vec::new()));
    let inside = dropped.clone();
    let id = thread::spawn(move || {
        LOOP.with(|event_loop| {
            let local = Local {
                dropped: inside,
                _not_send: Rc::new(()),
            };
            drop(event_loop.spawn(async move {
                pending::<()>().await;
                drop(local);
            }));
            event_loop.run_until_idle();
        });
        thread::current().id()
    })
    .join()
    .unwrap();
    assert_eq!(*dropped.lock().unwrap(), [id]);
}

#[test]
fn threads_that_flood_the_loop_do_not_starve_its_timers() {
    let event_loop = EventLoop::new();
    let stop = Arc::new(AtomicBool::new(false));
    let others: Vec<_> = (0..2)
        .map(|_| {
            let (handle, stop) = (event_loop.handle(), stop.clone());
            thread::spawn(move || {
                while !stop.load(Ordering::Relaxed) {
                    handle.call_soon_threadsafe(|| ()).unwrap();
                }
            })
        })
        .collect();
    // The best of several, on a machine that others use too. Without a bound on what a turn takes
    // in, each takes longer than the one before.
    let naps = event_loop.run_until_complete(async {
        let mut naps = Vec::new();
        for _ in 0..20 {
            let start = std::time::Instant::now();
            sleep(Duration::from_millis(2)).await;
            naps.push(start.elapsed());
        }
        naps
    });
    stop.store(true, Ordering::Relaxed);
    for other in others {
        other.join().unwrap();
    }
    let median = {
        let mut naps = naps.clone();
        naps.sort();
        naps[naps.len() / 2]
    };
    assert!(median < Duration::from_millis(12), "{naps:?}");
}

#[test]
fn a_flood_runs_in_order_and_is_dropped_by_close() {
    let event_loop = EventLoop::new();
    let handle = event_loop.handle();
    let seen = Arc::new(Mutex::new(Vec::new()));
    for n in 0..2000 {
        let seen = seen.clone();
        let note = move || seen.lock().unwrap().push(n);
        handle.call_soon_threadsafe(note).unwrap();
    }
    event_loop.stop();
    event_loop.run_forever().unwrap();
    let first_turn = seen.lock().unwrap().len();
    assert!((1..2000).contains(&first_turn), "{first_turn} in one turn");
    event_loop.run_until_idle();
    assert!(seen.lock().unwrap().iter().copied().eq(0..2000));
    let held = Arc::new(());
    for _ in 0..2000 {
        let held = held.clone();
        handle.call_soon_threadsafe(move || drop(held)).unwrap();
    }
    event_loop.stop();
    event_loop.run_forever().unwrap();
    event_loop.close();
    assert_eq!(Arc::strong_count(&held), 1);
}
