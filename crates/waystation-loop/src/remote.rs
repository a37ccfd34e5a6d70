//! The side of a loop that other threads see, and what they can send it.

use std::fmt;
use std::panic::Location;
use std::rc::Rc;
use std::sync::{Arc, LazyLock, Weak};
use std::task::Wake;

use async_task::Runnable;
use waystation_core::inbox::Inbox;
use waystation_core::sync::Lock;

use crate::clock::Clock;
use crate::inner::Inner;
use crate::task::Meta;

/// The number of a loop, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LoopId(u64);

/// The loops of the process. What is rarely needed from another thread (to abort a task, to drop a
/// sleep) finds its loop here, so that every handle and every sleep can hold a number instead of
/// paying for a reference count.
struct Directory {
    next: u64,
    loops: Vec<(LoopId, Weak<Remote>)>,
}

static DIRECTORY: LazyLock<Lock<Directory>> = LazyLock::new(|| {
    Lock::new(Directory {
        next: 0,
        loops: Vec::new(),
    })
});

/// Sends an order to a loop by its number. If the loop is closed, it is dropped here.
pub(crate) fn order_far(
    id: LoopId,
    location: &'static Location<'static>,
    what: impl FnOnce(&Rc<Inner>) + Send + 'static,
) {
    let directory = DIRECTORY.lock();
    let found = directory.loops.iter().find(|(open, _)| *open == id);
    let remote = found.and_then(|(_, remote)| remote.upgrade());
    drop(directory);
    if let Some(remote) = remote {
        remote.order(location, what);
    }
}

/// What the loop shares with its tasks' wakers, handles and clock.
pub(crate) struct Remote {
    pub(crate) id: LoopId,
    pub(crate) inbox: Inbox<Message>,
    pub(crate) clock: Box<dyn Clock>,
}

/// What comes from elsewhere. The loop puts it in line as it comes.
pub(crate) enum Message {
    /// A task that was woken.
    Task(Runnable<Meta>),
    /// The future of this run of `run_until_complete` was woken.
    Main(u64),
    /// Something to be done on the loop's thread.
    Order(Box<dyn Order + Send>),
}

/// Something to be done on the loop's thread, once.
pub(crate) trait Order {
    fn run(self: Box<Self>, inner: &Rc<Inner>);
    fn location(&self) -> &'static Location<'static>;
}

struct Ordered<F> {
    what: F,
    location: &'static Location<'static>,
}

impl<F: FnOnce(&Rc<Inner>)> Order for Ordered<F> {
    fn run(self: Box<Self>, inner: &Rc<Inner>) {
        (self.what)(inner);
    }

    fn location(&self) -> &'static Location<'static> {
        self.location
    }
}

impl Remote {
    /// A new loop's, in the directory until [`strike_off`](Remote::strike_off).
    pub(crate) fn register(clock: Box<dyn Clock>) -> Arc<Self> {
        let inbox = Inbox::new();
        let mut directory = DIRECTORY.lock();
        let id = LoopId(directory.next);
        directory.next += 1;
        let remote = Arc::new(Self { id, inbox, clock });
        directory.loops.push((id, Arc::downgrade(&remote)));
        drop(directory);
        remote
    }

    /// Takes a closed loop out of the directory.
    pub(crate) fn strike_off(&self) {
        let mut directory = DIRECTORY.lock();
        let index = directory.loops.iter().position(|(id, _)| *id == self.id);
        let struck = index.map(|index| directory.loops.swap_remove(index));
        drop(directory);
        drop(struck);
    }

    /// Sends an order. If the loop is closed, it is dropped here, and `false` returned.
    pub(crate) fn order(
        &self,
        location: &'static Location<'static>,
        what: impl FnOnce(&Rc<Inner>) + Send + 'static,
    ) -> bool {
        self.inbox
            .send(Message::Order(Box::new(Ordered { what, location })))
            .is_ok()
    }
}

/// Waking it makes an idle loop look around. This is what a clock is given.
impl Wake for Remote {
    fn wake(self: Arc<Self>) {
        self.inbox.notify();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.inbox.notify();
    }
}

impl fmt::Debug for Remote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Remote")
            .field("inbox", &self.inbox)
            .finish_non_exhaustive()
    }
}
