//! Panics of foreign code: which one propagates, and what is kept of it.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use waystation_core::Panicked;
use waystation_core::panics::{FirstPanic, Payload, discard};

/// The number that is panicked with.
fn number(payload: &Payload) -> u32 {
    *payload.downcast_ref().unwrap()
}

fn panicking(numbers: &[u32]) -> FirstPanic {
    let mut panics = FirstPanic::new();
    for &number in numbers {
        assert_eq!(panics.run(|| -> u32 { panic_any(number) }), None);
    }
    panics
}

fn resumed(panics: FirstPanic) -> Option<u32> {
    let outcome = catch_unwind(AssertUnwindSafe(|| panics.resume()));
    outcome.err().as_ref().map(number)
}

/// A payload whose drop counts, and panics with another one, so many times.
struct Bad(Arc<AtomicUsize>, usize);

impl Drop for Bad {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Relaxed);
        if self.1 > 0 {
            panic_any(Bad(self.0.clone(), self.1 - 1));
        }
    }
}

#[test]
fn what_does_not_panic_gives_its_value() {
    let mut panics = FirstPanic::new();
    assert_eq!(panics.run(|| 7), Some(7));
    assert_eq!(format!("{panics:?}"), "FirstPanic(false)");
    assert_eq!(resumed(panics), None);
    FirstPanic::default().suppress();
    assert!(FirstPanic::new().into_payload().is_none());
}

#[test]
fn the_first_panic_propagates_and_no_other() {
    assert_eq!(resumed(panicking(&[1])), Some(1));
    assert_eq!(resumed(panicking(&[2, 1, 3])), Some(2));
    assert_eq!(format!("{:?}", panicking(&[2, 1])), "FirstPanic(true)");
    panicking(&[1, 2]).suppress();
    assert_eq!(number(&panicking(&[4, 5]).into_payload().unwrap()), 4);
}

#[test]
fn everything_is_run_whatever_panics() {
    let mut seen = Vec::new();
    let mut panics = FirstPanic::new();
    panics.run_all(0..10_u32, |n| {
        seen.push(n);
        if n % 3 == 1 {
            panic_any(n);
        }
    });
    assert_eq!(seen, Vec::from_iter(0..10));
    assert_eq!(resumed(panics), Some(1));
}

#[test]
fn an_iterator_that_panics_is_asked_again() {
    let mut panics = FirstPanic::new();
    let mut n = 0_u32;
    let items = std::iter::from_fn(|| {
        n += 1;
        match n {
            2 | 3 => panic_any(n),
            6.. => None,
            _ => Some(n),
        }
    });
    let mut seen = Vec::new();
    panics.run_all(items, |n| seen.push(n));
    assert_eq!(seen, [1, 4, 5]);
    assert_eq!(resumed(panics), Some(2));
}

#[test]
fn a_foreign_value_is_dropped_under_its_own_catch() {
    let drops = Arc::new(AtomicUsize::new(0));
    let mut panics = FirstPanic::new();
    panics.drop(Bad(drops.clone(), 0));
    assert_eq!(format!("{panics:?}"), "FirstPanic(false)");
    panics.drop(Bad(drops.clone(), 1));
    assert_eq!(format!("{panics:?}"), "FirstPanic(true)");
    assert_eq!(drops.load(Ordering::Relaxed), 2, "the payload is kept");
    panics.suppress();
    assert_eq!(drops.load(Ordering::Relaxed), 3);
}

#[test]
fn panics_caught_elsewhere_are_added_in_order() {
    let mut panics = panicking(&[]);
    panics.append(panicking(&[]));
    panics.append(panicking(&[1, 2]));
    panics.append(panicking(&[3]));
    panics.keep(Box::new(4_u32));
    assert_eq!(resumed(panics), Some(1));
    let mut panics = FirstPanic::new();
    panics.keep(Box::new(5_u32));
    panics.append(panicking(&[6]));
    assert_eq!(resumed(panics), Some(5));
}

#[test]
fn while_unwinding_nothing_propagates() {
    struct ResumeOnDrop(Option<FirstPanic>);
    impl Drop for ResumeOnDrop {
        fn drop(&mut self) {
            self.0.take().unwrap().resume();
        }
    }
    let panics = panicking(&[1]);
    let outcome = catch_unwind(AssertUnwindSafe(|| {
        let _resumes = ResumeOnDrop(Some(panics));
        panic_any(2_u32);
    }));
    assert_eq!(number(&outcome.unwrap_err()), 2);
}

#[test]
fn a_payload_whose_drop_panics_is_dropped_once_and_the_next_is_leaked() {
    let drops = Arc::new(AtomicUsize::new(0));
    discard(Box::new(Bad(drops.clone(), 5)));
    assert_eq!(drops.load(Ordering::Relaxed), 1);
    // Suppressed, or a later one: the same.
    let mut panics = panicking(&[1]);
    panics.keep(Box::new(Bad(drops.clone(), 5)));
    assert_eq!(drops.load(Ordering::Relaxed), 2);
    assert_eq!(resumed(panics), Some(1));
    let mut panics = FirstPanic::new();
    panics.keep(Box::new(Bad(drops.clone(), 5)));
    panics.suppress();
    assert_eq!(drops.load(Ordering::Relaxed), 3);
}

fn caught(f: impl FnOnce() + std::panic::UnwindSafe) -> Panicked {
    Panicked::new(catch_unwind(f).unwrap_err())
}

#[test]
fn a_message_is_kept_however_it_was_made() {
    let number = 7;
    for (panicked, words) in [
        (caught(|| panic!("plain")), "plain"),
        (caught(move || panic!("number {number}")), "number 7"),
    ] {
        assert_eq!(panicked.message(), Some(words));
        assert_eq!(panicked.to_string(), format!("panicked: {words}"));
        assert_eq!(
            format!("{panicked:?}"),
            format!("Panicked(Some({words:?}))")
        );
    }
}

#[test]
fn any_payload_comes_back() {
    let panicked = caught(|| panic_any(42_u8));
    assert_eq!(panicked.message(), None);
    let words = panicked.to_string();
    assert_eq!(words, "panicked with a payload that is not a string");
    assert_eq!(panicked.into_payload().downcast_ref(), Some(&42_u8));
}
