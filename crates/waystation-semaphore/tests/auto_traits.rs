//! `Send`, `Sync`, `Unpin`, `UnwindSafe`, `RefUnwindSafe` of every public type.

use std::error::Error;
use std::fmt::Debug;
use std::future::Future;
use std::hash::Hash;
use std::panic::{RefUnwindSafe, UnwindSafe};
use std::sync::Arc;

use static_assertions::{assert_impl_all, assert_not_impl_any};
use waystation_semaphore::{
    Acquire, AcquireError, Blocking, Fairness, OverRelease, OwnedPermit, Permit, Semaphore,
    SemaphoreClosed, SemaphoreClosing, SemaphorePermit, Source, TryAcquireError, Watch,
};

macro_rules! free {
    ($($type:ty),* $(,)?) => {
        $(assert_impl_all!($type: Send, Sync, Unpin, UnwindSafe, RefUnwindSafe, Debug);)*
    };
}

free!(
    Semaphore,
    Fairness,
    Acquire<&'static Semaphore>,
    Acquire<Arc<Semaphore>>,
    SemaphoreClosed<&'static Semaphore>,
    SemaphoreClosed<Arc<Semaphore>>,
    Permit<&'static Semaphore>,
    SemaphorePermit<'static>,
    OwnedPermit,
    AcquireError,
    TryAcquireError,
    OverRelease,
);

assert_impl_all!(AcquireError: Error, Copy, Eq, Hash);
assert_impl_all!(TryAcquireError: Error, Copy, Eq, Hash);
assert_impl_all!(OverRelease: Error, Copy, Eq, Hash);
assert_impl_all!(Fairness: Copy, Eq, Hash, Default);

// Permits and requests are one of a kind.
assert_not_impl_any!(OwnedPermit: Clone, Default);
assert_not_impl_any!(Permit<&'static Semaphore>: Clone, Default);
assert_not_impl_any!(Acquire<Arc<Semaphore>>: Clone, Default);
assert_not_impl_any!(SemaphoreClosed<Arc<Semaphore>>: Clone, Default);
assert_not_impl_any!(Semaphore: Clone);

#[test]
fn the_owned_futures_can_be_spawned() {
    fn check<F: Future + Send + Unpin + 'static>(_: &F) -> usize {
        1
    }
    let semaphore = Arc::new(Semaphore::new(0));
    let count = check(&semaphore.acquire_owned())
        + check(&semaphore.acquire_many_owned(2))
        + check(&semaphore.closed_owned());
    assert_eq!(count, 3);
}

#[test]
fn permits_are_covariant_in_the_life_of_their_semaphore() {
    fn shorten<'a>(permit: SemaphorePermit<'static>, _: &'a str) -> SemaphorePermit<'a> {
        permit
    }
    static SEMAPHORE: Semaphore = Semaphore::new(1);
    let text = String::from("shorter");
    let permit = shorten(SEMAPHORE.try_acquire().unwrap(), &text);
    assert_eq!(permit.num_permits(), 1);
}

#[test]
fn source_blocking_and_the_types_of_futures_can_be_named_from_outside() {
    fn hold<H: Source<Target = Semaphore>>(acquire: Acquire<H>) -> Permit<H> {
        wait(acquire).unwrap()
    }
    fn wait<F: Blocking>(future: F) -> F::Output {
        future.block()
    }
    struct Holder<H: Source<Target = Semaphore>> {
        permit: Permit<H>,
        closed: SemaphoreClosed<H>,
    }
    fn closed<H: Source<Target = Semaphore>>(watch: Watch<H, SemaphoreClosing>) {
        watch.block();
    }
    let semaphore = Arc::new(Semaphore::new(2));
    let borrowed = Holder {
        permit: hold(semaphore.acquire()),
        closed: semaphore.closed(),
    };
    let owned = Holder {
        permit: hold(semaphore.acquire_owned()),
        closed: semaphore.closed_owned(),
    };
    assert_eq!(
        borrowed.permit.num_permits() + owned.permit.num_permits(),
        2
    );
    semaphore.close();
    closed(borrowed.closed);
    closed(owned.closed);
}
