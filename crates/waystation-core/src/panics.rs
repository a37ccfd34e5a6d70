//! Panics of foreign code: caught, so that everybody else is served, and propagated afterwards.

use std::any::Any;
use std::error::Error;
use std::fmt;
use std::mem::ManuallyDrop;
use std::panic::resume_unwind;
use std::sync::Mutex;

use crate::sync::{catch_panic, panicking};

/// What a panic carries.
pub type Payload = Box<dyn Any + Send>;

/// Runs foreign code piece by piece and keeps the first panic for the end.
///
/// [`resume`](FirstPanic::resume) propagates it, [`suppress`](FirstPanic::suppress) drops it: for
/// calls that return something which the unwinding would destroy. The panic hook has reported it.
#[derive(Default)]
#[must_use = "a panic was caught: `resume` or `suppress` it"]
pub struct FirstPanic(Option<Payload>);

impl FirstPanic {
    /// No panic yet.
    #[inline]
    pub const fn new() -> Self {
        Self(None)
    }

    /// Runs foreign code; `None` if it panicked.
    #[inline]
    pub fn run<R>(&mut self, foreign: impl FnOnce() -> R) -> Option<R> {
        match catch_panic(foreign) {
            Ok(value) => Some(value),
            Err(payload) => {
                self.keep(payload);
                None
            }
        }
    }

    /// Runs `foreign` for everything that `items` yields, in order, whatever panics.
    #[inline]
    pub fn run_all<T>(&mut self, mut items: impl Iterator<Item = T>, mut foreign: impl FnMut(T)) {
        while let Err(payload) = catch_panic(|| items.by_ref().for_each(&mut foreign)) {
            self.keep(payload);
        }
    }

    /// Drops a foreign value.
    #[inline]
    pub fn drop<T>(&mut self, value: T) {
        self.run(|| drop(value));
    }

    /// Adds a panic that was caught elsewhere: kept if it is the first one.
    #[cold]
    pub fn keep(&mut self, payload: Payload) {
        match self.0 {
            None => self.0 = Some(payload),
            Some(_) => discard(payload),
        }
    }

    /// Adds what another one has caught since.
    #[inline]
    pub fn append(&mut self, later: Self) {
        if let Some(payload) = later.0 {
            self.keep(payload);
        }
    }

    /// Propagates the first panic, unless the thread is unwinding already.
    #[inline]
    pub fn resume(self) {
        if let Some(payload) = self.0 {
            propagate(payload);
        }
    }

    /// Propagates none.
    #[inline]
    pub fn suppress(self) {
        if let Some(payload) = self.0 {
            discard(payload);
        }
    }

    /// The first panic, for a caller that has another way to report it.
    pub fn into_payload(self) -> Option<Payload> {
        self.0
    }
}

impl fmt::Debug for FirstPanic {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let panicked = self.0.is_some();
        f.debug_tuple("FirstPanic").field(&panicked).finish()
    }
}

#[cold]
fn propagate(payload: Payload) {
    if panicking() {
        discard(payload);
    } else {
        resume_unwind(payload);
    }
}

/// Drops a payload, whose own drop may panic, and so on: the second one is leaked.
#[cold]
pub fn discard(payload: Payload) {
    if let Err(again) = catch_panic(|| drop(payload)) {
        let _leaked = ManuallyDrop::new(again);
    }
}

/// A panic that was caught and turned into a value: what a child of `gather` or a task of the event
/// loop panicked with.
///
/// ```
/// use waystation_core::Panicked;
///
/// let payload = std::panic::catch_unwind(|| panic!("out of tea")).unwrap_err();
/// let panicked = Panicked::new(payload);
/// assert_eq!(panicked.message(), Some("out of tea"));
/// assert_eq!(panicked.to_string(), "panicked: out of tea");
/// ```
pub struct Panicked {
    // The lock is never locked: it makes a `Send` payload `Sync`, as std's own `Exclusive` would.
    payload: Mutex<Payload>,
    message: Option<String>,
}

impl Panicked {
    /// Wraps the payload that `catch_unwind` returned.
    pub fn new(payload: Payload) -> Self {
        let message = match payload.downcast_ref::<&'static str>() {
            Some(text) => Some((*text).to_owned()),
            None => payload.downcast_ref::<String>().cloned(),
        };
        Self {
            payload: Mutex::new(payload),
            message,
        }
    }

    /// The message of the panic, if it was a string, as it is for `panic!("…")`.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// The payload, for `std::panic::resume_unwind`.
    pub fn into_payload(self) -> Payload {
        self.payload
            .into_inner()
            .unwrap_or_else(|poisoned| poisoned.into_inner())
    }
}

impl fmt::Debug for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Panicked").field(&self.message()).finish()
    }
}

impl fmt::Display for Panicked {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.message() {
            Some(message) => write!(f, "panicked: {message}"),
            None => f.write_str("panicked with a payload that is not a string"),
        }
    }
}

impl Error for Panicked {}
