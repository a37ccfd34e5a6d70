//! What may cross threads, and what survives a panic.
#![allow(missing_docs, reason = "tests")]

use std::cell::Cell;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;
use std::sync::Arc;

use static_assertions::{assert_impl_all, assert_not_impl_any};
use waystation_core::Panicked;
use waystation_core::source::Source;
use waystation_core::sync::{Lock, Word};
use waystation_core::wait::{Batch, Crowd, Line, Ticket, Watermark};

assert_impl_all!(Lock<Cell<u8>>: Send, Sync, UnwindSafe, RefUnwindSafe, Unpin);
assert_not_impl_any!(Lock<Rc<u8>>: Send, Sync);
assert_impl_all!(Word: Send, Sync);
assert_impl_all!(Line<()>: Send, Sync, Unpin);
assert_impl_all!(Batch: Send, Unpin);
assert_impl_all!(Crowd: Send, Sync, Copy, Unpin);
assert_impl_all!(Ticket: Send, Sync, Copy, Ord);
assert_impl_all!(Watermark: Send, Sync);
assert_impl_all!(Panicked: Send, Sync, UnwindSafe, RefUnwindSafe, Unpin, std::error::Error);
assert_impl_all!(&'static u8: Source);
assert_impl_all!(Arc<u8>: Source);
assert_not_impl_any!(Box<u8>: Source);
assert_not_impl_any!(Rc<u8>: Source);

#[test]
fn the_assertions_above_hold_because_this_compiles() {
    fn target<H: Source<Target = u8>>(handle: &H) -> u8 {
        **handle
    }
    assert_eq!((target(&&1), target(&Arc::new(2))), (1, 2));
}

#[test]
fn a_panic_without_a_message_says_so() {
    let panicked = Panicked::new(Box::new(7));
    assert_eq!(panicked.message(), None);
    assert_eq!(
        panicked.to_string(),
        "panicked with a payload that is not a string"
    );
    assert_eq!(panicked.into_payload().downcast_ref(), Some(&7));
}

#[test]
fn a_formatted_message_is_kept() {
    let panicked = Panicked::new(Box::new(format!("{}", 7)));
    assert_eq!(format!("{panicked:?}"), "Panicked(Some(\"7\"))");
}
