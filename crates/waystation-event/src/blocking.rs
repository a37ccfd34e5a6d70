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
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::atomic::{AtomicU32, Ordering};
    /// # use waystation_event::Event;
    /// static READY: Event = Event::new();
    /// static ANSWER: AtomicU32 = AtomicU32::new(0);
    ///
    /// std::thread::spawn(|| {
    ///     ANSWER.store(42, Ordering::Relaxed);
    ///     READY.set();
    /// });
    /// READY.wait_blocking();
    /// assert_eq!(ANSWER.load(Ordering::Relaxed), 42); // what was done before `set` is visible
    /// ```
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
    ///
    /// # Blocking
    ///
    /// Blocks the thread until `deadline` at the most; not to be called from a task.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::{Duration, Instant};
    /// # use waystation_event::Event;
    /// let events = [Event::with_state(true), Event::new(), Event::new()];
    /// let deadline = Instant::now() + Duration::from_millis(1); // for all of them together
    /// let set = events
    ///     .iter()
    ///     .filter(|event| event.wait_deadline(deadline))
    ///     .count();
    /// assert_eq!(set, 1);
    /// ```
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
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_event::AutoResetEvent;
    /// let turn = AutoResetEvent::with_state(true);
    /// let work = || {
    ///     turn.wait_blocking(); // one at a time
    ///     turn.set();
    /// };
    /// std::thread::scope(|scope| (0..3).for_each(|_| drop(scope.spawn(work))));
    /// assert!(turn.is_set()); // each has passed it on
    /// ```
    pub fn wait_blocking(&self) {
        block_on(self.wait());
    }

    /// Like [`wait_blocking`](AutoResetEvent::wait_blocking), but gives up after `timeout` and
    /// returns `false`, with no signal taken. Zero looks once; `Duration::MAX` never gives up.
    ///
    /// # Blocking
    ///
    /// Blocks the thread for `timeout` at the most; not to be called from a task.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use waystation_event::AutoResetEvent;
    /// let event = AutoResetEvent::new();
    /// assert!(!event.wait_timeout(Duration::from_millis(1)));
    /// event.set(); // not for the one that gave up
    /// assert!(event.is_set());
    /// assert!(event.wait_timeout(Duration::MAX));
    /// ```
    pub fn wait_timeout(&self, timeout: Duration) -> bool {
        block_on_timeout(self.wait(), timeout).is_some()
    }

    /// Like [`wait_blocking`](AutoResetEvent::wait_blocking), but gives up at `deadline` and
    /// returns `false`, with no signal taken.
    ///
    /// # Blocking
    ///
    /// Blocks the thread until `deadline` at the most; not to be called from a task.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Instant;
    /// # use waystation_event::AutoResetEvent;
    /// let event = AutoResetEvent::with_state(true);
    /// let now = Instant::now();
    /// assert!(event.wait_deadline(now)); // looks once, however late it is
    /// assert!(!event.wait_deadline(now));
    /// ```
    pub fn wait_deadline(&self, deadline: Instant) -> bool {
        block_on_deadline(self.wait(), deadline).is_some()
    }
}
