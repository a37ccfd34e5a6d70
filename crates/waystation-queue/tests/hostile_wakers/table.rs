//! Who waits, and what wakes them.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::Waker;

use waystation_queue::Queue;
use waystation_testkit::{PATIENCE, within};

use crate::common::{now, parked};

pub(crate) type Shared = Arc<Queue<u32>>;
pub(crate) type Wait = Pin<Box<dyn Future<Output = ()> + Send>>;
/// Its name, and its future.
pub(crate) type Waiter = (&'static str, fn(Shared) -> Wait);
pub(crate) type Trigger = Box<dyn FnOnce() + Send>;

/// One way to wake the first who waits for something.
#[derive(Clone, Copy)]
pub(crate) struct Way {
    pub(crate) name: &'static str,
    /// Who may wait for it.
    pub(crate) waits: &'static [Waiter],
    /// Prepares a queue of capacity 1, so that the wait parks and the trigger wakes it.
    pub(crate) arm: fn(&Shared) -> Trigger,
    /// Whether a waker's panic propagates.
    pub(crate) propagates: bool,
}

const PUTTERS: &[Waiter] = &[
    ("put", |queue| {
        Box::pin(async move { _ = queue.put_owned(90).await })
    }),
    ("reserve", |queue| {
        Box::pin(async move { drop(queue.reserve_owned().await) })
    }),
    ("put_many", |queue| {
        Box::pin(async move { drop(queue.put_many_owned([90]).await) })
    }),
];

const GETTERS: &[Waiter] = &[
    ("get", |queue| {
        Box::pin(async move { _ = queue.get_owned().await })
    }),
    ("get_many", |queue| {
        Box::pin(async move {
            queue.get_many_owned(&mut Vec::new(), 9).await;
        })
    }),
    ("get_task", |queue| {
        Box::pin(async move { drop(queue.get_task_owned().await) })
    }),
    #[cfg(feature = "futures-core")]
    ("stream", |queue| {
        use futures_util::StreamExt;
        Box::pin(async move { _ = queue.into_stream().next().await })
    }),
];

const JOINERS: &[Waiter] = &[("join", |queue| Box::pin(queue.join_owned()))];

const CLOSERS: &[Waiter] = &[("closed", |queue| Box::pin(queue.closed_owned()))];

const fn way(
    name: &'static str,
    waits: &'static [Waiter],
    propagates: bool,
    arm: fn(&Shared) -> Trigger,
) -> Way {
    Way {
        name,
        waits,
        arm,
        propagates,
    }
}

fn fill(queue: &Shared) -> Shared {
    queue.try_put(1).unwrap();
    queue.clone()
}

const PROPAGATES: bool = true;
const SUPPRESSES: bool = false;

pub(crate) const WAYS: &[Way] = &[
    way("try_get", PUTTERS, SUPPRESSES, |queue| {
        let queue = fill(queue);
        Box::new(move || assert_eq!(queue.try_get(), Ok(1)))
    }),
    way("get", PUTTERS, SUPPRESSES, |queue| {
        let queue = fill(queue);
        Box::new(move || assert_eq!(now(queue.get()), Ok(1)))
    }),
    way("get_many", PUTTERS, SUPPRESSES, |queue| {
        let queue = fill(queue);
        Box::new(move || assert_eq!(now(queue.get_many(&mut Vec::new(), 3)), 1))
    }),
    way("get_task", PUTTERS, SUPPRESSES, |queue| {
        let queue = fill(queue);
        Box::new(move || assert_eq!(*now(queue.get_task()).unwrap(), 1))
    }),
    way("drain", PUTTERS, SUPPRESSES, |queue| {
        let queue = fill(queue);
        Box::new(move || assert_eq!(queue.drain(), [1]))
    }),
    way("slot dropped", PUTTERS, PROPAGATES, |queue| {
        let slot = now(queue.reserve_owned()).unwrap();
        Box::new(move || drop(slot))
    }),
    way("granted put dropped", PUTTERS, PROPAGATES, |queue| {
        let queue = fill(queue);
        let put = parked(queue.put_owned(2));
        queue.try_get().unwrap();
        Box::new(move || drop(put))
    }),
    way("granted put cancelled", PUTTERS, SUPPRESSES, |queue| {
        let queue = fill(queue);
        let put = parked(queue.put_owned(2));
        queue.try_get().unwrap();
        Box::new(move || assert_eq!(put.into_inner().cancel(), Some(2)))
    }),
    way("granted reserve dropped", PUTTERS, PROPAGATES, |queue| {
        let queue = fill(queue);
        let reserve = parked(queue.reserve_owned());
        queue.try_get().unwrap();
        Box::new(move || drop(reserve))
    }),
    way("granted put_many dropped", PUTTERS, PROPAGATES, |queue| {
        let queue = fill(queue);
        let puts = parked(queue.put_many_owned([2, 3]));
        queue.try_get().unwrap();
        Box::new(move || drop(puts))
    }),
    way("into_rest", PUTTERS, SUPPRESSES, |queue| {
        let queue = fill(queue);
        let puts = parked(queue.put_many_owned([2, 3]));
        queue.try_get().unwrap();
        Box::new(move || assert_eq!(puts.into_inner().into_rest().count(), 2))
    }),
    way("close", PUTTERS, PROPAGATES, |queue| {
        let queue = fill(queue);
        Box::new(move || assert!(queue.close()))
    }),
    way("close_now", PUTTERS, SUPPRESSES, |queue| {
        let queue = fill(queue);
        Box::new(move || assert_eq!(queue.close_now(), [1]))
    }),
    way("try_put", GETTERS, PROPAGATES, |queue| {
        let queue = queue.clone();
        Box::new(move || queue.try_put(1).unwrap())
    }),
    way("put", GETTERS, PROPAGATES, |queue| {
        let queue = queue.clone();
        Box::new(move || now(queue.put(1)).unwrap())
    }),
    way("put_many", GETTERS, PROPAGATES, |queue| {
        let queue = queue.clone();
        Box::new(move || assert_eq!(now(queue.put_many([1])).unwrap(), 1))
    }),
    way("Slot::put", GETTERS, PROPAGATES, |queue| {
        let slot = now(queue.reserve_owned()).unwrap();
        Box::new(move || slot.put(1).unwrap())
    }),
    way("nack", GETTERS, PROPAGATES, |queue| {
        let task = now(fill(queue).get_task_owned()).unwrap();
        Box::new(move || task.nack().unwrap())
    }),
    way("granted get dropped", GETTERS, PROPAGATES, |queue| {
        let get = parked(queue.get_owned());
        queue.try_put(1).unwrap();
        Box::new(move || drop(get))
    }),
    way("granted get_task dropped", GETTERS, PROPAGATES, |queue| {
        let get = parked(queue.get_task_owned());
        queue.try_put(1).unwrap();
        Box::new(move || drop(get))
    }),
    way(
        "the last item of a closed queue",
        GETTERS,
        SUPPRESSES,
        |queue| {
            let mut get = parked(queue.get_owned());
            queue.try_put(1).unwrap();
            queue.close();
            Box::new(move || assert!(get.poll().is_ready()))
        },
    ),
    way(
        "the last slot of a closed queue",
        GETTERS,
        PROPAGATES,
        |queue| {
            let slot = now(queue.reserve_owned()).unwrap();
            queue.close();
            Box::new(move || drop(slot))
        },
    ),
    way("close", GETTERS, PROPAGATES, |queue| {
        let queue = queue.clone();
        Box::new(move || assert!(queue.close()))
    }),
    way("close_now", GETTERS, SUPPRESSES, |queue| {
        let queue = queue.clone();
        Box::new(move || assert_eq!(queue.close_now(), []))
    }),
    way("task_done", JOINERS, PROPAGATES, |queue| {
        let queue = fill(queue);
        Box::new(move || queue.task_done().unwrap())
    }),
    way("guard dropped", JOINERS, PROPAGATES, |queue| {
        let task = now(fill(queue).get_task_owned()).unwrap();
        Box::new(move || drop(task))
    }),
    way("into_inner", JOINERS, SUPPRESSES, |queue| {
        let task = now(fill(queue).get_task_owned()).unwrap();
        Box::new(move || assert_eq!(task.into_inner(), 1))
    }),
    way("nack refused", JOINERS, SUPPRESSES, |queue| {
        let task = now(fill(queue).get_task_owned()).unwrap();
        queue.close_now();
        Box::new(move || assert_eq!(task.nack(), Err(1)))
    }),
    way("close_now", JOINERS, SUPPRESSES, |queue| {
        let queue = fill(queue);
        Box::new(move || assert_eq!(queue.close_now(), [1]))
    }),
    way("close", CLOSERS, PROPAGATES, |queue| {
        let queue = queue.clone();
        Box::new(move || assert!(queue.close()))
    }),
    way("close_now", CLOSERS, SUPPRESSES, |queue| {
        let queue = queue.clone();
        Box::new(move || assert_eq!(queue.close_now(), []))
    }),
];

/// Runs a row for every way and everybody who waits for it.
pub(crate) fn for_each(row: impl Fn(Case) + Copy + Send + 'static) {
    for way in WAYS {
        for &(waiter, wait) in way.waits {
            let name = format!("{waiter} woken by {}", way.name);
            within(PATIENCE, &name.clone(), move || {
                let queue = Arc::new(Queue::bounded(1));
                let trigger = (way.arm)(&queue);
                row(Case {
                    name,
                    queue,
                    wait,
                    trigger,
                    propagates: way.propagates,
                });
            });
        }
    }
}

pub(crate) struct Case {
    pub(crate) name: String,
    pub(crate) queue: Shared,
    pub(crate) wait: fn(Shared) -> Wait,
    pub(crate) trigger: Trigger,
    pub(crate) propagates: bool,
}

impl Case {
    /// The one who waits; not polled yet.
    pub(crate) fn waiter(&self) -> Wait {
        (self.wait)(self.queue.clone())
    }

    /// Whether the queue still works, and nothing is promised to anybody.
    #[track_caller]
    pub(crate) fn assert_usable(&self) {
        let Self { name, queue, .. } = self;
        assert_eq!(queue.getters_waiting(), 0, "{name}");
        assert_eq!(queue.putters_waiting(), 0, "{name}");
        assert_settled(name, queue);
    }
}

/// Whether nothing is promised to anybody, and the queue still works.
#[track_caller]
pub(crate) fn assert_settled(name: &str, queue: &Shared) {
    let shown = format!("{queue:?}");
    for part in ["claims: 0", "granted: 0", "slots: 0"] {
        assert!(shown.contains(part), "{name}: {shown}");
    }
    queue.drain();
    if queue.is_closed() {
        assert!(queue.try_put(7).is_err_and(|error| error.is_closed()));
        assert!(now(queue.get()).is_err(), "{name}");
    } else {
        queue.try_put(7).unwrap();
        assert_eq!(now(queue.get()), Ok(7), "{name}");
    }
}

/// Uses everything that changes nothing.
pub(crate) fn touch(queue: &Queue<u32>) {
    let shown = format!("{queue:?}");
    assert!(!shown.contains("<locked>"), "{shown}");
    let waiting = queue.getters_waiting() + queue.putters_waiting();
    assert!(queue.len() + queue.unfinished() + waiting < 1000);
    let (mut join, mut closed) = (Box::pin(queue.join()), Box::pin(queue.closed()));
    let mut cx = std::task::Context::from_waker(Waker::noop());
    let _either = join.as_mut().poll(&mut cx);
    let _either = closed.as_mut().poll(&mut cx);
}
