//! The engine: starts children, polls those that were woken, and nothing else.
//!
//! It works in rounds. A round starts the children that there is room for, in the order of the
//! input, and then polls those that were woken before the round, in the order in which they were
//! woken. What is woken or finds room during a round belongs to the next one. So a round polls
//! every child at most once, and no child is overtaken for ever.
//!
//! A turn is what the engine does between two `Pending`s. It ends
//!
//! - when there is nothing left to do;
//! - after [`POLLS`] polls of children, in the middle of a round if need be: the rest of the round
//!   comes first in the next turn. A child that was woken while it was being polled counts as
//!   [`YIELD`] polls: either it yields, or the task has used up the budget that its runtime gives
//!   it, and then the next child can do nothing but the same;
//! - when the first one in the queue is such a child: it has yielded to the executor, not only to
//!   its siblings.
//!
//! Except in the first case the engine wakes its own task, and the executor's other tasks get their
//! turn.

use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::task::{Context, Poll};

use waystation_core::panics::FirstPanic;
use waystation_core::sync::{MODEL, catch_panic};
use waystation_core::wait::polled_after_ready;

use super::Set;
use super::state::{Look, Plan, Polling};
use super::wakers::Wakers;

/// How many children are polled in one turn. Few under a model checker, so that it explores the
/// pause.
const POLLS: usize = if MODEL { 3 } else { 64 };

/// What a poll counts in which the child was woken.
const YIELD: usize = if MODEL { 2 } else { 16 };

/// Runs a set of children.
pub(crate) struct Engine<S: Set> {
    set: S,
    /// From the first poll to the end.
    wakers: Option<Box<Wakers>>,
    round: Round,
    done: bool,
}

/// What is left of the round, besides the batch of woken children, and of the turn.
struct Round {
    /// Children that may still be started.
    starts: usize,
    /// Links that are still in the queue.
    links: usize,
    /// Polls of children in this turn.
    polls: usize,
}

/// How far [`Round::run`] came.
enum Step<S: Set> {
    RoundOver,
    TurnOver,
    Stop(S::Stop),
    All(S::Outputs),
}

impl<S: Set> Engine<S> {
    pub(crate) const fn new(set: S) -> Self {
        Self {
            set,
            wakers: None,
            round: Round::NEW,
            done: false,
        }
    }

    pub(crate) const fn set(&self) -> &S {
        &self.set
    }

    /// The set, to be added to.
    pub(crate) fn set_mut(&mut self) -> &mut S {
        self.done = false;
        &mut self.set
    }

    /// Whether the children are gone and nothing more comes.
    pub(crate) const fn is_done(&self) -> bool {
        self.done
    }

    /// Runs the children until all have ended or one of them stops the whole; after a stop it can
    /// be polled on.
    ///
    /// A panic of a child, of its drop or of the iterator drops everything and propagates. A panic
    /// of the task's waker changes nothing.
    #[track_caller]
    pub(crate) fn poll(
        &mut self,
        name: &str,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<S::Stop, S::Outputs>> {
        if self.done {
            polled_after_ready(name);
        }
        self.run(cx)
    }

    fn run(&mut self, cx: &mut Context<'_>) -> Poll<ControlFlow<S::Stop, S::Outputs>> {
        let (set, round) = (&mut self.set, &mut self.round);
        let wakers = match &mut self.wakers {
            Some(wakers) => wakers,
            None => {
                // The first round: nobody has a waker yet, so there is nothing to look for.
                round.starts = set.vacancies();
                self.wakers.insert(Wakers::new(set.expected()))
            }
        };
        let payload = loop {
            let is_over = round.is_over(wakers);
            let wants_next = is_over || round.is_spent();
            if wants_next && !(is_over && set.is_done()) && !round.next(set, wakers, cx) {
                return Poll::Pending;
            }
            match catch_panic(|| round.run(set, wakers)) {
                Ok(Step::RoundOver | Step::TurnOver) => {}
                Ok(Step::Stop(stop)) => return Poll::Ready(ControlFlow::Break(stop)),
                Ok(Step::All(outputs)) => {
                    // The outputs are in hand: a panic of the waker's drop would lose them.
                    self.end().suppress();
                    return Poll::Ready(ControlFlow::Continue(outputs));
                }
                Err(payload) => break payload,
            }
        };
        // What panicked since was only reported.
        self.end().suppress();
        resume_unwind(payload)
    }

    /// Drops everything that is left, in order.
    pub(crate) fn end(&mut self) -> FirstPanic {
        self.done = true;
        self.round = Round::NEW;
        let mut panics = FirstPanic::new();
        let Some(wakers) = self.wakers.take() else {
            self.set.clear(&mut panics);
            return panics;
        };
        if self.set.live() > 0 {
            // Children that wake each other while they are dropped do not wake the task.
            let task = wakers.woken().silence();
            self.set.clear(&mut panics);
            panics.drop(task);
        } else {
            self.set.clear(&mut panics);
        }
        wakers.close(&mut panics);
        panics
    }

    /// The child in this slot was taken out of the set: nothing of it is left here.
    pub(crate) fn cancel(&mut self, slot: usize) {
        if let Some(wakers) = &mut self.wakers {
            wakers.cancel(slot);
        }
    }

    /// All children were taken out of the set: the task waits for nobody. Gives the wakers back if
    /// `shrinks`, and otherwise only that of the task.
    pub(crate) fn rest(&mut self, shrinks: bool) -> FirstPanic {
        let mut panics = FirstPanic::new();
        if shrinks {
            if let Some(wakers) = self.wakers.take() {
                wakers.close(&mut panics);
            }
        } else if let Some(wakers) = &self.wakers {
            panics.drop(wakers.woken().silence());
        }
        panics
    }
}

impl Round {
    const NEW: Self = Self {
        starts: 0,
        links: 0,
        polls: 0,
    };

