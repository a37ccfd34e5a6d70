//! The engine: starts children, polls those that were woken, and nothing else.
//!
//! It works in rounds. A round starts the children that there is room for, in the order of the
//! input, and then polls those that were woken before the round, in the order in which they were
//! woken. What is woken or finds room during a round belongs to the next one. So a round polls
//! every child at most once, and nobody is overtaken for ever.
//!
//! Between two rounds the engine looks whether it has polled [`ENOUGH`] children without a pause.
//! If so, it wakes its own task and returns `Pending`: the executor's other tasks get their turn.

use std::fmt;
use std::ops::ControlFlow;
use std::panic::resume_unwind;
use std::task::{Context, Poll};

use waystation_core::panics::FirstPanic;
use waystation_core::sync::{MODEL, catch_panic};
use waystation_core::wait::polled_after_ready;

use super::bells::Bells;
use super::ready::{BATCH, Batch, Look, Ready, Wish};
use crate::group::Group;

/// How many polls of children without a pause are enough. Small under a model checker, so that it
/// explores the pause.
const ENOUGH: usize = if MODEL { 3 } else { 64 };

/// Runs a group of children.
pub(crate) struct Engine<G: Group> {
    work: Work<G>,
    /// From the first poll to the end.
    bells: Option<Bells>,
    done: bool,
}

/// The children, and what is left of the round.
struct Work<G> {
    group: G,
    /// Children that this round may still start.
    starts: usize,
    /// Woken children of this round, taken out of the chain.
    batch: Batch,
    /// Links of this round, still in the chain.
    rung: usize,
    /// Polls of children since the last pause.
    polls: usize,
    /// Slots whose children have ended, of which the readiness set does not know yet.
    ended: [usize; BATCH],
    ended_len: usize,
}

/// How far [`Work::round`] came.
enum Step<G: Group> {
    RoundOver,
    Stop(G::Stop),
    All(G::Outputs),
}

impl<G: Group> Engine<G> {
    pub(crate) const fn new(group: G) -> Self {
        let work = Work {
            group,
            starts: 0,
            batch: Batch::new(),
            rung: 0,
            polls: 0,
            ended: [0; BATCH],
            ended_len: 0,
        };
        Self {
            work,
            bells: None,
            done: false,
        }
    }

    /// The group, to be changed before anything was started.
    #[track_caller]
    pub(crate) fn before_first_poll(&mut self, method: &str) -> &mut G {
        assert!(
            self.bells.is_none() && !self.done,
            "`{method}` must be called before the first poll"
        );
        &mut self.work.group
    }

    /// Whether the children are gone and nothing more comes.
    pub(crate) const fn is_done(&self) -> bool {
        self.done
    }

