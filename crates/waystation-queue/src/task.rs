use std::fmt;
use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, ready};

use waystation_core::block::Seal;
use waystation_core::coop;
use waystation_core::panics::FirstPanic;
use waystation_core::source::Source;
use waystation_core::wait::{Batch, polled_after_ready};

use crate::any::{AnyQueue, Disciplined, ItemOf, TokenOf};
use crate::get::Getting;
use crate::{BaseQueue, Discipline, GetError, TooManyTaskDone};

impl<T, D: Discipline<T>> BaseQueue<T, D> {
    /// Waits for an item and takes it, to be reported as done when the [`TaskGuard`] is dropped.
    pub fn get_task(&self) -> GetTask<&Self> {
        GetTask::new(self)
    }

    /// [`get_task`](BaseQueue::get_task) as a `'static` future.
    pub fn get_task_owned(self: &Arc<Self>) -> GetTask<Arc<Self>> {
        GetTask::new(self.clone())
    }

    /// Reports that one item which was taken is done: [`join`](BaseQueue::join) waits for all.
    ///
    /// # Errors
    ///
    /// If it was called more often than items were put.
    #[track_caller]
    pub fn task_done(&self) -> Result<(), TooManyTaskDone> {
        let mut outcome = Ok(());
        let panics = self.change(|inner| match inner.unfinished {
            0 => outcome = Err(TooManyTaskDone),
            _ => inner.finish(1),
        });
        panics.resume();
        outcome
    }

    /// How many items were put and not reported as done.
    pub fn unfinished(&self) -> usize {
        usize::try_from(self.lock().unfinished).unwrap_or(usize::MAX)
    }
}

/// The future of [`BaseQueue::get_task`] and its variants. Its output is
/// `Result<TaskGuard, GetError>`.
#[must_use = "nothing is taken until it is awaited: `let task = queue.get_task().await?`"]
pub struct GetTask<H: Source<Target: AnyQueue>> {
    /// `None` once the future has returned `Ready`.
    queue: Option<H>,
    getting: Getting,
}

impl<H: Source<Target: AnyQueue>> GetTask<H> {
    pub(crate) fn new(queue: H) -> Self {
        Self {
            queue: Some(queue),
            getting: Getting::default(),
        }
    }
}

impl<H: Source<Target: Disciplined>> Future for GetTask<H> {
    type Output = Result<TaskGuard<H>, GetError>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let this = &mut *self;
        let Some(queue) = &this.queue else {
            polled_after_ready("GetTask")
        };
        let unit = ready!(coop::poll_unit(cx));
        let outcome = this.getting.poll("GetTask", queue.base(), cx);
        let outcome = ready!(unit.charge(outcome));
        let Some(queue) = this.queue.take() else {
            polled_after_ready("GetTask")
        };
        Poll::Ready(outcome.map(|task| TaskGuard {
            queue,
            task: Some(task),
        }))
    }
}

impl<H: Source<Target: AnyQueue>> Seal for GetTask<H> {}

impl<H: Source<Target: AnyQueue>> Drop for GetTask<H> {
    fn drop(&mut self) {
        if let Some(queue) = &self.queue {
            self.getting.leave(queue.base());
        }
    }
}

impl<H: Source<Target: AnyQueue>> fmt::Debug for GetTask<H> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GetTask")
            .field("place", &self.getting)
            .finish_non_exhaustive()
    }
}

#[cfg(feature = "futures-core")]
impl<H: Source<Target: Disciplined>> futures_core::FusedFuture for GetTask<H> {
    fn is_terminated(&self) -> bool {
        self.queue.is_none()
    }
}

/// An item that is being worked on: dereferences to it, and reports it as done when it is dropped,
/// also while panicking.
///
/// ```
/// # use waystation_queue::Queue;
/// # futures_lite::future::block_on(async {
/// let queue = Queue::unbounded();
/// queue.put("job").await?;
/// let task = queue.get_task().await?;
/// task.nack().unwrap(); // could not be done now: it is the next one again
/// assert_eq!(*queue.get_task().await?, "job"); // dropped: done
/// queue.join().await;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// # }).unwrap();
/// ```
#[must_use = "unbound, or bound to `_`, a task is done at once: bind it to a name"]
pub struct TaskGuard<H: Source<Target: Disciplined>> {
    queue: H,
    /// `None` while the guard is consumed.
    task: Option<(ItemOf<H>, TokenOf<H>)>,
}

impl<H: Source<Target: Disciplined>> TaskGuard<H> {
    /// Takes the item out and reports it as done at once.
    #[must_use = "the item is dropped"]
    pub fn into_inner(mut self) -> ItemOf<H> {
        let (item, _) = self.take();
        self.done().suppress();
        item
    }

    /// Puts the item back where it would be the next of its rank, still unfinished. A closed queue
    /// takes it too, so that a drain keeps its retries.
    ///
    /// # Errors
    ///
    /// The item comes back, and counts as done, after [`close_now`](BaseQueue::close_now).
    ///
    /// # Panics
    ///
    /// If a waker panics: the item is in the queue then.
    #[track_caller]
    pub fn nack(mut self) -> Result<(), ItemOf<H>> {
        let task = self.take();
        let queue = self.queue.base();
        let mut batch = Batch::new();
        let mut inner = queue.lock();
        if inner.killed {
            inner.change(&queue.outside, &mut batch).finish(1);
            drop(inner);
            batch.finish().suppress();
            return Err(task.0);
        }
        inner.change(&queue.outside, &mut batch).put_back(task);
        drop(inner);
        batch.finish().resume();
        Ok(())
    }

    fn take(&mut self) -> (ItemOf<H>, TokenOf<H>) {
        match self.task.take() {
            Some(task) => task,
            None => unreachable!("the guard is gone when its item is"),
        }
    }

    fn done(&self) -> FirstPanic {
        self.queue.base().change(|inner| inner.finish(1))
    }
}

impl<H: Source<Target: Disciplined>> Deref for TaskGuard<H> {
    type Target = ItemOf<H>;

    fn deref(&self) -> &Self::Target {
        match &self.task {
            Some((item, _)) => item,
            None => unreachable!("the guard is gone when its item is"),
        }
    }
}

impl<H: Source<Target: Disciplined>> DerefMut for TaskGuard<H> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        match &mut self.task {
            Some((item, _)) => item,
            None => unreachable!("the guard is gone when its item is"),
        }
    }
}

impl<H: Source<Target: Disciplined>> Drop for TaskGuard<H> {
    fn drop(&mut self) {
        if self.task.is_some() {
            self.done().resume();
        }
    }
}

impl<H: Source<Target: Disciplined>> fmt::Debug for TaskGuard<H>
where
    ItemOf<H>: fmt::Debug,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("TaskGuard").field(&**self).finish()
    }
}
