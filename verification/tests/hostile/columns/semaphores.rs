//! The semaphore, in order of arrival and with passers-by.

use std::sync::Arc;
use std::task::Waker;

use waystation_semaphore::{Fairness, Semaphore};

use super::{dropping, many, now, parked, peek, poll_with};
use crate::scene::{Column, Primitive, Scene, Wait};

pub(crate) const STRICT: &[Column] = &semaphores::<0>();
pub(crate) const BYPASS: &[Column] = &semaphores::<31>();

fn with<const LIMIT: u32>(permits: usize) -> Arc<Semaphore> {
    Arc::new(Semaphore::with_fairness(permits, fairness(LIMIT)))
}

fn fairness(limit: u32) -> Fairness {
    match limit {
        0 => Fairness::Fifo,
        limit => Fairness::Bypass { limit },
    }
}

fn permit(semaphore: &Arc<Semaphore>) -> Wait {
    dropping(semaphore.acquire_owned())
}

fn news(semaphore: &Arc<Semaphore>) -> Wait {
    Box::pin(semaphore.closed_owned())
}

fn large_head<const LIMIT: u32>(n: usize, waker: &Waker) -> Scene {
    let semaphore = with::<LIMIT>(n);
    let mut head = semaphore.acquire_many_owned(n + 1);
    assert!(poll_with(&mut head, waker).is_pending());
    Scene::new(n, &semaphore, permit, move || drop(head))
}

const fn semaphores<const LIMIT: u32>() -> [Column; 9] {
    [
        many("`acquire`, `add_permits`", |n| {
            let semaphore = with::<LIMIT>(0);
            let fire = semaphore.clone();
            Scene::new(n, &semaphore, permit, move || fire.add_permits(n))
        }),
        many("`acquire`, a permit dropped", |n| {
            let semaphore = with::<LIMIT>(n);
            let held = semaphore.try_acquire_many_owned(n).unwrap();
            Scene::new(n, &semaphore, permit, move || drop(held))
        }),
        many("`acquire`, bounded `try_add_permits`", |n| {
            let semaphore = Arc::new(Semaphore::bounded(n).fairness(fairness(LIMIT)));
            semaphore.try_acquire_many(n).unwrap().forget();
            let fire = semaphore.clone();
            Scene::new(n, &semaphore, permit, move || {
                fire.try_add_permits(n).unwrap()
            })
        }),
        many("`acquire`, a granted `acquire_many` dropped", |n| {
            let semaphore = with::<LIMIT>(0);
            let first = parked(semaphore.acquire_many_owned(n));
            let fire = semaphore.clone();
            Scene::new(n, &semaphore, permit, move || {
                fire.add_permits(n);
                drop(first);
            })
        }),
        Column {
            displaces: Some(large_head::<LIMIT>),
            ..many("`acquire`, a large head dropped", |n| {
                large_head::<LIMIT>(n, Waker::noop())
            })
        },
        many("`acquire`, `reduce_permits` and a debt paid", |n| {
            let semaphore = with::<LIMIT>(1);
            let held = semaphore.try_acquire_owned().unwrap();
            let fire = semaphore.clone();
            Scene::new(n, &semaphore, permit, move || {
                fire.reduce_permits(1);
                drop(held);
                fire.add_permits(n);
            })
        }),
        many("`acquire`, `resize`", |n| {
            let semaphore = with::<LIMIT>(0);
            let fire = semaphore.clone();
            Scene::new(n, &semaphore, permit, move || fire.resize(n))
        }),
        many("`acquire`, `close`", |n| {
            let semaphore = with::<LIMIT>(0);
            let fire = semaphore.clone();
            Scene::new(n, &semaphore, permit, move || assert!(fire.close()))
        }),
        many("`closed`, `close`", |n| {
            let semaphore = with::<LIMIT>(0);
            let fire = semaphore.clone();
            Scene::new(n, &semaphore, news, move || assert!(fire.close()))
        }),
    ]
}

impl Primitive for Semaphore {
    fn touch(&self) {
        assert!(!format!("{self:?}").contains("<locked>"));
        assert!(self.waiters() + self.available_permits() < 1_000);
        self.add_permits(0);
        assert!(self.try_add_permits(0).is_ok());
        self.reduce_permits(0);
        self.forget_permits(0);
        assert!(self.try_acquire_many(1_000).is_err());
        assert_eq!(now(self.closed()).is_some(), self.is_closed());
        drop(peek(self.acquire_many(30)));
    }

    fn assert_usable(&self) {
        assert_eq!(self.waiters(), 0);
        if self.is_closed() {
            assert!(self.try_acquire().is_err());
            return;
        }
        assert_eq!(self.available_permits(), self.total());
        let all = self.try_acquire_many(self.total()).unwrap();
        let next = parked(self.acquire());
        drop(all);
        assert!(now(next).is_some());
    }
}
