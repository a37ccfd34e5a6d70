//! The fast paths. A turn leaves everything as it found it, so that every turn costs the same.

use std::cell::Cell;
use std::future::{Future, poll_fn};
use std::hint::black_box;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use waystation::event_loop::{EventLoop, VirtualClock};
use waystation::{Event, LifoQueue, PriorityQueue, Queue, Semaphore, gather};

/// One fast path.
pub(crate) struct Path {
    /// What it is called in the list of counts.
    pub(crate) name: &'static str,
    /// Takes so many turns.
    pub(crate) run: fn(u32),
}

const fn path(name: &'static str, run: fn(u32)) -> Path {
    Path { name, run }
}

pub(crate) const PATHS: &[Path] = &[
    path("event/wait-when-set", wait_when_set),
    path("event/wait-when-set/await", wait_when_set_awaited),
    path("event/set+clear", set_and_clear),
    path("event/park+set+complete+clear", event_waiter),
    path("semaphore/acquire+drop", acquire),
    path("semaphore/acquire+drop/await", acquire_awaited),
    path("semaphore/try_acquire+drop", try_acquire),
    path("semaphore/park+grant+complete", semaphore_waiter),
    path("semaphore/park+cancel", cancelled),
    path("queue/fifo/try_put+try_get", fifo),
    path("queue/lifo/try_put+try_get", lifo),
    path("queue/priority/try_put+try_get", priority),
    path("queue/unbounded/put+get/await", put_and_get_awaited),
    path("queue/parked-get+put", parked_get),
    path("queue/parked-put+get", parked_put),
    path("queue/reserve+put+get", reserve),
    path("gather/10-children", gather_of::<10>),
    path("gather/1000-children", gather_of::<1_000>),
    path("loop/call_soon", call_soon),
    path("loop/call_later+cancel", cancel_timer),
    path("loop/spawn+join", spawn_and_join),
];

fn context() -> Context<'static> {
    Context::from_waker(Waker::noop())
}

/// Polls a future once that is ready then.
fn ready<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut context()) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("this future was to be ready"),
    }
}

/// Runs a task that never waits, as executors hold it: boxed, behind a `dyn Future`.
fn in_task(task: impl Future<Output = ()> + 'static) {
    let task: Pin<Box<dyn Future<Output = ()>>> = Box::pin(task);
    ready(black_box(task));
}

/// Polls a future once, lets `release` wake it, and polls it to the end.
fn parked<F: Future>(future: F, release: impl FnOnce()) -> F::Output {
    let mut future = pin!(future);
    assert!(future.as_mut().poll(&mut context()).is_pending());
    release();
    ready(future)
}

fn wait_when_set(turns: u32) {
    let event = Event::new();
    event.set();
    for _ in 0..turns {
        ready(black_box(&event).wait());
    }
}

fn wait_when_set_awaited(turns: u32) {
    let event = Event::with_state(true);
    in_task(async move {
        for _ in 0..turns {
            black_box(&event).wait().await;
        }
    });
}

fn set_and_clear(turns: u32) {
    let event = Event::new();
    for _ in 0..turns {
        black_box(&event).set();
        black_box(&event).clear();
    }
}

fn event_waiter(turns: u32) {
    let event = Event::new();
    for _ in 0..turns {
        parked(black_box(&event).wait(), || {
            event.set();
        });
        event.clear();
    }
}

fn acquire(turns: u32) {
    let semaphore = Semaphore::new(1);
    for _ in 0..turns {
        drop(ready(black_box(&semaphore).acquire()));
    }
}

fn acquire_awaited(turns: u32) {
    let semaphore = Semaphore::new(1);
    in_task(async move {
        for _ in 0..turns {
            drop(black_box(&semaphore).acquire().await);
        }
    });
}

fn try_acquire(turns: u32) {
    let semaphore = Semaphore::new(1);
    for _ in 0..turns {
        drop(black_box(&semaphore).try_acquire());
    }
}

fn semaphore_waiter(turns: u32) {
    let semaphore = Semaphore::new(1);
    for _ in 0..turns {
        let held = ready(black_box(&semaphore).acquire());
        drop(parked(semaphore.acquire(), || drop(held)));
    }
}

