//! Up to twelve children of different types.

use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll};

use waystation_core::panics::FirstPanic;

use super::Set;
use super::list::present;
use super::slab::poll_child;
use crate::children::Held;
use crate::mode::Mode;

/// The children of a tuple, each at its place.
pub struct Tuple<P> {
    places: P,
    started: usize,
    live: usize,
}

/// A tuple of places.
pub trait Places {
    /// The tuple of what is kept of each.
    type Outputs;
    /// What ends the whole.
    type Stop;

    /// How many there are.
    const LEN: usize;

    fn poll(&mut self, index: usize, cx: &mut Context<'_>) -> Poll<ControlFlow<Self::Stop>>;
    fn finish(&mut self) -> Self::Outputs;
    fn clear(&mut self, panics: &mut FirstPanic);
}

/// The place of one child, and of what is kept of it.
pub struct Place<F: Future, M: Mode<F::Output>> {
    child: Pin<Box<Option<F>>>,
    kept: Option<M::Kept>,
}

impl<F: Future, M: Mode<F::Output>> Place<F, M> {
    fn new(child: F) -> Self {
        Self {
            child: Box::pin(Some(child)),
            kept: M::BEFORE,
        }
    }

    fn poll(&mut self, index: usize, cx: &mut Context<'_>) -> Poll<ControlFlow<M::Stop>> {
        let settled = poll_child::<F, M>(self.child.as_mut(), index, cx);
        settled.map(|flow| flow.map_continue(|kept| self.kept = Some(kept)))
    }
}

impl<P: Places> Set for Tuple<P> {
    type Outputs = P::Outputs;
    type Stop = P::Stop;

    fn expected(&self) -> usize {
        P::LEN
    }

    fn vacancies(&self) -> usize {
        P::LEN - self.started
    }

    fn start(&mut self) -> Option<usize> {
        let slot = self.started;
        self.started += 1;
        self.live += 1;
        Some(slot)
    }

    fn poll(&mut self, slot: usize, cx: &mut Context<'_>) -> Poll<ControlFlow<P::Stop>> {
        let settled = self.places.poll(slot, cx);
        if settled.is_ready() {
            self.live -= 1;
        }
        settled
    }

    fn live(&self) -> usize {
        self.live
    }

    fn is_done(&self) -> bool {
        self.live == 0 && self.started == P::LEN
    }

    fn finish(&mut self) -> P::Outputs {
        self.places.finish()
    }

    fn clear(&mut self, panics: &mut FirstPanic) {
        self.live = 0;
        self.places.clear(panics);
    }
}

macro_rules! tuples {
    ($($len:literal: $($F:ident $at:tt)+;)+) => {$(
        impl<M, S, $($F: Future),+> Places for ($(Place<$F, M>,)+)
        where
            $(M: Mode<$F::Output, Stop = S>,)+
        {
            type Outputs = ($(<M as Mode<$F::Output>>::Kept,)+);
            type Stop = S;

            const LEN: usize = $len;

            fn poll(&mut self, index: usize, cx: &mut Context<'_>) -> Poll<ControlFlow<S>> {
                match index {
                    $($at => self.$at.poll(index, cx),)+
                    _ => Poll::Pending,
                }
            }

            fn finish(&mut self) -> Self::Outputs {
                ($(present(self.$at.kept.take()),)+)
            }

            fn clear(&mut self, panics: &mut FirstPanic) {
                $(panics.run(|| self.$at.child.set(None));)+
                $(panics.drop(self.$at.kept.take());)+
            }
        }

        impl<M, S, $($F: Future),+> Held<M> for ($($F,)+)
        where
            $(M: Mode<$F::Output, Stop = S>,)+
        {
            type Outputs = ($(<M as Mode<$F::Output>>::Kept,)+);
            type Stop = S;
            type Set = Tuple<($(Place<$F, M>,)+)>;

            fn into_set(self, _: Option<usize>) -> Self::Set {
                Tuple {
                    places: ($(Place::new(self.$at),)+),
                    started: 0,
                    live: 0,
                }
            }
        }

        impl<$($F: Future),+> crate::children::sealed::Held for ($($F,)+) {}

        impl<$($F: Future),+> crate::children::Children<($($F,)+)> for ($($F,)+) {
            fn hold(self) -> Self {
                self
            }
        }
    )+};
}

tuples! {
    1: A 0;
    2: A 0 B 1;
    3: A 0 B 1 C 2;
    4: A 0 B 1 C 2 D 3;
    5: A 0 B 1 C 2 D 3 E 4;
    6: A 0 B 1 C 2 D 3 E 4 F 5;
    7: A 0 B 1 C 2 D 3 E 4 F 5 G 6;
    8: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7;
    9: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8;
    10: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9;
    11: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10;
    12: A 0 B 1 C 2 D 3 E 4 F 5 G 6 H 7 I 8 J 9 K 10 L 11;
}
