//! Wakers that count, and wakers that misbehave.
//!
//! Three kinds over one mechanism: [`Probe`] only counts, [`HostileWaker`] also runs hooks, which
//! may panic or re-enter the primitive under test, and [`panicking_waker`] panics at a chosen call.
//!
//! Every handle of one waker shares one allocation; clones, wakes and drops allocate nothing, so
//! that an allocation seen in a test is the primitive's own.
#![allow(
    unsafe_code,
    reason = "std::task::Wake offers no hook on clone and drop: only a RawWaker does"
)]

use std::fmt;
use std::mem::ManuallyDrop;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering::SeqCst};
use std::task::{RawWaker, RawWakerVTable, Waker};

type Hook = Box<dyn Fn() + Send + Sync>;

/// What all handles of one waker share.
#[derive(Default)]
struct Shared {
    wakes: AtomicUsize,
    clones: AtomicUsize,
    drops: AtomicUsize,
    live: AtomicUsize,
    disarmed: AtomicBool,
    hooks: Hooks,
}

#[derive(Default)]
struct Hooks {
    clone: Option<Hook>,
    wake: Option<Hook>,
    wake_by_ref: Option<Hook>,
    drop: Option<Hook>,
}

impl Shared {
    /// A new handle. Counts as live from here on.
    fn handle(self: Arc<Self>) -> RawWaker {
        self.live.fetch_add(1, SeqCst);
        RawWaker::new(Arc::into_raw(self).cast(), &VTABLE)
    }

    fn run(&self, hook: Option<&Hook>) {
        if let Some(hook) = hook.filter(|_| !self.disarmed.load(SeqCst)) {
            hook();
        }
    }
}

/// The end of one handle, kept also when a hook panics.
struct Ending(Arc<Shared>);

impl Drop for Ending {
    fn drop(&mut self) {
        self.0.live.fetch_sub(1, SeqCst);
    }
}

/// A `static`, not a `const`: [`Waker::will_wake`] compares its address.
static VTABLE: RawWakerVTable = RawWakerVTable::new(clone, wake, wake_by_ref, drop_handle);

/// # Safety
///
/// `data` comes from [`Shared::handle`], of a handle that is neither dropped nor woken by value
/// before the returned value is gone.
unsafe fn borrow(data: *const ()) -> ManuallyDrop<Arc<Shared>> {
    // SAFETY: `handle` made `data` with `Arc::into_raw` of an `Arc<Shared>`.
    // The count that belongs to the handle is not taken: `ManuallyDrop` leaves it there.
    ManuallyDrop::new(unsafe { Arc::from_raw(data.cast()) })
}

/// # Safety
///
/// `data` comes from [`Shared::handle`], and its handle is not used again.
unsafe fn end(data: *const ()) -> Ending {
    // SAFETY: `handle` made `data` with `Arc::into_raw` of an `Arc<Shared>`.
    // The handle ends here, so its count is ours to give back.
    Ending(unsafe { Arc::from_raw(data.cast()) })
}

unsafe fn clone(data: *const ()) -> RawWaker {
    // SAFETY: the caller holds `&Waker` for the whole call, so the handle outlives `shared`.
    let shared = unsafe { borrow(data) };
    shared.clones.fetch_add(1, SeqCst);
    // Before the handle exists: a panic here leaves nothing behind.
    shared.run(shared.hooks.clone.as_ref());
    Arc::clone(&shared).handle()
}

unsafe fn wake(data: *const ()) {
    // SAFETY: `Waker::wake` consumes the handle.
    let ending = unsafe { end(data) };
    ending.0.wakes.fetch_add(1, SeqCst);
    ending.0.run(ending.0.hooks.wake.as_ref());
}

unsafe fn wake_by_ref(data: *const ()) {
    // SAFETY: the caller holds `&Waker` for the whole call, so the handle outlives `shared`.
    let shared = unsafe { borrow(data) };
    shared.wakes.fetch_add(1, SeqCst);
    shared.run(
        shared
            .hooks
            .wake_by_ref
            .as_ref()
            .or(shared.hooks.wake.as_ref()),
    );
}

unsafe fn drop_handle(data: *const ()) {
    // SAFETY: dropping a `Waker` ends its handle.
    let ending = unsafe { end(data) };
    ending.0.drops.fetch_add(1, SeqCst);
    ending.0.run(ending.0.hooks.drop.as_ref());
}

