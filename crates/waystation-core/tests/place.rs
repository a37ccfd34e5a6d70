//! One future's place in a line: every branch of the one loop that every wait is.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::cell::Cell;
use std::panic::{AssertUnwindSafe, catch_unwind, set_hook, take_hook};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll, Waker};

use waystation_core::Panicked;
use waystation_core::sync::Lock;
use waystation_core::wait::{Batch, Left, Line, Place, Seen, Ticket};
use waystation_testkit::{HostileWaker, PanicOn, Probe, panicking_waker};

/// So many are free; each waiter asks for one.
#[derive(Default)]
struct State {
    free: usize,
    line: Line<&'static str>,
}

fn line(state: &mut State) -> &mut Line<&'static str> {
    &mut state.line
}

/// Takes what is free, whoever asks; what was seen goes to `seen`.
fn take(seen: &Cell<Option<Seen>>) -> impl FnMut(&mut State, Seen, &mut Batch) -> Option<usize> {
    |state, caller, batch| {
        seen.set(Some(caller));
        state.free = state.free.checked_sub(1)?;
        if let Seen::Waiting(ticket) = caller {
            batch.displace(state.line.leave(ticket));
        }
        Some(state.free)
    }
}

/// Polls and finishes the batch.
fn poll(place: &mut Place, lock: &Lock<State>, waker: &Waker) -> (Poll<usize>, Seen) {
    let (mut batch, seen) = (Batch::new(), Cell::new(None));
    let cx = Context::from_waker(waker);
    let outcome = place.poll("Take", &cx, (lock, &mut batch), "one", line, take(&seen));
    batch.finish().resume();
    (outcome, seen.get().unwrap())
}

fn ticket(place: Place) -> Ticket {
    match place {
        Place::In(ticket) => ticket,
        _ => panic!("{place:?} has no ticket"),
    }
}

/// A place that waits with the probe's waker.
fn waiting(lock: &Lock<State>, probe: &Probe) -> Place {
    let mut place = Place::New;
    assert!(poll(&mut place, lock, &probe.waker()).0.is_pending());
    place
}

fn lock(free: usize) -> Lock<State> {
    Lock::new(State {
        free,
        ..State::default()
    })
}

fn message<R>(panics: impl FnOnce() -> R) -> String {
    let payload = catch_unwind(AssertUnwindSafe(panics)).err().unwrap();
    Panicked::new(payload).message().unwrap().to_owned()
}

#[test]
fn a_newcomer_that_is_served_at_once_takes_no_place() {
    let (lock, probe) = (lock(3), Probe::new());
    let mut place = Place::default();
    let outcome = poll(&mut place, &lock, &probe.waker());
    assert_eq!(outcome, (Poll::Ready(2), Seen::New));
    assert!(place.is_done());
    assert_eq!((lock.lock().line.len(), probe.live()), (0, 0));
}

#[test]
fn a_newcomer_that_is_not_served_stands_at_the_end() {
    let (lock, probe) = (lock(0), Probe::new());
    let first = waiting(&lock, &probe);
    let second = waiting(&lock, &probe);
    assert!(!first.is_done() && ticket(first) < ticket(second));
    let state = lock.lock();
    assert!(state.line.is_front(ticket(first)));
    assert_eq!((state.line.len(), state.line.front()), (2, Some(&"one")));
}

#[test]
fn polled_again_with_the_same_waker_nothing_is_cloned() {
    let (lock, probe) = (lock(0), Probe::new());
    let mut place = waiting(&lock, &probe);
    for _ in 0..3 {
        let before = place;
        let (outcome, seen) = poll(&mut place, &lock, &probe.waker());
        assert!(outcome.is_pending() && place == before);
        assert_eq!(seen, Seen::Waiting(ticket(place)));
    }
    assert_eq!((probe.clones(), probe.live()), (1, 1));
}

