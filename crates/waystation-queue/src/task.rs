use std::fmt;
use std::future::Future;
use std::ops::{Deref, DerefMut};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use waystation_core::source::Source;
use waystation_core::wait::polled_after_ready;

use crate::get::Getting;
use crate::join::Join;
use crate::queue::{AnyQueue, Disciplined, ItemOf, TokenOf};
use crate::section::Ring;
use crate::{BaseQueue, Discipline, GetError, TooManyTaskDone};

/// Tasks: items that count as unfinished until somebody says that they are done.
impl<T, D: Discipline<T>> BaseQueue<T, D> {
    /// Waits for an item that counts as done when its guard is dropped.
    ///
    /// # Fairness
    ///
    /// As for [`get`](BaseQueue::get).
    ///
    /// # Cancel safety
    ///
    /// As for [`get`](BaseQueue::get).
    ///
    /// # Errors
    ///
    /// [`GetError`] once the queue is closed and drained.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::unbounded();
    /// queue.put("job").await?;
    /// {
    ///     let task = queue.get_task().await.unwrap();
    ///     assert_eq!(*task, "job");
    ///     assert_eq!(queue.unfinished(), 1);
    /// }
    /// queue.join().await;
    /// # Ok::<(), waystation_queue::PutError<&str>>(())
    /// # }).unwrap();
    /// ```
    pub fn get_task(&self) -> GetTask<&Self> {
        GetTask::new(self)
    }

    /// Like [`get_task`](BaseQueue::get_task), for a future and a guard that own their queue.
    ///
    /// # Examples
    ///
    /// ```
    /// # use std::sync::Arc;
    /// # use std::thread;
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Arc::new(Queue::unbounded());
    /// queue.put(String::from("job")).await?;
    /// let task = queue.get_task_owned().await?;
    /// // Done when the thread is done with it.
    /// thread::spawn(move || assert_eq!(*task, "job")).join().unwrap();
    /// queue.join().await;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn get_task_owned(self: &Arc<Self>) -> GetTask<Arc<Self>> {
        GetTask::new(self.clone())
    }

    /// Says that an item that was taken is done.
    ///
    /// # Errors
    ///
    /// [`TooManyTaskDone`] if nothing is unfinished.
    ///
    /// # Panics
    ///
    /// If a waker of a [`join`](BaseQueue::join) panics: the item counts as done, and all others
    /// were woken.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::unbounded();
    /// queue.put("job").await?;
    /// assert_eq!(queue.get().await, Ok("job"));
    /// // Taken is not done.
    /// assert_eq!(queue.unfinished(), 1);
    /// queue.task_done()?;
    /// assert_eq!(queue.unfinished(), 0);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[track_caller]
    pub fn task_done(&self) -> Result<(), TooManyTaskDone> {
        let mut inner = self.lock();
        if inner.unfinished == 0 {
            return Err(TooManyTaskDone);
        }
        inner.finish(1);
        self.end(inner, None, Ring::Loud);
        Ok(())
    }

    /// Waits until nothing is unfinished: every item that was put was taken and is
    /// [done](BaseQueue::task_done).
    ///
    /// Everybody who waits is released when the count reaches 0, even if it rises again before they
    /// are polled.
    ///
    /// # Cancel safety
    ///
    /// Dropping the future changes nothing.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::poll_once;
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::unbounded();
    /// queue.put_many(["tea", "milk"]).await?;
    /// let mut join = queue.join();
    /// queue.get().await?;
    /// queue.task_done()?;
    /// assert!(poll_once(&mut join).await.is_none());
    /// drop(queue.get_task().await?);
    /// join.await;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn join(&self) -> Join<&Self> {
        Join::new(self)
    }

    /// Like [`join`](BaseQueue::join), for a future that owns its queue.
    ///
    /// # Examples
    ///
    /// ```
    /// # use futures_lite::future::block_on;
    /// # use std::sync::Arc;
    /// # use std::thread;
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Arc::new(Queue::unbounded());
    /// queue.put("job").await?;
    /// let join = queue.join_owned();
    /// let watcher = thread::spawn(move || block_on(join));
    /// drop(queue.get_task().await?);
    /// watcher.join().unwrap();
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn join_owned(self: &Arc<Self>) -> Join<Arc<Self>> {
        Join::new(self.clone())
    }

    /// How many items were put and are not done. It rises when an item enters, falls with
    /// [`task_done`](BaseQueue::task_done), and by what [`close_now`](BaseQueue::close_now) takes
    /// out.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::unbounded();
    /// queue.put_many(["taken", "left", "left too"]).await?;
    /// queue.get().await?;
    /// assert_eq!(queue.unfinished(), 3);
    /// // What is thrown away needs not be done; what was taken does.
    /// queue.close_now();
    /// assert_eq!(queue.unfinished(), 1);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn unfinished(&self) -> usize {
        self.lock().unfinished
    }
}

