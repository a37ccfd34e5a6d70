//! The same for threads: one line each.

use std::sync::Arc;
use std::time::{Duration, Instant};

use waystation_core::block::{block_on, block_on_deadline, block_on_timeout};

use crate::{AcquireError, AcquireTimeoutError, BoundedSemaphore, Permit, Semaphore};

fn or_timeout<P>(outcome: Option<Result<P, AcquireError>>) -> Result<P, AcquireTimeoutError> {
    match outcome {
        Some(outcome) => Ok(outcome?),
        None => Err(AcquireTimeoutError::Timeout),
    }
}

impl Semaphore {
    /// Like [`acquire`](Semaphore::acquire), for a thread.
    ///
    /// # Blocking
    ///
    /// Blocks the thread, which waits in the same line as the tasks. Not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](Semaphore::acquire).
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::Semaphore;
    /// let semaphore = Semaphore::new(1);
    /// let permit = semaphore.acquire_blocking()?;
    /// std::thread::scope(|scope| {
    ///     let next = scope.spawn(|| semaphore.acquire_blocking().map(drop));
    ///     drop(permit); // lets the thread in
    ///     next.join().unwrap()
    /// })?;
    /// assert_eq!(semaphore.available_permits(), 1);
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// ```
    pub fn acquire_blocking(&self) -> Result<Permit<&Self>, AcquireError> {
        block_on(self.acquire())
    }

    /// Like [`acquire_blocking`](Semaphore::acquire_blocking), but gives up after `timeout`. Zero
    /// tries once; `Duration::MAX` never gives up.
    ///
    /// # Blocking
    ///
    /// Blocks the thread for `timeout` at the most; not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](Semaphore::acquire), and [`AcquireTimeoutError::Timeout`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use waystation_semaphore::{AcquireTimeoutError, Semaphore};
    /// let semaphore = Semaphore::new(1);
    /// let permit = semaphore.acquire_timeout(Duration::ZERO)?;
    /// let late = semaphore.acquire_timeout(Duration::from_millis(1));
    /// assert_eq!(late.unwrap_err(), AcquireTimeoutError::Timeout);
    /// drop(permit); // goes to nobody: the one in line has left
    /// assert_eq!(semaphore.available_permits(), 1);
    /// # Ok::<(), waystation_semaphore::AcquireTimeoutError>(())
    /// ```
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<Permit<&Self>, AcquireTimeoutError> {
        or_timeout(block_on_timeout(self.acquire(), timeout))
    }

    /// Like [`acquire_blocking`](Semaphore::acquire_blocking), but gives up at `deadline`.
    ///
    /// # Blocking
    ///
    /// Blocks the thread until `deadline` at the most; not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](Semaphore::acquire), and [`AcquireTimeoutError::Timeout`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::{Duration, Instant};
    /// # use waystation_semaphore::Semaphore;
    /// let semaphore = Semaphore::new(2);
    /// let deadline = Instant::now() + Duration::from_millis(1); // for all of them together
    /// let permits: Vec<_> = (0..3)
    ///     .map_while(|_| semaphore.acquire_deadline(deadline).ok())
    ///     .collect();
    /// assert_eq!(permits.len(), 2);
    /// ```
    pub fn acquire_deadline(
        &self,
        deadline: Instant,
    ) -> Result<Permit<&Self>, AcquireTimeoutError> {
        or_timeout(block_on_deadline(self.acquire(), deadline))
    }

    /// Like [`acquire_owned`](Semaphore::acquire_owned), for a thread.
    ///
    /// # Blocking
    ///
    /// Blocks the thread, which waits in the same line as the tasks. Not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire_owned`](Semaphore::acquire_owned).
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use waystation_semaphore::Semaphore;
    /// let semaphore = Arc::new(Semaphore::new(2));
    /// for _ in 0..4 {
    ///     let permit = semaphore.acquire_owned_blocking()?; // never more than two at work
    ///     std::thread::spawn(move || drop(permit));
    /// }
    /// let _all = semaphore.acquire_many_blocking(2)?; // once the last are done
    /// assert_eq!(semaphore.available_permits(), 0);
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// ```
    pub fn acquire_owned_blocking(self: &Arc<Self>) -> Result<Permit<Arc<Self>>, AcquireError> {
        block_on(self.acquire_owned())
    }

