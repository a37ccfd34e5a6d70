//! Waking: everybody, in order, whatever panics.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::{Arc, Mutex};
use std::task::{Wake, Waker};

use waystation_core::wait::{Batch, Line};

type Log = Arc<Mutex<Vec<String>>>;

/// Writes down that it was woken, or dropped, and panics then if it is told to.
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

fn scribe(log: &Log, name: usize, panics: bool) -> Waker {
    let log = log.clone();
    Waker::from(Arc::new(Scribe { log, name, panics }))
}

/// Writes down that it was dropped, and panics then if it is told to.
struct Displaced(Log, bool);

impl Wake for Displaced {
    fn wake(self: Arc<Self>) {
        panic!("nobody wakes what is displaced");
    }
}

impl Drop for Displaced {
    fn drop(&mut self) {
        self.0.lock().unwrap().push("drop".to_owned());
        assert!(!self.1, "displaced");
    }
}

fn displaced(log: &Log, panics: bool) -> Option<Waker> {
    Some(Waker::from(Arc::new(Displaced(log.clone(), panics))))
}

fn line(log: &Log, names: std::ops::Range<usize>, panicking: &[usize]) -> Line<()> {
    let mut line = Line::new();
    for name in names {
        line.join(scribe(log, name, panicking.contains(&name)), ());
    }
    line
}

/// A batch of so many, collected one by one.
fn batch(log: &Log, n: usize, panicking: &[usize]) -> Batch {
    let mut batch = Batch::new();
    for name in 0..n {
        batch.push(scribe(log, name, panicking.contains(&name)));
    }
    batch
}

fn wakes(n: usize) -> Vec<String> {
    (0..n).map(|name| format!("wake {name}")).collect()
}

fn taken(log: &Log) -> Vec<String> {
    std::mem::take(&mut log.lock().unwrap())
}

/// Finishes, and returns the message of the panic that propagates.
fn panic_of(mut batch: Batch) -> Option<String> {
    let outcome = catch_unwind(AssertUnwindSafe(|| batch.finish().resume()));
    assert!(batch.is_empty());
    outcome
        .err()
        .map(|payload| *payload.downcast::<String>().unwrap())
}

/// Few, the last that fits in place, the first that does not, and many.
const SIZES: [usize; 7] = [0, 1, 2, 8, 9, 10, 100];

#[test]
fn wakers_are_woken_in_order_however_many_they_are() {
    for n in SIZES {
        let log = Log::default();
        let mut batch = batch(&log, n, &[]);
        assert_eq!(batch.is_empty(), n == 0);
        assert_eq!(taken(&log), [""; 0], "not before the finish");
        batch.finish().resume();
        assert!(batch.is_empty());
        assert_eq!(taken(&log), wakes(n));
    }
}

#[test]
fn all_are_woken_and_the_first_panic_propagates() {
    for panicking in [vec![0], vec![2], vec![7], vec![8], vec![19], vec![1, 3, 12]] {
        let log = Log::default();
        let batch = batch(&log, 20, &panicking);
        assert_eq!(panic_of(batch), Some(format!("scribe {}", panicking[0])));
        assert_eq!(taken(&log), wakes(20));
    }
}

#[test]
fn a_suppressed_panic_does_not_propagate() {
    let log = Log::default();
    batch(&log, 10, &[1, 9]).finish().suppress();
    assert_eq!(taken(&log), wakes(10));
}

#[test]
fn a_line_is_taken_whole_and_woken_in_order() {
    for n in SIZES {
        let (log, mut batch) = (Log::default(), Batch::new());
        let mut line = line(&log, 0..n, &[]);
        batch.push_all(&mut line);
        assert!(line.is_empty());
        assert_eq!(batch.is_empty(), n == 0);
        assert_eq!(taken(&log), [""; 0]);
        batch.finish().resume();
        assert_eq!(taken(&log), wakes(n));
        line.join(scribe(&log, 7, false), ());
        assert_eq!(line.len(), 1, "it goes on as a line");
    }
}

#[test]
fn a_long_line_is_woken_whole_whatever_panics() {
    let log = Log::default();
    let mut batch = Batch::new();
    batch.push_all(&mut line(&log, 0..100, &[3, 13, 99]));
    assert_eq!(panic_of(batch), Some("scribe 3".to_owned()));
    assert_eq!(taken(&log), wakes(100));
}

