//! Where a child lives, and how it is polled.
//!
//! A pinned child must not move, so it lives in a box. A box for each is an allocation for each,
//! and one allocation for all cannot be had without `unsafe` code of our own. Between the two:
//! rooms with four beds, pinned as a whole, whose fields `pin_project_lite` projects.

use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use waystation_core::panics::FirstPanic;

use crate::group::Mode;

const BEDS: usize = 4;

pin_project! {
    struct Room<F> {
        #[pin]
        first: Option<F>,
        #[pin]
        second: Option<F>,
        #[pin]
        third: Option<F>,
        #[pin]
        fourth: Option<F>,
    }
}

impl<F> Room<F> {
    const fn new() -> Self {
        Self {
            first: None,
            second: None,
            third: None,
            fourth: None,
        }
    }

    #[inline]
    fn bed(self: Pin<&mut Self>, bed: usize) -> Pin<&mut Option<F>> {
        let room = self.project();
        match bed {
            0 => room.first,
            1 => room.second,
            2 => room.third,
            _ => room.fourth,
        }
    }
}

/// Children of one type, by slot.
///
/// The memory of a child that has ended is used again by the next one in its slot, and given back
/// with the nursery.
pub(crate) struct Nursery<F>(Vec<Pin<Box<Room<F>>>>);

impl<F> Nursery<F> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn reserve(&mut self, children: usize) {
        self.0.reserve_exact(children.div_ceil(BEDS));
    }

    /// Puts a child into a free slot: one that had a child before, or the first that had none.
    pub(crate) fn put(&mut self, slot: usize, child: F) {
        if slot / BEDS == self.0.len() {
            self.0.push(Box::pin(Room::new()));
        }
        self.bed(slot).set(Some(child));
    }

    /// Drops the child in a slot, if it is still there.
    pub(crate) fn evict(&mut self, slot: usize) {
        self.bed(slot).set(None);
    }

    #[inline]
    pub(crate) fn bed(&mut self, slot: usize) -> Pin<&mut Option<F>> {
        self.0[slot / BEDS].as_mut().bed(slot % BEDS)
    }
}

/// What one poll made of a child whose output is `T`.
pub(crate) type Settled<M, T> = Poll<ControlFlow<<M as Mode<T>>::Stop, <M as Mode<T>>::Kept>>;

/// Polls a child and drops it if it ends, by an output or by a panic that the mode keeps. One that
/// has ended is `Pending`.
#[inline]
pub(crate) fn poll_child<F: Future, M: Mode<F::Output>>(
    mut bed: Pin<&mut Option<F>>,
    index: usize,
    cx: &mut Context<'_>,
) -> Settled<M, F::Output> {
    let settled = M::settle(index, || {
        let Some(child) = bed.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let poll = child.poll(cx);
        if poll.is_ready() {
            // Within the mode's reach: a drop that panics is a panic of this child.
            bed.set(None);
        }
        poll
    });
    if settled.is_ready() && bed.is_some() {
        // It panicked, and the mode made an output of that. What its drop does is only reported.
        let mut panics = FirstPanic::new();
        panics.run(|| bed.set(None));
        panics.suppress();
    }
    settled
}
