//! Every operation × {open, closed} × {permits, none} × {somebody waits, nobody}.

use std::fmt::Debug;
use std::sync::Arc;
use std::task::Poll;
use std::time::Duration;

use waystation_semaphore::{
    Acquire, AcquireError, Blocking, OwnedPermit, Semaphore, SemaphoreClosed, TryAcquireError,
};
use waystation_testkit::Driver;

use crate::common::{Caught, catch, parked};

type Asking = Driver<Acquire<Arc<Semaphore>>>;

/// One permit is held. Two are free, or none. Somebody waits for nine if two are free, else for one.
struct World {
    semaphore: Arc<Semaphore>,
    held: Option<OwnedPermit>,
    waiter: Option<Asking>,
    wakes: usize,
    asking: Vec<Asking>,
    watching: Vec<Driver<SemaphoreClosed<Arc<Semaphore>>>>,
    taken: Vec<OwnedPermit>,
}

impl World {
    fn new(closed: bool, permits: bool, waits: bool) -> Self {
        let free = if permits { 2 } else { 0 };
        let ask = if permits { 9 } else { 1 };
        let semaphore = Arc::new(Semaphore::new(free + 1));
        let held = semaphore.try_acquire_owned().ok();
        let waiter = waits.then(|| parked(semaphore.acquire_many_owned(ask)));
        if closed {
            assert!(semaphore.close());
        }
        let wakes = waiter.as_ref().map_or(0, Driver::wakes);
        Self {
            semaphore,
            held,
            waiter,
            wakes,
            asking: Vec::new(),
            watching: Vec::new(),
            taken: Vec::new(),
        }
    }

    fn poll_new(&mut self, n: usize) -> Poll<Result<usize, AcquireError>> {
        let mut asking = Driver::new(self.semaphore.acquire_many_owned(n));
        let outcome = asking.poll();
        self.asking.push(asking);
        outcome.map_ok(|permit| self.keep(permit))
    }

    fn keep(&mut self, permit: OwnedPermit) -> usize {
        let n = permit.num_permits();
        self.taken.push(permit);
        n
    }

    /// Free permits, how many wait, and whether the waiter was woken by the operation.
    fn after(&self) -> (usize, usize, bool) {
        let woken = self.waiter.as_ref().map_or(0, Driver::wakes) > self.wakes;
        (
            self.semaphore.available_permits(),
            self.semaphore.waiters(),
            woken,
        )
    }
}

/// Result, free permits, waiters, woken.
type Cell<R> = (R, usize, usize, bool);

/// The cells: open (permits: nobody, somebody; none: nobody, somebody), then closed, likewise.
#[track_caller]
fn check<R: PartialEq + Debug>(operation: impl Fn(&mut World) -> R, expected: [Cell<R>; 8]) {
    let mut expected = expected.into_iter();
    for closed in [false, true] {
        for permits in [true, false] {
            for waits in [false, true] {
                let mut world = World::new(closed, permits, waits);
                let result = operation(&mut world);
                let (free, waiters, woken) = world.after();
                assert_eq!(
                    (result, free, waiters, woken),
                    expected.next().unwrap(),
                    "closed: {closed}, permits: {permits}, somebody waits: {waits}"
                );
            }
        }
    }
}

/// The same result in all of these cells, and nothing changes.
fn unchanged<R: Clone>(open: R, closed: R) -> [Cell<R>; 8] {
    [
        (open.clone(), 2, 0, false),
        (open.clone(), 2, 1, false),
        (open.clone(), 0, 0, false),
        (open, 0, 1, false),
        (closed.clone(), 2, 0, false),
        (closed.clone(), 2, 0, false),
        (closed.clone(), 0, 0, false),
        (closed, 0, 0, false),
    ]
}

/// Nothing that is observed changes, and each cell has its own result.
fn observed<R>(results: [R; 8]) -> [Cell<R>; 8] {
    let mut cells = unchanged((), ()).into_iter();
    results.map(|result| {
        let ((), free, waiters, woken) = cells.next().unwrap();
        (result, free, waiters, woken)
    })
}

