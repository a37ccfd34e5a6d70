//! Several waiters of different kinds, and wakers that were cloned, displaced or leaked.

use std::sync::Arc;
use std::task::Poll;

use waystation_queue::Queue;
use waystation_testkit::{HostileWaker, PanicOn, panicking_waker, poll_once};

use crate::common::{filled, now, outcome_of, panic_of, parked, parked_with, woken};

/// A waker with a message of its own.
fn named(name: &'static str) -> std::task::Waker {
    waystation_testkit::HostileWaker::builder()
        .on_wake(move || panic!("{name}"))
        .build()
        .0
}

#[test]
fn the_first_panic_in_line_order_is_the_one_that_propagates() {
    let queue = Queue::bounded(1);
    queue.try_put(1).unwrap();
    let puts: Vec<_> = ["first", "second"]
        .map(|name| parked_with(queue.put(2), &named(name)))
        .into();
    assert_eq!(panic_of(|| queue.close()), "first");
    drop(puts);
    let gets = Queue::<u32>::bounded(1);
    let _parked: Vec<_> = ["first", "second"]
        .map(|name| parked_with(gets.get(), &named(name)))
        .into();
    assert_eq!(panic_of(|| gets.close()), "first");
}

#[test]
fn a_close_whose_wakers_panic_wakes_every_kind_of_waiter() {
    let queue = Queue::bounded(1);
    let slot = now(queue.reserve()).unwrap();
    let _put = parked_with(queue.put(2), &named("put"));
    let mut gets: Vec<_> = (0..3).map(|_| parked(queue.get())).collect();
    let mut other = parked(queue.put(3));
    let _closed = parked_with(queue.closed(), &named("closed"));
    let mut watch = parked(queue.closed());
    panic_of(|| queue.close());
    assert!(woken(&mut other).is_err());
    woken(&mut watch);
    assert!(gets.iter().all(|get| !get.woken()), "a slot is alive");
    drop(slot);
    assert!(gets.iter_mut().all(|get| woken(get).is_err()));
}

/// One call that makes room for twenty, some of whose wakers panic.
#[test]
fn a_release_to_many_wakes_all_others_whoever_panics() {
    const MANY: usize = 20;
    type Release = fn(&Queue<usize>);
    let releases: [(Release, bool); 4] = [
        (|queue| assert_eq!(queue.drain().len(), MANY), false),
        (
            |queue| assert_eq!(now(queue.get_many(&mut Vec::new(), 99)), MANY),
            false,
        ),
        (|queue| assert_eq!(queue.close_now().len(), MANY), false),
        (|queue| assert!(queue.close()), true),
    ];
    for (release, propagates) in releases {
        for panicking in [&[0, 1][..], &[7, 8], &[2, 16], &[19], &[0, 4, 7, 8, 12, 19]] {
            let queue: Queue<_> = filled(MANY, 0..MANY);
            let wakers: Vec<_> = (0..MANY)
                .map(|at| {
                    panicking_waker(PanicOn::Wake, if panicking.contains(&at) { 1 } else { 2 })
                })
                .collect();
            let mut puts: Vec<_> = (0..MANY / 2)
                .map(|at| parked_with(queue.put(at), &wakers[at].0))
                .collect();
            let mut reserves: Vec<_> = (MANY / 2..MANY)
                .map(|at| parked_with(queue.reserve(), &wakers[at].0))
                .collect();
            let expected = propagates.then(|| "hostile waker: Wake 1".to_owned());
            assert_eq!(outcome_of(|| release(&queue)).err(), expected);
            assert!(
                wakers.iter().all(|(_, probe)| probe.wakes() == 1),
                "{panicking:?}"
            );
            assert!(puts.iter_mut().all(|put| put.poll().is_ready()));
            assert!(reserves.iter_mut().all(|reserve| reserve.poll().is_ready()));
        }
    }
}

