//! Any number of children of one type.

use std::array;
use std::future::Future;
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::task::{Context, Poll};

use waystation_core::panics::FirstPanic;

use super::Set;
use super::slab::{Slab, poll_child};
use super::slots::Slots;
use crate::mode::Mode;

/// A source is believed to have up to this many children before they are there.
const TRUSTED: usize = 1 << 16;

type Output<I> = <<I as Iterator>::Item as Future>::Output;

/// Children of one type, taken from an iterator: of a `Vec`, an array, or the caller's own. `O` is
/// what the outputs are collected into.
pub struct List<I: Iterator<Item: Future>, M: Mode<Output<I>>, O> {
    /// Until it has yielded its last child.
    source: Option<I>,
    limit: Option<usize>,
    /// How many children were taken from the source.
    taken: usize,
    live: usize,
    slab: Slab<I::Item>,
    /// Under a limit: the number of the child in each slot. Otherwise they are the same.
    slots: Slots<usize>,
    /// By number of the child.
    kept: Vec<Option<M::Kept>>,
    outputs: PhantomData<fn() -> O>,
}

impl<I: Iterator<Item: Future>, M: Mode<Output<I>>, O> List<I, M, O> {
    pub(crate) const fn new(source: I, limit: Option<usize>) -> Self {
        Self {
            source: Some(source),
            limit,
            taken: 0,
            live: 0,
            slab: Slab::new(),
            slots: Slots::new(),
            kept: Vec::new(),
            outputs: PhantomData,
        }
    }

    /// How many children are still to come, at least.
    fn hint(&self) -> usize {
        self.source
            .as_ref()
            .map_or(0, |source| source.size_hint().0)
            .min(TRUSTED)
    }
}

impl<I, M, O> Set for List<I, M, O>
where
    I: Iterator<Item: Future>,
    M: Mode<Output<I>>,
    O: Collect<M::Kept>,
{
    type Outputs = O;
    type Stop = M::Stop;

    fn expected(&self) -> usize {
        self.hint().min(self.limit.unwrap_or(usize::MAX))
    }

    #[inline]
    fn vacancies(&self) -> usize {
        if self.source.is_some() {
            self.limit.unwrap_or(usize::MAX) - self.live
        } else {
            0
        }
    }

    #[inline]
    fn start(&mut self) -> Option<usize> {
        if self.taken == 0 {
            self.slab.reserve(self.expected());
            if M::BEFORE.is_none() {
                self.kept.reserve_exact(self.hint());
            }
        }
        let Some(future) = self.source.as_mut()?.next() else {
            self.source = None;
            return None;
        };
        let index = self.taken;
        let slot = match self.limit {
            None => index,
            Some(_) => self.slots.take(index),
        };
        self.slab.put(slot, future);
        if M::BEFORE.is_none() {
            self.kept.push(None);
        }
        self.taken += 1;
        self.live += 1;
        Some(slot)
    }

    #[inline]
    fn poll(&mut self, slot: usize, cx: &mut Context<'_>) -> Poll<ControlFlow<M::Stop>> {
        let index = match self.limit {
            None => slot,
            Some(_) => self.slots.child(slot),
        };
        let settled = poll_child::<_, M>(self.slab.slot(slot), index, cx);
        settled.map(|flow| {
            self.live -= 1;
            if self.limit.is_some() {
                self.slots.free(slot);
            }
            flow.map_continue(|kept| {
                if M::BEFORE.is_none() {
                    self.kept[index] = Some(kept);
                }
            })
        })
    }

    #[inline]
    fn live(&self) -> usize {
        self.live
    }

    #[inline]
    fn is_done(&self) -> bool {
        self.live == 0 && self.source.is_none()
    }

    fn finish(&mut self) -> O {
        O::collect(std::mem::take(&mut self.kept), || M::BEFORE)
    }

    fn clear(&mut self, panics: &mut FirstPanic) {
        if std::mem::take(&mut self.live) > 0 {
            let slab = &mut self.slab;
            match self.limit {
                None => panics.run_all(0..self.taken, |slot| slab.remove(slot)),
                Some(_) => {
                    let slots = self.slots.in_order();
                    panics.run_all(slots.into_iter(), |slot| slab.remove(slot));
                }
            }
        }
        panics.drop(self.source.take());
        panics.run_all(std::mem::take(&mut self.kept).into_iter(), drop);
    }
}

/// What outputs are collected into: a `Vec`, an array, or, if there are no children, nothing.
pub trait Collect<T>: Sized {
    /// Collects outputs that are all there; `before` is what stands for those that are not kept.
    fn collect(outputs: Vec<Option<T>>, before: impl Fn() -> Option<T>) -> Self;
}

impl<T> Collect<T> for Vec<T> {
    fn collect(outputs: Vec<Option<T>>, _: impl Fn() -> Option<T>) -> Self {
        outputs.into_iter().map(present).collect()
    }
}

impl<T, const N: usize> Collect<T> for [T; N] {
    fn collect(outputs: Vec<Option<T>>, before: impl Fn() -> Option<T>) -> Self {
        let mut outputs = outputs.into_iter();
        array::from_fn(|_| present(outputs.next().unwrap_or_else(&before)))
    }
}

impl<T> Collect<T> for () {
    fn collect(_: Vec<Option<T>>, _: impl Fn() -> Option<T>) {}
}

pub(super) fn present<T>(output: Option<T>) -> T {
    match output {
        Some(output) => output,
        None => unreachable!("every child has ended and left its output"),
    }
}
