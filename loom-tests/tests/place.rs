//! A place in a line: registered, refreshed, released, left; and watchers, which are nothing else.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use loom_tests::{Data, Probe, bounded, exhaustive, join, parked, poll, spawn};
use waystation_core::block::block_on;
use waystation_core::sync::Lock;
use waystation_core::wait::{Batch, Left, Line, Place, Seen, Watch, Watched};

/// A primitive with nothing but a place: coins, each for one waiter.
struct Coins {
    free: usize,
    line: Line<()>,
}

type Shop = Arc<Lock<Coins>>;

fn shop() -> Shop {
    Arc::new(Lock::new(Coins {
        free: 0,
        line: Line::new(),
    }))
}

/// To the first in line, or kept.
fn pass(coins: &mut Coins, batch: &mut Batch) {
    match coins.line.pop() {
        Some((_, waker, ())) => batch.push(waker),
        None => coins.free += 1,
    }
}

fn give(shop: &Shop) {
    let mut batch = Batch::new();
    pass(&mut shop.lock(), &mut batch);
    batch.finish().resume();
}

fn nothing_is_left(shop: &Shop) {
    let coins = shop.lock();
    assert_eq!((coins.free, coins.line.len()), (0, 0));
}

struct Take(Shop, Place);

fn take(shop: &Shop) -> Take {
    Take(shop.clone(), Place::New)
}

impl Future for Take {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Self(shop, place) = &mut *self;
        let mut batch = Batch::new();
        let lock = (&**shop, &mut batch);
        let found = place.poll(
            "Take",
            cx,
            lock,
            (),
            |coins| &mut coins.line,
            |coins, seen, _| {
                let is_granted = match seen {
                    Seen::New if coins.free > 0 => {
                        coins.free -= 1;
                        true
                    }
                    Seen::New | Seen::Waiting(_) => false,
                    Seen::Released(_) => true,
                };
                is_granted.then_some(())
            },
        );
        batch.finish().resume();
        found
    }
}

impl Drop for Take {
    fn drop(&mut self) {
        let Self(shop, place) = self;
        let mut batch = Batch::new();
        let lock = (&**shop, &mut batch);
        place.leave(
            lock,
            |coins| &mut coins.line,
            |coins, _, left, batch| {
                if left == Left::Released {
                    pass(coins, batch);
                }
            },
        );
        batch.finish().resume();
    }
}

#[test]
fn w_place_new_vs_release() {
    exhaustive(|| {
        let (shop, data) = (shop(), Data::new());
        let giver = {
            let (shop, data) = (shop.clone(), data.clone());
            spawn(move || {
                data.write();
                give(&shop);
            })
        };
        block_on(take(&shop));
        assert_eq!(data.read(), 1);
        giver.join().unwrap();
        nothing_is_left(&shop);
    });
}

#[test]
fn w_place_refresh_vs_release() {
    exhaustive(|| {
        let (shop, old, new) = (shop(), Probe::new(), Probe::new());
        let mut wait = parked(take(&shop), &old);
        let giver = {
            let shop = shop.clone();
            spawn(move || give(&shop))
        };
        let is_pending = poll(&mut wait, &new).is_pending();
        giver.join().unwrap();
        if is_pending {
            assert_eq!((old.wakes(), new.wakes()), (0, 1));
            assert!(poll(&mut wait, &new).is_ready());
        }
        assert_eq!(shop.lock().free, 0);
    });
}

#[test]
fn w_place_leave_vs_release() {
    exhaustive(|| {
        let (shop, first, second) = (shop(), Probe::new(), Probe::new());
        let leaver = parked(take(&shop), &first);
        let mut stays = parked(take(&shop), &second);
        let leaver = spawn(move || drop(leaver));
        give(&shop);
        leaver.join().unwrap();
        assert_eq!(second.wakes(), 1);
        assert!(poll(&mut stays, &second).is_ready());
        nothing_is_left(&shop);
    });
}

#[test]
fn w_place_leaves_while_another_joins_3() {
    bounded(4, || {
        let (shop, probe) = (shop(), Probe::new());
        let leaver = parked(take(&shop), &probe);
        let leaver = spawn(move || drop(leaver));
        let giver = {
            let shop = shop.clone();
            spawn(move || give(&shop))
        };
        block_on(take(&shop));
        join([leaver, giver]);
        nothing_is_left(&shop);
    });
}

/// A place that is granted nothing: it is released when there is something, and may be too late. What a stream does.
struct Seek(Shop, Place);

