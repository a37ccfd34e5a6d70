//! An allocator that counts.
//!
//! ```
//! use waystation_testkit::CountingAllocator;
//!
//! #[global_allocator]
//! static ALLOCATOR: CountingAllocator = CountingAllocator;
//!
//! let (items, counts) = CountingAllocator::measure(|| vec![0_u8; 100]);
//! assert_eq!((counts.allocations, counts.live, counts.peak), (1, 100, 100));
//! drop(items);
//! ```
#![allow(
    unsafe_code,
    reason = "`GlobalAlloc` is an unsafe trait with unsafe methods"
)]

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering::Relaxed};

/// The system's allocator, with a count of what it did, for the process and for each thread.
///
/// A test binary installs it with `#[global_allocator]`; without that all counts stay 0.
#[derive(Clone, Copy, Debug, Default)]
pub struct CountingAllocator;

/// What was allocated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// How often memory was asked for, a reallocation included.
    pub allocations: u64,
    /// Bytes allocated and not freed. Negative on a thread that freed what others allocated.
    pub live: i64,
    /// The most that `live` ever was.
    pub peak: i64,
}

// The three counts of a process are not read as one: each is right by itself.
static ALLOCATIONS: AtomicU64 = AtomicU64::new(0);
static LIVE: AtomicI64 = AtomicI64::new(0);
static PEAK: AtomicI64 = AtomicI64::new(0);

thread_local! {
    // Constant, and without a destructor: using it allocates nothing.
    static THREAD: Cell<Counts> = const { Cell::new(Counts { allocations: 0, live: 0, peak: 0 }) };
}

impl CountingAllocator {
    /// What the whole process allocated so far.
    #[must_use]
    pub fn process() -> Counts {
        Counts {
            allocations: ALLOCATIONS.load(Relaxed),
            live: LIVE.load(Relaxed),
            peak: PEAK.load(Relaxed),
        }
    }

    /// Forgets the peak of the process: it is now what is live now.
    pub fn reset_process_peak() {
        PEAK.store(LIVE.load(Relaxed), Relaxed);
    }

    /// What this thread allocated so far.
    #[must_use]
    pub fn thread() -> Counts {
        THREAD.get()
    }

    /// What `f` allocates on this thread: how often, what is left afterwards, and the most there
    /// was in between, over what there was before.
    pub fn measure<R>(f: impl FnOnce() -> R) -> (R, Counts) {
        let before = THREAD.get();
        THREAD.set(Counts {
            peak: before.live,
            ..before
        });
        let result = f();
        let after = THREAD.get();
        THREAD.set(Counts {
            peak: after.peak.max(before.peak),
            ..after
        });
        let counts = Counts {
            allocations: after.allocations - before.allocations,
            live: after.live - before.live,
            peak: after.peak - before.live,
        };
        (result, counts)
    }
}

/// Counts `allocations` more, and a change of `bytes`.
fn note(allocations: u64, bytes: i64) {
    ALLOCATIONS.fetch_add(allocations, Relaxed);
    let live = LIVE.fetch_add(bytes, Relaxed) + bytes;
    PEAK.fetch_max(live, Relaxed);
    let mut counts = THREAD.get();
    counts.allocations += allocations;
    counts.live += bytes;
    counts.peak = counts.peak.max(counts.live);
    THREAD.set(counts);
}

fn bytes(size: usize) -> i64 {
    // No object is larger than `isize::MAX` bytes.
    size as i64
}

// SAFETY: every call is passed on to `System` as it came, and its answer is given back;
// counting neither allocates nor unwinds.
unsafe impl GlobalAlloc for CountingAllocator {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc`.
        let memory = unsafe { System.alloc(layout) };
        if !memory.is_null() {
            note(1, bytes(layout.size()));
        }
        memory
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `alloc_zeroed`.
        let memory = unsafe { System.alloc_zeroed(layout) };
        if !memory.is_null() {
            note(1, bytes(layout.size()));
        }
        memory
    }

    unsafe fn dealloc(&self, memory: *mut u8, layout: Layout) {
        // SAFETY: the caller keeps the contract of `dealloc`, and `memory` came from `System`.
        unsafe { System.dealloc(memory, layout) };
        note(0, -bytes(layout.size()));
    }

    unsafe fn realloc(&self, memory: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        // SAFETY: the caller keeps the contract of `realloc`, and `memory` came from `System`.
        let moved = unsafe { System.realloc(memory, layout, size) };
        if !moved.is_null() {
            note(1, bytes(size) - bytes(layout.size()));
        }
        moved
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[global_allocator]
    static ALLOCATOR: CountingAllocator = CountingAllocator;

    #[test]
    fn allocations_bytes_and_peak_are_counted() {
        let (kept, counts) = CountingAllocator::measure(|| {
            drop(vec![0_u8; 1000]);
            vec![1_u8; 10]
        });
        assert_eq!(
            counts,
            Counts {
                allocations: 2,
                live: 10,
                peak: 1000
            }
        );
        let ((), counts) = CountingAllocator::measure(|| drop(kept));
        assert_eq!(
            counts,
            Counts {
                allocations: 0,
                live: -10,
                peak: 0
            }
        );
    }

    #[test]
    fn growing_is_counted() {
        let mut items = Vec::<u8>::with_capacity(8);
        let ((), counts) = CountingAllocator::measure(|| items.reserve_exact(64));
        assert_eq!(
            counts,
            Counts {
                allocations: 1,
                live: 56,
                peak: 56
            }
        );
    }

    #[test]
    fn the_process_counts_all_threads() {
        let before = CountingAllocator::process();
        std::thread::spawn(|| drop(vec![0_u8; 1 << 20]))
            .join()
            .unwrap();
        let after = CountingAllocator::process();
        assert!(after.allocations > before.allocations);
        assert!(after.peak >= 1 << 20);
    }

    #[test]
    fn wakers_allocate_nothing_when_cloned_woken_and_dropped() {
        let probe = crate::Probe::new();
        let waker = probe.waker();
        let ((), counts) = CountingAllocator::measure(|| {
            for _ in 0..100 {
                waker.clone().wake_by_ref();
                waker.wake_by_ref();
                drop(probe.waker());
            }
        });
        assert_eq!(counts.allocations, 0);
    }
}
