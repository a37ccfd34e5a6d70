use std::any::Any;
use std::error::Error;
use std::fmt;
use std::sync::Mutex;

/// A panic that was caught instead of going on: what a child of `gather` or a task of the event
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
    payload: Mutex<Box<dyn Any + Send>>,
    message: Option<String>,
}

impl Panicked {
    /// Wraps the payload that `catch_unwind` returned.
    pub fn new(payload: Box<dyn Any + Send>) -> Self {
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

    /// The payload, to go on with `std::panic::resume_unwind`.
    pub fn into_payload(self) -> Box<dyn Any + Send> {
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
