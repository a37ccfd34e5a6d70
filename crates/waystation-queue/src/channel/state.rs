//! How many handles a side of a channel has, and the place that a receiver keeps as a stream.

use waystation_core::sync::Lock;
use waystation_core::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use crate::get::Getting;

/// The handles of one side. Once it has reached 0 it stays there.
#[derive(Debug)]
pub(super) struct Count(AtomicUsize);

impl Count {
    /// One handle.
    pub(super) fn new() -> Self {
        Self(AtomicUsize::new(1))
    }

    pub(super) fn get(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// One more, made from one that lives.
    pub(super) fn add(&self) {
        // Relaxed: the handle that is cloned keeps the count above 0 meanwhile.
        let before = self.0.fetch_add(1, Ordering::Relaxed);
        assert!(before < usize::MAX / 2, "too many handles of a channel");
    }

    /// One more, if there is still one.
    pub(super) fn try_add(&self) -> bool {
        let mut now = self.get();
        while now > 0 {
            // Relaxed: what the handle is used for is ordered by the queue's lock.
            match self
                .0
                .compare_exchange_weak(now, now + 1, Ordering::Relaxed, Ordering::Relaxed)
            {
                Ok(_) => return true,
                Err(other) => now = other,
            }
        }
        false
    }

    /// One less. Returns whether it was the last.
    ///
    /// AcqRel: the Release of each handle pairs with the Acquire of the last one, so that the close
    /// comes after everything that was done through the others.
    pub(super) fn remove(&self) -> bool {
        self.0.fetch_sub(1, Ordering::AcqRel) == 1
    }
}

/// The place in line that a receiver has taken as a stream.
#[derive(Debug)]
pub(super) struct StreamPlace {
    /// A hint that spares `recv` the lock: whoever parks the stream has exclusive access to the
    /// receiver.
    is_parked: AtomicBool,
    place: Lock<Getting>,
}

impl StreamPlace {
    pub(super) fn new() -> Self {
        Self {
            is_parked: AtomicBool::new(false),
            place: Lock::new(Getting::New),
        }
    }

    /// Relaxed: it was written with exclusive access, and whoever shares the receiver now was given
    /// it after.
    pub(super) fn is_parked(&self) -> bool {
        self.is_parked.load(Ordering::Relaxed)
    }

    /// Takes the place over, if there is one; one of several takers gets it.
    pub(super) fn take(&self) -> Getting {
        if !self.is_parked() {
            return Getting::New;
        }
        let mut place = self.place.lock();
        self.is_parked.store(false, Ordering::Relaxed);
        std::mem::take(&mut *place)
    }

    /// The place, with exclusive access; [`note`](StreamPlace::note) follows.
    #[cfg(feature = "futures-core")]
    pub(super) fn get_mut(&mut self) -> &mut Getting {
        self.place.get_mut()
    }

    /// Notes whether the place is in line now; one that was used up is made new.
    #[cfg(feature = "futures-core")]
    pub(super) fn note(&mut self) {
        let place = self.place.get_mut();
        if place.is_done() {
            *place = Getting::New;
        }
        let is_parked = matches!(place, Getting::In(_));
        self.is_parked.store(is_parked, Ordering::Relaxed);
    }

    /// Puts a place back that was only looked at.
    pub(super) fn put_back(&self, getting: Getting) {
        if let Getting::In(_) = getting {
            *self.place.lock() = getting;
            self.is_parked.store(true, Ordering::Relaxed);
        }
    }
}
