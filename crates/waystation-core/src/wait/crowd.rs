//! Waiting for something that happens to everybody at once: a close, a queue that is done.
//!
//! The crowd is a line under the primitive's own lock; whoever makes the thing happen takes the
//! whole line out in the same critical section. So a watcher knows without any flag: *entry gone ⇒
//! it happened while I stood there*, even if it has un-happened since.

use std::task::{Context, Poll};

use super::{Line, Ticket, drop_loudly, polled_after_ready, refresh};
use crate::sync::Lock;

/// One future's place in a crowd.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub enum Crowd {
    /// Not polled yet.
    #[default]
    New,
    /// In the line, or released from it.
    In(Ticket),
    /// Has returned `Ready`.
    Done,
}

impl Crowd {
    /// Waits until `happened` holds at the first poll, or the line that `line` finds was taken out.
    #[track_caller]
    pub fn poll<S>(
        &mut self,
        name: &str,
        cx: &mut Context<'_>,
        lock: &Lock<S>,
        happened: impl Fn(&S) -> bool,
        line: impl Fn(&mut S) -> &mut Line<()>,
    ) -> Poll<()> {
        if self.is_done() {
            polled_after_ready(name);
        }
        let released = match *self {
            Self::In(ticket) => !refresh(lock, line, ticket, cx.waker()),
            _ => !self.join(cx, lock, happened, line),
        };
        if released {
            *self = Self::Done;
            return Poll::Ready(());
        }
        Poll::Pending
    }

    /// Takes a place, unless it has happened already.
    fn join<S>(
        &mut self,
        cx: &mut Context<'_>,
        lock: &Lock<S>,
        happened: impl Fn(&S) -> bool,
        line: impl Fn(&mut S) -> &mut Line<()>,
    ) -> bool {
        let waker = cx.waker().clone();
        let mut state = lock.lock();
        if happened(&state) {
            drop(state);
            return false;
        }
        *self = Self::In(line(&mut state).join(waker, ()));
        true
    }

    /// Leaves the line, if the future is dropped in it.
    pub fn leave<S>(&mut self, lock: &Lock<S>, line: impl Fn(&mut S) -> &mut Line<()>) {
        if let Self::In(ticket) = std::mem::replace(self, Self::Done) {
            let mut state = lock.lock();
            let displaced = line(&mut state).leave(ticket);
            drop(state);
            drop_loudly(displaced);
        }
    }

    /// Whether the future has returned `Ready`.
    pub fn is_done(&self) -> bool {
        *self == Self::Done
    }
}