    /// Like [`acquire_owned_blocking`](Semaphore::acquire_owned_blocking), but gives up after
    /// `timeout`. Zero tries once; `Duration::MAX` never gives up.
    ///
    /// # Blocking
    ///
    /// Blocks the thread for `timeout` at the most; not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire_owned`](Semaphore::acquire_owned), and [`AcquireTimeoutError::Timeout`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use std::time::Duration;
    /// # use waystation_semaphore::{AcquireTimeoutError, Semaphore};
    /// let semaphore = Arc::new(Semaphore::new(0));
    /// let nothing = semaphore.acquire_owned_timeout(Duration::ZERO);
    /// assert_eq!(nothing.unwrap_err(), AcquireTimeoutError::Timeout);
    /// semaphore.close();
    /// let closed = semaphore.acquire_owned_timeout(Duration::MAX);
    /// assert_eq!(closed.unwrap_err(), AcquireTimeoutError::Closed); // at once
    /// ```
    pub fn acquire_owned_timeout(
        self: &Arc<Self>,
        timeout: Duration,
    ) -> Result<Permit<Arc<Self>>, AcquireTimeoutError> {
        or_timeout(block_on_timeout(self.acquire_owned(), timeout))
    }

    /// Like [`acquire_owned_blocking`](Semaphore::acquire_owned_blocking), but gives up at
    /// `deadline`.
    ///
    /// # Blocking
    ///
    /// Blocks the thread until `deadline` at the most; not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire_owned`](Semaphore::acquire_owned), and [`AcquireTimeoutError::Timeout`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use std::time::Instant;
    /// # use waystation_semaphore::Semaphore;
    /// let semaphore = Arc::new(Semaphore::new(1));
    /// let now = Instant::now();
    /// let permit = semaphore.acquire_owned_deadline(now)?; // tries once, however late it is
    /// assert!(semaphore.acquire_owned_deadline(now).is_err());
    /// std::thread::spawn(move || drop(permit)).join().unwrap();
    /// assert!(semaphore.acquire_owned_deadline(now).is_ok());
    /// # Ok::<(), waystation_semaphore::AcquireTimeoutError>(())
    /// ```
    pub fn acquire_owned_deadline(
        self: &Arc<Self>,
        deadline: Instant,
    ) -> Result<Permit<Arc<Self>>, AcquireTimeoutError> {
        or_timeout(block_on_deadline(self.acquire_owned(), deadline))
    }

    /// Like [`acquire_many`](Semaphore::acquire_many), for a thread.
    ///
    /// # Blocking
    ///
    /// Blocks the thread, which waits in the same line as the tasks. Not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire_many`](Semaphore::acquire_many).
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::{AcquireError, Semaphore};
    /// let file = Semaphore::new(8); // eight may read it, or one may write
    /// let reader = file.acquire_blocking()?;
    /// std::thread::scope(|scope| {
    ///     scope.spawn(move || drop(reader));
    ///     let _writer = file.acquire_many_blocking(8)?; // once nobody reads
    ///     assert!(file.try_acquire().is_err());
    ///     Ok::<(), AcquireError>(())
    /// })?;
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// ```
    pub fn acquire_many_blocking(&self, n: usize) -> Result<Permit<&Self>, AcquireError> {
        block_on(self.acquire_many(n))
    }

    /// Like [`acquire_many_blocking`](Semaphore::acquire_many_blocking), but gives up after
    /// `timeout`. Zero tries once; `Duration::MAX` never gives up.
    ///
    /// # Blocking
    ///
    /// Blocks the thread for `timeout` at the most; not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire_many`](Semaphore::acquire_many), and [`AcquireTimeoutError::Timeout`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use waystation_semaphore::{AcquireTimeoutError, Semaphore};
    /// let semaphore = Semaphore::new(3);
    /// let _busy = semaphore.try_acquire()?;
    /// let all = semaphore.acquire_many_timeout(3, Duration::from_millis(1));
    /// assert_eq!(all.unwrap_err(), AcquireTimeoutError::Timeout);
    /// assert_eq!(semaphore.available_permits(), 2); // it kept none of them
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn acquire_many_timeout(
        &self,
        n: usize,
        timeout: Duration,
    ) -> Result<Permit<&Self>, AcquireTimeoutError> {
        or_timeout(block_on_timeout(self.acquire_many(n), timeout))
    }

