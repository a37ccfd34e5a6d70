//! G1.

use std::cell::Cell;
use std::future::Future;
use std::pin::{Pin, pin};
use std::task::{Context, Poll, Waker};
use std::time::Instant;

use super::peer::GatherPeer;
use crate::Sample;
use crate::by_hand::waker;

/// Where the children leave their wakers.
struct Bench {
    seats: Vec<Cell<Option<Waker>>>,
    taken: Cell<usize>,
}

/// Waits for one wake-up, then gives its number.
struct Child<'a> {
    bench: &'a Bench,
    number: usize,
    parked: bool,
}

impl Future for Child<'_> {
    type Output = usize;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<usize> {
        if self.parked {
            return Poll::Ready(self.number);
        }
        self.parked = true;
        self.bench.seats[self.number].set(Some(cx.waker().clone()));
        self.bench.taken.set(self.bench.taken.get() + 1);
        Poll::Pending
    }
}

/// G1: `N` children are gathered, each is woken once, and the outputs are there.
///
/// The wake-ups come in one burst, in the order of the input, between two polls of the whole.
///
/// # Panics
///
/// Panics if the outputs are not those of the children, in order.
#[must_use]
pub fn crowd<P: GatherPeer, const N: usize>(ops: u64) -> Sample {
    let rounds = ops.div_ceil(N as u64);
    let bench = Bench {
        seats: (0..N).map(|_| Cell::default()).collect(),
        taken: Cell::new(0),
    };
    let waker = waker();
    let mut cx = Context::from_waker(&waker);
    let start = Instant::now();
    for _ in 0..rounds {
        bench.taken.set(0);
        let mut whole = pin!(P::gather((0..N).map(|number| Child {
            bench: &bench,
            number,
            parked: false,
        })));
        // Some pause after a number of children, and ask to be polled again.
        while bench.taken.get() < N {
            assert!(
                whole.as_mut().poll(&mut cx).is_pending(),
                "nobody was woken"
            );
        }
        for seat in &bench.seats {
            if let Some(waker) = seat.take() {
                waker.wake();
            }
        }
        let outputs = loop {
            if let Poll::Ready(outputs) = whole.as_mut().poll(&mut cx) {
                break outputs;
            }
        };
        assert!(outputs.into_iter().eq(0..N), "every child has an output");
    }
    Sample {
        elapsed: start.elapsed(),
        ops: rounds * N as u64,
    }
}
