//! The future of `run_until_complete`: polled in place, in line with everything else.
//!
//! It may borrow from its caller and need not be `Send`, so it is no task. It stands in line like
//! one, and its waker puts it there.

use std::future::Future;
use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};

use crate::error::RunError;
use crate::inner::{Here, Inner, Item};
use crate::near;
use crate::remote::{Message, Remote};
use crate::state::Flag;
use crate::turn::{self, Main, Until};

struct MainWaker {
    remote: Arc<Remote>,
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
        match near::find(&self.remote) {
            Some(inner) => inner.push(Item::Main(self.run)),
            // A closed loop has no future that could be polled.
            None => drop(self.remote.inbox.send(Message::Main(self.run))),
        }
    }
}

pub(crate) fn run<F: Future>(
    inner: &Rc<Inner>,
    future: F,
    location: Here,
) -> Result<F::Output, RunError> {
    let _run = inner.enter()?;
    let main = Arc::new(MainWaker {
        remote: inner.remote.clone(),
        run: inner.run_number(),
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
    turn::drive(
        inner,
        Until::Stopped,
        Some(Main {
            poll: &mut poll,
            location,
        }),
    )?;
    output.ok_or(RunError::Stopped)
}
