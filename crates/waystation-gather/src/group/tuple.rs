//! Up to twelve children of different types.

use std::convert::Infallible;
use std::fmt;
use std::future::Future;
use std::ops::ControlFlow;
use std::pin::Pin;
use std::task::{Context, Poll};

use waystation_core::panics::FirstPanic;

use super::{CatchPanics, Catching, Group, Keep, Mode, Sealed};
use crate::drive::poll_child;

/// The children of a tuple.
///
/// `M` says what becomes of an output.
pub struct Tuple<C: Crew<M>, M = Keep> {
    /// Until the first is started.
    waiting: Option<C>,
    /// From then on.
    seats: Option<C::Seats>,
    started: usize,
    live: usize,
}

/// A tuple of children.
///
/// Sealed: implemented for tuples of up to 12 futures.
pub trait Crew<M>: sealed::Crew {
    /// Where the children sit.
    #[doc(hidden)]
    type Seats;
    /// The tuple of what is kept of each.
    type Outputs;
    /// What ends the whole.
    type Stop;

    #[doc(hidden)]
    const LEN: usize;

    #[doc(hidden)]
    fn sit(self) -> Self::Seats;

    #[doc(hidden)]
    fn poll(
        seats: &mut Self::Seats,
        index: usize,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<Self::Stop>>;

    #[doc(hidden)]
    fn finish(seats: &mut Self::Seats) -> Self::Outputs;

    #[doc(hidden)]
    #[allow(
        private_interfaces,
        reason = "the trait is sealed, and nobody else calls this"
    )]
    fn clear(seats: &mut Self::Seats, panics: &mut FirstPanic);
}

mod sealed {
    #[allow(
        unnameable_types,
        reason = "a sealed trait: not to be named is its purpose"
    )]
    pub trait Crew {}
}

/// The place of one child: first the child, then what is kept of it.
#[doc(hidden)]
#[allow(
    unnameable_types,
    missing_debug_implementations,
    reason = "part of a sealed trait"
)]
pub struct Seat<F, K> {
    child: Pin<Box<Option<F>>>,
    kept: Option<K>,
}

impl<F: Future, K> Seat<F, K> {
    fn new<M: Mode<F::Output, Kept = K>>(future: F) -> Self {
        Self {
            child: Box::pin(Some(future)),
            kept: M::BEFORE,
        }
    }

    fn poll<M: Mode<F::Output, Kept = K>>(
        &mut self,
        index: usize,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<M::Stop>> {
        let settled = poll_child::<F, M>(self.child.as_mut(), index, cx);
        settled.map(|flow| flow.map_continue(|kept| self.kept = Some(kept)))
    }

    fn finish(&mut self) -> K {
        match self.kept.take() {
            Some(kept) => kept,
            None => unreachable!("every child has ended and left its output"),
        }
    }
}

impl<C: Crew<M>, M> Tuple<C, M> {
    pub(super) const fn new(waiting: Option<C>) -> Self {
        Self {
            waiting,
            seats: None,
            started: 0,
            live: 0,
        }
    }

    fn seats(&mut self) -> &mut C::Seats {
        match &mut self.seats {
            Some(seats) => seats,
            None => unreachable!("only a child that was started is polled"),
        }
    }
}

impl<C: Crew<M>, M> Sealed for Tuple<C, M> {}

impl<C: Crew<M>, M> Group for Tuple<C, M> {
    type Outputs = C::Outputs;
    type Stop = C::Stop;

    fn expected(&self) -> usize {
        C::LEN
    }

    fn vacancies(&self) -> usize {
        C::LEN - self.started
    }

    fn start(&mut self) -> Option<usize> {
        if let Some(children) = self.waiting.take() {
            self.seats = Some(children.sit());
        }
        let slot = self.started;
        self.started += 1;
        self.live += 1;
        Some(slot)
    }

    fn poll(&mut self, slot: usize, cx: &mut Context<'_>) -> Poll<ControlFlow<C::Stop>> {
        let settled = C::poll(self.seats(), slot, cx);
        if settled.is_ready() {
            self.live -= 1;
        }
        settled
    }

    fn live(&self) -> usize {
        self.live
    }

    fn is_done(&self) -> bool {
        self.live == 0 && self.started == C::LEN
    }

    fn finish(&mut self) -> C::Outputs {
        if let Some(nobody) = self.waiting.take() {
            self.seats = Some(nobody.sit());
        }
        C::finish(self.seats())
    }

    #[allow(
        private_interfaces,
        reason = "the trait is sealed, and nobody else calls this"
    )]
    fn clear(&mut self, panics: &mut FirstPanic) {
        self.live = 0;
        panics.drop(self.waiting.take());
        if let Some(seats) = &mut self.seats {
            C::clear(seats, panics);
        }
    }
}

impl<C: Crew<Keep> + Crew<CatchPanics>> Catching for Tuple<C, Keep> {
    type Caught = Tuple<C, CatchPanics>;

    fn catching(&mut self) -> Self::Caught {
        Tuple::new(self.waiting.take())
    }
}

impl<C: Crew<M>, M> fmt::Debug for Tuple<C, M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Tuple")
            .field("started", &self.started)
            .field("live", &self.live)
            .finish_non_exhaustive()
    }
}

impl sealed::Crew for () {}

impl<M> Crew<M> for () {
    type Seats = ();
    type Outputs = ();
    type Stop = Infallible;

    const LEN: usize = 0;

    fn sit(self) {}

    fn poll((): &mut (), _: usize, _: &mut Context<'_>) -> Poll<ControlFlow<Infallible>> {
        Poll::Pending
    }

    fn finish((): &mut ()) {}

    #[allow(
        private_interfaces,
        reason = "the trait is sealed, and nobody else calls this"
    )]
    fn clear((): &mut (), _: &mut FirstPanic) {}
}

macro_rules! crews {
    ($($len:literal: $($F:ident $at:tt)+;)+) => {$(
        impl<$($F: Future),+> sealed::Crew for ($($F,)+) {}

        impl<M, S, $($F: Future),+> Crew<M> for ($($F,)+)
        where
            $(M: Mode<$F::Output, Stop = S>,)+
        {
            type Seats = ($(Seat<$F, <M as Mode<$F::Output>>::Kept>,)+);
            type Outputs = ($(<M as Mode<$F::Output>>::Kept,)+);
            type Stop = S;

            const LEN: usize = $len;

            fn sit(self) -> Self::Seats {
                ($(Seat::new::<M>(self.$at),)+)
            }

            fn poll(
                seats: &mut Self::Seats,
                index: usize,
                cx: &mut Context<'_>,
            ) -> Poll<ControlFlow<S>> {
                match index {
                    $($at => seats.$at.poll::<M>(index, cx),)+
                    _ => Poll::Pending,
                }
            }

            fn finish(seats: &mut Self::Seats) -> Self::Outputs {
                ($(seats.$at.finish(),)+)
            }

            #[allow(private_interfaces, reason = "the trait is sealed, nobody else calls this")]
            fn clear(seats: &mut Self::Seats, panics: &mut FirstPanic) {
                $(panics.run(|| seats.$at.child.set(None));)+
                $(panics.drop(seats.$at.kept.take());)+
            }
        }
    )+};
}

crews! {
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
