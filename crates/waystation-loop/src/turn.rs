//! One turn after the other.
//!
//! A turn takes in what came from other threads, then every timer that is due, then runs what
//! stands in line *at this moment*, first in, first out. What is scheduled meanwhile stands in line
//! for the next turn, so that a callback that schedules itself cannot starve the timers. When
//! nothing stands in line, the loop sleeps until the next timer or until it is woken.
//!
//! A callback's panic ends the run at once, unless there is a panic handler. What it leaves in line
//! stays there.

use std::panic::resume_unwind;
use std::rc::Rc;

use waystation_core::Panicked;
use waystation_core::ring::Ticket;
use waystation_core::sync::catch_panic;

use crate::builder::SlowCallback;
use crate::clock::Idle;
use crate::error::RunError;
use crate::inner::{Here, Inner, Item};
use crate::schedule::Periodic;
use crate::stall::{Report, WaitingTask};
use crate::timers::Action;

/// The future of `run_until_complete`, as the turns see it.
pub(crate) struct Main<'a> {
    /// Polls it; returns whether it is done.
    pub(crate) poll: &'a mut dyn FnMut() -> bool,
    pub(crate) location: Here,
}

/// What ends a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    /// `stop`, or the end of the main future.
    Stopped,
    /// The same, or nothing to do.
    Idle,
}

/// Runs turn after turn.
pub(crate) fn drive(
    inner: &Rc<Inner>,
    until: Until,
    mut main: Option<Main<'_>>,
) -> Result<(), RunError> {
    // As in asyncio, what stands in line when the main future is done still gets its turn.
    let mut is_last = false;
    loop {
        let may_sleep = until == Until::Stopped && !is_last;
        if !fill_line(inner, may_sleep, main.as_ref().map(|main| main.location))? {
            return Ok(());
        }
        let mut done = false;
        for _ in 0..inner.ready_len() {
            let Some(item) = inner.pop() else { break };
            done |= run_item(inner, item, main.as_mut());
        }
        inner.shrink_ready();
        if inner.is_stopping() || is_last {
            return Ok(());
        }
        is_last |= done;
    }
}

/// Puts in line what this turn is to run, and sleeps for it if it may. Returns whether there is a
/// turn to run.
fn fill_line(inner: &Rc<Inner>, may_sleep: bool, main: Option<Here>) -> Result<bool, RunError> {
    loop {
        inner.collect_mail();
        inner.collect_due();
        if inner.ready_len() > 0 || inner.is_stopping() {
            return Ok(true);
        }
        if !may_sleep {
            return Ok(false);
        }
        sleep(inner, main)?;
    }
}

/// Nothing stands in line: sleeps, or moves the time, or finds that there is nothing to wait for.
fn sleep(inner: &Rc<Inner>, main: Option<Here>) -> Result<(), RunError> {
    let remote = &inner.remote;
    let next = inner.timers.borrow_mut().next();
    let busy = inner.jobs.get() > 0;
    let idle = match next {
        None if inner.hooks.detect_stall && !busy && remote.inbox.is_abandoned() => {
            return Err(RunError::Stalled(report(inner, main)));
        }
        None => Idle::Wait,
        Some(_) if busy && remote.clock.is_virtual() => Idle::Wait,
        Some(next) => remote.clock.idle(next),
    };
    match idle {
        Idle::Moved => {}
        Idle::Wait => remote.inbox.wait(None),
        Idle::Sleep(timeout) => remote.inbox.wait(Some(timeout)),
    }
    Ok(())
}

fn report(inner: &Inner, main: Option<Here>) -> Report {
    let main = main.map(|at| WaitingTask::new(Some("run_until_complete"), at));
    let tasks = inner.tasks.borrow();
    let spawned = tasks
        .iter()
        .map(|(_, task)| task.metadata())
        .map(|task| WaitingTask::new(task.name(), task.location()));
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
    let slow = inner.hooks.slow.as_ref().map(|slow| {
        let (location, name) = describe(inner, &item, main.as_deref());
        (slow, location, name, inner.now())
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
    if let Some((slow, location, name, start)) = slow {
        let took = inner.now().saturating_duration_since(start);
        if took >= slow.threshold {
            (slow.report.borrow_mut())(&SlowCallback {
                took,
                location,
                name,
            });
        }
    }
    done
}

/// Where an item was scheduled, and its name if it is a task that has one.
fn describe(inner: &Inner, item: &Item, main: Option<&Main<'_>>) -> (Option<Here>, Option<String>) {
    match item {
        Item::Task(runnable) => {
            let task = runnable.metadata();
            (Some(task.location()), task.name().map(str::to_owned))
        }
        Item::Call(callback) => (Some(callback.location()), None),
        Item::Timer(number, _) => (inner.timers.borrow().location(*number), None),
        Item::Main(_) => (
            main.map(|main| main.location),
            Some("run_until_complete".to_owned()),
        ),
        Item::Order(order) => (Some(order.location()), None),
    }
}

/// Runs one item. Returns whether the main future is done.
#[inline]
fn execute(inner: &Rc<Inner>, item: Item, main: Option<&mut Main<'_>>) -> bool {
    match item {
        Item::Task(runnable) => {
            runnable.run();
            if let Some(payload) = inner.take_panic() {
                resume_unwind(payload);
            }
        }
        Item::Call(callback) => callback.call(),
        Item::Timer(number, order) => fire(inner, number, order),
        Item::Order(order) => order.run(inner),
        // A wake-up of an earlier run finds another number.
        Item::Main(run) => match main {
            Some(main) if run == inner.run_number() => return (main.poll)(),
            _ => {}
        },
    }
    false
}

fn fire(inner: &Rc<Inner>, number: Ticket, order: u64) {
    let action = inner.timers.borrow_mut().take_due(number, order);
    match action {
        Some(Action::Once(callback)) => callback(),
        Some(Action::Wake(waker)) => waker.wake(),
        Some(Action::Every(periodic)) => tick(inner, number, periodic),
        None => {}
    }
}

fn tick(inner: &Rc<Inner>, number: Ticket, mut periodic: Box<Periodic>) {
    /// A schedule whose callback panicked is not called again.
    struct Ticking<'a>(&'a Inner, Ticket);

    impl Drop for Ticking<'_> {
        fn drop(&mut self) {
            // Its callback was taken out, so that nothing foreign is in the entry.
            self.0.timers.borrow_mut().cancel(self.1);
        }
    }

    let now = inner.now();
    let ticking = Ticking(inner, number);
    let tick = periodic.schedule.tick(now);
    if (periodic.callback)(tick).is_continue() {
        let _continues = std::mem::ManuallyDrop::new(ticking);
        let cancelled = inner.timers.borrow_mut().put_back(number, periodic);
        drop(cancelled);
    }
}