/// Counts what is done to the wakers it gives out.
///
/// ```
/// # use waystation_testkit::Probe;
/// let probe = Probe::new();
/// let waker = probe.waker();
/// waker.clone().wake();
/// assert_eq!((probe.wakes(), probe.clones(), probe.drops(), probe.live()), (1, 1, 0, 1));
/// ```
///
/// A clone is another view on the same counters.
#[derive(Clone, Default)]
pub struct Probe(Arc<Shared>);

impl Probe {
    /// A probe without hooks.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// A handle of the probe's waker. All of them [`will_wake`](Waker::will_wake) each other. It
    /// counts as live, not as a clone.
    #[must_use]
    pub fn waker(&self) -> Waker {
        let raw = Arc::clone(&self.0).handle();
        // SAFETY: `VTABLE` keeps the contract of `RawWakerVTable`: each handle owns one count of
        // the `Arc`, given back by `wake` or `drop` and by nothing else; `Shared` is `Send + Sync`,
        // and all its counters are atomic.
        unsafe { Waker::from_raw(raw) }
    }

    /// How often it was woken, by value or by reference.
    #[must_use]
    pub fn wakes(&self) -> usize {
        self.0.wakes.load(SeqCst)
    }

    /// How often a clone was asked for, those that panicked included.
    #[must_use]
    pub fn clones(&self) -> usize {
        self.0.clones.load(SeqCst)
    }

    /// How many handles were dropped without being woken by value.
    #[must_use]
    pub fn drops(&self) -> usize {
        self.0.drops.load(SeqCst)
    }

    /// How many handles are alive.
    #[must_use]
    pub fn live(&self) -> usize {
        self.0.live.load(SeqCst)
    }

    /// No hook runs from now on; counting goes on.
    pub fn disarm(&self) {
        self.0.disarmed.store(true, SeqCst);
    }
}

impl fmt::Debug for Probe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Probe")
            .field("wakes", &self.wakes())
            .field("clones", &self.clones())
            .field("drops", &self.drops())
            .field("live", &self.live())
            .finish()
    }
}

/// A waker that runs foreign code when it is cloned, woken or dropped. Made with
/// [`builder`](HostileWaker::builder).
#[derive(Debug)]
pub struct HostileWaker(());

impl HostileWaker {
    /// Starts a waker without hooks.
    pub fn builder() -> HostileBuilder {
        HostileBuilder {
            hooks: Hooks::default(),
        }
    }
}

/// Hooks for a [`HostileWaker`]. Each runs every time, on the thread that makes the call, after the
/// call was counted. A hook may panic: the counts of handles stay right.
#[must_use = "a builder does nothing until it is built"]
pub struct HostileBuilder {
    hooks: Hooks,
}

impl HostileBuilder {
    /// Runs when a handle is cloned, before the new handle exists.
    pub fn on_clone(mut self, hook: impl Fn() + Send + Sync + 'static) -> Self {
        self.hooks.clone = Some(Box::new(hook));
        self
    }

    /// Runs on `wake`, and on `wake_by_ref` unless that has a hook of its own.
    pub fn on_wake(mut self, hook: impl Fn() + Send + Sync + 'static) -> Self {
        self.hooks.wake = Some(Box::new(hook));
        self
    }

    /// Runs on `wake_by_ref`, instead of the hook given to `on_wake`.
    pub fn on_wake_by_ref(mut self, hook: impl Fn() + Send + Sync + 'static) -> Self {
        self.hooks.wake_by_ref = Some(Box::new(hook));
        self
    }

    /// Runs when a handle is dropped; not when it is woken by value, which consumes it.
    pub fn on_drop(mut self, hook: impl Fn() + Send + Sync + 'static) -> Self {
        self.hooks.drop = Some(Box::new(hook));
        self
    }

    /// The first handle, and the probe that counts.
    #[must_use]
    pub fn build(self) -> (Waker, Probe) {
        let probe = Probe(Arc::new(Shared {
            hooks: self.hooks,
            ..Shared::default()
        }));
        (probe.waker(), probe)
    }
}

impl fmt::Debug for HostileBuilder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostileBuilder").finish_non_exhaustive()
    }
}

/// The call at which a [`panicking_waker`] panics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PanicOn {
    /// `clone`.
    Clone,
    /// `wake` and `wake_by_ref`, counted together.
    Wake,
    /// `drop`.
    Drop,
}

