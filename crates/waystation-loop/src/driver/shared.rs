//! What a loop shares with other threads: its inbox, its clock, and what its tasks carry for their
//! wakers.

use std::sync::{Arc, LazyLock, Weak};
use std::task::Wake;

use async_task::Runnable;
use waystation_core::inbox::Inbox;
use waystation_core::sync::Lock;

use crate::driver::callback::{Call, Callback, Caller, Once};
use crate::time::clock::Clock;

/// The number of a loop, never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LoopId(u64);

/// The loops of the process. What another thread rarely needs (to abort a task, to drop a sleep)
/// finds its loop here, so that a handle or a sleep holds a number instead of a reference count.
struct Directory {
    next: u64,
    loops: Vec<(LoopId, Weak<Shared>)>,
}

static DIRECTORY: LazyLock<Lock<Directory>> = LazyLock::new(|| {
    Lock::new(Directory {
        next: 0,
        loops: Vec::new(),
    })
});

/// Has a loop, found by its number, call `call` in one of its turns. If the loop is closed, the
/// call is dropped here.
pub(crate) fn post(id: LoopId, caller: Caller, call: impl FnOnce() + Send + 'static) {
    let directory = DIRECTORY.lock();
    let found = directory.loops.iter().find(|(open, _)| *open == id);
    let shared = found.and_then(|(_, shared)| shared.upgrade());
    drop(directory);
    if let Some(shared) = shared {
        shared.post(caller, call);
    }
}

/// The side of a loop that other threads see.
pub(crate) struct Shared {
    pub(crate) id: LoopId,
    pub(crate) inbox: Inbox<Message>,
    pub(crate) clock: Box<dyn Clock>,
}

/// What arrives in the inbox. The loop puts it in line as it comes.
pub(crate) enum Message {
    /// A task that was woken.
    Task(Runnable<Metadata>),
    /// The future of this run of `run_until_complete` was woken.
    Main(u64),
    /// Something to be called on the loop's thread, where the loop is the current one.
    Call(PostedCall),
}

/// A call from another thread.
pub(crate) type PostedCall = Box<Call<dyn Callback + Send>>;

/// What a task carries for its wakers, and for reports.
pub(crate) struct Metadata {
    pub(crate) shared: Arc<Shared>,
    pub(crate) name: Option<Box<str>>,
    pub(crate) caller: Caller,
}

impl Shared {
    /// A new loop's, in the directory until [`deregister`](Shared::deregister).
    pub(crate) fn register(clock: Box<dyn Clock>) -> Arc<Self> {
        let inbox = Inbox::new();
        let mut directory = DIRECTORY.lock();
        let id = LoopId(directory.next);
        directory.next += 1;
        let shared = Arc::new(Self { id, inbox, clock });
        directory.loops.push((id, Arc::downgrade(&shared)));
        drop(directory);
        shared
    }

    /// Takes a closed loop out of the directory.
    pub(crate) fn deregister(&self) {
        let mut directory = DIRECTORY.lock();
        let index = directory.loops.iter().position(|(id, _)| *id == self.id);
        let removed = index.map(|index| directory.loops.swap_remove(index));
        drop(directory);
        drop(removed);
    }

    /// Has the loop call `call` in one of its turns. If the loop is closed, the call is dropped
    /// here, and `false` returned.
    pub(crate) fn post(&self, caller: Caller, call: impl FnOnce() + Send + 'static) -> bool {
        let call = Box::new(Call::new(Once::new(call), caller));
        self.inbox.send(Message::Call(call)).is_ok()
    }
}

/// Waking it makes an idle loop look around. This is what a clock is given.
impl Wake for Shared {
    fn wake(self: Arc<Self>) {
        self.inbox.notify();
    }

    fn wake_by_ref(self: &Arc<Self>) {
        self.inbox.notify();
    }
}
