//! What the futures and guards work on, whatever queue it is.

use std::ops::Deref;

use crate::{BaseQueue, Discipline};

mod sealed {
    #[allow(
        unnameable_types,
        reason = "a sealed trait: not to be named is its purpose"
    )]
    pub trait Sealed {}
}
pub(crate) use sealed::Sealed;

/// What the futures and guards of this crate work on: a [`BaseQueue`], or the
/// [`Channel`](crate::channel::Channel) behind its handles. Sealed.
pub trait AnyQueue: Sealed {
    /// What is in it.
    type Item;
    /// In what order it comes out.
    type Discipline;

    #[doc(hidden)]
    fn base(&self) -> &BaseQueue<Self::Item, Self::Discipline>;
}

/// An [`AnyQueue`] whose items can be put and taken: every one. Sealed.
///
/// It is not part of `AnyQueue` itself: rustc could not see then that a future of a
/// `Queue<&'static str>` is `Send`.
pub trait Disciplined: AnyQueue<Discipline: Discipline<<Self as AnyQueue>::Item>> {}

impl<Q: AnyQueue<Discipline: Discipline<<Q as AnyQueue>::Item>>> Disciplined for Q {}

impl<T, D> Sealed for BaseQueue<T, D> {}

impl<T, D> AnyQueue for BaseQueue<T, D> {
    type Item = T;
    type Discipline = D;

    #[inline]
    fn base(&self) -> &Self {
        self
    }
}

pub(crate) type ItemOf<H> = <<H as Deref>::Target as AnyQueue>::Item;

pub(crate) type TokenOf<H> =
    <<<H as Deref>::Target as AnyQueue>::Discipline as Discipline<ItemOf<H>>>::Token;