/// The future of [`BaseQueue::get_task`] and its kin.
///
/// Polling it again after it has returned `Ready` panics.
///
/// # Examples
///
/// ```
/// # use futures_lite::future::poll_once;
/// # use waystation_queue::Queue;
/// # futures_lite::future::block_on(async {
/// let queue = Queue::unbounded();
/// let mut get = queue.get_task();
/// assert!(poll_once(&mut get).await.is_none());
/// queue.put("job").await?;
/// // Given up before it was taken: not done, and there for the next worker.
/// drop(get);
/// assert_eq!(queue.unfinished(), 1);
/// assert_eq!(*queue.get_task().await.unwrap(), "job");
/// # Ok::<(), waystation_queue::PutError<&str>>(())
/// # }).unwrap();
/// ```
#[must_use = "nothing is taken until it is awaited: `let task = queue.get_task().await?`"]
pub struct GetTask<H: Source<Target: AnyQueue>> {
    /// `None` once the future has returned `Ready`.
    queue: Option<H>,
    getting: Getting,
}

impl<H: Source<Target: AnyQueue>> GetTask<H> {
    fn new(queue: H) -> Self {
        Self {
            queue: Some(queue),
            getting: Getting::New,
        }
    }

    /// Whether the future has returned `Ready` and must not be polled again.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::unbounded();
    /// queue.put("job").await?;
    /// let mut get = queue.get_task();
    /// assert!(!get.is_terminated());
    /// let task = (&mut get).await?;
    /// // The future is over; the task it gave is not.
    /// assert!(get.is_terminated());
    /// assert_eq!((*task, queue.unfinished()), ("job", 1));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    pub fn is_terminated(&self) -> bool {
        self.queue.is_none()
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
        let Poll::Ready(outcome) = this.getting.poll("GetTask", queue.base(), cx) else {
            return Poll::Pending;
        };
        let Some(queue) = this.queue.take() else {
            polled_after_ready("GetTask")
        };
        Poll::Ready(outcome.map(|task| TaskGuard {
            queue,
            task: Some(task),
        }))
    }
}

impl<H: Source<Target: AnyQueue>> Drop for GetTask<H> {
    #[track_caller]
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
        self.is_terminated()
    }
}

/// An item that counts as done when this guard is dropped, also by a panic. It counts as done first
/// and is dropped then.
///
/// In a future that must be `Send`, a guard of items that are bare references (`&'static str`) may
/// not be held over an `.await`: rustc cannot prove it. Wrap such items in a type of your own.
///
/// # Examples
///
/// ```
/// # use waystation_queue::Queue;
/// # futures_lite::future::block_on(async {
/// let queue = Queue::unbounded();
/// queue.put("not a number").await?;
/// let work = async {
///     let task = queue.get_task().await.unwrap();
///     task.parse::<u32>()
/// };
/// assert!(work.await.is_err());
/// queue.join().await; // Done all the same: the guard is gone.
/// # Ok::<(), waystation_queue::PutError<&str>>(())
/// # }).unwrap();
/// ```
#[must_use = "unbound, or bound to `_`, a task is done at once: bind it to a name"]
pub struct TaskGuard<H: Source<Target: Disciplined>> {
    queue: H,
    /// `None` once it was taken out of the guard.
    task: Option<(ItemOf<H>, TokenOf<H>)>,
}

impl<H: Source<Target: Disciplined>> TaskGuard<H> {
    /// Takes the item out; it counts as done at once.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::unbounded();
    /// queue.put("job").await?;
    /// let task = queue.get_task().await?;
    /// let job = task.into_inner();
    /// assert_eq!(queue.unfinished(), 0);
    /// assert_eq!(job, "job");
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[must_use = "the item is dropped"]
    pub fn into_inner(mut self) -> ItemOf<H> {
        let (item, _) = self.take();
        self.done(Ring::Quiet);
        item
    }

    /// Puts the item back where it would be next, still unfinished: somebody else may try.
    ///
    /// The queue may then hold one item more than its capacity for each live guard.
    ///
    /// # Errors
    ///
    /// The item comes back, and counts as done, once the queue is closed.
    ///
    /// # Panics
    ///
    /// If a waker panics: the item is back in the queue then.
    ///
    /// # Examples
    ///
    /// ```
    /// # use waystation_queue::Queue;
    /// # futures_lite::future::block_on(async {
    /// let queue = Queue::unbounded();
    /// queue.put_many(["first", "second"]).await?;
    /// let task = queue.get_task().await?;
    /// assert_eq!(task.nack(), Ok(()));
    /// // It is in front again, and was not done meanwhile.
    /// assert_eq!(queue.unfinished(), 2);
    /// assert_eq!(queue.get().await, Ok("first"));
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// # }).unwrap();
    /// ```
    #[track_caller]
    pub fn nack(mut self) -> Result<(), ItemOf<H>> {
        let (item, token) = self.take();
        let queue = self.queue.base();
        let inner = queue.lock();
        if inner.closed {
            drop(inner);
            self.done(Ring::Quiet);
            return Err(item);
        }
        let mut section = queue.section(inner);
        section.put_back(item, token);
        section.end(None, Ring::Loud);
        Ok(())
    }

    #[track_caller]
    fn take(&mut self) -> (ItemOf<H>, TokenOf<H>) {
        match self.task.take() {
            Some(task) => task,
            None => unreachable!("the guard is gone when its item is"),
        }
    }

    #[track_caller]
    fn done(&self, ring: Ring) {
        let queue = self.queue.base();
        let mut inner = queue.lock();
        inner.finish(1);
        queue.end(inner, None, ring);
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
    #[track_caller]
    fn drop(&mut self) {
        if self.task.is_some() {
            self.done(Ring::Loud);
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