fn cancelled(turns: u32) {
    let semaphore = Semaphore::new(0);
    for _ in 0..turns {
        let future = pin!(black_box(&semaphore).acquire());
        assert!(future.poll(&mut context()).is_pending());
    }
}

fn fifo(turns: u32) {
    let queue = Queue::bounded(16);
    for turn in 0..turns {
        assert!(black_box(&queue).try_put(turn).is_ok());
        assert!(black_box(&queue).try_get().is_ok());
    }
}

fn put_and_get_awaited(turns: u32) {
    let queue = Queue::unbounded();
    in_task(async move {
        for turn in 0..turns {
            assert!(black_box(&queue).put(turn).await.is_ok());
            assert!(black_box(&queue).get().await.is_ok());
        }
    });
}

fn lifo(turns: u32) {
    let queue = LifoQueue::bounded(16);
    for turn in 0..turns {
        assert!(black_box(&queue).try_put(turn).is_ok());
        assert!(black_box(&queue).try_get().is_ok());
    }
}

/// Among eight others, so that the heap has something to order: the least comes out, and goes back
/// in behind some of the others.
fn priority(turns: u32) {
    let queue = PriorityQueue::bounded(16);
    for other in 0..8_u32 {
        assert!(queue.try_put(other).is_ok());
    }
    for turn in 0..turns {
        let least = black_box(&queue).try_get().unwrap_or_default();
        let step = turn.wrapping_mul(0x9E37_79B9) >> 28;
        assert!(black_box(&queue).try_put(least + 1 + step).is_ok());
    }
}

fn parked_get(turns: u32) {
    let queue = Queue::bounded(16);
    for turn in 0..turns {
        let item = parked(black_box(&queue).get(), || {
            assert!(queue.try_put(turn).is_ok());
        });
        assert!(item.is_ok());
    }
}

fn parked_put(turns: u32) {
    let queue = Queue::bounded(1);
    assert!(queue.try_put(0).is_ok());
    for turn in 0..turns {
        let put = parked(black_box(&queue).put(turn), || {
            assert!(queue.try_get().is_ok());
        });
        assert!(put.is_ok());
    }
}

fn reserve(turns: u32) {
    let queue = Queue::bounded(16);
    for turn in 0..turns {
        let put = ready(black_box(&queue).reserve()).map(|slot| slot.put(turn));
        assert!(put.is_ok_and(|put| put.is_ok()));
        assert!(black_box(&queue).try_get().is_ok());
    }
}

/// A turn is one child: it is polled, woken, and polled to the end.
fn gather_of<const N: usize>(turns: u32) {
    let wakers: Vec<Cell<Option<Waker>>> = (0..N).map(|_| Cell::default()).collect();
    let wakers = wakers.as_slice();
    for _ in 0..turns.div_ceil(N as u32) {
        let children = (0..N).map(|number| {
            let mut has_waited = false;
            poll_fn(move |cx| {
                if has_waited {
                    return Poll::Ready(number);
                }
                has_waited = true;
                wakers[number].set(Some(cx.waker().clone()));
                Poll::Pending
            })
        });
        let mut whole = pin!(gather(children));
        let mut polled = whole.as_mut().poll(&mut context());
        while polled.is_pending() {
            for waker in wakers.iter().filter_map(Cell::take) {
                waker.wake();
            }
            polled = whole.as_mut().poll(&mut context());
        }
    }
}

/// How many stand in line at a time.
const LINE: u32 = 100;

fn call_soon(turns: u32) {
    let event_loop = EventLoop::new();
    for _ in 0..turns.div_ceil(LINE) {
        for turn in 0..LINE {
            event_loop.call_soon(move || {
                black_box(turn);
            });
        }
        event_loop.run_until_complete(async {});
    }
}

/// On a clock that stands, so that no clock of the system is read.
fn cancel_timer(turns: u32) {
    let event_loop = EventLoop::builder().clock(VirtualClock::manual()).build();
    for turn in 0..turns {
        let delay = Duration::from_secs(1 + u64::from(turn % 64));
        event_loop.call_later(delay, || {}).cancel();
    }
}

fn spawn_and_join(turns: u32) {
    let event_loop = EventLoop::new();
    for turn in 0..turns {
        let task = event_loop.spawn(async move { black_box(turn) });
        assert!(event_loop.run_until_complete(task).is_ok());
    }
}
