//! Ringing: everybody, in order, whoever panics.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::task::{Wake, Waker};

use waystation_core::wait::{Batch, Line, drop_quietly};

type Log = Arc<Mutex<Vec<String>>>;

/// Writes down that it was woken and that it was dropped, and panics then if it is told to.
struct Scribe {
    log: Log,
    name: usize,
    panics: bool,
}

impl Wake for Scribe {
    fn wake(self: Arc<Self>) {
        self.log.lock().unwrap().push(format!("wake {}", self.name));
        assert!(!self.panics, "scribe {}", self.name);
    }
}

struct DropPanics;

impl Wake for DropPanics {
    fn wake(self: Arc<Self>) {}
}

impl Drop for DropPanics {
    fn drop(&mut self) {
        panic!("dropped");
    }
}

fn batch(log: &Log, panicking: &[usize]) -> Batch {
    let mut batch = Batch::new();
    for name in 0..Batch::CAPACITY {
        let scribe = Scribe {
            log: log.clone(),
            name,
            panics: panicking.contains(&name),
        };
        batch.push(Waker::from(Arc::new(scribe)));
    }
    assert!(batch.is_full());
    batch
}

fn all() -> Vec<String> {
    (0..Batch::CAPACITY)
        .map(|name| format!("wake {name}"))
        .collect()
}

fn message(outcome: std::thread::Result<()>) -> String {
    *outcome.unwrap_err().downcast::<String>().unwrap()
}

#[test]
fn wakers_are_rung_in_order() {
    let log = Log::default();
    batch(&log, &[]).finish();
    assert_eq!(*log.lock().unwrap(), all());
}

#[test]
fn all_are_rung_and_the_first_panic_goes_on() {
    for panicking in [vec![0], vec![2], vec![Batch::CAPACITY - 1], vec![1, 3, 5]] {
        let log = Log::default();
        let mut batch = batch(&log, &panicking);
        let outcome = catch_unwind(AssertUnwindSafe(|| batch.finish()));
        assert_eq!(message(outcome), format!("scribe {}", panicking[0]));
        assert_eq!(*log.lock().unwrap(), all());
    }
}

#[test]
fn a_quiet_end_swallows_the_panic() {
    let log = Log::default();
    batch(&log, &[1]).finish_quietly();
    assert_eq!(*log.lock().unwrap(), all());
}

#[test]
fn a_batch_can_be_filled_again_after_ringing() {
    let log = Log::default();
    let mut batch = batch(&log, &[0]);
    batch.ring();
    assert_eq!(batch.room(), Batch::CAPACITY);
    batch.push(Waker::from(Arc::new(Scribe {
        log: log.clone(),
        name: 99,
        panics: true,
    })));
    let outcome = catch_unwind(AssertUnwindSafe(|| batch.finish()));
    assert_eq!(message(outcome), "scribe 0");
    assert_eq!(log.lock().unwrap().last().unwrap(), "wake 99");
}

#[test]
fn a_batch_that_is_only_dropped_still_rings_everybody() {
    let log = Log::default();
    let batch = batch(&log, &[0]);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let _rung_in_the_unwinding = batch;
        panic!("outer");
    }));
    assert!(outcome.is_err());
    assert_eq!(*log.lock().unwrap(), all());
}

#[test]
fn finishing_while_unwinding_does_not_abort() {
    struct FinishOnDrop(Option<Batch>);
    impl Drop for FinishOnDrop {
        fn drop(&mut self) {
            self.0.take().unwrap().finish();
        }
    }
    let log = Log::default();
    let batch = batch(&log, &[0, 1]);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let _finished = FinishOnDrop(Some(batch));
        panic!("outer");
    }));
    assert_eq!(*outcome.unwrap_err().downcast::<&str>().unwrap(), "outer");
    assert_eq!(*log.lock().unwrap(), all());
}

#[test]
fn displaced_wakers_are_dropped_after_the_others_were_rung() {
    let log = Log::default();
    let mut batch = batch(&log, &[]);
    batch.displace(Some(Waker::from(Arc::new(DropPanics))));
    let outcome = catch_unwind(AssertUnwindSafe(|| batch.finish()));
    assert!(outcome.is_err());
    assert_eq!(*log.lock().unwrap(), all());
}

#[test]
fn a_cohort_is_rung_whole_whoever_panics() {
    let log = Log::default();
    let mut line = Line::new();
    for name in 0..100 {
        let scribe = Scribe {
            log: log.clone(),
            name,
            panics: name % 10 == 3,
        };
        line.join(Waker::from(Arc::new(scribe)), ());
    }
    let mut batch = Batch::new();
    let mut cohort = line.take();
    batch.ring_cohort(&mut cohort);
    let outcome = catch_unwind(AssertUnwindSafe(|| batch.finish()));
    assert_eq!(message(outcome), "scribe 3");
    assert_eq!(log.lock().unwrap().len(), 100);
}

#[test]
fn a_waker_is_dropped_quietly() {
    drop_quietly(Some(Waker::from(Arc::new(DropPanics))));
    drop_quietly(None);
}

#[test]
#[should_panic(expected = "displaces two wakers at most")]
fn a_third_displaced_waker_is_a_bug() {
    let mut batch = Batch::new();
    for _ in 0..3 {
        batch.displace(Some(Waker::noop().clone()));
    }
}

#[test]
fn a_batch_says_how_many_more_fit() {
    let mut batch = Batch::new();
    for collected in 0..Batch::CAPACITY {
        assert_eq!(batch.room(), Batch::CAPACITY - collected);
        assert!(!batch.is_full());
        batch.push(Waker::noop().clone());
    }
    assert_eq!((batch.room(), batch.is_full()), (0, true));
    batch.ring();
    assert_eq!((batch.room(), batch.is_full()), (Batch::CAPACITY, false));
    batch.finish();
}

#[test]
fn a_batch_has_room_for_its_wakers_and_for_no_more() {
    // Those to ring, two that are displaced, and beside them: whether there is an array, how many
    // there are, and a caught panic.
    let wakers = (Batch::CAPACITY + 2) * size_of::<Option<Waker>>();
    assert!(size_of::<Batch>() <= wakers + 4 * size_of::<usize>());
}

#[test]
fn a_batch_that_is_dropped_rings() {
    let log = Log::default();
    let mut batch = Batch::new();
    batch.push(Waker::from(Arc::new(Scribe {
        log: log.clone(),
        name: 7,
        panics: false,
    })));
    drop(batch);
    assert_eq!(*log.lock().unwrap(), ["wake 7"]);
}
