//! M1: what a parked waiter weighs, and what a wait allocates.

use std::future::Future;
use std::task::Context;

use crate::alloc::Meter;
use crate::by_hand::waker;
use crate::facts::Facts;

/// How many wait at a time.
pub const WAITING: usize = 1_000;
/// One more than a power of two: the worst case of a ring that grows by doubling.
pub const JUST_DOUBLED: usize = 1_025;
/// Waits that run before the steady state is measured, and while it is.
const STEADY: usize = 1_000;

/// What a parked waiter weighs.
#[derive(Clone, Copy, Debug)]
pub struct Weight {
    /// The size of the future, in bytes.
    pub future: usize,
    /// Heap bytes per waiter while [`WAITING`] of them wait.
    pub heap: f64,
    /// Heap bytes per waiter while [`JUST_DOUBLED`] of them wait.
    pub heap_just_doubled: f64,
    /// Allocations per wait, when one waits at a time, again and again.
    pub allocations: f64,
}

impl Weight {
    /// Future and heap together.
    #[must_use]
    pub fn bytes(&self) -> f64 {
        self.future as f64 + self.heap
    }
}

/// One peer to weigh.
#[derive(Clone, Copy, Debug)]
pub struct Weigher {
    /// Of which primitive.
    pub primitive: &'static str,
    /// Who.
    pub facts: Facts,
    /// Weighs; `None` if the counting allocator is not in place.
    pub run: fn() -> Option<Weight>,
}

impl Weigher {
    /// The weigher of a peer.
    #[must_use]
    pub fn new(primitive: &'static str, facts: Facts, run: fn() -> Option<Weight>) -> Self {
        Self {
            primitive,
            facts,
            run,
        }
    }
}

/// Weighs the futures that `make` makes.
///
/// `release` lets one waiter through, `after` takes its output and restores the state in which a
/// new future waits.
///
/// # Panics
///
/// Panics if a future is ready that was to wait, or the other way round.
pub fn weigh<F: Future>(
    mut make: impl FnMut() -> F,
    mut release: impl FnMut(),
    mut after: impl FnMut(F::Output),
) -> Option<Weight> {
    let meter = Meter::start()?;
    let future = size_of::<F>();
    let heap = parked(WAITING, &meter, &mut make);
    let heap_just_doubled = parked(JUST_DOUBLED, &meter, &mut make);
    let mut wait_once = || {
        let waker = waker();
        let mut cx = Context::from_waker(&waker);
        let mut wait = std::pin::pin!(make());
        assert!(
            wait.as_mut().poll(&mut cx).is_pending(),
            "this future was to wait"
        );
        release();
        match wait.as_mut().poll(&mut cx) {
            std::task::Poll::Ready(output) => after(output),
            std::task::Poll::Pending => panic!("this future was to be ready"),
        }
    };
    for _ in 0..STEADY {
        wait_once();
    }
    let before = meter.read().allocations;
    for _ in 0..STEADY {
        wait_once();
    }
    // One allocation of each is the waker's own.
    let allocations = (meter.read().allocations - before) as f64 / STEADY as f64 - 1.0;
    Some(Weight {
        future,
        heap,
        heap_just_doubled,
        allocations,
    })
}

/// Heap bytes per waiter while `waiting` futures wait, the places of the futures not counted.
fn parked<F: Future>(waiting: usize, meter: &Meter, make: &mut impl FnMut() -> F) -> f64 {
    let waker = waker();
    let mut cx = Context::from_waker(&waker);
    let before = meter.read().bytes;
    let mut seats: Vec<_> = (0..waiting).map(|_| Box::pin(None::<F>)).collect();
    let places = meter.read().bytes - before;
    for seat in &mut seats {
        seat.set(Some(make()));
        let poll = seat
            .as_mut()
            .as_pin_mut()
            .map(|future| future.poll(&mut cx));
        assert!(
            poll.is_some_and(|poll| poll.is_pending()),
            "this future was to wait"
        );
    }
    // What the primitive had kept from before is part of the price.
    (meter.read().bytes - places) as f64 / waiting as f64
}
