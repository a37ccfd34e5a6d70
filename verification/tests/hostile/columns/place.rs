//! `Place`, the one wait that all futures of the primitives are made of, around the least that can be
//! waited for.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use waystation_core::sync::Lock;
use waystation_core::wait::{Batch, Left, Line, Place, Seen};

use super::{many, now, one, parked, peek, poll_with};
use crate::scene::{Column, Primitive, Scene, Wait, each};

/// A line, and how many may pass.
#[derive(Debug)]
pub(crate) struct Gate(Lock<Inside>);

#[derive(Debug)]
struct Inside {
    line: Line<()>,
    passes: usize,
    /// Who brings passes may use them up.
    is_open: bool,
}

impl Inside {
    fn release(&mut self, passes: usize, batch: &mut Batch) {
        for _ in 0..passes {
            match self.line.pop() {
                Some((_, waker, ())) => batch.push(waker),
                None => self.passes += 1,
            }
        }
    }
}

impl Gate {
    fn new() -> Arc<Self> {
        Arc::new(Self(Lock::new(Inside {
            line: Line::new(),
            passes: 0,
            is_open: false,
        })))
    }

    fn release(&self, passes: usize) {
        let mut batch = Batch::new();
        self.0.lock().release(passes, &mut batch);
        batch.finish().resume();
    }

    fn pass(self: &Arc<Self>, brings: usize) -> Pass {
        Pass {
            gate: self.clone(),
            place: Place::New,
            brings,
        }
    }
}

/// Waits for a pass, and has some for others: for when it goes.
struct Pass {
    gate: Arc<Gate>,
    place: Place,
    brings: usize,
}

impl Future for Pass {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let this = &mut *self;
        let mut batch = Batch::new();
        let outcome = this.place.poll(
            "Pass",
            cx,
            (&this.gate.0, &mut batch),
            (),
            |inside| &mut inside.line,
            |inside, seen, batch| match seen {
                Seen::New => {
                    inside.passes = inside.passes.checked_sub(1)?;
                    Some(())
                }
                Seen::Waiting(ticket) if inside.is_open && this.brings > 0 => {
                    batch.displace(inside.line.leave(ticket));
                    inside.release(this.brings, batch);
                    Some(())
                }
                Seen::Waiting(_) => None,
                Seen::Released(_) => Some(()),
            },
        );
        batch.finish().resume();
        outcome
    }
}

impl Drop for Pass {
    fn drop(&mut self) {
        let (gate, brings) = (self.gate.clone(), self.brings);
        let mut batch = Batch::new();
        self.place.leave(
            (&gate.0, &mut batch),
            |inside| &mut inside.line,
            |inside, _, left, batch| {
                let passes = match left {
                    Left::Waiting { .. } => brings,
                    Left::Released => 1 + brings,
                };
                inside.release(passes, batch);
            },
        );
        batch.finish().resume();
    }
}

fn pass(gate: &Arc<Gate>) -> Wait {
    Box::pin(gate.pass(0))
}

/// Somebody stands in front who brings passes for all behind, and who goes.
fn bringer(n: usize, waker: &Waker, go: fn(&Gate, Pass)) -> Scene {
    let gate = Gate::new();
    let mut first = gate.pass(n);
    assert!(poll_with(&mut first, waker).is_pending());
    let fire = gate.clone();
    Scene::new(n, &gate, pass, move || go(&fire, first))
}

fn dropped(n: usize, waker: &Waker) -> Scene {
    bringer(n, waker, |_, first| drop(first))
}

fn polled(n: usize, waker: &Waker) -> Scene {
    bringer(n, waker, |gate, first| {
        gate.0.lock().is_open = true;
        let (outcome, first) = peek(first);
        assert!(outcome.is_ready());
        drop(first);
    })
}

pub(crate) const PLACES: &[Column] = &[
    many("a release of all", |n| {
        let gate = Gate::new();
        let fire = gate.clone();
        Scene::new(n, &gate, pass, move || fire.release(n))
    }),
    many("a release each", |n| {
        let gate = Gate::new();
        let fire = gate.clone();
        Scene::new(n, &gate, pass, move || each(n, || fire.release(1)))
    }),
    one("one that was released is dropped", |n| {
        let gate = Gate::new();
        let first = parked(gate.pass(0));
        gate.release(1);
        Scene::new(n, &gate, pass, move || drop(first))
    }),
    Column {
        displaces: Some(dropped),
        ..many("the first is dropped, which releases all", |n| {
            dropped(n, Waker::noop())
        })
    },
    Column {
        displaces: Some(polled),
        ..many("the first is polled, which releases all", |n| {
            polled(n, Waker::noop())
        })
    },
];

impl Primitive for Gate {
    fn touch(&self) {
        assert!(!format!("{self:?}").contains("<locked>"));
        assert!(self.0.lock().line.len() < 1_000);
        self.release(0);
    }

    fn assert_usable(&self) {
        let (waiting, passes) = {
            let inside = self.0.lock();
            (inside.line.len(), inside.passes)
        };
        assert_eq!(waiting, 0);
        let gate = Self::new();
        gate.release(passes);
        (0..passes).for_each(|_| now(gate.pass(0)).unwrap());
        let last = parked(gate.pass(0));
        gate.release(1);
        assert!(now(last).is_some());
    }
}
