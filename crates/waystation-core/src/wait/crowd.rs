//! Waiting for something that happens to everybody at once: a close, a queue that is done.
//!
//! The crowd is a line under the primitive's own lock; whoever makes the thing happen takes the
//! whole line out in the same critical section. So a watcher knows without any flag: *entry gone ⇒
//! it happened while I stood there*, even if it has un-happened since.

use std::task::{Context, Poll};

use super::{Line, Ticket};
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
            super::polled_after_ready(name);
        }
        let mut fresh = None;
        loop {
            let mut state = lock.lock();
            let released = match *self {
                Self::New => happened(&state),
                Self::Done => true,
                Self::In(ticket) => match line(&mut state).waker(ticket) {
                    Some(registered) if registered.will_wake(cx.waker()) => return Poll::Pending,
                    registered => registered.is_none(),
                },
            };
            if released {
                *self = Self::Done;
                drop(state);
                return Poll::Ready(());
            }
            let Some(waker) = fresh.take() else {
                // Clones are foreign code: not under the lock.
                drop(state);
                fresh = Some(cx.waker().clone());
                continue;
            };
            match *self {
                Self::In(ticket) => {
                    let displaced = line(&mut state).replace(ticket, waker);
                    drop(state);
                    drop(displaced);
                }
                _ => *self = Self::In(line(&mut state).join(waker, ())),
            }
            return Poll::Pending;
        }
    }

    /// Leaves the line, if the future is dropped in it.
    pub fn leave<S>(&mut self, lock: &Lock<S>, line: impl Fn(&mut S) -> &mut Line<()>) {
        if let Self::In(ticket) = std::mem::replace(self, Self::Done) {
            let mut state = lock.lock();
            let displaced = line(&mut state).leave(ticket);
            drop(state);
            drop(displaced);
        }
    }

    /// Whether the future has returned `Ready`.
    pub fn is_done(&self) -> bool {
        *self == Self::Done
    }
}
