//! How other threads reach a loop that runs on one thread: a box to put things into, and a bell.
//!
//! One thread, the *owner*, takes things out and sleeps when there is nothing to do. Any thread may
//! put things in. Nothing foreign runs under the lock: what is put in and taken out moves by value.
//!
//! # The bell
//!
//! One word, three values:
//!
//! | value | meaning | who leaves it |
//! |---|---|---|
//! | `EMPTY` | nothing new, the owner is awake | a poster → `POSTED`, the owner → `ASLEEP` |
//! | `POSTED` | there is something to look at | the owner → `EMPTY`, and it looks afterwards |
//! | `ASLEEP` | the owner is parked, or about to be | a poster → `POSTED`, and it unparks; the owner → `EMPTY` when it wakes by itself |
//!
//! No wake-up is lost: the owner falls asleep only from `EMPTY`, in one step. A poster puts its
//! thing in first and rings then. Either it rings before that step, and the owner does not fall
//! asleep; or after it, and finds `ASLEEP`, and unparks.
//!
//! A poster that finds `POSTED` need not ring again. This may look like a race with the owner that
//! is just clearing the bell, and is none: the owner clears first and takes the lock then. If the
//! poster had the lock before it, the owner finds the thing. If the owner had it before, the
//! clearing happened before the poster's look, which then does not find that `POSTED` any more.
//!
//! # Who may still come
//!
//! The inbox counts those who hold it from outside ([`hold`](Inbox::hold)). An idle owner that
//! finds nobody holding it, and then nothing posted, knows that nothing can come any more. The
//! order matters: a holder posts first and lets go then, so that who sees it gone sees what it
//! posted.

use std::fmt;
use std::mem;
use std::time::Duration;

use crate::sync::atomic::{AtomicUsize, Ordering};
use crate::sync::{Lock, Parking};

const EMPTY: usize = 0;
const POSTED: usize = 1;
const ASLEEP: usize = 2;

/// Up to this many places are kept when the box is emptied.
const KEPT: usize = 1024;

/// A box that any thread puts things into and one thread, its owner, empties.
pub struct Inbox<T> {
    contents: Lock<Contents<T>>,
    bell: AtomicUsize,
    held: AtomicUsize,
    owner: Parking,
}

struct Contents<T> {
    items: Vec<T>,
    closed: bool,
}

impl<T> Inbox<T> {
    /// An empty inbox. The calling thread is its owner.
    pub fn new() -> Self {
        Self {
            contents: Lock::new(Contents {
                items: Vec::new(),
                closed: false,
            }),
            bell: AtomicUsize::new(EMPTY),
            held: AtomicUsize::new(0),
            owner: Parking::here(),
        }
    }

    /// Puts something in and wakes the owner if it sleeps. From any thread.
    ///
    /// # Errors
    ///
    /// It comes back if the inbox is closed.
    pub fn send(&self, item: T) -> Result<(), T> {
        let mut contents = self.contents.lock();
        if contents.closed {
            drop(contents);
            return Err(item);
        }
        contents.items.push(item);
        drop(contents);
        // Relaxed: the lock orders this look after the owner's last clearing (see the head).
        if self.bell.load(Ordering::Relaxed) != POSTED {
            self.ring();
        }
        Ok(())
    }

    /// Wakes the owner if it sleeps, with nothing to take. From any thread.
    pub fn ring(&self) {
        // Release pairs with the Acquire of `collect` and `wait`: the owner sees what was done
        // before the ring. Acquire keeps the chain of an earlier poster whose ring this replaces.
        if self.bell.swap(POSTED, Ordering::AcqRel) == ASLEEP {
            self.owner.unpark();
        }
    }

    /// Moves everything that was put in, in order, into `into`, which is empty. Owner only. Costs
    /// one plain load when there is nothing.
    ///
    /// Returns whether the bell had been rung.
    pub fn collect(&self, into: &mut Vec<T>) -> bool {
        crate::invariant!(into.is_empty());
        // Relaxed: a ring that this look misses is found by the next, or by `wait`.
        if self.bell.load(Ordering::Relaxed) == EMPTY {
            return false;
        }
        // Clear, then look. Acquire pairs with the Release in `ring`.
        self.bell.swap(EMPTY, Ordering::Acquire);
        let mut contents = self.contents.lock();
        mem::swap(&mut contents.items, into);
        let large = if contents.items.capacity() > KEPT {
            mem::take(&mut contents.items)
        } else {
            Vec::new()
        };
        drop(contents);
        drop(large);
        true
    }

    /// Sleeps until the bell rings, the timeout passes, or for no reason at all: the owner looks
    /// again. Returns at once if the bell was rung since the last [`collect`](Inbox::collect).
    /// Owner only.
    pub fn wait(&self, timeout: Option<Duration>) {
        // Acquire on failure pairs with the Release in `ring`. Success publishes nothing.
        let asleep =
            self.bell
                .compare_exchange(EMPTY, ASLEEP, Ordering::Acquire, Ordering::Acquire);
        if asleep.is_err() {
            return;
        }
        self.owner.park(timeout);
        // Awake: nobody has to unpark any more. If this fails, the bell was rung and stays so.
        let _rung: Result<usize, usize> =
            self.bell
                .compare_exchange(ASLEEP, EMPTY, Ordering::Acquire, Ordering::Acquire);
    }