    /// Like [`acquire_many_blocking`](Semaphore::acquire_many_blocking), but gives up at
    /// `deadline`.
    ///
    /// # Blocking
    ///
    /// Blocks the thread until `deadline` at the most; not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire_many`](Semaphore::acquire_many), and [`AcquireTimeoutError::Timeout`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::{Duration, Instant};
    /// # use waystation_semaphore::Semaphore;
    /// let jobs = Semaphore::new(4);
    /// let busy = jobs.try_acquire()?;
    /// let deadline = Instant::now() + Duration::from_millis(1);
    /// assert!(jobs.acquire_many_deadline(4, deadline).is_err()); // one has not ended
    /// drop(busy);
    /// assert!(jobs.acquire_many_deadline(4, deadline).is_ok());
    /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
    /// ```
    pub fn acquire_many_deadline(
        &self,
        n: usize,
        deadline: Instant,
    ) -> Result<Permit<&Self>, AcquireTimeoutError> {
        or_timeout(block_on_deadline(self.acquire_many(n), deadline))
    }

    /// Like [`acquire_many_owned`](Semaphore::acquire_many_owned), for a thread.
    ///
    /// # Blocking
    ///
    /// Blocks the thread, which waits in the same line as the tasks. Not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire_many_owned`](Semaphore::acquire_many_owned).
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use waystation_semaphore::Semaphore;
    /// let memory = Arc::new(Semaphore::new(1024));
    /// let share = memory.acquire_many_owned_blocking(1000)?;
    /// let worker = std::thread::spawn(move || vec![0_u8; share.num_permits()].len());
    /// assert_eq!(worker.join().unwrap(), 1000);
    /// assert_eq!(memory.available_permits(), 1024);
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// ```
    pub fn acquire_many_owned_blocking(
        self: &Arc<Self>,
        n: usize,
    ) -> Result<Permit<Arc<Self>>, AcquireError> {
        block_on(self.acquire_many_owned(n))
    }

    /// Like [`acquire_many_owned_blocking`](Semaphore::acquire_many_owned_blocking), but gives up
    /// after `timeout`. Zero tries once; `Duration::MAX` never gives up.
    ///
    /// # Blocking
    ///
    /// Blocks the thread for `timeout` at the most; not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire_many_owned`](Semaphore::acquire_many_owned), and
    /// [`AcquireTimeoutError::Timeout`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use std::time::Duration;
    /// # use waystation_semaphore::{AcquireTimeoutError, Semaphore};
    /// let semaphore = Arc::new(Semaphore::new(1));
    /// let above_total = semaphore.acquire_many_owned_timeout(2, Duration::from_millis(1));
    /// assert_eq!(above_total.unwrap_err(), AcquireTimeoutError::Timeout); // might be added
    /// let never = semaphore.acquire_many_owned_timeout(usize::MAX, Duration::MAX);
    /// assert_eq!(never.unwrap_err(), AcquireTimeoutError::TooMany); // at once
    /// ```
    pub fn acquire_many_owned_timeout(
        self: &Arc<Self>,
        n: usize,
        timeout: Duration,
    ) -> Result<Permit<Arc<Self>>, AcquireTimeoutError> {
        or_timeout(block_on_timeout(self.acquire_many_owned(n), timeout))
    }

    /// Like [`acquire_many_owned_blocking`](Semaphore::acquire_many_owned_blocking), but gives up
    /// at `deadline`.
    ///
    /// # Blocking
    ///
    /// Blocks the thread until `deadline` at the most; not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire_many_owned`](Semaphore::acquire_many_owned), and
    /// [`AcquireTimeoutError::Timeout`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use std::time::{Duration, Instant};
    /// # use waystation_semaphore::Semaphore;
    /// let semaphore = Arc::new(Semaphore::new(4));
    /// let _busy = semaphore.try_acquire()?;
    /// let deadline = Instant::now() + Duration::from_millis(1);
    /// let permits = semaphore
    ///     .acquire_many_owned_deadline(4, deadline)
    ///     .or_else(|_| semaphore.acquire_many_owned_deadline(2, deadline))?; // fewer will do
    /// assert_eq!(permits.num_permits(), 2);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn acquire_many_owned_deadline(
        self: &Arc<Self>,
        n: usize,
        deadline: Instant,
    ) -> Result<Permit<Arc<Self>>, AcquireTimeoutError> {
        or_timeout(block_on_deadline(self.acquire_many_owned(n), deadline))
    }
}