#[test]
fn the_waker_of_the_latest_poll_counts() {
    let (lock, old, new) = (lock(0), Probe::new(), Probe::new());
    let mut place = waiting(&lock, &old);
    let mut batch = Batch::new();
    let waker = new.waker();
    let cx = Context::from_waker(&waker);
    let nothing = |_: &mut State, _, _: &mut Batch| None::<usize>;
    let outcome = place.poll("Take", &cx, (&lock, &mut batch), "one", line, nothing);
    assert!(outcome.is_pending());
    assert_eq!(old.live(), 1, "the displaced one is in the batch");
    batch.finish().resume();
    assert_eq!((old.live(), new.clones()), (0, 1));
    lock.lock().line.pop().unwrap().1.wake();
    assert_eq!((old.wakes(), new.wakes()), (0, 1));
}

#[test]
fn served_while_it_waits_it_is_done() {
    let (lock, probe) = (lock(0), Probe::new());
    let mut place = waiting(&lock, &probe);
    lock.lock().free = 1;
    let before = ticket(place);
    // With another waker, too: the new one is not needed then, and not cloned.
    let other = Probe::new();
    let outcome = poll(&mut place, &lock, &other.waker());
    assert_eq!(outcome, (Poll::Ready(0), Seen::Waiting(before)));
    assert!(place.is_done() && lock.lock().line.is_empty());
    assert_eq!((other.clones(), probe.live()), (0, 0));
}

#[test]
fn a_released_one_learns_so() {
    let (lock, probe) = (lock(0), Probe::new());
    let mut place = waiting(&lock, &probe);
    let released = lock.lock().line.pop().unwrap();
    lock.lock().free = 5;
    let outcome = poll(&mut place, &lock, &probe.waker());
    assert_eq!(outcome, (Poll::Ready(4), Seen::Released(released.0)));
    assert!(place.is_done());
}

#[test]
fn a_released_one_that_gets_nothing_is_a_newcomer_again() {
    let (lock, probe) = (lock(0), Probe::new());
    let mut place = waiting(&lock, &probe);
    let other = waiting(&lock, &probe);
    let before = ticket(place);
    drop(lock.lock().line.pop().unwrap());
    let (mut batch, mut seen) = (Batch::new(), Vec::new());
    let waker = probe.waker();
    let cx = Context::from_waker(&waker);
    let look = |_: &mut State, caller, _: &mut Batch| -> Option<()> {
        seen.push(caller);
        None
    };
    let outcome = place.poll("Take", &cx, (&lock, &mut batch), "one", line, look);
    assert!(outcome.is_pending());
    // It is not seen as released twice: the waker is cloned in between, and all looked at again.
    assert_eq!(seen, [Seen::Released(before), Seen::New]);
    assert!(ticket(place) > ticket(other));
    assert!(lock.lock().line.waker(ticket(place)).is_some());
    assert_eq!(lock.lock().line.len(), 2);
}

#[test]
fn wakers_that_a_look_collects_are_woken_by_the_finish() {
    let (lock, probe) = (lock(0), Probe::new());
    let _other = waiting(&lock, &probe);
    let (mut place, mut batch) = (Place::New, Batch::new());
    let cx = Context::from_waker(Waker::noop());
    let pass_on = |state: &mut State, _, batch: &mut Batch| {
        batch.push_all(&mut state.line);
        Some(())
    };
    let outcome = place.poll("Take", &cx, (&lock, &mut batch), "one", line, pass_on);
    assert!(outcome.is_ready());
    assert_eq!(probe.wakes(), 0);
    batch.finish().resume();
    assert_eq!(probe.wakes(), 1);
}

#[test]
fn a_waker_that_was_not_needed_is_dropped_after_the_others_were_woken() {
    let (lock, probe) = (lock(0), Probe::new());
    let _other = waiting(&lock, &probe);
    let wakes_seen = Arc::new(Mutex::new(Vec::new()));
    let (seen, other) = (wakes_seen.clone(), probe.clone());
    let builder = HostileWaker::builder();
    let (waker, _) = builder
        .on_drop(move || seen.lock().unwrap().push(other.wakes()))
        .build();
    let (mut place, mut batch) = (Place::New, Batch::new());
    let pass_on = |state: &mut State, _, batch: &mut Batch| {
        batch.push_all(&mut state.line);
        Some(())
    };
    let cx = Context::from_waker(&waker);
    let outcome = place.poll("Take", &cx, (&lock, &mut batch), "one", line, pass_on);
    assert!(outcome.is_ready());
    assert_eq!(*wakes_seen.lock().unwrap(), []);
    batch.finish().resume();
    assert_eq!(*wakes_seen.lock().unwrap(), [1]);
}

