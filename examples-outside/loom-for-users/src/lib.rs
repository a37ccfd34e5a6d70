//! A small pool of connections, built on `Semaphore` and `Queue`, and its model.
//!
//! Under `--cfg loom` waystation runs on loom's atomics, locks and threads; your own code must use loom's threads too.
//! One command checks every interleaving:
//!
//! ```text
//! RUSTFLAGS="--cfg loom" cargo test --release
//! ```

use std::sync::Arc;

use waystation_queue::Queue;
use waystation_semaphore::{Blocking as _, OwnedPermit, Semaphore};

/// Idle connections, and a limit on how many are out.
pub struct Pool {
    idle: Queue<u32>,
    seats: Arc<Semaphore>,
}

/// A connection that goes back to its pool when it is dropped.
pub struct Lease {
    pool: Arc<Pool>,
    connection: u32,
    _seat: OwnedPermit,
}

impl Pool {
    /// A pool of connections with these numbers.
    pub fn new(connections: impl IntoIterator<Item = u32>) -> Arc<Self> {
        let idle = Queue::unbounded();
        let mut count = 0;
        for connection in connections {
            idle.try_put(connection)
                .expect("an open, unbounded queue takes it");
            count += 1;
        }
        Arc::new(Self {
            idle,
            seats: Arc::new(Semaphore::new(count)),
        })
    }

    /// Waits for a connection, on a thread.
    pub fn lease(self: &Arc<Self>) -> Lease {
        let seat = self
            .seats
            .acquire_owned()
            .block()
            .expect("the semaphore stays open");
        // A seat means that a connection is idle.
        let connection = self.idle.try_get().expect("as many connections as seats");
        Lease {
            pool: self.clone(),
            connection,
            _seat: seat,
        }
    }
}

impl Lease {
    /// Its number.
    pub fn connection(&self) -> u32 {
        self.connection
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        // Before the seat goes back: swap the two and the model below fails.
        self.pool
            .idle
            .try_put(self.connection)
            .expect("an open, unbounded queue takes it");
    }
}

#[cfg(all(test, not(loom)))]
#[test]
fn a_lease_gives_its_connection_back() {
    let pool = Pool::new([7]);
    assert_eq!(pool.lease().connection(), 7);
    assert_eq!(pool.lease().connection(), 7);
}

#[cfg(all(test, loom))]
#[test]
fn two_threads_never_share_a_connection() {
    let mut model = loom::model::Builder::new();
    // Three preemptions find nearly every bug; without this line all executions are tried, which takes longer.
    model.preemption_bound = Some(3);
    model.check(|| {
        let pool = Pool::new([7]);
        let in_use = loom::sync::Arc::new(loom::sync::atomic::AtomicBool::new(false));
        let work =
            move |pool: Arc<Pool>, in_use: loom::sync::Arc<loom::sync::atomic::AtomicBool>| {
                let lease = pool.lease();
                assert!(!in_use.swap(true, loom::sync::atomic::Ordering::AcqRel));
                in_use.store(false, loom::sync::atomic::Ordering::Release);
                drop(lease);
            };
        let other = {
            let (pool, in_use) = (pool.clone(), in_use.clone());
            loom::thread::spawn(move || work(pool, in_use))
        };
        work(pool, in_use);
        other.join().unwrap();
    });
}
