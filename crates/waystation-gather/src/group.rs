//! A set of futures that grows.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::hash::{Hash, Hasher};
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll};

use waystation_core::block::Seal;
use waystation_core::panics::FirstPanic;
use waystation_core::ring::Ticket;
use waystation_core::wait::polled_after_ready;

use crate::children::{CatchPanics, Keep, Mode};
use crate::run::{Cancelled, Engine, Growing};

/// A set of futures that run together in this task, and to which others can be added at any time.
///
/// [`push`](Group::push) adds a child, [`next`](Group::next) gives the output of the one that ends
/// first, [`cancel`](Group::cancel) drops one. The children run while `next` is awaited, and only
/// then; only woken children are polled. Under [`limit`](Group::limit) at most so many of them run,
/// and the others wait for their turn, in the order in which they were pushed.
///
/// Children have one type. Different ones are pushed as
/// `Box::pin(child) as Pin<Box<dyn Future<Output = T>>>`. With feature `futures-core` the group is a
/// `Stream`, which ends when the group is empty and goes on when a child is pushed.
///
/// # Fairness
///
/// As [`gather`](crate::gather()): children are polled in the order of their wake-ups, new ones
/// first. Among children that are complete, the one that was woken first comes first.
///
/// # Cancel safety
///
/// When the group is dropped, every child is dropped once, in the order in which they were pushed.
///
/// # Panics
///
/// When a child panics, the others are dropped, in order, and the panic propagates; the group is
/// empty then, and can be used again. With [`catch_panics`](Group::catch_panics) the panic is the
/// output of its child, and the others continue.
///
/// # Examples
///
/// ```
/// use waystation_gather::Group;
///
/// async fn visit(page: u32) -> Vec<u32> {
///     // The pages that this one links to.
///     [2 * page, 2 * page + 1].into_iter().filter(|&link| link < 100).collect()
/// }
///
/// # futures_lite::future::block_on(async {
/// let mut visits = Group::new().limit(8);
/// visits.push(visit(1));
/// let mut seen = 0;
/// while let Some((_, links)) = visits.next().await {
///     seen += 1;
///     for link in links {
///         visits.push(visit(link));
///     }
/// }
/// assert_eq!(seen, 99);
/// # });
/// ```
#[doc(alias = "FuturesUnordered")]
#[doc(alias = "JoinSet")]
#[doc(alias = "TaskGroup")]
#[doc(alias = "nursery")]
pub struct Group<F: Future, M: Mode<F::Output, Stop = Infallible> = Keep> {
    engine: Engine<Growing<F, M>>,
}

/// A child of a [`Group`], as [`push`](Group::push) returned it.
///
/// Keys of one group are never used again, and rise in the order of the pushes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Key(Ticket);

impl Hash for Key {
    fn hash<S: Hasher>(&self, state: &mut S) {
        self.0.number().hash(state);
    }
}

impl<F: Future> Group<F> {
    /// An empty group without a limit.
    pub const fn new() -> Self {
        Self {
            engine: Engine::new(Growing::new(usize::MAX)),
        }
    }

    /// Makes a panic of a child its output: each output becomes a
    /// `Result<T, `[`Panicked`](crate::Panicked)`>`, as
    /// [`Gather::catch_panics`](crate::Gather::catch_panics) has it.
    ///
    /// # Panics
    ///
    /// After the first push.
    #[track_caller]
    pub fn catch_panics(self) -> Group<F, CatchPanics> {
        let set = self.before_first_push("catch_panics");
        Group {
            engine: Engine::new(Growing::new(set.limit())),
        }
    }
}

impl<F: Future, M: Mode<F::Output, Stop = Infallible>> Group<F, M> {
    /// Lets at most `limit` children run at once.
    ///
    /// # Panics
    ///
    /// If `limit` is 0, or after the first push.
    #[track_caller]
    pub fn limit(self, limit: usize) -> Self {
        assert!(limit > 0, "`limit(0)` would never start a child");
        self.before_first_push("limit");
        Self {
            engine: Engine::new(Growing::new(limit)),
        }
    }

    #[track_caller]
    fn before_first_push(&self, method: &str) -> &Growing<F, M> {
        let set = self.engine.set();
        assert!(
            set.is_new(),
            "`{method}` must be called before the first push"
        );
        set
    }

    /// Adds a child. It runs from the next poll of [`next`](Group::next) on, or, under a limit, as
    /// soon as fewer are running and those pushed before it have been started.
    ///
    /// Nobody is woken: a `next` or a `Stream` that is pending must be polled again by the caller.
    pub fn push(&mut self, child: F) -> Key {
        Key(self.engine.set_mut().push(child))
    }

