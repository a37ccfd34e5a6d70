//! The ticket line: waiting without `unsafe`. (Elsewhere this is called a wait queue.)
//!
//! A line is a [`Ring`] of wakers inside the primitive's lock. A future holds its ticket, a number,
//! and no pointer: it is `Unpin`, may be leaked, and a stale ticket finds nothing.
//!
//! Nothing here clones, wakes or drops a waker: they go in and come out by value.

use std::mem;
use std::task::Waker;

use crate::panics::FirstPanic;
use crate::ring::{Ring, Ticket};

/// The waiters, in the order in which they came, each with what it asks for.
#[derive(Debug)]
pub struct Line<A>(Ring<Waiter<A>>);

#[derive(Debug)]
struct Waiter<A> {
    /// A no-op waker for a front that was notified and still waits.
    waker: Waker,
    ask: A,
}

impl<A> Line<A> {
    /// A line without waiters.
    pub const fn new() -> Self {
        Self(Ring::new())
    }

    /// How many wait.
    #[inline]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether nobody waits.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// What the first waiter asks for.
    #[inline]
    pub fn front(&self) -> Option<&A> {
        self.0.front().map(|(_, waiter)| &waiter.ask)
    }

    /// Whether this ticket is the first.
    #[inline]
    pub fn is_front(&self, ticket: Ticket) -> bool {
        self.0.front().is_some_and(|(front, _)| front == ticket)
    }

    /// The waker registered under this ticket; `None` if it no longer waits.
    #[inline]
    pub fn waker(&self, ticket: Ticket) -> Option<&Waker> {
        self.0.get(ticket).map(|waiter| &waiter.waker)
    }

    /// Takes the place at the end.
    #[inline]
    pub fn join(&mut self, waker: Waker, ask: A) -> Ticket {
        self.0.push(Waiter { waker, ask })
    }

    /// Registers another waker under a ticket and returns the displaced one.
    ///
    /// # Errors
    ///
    /// The new waker comes back if the ticket no longer waits.
    #[inline]
    pub fn replace(&mut self, ticket: Ticket, waker: Waker) -> Result<Waker, Waker> {
        match self.0.get_mut(ticket) {
            Some(waiter) => Ok(mem::replace(&mut waiter.waker, waker)),
            None => Err(waker),
        }
    }

    /// Takes the waker of the first waiter, which keeps its place.
    #[inline]
    pub fn notify_front(&mut self) -> Option<Waker> {
        let waiter = self.0.front_mut()?;
        Some(mem::replace(&mut waiter.waker, Waker::noop().clone()))
    }

    /// Takes the first waiter out.
    #[inline]
    pub fn pop(&mut self) -> Option<(Ticket, Waker, A)> {
        let (ticket, Waiter { waker, ask }) = self.0.pop()?;
        Some((ticket, waker, ask))
    }

    /// Takes a waiter out, wherever it stands, and returns its waker; `None` if it no longer waits.
    #[inline]
    pub fn leave(&mut self, ticket: Ticket) -> Option<Waker> {
        self.0.remove(ticket).map(|waiter| waiter.waker)
    }

    /// Takes all waiters out in O(1): their wakers, in order.
    pub fn take_all(&mut self) -> impl Iterator<Item = Waker> + use<A> {
        self.0.take_all().map(|waiter| waiter.waker)
    }

    /// How many places are allocated.
    pub fn capacity(&self) -> usize {
        self.0.capacity()
    }

    /// Gives back the memory that is not needed now.
    pub fn shrink_to_fit(&mut self) {
        self.0.shrink_to_fit();
    }
}

impl<A> Default for Line<A> {
    fn default() -> Self {
        Self::new()
    }
}

/// Leaked futures leave their wakers behind: one that panics while it is dropped must not keep the
/// others from being dropped.
impl<A> Drop for Line<A> {
    fn drop(&mut self) {
        if !self.is_empty() {
            let mut panics = FirstPanic::new();
            panics.run_all(self.take_all(), drop);
            panics.resume();
        }
    }
}
