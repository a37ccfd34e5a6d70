//! One turn after the other.
//!
//! A turn takes in what came from other threads, up to a bound, then every timer that is due, then
//! runs what is in the ready line *at this moment*, first in, first out. What is scheduled
//! meanwhile waits for the next turn, so that a callback that schedules itself cannot starve the
//! timers. When the line is empty, the loop sleeps until the next timer or until it is woken.
//!
//! A callback's panic ends the run at once, unless there is a panic handler. What it leaves in line
//! stays there.

use std::future::Future;
use std::panic::resume_unwind;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use waystation_core::Panicked;
use waystation_core::coop;
use waystation_core::sync::catch_panic;

use crate::driver::callback::Caller;
use crate::driver::context;
use crate::driver::hooks::SlowCallback;
use crate::driver::inner::{Inner, Item};
use crate::driver::shared::{Message, Shared};
use crate::driver::state::Flag;
use crate::error::{Report, RunError, WaitingTask};
use crate::time::clock::Idle;

/// What reports call the future of `run_until_complete`.
const MAIN: &str = "run_until_complete";

/// The future of `run_until_complete`, as the turns see it.
struct Main<'a> {
    /// Polls it; returns whether it is done.
    poll: &'a mut dyn FnMut() -> bool,
    caller: Caller,
}

/// Runs a future in the loop: polled in place, in line with everything else. It may borrow from its
/// caller and need not be `Send`, so it is no task.
pub(crate) fn run_main<F: Future>(
    inner: &Rc<Inner>,
    future: F,
    caller: Caller,
) -> Result<F::Output, RunError> {
    let _run = context::enter(inner)?;
    let main = Arc::new(MainWaker {
        shared: inner.shared.clone(),
        run: inner.run.get(),
        in_line: Flag::up(),
    });
    inner.push(Item::Main(main.run));
    let waker = Waker::from(main.clone());
    let mut cx = Context::from_waker(&waker);
    let mut output = None;
    // Declared after `_run`, so that it is dropped inside the loop, a panic included.
    let mut future = pin!(Some(future));
    let mut poll = || {
        let Some(running) = future.as_mut().as_pin_mut() else {
            return false;
        };
        main.in_line.lower();
        let Poll::Ready(value) = running.poll(&mut cx) else {
            return false;
        };
        output = Some(value);
        // What the future held is gone before the last turn, as with a task.
        future.set(None);
        true
    };
    let poll = &mut poll;
    drive(inner, Until::Stopped, Some(Main { poll, caller }))?;
    output.ok_or(RunError::Stopped)
}

/// Runs turn after turn until the loop is stopped.
pub(crate) fn run_until_stopped(inner: &Rc<Inner>) -> Result<(), RunError> {
    let _run = context::enter(inner)?;
    drive(inner, Until::Stopped, None)
}

/// Runs turn after turn until nothing is ready.
pub(crate) fn run_until_idle(inner: &Rc<Inner>) -> Result<(), RunError> {
    let _run = context::enter(inner)?;
    drive(inner, Until::Idle, None)
}

struct MainWaker {
    shared: Arc<Shared>,
    /// Which run it belongs to. A waker that outlives its run finds another number.
    run: u64,
    in_line: Flag,
}

impl Wake for MainWaker {
    fn wake(self: Arc<Self>) {
        self.wake_by_ref();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        if !self.in_line.raise() {
            return;
        }
        match context::find(&self.shared) {
            Some(inner) => inner.push(Item::Main(self.run)),
            // A closed loop has no future that could be polled.
            None => drop(self.shared.inbox.send(Message::Main(self.run))),
        }
    }
}

/// What ends a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Until {
    /// `stop`, or the end of the main future.
    Stopped,
    /// The same, or nothing to do.
    Idle,
}

fn drive(inner: &Rc<Inner>, until: Until, mut main: Option<Main<'_>>) -> Result<(), RunError> {
    // As in asyncio, what is in line when the main future is done still gets its turn.
    let mut is_last = false;
    loop {
        let may_sleep = until == Until::Stopped && !is_last;
        if !fill_line(inner, may_sleep, main.as_ref().map(|main| main.caller))? {
            return Ok(());
        }
        let mut done = false;
        for _ in 0..inner.ready_len() {
            let Some(item) = inner.pop() else { break };
            done |= run_item(inner, item, main.as_mut());
        }
        inner.shrink_ready();
        if inner.is_stopping.get() || is_last {
            return Ok(());
        }
        is_last |= done;
    }
}

/// Puts in line what this turn is to run, and sleeps for it if it may. Returns whether there is a
/// turn to run.
fn fill_line(inner: &Inner, may_sleep: bool, main: Option<Caller>) -> Result<bool, RunError> {
    loop {
        inner.take_in();
        inner.take_due();
        if inner.ready_len() > 0 || inner.is_stopping.get() {
            return Ok(true);
        }
        if !may_sleep {
            return Ok(false);
        }
        sleep(inner, main)?;
    }
}

