//! The pieces that the primitives are made of: line and watermark, batches, the signal of a thread, the lock.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Poll, Waker};

use loom::sync::atomic::{AtomicBool, Ordering};
use loom_tests::{Data, Probe, bounded, exhaustive, join, spawn};
use waystation_core::block::block_on;
use waystation_core::signal::Signal;
use waystation_core::sync::Lock;
use waystation_core::wait::{Batch, Line, Watermark};

struct Post {
    line: Lock<Line<()>>,
    served: Watermark,
}

fn post() -> Arc<Post> {
    Arc::new(Post {
        line: Lock::new(Line::new()),
        served: Watermark::new(),
    })
}

fn serve_one(post: &Post) -> bool {
    let mut batch = Batch::new();
    let mut line = post.line.lock();
    let served = line.pop().map(|(ticket, waker, ())| {
        post.served.raise(ticket);
        batch.push(waker);
    });
    drop(line);
    batch.finish().resume();
    served.is_some()
}

#[test]
fn w_watermark_publishes() {
    exhaustive(|| {
        let (post, data) = (post(), Data::new());
        let ticket = post.line.lock().join(Waker::from(Probe::new()), ());
        let server = {
            let (post, data) = (post.clone(), data.clone());
            spawn(move || {
                data.write();
                serve_one(&post);
            })
        };
        if post.served.has_passed(ticket) {
            assert_eq!(data.read(), 1);
        }
        server.join().unwrap();
        assert!(post.served.has_passed(ticket));
    });
}

#[test]
fn w_leave_vs_pop() {
    exhaustive(|| {
        let (post, first, second) = (post(), Probe::new(), Probe::new());
        let mut line = post.line.lock();
        let ticket = line.join(Waker::from(first.clone()), ());
        let next = line.join(Waker::from(second.clone()), ());
        drop(line);
        let server = {
            let post = post.clone();
            spawn(move || serve_one(&post))
        };
        let left = post.line.lock().leave(ticket);
        let has_left = left.is_some();
        drop(left);
        assert!(server.join().unwrap());
        assert_eq!(
            (first.wakes(), second.wakes()),
            (usize::from(!has_left), usize::from(has_left))
        );
        assert_eq!(post.served.has_passed(next), has_left);
        assert_eq!(post.line.lock().len(), usize::from(!has_left));
    });
}

/// Both wakers of a batch are woken, or the one that has not left.
#[test]
fn w_batch_of_two_vs_leave() {
    exhaustive(|| {
        let (post, probe) = (post(), Probe::new());
        let mut line = post.line.lock();
        let tickets = [(); 2].map(|()| line.join(Waker::from(probe.clone()), ()));
        drop(line);
        let server = {
            let post = post.clone();
            spawn(move || {
                let mut batch = Batch::new();
                batch.push_all(&mut post.line.lock());
                batch.finish().resume();
            })
        };
        let left = post.line.lock().leave(tickets[0]);
        let has_left = left.is_some();
        drop(left);
        server.join().unwrap();
        assert_eq!(probe.wakes(), 2 - usize::from(has_left));
        assert!(post.line.lock().is_empty());
    });
}

#[test]
fn w_batch_wakes_what_two_threads_collect() {
    exhaustive(|| {
        let (post, probe) = (post(), Probe::new());
        for _ in 0..2 {
            post.line.lock().join(Waker::from(probe.clone()), ());
        }
        let server = {
            let post = post.clone();
            spawn(move || serve_one(&post))
        };
        assert!(serve_one(&post));
        assert!(server.join().unwrap());
        assert_eq!(probe.wakes(), 2);
        assert!(!serve_one(&post));
    });
}

/// Sleeps until there is a signal.
fn await_signal(signal: &Signal) {
    while !signal.take() {
        signal.wait(None);
    }
}

#[test]
fn w_signal_vs_wait() {
    exhaustive(|| {
        let (signal, data) = (Arc::new(Signal::new()), Data::new());
        let notifier = {
            let (signal, data) = (signal.clone(), data.clone());
            spawn(move || {
                data.write();
                signal.notify();
            })
        };
        await_signal(&signal);
        assert_eq!(data.read(), 1);
        notifier.join().unwrap();
        assert!(!signal.is_notified(), "taken, once");
    });
}

/// A later signal takes the place of an earlier one, and carries what came before both.
#[test]
fn w_two_signals_vs_wait_3() {
    bounded(4, || {
        let signal = Arc::new(Signal::new());
        let data = [Data::new(), Data::new()];
        let notifiers = data.clone().map(|data| {
            let signal = signal.clone();
            spawn(move || {
                data.write();
                signal.notify();
            })
        });
        while data.iter().map(|data| data.read()).sum::<usize>() < 2 {
            await_signal(&signal);
        }
        join(notifiers);
    });
}

/// A sleep that ends by itself does not swallow the signal.
#[test]
fn w_signal_vs_timed_wait() {
    exhaustive(|| {
        let signal = Arc::new(Signal::new());
        let notifier = {
            let signal = signal.clone();
            spawn(move || signal.notify())
        };
        signal.wait(Some(std::time::Duration::ZERO));
        let early = signal.take();
        notifier.join().unwrap();
        assert_eq!(signal.take(), !early);
    });
}

#[test]
fn w_blocked_thread_is_woken() {
    exhaustive(|| {
        let (flag, data) = (Arc::new(AtomicBool::new(false)), Data::new());
        let slot: Arc<Lock<Option<Waker>>> = Arc::new(Lock::new(None));
        let waker = {
            let (flag, data, slot) = (flag.clone(), data.clone(), slot.clone());
            spawn(move || {
                data.write();
                flag.store(true, Ordering::Relaxed);
                let waker = slot.lock().take();
                if let Some(waker) = waker {
                    waker.wake();
                }
            })
        };
        block_on(poll_fn(|cx| {
            let clone = cx.waker().clone();
            let displaced = slot.lock().replace(clone);
            drop(displaced);
            if flag.load(Ordering::Relaxed) {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        }));
        waker.join().unwrap();
        assert_eq!(data.read(), 1);
    });
}

#[test]
fn w_try_lock_excludes() {
    exhaustive(|| {
        let (lock, data) = (Arc::new(Lock::new(())), Data::new());
        let other = {
            let (lock, data) = (lock.clone(), data.clone());
            spawn(move || {
                let guard = lock.try_lock();
                if guard.is_some() {
                    data.bump();
                }
                usize::from(guard.is_some())
            })
        };
        let guard = lock.lock();
        data.bump();
        drop(guard);
        let bumps = 1 + other.join().unwrap();
        assert_eq!(data.read(), bumps);
    });
}
