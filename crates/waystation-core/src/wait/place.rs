//! One future's place in a line, and the one loop that every wait is.

use std::task::{Context, Poll, Waker};

use super::{Batch, Line, polled_after_ready};
use crate::panics::FirstPanic;
use crate::ring::Ticket;
use crate::sync::Lock;

/// Where a future stands.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Place {
    /// Not polled yet.
    #[default]
    New,
    /// In the line, or taken out of it by a release.
    In(Ticket),
    /// Has returned `Ready`.
    Done,
}

/// What a look under the lock finds of a place.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Seen {
    /// A newcomer.
    New,
    /// It stands in the line.
    Waiting(Ticket),
    /// A release has taken it out of the line.
    Released(Ticket),
}

/// What was found of a future that leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Left {
    /// It was waiting, at the front or behind others, and is out of the line now.
    Waiting {
        /// Whether it was the first.
        first: bool,
    },
    /// A release had taken it out of the line.
    Released,
}

impl Place {
    /// Whether the future has returned `Ready`.
    #[inline]
    pub fn is_done(self) -> bool {
        self == Self::Done
    }

    /// Polls: *register or refresh the waker, look again*.
    ///
    /// `look` says, under the lock, whether there is something to be had now; who it is depends on
    /// is [`Seen`]. On `None` the future waits: its waker is in the line when the lock is released,
    /// so that no wake-up can be missed. The wakers that `look` collects, and those that were
    /// displaced or not needed, are in `batch`, for the caller to finish once what was granted is
    /// safely held.
    ///
    /// A waker is foreign code: it is cloned before the lock is taken, and only if another one is
    /// registered. If the clone panics, the old registration stays. Dropped here, between two
    /// polls, the future leaves by [`leave`](Place::leave).
    ///
    /// # Panics
    ///
    /// If the future has returned `Ready` already.
    #[inline]
    #[track_caller]
    pub fn poll<S, A: Copy, R>(
        &mut self,
        name: &str,
        cx: &Context<'_>,
        (lock, batch): (&Lock<S>, &mut Batch),
        ask: A,
        line: impl Fn(&mut S) -> &mut Line<A>,
        mut look: impl FnMut(&mut S, Seen, &mut Batch) -> Option<R>,
    ) -> Poll<R> {
        let found = match *self {
            Self::New => None,
            Self::In(ticket) => {
                match self.look_again(ticket, cx, (lock, batch), &line, &mut look) {
                    Again::Waits => return Poll::Pending,
                    Again::Found(found) => Some(found),
                    // Released for nothing: a newcomer.
                    Again::Returns => None,
                }
            }
            Self::Done => polled_after_ready(name),
        };
        let found = match found {
            Some(found) => found,
            None => {
                let mut fresh = Fresh(Some(cx.waker().clone()));
                let mut state = lock.lock();
                let found = look(&mut state, Seen::New, batch);
                let waker = fresh.0.take();
                match (found, waker) {
                    (None, Some(waker)) => {
                        *self = Self::In(line(&mut state).join(waker, ask));
                        return Poll::Pending;
                    }
                    (Some(found), waker) => {
                        drop(state);
                        batch.displace(waker);
                        found
                    }
                    (None, None) => unreachable!("cloned above"),
                }
            }
        };
        *self = Self::Done;
        Poll::Ready(found)
    }

    /// A later poll: looks again, with the waker of this poll in the line before it waits again.
    #[inline]
    fn look_again<S, A, R>(
        &mut self,
        ticket: Ticket,
        cx: &Context<'_>,
        (lock, batch): (&Lock<S>, &mut Batch),
        line: impl Fn(&mut S) -> &mut Line<A>,
        mut look: impl FnMut(&mut S, Seen, &mut Batch) -> Option<R>,
    ) -> Again<R> {
        let mut fresh = Fresh(None);
        loop {
            let mut state = lock.lock();
            let waits = line(&mut state).waker(ticket).is_some();
            let seen = if waits {
                Seen::Waiting(ticket)
            } else {
                Seen::Released(ticket)
            };
            if let Some(found) = look(&mut state, seen, batch) {
                drop(state);
                batch.displace(fresh.0.take());
                return Again::Found(found);
            }
            if !waits {
                *self = Self::New;
                drop(state);
                batch.displace(fresh.0.take());
                return Again::Returns;
            }
            let line = line(&mut state);
            let registered = line.waker(ticket);
            if registered.is_some_and(|registered| registered.will_wake(cx.waker())) {
                drop(state);
                batch.displace(fresh.0.take());
                return Again::Waits;
            }
            let Some(waker) = fresh.0.take() else {
                drop(state);
                fresh.0 = Some(cx.waker().clone());
                continue;
            };
            let displaced = line.replace(ticket, waker).ok();
            drop(state);
            batch.displace(displaced);
            return Again::Waits;
        }
    }

    /// Leaves the line, if the future stands there; the end of every wait that is dropped.
    ///
    /// `pass_on` puts the state right under the lock: what the future was granted goes to the next
    /// one. The wakers are in `batch`, for the caller to finish.
    #[inline]
    pub fn leave<S, A>(
        &mut self,
        (lock, batch): (&Lock<S>, &mut Batch),
        line: impl Fn(&mut S) -> &mut Line<A>,
        pass_on: impl FnOnce(&mut S, Ticket, Left, &mut Batch),
    ) {
        if let Self::In(ticket) = std::mem::replace(self, Self::Done) {
            let mut state = lock.lock();
            let waiters = line(&mut state);
            let first = waiters.is_front(ticket);
            let waker = waiters.leave(ticket);
            let left = match waker {
                Some(_) => Left::Waiting { first },
                None => Left::Released,
            };
            pass_on(&mut state, ticket, left, batch);
            drop(state);
            batch.displace(waker);
        }
    }
}

/// A clone that is not registered yet. Should `look` panic, the lock is released first, and then
/// this is dropped, by the same unwinding: quietly, or the process would abort.
struct Fresh(Option<Waker>);

impl Drop for Fresh {
    #[inline]
    fn drop(&mut self) {
        if let Some(waker) = self.0.take() {
            drop_quietly(waker);
        }
    }
}

#[cold]
#[inline(never)]
fn drop_quietly(waker: Waker) {
    let mut panics = FirstPanic::new();
    panics.drop(waker);
    panics.suppress();
}

/// What a later poll finds.
enum Again<R> {
    Waits,
    Found(R),
    /// It is out of the line, and there is nothing to be had.
    Returns,
}
