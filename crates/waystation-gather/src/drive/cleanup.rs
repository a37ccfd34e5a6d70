//! Dropping what others wrote: everything is dropped, whatever panics.

use std::any::Any;
use std::panic::resume_unwind;

use waystation_core::sync::{catch_panic, panicking};
use waystation_core::wait::discard;

type Payload = Box<dyn Any + Send>;

/// Drops foreign values one by one and keeps the first panic for the end.
#[derive(Default)]
pub(crate) struct Cleanup {
    first: Option<Payload>,
}

impl Cleanup {
    /// Drops one value.
    pub(crate) fn drop<T>(&mut self, value: T) {
        self.run(|| drop(value));
    }

    /// Runs what drops something.
    pub(crate) fn run(&mut self, dropping: impl FnOnce()) {
        if let Err(payload) = catch_panic(dropping) {
            self.keep(payload);
        }
    }

    /// Runs it for everything that `items` still yields, in order.
    pub(crate) fn run_all<T>(
        &mut self,
        mut items: impl Iterator<Item = T>,
        mut dropping: impl FnMut(T),
    ) {
        while let Err(payload) = catch_panic(|| items.by_ref().for_each(&mut dropping)) {
            self.keep(payload);
        }
    }

    /// Lets the first panic go on, unless the thread is unwinding already.
    pub(crate) fn finish(self) {
        match self.first {
            None => {}
            Some(payload) if panicking() => discard(payload),
            Some(payload) => resume_unwind(payload),
        }
    }

    /// Lets no panic go on: for a path that has something to return.
    pub(crate) fn finish_quietly(self) {
        if let Some(payload) = self.first {
            discard(payload);
        }
    }

    /// Lets an earlier panic go on; what panicked since was only reported.
    pub(crate) fn finish_after(self, payload: Payload) -> ! {
        self.finish_quietly();
        resume_unwind(payload)
    }

    #[cold]
    fn keep(&mut self, payload: Payload) {
        match self.first {
            None => self.first = Some(payload),
            Some(_) => discard(payload),
        }
    }
}
