//! Any number of children of one type.

use std::array;
use std::fmt;
use std::future::Future;
use std::marker::PhantomData;
use std::ops::ControlFlow;
use std::task::{Context, Poll};

use waystation_core::Panicked;
use waystation_core::panics::FirstPanic;

use super::{CatchPanics, Catching, Group, Keep, Mode, Sealed};
use crate::drive::{Nursery, poll_child};

/// So many children are believed in before they are there.
const TRUSTED: usize = 1 << 16;

/// Children of one type, taken from an iterator: of a `Vec`, an array, or the caller's own.
///
/// `M` says what becomes of an output, `O` what the outputs are put into.
pub struct Many<I, M = Keep, O = IntoVec>
where
    I: Iterator<Item: Future>,
    M: Mode<Output<I>>,
{
    /// Until it has yielded its last child.
    source: Option<I>,
    limit: Option<usize>,
    /// How many children were taken from the source.
    taken: usize,
    live: usize,
    children: Nursery<I::Item>,
    /// Under a limit: the number of the child in each slot. Otherwise they are the same.
    tenants: Vec<usize>,
    /// Under a limit: slots to be used again.
    vacant: Vec<usize>,
    /// By number of the child.
    kept: Vec<Option<M::Kept>>,
    outputs: PhantomData<fn() -> O>,
}

type Output<I> = <<I as Iterator>::Item as Future>::Output;

impl<I, M, O> Many<I, M, O>
where
    I: Iterator<Item: Future>,
    M: Mode<Output<I>>,
{
    pub(super) const fn new(source: Option<I>, limit: Option<usize>) -> Self {
        Self {
            source,
            limit,
            taken: 0,
            live: 0,
            children: Nursery::new(),
            tenants: Vec::new(),
            vacant: Vec::new(),
            kept: Vec::new(),
            outputs: PhantomData,
        }
    }

    #[track_caller]
    pub(crate) fn set_limit(&mut self, limit: usize) {
        assert!(limit > 0, "`limit(0)` would never start a child");
        self.limit = Some(limit);
    }

    /// How many children are still to come, at least.
    fn hint(&self) -> usize {
        self.source
            .as_ref()
            .map_or(0, |source| source.size_hint().0)
            .min(TRUSTED)
    }

    fn slot_for(&mut self, index: usize) -> usize {
        if self.limit.is_none() {
            return index;
        }
        let slot = self.vacant.pop().unwrap_or(self.tenants.len());
        match self.tenants.get_mut(slot) {
            Some(tenant) => *tenant = index,
            None => self.tenants.push(index),
        }
        slot
    }
}

impl<I, M, O> Sealed for Many<I, M, O>
where
    I: Iterator<Item: Future>,
    M: Mode<Output<I>>,
{
}

impl<I, M, O> Group for Many<I, M, O>
where
    I: Iterator<Item: Future>,
    M: Mode<Output<I>>,
    O: IntoOutputs<M::Kept>,
{
    type Outputs = O::Outputs;
    type Stop = M::Stop;

    fn expected(&self) -> usize {
        self.hint().min(self.limit.unwrap_or(usize::MAX))
    }

    fn vacancies(&self) -> usize {
        if self.source.is_some() {
            self.limit.unwrap_or(usize::MAX) - self.live
        } else {
            0
        }
    }

    fn start(&mut self) -> Option<usize> {
        if self.taken == 0 {
            self.children.reserve(self.expected());
            if M::BEFORE.is_none() {
                self.kept.reserve_exact(self.hint());
            }
        }
        let Some(future) = self.source.as_mut()?.next() else {
            self.source = None;
            return None;
        };
        let index = self.taken;
        let slot = self.slot_for(index);
        self.children.put(slot, future);
        if M::BEFORE.is_none() {
            self.kept.push(None);
        }
        self.taken += 1;
        self.live += 1;
        Some(slot)
    }

    #[inline]
    fn poll(&mut self, slot: usize, cx: &mut Context<'_>) -> Poll<ControlFlow<M::Stop>> {
        let index = if self.limit.is_none() {
            slot
        } else {
            self.tenants[slot]
        };
        let settled = poll_child::<_, M>(self.children.bed(slot), index, cx);
        settled.map(|flow| {
            self.live -= 1;
            if self.limit.is_some() {
                self.vacant.push(slot);
            }
            flow.map_continue(|kept| {
                if M::BEFORE.is_none() {
                    self.kept[index] = Some(kept);
                }
            })
        })
    }

    fn live(&self) -> usize {
        self.live
    }

    fn is_done(&self) -> bool {
        self.live == 0 && self.source.is_none()
    }

    fn finish(&mut self) -> O::Outputs {
        let mut kept = std::mem::take(&mut self.kept);
        kept.resize_with(self.taken, || M::BEFORE);
        O::collect(kept)
    }

    #[allow(
        private_interfaces,
        reason = "the trait is sealed, and nobody else calls this"
    )]
    fn clear(&mut self, panics: &mut FirstPanic) {
        if std::mem::take(&mut self.live) > 0 {
            let children = &mut self.children;
            if self.limit.is_none() {
                panics.run_all(0..self.taken, |slot| children.evict(slot));
            } else {
                let mut slots: Vec<_> = (0..self.tenants.len()).collect();
                slots.sort_unstable_by_key(|&slot| self.tenants[slot]);
                panics.run_all(slots.into_iter(), |slot| children.evict(slot));
            }
        }
        panics.drop(self.source.take());
        panics.run_all(std::mem::take(&mut self.kept).into_iter(), drop);
    }
}

impl<I, O> Catching for Many<I, Keep, O>
where
    I: Iterator<Item: Future>,
    O: IntoOutputs<Output<I>> + IntoOutputs<Result<Output<I>, Panicked>>,
{
    type Caught = Many<I, CatchPanics, O>;

    fn catching(&mut self) -> Self::Caught {
        Many::new(self.source.take(), self.limit)
    }
}

/// What the outputs are put into.
///
/// Sealed: implemented by [`IntoVec`] and [`IntoArray`].
pub trait IntoOutputs<T>: Sealed {
    /// The collection.
    type Outputs;

    /// Collects outputs that are all there.
    #[doc(hidden)]
    fn collect(outputs: Vec<Option<T>>) -> Self::Outputs;
}

/// The outputs become a `Vec`.
#[derive(Clone, Copy, Debug)]
pub enum IntoVec {}

/// The outputs become an array.
#[derive(Clone, Copy, Debug)]
pub enum IntoArray<const N: usize> {}

impl Sealed for IntoVec {}
impl<const N: usize> Sealed for IntoArray<N> {}

impl<T> IntoOutputs<T> for IntoVec {
    type Outputs = Vec<T>;

    fn collect(outputs: Vec<Option<T>>) -> Vec<T> {
        outputs.into_iter().map(present).collect()
    }
}

impl<T, const N: usize> IntoOutputs<T> for IntoArray<N> {
    type Outputs = [T; N];

    fn collect(outputs: Vec<Option<T>>) -> [T; N] {
        let mut outputs = outputs.into_iter();
        array::from_fn(|_| present(outputs.next().flatten()))
    }
}

fn present<T>(output: Option<T>) -> T {
    match output {
        Some(output) => output,
        None => unreachable!("every child has ended and left its output"),
    }
}

impl<I, M, O> fmt::Debug for Many<I, M, O>
where
    I: Iterator<Item: Future>,
    M: Mode<Output<I>>,
{
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Many")
            .field("taken", &self.taken)
            .field("live", &self.live)
            .finish_non_exhaustive()
    }
}
