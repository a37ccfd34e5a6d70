//! How other threads reach a loop that runs on one thread: a box to put things into, and a signal.
//!
//! One thread, the *owner*, takes things out and sleeps when there is nothing to do. Any thread may
//! put things in. Nothing foreign runs under the lock: what is put in and taken out moves by value.
//!
//! The [`Signal`] wakes the owner. A poster that finds it given need not give it again. This may look
//! like a race with the owner that is just taking it, and is none: the owner takes the signal first
//! and the lock then. If the poster had the lock before it, the owner finds the item. If the owner
//! had it before, the signal was taken before the poster looked, which then does not find it.
//!
//! # Who may still come
//!
//! The inbox counts the holders outside ([`hold`](Inbox::hold)). An idle owner that finds no holder,
//! and then nothing posted, knows that nothing can come any more. The order matters: a holder posts
//! first and lets go then, so that an owner that sees it gone sees what it posted.

use std::fmt;
use std::mem;
use std::time::Duration;

use crate::ring::KEPT;
use crate::signal::Signal;
use crate::sync::atomic::{AtomicUsize, Ordering};
use crate::sync::{Lock, OrLocked};

/// A box that any thread puts things into and one thread, its owner, empties.
pub struct Inbox<T> {
    contents: Lock<Contents<T>>,
    signal: Signal,
    held: AtomicUsize,
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
            signal: Signal::new(),
            held: AtomicUsize::new(0),
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
        if !self.signal.is_notified() {
            self.signal.notify();
        }
        Ok(())
    }

    /// Wakes the owner if it sleeps, with nothing to take. From any thread.
    pub fn notify(&self) {
        self.signal.notify();
    }

    /// Moves everything that was put in, in order, into `into`, which is empty. Owner only. Costs
    /// one plain load when there is nothing.
    ///
    /// Returns whether there was a signal.
    pub fn collect(&self, into: &mut Vec<T>) -> bool {
        crate::invariant!(into.is_empty());
        // Take the signal, then look.
        if !self.signal.take() {
            return false;
        }
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

    /// Sleeps until there is a signal, the timeout passes, or for no reason at all: the owner looks
    /// again. Returns at once if one came since the last [`collect`](Inbox::collect). Owner only.
    pub fn wait(&self, timeout: Option<Duration>) {
        self.signal.wait(timeout);
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
        // Relaxed: an existing holder makes this call, or the owner.
        self.held.fetch_add(1, Ordering::Relaxed);
    }

    /// Ends one [`hold`](Inbox::hold). The last one wakes the owner, who may be waiting for
    /// nothing.
    pub fn let_go(&self) {
        // Release pairs with the Acquire in `is_abandoned`: an owner that sees no holder sees all
        // that was posted before. Acquire makes the last one carry what the earlier ones did.
        let before = self.held.fetch_sub(1, Ordering::AcqRel);
        crate::invariant!(before > 0);
        if before == 1 {
            self.notify();
        }
    }

    /// Whether nobody holds the inbox and nothing was posted since the last
    /// [`collect`](Inbox::collect). Owner only.
    pub fn is_abandoned(&self) -> bool {
        // In this order. Acquire pairs with the Release in `let_go`.
        self.held.load(Ordering::Acquire) == 0 && !self.signal.is_notified()
    }
}

impl<T> Default for Inbox<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> fmt::Debug for Inbox<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // Read first and shown after: a writer is foreign code.
        let contents = self.contents.try_lock();
        let seen = contents.map(|contents| (contents.items.len(), contents.closed));
        f.debug_struct("Inbox")
            .field("len", &OrLocked(seen.map(|(len, _)| len)))
            .field("closed", &OrLocked(seen.map(|(_, closed)| closed)))
            .finish_non_exhaustive()
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
    fn a_signal_before_the_wait_makes_it_return() {
        let inbox = Inbox::<()>::new();
        inbox.notify();
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
