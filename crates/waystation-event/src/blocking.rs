//! The same for threads: one line each.

use std::time::{Duration, Instant};

use waystation_core::block::{block_on, block_on_deadline, block_on_timeout};

use crate::{AutoResetEvent, Event};

impl Event {
    /// Like [`wait`](Event::wait), for a thread.
    ///
    /// # Blocking
    ///
    /// Blocks the thread. It waits in the same line as the tasks. Not to be called from a task: it
    /// would block the executor.
    pub fn wait_blocking(&self) {
        block_on(self.wait());
    }

    /// Like [`wait_blocking`](Event::wait_blocking), but gives up after `timeout` and returns
    /// `false`. Zero looks once; `Duration::MAX` never gives up.
    ///
    /// # Blocking
    ///
    /// Blocks the thread.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use waystation_event::Event;
    /// assert!(!Event::new().wait_timeout(Duration::ZERO));
    /// assert!(Event::with_state(true).wait_timeout(Duration::MAX));
    /// ```
    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        block_on_timeout(self.wait(), timeout).is_some()
    }

    /// Like [`wait_blocking`](Event::wait_blocking), but gives up at `deadline` and returns
    /// `false`.
    pub fn wait_deadline(&self, deadline: Instant) -> bool {
        block_on_deadline(self.wait(), deadline).is_some()
    }
}

impl AutoResetEvent {
    /// Like [`wait`](AutoResetEvent::wait), for a thread.
    ///
    /// # Blocking
    ///
    /// Blocks the thread. It waits in the same line as the tasks. Not to be called from a task: it
    /// would block the executor.
    pub fn wait_blocking(&self) {
        block_on(self.wait());
    }

    /// Like [`wait_blocking`](AutoResetEvent::wait_blocking), but gives up after `timeout` and
    /// returns `false`, with no signal taken. Zero looks once; `Duration::MAX` never gives up.
    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        block_on_timeout(self.wait(), timeout).is_some()
    }

    /// Like [`wait_blocking`](AutoResetEvent::wait_blocking), but gives up at `deadline` and
    /// returns `false`, with no signal taken.
    pub fn wait_deadline(&self, deadline: Instant) -> bool {
        block_on_deadline(self.wait(), deadline).is_some()
    }
}
