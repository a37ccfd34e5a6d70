//! The one kind of callback: behind `call_soon`, `call_later`, `call_at`, `call_every`, `call_on`,
//! and what other threads send.
//!
//! A [`Call`] stands in the ready line, in the heap of timers, or in neither, and its handle refers
//! to it. Cancelling takes the callback out at once and leaves an empty call in its place.

use std::cell::Cell;
use std::mem::ManuallyDrop;
use std::ops::ControlFlow;
use std::panic::Location;
use std::time::Instant;

use crate::time::clock::Clock;

/// Where something was scheduled or spawned.
pub(crate) type Caller = &'static Location<'static>;

/// A deadline. One that overflowed the clock comes after all others and never comes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum When {
    At(Instant),
    Never,
}

impl When {
    pub(crate) fn instant(self) -> Option<Instant> {
        match self {
            Self::At(at) => Some(at),
            Self::Never => None,
        }
    }
}

impl From<Option<Instant>> for When {
    fn from(at: Option<Instant>) -> Self {
        at.map_or(Self::Never, Self::At)
    }
}

/// When a call is due next.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Next {
    pub(crate) when: When,
    /// When the loop looks at it again: earlier, if the time at hand may change meanwhile.
    pub(crate) check: When,
}

impl From<When> for Next {
    fn from(when: When) -> Self {
        Self { when, check: when }
    }
}

/// What a call is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    /// In the ready line.
    Ready,
    /// In the heap of timers.
    Waiting,
    /// Its repeated callback runs.
    Running,
    Ended,
    Cancelled,
}

/// A callback, with where it stands.
pub(crate) struct Call<C: ?Sized = dyn Callback> {
    pub(crate) caller: Caller,
    stage: Cell<Stage>,
    /// How many of its places in the ready line are stale: the first ones.
    stale: Cell<u32>,
    callback: C,
}

impl<C> Call<C> {
    /// A call that is put in the ready line, or set as a timer, by the caller.
    pub(crate) fn new(callback: C, caller: Caller) -> Self {
        Self {
            caller,
            stage: Cell::new(Stage::Ready),
            stale: Cell::new(0),
            callback,
        }
    }
}

impl<C: Callback + ?Sized> Call<C> {
    /// It gets a place in the heap.
    pub(crate) fn set(&self, when: When, rank: u64) {
        if let Some(timing) = self.callback.timing() {
            timing.set(Timing { when, rank });
            self.stage.set(Stage::Waiting);
        }
    }

    /// Whether a place in the heap with this rank is its own.
    #[inline]
    pub(crate) fn waits_as(&self, rank: u64) -> bool {
        let timing = self.callback.timing();
        self.stage.get() == Stage::Waiting && timing.is_some_and(|it| it.get().rank == rank)
    }

    /// It moves from the heap to the ready line.
    #[inline]
    pub(crate) fn make_ready(&self) {
        self.stage.set(Stage::Ready);
    }

    /// When it is called next. One that is due keeps its time until it is called.
    pub(crate) fn when(&self) -> Option<Instant> {
        match self.stage.get() {
            Stage::Ready | Stage::Waiting => self.callback.timing()?.get().when.instant(),
            Stage::Running | Stage::Ended | Stage::Cancelled => None,
        }
    }

    pub(crate) fn is_waiting(&self) -> bool {
        matches!(self.stage.get(), Stage::Ready | Stage::Waiting)
    }

    pub(crate) fn is_cancelled(&self) -> bool {
        self.stage.get() == Stage::Cancelled
    }

    /// It is taken from the ready line: calls it, unless it was cancelled or set anew meanwhile.
    /// Returns when it is due again.
    pub(crate) fn run(&self, clock: &dyn Clock) -> Option<Next> {
        /// A callback that panicked is not called again.
        struct Running<'a>(&'a Cell<Stage>);

        impl Drop for Running<'_> {
            fn drop(&mut self) {
                if self.0.get() != Stage::Cancelled {
                    self.0.set(Stage::Ended);
                }
            }
        }

        if let Some(stale) = self.stale.get().checked_sub(1) {
            self.stale.set(stale);
            return None;
        }
        if self.stage.get() != Stage::Ready {
            return None;
        }
        if !self.callback.repeats() {
            self.stage.set(Stage::Ended);
            self.callback.call(clock);
            return None;
        }
        self.stage.set(Stage::Running);
        let running = Running(&self.stage);
        let next = self.callback.call(clock);
        if self.stage.get() == Stage::Running && next.is_some() {
            let _goes_on = ManuallyDrop::new(running);
            return next;
        }
        drop(running);
        self.callback.discard();
        None
    }

    /// Drops its callback. `false` if it is over. `left_heap` is told of a place that is stale now.
    pub(crate) fn cancel(&self, left_heap: impl FnOnce()) -> bool {
        let before = self.stage.get();
        if matches!(before, Stage::Ended | Stage::Cancelled) {
            return false;
        }
        self.stage.set(Stage::Cancelled);
        if before == Stage::Waiting {
            left_heap();
        }
        self.callback.discard();
        true
    }

    /// Sets it to another time; a repeated one goes on from there. `false` if it is over. `set`
    /// gives it a place in the heap, and is told whether it leaves a stale one there; a callback
    /// that runs gets its place when it returns.
    pub(crate) fn reset(
        &self,
        at: Instant,
        clock: &dyn Clock,
        set: impl FnOnce(Next, bool),
    ) -> bool {
        let before = self.stage.get();
        if matches!(before, Stage::Ended | Stage::Cancelled) {
            return false;
        }
        let next = self.callback.reset(at, clock);
        if before == Stage::Ready {
            self.stale.set(self.stale.get() + 1);
        }
        if before != Stage::Running {
            set(next, before == Stage::Waiting);
        }
        true
    }
}

