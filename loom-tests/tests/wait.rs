//! The pieces that the primitives are made of: line and watermark, batch, crowd, lock, blocked threads.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Poll, Waker};

use loom::sync::atomic::{AtomicBool, Ordering};
use loom_tests::{Bell, Data, exhaustive, poll, spawn};
use waystation_core::block::block_on;
use waystation_core::sync::Lock;
use waystation_core::wait::{Batch, Crowd, Line, Watermark};

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
    batch.finish();
    served.is_some()
}

#[test]
fn w_watermark_publishes() {
    exhaustive(|| {
        let (post, data) = (post(), Data::new());
        let ticket = post.line.lock().join(Waker::from(Bell::new()), ());
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
        let (post, first, second) = (post(), Bell::new(), Bell::new());
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
            (first.rung(), second.rung()),
            (usize::from(!has_left), usize::from(has_left))
        );
        assert_eq!(post.served.has_passed(next), has_left);
        assert_eq!(post.line.lock().len(), usize::from(!has_left));
    });
}

#[test]
fn w_take_vs_leave() {
    exhaustive(|| {
        let (post, bell) = (post(), Bell::new());
        let ticket = post.line.lock().join(Waker::from(bell.clone()), ());
        let taker = {
            let post = post.clone();
            spawn(move || {
                let mut batch = Batch::new();
                let mut cohort = post.line.lock().take();
                batch.ring_cohort(&mut cohort);
                batch.finish();
            })
        };
        let left = post.line.lock().leave(ticket);
        let has_left = left.is_some();
        drop(left);
        taker.join().unwrap();
        assert_eq!(bell.rung(), usize::from(!has_left));
        assert!(post.line.lock().is_empty());
    });
}

#[test]
fn w_batch_rings_what_two_threads_collect() {
    exhaustive(|| {
        let (post, bell) = (post(), Bell::new());
        for _ in 0..2 {
            post.line.lock().join(Waker::from(bell.clone()), ());
        }
        let server = {
            let post = post.clone();
            spawn(move || serve_one(&post))
        };
        assert!(serve_one(&post));
        assert!(server.join().unwrap());
        assert_eq!(bell.rung(), 2);
        assert!(!serve_one(&post));
    });
}

struct Place {
    happened: bool,
    line: Line<()>,
}

#[test]
fn w_crowd_is_released_once_it_has_happened() {
    exhaustive(|| {
        let place = Arc::new(Lock::new(Place {
            happened: false,
            line: Line::new(),
        }));
        let data = Data::new();
        let doer = {
            let (place, data) = (place.clone(), data.clone());
            spawn(move || {
                data.write();
                let mut batch = Batch::new();
                let mut inside = place.lock();
                inside.happened = true;
                let cohort = inside.line.release_all(&mut batch);
                drop(inside);
                batch.ring_cohort(&mut cohort.unwrap_or_default());
                batch.finish();
            })
        };
        let mut watcher = Crowd::New;
        block_on(poll_fn(|cx| {
            watcher.poll(
                "w",
                cx,
                &place,
                |place| place.happened,
                |place| &mut place.line,
            )
        }));
        assert_eq!(data.read(), 1);
        doer.join().unwrap();
    });
}

#[test]
fn w_crowd_leave_vs_release() {
    exhaustive(|| {
        let place = Arc::new(Lock::new(Place {
            happened: false,
            line: Line::new(),
        }));
        let bell = Bell::new();
        let mut watcher = Crowd::New;
        let mut watch = poll_fn(|cx| {
            watcher.poll(
                "w",
                cx,
                &place,
                |place| place.happened,
                |place| &mut place.line,
            )
        });
        assert!(poll(&mut watch, &bell).is_pending());
        let doer = {
            let place = place.clone();
            spawn(move || {
                let mut cohort = place.lock().line.take();
                let mut batch = Batch::new();
                batch.ring_cohort(&mut cohort);
                batch.finish();
            })
        };
        watcher.leave(&place, |place| &mut place.line);
        doer.join().unwrap();
        assert!(place.lock().line.is_empty());
        assert!(bell.rung() <= 1);
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