#[test]
fn acquire() {
    let mut cells = unchanged(Poll::Pending, Poll::Ready(Err(AcquireError::Closed)));
    cells[0] = (Poll::Ready(Ok(1)), 1, 0, false);
    cells[1].2 += 1;
    cells[2].2 += 1;
    cells[3].2 += 1;
    check(|world| world.poll_new(1), cells);
}

#[test]
fn acquire_many() {
    let mut cells = unchanged(Poll::Pending, Poll::Ready(Err(AcquireError::Closed)));
    cells[0] = (Poll::Ready(Ok(2)), 0, 0, false);
    cells[1].2 += 1;
    cells[2].2 += 1;
    cells[3].2 += 1;
    check(|world| world.poll_new(2), cells);
}

#[test]
fn acquire_none_is_ready_at_once() {
    let closed = Poll::Ready(Err(AcquireError::Closed));
    check(
        |world| world.poll_new(0),
        unchanged(Poll::Ready(Ok(0)), closed),
    );
}

#[test]
fn acquire_too_many_fails_at_once() {
    let too_many = Poll::Ready(Err(AcquireError::TooMany));
    check(
        |world| world.poll_new(Semaphore::MAX_PERMITS + 1),
        unchanged(too_many, too_many),
    );
}

fn try_many(world: &mut World, n: usize) -> Result<usize, TryAcquireError> {
    let outcome = world.semaphore.try_acquire_many_owned(n);
    outcome.map(|permit| world.keep(permit))
}

#[test]
fn try_acquire() {
    let mut cells = unchanged(
        Err(TryAcquireError::NoPermits),
        Err(TryAcquireError::Closed),
    );
    cells[0] = (Ok(1), 1, 0, false);
    check(|world| try_many(world, 1), cells);
}

#[test]
fn try_acquire_many() {
    let mut cells = unchanged(
        Err(TryAcquireError::NoPermits),
        Err(TryAcquireError::Closed),
    );
    check(|world| try_many(world, 3), cells);
    cells[0] = (Ok(2), 0, 0, false);
    check(|world| try_many(world, 2), cells);
}

#[test]
fn try_acquire_none() {
    check(
        |world| try_many(world, 0),
        unchanged(Ok(0), Err(TryAcquireError::Closed)),
    );
}

#[test]
fn try_acquire_too_many() {
    let too_many = Err(TryAcquireError::TooMany);
    check(
        |world| try_many(world, usize::MAX),
        unchanged(too_many, too_many),
    );
}

#[test]
fn acquire_with_no_time_to_wait() {
    let mut cells = unchanged(None, Some(Err(AcquireError::Closed)));
    cells[0] = (Some(Ok(1)), 1, 0, false);
    check(
        |world| {
            let outcome = world
                .semaphore
                .acquire_owned()
                .block_timeout(Duration::ZERO);
            outcome.map(|outcome| outcome.map(|permit| world.keep(permit)))
        },
        cells,
    );
}

#[test]
fn a_permit_is_dropped() {
    check(
        |world| drop(world.held.take()),
        [
            ((), 3, 0, false),
            ((), 3, 1, false),
            ((), 1, 0, false),
            ((), 0, 0, true),
            ((), 3, 0, false),
            ((), 3, 0, false),
            ((), 1, 0, false),
            ((), 1, 0, false),
        ],
    );
}

#[test]
fn a_permit_is_forgotten() {
    check(
        |world| {
            world.held.take().unwrap().forget();
            world.semaphore.total()
        },
        observed([2, 2, 0, 0, 2, 2, 0, 0]),
    );
}

#[test]
fn add_permits() {
    check(
        |world| world.semaphore.add_permits(7),
        [
            ((), 9, 0, false),
            ((), 0, 0, true),
            ((), 7, 0, false),
            ((), 6, 0, true),
            ((), 9, 0, false),
            ((), 9, 0, false),
            ((), 7, 0, false),
            ((), 7, 0, false),
        ],
    );
}

#[test]
fn add_no_permits() {
    check(|world| world.semaphore.add_permits(0), unchanged((), ()));
}