/// What a call calls.
pub(crate) trait Callback {
    /// Whether it may be called more than once.
    fn repeats(&self) -> bool;
    /// Returns when it is due again.
    fn call(&self, clock: &dyn Clock) -> Option<Next>;
    /// Drops what it would call.
    fn discard(&self);
    /// The next call comes at this time.
    fn reset(&self, at: Instant, clock: &dyn Clock) -> Next;
    /// Its place in the heap, if it is a timer.
    fn timing(&self) -> Option<&Cell<Timing>> {
        None
    }
}

/// A place in the heap.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Timing {
    when: When,
    /// Its rank among equal deadlines. A place of the call with another rank is stale.
    rank: u64,
}

/// A callback with a time. Those of `call_soon` are smaller by it.
pub(crate) struct Timed<C> {
    timing: Cell<Timing>,
    callback: C,
}

impl<C> Timed<C> {
    pub(crate) const fn new(callback: C) -> Self {
        let (when, rank) = (When::Never, 0);
        let timing = Cell::new(Timing { when, rank });
        Self { timing, callback }
    }
}

impl<C: Callback> Callback for Timed<C> {
    fn repeats(&self) -> bool {
        self.callback.repeats()
    }

    fn call(&self, clock: &dyn Clock) -> Option<Next> {
        self.callback.call(clock)
    }

    fn discard(&self) {
        self.callback.discard();
    }

    fn reset(&self, at: Instant, clock: &dyn Clock) -> Next {
        self.callback.reset(at, clock)
    }

    fn timing(&self) -> Option<&Cell<Timing>> {
        Some(&self.timing)
    }
}

/// A callback that is called once.
pub(crate) struct Once<F>(Cell<Option<F>>);

impl<F: FnOnce()> Once<F> {
    pub(crate) const fn new(callback: F) -> Self {
        Self(Cell::new(Some(callback)))
    }
}

impl<F: FnOnce()> Callback for Once<F> {
    fn repeats(&self) -> bool {
        false
    }

    fn call(&self, _: &dyn Clock) -> Option<Next> {
        if let Some(callback) = self.0.take() {
            callback();
        }
        None
    }

    fn discard(&self) {
        drop(self.0.take());
    }

    fn reset(&self, at: Instant, _: &dyn Clock) -> Next {
        When::At(at).into()
    }
}

/// When a repeated callback is called, and with what.
pub(crate) trait Rhythm {
    type Tick;

    /// The tick, if it is time for one. The rhythm goes on to the next.
    fn tick(&mut self, clock: &dyn Clock) -> Option<Self::Tick>;
    /// When the next tick is due, if there is one.
    fn next(&self, clock: &dyn Clock) -> Option<Next>;
    /// The next tick comes at this time.
    fn reset(&mut self, at: Instant, clock: &dyn Clock);
}

/// A callback that is called at every tick of a rhythm. Both are taken out while they run: a
/// rhythm, too, may be foreign code.
pub(crate) struct Repeated<R, F> {
    rhythm: Cell<Option<R>>,
    callback: Cell<Option<F>>,
}

impl<R: Rhythm, F: FnMut(R::Tick) -> ControlFlow<()>> Repeated<R, F> {
    pub(crate) const fn new(rhythm: R, callback: F) -> Self {
        Self {
            rhythm: Cell::new(Some(rhythm)),
            callback: Cell::new(Some(callback)),
        }
    }
}

impl<R: Rhythm, F: FnMut(R::Tick) -> ControlFlow<()>> Callback for Repeated<R, F> {
    fn repeats(&self) -> bool {
        true
    }

    fn call(&self, clock: &dyn Clock) -> Option<Next> {
        let mut rhythm = self.rhythm.take()?;
        let tick = rhythm.tick(clock);
        self.rhythm.set(Some(rhythm));
        if let Some(tick) = tick {
            let mut callback = self.callback.take()?;
            let flow = callback(tick);
            self.callback.set(Some(callback));
            if flow.is_break() {
                return None;
            }
        }
        let rhythm = self.rhythm.take()?;
        let next = rhythm.next(clock);
        self.rhythm.set(Some(rhythm));
        next
    }

    fn discard(&self) {
        drop(self.callback.take());
        drop(self.rhythm.take());
    }

    fn reset(&self, at: Instant, clock: &dyn Clock) -> Next {
        let next = self.rhythm.take().and_then(|mut rhythm| {
            rhythm.reset(at, clock);
            let next = rhythm.next(clock);
            self.rhythm.set(Some(rhythm));
            next
        });
        next.unwrap_or(When::At(at).into())
    }
}
