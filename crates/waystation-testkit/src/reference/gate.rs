//! A counter that people queue for: what the reference semaphore and the reference queue share.

use std::collections::VecDeque;
use std::fmt;

use event_listener::{Event, EventListener, Listener};
use parking_lot::Mutex;

/// The gate was closed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Closed;

impl fmt::Display for Closed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("it was closed")
    }
}

impl std::error::Error for Closed {}

/// Tokens, and a line of people who want some of them, served strictly in order.
///
/// Everybody in `line` has one listener in `turns`, in the same order: both are joined, served and
/// left under the lock. So the next to be notified is always the head of the line.
#[derive(Debug)]
pub(super) struct Gate {
    state: Mutex<State>,
    turns: Event,
}

#[derive(Debug)]
struct State {
    free: usize,
    closed: bool,
    /// Ticket and request of everybody who waits.
    line: VecDeque<(u64, usize)>,
    next: u64,
    /// Tickets below were served, unless they left.
    served: u64,
}

impl Gate {
    pub(super) fn new(free: usize) -> Self {
        let line = VecDeque::new();
        let state = State {
            free,
            closed: false,
            line,
            next: 0,
            served: 0,
        };
        Self {
            state: Mutex::new(state),
            turns: Event::new(),
        }
    }

    pub(super) fn free(&self) -> usize {
        self.state.lock().free
    }

    /// Takes `n` tokens if nobody has to be overtaken. `Ok(false)`: not now.
    pub(super) fn try_take(&self, n: usize) -> Result<bool, Closed> {
        self.state.lock().try_take(n)
    }

    /// Takes `n` tokens, in its turn.
    pub(super) async fn take(&self, n: usize) -> Result<(), Closed> {
        let Some(mut turn) = self.join(n)? else {
            return Ok(());
        };
        if let Some(listener) = &mut turn.listener {
            listener.await;
        }
        turn.finish()
    }

    /// Puts tokens back, or new ones in.
    pub(super) fn give(&self, n: usize) {
        let mut state = self.state.lock();
        state.free += n;
        self.serve(&mut state);
    }

    /// Everybody who waits, and all who come, get [`Closed`].
    pub(super) fn close(&self) {
        let mut state = self.state.lock();
        state.closed = true;
        state.line.clear();
        self.turns.notify(usize::MAX);
    }

    /// A place in line, or none because the tokens are taken already.
    fn join(&self, n: usize) -> Result<Option<Turn<'_>>, Closed> {
        let mut state = self.state.lock();
        if state.try_take(n)? {
            return Ok(None);
        }
        let ticket = state.next;
        state.next += 1;
        state.line.push_back((ticket, n));
        Ok(Some(Turn {
            gate: self,
            ticket,
            n,
            listener: Some(self.turns.listen()),
        }))
    }

    fn serve(&self, state: &mut State) {
        while let Some(&(ticket, n)) = state.line.front() {
            if n > state.free {
                break;
            }
            state.line.pop_front();
            state.free -= n;
            state.served = ticket + 1;
            self.turns.notify_additional(1);
        }
    }
}

impl State {
    fn try_take(&mut self, n: usize) -> Result<bool, Closed> {
        if self.closed {
            return Err(Closed);
        }
        let now = n == 0 || self.line.is_empty() && n <= self.free;
        if now {
            self.free -= n;
        }
        Ok(now)
    }
}

/// A place in line. Dropped before it is finished, it hands on what it was given.
struct Turn<'a> {
    gate: &'a Gate,
    ticket: u64,
    n: usize,
    listener: Option<EventListener>,
}

impl Turn<'_> {
    fn finish(mut self) -> Result<(), Closed> {
        self.listener = None;
        let served = self.ticket < self.gate.state.lock().served;
        // What it was given is the caller's now.
        self.n = 0;
        if served { Ok(()) } else { Err(Closed) }
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut state = self.gate.state.lock();
        if let Some(listener) = self.listener.take() {
            // Not `drop`, which would pass a notification on to whoever is next.
            listener.discard();
        }
        if self.ticket < state.served {
            state.free += self.n;
        } else {
            state.line.retain(|&(ticket, _)| ticket != self.ticket);
        }
        self.gate.serve(&mut state);
    }
}