#[test]
fn add_too_many_permits() {
    check(
        |world| {
            let outcome = catch(|| world.semaphore.add_permits(usize::MAX));
            let Caught { message, .. } = outcome.unwrap_err();
            assert!(message.contains("exceeds MAX_PERMITS"), "{message}");
            world.semaphore.total()
        },
        observed([3, 3, 1, 1, 3, 3, 1, 1]),
    );
}

#[test]
fn forget_permits() {
    let mut cells = observed([1, 1, 0, 0, 1, 1, 0, 0]);
    for at in [0, 1, 4, 5] {
        cells[at].1 = 1;
    }
    check(|world| world.semaphore.forget_permits(1), cells);
    let mut cells = observed([2, 2, 0, 0, 2, 2, 0, 0]);
    for at in [0, 1, 4, 5] {
        cells[at].1 = 0;
    }
    check(|world| world.semaphore.forget_permits(5), cells);
}

#[test]
fn reduce_permits() {
    let mut cells = observed([2, 2, 0, 0, 2, 2, 0, 0]);
    for at in [0, 1, 4, 5] {
        cells[at].1 = 1;
    }
    check(
        |world| {
            world.semaphore.reduce_permits(1);
            world.semaphore.total()
        },
        cells,
    );
}

#[test]
fn reduce_and_get_the_held_one_back() {
    // Where none was free, the one that comes back pays the debt.
    check(
        |world| {
            world.semaphore.reduce_permits(1);
            drop(world.held.take());
            world.semaphore.total()
        },
        [
            (2, 2, 0, false),
            (2, 2, 1, false),
            (0, 0, 0, false),
            (0, 0, 1, false),
            (2, 2, 0, false),
            (2, 2, 0, false),
            (0, 0, 0, false),
            (0, 0, 0, false),
        ],
    );
}

#[test]
fn resize_up() {
    check(
        |world| world.semaphore.resize(9),
        [
            ((), 8, 0, false),
            ((), 8, 1, false),
            ((), 8, 0, false),
            ((), 7, 0, true),
            ((), 8, 0, false),
            ((), 8, 0, false),
            ((), 8, 0, false),
            ((), 8, 0, false),
        ],
    );
}

#[test]
fn resize_down_to_nothing() {
    let mut cells = observed([0; 8]);
    for at in [0, 1, 4, 5] {
        cells[at].1 = 0;
    }
    check(
        |world| {
            world.semaphore.resize(0);
            world.semaphore.total()
        },
        cells,
    );
}

#[test]
fn resize_to_what_it_is() {
    check(
        |world| world.semaphore.resize(world.semaphore.total()),
        unchanged((), ()),
    );
}

#[test]
fn close() {
    let mut cells = unchanged(true, false);
    cells[1] = (true, 2, 0, true);
    cells[3] = (true, 0, 0, true);
    check(|world| world.semaphore.close(), cells);
}

#[test]
fn closed() {
    check(
        |world| {
            let mut watching = Driver::new(world.semaphore.closed_owned());
            let outcome = watching.poll();
            world.watching.push(watching);
            outcome
        },
        unchanged(Poll::Pending, Poll::Ready(())),
    );
}

#[test]
fn the_waiter_is_polled_again() {
    let pending = Some(Poll::Pending);
    let closed = Some(Poll::Ready(Some(AcquireError::Closed)));
    check(
        |world| {
            let outcome = world.waiter.as_mut()?.poll();
            Some(outcome.map(|outcome| outcome.err()))
        },
        observed([None, pending, None, pending, None, closed, None, closed]),
    );
}

#[test]
fn the_waiter_is_dropped() {
    let mut cells = unchanged((), ());
    cells[1].2 = 0;
    cells[3].2 = 0;
    check(
        |world| {
            drop(world.waiter.take());
            world.wakes = 0;
        },
        cells,
    );
}

#[test]
fn observers_change_nothing() {
    check(
        |world| {
            let semaphore = &world.semaphore;
            assert!(!format!("{semaphore:?}").is_empty());
            (semaphore.locked(), semaphore.is_closed(), semaphore.total())
        },
        observed([
            (false, false, 3),
            (true, false, 3),
            (true, false, 1),
            (true, false, 1),
            (false, true, 3),
            (false, true, 3),
            (false, true, 1),
            (false, true, 1),
        ]),
    );
}
