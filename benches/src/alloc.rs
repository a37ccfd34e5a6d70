//! An allocator that counts, for the rows about memory.
//!
//! Counting is per thread and off by default: while it is off, an allocation costs one more load.
//!
//! This is the one file of the benches with `unsafe` in it. The invariant: every call is passed on
//! to [`System`] unchanged, and counting neither allocates nor unwinds.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::sync::atomic::{AtomicBool, Ordering};

static COUNTING: AtomicBool = AtomicBool::new(false);

thread_local! {
    static TALLY: Cell<Tally> = const { Cell::new(Tally { allocations: 0, bytes: 0 }) };
}

/// What a thread has allocated while counting was on.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    /// Calls of `alloc` and `realloc`.
    pub allocations: u64,
    /// Bytes allocated minus bytes freed.
    pub bytes: i64,
}

/// The system's allocator, with a tally.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counting;

fn count(allocations: u64, bytes: i64) {
    if COUNTING.load(Ordering::Relaxed) {
        // Fails only while the thread is being torn down.
        let _counted = TALLY.try_with(|cell| {
            let tally = cell.get();
            cell.set(Tally {
                allocations: tally.allocations + allocations,
                bytes: tally.bytes + bytes,
            });
        });
    }
}

// SAFETY: `System` is a correct allocator, and each method hands its arguments on unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        count(1, layout.size() as i64);
        // SAFETY: the caller's obligations are exactly those of `System::alloc`.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        count(0, -(layout.size() as i64));
        // SAFETY: `block` came from `System` with this layout, as every block of this allocator.
        unsafe { System.dealloc(block, layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        count(1, size as i64 - layout.size() as i64);
        // SAFETY: as for `dealloc`; the caller answers for `size`.
        unsafe { System.realloc(block, layout, size) }
    }
}

/// Counts what this thread allocates, from [`Meter::start`] until it is dropped.
#[derive(Debug)]
pub struct Meter {
    start: Tally,
}

impl Meter {
    /// Begins to count; `None` if [`Counting`] is not the global allocator.
    #[must_use]
    pub fn start() -> Option<Self> {
        COUNTING.store(true, Ordering::Relaxed);
        let before = TALLY.get();
        drop(std::hint::black_box(Box::new(0_u64)));
        let start = TALLY.get();
        let counts = start.allocations > before.allocations;
        let meter = Self { start };
        counts.then_some(meter)
    }

    /// What was allocated since the start.
    #[must_use]
    pub fn read(&self) -> Tally {
        let now = TALLY.get();
        Tally {
            allocations: now.allocations - self.start.allocations,
            bytes: now.bytes - self.start.bytes,
        }
    }
}

impl Drop for Meter {
    fn drop(&mut self) {
        COUNTING.store(false, Ordering::Relaxed);
    }
}