/// A waker that panics at the `nth` such call (counted from 1, over all its handles) and at no
/// other.
///
/// The panic's message is `hostile waker: Wake 3`, with what was called and `nth`.
///
/// # Panics
///
/// If `nth` is 0.
#[must_use]
pub fn panicking_waker(on: PanicOn, nth: usize) -> (Waker, Probe) {
    assert!(nth > 0, "calls are counted from 1");
    let calls = AtomicUsize::new(0);
    let hook = move || {
        if calls.fetch_add(1, SeqCst) + 1 == nth {
            panic!("hostile waker: {on:?} {nth}");
        }
    };
    let builder = HostileWaker::builder();
    match on {
        PanicOn::Clone => builder.on_clone(hook),
        PanicOn::Wake => builder.on_wake(hook),
        PanicOn::Drop => builder.on_drop(hook),
    }
    .build()
}

#[cfg(test)]
mod tests {
    use std::panic::{AssertUnwindSafe, catch_unwind};

    use super::*;

    fn panics(f: impl FnOnce()) -> String {
        let payload = catch_unwind(AssertUnwindSafe(f)).expect_err("no panic");
        *payload.downcast::<String>().expect("a formatted message")
    }

    #[test]
    fn a_probe_counts_every_ending_of_a_handle() {
        let probe = Probe::new();
        let (a, b) = (probe.waker(), probe.waker());
        assert!(a.will_wake(&b));
        let c = a.clone();
        a.wake_by_ref();
        a.wake();
        drop(b);
        assert_eq!(
            (probe.wakes(), probe.clones(), probe.drops(), probe.live()),
            (2, 1, 1, 1)
        );
        drop(c);
        assert_eq!(probe.live(), 0);
        assert_eq!(
            Arc::strong_count(&probe.0),
            1,
            "the handles gave their counts back"
        );
    }

    #[test]
    fn wakers_of_two_probes_differ() {
        assert!(!Probe::new().waker().will_wake(&Probe::new().waker()));
    }

    #[test]
    fn every_hook_runs_every_time() {
        let counts: Arc<[AtomicUsize; 4]> = Arc::default();
        let bump = |i: usize| {
            let counts = counts.clone();
            move || {
                counts[i].fetch_add(1, SeqCst);
            }
        };
        let (waker, probe) = HostileWaker::builder()
            .on_clone(bump(0))
            .on_wake(bump(1))
            .on_wake_by_ref(bump(2))
            .on_drop(bump(3))
            .build();
        drop(waker.clone());
        waker.wake_by_ref();
        let clone = waker.clone();
        clone.wake();
        drop(waker);
        let seen: Vec<_> = counts.iter().map(|n| n.load(SeqCst)).collect();
        assert_eq!(seen, [2, 1, 1, 2]);
        assert_eq!(probe.live(), 0);
    }

    #[test]
    fn on_wake_hears_wake_by_ref_unless_that_has_its_own() {
        let (waker, probe) = panicking_waker(PanicOn::Wake, 1);
        assert_eq!(panics(|| waker.wake_by_ref()), "hostile waker: Wake 1");
        assert_eq!((probe.wakes(), probe.live()), (1, 1));
    }

    #[test]
    fn handles_are_counted_right_when_a_hook_panics() {
        for on in [PanicOn::Clone, PanicOn::Wake, PanicOn::Drop] {
            let (waker, probe) = panicking_waker(on, 1);
            let message = panics(|| {
                let clone = waker.clone();
                if on == PanicOn::Wake {
                    clone.wake();
                }
            });
            assert_eq!(message, format!("hostile waker: {on:?} 1"));
            assert_eq!(probe.live(), 1);
            drop(waker);
            assert_eq!(probe.live(), 0);
            assert_eq!(Arc::strong_count(&probe.0), 1);
        }
    }

    #[test]
    fn only_the_nth_call_panics() {
        let (waker, probe) = panicking_waker(PanicOn::Wake, 2);
        waker.wake_by_ref();
        assert_eq!(panics(|| waker.wake_by_ref()), "hostile waker: Wake 2");
        waker.wake();
        assert_eq!(probe.wakes(), 3);
    }

    #[test]
    fn a_hook_may_drop_other_handles_of_the_same_waker() {
        let slot: Arc<std::sync::Mutex<Option<Waker>>> = Arc::default();
        let (waker, probe) = HostileWaker::builder()
            .on_wake({
                let slot = slot.clone();
                move || drop(slot.lock().unwrap().take())
            })
            .build();
        *slot.lock().unwrap() = Some(waker.clone());
        waker.wake();
        assert_eq!(probe.live(), 0);
    }

    #[test]
    fn a_disarmed_waker_only_counts() {
        let (waker, probe) = panicking_waker(PanicOn::Drop, 1);
        probe.disarm();
        drop(waker);
        assert_eq!(probe.drops(), 1);
    }
}
