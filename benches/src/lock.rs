//! L0: how long a thread waits for a lock that another one retakes at once.
//!
//! Compares the lock of the core with parking_lot's mutex and std's. One thread holds the lock for
//! so long, again and again, without a pause; another one asks for it every 300 µs. It shows how a
//! lock treats the one that comes now and then; it does not show how many threads get through it.

use std::sync::PoisonError;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde::{Deserialize, Serialize};
use waystation_core::sync::Lock;

use crate::facts::Kind;
use crate::measure::quantile;
use crate::rows::OURS;

/// How long the lock is held each time.
const HELD: [Duration; 3] = [
    Duration::from_micros(1),
    Duration::from_micros(10),
    Duration::from_micros(100),
];
/// How long the other thread sleeps between two requests.
const PAUSE: Duration = Duration::from_micros(300);

/// A lock for threads.
trait Exclusive: Sync {
    fn with(&self, work: impl FnOnce());
}

impl Exclusive for Lock<()> {
    fn with(&self, work: impl FnOnce()) {
        let _guard = self.lock();
        work();
    }
}

impl Exclusive for parking_lot::Mutex<()> {
    fn with(&self, work: impl FnOnce()) {
        let _guard = self.lock();
        work();
    }
}

impl Exclusive for std::sync::Mutex<()> {
    fn with(&self, work: impl FnOnce()) {
        let _guard = self.lock().unwrap_or_else(PoisonError::into_inner);
        work();
    }
}

/// What came out for one lock and one time of holding.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Waits {
    /// Which lock.
    pub who: String,
    /// Whose.
    pub kind: Kind,
    /// How long it was held each time.
    pub held_ns: f64,
    /// How often the other thread asked.
    pub asked: usize,
    /// Its waits: the median.
    pub median_ns: f64,
    /// The slowest of a hundred.
    pub p99_ns: f64,
    /// The longest.
    pub max_ns: f64,
}

/// The waits of one thread within `limit`, while another holds the lock for `held` and retakes it.
/// The last wait may take longer: then it counts until the end of `limit`, at least.
fn waits(lock: &impl Exclusive, held: Duration, limit: Duration) -> Vec<f64> {
    let over = AtomicBool::new(false);
    thread::scope(|scope| {
        scope.spawn(|| {
            while !over.load(Ordering::Relaxed) {
                lock.with(|| {
                    let taken = Instant::now();
                    while taken.elapsed() < held {
                        std::hint::spin_loop();
                    }
                });
            }
        });
        let asking = scope.spawn(|| {
            let mut waits = Vec::new();
            while !over.load(Ordering::Relaxed) {
                thread::sleep(PAUSE);
                let asked = Instant::now();
                let mut granted = asked;
                lock.with(|| granted = Instant::now());
                waits.push((granted - asked).as_secs_f64() * 1e9);
            }
            waits
        });
        thread::sleep(limit);
        over.store(true, Ordering::Relaxed);
        asking.join().unwrap_or_default()
    })
}

/// Measures all locks, in turns: `rounds` of `slice` for each.
pub fn measure(rounds: u32, slice: Duration, tick: &mut dyn FnMut()) -> Vec<Waits> {
    let (ours, lot, std) = (
        Lock::new(()),
        parking_lot::Mutex::new(()),
        std::sync::Mutex::new(()),
    );
    let mut all = Vec::new();
    for held in HELD {
        let mut found: [(&str, Kind, Vec<f64>); 3] = [
            (OURS, Kind::OursOnThreads, Vec::new()),
            ("parking_lot", Kind::Threads, Vec::new()),
            ("std", Kind::Threads, Vec::new()),
        ];
        for _ in 0..rounds {
            found[0].2.extend(waits(&ours, held, slice));
            tick();
            found[1].2.extend(waits(&lot, held, slice));
            tick();
            found[2].2.extend(waits(&std, held, slice));
            tick();
        }
        all.extend(found.into_iter().filter_map(|(who, kind, waits)| {
            Some(Waits {
                who: who.to_owned(),
                kind,
                held_ns: held.as_secs_f64() * 1e9,
                asked: waits.len(),
                median_ns: quantile(&waits, 0.5)?,
                p99_ns: quantile(&waits, 0.99)?,
                max_ns: quantile(&waits, 1.0)?,
            })
        }));
    }
    all
}

/// How often [`measure`] ticks.
#[must_use]
pub fn steps(rounds: u32) -> u64 {
    u64::from(rounds) * 9
}