impl Future for Seek {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<()> {
        let Self(shop, place) = &mut *self;
        let mut batch = Batch::new();
        let lock = (&**shop, &mut batch);
        let found = place.poll(
            "Seek",
            cx,
            lock,
            (),
            |coins| &mut coins.line,
            |coins, seen, batch| {
                coins.free = coins.free.checked_sub(1)?;
                if let Seen::Waiting(ticket) = seen {
                    batch.displace(coins.line.leave(ticket));
                }
                Some(())
            },
        );
        batch.finish().resume();
        found
    }
}

impl Drop for Seek {
    fn drop(&mut self) {
        self.1.unwatch(&self.0, |coins| &mut coins.line);
    }
}

/// Wakes all who seek.
fn drop_a_coin(shop: &Shop) {
    let mut batch = Batch::new();
    let mut coins = shop.lock();
    coins.free += 1;
    batch.push_all(&mut coins.line);
    drop(coins);
    batch.finish().resume();
}

#[test]
fn w_place_released_and_joins_again_3() {
    bounded(4, || {
        let shop = shop();
        let dropper = {
            let shop = shop.clone();
            spawn(move || drop_a_coin(&shop))
        };
        let seekers = [(); 2].map(|()| {
            let shop = shop.clone();
            spawn(move || {
                let (mut seek, probe) = (Seek(shop, Place::New), Probe::new());
                let found =
                    poll(&mut seek, &probe).is_ready() || poll(&mut seek, &probe).is_ready();
                (seek, probe, found)
            })
        });
        dropper.join().unwrap();
        let seekers = seekers.map(|seeker| seeker.join().unwrap());
        let found = seekers.iter().filter(|(.., found)| *found).count();
        assert!(found <= 1);
        // Whoever waits now is woken by the next one.
        let late: Vec<_> = seekers.into_iter().filter(|(.., found)| !found).collect();
        let before: Vec<_> = late.iter().map(|(_, probe, _)| probe.wakes()).collect();
        if found == 0 {
            assert!(
                before.iter().any(|&wakes| wakes > 0),
                "a coin, and all sleep"
            );
        }
        let waiting = shop.lock().line.len();
        drop_a_coin(&shop);
        let woken = late
            .iter()
            .zip(before)
            .filter(|((_, probe, _), before)| probe.wakes() > *before);
        assert_eq!(woken.count(), waiting);
    });
}

/// Something that happens, and may be over again.
struct Scene {
    happens: bool,
    line: Line<()>,
}

struct Happening(Lock<Scene>);

impl Watched<()> for Happening {
    const NAME: &'static str = "Happens";

    fn poll_watch(&self, place: &mut Place, cx: &Context<'_>) -> Poll<()> {
        place.watch(
            Self::NAME,
            cx,
            &self.0,
            |scene| scene.happens,
            |scene| &mut scene.line,
        )
    }

    fn end_watch(&self, place: &mut Place) {
        place.unwatch(&self.0, |scene| &mut scene.line);
    }
}

impl Happening {
    fn new() -> Arc<Self> {
        Arc::new(Self(Lock::new(Scene {
            happens: false,
            line: Line::new(),
        })))
    }

    fn happen(&self) {
        let mut batch = Batch::new();
        let mut scene = self.0.lock();
        scene.happens = true;
        batch.push_all(&mut scene.line);
        drop(scene);
        batch.finish().resume();
    }
}

#[test]
fn w_watch_is_released_once_it_has_happened() {
    exhaustive(|| {
        let (happening, data) = (Happening::new(), Data::new());
        let doer = {
            let (happening, data) = (happening.clone(), data.clone());
            spawn(move || {
                data.write();
                happening.happen();
            })
        };
        block_on(Watch::<_, ()>::new(happening));
        assert_eq!(data.read(), 1);
        doer.join().unwrap();
    });
}

#[test]
fn w_watch_is_released_even_if_it_is_over() {
    exhaustive(|| {
        let (happening, probe) = (Happening::new(), Probe::new());
        let watch = parked(Watch::<_, ()>::new(happening.clone()), &probe);
        let doer = {
            let happening = happening.clone();
            spawn(move || {
                happening.happen();
                happening.0.lock().happens = false;
            })
        };
        block_on(watch);
        doer.join().unwrap();
    });
}

#[test]
fn w_watch_dropped_vs_release() {
    exhaustive(|| {
        let (happening, probe) = (Happening::new(), Probe::new());
        let watches = [(); 2].map(|()| parked(Watch::<_, ()>::new(happening.clone()), &probe));
        let doer = {
            let happening = happening.clone();
            spawn(move || happening.happen())
        };
        let [leaves, stays] = watches;
        drop(leaves);
        block_on(stays);
        doer.join().unwrap();
        assert!(happening.0.lock().line.is_empty());
    });
}