#[test]
fn polled_after_ready_it_panics_with_its_name_and_not_under_the_lock() {
    static LOCK: Lock<State> = Lock::new(State {
        free: 1,
        line: Line::new(),
    });
    thread_local! {
        static WATCHED: Cell<bool> = const { Cell::new(false) };
    }
    let mut place = Place::New;
    assert!(poll(&mut place, &LOCK, Waker::noop()).0.is_ready());
    // The hook runs where the panic begins. Those of other tests are none of its business.
    static FREE: AtomicUsize = AtomicUsize::new(0);
    let before = take_hook();
    set_hook(Box::new(move |info| {
        if WATCHED.get() {
            FREE.fetch_add(usize::from(LOCK.try_lock().is_some()), Ordering::Relaxed);
        } else {
            before(info);
        }
    }));
    WATCHED.set(true);
    for _ in 0..2 {
        let message = message(|| poll(&mut place, &LOCK, Waker::noop()));
        assert_eq!(message, "`Take` polled again after it returned `Ready`");
        assert!(place.is_done());
    }
    WATCHED.set(false);
    assert_eq!(FREE.load(Ordering::Relaxed), 2);
}

#[test]
fn a_clone_that_panics_at_the_first_poll_changes_nothing() {
    let lock = lock(0);
    let (waker, probe) = panicking_waker(PanicOn::Clone, 1);
    let mut place = Place::New;
    message(|| poll(&mut place, &lock, &waker));
    assert_eq!(place, Place::New);
    assert!(lock.lock().line.is_empty());
    assert!(poll(&mut place, &lock, &waker).0.is_pending());
    assert_eq!((lock.lock().line.len(), probe.live()), (1, 2));
}

#[test]
fn a_clone_that_panics_at_a_later_poll_leaves_the_old_waker_in_line() {
    let (lock, old) = (lock(0), Probe::new());
    let mut place = waiting(&lock, &old);
    let before = place;
    let (waker, probe) = panicking_waker(PanicOn::Clone, 1);
    message(|| poll(&mut place, &lock, &waker));
    assert_eq!(place, before);
    assert!(
        lock.lock()
            .line
            .waker(ticket(place))
            .unwrap()
            .will_wake(&old.waker())
    );
    assert!(poll(&mut place, &lock, &waker).0.is_pending());
    assert_eq!(old.live(), 0);
    lock.lock().line.pop().unwrap().1.wake();
    assert_eq!(probe.wakes(), 1);
}

#[test]
fn a_clone_that_panics_after_a_release_for_nothing_leaves_a_newcomer() {
    let (lock, old) = (lock(0), Probe::new());
    let mut place = waiting(&lock, &old);
    drop(lock.lock().line.pop().unwrap());
    let (waker, _probe) = panicking_waker(PanicOn::Clone, 1);
    message(|| poll(&mut place, &lock, &waker));
    assert_eq!((place, lock.lock().line.len()), (Place::New, 0));
    lock.lock().free = 1;
    let outcome = poll(&mut place, &lock, &waker);
    assert_eq!(outcome, (Poll::Ready(0), Seen::New));
}