#[test]
fn those_who_have_left_a_long_line_are_not_woken() {
    let log = Log::default();
    let mut line = Line::new();
    let tickets: Vec<_> = (0..100)
        .map(|name| line.join(scribe(&log, name, false), ()))
        .collect();
    for &ticket in tickets.iter().skip(1).step_by(2) {
        drop(line.leave(ticket).unwrap());
    }
    let mut batch = Batch::new();
    batch.push_all(&mut line);
    batch.finish().resume();
    let even: Vec<_> = wakes(100).into_iter().step_by(2).collect();
    assert_eq!(taken(&log), even);
}

#[test]
fn several_lines_and_single_ones_fit_into_one_batch() {
    let log = Log::default();
    let mut batch = Batch::new();
    batch.push_all(&mut line(&log, 0..3, &[]));
    batch.push(scribe(&log, 3, true));
    batch.push_all(&mut line(&log, 4..30, &[20]));
    batch.push_all(&mut line(&log, 30..60, &[]));
    assert_eq!(panic_of(batch), Some("scribe 3".to_owned()));
    assert_eq!(taken(&log), wakes(60));
}

#[test]
fn a_batch_can_be_used_again_after_its_finish() {
    let log = Log::default();
    let mut batch = batch(&log, 10, &[]);
    batch.finish().resume();
    batch.push(scribe(&log, 10, false));
    batch.finish().resume();
    assert_eq!(taken(&log), wakes(11));
}

#[test]
fn displaced_wakers_are_dropped_after_the_others_were_woken() {
    for n in [0, 1, 5, 20] {
        let log = Log::default();
        let mut batch = Batch::new();
        batch.displace(displaced(&log, false));
        assert!(!batch.is_empty());
        batch.displace(None);
        for name in 0..n {
            batch.push(scribe(&log, name, false));
        }
        batch.displace(displaced(&log, false));
        batch.finish().resume();
        let mut expected = wakes(n);
        expected.extend(["drop".to_owned(), "drop".to_owned()]);
        assert_eq!(taken(&log), expected);
    }
}

#[test]
fn a_displaced_waker_whose_drop_panics_comes_after_the_others_too() {
    let log = Log::default();
    let mut batch = batch(&log, 2, &[1]);
    batch.displace(displaced(&log, true));
    batch.displace(displaced(&log, true));
    assert_eq!(panic_of(batch), Some("scribe 1".to_owned()));
    assert_eq!(taken(&log), ["wake 0", "wake 1", "drop", "drop"]);
    let mut batch = Batch::new();
    batch.displace(displaced(&log, true));
    let outcome = catch_unwind(AssertUnwindSafe(|| batch.finish().resume()));
    assert!(outcome.is_err());
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
fn a_batch_that_is_only_dropped_wakes_everybody() {
    for n in SIZES {
        let log = Log::default();
        drop(batch(&log, n, &[0, 9]));
        assert_eq!(taken(&log), wakes(n));
    }
}

#[test]
fn a_batch_dropped_in_an_unwinding_wakes_everybody() {
    let log = Log::default();
    let batch = batch(&log, 20, &[0, 15]);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let _dropped_in_the_unwinding = batch;
        panic!("outer");
    }));
    assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"outer"));
    assert_eq!(taken(&log), wakes(20));
}

#[test]
fn finishing_while_unwinding_does_not_abort() {
    struct FinishOnDrop(Batch);
    impl Drop for FinishOnDrop {
        fn drop(&mut self) {
            self.0.finish().resume();
        }
    }
    let log = Log::default();
    let batch = batch(&log, 10, &[0, 1]);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let _finished = FinishOnDrop(batch);
        panic!("outer");
    }));
    assert_eq!(outcome.unwrap_err().downcast_ref(), Some(&"outer"));
    assert_eq!(taken(&log), wakes(10));
}

#[test]
fn a_batch_lives_on_the_stack_and_is_not_large() {
    // One waker, seven more, two displaced; two vectors, a length, and the rest for "is it there".
    assert!(size_of::<Batch>() <= 10 * size_of::<Waker>() + 9 * size_of::<usize>());
}
