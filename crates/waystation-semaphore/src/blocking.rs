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
    pub fn acquire_blocking(&self) -> Result<Permit<&Self>, AcquireError> {
        block_on(self.acquire())
    }

    /// Like [`acquire_blocking`](Semaphore::acquire_blocking), but gives up after `timeout`. Zero
    /// tries once; `Duration::MAX` never gives up.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](Semaphore::acquire), and [`AcquireTimeoutError::Timeout`].
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<Permit<&Self>, AcquireTimeoutError> {
        or_timeout(block_on_timeout(self.acquire(), timeout))
    }

    /// Like [`acquire_blocking`](Semaphore::acquire_blocking), but gives up at `deadline`.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](Semaphore::acquire), and [`AcquireTimeoutError::Timeout`].
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
    pub fn acquire_owned_blocking(self: &Arc<Self>) -> Result<Permit<Arc<Self>>, AcquireError> {
        block_on(self.acquire_owned())
    }

    /// Like [`acquire_owned_blocking`](Semaphore::acquire_owned_blocking), but gives up after
    /// `timeout`. Zero tries once; `Duration::MAX` never gives up.
    ///
    /// # Errors
    ///
    /// As for [`acquire_owned`](Semaphore::acquire_owned), and [`AcquireTimeoutError::Timeout`].
    pub fn acquire_owned_timeout(
        self: &Arc<Self>,
        timeout: Duration,
    ) -> Result<Permit<Arc<Self>>, AcquireTimeoutError> {
        or_timeout(block_on_timeout(self.acquire_owned(), timeout))
    }

    /// Like [`acquire_owned_blocking`](Semaphore::acquire_owned_blocking), but gives up at
    /// `deadline`.
    ///
    /// # Errors
    ///
    /// As for [`acquire_owned`](Semaphore::acquire_owned), and [`AcquireTimeoutError::Timeout`].
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
    pub fn acquire_many_blocking(&self, n: usize) -> Result<Permit<&Self>, AcquireError> {
        block_on(self.acquire_many(n))
    }

    /// Like [`acquire_many_blocking`](Semaphore::acquire_many_blocking), but gives up after
    /// `timeout`. Zero tries once; `Duration::MAX` never gives up.
    ///
    /// # Errors
    ///
    /// As for [`acquire_many`](Semaphore::acquire_many), and [`AcquireTimeoutError::Timeout`].
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
    /// # Errors
    ///
    /// As for [`acquire_many`](Semaphore::acquire_many), and [`AcquireTimeoutError::Timeout`].
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
    pub fn acquire_many_owned_blocking(
        self: &Arc<Self>,
        n: usize,
    ) -> Result<Permit<Arc<Self>>, AcquireError> {
        block_on(self.acquire_many_owned(n))
    }

    /// Like [`acquire_many_owned_blocking`](Semaphore::acquire_many_owned_blocking), but gives up
    /// after `timeout`. Zero tries once; `Duration::MAX` never gives up.
    ///
    /// # Errors
    ///
    /// As for [`acquire_many_owned`](Semaphore::acquire_many_owned), and
    /// [`AcquireTimeoutError::Timeout`].
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
    /// # Errors
    ///
    /// As for [`acquire_many_owned`](Semaphore::acquire_many_owned), and
    /// [`AcquireTimeoutError::Timeout`].
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
    pub fn acquire_blocking(&self) -> Result<Permit<&Self>, AcquireError> {
        block_on(self.acquire())
    }

    /// Like [`acquire_blocking`](BoundedSemaphore::acquire_blocking), but gives up after `timeout`.
    /// Zero tries once; `Duration::MAX` never gives up.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](BoundedSemaphore::acquire), and [`AcquireTimeoutError::Timeout`].
    pub fn acquire_timeout(&self, timeout: Duration) -> Result<Permit<&Self>, AcquireTimeoutError> {
        or_timeout(block_on_timeout(self.acquire(), timeout))
    }

    /// Like [`acquire_blocking`](BoundedSemaphore::acquire_blocking), but gives up at `deadline`.
    ///
    /// # Errors
    ///
    /// As for [`acquire`](BoundedSemaphore::acquire), and [`AcquireTimeoutError::Timeout`].
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
    pub fn acquire_owned_blocking(self: &Arc<Self>) -> Result<Permit<Arc<Self>>, AcquireError> {
        block_on(self.acquire_owned())
    }

    /// Like [`acquire_owned_blocking`](BoundedSemaphore::acquire_owned_blocking), but gives up
    /// after `timeout`. Zero tries once; `Duration::MAX` never gives up.
    ///
    /// # Errors
    ///
    /// As for [`acquire_owned`](BoundedSemaphore::acquire_owned), and
    /// [`AcquireTimeoutError::Timeout`].
    pub fn acquire_owned_timeout(
        self: &Arc<Self>,
        timeout: Duration,
    ) -> Result<Permit<Arc<Self>>, AcquireTimeoutError> {
        or_timeout(block_on_timeout(self.acquire_owned(), timeout))
    }

    /// Like [`acquire_owned_blocking`](BoundedSemaphore::acquire_owned_blocking), but gives up at
    /// `deadline`.
    ///
    /// # Errors
    ///
    /// As for [`acquire_owned`](BoundedSemaphore::acquire_owned), and
    /// [`AcquireTimeoutError::Timeout`].
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
    pub fn acquire_many_blocking(&self, n: usize) -> Result<Permit<&Self>, AcquireError> {
        block_on(self.acquire_many(n))
    }

    /// Like [`acquire_many_blocking`](BoundedSemaphore::acquire_many_blocking), but gives up after
    /// `timeout`. Zero tries once; `Duration::MAX` never gives up.
    ///
    /// # Errors
    ///
    /// As for [`acquire_many`](BoundedSemaphore::acquire_many), and
    /// [`AcquireTimeoutError::Timeout`].
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
    /// # Errors
    ///
    /// As for [`acquire_many`](BoundedSemaphore::acquire_many), and
    /// [`AcquireTimeoutError::Timeout`].
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
    pub fn acquire_many_owned_blocking(
        self: &Arc<Self>,
        n: usize,
    ) -> Result<Permit<Arc<Self>>, AcquireError> {
        block_on(self.acquire_many_owned(n))
    }

    /// Like [`acquire_many_owned_blocking`](BoundedSemaphore::acquire_many_owned_blocking), but
    /// gives up after `timeout`. Zero tries once; `Duration::MAX` never gives up.
    ///
    /// # Errors
    ///
    /// As for [`acquire_many_owned`](BoundedSemaphore::acquire_many_owned), and
    /// [`AcquireTimeoutError::Timeout`].
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
    /// # Errors
    ///
    /// As for [`acquire_many_owned`](BoundedSemaphore::acquire_many_owned), and
    /// [`AcquireTimeoutError::Timeout`].
    pub fn acquire_many_owned_deadline(
        self: &Arc<Self>,
        n: usize,
        deadline: Instant,
    ) -> Result<Permit<Arc<Self>>, AcquireTimeoutError> {
        or_timeout(block_on_deadline(self.acquire_many_owned(n), deadline))
    }
}