    /// Closes the inbox and returns what was in it. What is sent from now on comes back.
    pub fn close(&self) -> Vec<T> {
        let mut contents = self.contents.lock();
        contents.closed = true;
        mem::take(&mut contents.items)
    }

    /// Whether [`close`](Inbox::close) was called.
    pub fn is_closed(&self) -> bool {
        self.contents.lock().closed
    }

    /// Says that somebody outside may still send something.
    pub fn hold(&self) {
        // Relaxed: whoever holds already makes this call, or the owner does.
        self.held.fetch_add(1, Ordering::Relaxed);
    }

    /// Ends one [`hold`](Inbox::hold). The last one wakes the owner, who may be waiting for
    /// nothing.
    pub fn let_go(&self) {
        // Release pairs with the Acquire in `is_abandoned`: who sees nobody hold it sees all that
        // was posted before. Acquire makes the last one carry what the earlier ones did.
        let before = self.held.fetch_sub(1, Ordering::AcqRel);
        crate::invariant!(before > 0);
        if before == 1 {
            self.ring();
        }
    }

    /// Whether nobody holds the inbox and nothing was posted since the last
    /// [`collect`](Inbox::collect). Owner only.
    pub fn is_abandoned(&self) -> bool {
        // In this order. Acquire pairs with the Release in `let_go`.
        self.held.load(Ordering::Acquire) == 0 && self.bell.load(Ordering::Relaxed) != POSTED
    }
}

impl<T> Default for Inbox<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for Inbox<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut debug = f.debug_struct("Inbox");
        match self.contents.try_lock() {
            Some(contents) => debug
                .field("len", &contents.items.len())
                .field("closed", &contents.closed),
            None => debug.field("len", &"<locked>"),
        };
        debug.finish_non_exhaustive()
    }
}

#[cfg(all(test, not(any(loom, shuttle))))]
mod tests {
    use super::*;
    use std::sync::Arc;

    #[test]
    fn what_is_sent_comes_out_in_order() {
        let inbox = Inbox::new();
        let mut out = Vec::new();
        assert!(!inbox.collect(&mut out));
        for n in 0..5 {
            inbox.send(n).unwrap();
        }
        assert!(inbox.collect(&mut out));
        assert_eq!(out, [0, 1, 2, 3, 4]);
        out.clear();
        assert!(!inbox.collect(&mut out));
    }

    #[test]
    fn a_closed_inbox_gives_things_back() {
        let inbox = Inbox::new();
        inbox.send("in").unwrap();
        assert_eq!(inbox.close(), ["in"]);
        assert!(inbox.is_closed());
        assert_eq!(inbox.send("late"), Err("late"));
    }

    #[test]
    fn a_ring_before_the_wait_makes_it_return() {
        let inbox = Inbox::<()>::new();
        inbox.ring();
        inbox.wait(None);
        assert!(inbox.collect(&mut Vec::new()));
    }

    #[test]
    fn a_send_from_another_thread_ends_the_wait() {
        let inbox = Arc::new(Inbox::new());
        let sender = {
            let inbox = Arc::clone(&inbox);
            std::thread::spawn(move || inbox.send(7).unwrap())
        };
        let mut out = Vec::new();
        while !inbox.collect(&mut out) {
            inbox.wait(None);
        }
        assert_eq!(out, [7]);
        sender.join().unwrap();
    }

    #[test]
    fn a_wait_with_a_timeout_ends_by_itself() {
        let inbox = Inbox::<()>::new();
        inbox.wait(Some(Duration::from_millis(1)));
        assert!(!inbox.collect(&mut Vec::new()));
    }

    #[test]
    fn abandoned_means_nobody_holds_it_and_nothing_came() {
        let inbox = Inbox::new();
        assert!(inbox.is_abandoned());
        inbox.hold();
        assert!(!inbox.is_abandoned());
        inbox.send(1).unwrap();
        inbox.let_go();
        assert!(!inbox.is_abandoned(), "what was sent has not been seen");
        assert!(inbox.collect(&mut Vec::new()));
        assert!(inbox.is_abandoned());
    }

    #[test]
    fn a_peak_leaves_no_memory_behind() {
        let inbox = Inbox::new();
        let mut out = Vec::new();
        for n in 0..100_000 {
            inbox.send(n).unwrap();
        }
        inbox.collect(&mut out);
        assert_eq!(out.len(), 100_000);
        // The owner's emptied buffer goes in with the next exchange.
        out.clear();
        inbox.send(0).unwrap();
        inbox.collect(&mut out);
        assert!(inbox.contents.lock().items.capacity() <= KEPT);
    }

    #[test]
    fn debug_shows_the_length_and_never_blocks() {
        let inbox = Inbox::new();
        inbox.send(()).unwrap();
        assert!(format!("{inbox:?}").contains("len: 1"));
        let locked = inbox.contents.lock();
        assert!(format!("{inbox:?}").contains("<locked>"));
        drop(locked);
    }
}
