//! Which marker traits the public types have. Checked by the compiler; the tests below run what the
//! assertions allow.

use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;
use std::time::Duration;

use static_assertions::{assert_impl_all, assert_not_impl_any};
use waystation_event::{AutoResetEvent, AutoResetWait, Blocking, Event, Source, Wait};

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
    use waystation_testkit::{assert_pending, assert_ready, poll_once};

    fn ends<F: FusedFuture<Output = ()> + Unpin>(mut wait: F, set: impl FnOnce() -> bool) {
        let waker = std::task::Waker::noop();
        assert!(!FusedFuture::is_terminated(&wait), "not polled yet");
        assert_pending(poll_once(&mut wait, waker));
        assert!(!FusedFuture::is_terminated(&wait), "in line");
        assert!(set());
        assert!(!FusedFuture::is_terminated(&wait), "released");
        assert_ready(poll_once(&mut wait, waker));
        assert!(FusedFuture::is_terminated(&wait), "over");
    }
    let (event, auto) = (Arc::new(Event::new()), Arc::new(AutoResetEvent::new()));
    ends(event.wait(), || event.set());
    event.clear();
    ends(event.wait_owned(), || event.set());
    ends(auto.wait(), || auto.set());
    ends(auto.wait_owned(), || auto.set());
    // At the first poll.
    let mut wait = event.wait();
    assert_ready(poll_once(&mut wait, std::task::Waker::noop()));
    assert!(FusedFuture::is_terminated(&wait));
}

/// Code over any handle and any future of this crate can be written outside of it.
#[test]
fn source_and_blocking_can_be_named_outside() {
    fn event_of<H: Source<Target = Event>>(handle: &H, wait: Wait<H>) -> bool {
        handle.set();
        waits(wait);
        handle.clear()
    }
    fn auto_of<H: Source<Target = AutoResetEvent>>(handle: &H, mut wait: AutoResetWait<H>) -> bool {
        handle.set();
        wait.block_timeout(Duration::MAX).is_some()
    }
    fn waits<F: Blocking<Output = ()>>(wait: F) {
        wait.block();
    }
    let (event, auto) = (Arc::new(Event::new()), Arc::new(AutoResetEvent::new()));
    assert!(event_of(&&*event, event.wait()));
    assert!(event_of(&event, event.wait_owned()));
    assert!(auto_of(&&*auto, auto.wait()));
    assert!(auto_of(&auto, auto.wait_owned()));
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
