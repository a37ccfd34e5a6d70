//! The columns of the table: every call that wakes, for both kinds and each fairness.

use std::future::Future;
use std::pin::Pin;
use std::task::{Context, Poll, Waker};

use waystation_semaphore::{AcquireError, Fairness, OwnedPermit};
use waystation_testkit::{PATIENCE, Probe, assert_ready, poll_once, within};

use crate::common::{Asked, Sema, Watching, at_once, parked};

const FAIRNESS: [Fairness; 3] = [
    Fairness::Fifo,
    Fairness::Bypass { limit: 1 },
    Fairness::Bypass { limit: 31 },
];

/// Who waits: for a permit, or for the close.
#[derive(Debug)]
pub(crate) enum Waits {
    Asks(Asked),
    Watches(Watching),
}

/// What came out: the permit, or none because it is closed.
pub(crate) type Got = Option<OwnedPermit>;

impl Future for Waits {
    type Output = Got;

    fn poll(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Got> {
        match self.get_mut() {
            Self::Asks(future) => Pin::new(future).poll(cx).map(|outcome| match outcome {
                Ok(permit) => Some(permit),
                Err(AcquireError::Closed) => None,
                Err(error) => panic!("{error}"),
            }),
            Self::Watches(future) => Pin::new(future).poll(cx).map(|()| None),
        }
    }
}

/// A semaphore whose `n` waiters are all woken by one call.
pub(crate) struct Scene {
    pub(crate) name: String,
    pub(crate) semaphore: Sema,
    pub(crate) n: usize,
    /// They will get a permit each, not the news of a close.
    pub(crate) grants: bool,
    /// Nobody may pass, not even a woken head.
    pub(crate) strict: bool,
    watches: bool,
    fire: Box<dyn FnOnce() + Send>,
}

impl Scene {
    fn new(name: &str, semaphore: &Sema, n: usize, fire: impl FnOnce() + Send + 'static) -> Self {
        Self {
            name: name.to_owned(),
            semaphore: semaphore.clone(),
            n,
            grants: true,
            strict: true,
            watches: false,
            fire: Box::new(fire),
        }
    }

    fn closing(self, watches: bool) -> Self {
        Self {
            grants: false,
            watches,
            ..self
        }
    }

    /// One of the `n`.
    pub(crate) fn waiter(&self) -> Waits {
        if self.watches {
            Waits::Watches(self.semaphore.closed())
        } else {
            Waits::Asks(self.semaphore.acquire(1))
        }
    }

    /// One of the `n`, polled with this waker.
    pub(crate) fn park(&self, waker: &Waker) -> Waits {
        let mut waiter = self.waiter();
        assert!(poll_once(&mut waiter, waker).is_pending());
        waiter
    }

    /// The call that wakes them all, to be made once, after they have parked.
    pub(crate) fn fire(&mut self) {
        let fire = std::mem::replace(&mut self.fire, Box::new(|| panic!("it fires once")));
        fire();
    }

    /// Everybody finds what was promised, nothing is lost, and the semaphore is usable.
    pub(crate) fn settle(self, waiters: impl IntoIterator<Item = Waits>) {
        let got: Vec<Got> = waiters
            .into_iter()
            .map(|mut waiter| assert_ready(poll_once(&mut waiter, Waker::noop())))
            .collect();
        assert!(got.iter().all(|got| got.is_some() == self.grants));
        drop(got);
        self.rest();
    }