#[test]
fn a_clone_that_panics_on_a_re_poll_leaves_the_old_registration_in_place() {
    macro_rules! check {
        ($($make:expr, $fire:expr;)*) => { $({
            let queue = Queue::bounded(1);
            queue.try_put(1).unwrap();
            let empty = Queue::bounded(1);
            let mut into = Vec::new();
            let _ = &mut into;
            let mut waiter = parked($make(&queue, &empty, &mut into));
            let (waker, _) = panicking_waker(PanicOn::Clone, 1);
            assert_eq!(panic_of(|| waiter.poll_with(&waker)), "hostile waker: Clone 1");
            $fire(&queue, &empty);
            assert!(waiter.woken(), stringify!($make));
            assert!(waiter.poll().is_ready(), stringify!($make));
        })* };
    }
    type Q = Queue<u32>;
    type V = Vec<u32>;
    fn take(queue: &Q, _: &Q) {
        queue.try_get().unwrap();
    }
    fn give(_: &Q, empty: &Q) {
        empty.try_put(1).unwrap();
    }
    fn same<'a, F>(make: fn(&'a Q, &'a Q, &'a mut V) -> F) -> fn(&'a Q, &'a Q, &'a mut V) -> F {
        make
    }
    check! {
        same(|queue, _, _| queue.put(2)), take;
        same(|queue, _, _| queue.reserve()), take;
        same(|queue, _, _| queue.put_many([2])), take;
        same(|_, empty, _| empty.get()), give;
        same(|_, empty, into| empty.get_many(into, 2)), give;
        same(|_, empty, _| empty.get_task()), give;
        same(|queue, _, _| queue.join()), |queue: &Q, _: &Q| queue.task_done().unwrap();
        same(|queue, _, _| queue.closed()), |queue: &Q, _: &Q| { queue.close(); };
    }
}

/// The waker that was cloned and then not needed is dropped by a call that returns an item.
#[test]
fn an_unneeded_waker_whose_drop_panics_costs_no_item() {
    let queue = Arc::new(Queue::bounded(1));
    let inner = queue.clone();
    let (waker, _) = HostileWaker::builder()
        .on_clone(move || inner.try_put(7).unwrap())
        .on_drop(|| panic!("unneeded"))
        .build();
    let waker = std::mem::ManuallyDrop::new(waker);
    let mut get = queue.get();
    assert_eq!(poll_once(&mut get, &waker), Poll::Ready(Ok(7)));

    let inner = queue.clone();
    queue.try_put(1).unwrap();
    let (waker, _) = HostileWaker::builder()
        .on_clone(move || assert!(inner.close()))
        .on_drop(|| panic!("unneeded"))
        .build();
    let waker = std::mem::ManuallyDrop::new(waker);
    let mut put = queue.put(8);
    let outcome = poll_once(&mut put, &waker);
    assert!(matches!(outcome, Poll::Ready(Err(error)) if error.0 == 8));
}

#[test]
fn an_unneeded_waker_whose_drop_panics_gives_the_slot_back() {
    let queue = Arc::new(Queue::bounded(1));
    queue.try_put(1).unwrap();
    let inner = queue.clone();
    let (waker, _) = HostileWaker::builder()
        .on_clone(move || assert_eq!(inner.try_get(), Ok(1)))
        .on_drop(|| panic!("unneeded"))
        .build();
    let waker = std::mem::ManuallyDrop::new(waker);
    let mut reserve = queue.reserve();
    assert_eq!(panic_of(|| poll_once(&mut reserve, &waker)), "unneeded");
    assert!(!queue.is_full());
}

#[test]
fn leaked_wakers_are_all_dropped_with_the_queue() {
    let queue = Queue::bounded(1);
    queue.try_put(1).unwrap();
    let empty = Queue::<u32>::bounded(1);
    let (first, a) = panicking_waker(PanicOn::Drop, 1);
    let (second, b) = panicking_waker(PanicOn::Drop, 1);
    for waker in [&first, &second] {
        let _leaked = std::mem::ManuallyDrop::new(parked_with(queue.put(2), waker));
        let _leaked = std::mem::ManuallyDrop::new(parked_with(queue.join(), waker));
        let _leaked = std::mem::ManuallyDrop::new(parked_with(queue.closed(), waker));
        let _leaked = std::mem::ManuallyDrop::new(parked_with(empty.get(), waker));
    }
    assert_eq!((a.live(), b.live()), (5, 5));
    assert!(panic_of(|| drop(queue)).starts_with("hostile waker: Drop"));
    drop(empty);
    assert_eq!((a.live(), b.live()), (1, 1));
}
