//! Waiting for something that concerns everybody at once.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::thread;
use std::time::Duration;

use waystation_core::block::Blocking;
use waystation_core::sync::Lock;
use waystation_core::wait::{Batch, Line, Place, Watch, Watched};
use waystation_testkit::{Driver, PanicOn, assert_pending, assert_ready, panicking_waker};

/// The condition: the door is open.
struct Open;

struct Door(Lock<State>);

#[derive(Default)]
struct State {
    is_open: bool,
    line: Line<()>,
}

impl Default for Door {
    fn default() -> Self {
        Self(Lock::new(State::default()))
    }
}

impl Watched<Open> for Door {
    const NAME: &'static str = "Opened";

    fn poll_watch(&self, place: &mut Place, cx: &Context<'_>) -> Poll<()> {
        let holds = |state: &mut State| state.is_open;
        place.watch(Self::NAME, cx, &self.0, holds, |state| &mut state.line)
    }

    fn end_watch(&self, place: &mut Place) {
        place.unwatch(&self.0, |state| &mut state.line);
    }
}

impl Door {
    fn opened(&self) -> Watch<&Self, Open> {
        Watch::new(self)
    }

    fn waiters(&self) -> usize {
        self.0.lock().line.len()
    }

    fn open(&self) {
        let (mut batch, mut state) = (Batch::new(), self.0.lock());
        state.is_open = true;
        batch.push_all(&mut state.line);
        drop(state);
        batch.finish().resume();
    }

    fn shut(&self) {
        self.0.lock().is_open = false;
    }
}

#[test]
fn a_condition_that_holds_needs_no_waiting() {
    let door = Door::default();
    door.open();
    assert_ready(Driver::new(door.opened()).poll());
    assert_eq!(door.waiters(), 0);
}

#[test]
fn all_who_watch_are_released_even_if_the_condition_does_not_hold_any_more() {
    for watchers in [1, 2, 8, 9, 100] {
        let door = Door::default();
        let mut all: Vec<_> = (0..watchers).map(|_| Driver::new(door.opened())).collect();
        all.iter_mut()
            .for_each(|watch| assert_pending(watch.poll()));
        assert_eq!(door.waiters(), watchers);
        door.open();
        door.shut();
        for mut watch in all {
            assert_eq!(watch.wakes(), 1);
            assert_ready(watch.poll());
        }
        assert_pending(Driver::new(door.opened()).poll());
    }
}

#[test]
fn a_watcher_that_waits_does_not_trust_the_condition_alone() {
    // Its release is what counts: it comes in the same section.
    let door = Door::default();
    let mut watch = Driver::new(door.opened());
    assert_pending(watch.poll());
    door.0.lock().is_open = true;
    assert_pending(watch.poll());
}

#[test]
fn the_latest_waker_is_woken() {
    let door = Door::default();
    let mut watch = Driver::new(door.opened());
    assert_pending(watch.poll());
    let old = watch.change_waker();
    assert_pending(watch.poll());
    door.open();
    assert_eq!((old.wakes(), watch.probe().wakes(), old.live()), (0, 1, 0));
}

#[test]
fn one_that_leaves_is_not_woken() {
    let door = Door::default();
    let (mut gone, mut stays) = (Driver::new(door.opened()), Driver::new(door.opened()));
    assert_pending(gone.poll());
    assert_pending(stays.poll());
    let probe = gone.probe().clone();
    drop(gone);
    drop(door.opened());
    assert_eq!((door.waiters(), probe.live()), (1, 0));
    door.open();
    assert_eq!((probe.wakes(), stays.wakes()), (0, 1));
}

#[test]
fn a_waker_whose_drop_panics_says_so_when_the_watcher_is_dropped() {
    let door = Door::default();
    let (waker, _probe) = panicking_waker(PanicOn::Drop, 1);
    let mut watch = door.opened();
    let poll = Pin::new(&mut watch).poll(&mut Context::from_waker(&waker));
    assert!(poll.is_pending());
    let dropped = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| drop(watch)));
    assert!(dropped.is_err());
    assert_eq!(door.waiters(), 0);
}

#[test]
#[should_panic(expected = "`Opened` polled again after it returned `Ready`")]
fn polled_after_ready_it_panics_with_its_name() {
    let door = Door::default();
    door.open();
    let mut watch = Driver::new(door.opened());
    assert_ready(watch.poll());
    assert_ready(watch.poll());
}

#[test]
fn a_thread_can_watch_too() {
    let door = Arc::new(Door::default());
    let mut watch: Watch<Arc<Door>, Open> = Watch::new(door.clone());
    assert!(watch.block_timeout(Duration::from_millis(1)).is_none());
    assert_eq!(door.waiters(), 1, "it still stands there");
    let opens = thread::spawn(move || door.open());
    watch.block();
    opens.join().unwrap();
}

#[test]
fn debug_shows_its_name_and_its_place() {
    let door = Door::default();
    let watch = door.opened();
    assert_eq!(format!("{watch:?}"), "Opened { place: New, .. }");
}

#[cfg(feature = "futures-core")]
#[test]
fn it_is_terminated_once_it_was_ready() {
    use futures_core::FusedFuture;
    let door = Door::default();
    let mut watch = Driver::new(door.opened());
    assert_pending(watch.poll());
    assert!(!watch.get().is_terminated());
    door.open();
    assert!(!watch.get().is_terminated());
    assert_ready(watch.poll());
    assert!(watch.get().is_terminated());
}
