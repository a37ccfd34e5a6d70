//! The slab of pinned children, and how one of them is polled.
//!
//! A pinned child must not move, so it lives in a box. A box for each is an allocation for each,
//! and one allocation for all cannot be had without `unsafe` code of our own. Between the two:
//! chunks of four, pinned as a whole, whose fields `pin_project_lite` projects.

use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll};

use pin_project_lite::pin_project;
use waystation_core::panics::FirstPanic;

use crate::mode::Mode;

const CHUNK: usize = 4;

pin_project! {
    struct Chunk<F> {
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

impl<F> Chunk<F> {
    #[inline]
    fn slot(self: Pin<&mut Self>, slot: usize) -> Pin<&mut Option<F>> {
        let chunk = self.project();
        // Not a match: that is a jump, and this is none.
        let (even, odd) = if slot & 2 == 0 {
            (chunk.first, chunk.second)
        } else {
            (chunk.third, chunk.fourth)
        };
        if slot & 1 == 0 { even } else { odd }
    }
}

/// Children of one type, by slot.
///
/// The memory of a child that has ended is used again by the next one in its slot, and given back
/// with the slab.
pub(crate) struct Slab<F>(Vec<Pin<Box<Chunk<F>>>>);

impl<F> Slab<F> {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    pub(crate) fn reserve(&mut self, children: usize) {
        self.0.reserve_exact(children.div_ceil(CHUNK));
    }

    /// Puts a child into a free slot: one that had a child before, or the first that had none.
    #[inline]
    pub(crate) fn put(&mut self, slot: usize, child: F) {
        match self.0.get_mut(slot / CHUNK) {
            Some(chunk) => chunk.as_mut().slot(slot % CHUNK).set(Some(child)),
            // The first slot of a new chunk.
            None => self.0.push(Box::pin(Chunk {
                first: Some(child),
                second: None,
                third: None,
                fourth: None,
            })),
        }
    }

    /// Drops the child in a slot, if it is still there.
    pub(crate) fn remove(&mut self, slot: usize) {
        self.slot(slot).set(None);
    }

    #[inline]
    pub(crate) fn slot(&mut self, slot: usize) -> Pin<&mut Option<F>> {
        self.0[slot / CHUNK].as_mut().slot(slot % CHUNK)
    }
}

/// What one poll made of a child whose output is `T`.
pub(crate) type Settled<M, T> = Poll<ControlFlow<<M as Mode<T>>::Stop, <M as Mode<T>>::Kept>>;

/// Polls a child and drops it if it ends, by an output or by a panic that the mode keeps. One that
/// has ended is `Pending`.
#[inline]
pub(crate) fn poll_child<F: Future, M: Mode<F::Output>>(
    mut slot: Pin<&mut Option<F>>,
    index: usize,
    cx: &mut Context<'_>,
) -> Settled<M, F::Output> {
    let settled = M::settle(index, || {
        let Some(child) = slot.as_mut().as_pin_mut() else {
            return Poll::Pending;
        };
        let poll = child.poll(cx);
        if poll.is_ready() {
            // Within the mode's reach: a drop that panics is a panic of this child.
            slot.set(None);
        }
        poll
    });
    if M::CATCHES && settled.is_ready() && slot.is_some() {
        // It panicked, and the mode made an output of that. What its drop does is only reported.
        let mut panics = FirstPanic::new();
        panics.run(|| slot.set(None));
        panics.suppress();
    }
    settled
}
