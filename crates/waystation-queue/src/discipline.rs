use std::fmt;
use waystation_core::panics::FirstPanic;
use waystation_core::ring::KEPT;
use waystation_core::sync::catch_panic;

mod fifo;
mod lifo;
mod priority;

pub use fifo::Fifo;
pub use lifo::Lifo;
pub use priority::{Arrival, Prioritized, Priority};

/// In which order items leave a queue.
///
/// [`Queue`](crate::Queue), [`LifoQueue`](crate::LifoQueue) and
/// [`PriorityQueue`](crate::PriorityQueue) are written on it. Your own goes into
/// [`BaseQueue::with_discipline`](crate::BaseQueue::with_discipline).
///
/// # What runs under the lock
///
/// Every method here, and so the `Ord` of a priority queue's items, runs under the queue's lock:
/// keep it short, and never use the same queue from it: that deadlocks. If a method panics, the
/// queue stays usable and the panic comes out of the call that ran it; what is then in the queue is
/// what [`len`](Discipline::len) says, and what is lost counts as done. Drop items in none of them:
/// an item's own `Drop` may want the queue.
///
/// # Examples
///
/// Round robin by key: one busy customer does not hold up the others.
///
/// ```
/// use std::collections::VecDeque;
/// use waystation_queue::{BaseQueue, Discipline};
///
/// #[derive(Default)]
/// struct RoundRobin {
///     /// One line per customer; the first is served next.
///     lines: VecDeque<(u32, VecDeque<&'static str>)>,
///     len: usize,
/// }
///
/// impl Discipline<(u32, &'static str)> for RoundRobin {
///     type Token = ();
///
///     fn push(&mut self, (customer, job): (u32, &'static str)) {
///         match self.lines.iter_mut().find(|(key, _)| *key == customer) {
///             Some((_, line)) => line.push_back(job),
///             None => self.lines.push_back((customer, VecDeque::from([job]))),
///         }
///         self.len += 1;
///     }
///
///     fn pop(&mut self) -> Option<((u32, &'static str), ())> {
///         let (customer, mut line) = self.lines.pop_front()?;
///         let job = line.pop_front()?;
///         if !line.is_empty() {
///             self.lines.push_back((customer, line));
///         }
///         self.len -= 1;
///         Some(((customer, job), ()))
///     }
///
///     fn put_back(&mut self, (customer, job): (u32, &'static str), (): ()) {
///         self.lines.push_front((customer, VecDeque::from([job])));
///         self.len += 1;
///     }
///
///     fn len(&self) -> usize {
///         self.len
///     }
/// }
///
/// let queue = BaseQueue::with_discipline(RoundRobin::default(), None);
/// for job in [(1, "a"), (1, "b"), (2, "c")] {
///     queue.try_put(job).unwrap();
/// }
/// assert_eq!(queue.drain(), [(1, "a"), (2, "c"), (1, "b")]);
/// ```
pub trait Discipline<T> {
    /// Where an item belonged when it was taken, for [`put_back`](Discipline::put_back).
    type Token;

    /// Adds an item.
    fn push(&mut self, item: T);

    /// Takes the next item; `None` exactly if [`len`](Discipline::len) is 0.
    fn pop(&mut self) -> Option<(T, Self::Token)>;

    /// Puts an item back that was taken, where it is the next of its rank
    /// ([`TaskGuard::nack`](crate::TaskGuard::nack)).
    fn put_back(&mut self, item: T, token: Self::Token);

    /// How many items there are. Cheap: it runs with every operation. It must not panic.
    fn len(&self) -> usize;

    /// Whether there are no items.
    fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Gives back the memory that is not needed for what is in it. As provided, it does nothing.
    fn shrink_to_fit(&mut self) {}

    /// Takes all items, in the order in which [`pop`](Discipline::pop) would. As provided, it puts
    /// back what it has taken if `pop` panics.
    fn drain_all(&mut self) -> Vec<T> {
        let taken = pop_down_to(self, 0);
        taken.into_iter().map(|(item, _)| item).collect()
    }
}

/// Ends a call that found no item although there should be one.
#[cold]
#[track_caller]
pub(crate) fn lacks_item() -> ! {
    panic!("`Discipline::pop` returned `None` although `len` was not 0")
}

/// Takes items out until `keep` are left. If the discipline panics, those that were taken go back.
pub(crate) fn pop_down_to<T, D>(items: &mut D, keep: usize) -> Vec<(T, D::Token)>
where
    D: Discipline<T> + ?Sized,
{
    let mut taken = Vec::with_capacity(items.len().saturating_sub(keep));
    let outcome = catch_panic(|| {
        while items.len() > keep {
            match items.pop() {
                Some(next) => taken.push(next),
                None => break,
            }
        }
    });
    if let Err(payload) = outcome {
        let mut panics = FirstPanic::new();
        panics.keep(payload);
        panics.run_all(taken.into_iter().rev(), |(item, token)| {
            items.put_back(item, token);
        });
        panics.resume();
        return Vec::new();
    }
    taken
}

fn fmt_len(name: &str, len: usize, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    f.debug_struct(name)
        .field("len", &len)
        .finish_non_exhaustive()
}