    #[inline]
    fn is_over(&self, wakers: &Wakers) -> bool {
        self.starts == 0 && self.links == 0 && wakers.batch.is_empty()
    }

    #[inline]
    const fn is_spent(&self) -> bool {
        self.polls >= POLLS
    }

    /// Opens a round; `false` if there is nothing to do, or if the turn is over.
    ///
    /// The waker is foreign code. When its clone panics, nothing has changed; when the displaced
    /// one's drop or a wake panics, everything is in order already.
    fn next<S: Set>(&mut self, set: &S, wakers: &mut Wakers, cx: &mut Context<'_>) -> bool {
        let unfinished = !self.is_over(wakers);
        let starts = set.vacancies();
        // After work there is mostly nothing more to do, and the task's waker is gone: it was woken.
        let fresh = (self.polls > 0).then(|| cx.waker().clone());
        let plan = Plan {
            starts: starts > 0,
            unfinished,
            pause: self.is_spent(),
        };
        let most = POLLS.saturating_sub(self.polls).saturating_sub(starts);
        let (woken, batch, ended) = wakers.parts();
        let (look, displaced) = woken.look(cx.waker(), fresh, ended, batch, most, plan);
        match look {
            Look::Round(links) => (self.starts, self.links) = (starts, links),
            Look::Idle | Look::Pause => self.polls = 0,
        }
        drop(displaced);
        if matches!(look, Look::Pause) {
            cx.waker().wake_by_ref();
        }
        matches!(look, Look::Round(_))
    }

    /// Works off what is left of the round, as far as the turn goes.
    fn run<S: Set>(&mut self, set: &mut S, wakers: &mut Wakers) -> Step<S> {
        while !self.is_spent() {
            let Some(slot) = self.next_child(set, wakers) else {
                return if set.is_done() {
                    Step::All(set.finish())
                } else {
                    Step::RoundOver
                };
            };
            self.polls += 1;
            let waker = wakers.waker(slot);
            let polling = Polling::begin(waker);
            let poll = set.poll(slot, &mut Context::from_waker(waker));
            let has_yielded = polling.end();
            match poll {
                Poll::Pending => self.polls += if has_yielded { YIELD - 1 } else { 0 },
                Poll::Ready(flow) => {
                    wakers.vacate(slot);
                    if let ControlFlow::Break(stop) = flow {
                        return Step::Stop(stop);
                    }
                }
            }
        }
        if self.is_over(wakers) && set.is_done() {
            Step::All(set.finish())
        } else {
            Step::TurnOver
        }
    }

    #[inline]
    fn next_child<S: Set>(&mut self, set: &mut S, wakers: &mut Wakers) -> Option<usize> {
        if self.starts > 0 {
            self.starts -= 1;
            if let Some(slot) = set.start() {
                wakers.occupy(slot);
                return Some(slot);
            }
            self.starts = 0;
        }
        loop {
            if let Some(slot) = wakers.batch.pop() {
                return Some(slot);
            }
            if self.links == 0 {
                return None;
            }
            let (woken, batch) = wakers.queue();
            self.links = woken.take(batch, self.links, POLLS - self.polls);
        }
    }
}

impl<S: Set> Drop for Engine<S> {
    fn drop(&mut self) {
        if !self.done {
            self.end().resume();
        }
    }
}
