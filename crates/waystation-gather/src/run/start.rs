//! Children before the first poll, and the engine that runs them from then on.

use std::fmt;
use std::mem;
use std::ops::ControlFlow;
use std::task::{Context, Poll};

use super::{Engine, Set};
use crate::children::Held;

/// What is behind `Gather`, `TryGather` and `AsCompleted`.
pub(crate) struct Run<C: Held<M>, M>(State<C, C::Set>);

enum State<C, S: Set> {
    New {
        children: C,
        limit: Option<usize>,
    },
    Started(Engine<S>),
    /// While one becomes the other.
    Starting,
}

impl<C: Held<M>, M> Run<C, M> {
    pub(crate) const fn new(children: C) -> Self {
        Self(State::New {
            children,
            limit: None,
        })
    }

    #[track_caller]
    pub(crate) fn set_limit(&mut self, to: usize) {
        assert!(to > 0, "`limit(0)` would never start a child");
        match &mut self.0 {
            State::New { limit, .. } => *limit = Some(to),
            _ => panic!("`limit` must be called before the first poll"),
        }
    }

    /// The same children under another mode.
    #[track_caller]
    pub(crate) fn in_mode<N>(self, method: &str) -> Run<C, N>
    where
        C: Held<N>,
    {
        match self.0 {
            State::New { children, limit } => Run(State::New { children, limit }),
            _ => panic!("`{method}` must be called before the first poll"),
        }
    }

    /// Runs the children, as [`Engine::poll`] does.
    #[track_caller]
    pub(crate) fn poll(
        &mut self,
        name: &str,
        cx: &mut Context<'_>,
    ) -> Poll<ControlFlow<C::Stop, C::Outputs>> {
        if !matches!(self.0, State::Started(_)) {
            if let State::New { children, limit } = mem::replace(&mut self.0, State::Starting) {
                self.0 = State::Started(Engine::new(children.into_set(limit)));
            }
        }
        match &mut self.0 {
            State::Started(engine) => engine.poll(name, cx),
            _ => unreachable!("it was started above"),
        }
    }

    /// Drops everything that is left, in order, because one child has decided the outcome. The
    /// first panic of a drop propagates.
    pub(crate) fn stop(&mut self) {
        if let State::Started(engine) = &mut self.0 {
            engine.end().resume();
        }
    }

    /// Whether the children are gone and nothing more comes.
    pub(crate) fn is_done(&self) -> bool {
        matches!(&self.0, State::Started(engine) if engine.is_done())
    }

    /// For the `Debug` of the future called `name`.
    pub(crate) fn fmt(&self, name: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let running = match &self.0 {
            State::Started(engine) => engine.set().live(),
            _ => 0,
        };
        f.debug_struct(name)
            .field("running", &running)
            .field("terminated", &self.is_done())
            .finish_non_exhaustive()
    }
}

// Nothing in it is pinned in place: children are pinned in boxes.
impl<C: Held<M>, M> Unpin for Run<C, M> {}