impl BoundedSemaphore {
    /// Like [`acquire`](BoundedSemaphore::acquire), for a thread.
    ///
    /// # Blocking
    ///
    /// Blocks the thread, which waits in the same line as the tasks. Not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](BoundedSemaphore::acquire).
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::BoundedSemaphore;
    /// let semaphore = BoundedSemaphore::new(1);
    /// semaphore.acquire_blocking()?.forget();
    /// std::thread::scope(|scope| {
    ///     scope.spawn(|| semaphore.release(1)); // needs no guard: any thread may do it
    ///     semaphore.acquire_blocking().map(drop)
    /// })?;
    /// assert_eq!(semaphore.available_permits(), 1);
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// ```
    pub fn acquire_blocking(&self) -> Result<Permit<&Self>, AcquireError> {
        block_on(self.acquire())
    }

    /// Like [`acquire_blocking`](BoundedSemaphore::acquire_blocking), but gives up after `timeout`.
    /// Zero tries once; `Duration::MAX` never gives up.
    ///
    /// # Blocking
    ///
    /// Blocks the thread for `timeout` at the most; not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](BoundedSemaphore::acquire), and [`AcquireTimeoutError::Timeout`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use waystation_semaphore::BoundedSemaphore;
    /// let semaphore = BoundedSemaphore::new(1);
    /// semaphore.acquire_timeout(Duration::ZERO)?.forget();
    /// assert!(semaphore.acquire_timeout(Duration::from_millis(1)).is_err());
    /// semaphore.release(1)?;
    /// assert!(semaphore.acquire_timeout(Duration::ZERO).is_ok());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<Permit<&Self>, AcquireTimeoutError> {
        or_timeout(block_on_timeout(self.acquire(), timeout))
    }

    /// Like [`acquire_blocking`](BoundedSemaphore::acquire_blocking), but gives up at `deadline`.
    ///
    /// # Blocking
    ///
    /// Blocks the thread until `deadline` at the most; not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](BoundedSemaphore::acquire), and [`AcquireTimeoutError::Timeout`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::{Duration, Instant};
    /// # use waystation_semaphore::{AcquireTimeoutError, BoundedSemaphore};
    /// let nothing = BoundedSemaphore::new(0);
    /// let in_an_hour = Instant::now() + Duration::from_secs(3600);
    /// let outcome = nothing.acquire_deadline(in_an_hour);
    /// assert_eq!(outcome.unwrap_err(), AcquireTimeoutError::TooMany); // at once
    /// ```
    pub fn acquire_deadline(
        &self,
        deadline: Instant,
    ) -> Result<Permit<&Self>, AcquireTimeoutError> {
        or_timeout(block_on_deadline(self.acquire(), deadline))
    }

    /// Like [`acquire_owned`](BoundedSemaphore::acquire_owned), for a thread.
    ///
    /// # Blocking
    ///
    /// Blocks the thread, which waits in the same line as the tasks. Not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire_owned`](BoundedSemaphore::acquire_owned).
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use waystation_semaphore::BoundedSemaphore;
    /// let semaphore = Arc::new(BoundedSemaphore::new(1));
    /// let shared = semaphore.clone();
    /// let permit = std::thread::spawn(move || shared.acquire_owned_blocking()).join().unwrap()?;
    /// assert!(semaphore.locked()); // the thread has ended, its permit has not
    /// drop(permit);
    /// assert!(!semaphore.locked());
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// ```
    pub fn acquire_owned_blocking(self: &Arc<Self>) -> Result<Permit<Arc<Self>>, AcquireError> {
        block_on(self.acquire_owned())
    }

    /// Like [`acquire_owned_blocking`](BoundedSemaphore::acquire_owned_blocking), but gives up
    /// after `timeout`. Zero tries once; `Duration::MAX` never gives up.
    ///
    /// # Blocking
    ///
    /// Blocks the thread for `timeout` at the most; not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire_owned`](BoundedSemaphore::acquire_owned), and
    /// [`AcquireTimeoutError::Timeout`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use std::time::Duration;
    /// # use waystation_semaphore::BoundedSemaphore;
    /// let semaphore = Arc::new(BoundedSemaphore::new(3));
    /// let timeout = Duration::from_millis(1);
    /// let permits: Vec<_> =
    ///     std::iter::from_fn(|| semaphore.acquire_owned_timeout(timeout).ok()).collect();
    /// assert_eq!(permits.len(), semaphore.bound());
    /// ```
    pub fn acquire_owned_timeout(
        self: &Arc<Self>,
        timeout: Duration,
    ) -> Result<Permit<Arc<Self>>, AcquireTimeoutError> {
        or_timeout(block_on_timeout(self.acquire_owned(), timeout))
    }

    /// Like [`acquire_owned_blocking`](BoundedSemaphore::acquire_owned_blocking), but gives up at
    /// `deadline`.
    ///
    /// # Blocking
    ///
    /// Blocks the thread until `deadline` at the most; not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire_owned`](BoundedSemaphore::acquire_owned), and
    /// [`AcquireTimeoutError::Timeout`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use std::time::{Duration, Instant};
    /// # use waystation_semaphore::BoundedSemaphore;
    /// let semaphore = Arc::new(BoundedSemaphore::new(1));
    /// let deadline = Instant::now() + Duration::from_millis(1);
    /// let permit = semaphore.acquire_owned_deadline(deadline)?;
    /// assert!(semaphore.acquire_owned_deadline(deadline).is_err());
    /// assert_eq!(semaphore.waiters(), 0); // whoever gives up leaves the line
    /// # drop(permit);
    /// # Ok::<(), waystation_semaphore::AcquireTimeoutError>(())
    /// ```
    pub fn acquire_owned_deadline(
        self: &Arc<Self>,
        deadline: Instant,
    ) -> Result<Permit<Arc<Self>>, AcquireTimeoutError> {
        or_timeout(block_on_deadline(self.acquire_owned(), deadline))
    }

    /// Like [`acquire_many`](BoundedSemaphore::acquire_many), for a thread.
    ///
    /// # Blocking
    ///
    /// Blocks the thread, which waits in the same line as the tasks. Not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire_many`](BoundedSemaphore::acquire_many).
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_semaphore::{AcquireError, BoundedSemaphore};
    /// let semaphore = BoundedSemaphore::new(2);
    /// let outcome = semaphore.acquire_many_blocking(3);
    /// assert_eq!(outcome.unwrap_err(), AcquireError::TooMany); // the thread did not wait
    /// semaphore.acquire_many_blocking(2)?.forget();
    /// assert_eq!(semaphore.release(2), Ok(()));
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// ```
    pub fn acquire_many_blocking(&self, n: usize) -> Result<Permit<&Self>, AcquireError> {
        block_on(self.acquire_many(n))
    }

    /// Like [`acquire_many_blocking`](BoundedSemaphore::acquire_many_blocking), but gives up after
    /// `timeout`. Zero tries once; `Duration::MAX` never gives up.
    ///
    /// # Blocking
    ///
    /// Blocks the thread for `timeout` at the most; not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire_many`](BoundedSemaphore::acquire_many), and
    /// [`AcquireTimeoutError::Timeout`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::Duration;
    /// # use waystation_semaphore::BoundedSemaphore;
    /// let semaphore = BoundedSemaphore::new(2);
    /// let _one = semaphore.try_acquire()?;
    /// assert!(semaphore.acquire_many_timeout(2, Duration::from_millis(1)).is_err());
    /// let _other = semaphore.try_acquire()?; // nobody is in the way any more
    /// assert_eq!(semaphore.available_permits(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn acquire_many_timeout(
        &self,
        n: usize,
        timeout: Duration,
    ) -> Result<Permit<&Self>, AcquireTimeoutError> {
        or_timeout(block_on_timeout(self.acquire_many(n), timeout))
    }

    /// Like [`acquire_many_blocking`](BoundedSemaphore::acquire_many_blocking), but gives up at
    /// `deadline`.
    ///
    /// # Blocking
    ///
    /// Blocks the thread until `deadline` at the most; not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire_many`](BoundedSemaphore::acquire_many), and
    /// [`AcquireTimeoutError::Timeout`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::time::{Duration, Instant};
    /// # use waystation_semaphore::BoundedSemaphore;
    /// let jobs = BoundedSemaphore::new(2);
    /// let straggler = jobs.try_acquire()?;
    /// let deadline = Instant::now() + Duration::from_millis(1);
    /// let all_done = jobs.acquire_many_deadline(jobs.bound(), deadline).is_ok();
    /// jobs.close(); // no new ones, either way
    /// assert!(!all_done);
    /// # drop(straggler);
    /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
    /// ```
    pub fn acquire_many_deadline(
        &self,
        n: usize,
        deadline: Instant,
    ) -> Result<Permit<&Self>, AcquireTimeoutError> {
        or_timeout(block_on_deadline(self.acquire_many(n), deadline))
    }

    /// Like [`acquire_many_owned`](BoundedSemaphore::acquire_many_owned), for a thread.
    ///
    /// # Blocking
    ///
    /// Blocks the thread, which waits in the same line as the tasks. Not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire_many_owned`](BoundedSemaphore::acquire_many_owned).
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use waystation_semaphore::BoundedSemaphore;
    /// let semaphore = Arc::new(BoundedSemaphore::new(3));
    /// let mut permits = semaphore.acquire_many_owned_blocking(3)?;
    /// let part = permits.split(2);
    /// std::thread::spawn(move || drop(part)).join().unwrap();
    /// assert_eq!(semaphore.available_permits(), 2);
    /// assert_eq!(permits.num_permits(), 1);
    /// # Ok::<(), waystation_semaphore::AcquireError>(())
    /// ```
    pub fn acquire_many_owned_blocking(
        self: &Arc<Self>,
        n: usize,
    ) -> Result<Permit<Arc<Self>>, AcquireError> {
        block_on(self.acquire_many_owned(n))
    }

    /// Like [`acquire_many_owned_blocking`](BoundedSemaphore::acquire_many_owned_blocking), but
    /// gives up after `timeout`. Zero tries once; `Duration::MAX` never gives up.
    ///
    /// # Blocking
    ///
    /// Blocks the thread for `timeout` at the most; not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire_many_owned`](BoundedSemaphore::acquire_many_owned), and
    /// [`AcquireTimeoutError::Timeout`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use std::time::Duration;
    /// # use waystation_semaphore::BoundedSemaphore;
    /// let semaphore = Arc::new(BoundedSemaphore::new(2));
    /// let _both = semaphore.try_acquire_many_owned(2)?;
    /// assert!(semaphore.acquire_many_owned_timeout(1, Duration::ZERO).is_err());
    /// let none = semaphore.acquire_many_owned_timeout(0, Duration::ZERO)?; // waits for nobody
    /// assert_eq!(none.num_permits(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn acquire_many_owned_timeout(
        self: &Arc<Self>,
        n: usize,
        timeout: Duration,
    ) -> Result<Permit<Arc<Self>>, AcquireTimeoutError> {
        or_timeout(block_on_timeout(self.acquire_many_owned(n), timeout))
    }

    /// Like [`acquire_many_owned_blocking`](BoundedSemaphore::acquire_many_owned_blocking), but
    /// gives up at `deadline`.
    ///
    /// # Blocking
    ///
    /// Blocks the thread until `deadline` at the most; not to be called from a task.
    ///
    /// # Errors
    ///
    /// As for [`acquire_many_owned`](BoundedSemaphore::acquire_many_owned), and
    /// [`AcquireTimeoutError::Timeout`].
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use std::time::Instant;
    /// # use waystation_semaphore::{AcquireTimeoutError, BoundedSemaphore};
    /// let semaphore = Arc::new(BoundedSemaphore::new(2));
    /// let _one = semaphore.try_acquire_owned()?;
    /// let now = Instant::now();
    /// let failure = |n| semaphore.acquire_many_owned_deadline(n, now).unwrap_err();
    /// assert_eq!(failure(2), AcquireTimeoutError::Timeout); // a later deadline might do
    /// assert_eq!(failure(3), AcquireTimeoutError::TooMany);
    /// semaphore.close();
    /// assert_eq!(failure(2), AcquireTimeoutError::Closed);
    /// # Ok::<(), waystation_semaphore::TryAcquireError>(())
    /// ```
    pub fn acquire_many_owned_deadline(
        self: &Arc<Self>,
        n: usize,
        deadline: Instant,
    ) -> Result<Permit<Arc<Self>>, AcquireTimeoutError> {
        or_timeout(block_on_deadline(self.acquire_many_owned(n), deadline))
    }
}
