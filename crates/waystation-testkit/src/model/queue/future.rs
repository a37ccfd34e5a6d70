//! A future of the queue: what it waits for, where it stands, what comes out.

/// What comes out of a future of a [`QueueModel`](super::QueueModel).
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Outcome<T> {
    /// A `put`: the item is in.
    Entered,
    /// A `put`: closed, the item comes back.
    Returned(T),
    /// A `get`.
    Got(T),
    /// A `get_many`; nothing: closed and drained, or limit 0.
    GotMany(Vec<T>),
    /// A `reserve`: the script holds one `Slot` more.
    Slot,
    /// A `get` or a `reserve`: closed.
    Closed,
    /// A `join` or a `closed`.
    Done,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct Wait<T> {
    pub(super) what: What<T>,
    pub(super) place: Place,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum What<T> {
    Put(T),
    Reserve,
    Get,
    GetMany(usize),
    Join,
    Closed,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Place {
    New,
    Parked,
    /// An item, a room or a slot is promised.
    Granted,
    /// Nothing more will be promised: refused, or for `join` and `closed` released.
    Ended,
}
