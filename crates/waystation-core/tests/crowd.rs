//! Waiting for something that happens to everybody at once.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::task::{Context, Poll, Wake, Waker};

use waystation_core::sync::Lock;
use waystation_core::wait::{Batch, Crowd, Line};

#[derive(Default)]
struct Bell(AtomicUsize);

impl Wake for Bell {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }
}

#[derive(Default)]
struct Place {
    happened: bool,
    line: Line<()>,
}

fn poll(crowd: &mut Crowd, place: &Lock<Place>, waker: &Waker) -> Poll<()> {
    let cx = &mut Context::from_waker(waker);
    crowd.poll(
        "Watch",
        cx,
        place,
        |place| place.happened,
        |place| &mut place.line,
    )
}

fn release(place: &Lock<Place>) {
    let mut batch = Batch::new();
    let cohort = place.lock().line.release_all(&mut batch);
    batch.ring_cohort(&mut cohort.unwrap_or_default());
    batch.finish();
}

#[test]
fn what_has_happened_needs_no_waiting() {
    let place = Lock::new(Place {
        happened: true,
        ..Place::default()
    });
    let mut crowd = Crowd::New;
    assert!(poll(&mut crowd, &place, Waker::noop()).is_ready());
    assert!(crowd.is_done());
}

#[test]
fn who_was_released_stays_so_though_it_has_not_happened_any_more() {
    let (place, bell) = (Lock::new(Place::default()), Arc::new(Bell::default()));
    let waker = Waker::from(bell.clone());
    let mut crowd = Crowd::New;
    assert!(poll(&mut crowd, &place, &waker).is_pending());
    release(&place);
    assert_eq!(bell.0.load(Ordering::Relaxed), 1);
    assert!(poll(&mut crowd, &place, &waker).is_ready());
}

#[test]
fn the_latest_waker_is_rung() {
    let place = Lock::new(Place::default());
    let (old, new) = (Arc::new(Bell::default()), Arc::new(Bell::default()));
    let mut crowd = Crowd::New;
    assert!(poll(&mut crowd, &place, &Waker::from(old.clone())).is_pending());
    assert!(poll(&mut crowd, &place, &Waker::from(new.clone())).is_pending());
    release(&place);
    assert_eq!(
        (old.0.load(Ordering::Relaxed), new.0.load(Ordering::Relaxed)),
        (0, 1)
    );
    assert_eq!(Arc::strong_count(&old), 1);
}

#[test]
fn who_leaves_is_not_rung() {
    let (place, bell) = (Lock::new(Place::default()), Arc::new(Bell::default()));
    let mut crowd = Crowd::New;
    assert!(poll(&mut crowd, &place, &Waker::from(bell.clone())).is_pending());
    crowd.leave(&place, |place| &mut place.line);
    release(&place);
    assert_eq!(bell.0.load(Ordering::Relaxed), 0);
    assert_eq!(Arc::strong_count(&bell), 1);
}

#[test]
#[should_panic(expected = "`Watch` polled again after it returned `Ready`")]
fn polled_after_ready_it_panics_with_its_name() {
    let place = Lock::new(Place {
        happened: true,
        ..Place::default()
    });
    let mut crowd = Crowd::New;
    assert!(poll(&mut crowd, &place, Waker::noop()).is_ready());
    assert!(poll(&mut crowd, &place, Waker::noop()).is_ready());
}