/// Nothing is in line: sleeps, or moves the time, or finds that there is nothing to wait for.
fn sleep(inner: &Inner, main: Option<Caller>) -> Result<(), RunError> {
    let clock = &inner.shared.clock;
    let next = inner.timers(|timers| timers.next());
    let idle = match next {
        None if inner.hooks.detect_stall && !inner.is_awaited_outside() => {
            return Err(RunError::Stalled(report(inner, main)));
        }
        None => Idle::Wait,
        // Real work is under way: virtual time waits for it.
        Some(_) if clock.is_virtual() && inner.jobs.get() > 0 => Idle::Wait,
        Some(_) if clock.waits_for_handles() && inner.is_awaited_outside() => Idle::Wait,
        Some(next) => clock.idle(next),
    };
    match idle {
        Idle::Moved => {}
        Idle::Wait => inner.shared.inbox.wait(None),
        Idle::Sleep(timeout) => inner.shared.inbox.wait(Some(timeout)),
    }
    Ok(())
}

fn report(inner: &Inner, main: Option<Caller>) -> Report {
    let main = main.map(|caller| WaitingTask::new(Some(MAIN), caller));
    let tasks = inner.tasks.borrow();
    let spawned = tasks
        .iter()
        .map(|(_, task)| task.metadata())
        .map(|task| WaitingTask::new(task.name.as_deref(), task.caller));
    Report::new(main.into_iter().chain(spawned).collect())
}

/// Runs one item under the loop's hooks. Returns whether the main future is done.
#[inline]
fn run_item(inner: &Rc<Inner>, item: Item, main: Option<&mut Main<'_>>) -> bool {
    if inner.hooks.are_plain() {
        execute(inner, item, main)
    } else {
        watched(inner, item, main)
    }
}

fn watched(inner: &Rc<Inner>, item: Item, main: Option<&mut Main<'_>>) -> bool {
    let slow = inner.hooks.slow.as_ref().and_then(|slow| {
        let (caller, name) = describe(inner, &item, main.as_deref())?;
        Some((slow, caller, name, inner.now()))
    });
    // The panic of the main future belongs to the caller of `run_until_complete`.
    let done = match &inner.hooks.panic_handler {
        Some(handler) if !matches!(item, Item::Main(_)) => {
            match catch_panic(|| execute(inner, item, main)) {
                Ok(done) => done,
                Err(payload) => {
                    (handler.borrow_mut())(Panicked::new(payload));
                    false
                }
            }
        }
        _ => execute(inner, item, main),
    };
    if let Some((slow, caller, name, start)) = slow {
        let took = inner.now().saturating_duration_since(start);
        if took >= slow.threshold {
            let report = SlowCallback { took, caller, name };
            (slow.report.borrow_mut())(&report);
        }
    }
    done
}

/// Where an item was scheduled, and its name if it is a task that has one.
fn describe(
    inner: &Inner,
    item: &Item,
    main: Option<&Main<'_>>,
) -> Option<(Caller, Option<String>)> {
    Some(match item {
        Item::Task(runnable) => {
            let task = runnable.metadata();
            (task.caller, task.name.as_deref().map(str::to_owned))
        }
        Item::Call(call) => (call.caller, None),
        Item::Posted(call) => (call.caller, None),
        Item::Sleep(ticket) => (inner.timers(|timers| timers.caller_of(*ticket))?, None),
        Item::Main(_) => (main?.caller, Some(MAIN.to_owned())),
    })
}

/// Runs one item. Returns whether the main future is done.
#[inline]
fn execute(inner: &Rc<Inner>, item: Item, main: Option<&mut Main<'_>>) -> bool {
    match item {
        Item::Task(runnable) => {
            poll_one(|| runnable.run());
            if let Some(payload) = inner.take_panic() {
                resume_unwind(payload);
            }
        }
        Item::Call(call) => {
            if let Some(next) = call.run(&*inner.shared.clock) {
                inner.call_at(call, next);
            }
        }
        Item::Posted(call) => _ = call.run(&*inner.shared.clock),
        Item::Sleep(ticket) => {
            let sleeper = inner.timers(|timers| timers.take_sleep(ticket));
            if let Some(sleeper) = sleeper {
                sleeper.waker.wake();
            }
        }
        // A wake-up of an earlier run finds another number.
        Item::Main(run) => match main {
            Some(main) if run == inner.run.get() => return poll_one(|| (main.poll)()),
            _ => {}
        },
    }
    false
}

/// How many operations of this library, timers that are due already among them, one poll may
/// complete before others get their turn: as many as tokio allows.
const BUDGET: u32 = 128;

/// Polls a task, or the main future: the one place where a poll begins.
#[inline]
fn poll_one<R>(poll: impl FnOnce() -> R) -> R {
    coop::with_budget(BUDGET, poll)
}