    /// Waits for the output of the child that ends first; `None` when the group is empty, until
    /// another child is pushed.
    ///
    /// # Cancel safety
    ///
    /// Nothing is lost: an output leaves only with `Ready`, and the children stay where they are.
    pub const fn next(&mut self) -> GroupNext<'_, F, M> {
        GroupNext { group: Some(self) }
    }

    /// Drops a child, whether it runs or waits for its turn. `false` if it has left the group: its
    /// output was returned, or it was cancelled before.
    ///
    /// A panic of the drop propagates; the child is gone all the same.
    pub fn cancel(&mut self, key: Key) -> bool {
        let mut panics = FirstPanic::new();
        match self.engine.set_mut().cancel(key.0) {
            None => return false,
            Some(Cancelled::Waiting(child)) => panics.drop(child),
            Some(Cancelled::Running(slot)) => {
                self.engine.cancel(slot);
                panics.run(|| self.engine.set_mut().remove(slot));
            }
        }
        if self.is_empty() {
            panics.append(self.rest());
        }
        panics.resume();
        true
    }

    /// How many children there are, running or not.
    pub fn len(&self) -> usize {
        self.engine.set().len()
    }

    /// Whether there is no child.
    pub fn is_empty(&self) -> bool {
        self.engine.set().is_empty()
    }

    /// Nobody is left: the task waits for nothing, and a burst gives its memory back.
    fn rest(&mut self) -> FirstPanic {
        let shrinks = self.engine.set_mut().shrink();
        self.engine.rest(shrinks)
    }

    #[track_caller]
    fn poll_next_output(&mut self, cx: &mut Context<'_>) -> Poll<Option<(Key, M::Kept)>> {
        if self.is_empty() {
            self.rest().resume();
            return Poll::Ready(None);
        }
        self.engine.poll("Group", cx).map(|end| match end {
            ControlFlow::Break((key, output)) => Some((Key(key), output)),
            ControlFlow::Continue(never) => match never {},
        })
    }
}

impl<F: Future> Default for Group<F> {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(feature = "futures-core")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
impl<F: Future, M: Mode<F::Output, Stop = Infallible>> futures_core::Stream for Group<F, M> {
    type Item = (Key, M::Kept);

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        self.poll_next_output(cx)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.len(), None)
    }
}

/// Terminated while the group is empty: `select!` leaves it alone until a child is pushed.
#[cfg(feature = "futures-core")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
impl<F: Future, M: Mode<F::Output, Stop = Infallible>> futures_core::FusedStream for Group<F, M> {
    fn is_terminated(&self) -> bool {
        self.is_empty()
    }
}

// Nothing in it is pinned in place: children are pinned in boxes.
impl<F: Future, M: Mode<F::Output, Stop = Infallible>> Unpin for Group<F, M> {}

impl<F: Future, M: Mode<F::Output, Stop = Infallible>> fmt::Debug for Group<F, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        use crate::run::Set as _;
        let set = self.engine.set();
        f.debug_struct("Group")
            .field("running", &set.live())
            .field("waiting", &(set.len() - set.live()))
            .finish_non_exhaustive()
    }
}

/// The future of [`Group::next`].
#[must_use = "no child runs until it is awaited: `group.next().await`"]
pub struct GroupNext<'a, F: Future, M: Mode<F::Output, Stop = Infallible> = Keep> {
    /// Until it has returned `Ready`.
    group: Option<&'a mut Group<F, M>>,
}

impl<F: Future, M: Mode<F::Output, Stop = Infallible>> Future for GroupNext<'_, F, M> {
    type Output = Option<(Key, M::Kept)>;

    #[track_caller]
    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Self::Output> {
        let Some(group) = &mut self.group else {
            polled_after_ready("GroupNext")
        };
        let poll = group.poll_next_output(cx);
        if poll.is_ready() {
            self.group = None;
        }
        poll
    }
}

impl<F: Future, M: Mode<F::Output, Stop = Infallible>> Seal for GroupNext<'_, F, M> {}

#[cfg(feature = "futures-core")]
#[cfg_attr(docsrs, doc(cfg(feature = "futures-core")))]
impl<F: Future, M: Mode<F::Output, Stop = Infallible>> futures_core::FusedFuture
    for GroupNext<'_, F, M>
{
    fn is_terminated(&self) -> bool {
        self.group.is_none()
    }
}

impl<F: Future, M: Mode<F::Output, Stop = Infallible>> fmt::Debug for GroupNext<'_, F, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("GroupNext")
            .field("group", &self.group)
            .finish()
    }
}