#[test]
fn wakers_are_cloned_and_dropped_outside_the_lock() {
    let lock = Arc::new(lock(0));
    let (clones, drops) = (Arc::new(AtomicUsize::new(0)), Arc::new(AtomicUsize::new(0)));
    let hostile = || {
        let check = |counter: &Arc<AtomicUsize>| {
            let (lock, counter) = (lock.clone(), counter.clone());
            move || {
                counter.fetch_add(1, Ordering::Relaxed);
                assert!(lock.try_lock().is_some(), "foreign code under the lock");
            }
        };
        let builder = HostileWaker::builder();
        builder
            .on_clone(check(&clones))
            .on_drop(check(&drops))
            .build()
            .0
    };
    let mut place = Place::New;
    // A newcomer, a change of the waker, a release in vain, a leave.
    assert!(poll(&mut place, &lock, &hostile()).0.is_pending());
    assert!(poll(&mut place, &lock, &hostile()).0.is_pending());
    let released = lock.lock().line.pop().unwrap();
    released.1.wake();
    assert!(poll(&mut place, &lock, &hostile()).0.is_pending());
    let mut batch = Batch::new();
    place.leave((&lock, &mut batch), line, |_, _, _, _| ());
    batch.finish().resume();
    // One that is served at once does not need its clone.
    lock.lock().free = 1;
    assert!(poll(&mut Place::New, &lock, &hostile()).0.is_ready());
    assert_eq!(
        (
            clones.load(Ordering::Relaxed),
            drops.load(Ordering::Relaxed)
        ),
        (4, 7)
    );
}

#[test]
fn a_look_that_panics_leaves_the_lock_free_and_the_place_as_it_was() {
    let (lock, probe) = (lock(0), Probe::new());
    let bad = |_: &mut State, _, _: &mut Batch| -> Option<usize> { panic!("bad order") };
    let poll_badly = |place: &mut Place, waker: &Waker| {
        let mut batch = Batch::new();
        let cx = Context::from_waker(waker);
        message(|| place.poll("Take", &cx, (&lock, &mut batch), "one", line, bad))
    };
    let mut place = Place::New;
    assert_eq!(poll_badly(&mut place, &probe.waker()), "bad order");
    assert_eq!((place, probe.live()), (Place::New, 0));
    let mut place = waiting(&lock, &probe);
    let before = place;
    assert_eq!(poll_badly(&mut place, &probe.waker()), "bad order");
    assert_eq!((place, probe.live()), (before, 1));
    // A spare waker whose drop panics does not abort the unwinding.
    let (waker, hostile) = panicking_waker(PanicOn::Drop, 1);
    assert_eq!(poll_badly(&mut Place::New, &waker), "bad order");
    hostile.disarm();
    assert!(lock.try_lock().is_some());
}

/// Leaves, and says what was found: whose ticket, and how it stood there.
fn leave(place: &mut Place, lock: &Lock<State>) -> Option<(Ticket, Left)> {
    let (mut batch, mut found) = (Batch::new(), None);
    place.leave((lock, &mut batch), line, |state, ticket, left, batch| {
        found = Some((ticket, left));
        // What it was granted goes to the next one.
        if left == Left::Released {
            batch.push_all(&mut state.line);
        }
    });
    batch.finish().resume();
    assert!(place.is_done());
    found
}

#[test]
fn one_that_leaves_the_line_says_whether_it_was_the_first() {
    let (lock, probe) = (lock(0), Probe::new());
    let mut places = [(); 3].map(|()| waiting(&lock, &probe));
    let tickets = places.map(ticket);
    for (index, first) in [(1, false), (0, true), (2, true)] {
        let left = Left::Waiting { first };
        assert_eq!(
            leave(&mut places[index], &lock),
            Some((tickets[index], left))
        );
        assert_eq!(leave(&mut places[index], &lock), None, "it has left");
    }
    assert_eq!(
        (lock.lock().line.len(), probe.live(), probe.wakes()),
        (0, 0, 0)
    );
}

#[test]
fn a_released_one_that_leaves_passes_on() {
    let (lock, probe) = (lock(0), Probe::new());
    let mut place = waiting(&lock, &Probe::new());
    let _next = waiting(&lock, &probe);
    let (released, waker, _) = lock.lock().line.pop().unwrap();
    waker.wake();
    assert_eq!(leave(&mut place, &lock), Some((released, Left::Released)));
    assert_eq!(probe.wakes(), 1);
}

#[test]
fn one_that_never_stood_in_line_leaves_nothing() {
    let lock = lock(1);
    assert_eq!(leave(&mut Place::New, &lock), None);
    let mut done = Place::New;
    assert!(poll(&mut done, &lock, Waker::noop()).0.is_ready());
    assert_eq!(leave(&mut done, &lock), None);
}
