//! Which marker traits the public types have. Checked by the compiler; the tests below run what the
//! assertions allow.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use static_assertions::{assert_impl_all, assert_not_impl_any};
use waystation_event::{AutoResetEvent, AutoResetWait, Event, Wait};

assert_impl_all!(Event: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe, Default, std::fmt::Debug);
assert_impl_all!(AutoResetEvent: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe, Default, std::fmt::Debug);
assert_impl_all!(Wait<&'static Event>: Future<Output = ()>, Send, Sync, Unpin, UnwindSafe, RefUnwindSafe, std::fmt::Debug);
assert_impl_all!(Wait<Arc<Event>>: Future<Output = ()>, Send, Sync, Unpin, UnwindSafe, RefUnwindSafe, std::fmt::Debug);
assert_impl_all!(AutoResetWait<&'static AutoResetEvent>: Future<Output = ()>, Send, Sync, Unpin, UnwindSafe, RefUnwindSafe, std::fmt::Debug);
assert_impl_all!(AutoResetWait<Arc<AutoResetEvent>>: Future<Output = ()>, Send, Sync, Unpin, UnwindSafe, RefUnwindSafe, std::fmt::Debug);

// A copy of a wait would stand in line under the same ticket.
assert_not_impl_any!(Wait<&'static Event>: Clone, Copy);
assert_not_impl_any!(Wait<Arc<Event>>: Clone);
assert_not_impl_any!(AutoResetWait<&'static AutoResetEvent>: Clone, Copy);
assert_not_impl_any!(AutoResetWait<Arc<AutoResetEvent>>: Clone);
assert_not_impl_any!(Event: Clone, Copy);
assert_not_impl_any!(AutoResetEvent: Clone, Copy);

#[cfg(feature = "futures-core")]
assert_impl_all!(Wait<&'static Event>: futures_core::FusedFuture);
#[cfg(feature = "futures-core")]
assert_impl_all!(Wait<Arc<Event>>: futures_core::FusedFuture);
#[cfg(feature = "futures-core")]
assert_impl_all!(AutoResetWait<&'static AutoResetEvent>: futures_core::FusedFuture);
#[cfg(feature = "futures-core")]
assert_impl_all!(AutoResetWait<Arc<AutoResetEvent>>: futures_core::FusedFuture);

#[cfg(feature = "futures-core")]
#[test]
fn fused_future_says_when_a_wait_is_over() {
    use futures_core::FusedFuture;
    use waystation_testkit::{assert_ready, poll_once};

    fn ends<F: FusedFuture<Output = ()> + Unpin>(mut wait: F) {
        assert!(!FusedFuture::is_terminated(&wait));
        assert_ready(poll_once(&mut wait, std::task::Waker::noop()));
        assert!(FusedFuture::is_terminated(&wait));
    }
    ends(Event::with_state(true).wait());
    ends(Arc::new(Event::with_state(true)).wait_owned());
    ends(AutoResetEvent::with_state(true).wait());
    ends(Arc::new(AutoResetEvent::with_state(true)).wait_owned());
}

#[test]
#[deny(unfulfilled_lint_expectations)]
fn a_wait_that_is_not_awaited_is_warned_about() {
    let event = Arc::new(Event::new());
    let auto = Arc::new(AutoResetEvent::new());
    #[expect(unused_must_use, reason = "the warning is what is tested")]
    event.wait();
    #[expect(unused_must_use, reason = "the warning is what is tested")]
    event.wait_owned();
    #[expect(unused_must_use, reason = "the warning is what is tested")]
    auto.wait();
    #[expect(unused_must_use, reason = "the warning is what is tested")]
    auto.wait_owned();
    assert_eq!((event.waiters(), auto.waiters()), (0, 0));
}

#[test]
fn owned_waits_can_be_sent_to_a_thread_that_outlives_the_caller() {
    let (event, auto) = (Arc::new(Event::new()), Arc::new(AutoResetEvent::new()));
    let (wait, auto_wait) = (event.wait_owned(), auto.wait_owned());
    let thread = std::thread::spawn(move || {
        futures_lite::future::block_on(async {
            wait.await;
            auto_wait.await;
        });
    });
    event.set();
    auto.set();
    drop((event, auto));
    assert!(thread.join().is_ok());
}