    /// Nobody is left: the permits are there, and the semaphore is usable.
    pub(crate) fn rest(self) {
        let semaphore = self.semaphore;
        let free = if self.grants { self.n } else { 0 };
        assert_eq!((semaphore.available(), semaphore.waiters()), (free, 0));
        if self.grants {
            let all = at_once(semaphore.acquire(self.n)).unwrap();
            let mut next = parked(semaphore.acquire(1));
            drop(all);
            assert!(next.woken() && assert_ready(next.poll()).is_ok());
        }
        assert_eq!(semaphore.close(), self.grants);
        at_once(semaphore.closed());
        assert_eq!(semaphore.available(), free);
    }
}

/// Parks `n` with wakers that only count.
pub(crate) fn park_probes(scene: &Scene, n: usize) -> (Vec<Waits>, Vec<Probe>) {
    (0..n)
        .map(|_| {
            let probe = Probe::new();
            (scene.park(&probe.waker()), probe)
        })
        .unzip()
}

fn scenes(n: usize, fairness: Fairness) -> Vec<Scene> {
    let mut scenes = Vec::new();

    let semaphore = Sema::plain(n, fairness);
    let held = semaphore.try_acquire(n).unwrap();
    scenes.push(Scene::new("a permit is dropped", &semaphore, n, || {
        drop(held)
    }));

    let semaphore = Sema::bounded(n, fairness);
    let held = semaphore.try_acquire(n).unwrap();
    scenes.push(Scene::new(
        "a bounded permit is dropped",
        &semaphore,
        n,
        || {
            drop(held);
        },
    ));

    let semaphore = Sema::plain(0, fairness);
    let fire = semaphore.clone();
    scenes.push(Scene::new("permits are added", &semaphore, n, move || {
        fire.give(n).unwrap();
    }));

    let semaphore = Sema::bounded(n, fairness);
    semaphore.try_acquire(n).unwrap().forget();
    let fire = semaphore.clone();
    scenes.push(Scene::new(
        "permits are released",
        &semaphore,
        n,
        move || {
            fire.give(n).unwrap();
        },
    ));

    let semaphore = Sema::plain(0, fairness);
    let fire = semaphore.clone();
    scenes.push(Scene::new("it is resized", &semaphore, n, move || {
        fire.0.resize(n);
    }));

    let semaphore = Sema::plain(0, fairness);
    let first = parked(semaphore.acquire(n));
    let fire = semaphore.clone();
    scenes.push(Scene::new(
        "a grant is cancelled",
        &semaphore,
        n,
        move || {
            fire.give(n).unwrap();
            drop(first);
        },
    ));

    let semaphore = Sema::plain(n, fairness);
    let head = parked(semaphore.acquire(n + 1));
    scenes.push(Scene::new(
        "a large head is cancelled",
        &semaphore,
        n,
        || {
            drop(head);
        },
    ));

    for semaphore in [Sema::plain(0, fairness), {
        let semaphore = Sema::bounded(n, fairness);
        semaphore.try_acquire(n).unwrap().forget();
        semaphore
    }] {
        for watches in [false, true] {
            let fire = semaphore.clone();
            let scene = Scene::new("it is closed", &semaphore, n, move || {
                fire.close();
            });
            scenes.push(scene.closing(watches));
        }
    }
    for scene in &mut scenes {
        scene.strict = fairness == Fairness::Fifo;
    }
    scenes
}

/// Plays a row on every column, each under the watchdog.
#[track_caller]
pub(crate) fn on_every_scene(n: usize, row: impl Fn(Scene) + Copy + Send + 'static) {
    for fairness in FAIRNESS {
        for at in 0..scenes(n, fairness).len() {
            let name = format!("{}, {n} wait, {fairness:?}", scenes(n, fairness)[at].name);
            within(PATIENCE, &name, move || {
                let scene = scenes(n, fairness).swap_remove(at);
                row(scene);
            });
        }
    }
}

/// Every semaphore that can be, with nothing to give; what it gives with `give(1)` once.
#[track_caller]
pub(crate) fn on_every_empty(row: impl Fn(Sema) + Copy + Send + 'static) {
    for fairness in FAIRNESS {
        for bounded in [false, true] {
            let name = format!("bounded: {bounded}, {fairness:?}");
            within(PATIENCE, &name, move || {
                let semaphore = if bounded {
                    let semaphore = Sema::bounded(4, fairness);
                    semaphore.try_acquire(4).unwrap().forget();
                    semaphore
                } else {
                    Sema::plain(0, fairness)
                };
                row(semaphore);
            });
        }
    }
}

/// Calls everything that leaves things as they are.
pub(crate) fn poke(semaphore: &Sema) {
    assert!(!format!("{semaphore:?}").contains("<locked>"));
    semaphore.waiters();
    semaphore.available();
    semaphore.locked();
    semaphore.give(0).unwrap();
    drop(semaphore.try_acquire(0));
    assert!(semaphore.try_acquire(usize::MAX).is_err());
    let mut watcher = semaphore.closed();
    assert_eq!(
        poll_once(&mut watcher, Waker::noop()).is_ready(),
        semaphore.is_closed()
    );
    let mut waiter = semaphore.acquire(3);
    drop(poll_once(&mut waiter, Waker::noop()));
    drop(poll_once(&mut semaphore.acquire(0), Waker::noop()));
    drop((watcher, waiter));
    semaphore.0.forget_permits(0);
    semaphore.0.reduce_permits(0);
    semaphore.0.resize(semaphore.0.total());
}
