//! What a queue must do to take part, and what goes through it.

use std::fmt::Debug;
use std::future::Future;

use crate::facts::Facts;

/// What goes through a queue.
pub trait Item: Clone + Copy + Debug + Default + Send + Sync + Unpin + 'static {}

impl Item for u64 {}

/// Sixty-four bytes.
#[derive(Clone, Copy, Debug, Default)]
pub struct Parcel(#[allow(dead_code, reason = "ballast, moved and never read")] [u64; 8]);

impl Item for Parcel {}

/// A queue for tasks.
///
/// A crate whose bounded and unbounded queues are different types has two adaptors, so that
/// neither pays for a choice at run time.
pub trait QueuePeer: 'static {
    /// Who this is.
    const FACTS: Facts;
    /// The producers' end.
    type Tx<T: Item>: Clone + Send + 'static;
    /// The consumers' end.
    type Rx<T: Item>: Send + 'static;
    /// A queue; an unbounded one ignores the capacity.
    fn open<T: Item>(capacity: usize) -> (Self::Tx<T>, Self::Rx<T>);
    /// A further consumer, if there may be several.
    fn share<T: Item>(rx: &Self::Rx<T>) -> Option<Self::Rx<T>>;
    /// Puts an item in, waiting for room. The output is dropped; no workload closes a queue.
    fn put<T: Item>(tx: &Self::Tx<T>, item: T) -> impl Future + Send;
    /// Takes the next item, waiting for one.
    fn get<T: Item>(rx: &mut Self::Rx<T>) -> impl Future<Output = Option<T>> + Send;
    /// Puts an item in if there is room.
    fn try_put<T: Item>(tx: &Self::Tx<T>, item: T) -> bool;
    /// Takes the next item if there is one.
    fn try_get<T: Item>(rx: &mut Self::Rx<T>) -> Option<T>;
}

/// A queue for threads.
pub trait ThreadQueue: 'static {
    /// Who this is.
    const FACTS: Facts;
    /// The producers' end.
    type Tx<T: Item>: Clone + Send + 'static;
    /// The consumers' end.
    type Rx<T: Item>: Send + 'static;
    /// A queue; an unbounded one ignores the capacity.
    fn open<T: Item>(capacity: usize) -> (Self::Tx<T>, Self::Rx<T>);
    /// A further consumer, if there may be several.
    fn share<T: Item>(rx: &Self::Rx<T>) -> Option<Self::Rx<T>>;
    /// Puts an item in, waiting for room.
    fn put<T: Item>(tx: &Self::Tx<T>, item: T);
    /// Takes the next item, waiting for one.
    fn get<T: Item>(rx: &Self::Rx<T>) -> Option<T>;
    /// Puts an item in if there is room.
    fn try_put<T: Item>(tx: &Self::Tx<T>, item: T) -> bool;
    /// Takes the next item if there is one.
    fn try_get<T: Item>(rx: &Self::Rx<T>) -> Option<T>;
}
