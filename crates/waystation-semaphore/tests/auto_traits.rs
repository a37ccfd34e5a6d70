//! `Send`, `Sync`, `Unpin`, `UnwindSafe`, `RefUnwindSafe` of every public type.

use std::error::Error;
use std::fmt::Debug;
use std::future::Future;
use std::hash::Hash;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use static_assertions::{assert_impl_all, assert_not_impl_any};
use waystation_semaphore::{
    Acquire, AcquireError, AcquireTimeoutError, BoundedSemaphore, Fairness, OverRelease,
    OwnedBoundedPermit, OwnedPermit, Permit, Semaphore, SemaphoreClosed, TryAcquireError,
};

macro_rules! free {
    ($($type:ty),* $(,)?) => {
        $(assert_impl_all!($type: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe, Debug);)*
    };
}

free!(
    Semaphore,
    BoundedSemaphore,
    Fairness,
    Acquire<&'static Semaphore>,
    Acquire<Arc<Semaphore>>,
    Acquire<&'static BoundedSemaphore>,
    Acquire<Arc<BoundedSemaphore>>,
    SemaphoreClosed<&'static Semaphore>,
    SemaphoreClosed<Arc<Semaphore>>,
    SemaphoreClosed<&'static BoundedSemaphore>,
    SemaphoreClosed<Arc<BoundedSemaphore>>,
    Permit<&'static Semaphore>,
    Permit<&'static BoundedSemaphore>,
    OwnedPermit,
    OwnedBoundedPermit,
    AcquireError,
    TryAcquireError,
    AcquireTimeoutError,
    OverRelease,
);

assert_impl_all!(AcquireError: Error, Copy, Eq, Hash);
assert_impl_all!(TryAcquireError: Error, Copy, Eq, Hash);
assert_impl_all!(AcquireTimeoutError: Error, Copy, Eq, Hash, From<AcquireError>);
assert_impl_all!(OverRelease: Error, Copy, Eq, Hash);
assert_impl_all!(Fairness: Copy, Eq, Hash, Default);

// Permits and requests are one of a kind.
assert_not_impl_any!(OwnedPermit: Clone, Default);
assert_not_impl_any!(Permit<&'static Semaphore>: Clone, Default);
assert_not_impl_any!(Acquire<Arc<Semaphore>>: Clone, Default);
assert_not_impl_any!(SemaphoreClosed<Arc<Semaphore>>: Clone, Default);
assert_not_impl_any!(Semaphore: Clone);
assert_not_impl_any!(BoundedSemaphore: Clone);

#[test]
fn the_futures_of_both_kinds_can_be_spawned() {
    fn check<F: Future + Send + Unpin + 'static>(_: &F) -> usize {
        1
    }
    let plain = Arc::new(Semaphore::new(0));
    let bounded = Arc::new(BoundedSemaphore::new(0));
    let count = check(&plain.acquire_owned())
        + check(&plain.acquire_many_owned(2))
        + check(&plain.closed_owned())
        + check(&bounded.acquire_owned())
        + check(&bounded.acquire_many_owned(2))
        + check(&bounded.closed_owned());
    assert_eq!(count, 6);
}

#[test]
fn permits_are_covariant_in_the_life_of_their_semaphore() {
    fn shorten<'a>(permit: Permit<&'static Semaphore>, _: &'a str) -> Permit<&'a Semaphore> {
        permit
    }
    static SEMAPHORE: Semaphore = Semaphore::new(1);
    let text = String::from("shorter");
    let permit = shorten(SEMAPHORE.try_acquire().unwrap(), &text);
    assert_eq!(permit.num_permits(), 1);
}
