//! What may cross threads, and what survives a panic.
#![allow(missing_docs, reason = "tests")]

use std::cell::Cell;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;
use std::sync::Arc;

use static_assertions::{assert_impl_all, assert_not_impl_any};
use waystation_core::Panicked;
use waystation_core::inbox::Inbox;
use waystation_core::panics::FirstPanic;
use waystation_core::ring::Ring;
use waystation_core::signal::Signal;
use waystation_core::source::Source;
use waystation_core::sync::{Lock, LockGuard, RawLock};
use waystation_core::wait::{Batch, Line, Place, Ticket, Watermark};

assert_impl_all!(Lock<Cell<u8>>: Send, Sync, UnwindSafe, RefUnwindSafe, Unpin);
assert_not_impl_any!(Lock<Rc<u8>>: Send, Sync);
assert_not_impl_any!(LockGuard<'static, u8>: Send);
assert_impl_all!(RawLock: Send, Sync);
assert_impl_all!(Line<()>: Send, Sync, Unpin);
assert_impl_all!(Batch: Send, Sync, Unpin);
assert_impl_all!(Place: Send, Sync, Copy, Unpin);
assert_impl_all!(Ring<Cell<u8>>: Send, Unpin);
assert_impl_all!(FirstPanic: Send, Unpin);
assert_impl_all!(Signal: Send, Sync);
assert_impl_all!(Inbox<Cell<u8>>: Send, Sync);
assert_not_impl_any!(Inbox<Rc<u8>>: Send, Sync);
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
