//! What may go to another thread, and what may move.

use std::future::Pending;
use std::marker::PhantomPinned;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::rc::Rc;
use std::time::SystemTime;

use static_assertions::{assert_impl_all, assert_not_impl_any};
use waystation_loop::*;

assert_not_impl_any!(EventLoop: Send, Sync);
assert_not_impl_any!(LocalHandle: Send, Sync);
assert_not_impl_any!(CallHandle: Send, Sync);
assert_not_impl_any!(TimerHandle: Send, Sync, Clone);
assert_not_impl_any!(TimerGuard: Send, Sync);
assert_impl_all!(LocalHandle: Clone);
assert_impl_all!(Handle: Send, Sync, Clone, Unpin);

// The output decides, not the future.
assert_impl_all!(JoinHandle<u8>: Send, Sync, Unpin);
assert_not_impl_any!(JoinHandle<Rc<u8>>: Send, Sync);
assert_impl_all!(JoinHandle<Rc<u8>>: Unpin);
assert_impl_all!(JoinHandle<PhantomPinned>: Unpin);

// Any thread can wait for a task. A timer runs in a loop only.
assert_impl_all!(JoinHandle<Rc<u8>>: Blocking);
assert_not_impl_any!(Sleep: Blocking);
assert_not_impl_any!(NextTick<'static>: Blocking);
assert_not_impl_any!(Timeout<Pending<()>>: Blocking);

// A future that sleeps may be spawned through a `Handle`.
assert_impl_all!(Sleep: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(Interval: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe);
assert_impl_all!(NextTick<'static>: Send, Sync, Unpin);
assert_impl_all!(IntervalOn<fn(SystemTime) -> Option<SystemTime>>: Send, Sync, Unpin);
assert_impl_all!(NextTickOn<'static, fn(SystemTime) -> Option<SystemTime>>: Send, Sync, Unpin);
assert_impl_all!(Timeout<Pending<()>>: Send, Sync, Unpin);
assert_not_impl_any!(Timeout<PhantomPinned>: Unpin);
assert_not_impl_any!(Timeout<Rc<u8>>: Send);

assert_impl_all!(VirtualClock: Send, Sync, Clone, UnwindSafe, RefUnwindSafe);
assert_impl_all!(SystemClock: Send, Sync, Copy);
assert_impl_all!(Box<dyn Clock>: Send, Sync);

assert_impl_all!(RunError: Send, Sync, Clone, Eq, std::error::Error);
assert_impl_all!(JoinError: Send, Sync, std::error::Error);
assert_impl_all!(LoopClosed: Send, Sync, Copy, Eq, std::error::Error);
assert_impl_all!(Elapsed: Send, Sync, Copy, Eq, std::error::Error);
assert_impl_all!(Report: Send, Sync, Clone, Eq);
assert_impl_all!(WaitingTask: Send, Sync, Clone, Eq);
assert_impl_all!(SlowCallback: Send, Sync, Clone, Eq);
assert_impl_all!(Every: Send, Sync, Copy, Eq);
assert_impl_all!(Tick: Send, Sync, Copy, Eq);
assert_impl_all!(Tick<SystemTime>: Send, Sync, Copy, Eq);
assert_impl_all!(WallStep: Send, Sync, Copy, Eq);
assert_impl_all!(MissedTick: Send, Sync, Copy, Eq, Default);

#[test]
fn a_spawned_future_may_sleep_and_wait_for_tasks_of_any_loop() {
    fn is_send<T: Send>(_: &T) {}
    is_send(&async {
        sleep(std::time::Duration::ZERO).await;
        let _ticks = interval(std::time::Duration::from_secs(1)).tick().await;
        timeout(std::time::Duration::ZERO, std::future::pending::<()>()).await
    });
}
