//! Who is `Send`, `Sync`, `Unpin` and fused.

use std::future::{Future, Ready};
use std::marker::PhantomPinned;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};

use static_assertions::{assert_impl_all, assert_not_impl_any};
use waystation_gather::children::{CatchPanics, Iter};
use waystation_gather::{
    AsCompleted, Blocking, Gather, Group, GroupNext, Key, Next, Panicked, TryGather,
};

/// A child that must not move once it was polled.
struct Pinned(PhantomPinned);

impl Future for Pinned {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Ready(())
    }
}

/// A child that must stay on its thread.
type Local = Pin<Box<dyn Future<Output = ()>>>;

type OfVec<F> = Gather<Vec<F>>;
type OfArray<F> = Gather<[F; 3]>;
type OfTuple<F> = Gather<(F, Ready<u8>)>;
type OfIter<F> = Gather<Iter<std::option::IntoIter<F>>>;
type Caught<F> = Gather<Vec<F>, CatchPanics>;
type Try<T, E> = TryGather<Vec<Ready<Result<T, E>>>>;
type Completed<F> = AsCompleted<Vec<F>>;
type NextOf<F> = Next<'static, Vec<F>>;
type CaughtGroup<F> = Group<F, CatchPanics>;
type GroupNextOf<F> = GroupNext<'static, F>;

// Unpin, whatever the children are: they are pinned in boxes.
assert_not_impl_any!(Pinned: Unpin);
assert_impl_all!(OfVec<Pinned>: Unpin);
assert_impl_all!(OfArray<Pinned>: Unpin);
assert_impl_all!(OfIter<Pinned>: Unpin);
assert_impl_all!(OfTuple<Pinned>: Unpin);
assert_impl_all!(Group<Pinned>: Unpin);
assert_impl_all!(CaughtGroup<Pinned>: Unpin);
assert_impl_all!(GroupNextOf<Pinned>: Unpin);
assert_impl_all!(Caught<Pinned>: Unpin);
assert_impl_all!(Completed<Pinned>: Unpin);
assert_impl_all!(NextOf<Pinned>: Unpin);

// A thread can wait for each of them.
assert_impl_all!(OfVec<Pinned>: Blocking);
assert_impl_all!(OfTuple<Local>: Blocking);
assert_impl_all!(Caught<Pinned>: Blocking);
assert_impl_all!(Try<u8, u8>: Blocking);
assert_impl_all!(NextOf<Pinned>: Blocking);
assert_impl_all!(GroupNextOf<Pinned>: Blocking);

// Send, when children and outputs are.
assert_impl_all!(OfVec<Ready<String>>: Send, Sync);
assert_impl_all!(OfTuple<Ready<String>>: Send, Sync);
assert_impl_all!(Caught<Ready<String>>: Send);
assert_impl_all!(Try<u8, String>: Send);
assert_impl_all!(Completed<Ready<String>>: Send);
assert_impl_all!(NextOf<Ready<String>>: Send);
assert_impl_all!(Group<Ready<String>>: Send, Sync);
assert_impl_all!(CaughtGroup<Ready<String>>: Send);
assert_impl_all!(GroupNextOf<Ready<String>>: Send);
assert_not_impl_any!(Group<Local>: Send, Sync);
assert_not_impl_any!(GroupNextOf<Local>: Send);
assert_not_impl_any!(OfVec<Local>: Send, Sync);
assert_not_impl_any!(OfTuple<Local>: Send, Sync);
assert_not_impl_any!(OfVec<Ready<Rc<u8>>>: Send, Sync);
assert_not_impl_any!(OfTuple<Ready<Rc<u8>>>: Send, Sync);
assert_not_impl_any!(Try<Rc<u8>, ()>: Send);
assert_not_impl_any!(Try<u8, Rc<u8>>: Send);
assert_not_impl_any!(Completed<Local>: Send);
assert_not_impl_any!(NextOf<Local>: Send);

assert_impl_all!(Key: Send, Sync, Copy, Ord, std::hash::Hash);
assert_impl_all!(Panicked: Send, Sync, std::error::Error);
assert_impl_all!(OfVec<Ready<u8>>: std::fmt::Debug, Future);
assert_not_impl_any!(OfVec<Ready<u8>>: Clone);

#[cfg(feature = "futures-core")]
mod fused {
    use super::*;
    use futures_core::{FusedFuture, FusedStream, Stream};

    assert_impl_all!(OfVec<Pinned>: FusedFuture);
    assert_impl_all!(OfTuple<Pinned>: FusedFuture);
    assert_impl_all!(Try<u8, u8>: FusedFuture);
    assert_impl_all!(Completed<Pinned>: Stream, FusedStream);
    assert_impl_all!(NextOf<Pinned>: FusedFuture);
    assert_impl_all!(Group<Pinned>: Stream, FusedStream);
    assert_impl_all!(GroupNextOf<Pinned>: FusedFuture);
}

#[test]
fn the_assertions_above_compile() {}