    /// Runs the children until all have ended or one of them stops the whole; after a stop it can
    /// be polled on.
    ///
    /// A panic of a child, of its drop or of the iterator drops everything and propagates. A panic of
    /// the task's waker changes nothing.
    #[track_caller]
    pub(crate) fn poll(
        &mut self,
        name: &str,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<G::Stop, G::Outputs>> {
        if self.done {
            polled_after_ready(name);
        }
        self.run(cx)
    }

    fn run(&mut self, cx: &mut Context<'_>) -> Poll<ControlFlow<G::Stop, G::Outputs>> {
        let work = &mut self.work;
        let bells = match &mut self.bells {
            Some(bells) => bells,
            None => {
                // The first round: nobody has a bell yet, so there is nothing to look for.
                let room = work.group.expected();
                work.starts = work.group.vacancies();
                self.bells.insert(Bells::new(room))
            }
        };
        let payload = loop {
            if work.wants_a_round() && !work.next_round(bells.ready(), cx) {
                return Poll::Pending;
            }
            match catch_panic(|| work.round(bells)) {
                Ok(Step::RoundOver) => {}
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

    /// Drops everything that is left, in order, because one child has decided the outcome. The
    /// first panic of a drop propagates.
    pub(crate) fn stop(&mut self) {
        self.end().resume();
    }

    fn end(&mut self) -> FirstPanic {
        self.done = true;
        let mut panics = FirstPanic::new();
        let Some(bells) = self.bells.take() else {
            self.work.group.clear(&mut panics);
            return panics;
        };
        if self.work.group.live() > 0 {
            // Children that wake each other while they are dropped do not wake the task.
            let parent = bells.ready().silence();
            self.work.group.clear(&mut panics);
            panics.drop(parent);
        } else {
            self.work.group.clear(&mut panics);
        }
        bells.close(&mut panics);
        panics
    }

    /// For the `Debug` of the future called `name`.
    pub(crate) fn fmt(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct(name)
            .field("running", &self.work.group.live())
            .field("terminated", &self.done)
            .finish_non_exhaustive()
    }
}

impl<G: Group> Work<G> {
    /// Whether the last round is over, and not all is over.
    fn wants_a_round(&self) -> bool {
        self.starts == 0 && self.rung == 0 && self.batch.is_empty() && !self.group.is_done()
    }

    /// Opens a round; `false` if there is nothing to do, or if it is time for a pause.
    ///
    /// The waker is foreign code. When its clone panics, nothing has changed; when the displaced
    /// one's drop or a wake panics, everything is in order already.
    fn next_round(&mut self, ready: &Ready, cx: &mut Context<'_>) -> bool {
        let starts = self.group.vacancies();
        // After work there is mostly nothing more to do, and the task's waker is gone: it was rung.
        let fresh = (self.polls > 0).then(|| cx.waker().clone());
        let wish = Wish {
            has_starts: starts > 0,
            pause: self.polls >= ENOUGH,
        };
        let ended = &self.ended[..std::mem::take(&mut self.ended_len)];
        let (look, displaced) = ready.look(cx.waker(), fresh, ended, &mut self.batch, wish);
        match look {
            Look::Round(rung) => (self.starts, self.rung) = (starts, rung),
            Look::Idle | Look::Pause => self.polls = 0,
        }
        drop(displaced);
        if matches!(look, Look::Pause) {
            cx.waker().wake_by_ref();
        }
        matches!(look, Look::Round(_))
    }

    /// Works off what is left of the round.
    fn round(&mut self, bells: &mut Bells) -> Step<G> {
        while self.starts > 0 {
            self.starts -= 1;
            let Some(slot) = self.group.start() else {
                self.starts = 0;
                break;
            };
            if bells.was_used(slot) {
                self.tell_ended(bells.ready());
                bells.hang_again(slot);
            } else {
                bells.hang();
            }
            if let Some(stop) = self.poll_child(bells, slot) {
                return Step::Stop(stop);
            }
        }
        loop {
            while let Some(slot) = self.batch.pop() {
                if let Some(stop) = self.poll_child(bells, slot) {
                    return Step::Stop(stop);
                }
            }
            if self.rung == 0 {
                break;
            }
            self.rung -= bells.ready().take(&mut self.batch, self.rung);
        }
        if self.group.is_done() {
            Step::All(self.group.finish())
        } else {
            Step::RoundOver
        }
    }

    #[inline]
    fn poll_child(&mut self, bells: &Bells, slot: usize) -> Option<G::Stop> {
        self.polls += 1;
        match self
            .group
            .poll(slot, &mut Context::from_waker(bells.waker(slot)))
        {
            Poll::Pending => None,
            Poll::Ready(flow) => {
                self.ended[self.ended_len] = slot;
                self.ended_len += 1;
                if self.ended_len == BATCH {
                    self.tell_ended(bells.ready());
                }
                flow.break_value()
            }
        }
    }

    fn tell_ended(&mut self, ready: &Ready) {
        let len = std::mem::take(&mut self.ended_len);
        if len > 0 {
            ready.vacate(&self.ended[..len]);
        }
    }
}

impl<G: Group> Drop for Engine<G> {
    fn drop(&mut self) {
        if !self.done {
            self.end().resume();
        }
    }
}

// Nothing in an engine is pinned in place: children are pinned in boxes.
impl<G: Group> Unpin for Engine<G> {}
