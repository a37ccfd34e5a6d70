//! `wake()` re-enters, polls, drops, gives, closes, panics.

use std::panic::panic_any;
use std::sync::atomic::{AtomicBool, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::task::{Poll, Waker};

use waystation_testkit::{HostileWaker, PanicOn, Probe, panicking_waker, poll_once};

use crate::common::{Sema, caught, parked};
use crate::scene::{Got, Scene, Waits, on_every_scene, park_probes, poke};

/// Around the size of a batch, and beyond.
const SIZES: [usize; 7] = [1, 2, 3, 7, 8, 9, 17];

type Slots = Arc<Vec<Mutex<Option<Waits>>>>;

fn slots(n: usize) -> Slots {
    Arc::new((0..n).map(|_| Mutex::new(None)).collect())
}

/// Takes a future out of its slot, so that nothing is locked while it is used.
fn take(slots: &Slots, at: usize) -> Option<Waits> {
    slots[at].lock().unwrap().take()
}

fn waker(on_wake: impl Fn() + Send + Sync + 'static) -> Waker {
    HostileWaker::builder().on_wake(on_wake).build().0
}

/// Parks everybody in a slot, each with its own waker.
fn park_in(scene: &Scene, slots: &Slots, mut waker: impl FnMut(usize) -> Waker) {
    for (at, slot) in slots.iter().enumerate() {
        *slot.lock().unwrap() = Some(scene.park(&waker(at)));
    }
}

fn left(slots: &Slots) -> Vec<Waits> {
    (0..slots.len()).filter_map(|at| take(slots, at)).collect()
}

#[test]
fn exactly_those_who_are_served_are_woken_and_no_waker_is_kept() {
    for n in SIZES {
        on_every_scene(n, |mut scene| {
            let (waiters, probes) = park_probes(&scene, scene.n);
            assert!(probes.iter().all(|probe| probe.live() == 1));
            scene.fire();
            for probe in &probes {
                assert_eq!((probe.wakes(), probe.live()), (1, 0));
            }
            scene.settle(waiters);
            assert!(probes.iter().all(|probe| probe.wakes() == 1));
        });
    }
}

#[test]
fn wake_re_enters_every_method() {
    for n in [1, 3, 9] {
        on_every_scene(n, |mut scene| {
            let slots = slots(scene.n);
            park_in(&scene, &slots, |_| {
                let semaphore = scene.semaphore.clone();
                waker(move || poke(&semaphore))
            });
            scene.fire();
            scene.settle(left(&slots));
        });
    }
}

#[test]
fn wake_tries_to_take_what_is_given_to_the_line() {
    on_every_scene(9, |mut scene| {
        let slots = slots(scene.n);
        let stolen = Arc::new(Mutex::new(Vec::new()));
        park_in(&scene, &slots, |_| {
            let (semaphore, stolen) = (scene.semaphore.clone(), stolen.clone());
            waker(move || stolen.lock().unwrap().extend(semaphore.try_acquire(1)))
        });
        scene.fire();
        // Only past the last of them, if passers-by are allowed: it is woken and not granted.
        let stolen = std::mem::take(&mut *stolen.lock().unwrap());
        let expected = usize::from(scene.grants && !scene.strict);
        assert_eq!(stolen.len(), expected);
        drop(stolen);
        scene.settle(left(&slots));
    });
}

#[test]
fn wake_polls_the_woken_future_inline_and_keeps_its_permit() {
    for n in [1, 3, 8, 9] {
        on_every_scene(n, |scene| poll_inline(scene, true));
    }
}

#[test]
fn wake_polls_the_woken_future_inline_and_gives_the_permit_back() {
    for n in [1, 3, 8, 9, 100] {
        on_every_scene(n, |scene| poll_inline(scene, false));
    }
}

fn poll_inline(mut scene: Scene, keep: bool) {
    let slots = slots(scene.n);
    let done: Arc<Mutex<Vec<Got>>> = Arc::default();
    let finished = Arc::new(Mutex::new(0));
    park_in(&scene, &slots, |at| {
        let (slots, done, finished) = (slots.clone(), done.clone(), finished.clone());
        waker(move || {
            let mut waiter = take(&slots, at).unwrap();
            match poll_once(&mut waiter, Waker::noop()) {
                Poll::Ready(got) => {
                    *finished.lock().unwrap() += 1;
                    if keep {
                        done.lock().unwrap().push(got);
                    }
                }
                Poll::Pending => *slots[at].lock().unwrap() = Some(waiter),
            }
        })
    });
    scene.fire();
    assert!(left(&slots).is_empty(), "woken for nothing");
    assert_eq!(*finished.lock().unwrap(), scene.n);
    let done = std::mem::take(&mut *done.lock().unwrap());
    assert!(done.iter().all(|got| got.is_some() == scene.grants));
    drop(done);
    scene.rest();
}

#[test]
fn wake_drops_another_queued_future() {
    for n in [2, 3, 8, 9, 17] {
        on_every_scene(n, |mut scene| {
            let slots = slots(scene.n);
            park_in(&scene, &slots, |at| {
                let slots = slots.clone();
                waker(move || drop(take(&slots, (at + 1) % slots.len())))
            });
            scene.fire();
            scene.settle(left(&slots));
        });
    }
}

#[test]
fn wake_drops_all_futures() {
    for n in [1, 3, 9] {
        on_every_scene(n, |mut scene| {
            let slots = slots(scene.n);
            park_in(&scene, &slots, |_| {
                let slots = slots.clone();
                waker(move || drop(left(&slots)))
            });
            scene.fire();
            assert!(left(&slots).is_empty());
            scene.rest();
        });
    }
}

#[test]
fn wake_drops_the_last_handles_of_the_semaphore() {
    for n in [1, 3, 9] {
        on_every_scene(n, |mut scene| {
            let slots = slots(scene.n);
            let handle: Arc<Mutex<Option<Sema>>> = Arc::default();
            park_in(&scene, &slots, |_| {
                let (slots, handle) = (slots.clone(), handle.clone());
                waker(move || {
                    drop(left(&slots));
                    drop(handle.lock().unwrap().take());
                })
            });
            // From here on only the wakers and the call itself hold the semaphore.
            let probe = Probe::new();
            let n = scene.n;
            let watcher = parked_elsewhere(&scene.semaphore, &probe);
            *handle.lock().unwrap() = Some(scene.semaphore.clone());
            let semaphore = scene.semaphore.clone();
            scene.fire();
            assert!(left(&slots).is_empty() && handle.lock().unwrap().is_none());
            assert_eq!(semaphore.available(), if scene.grants { n } else { 0 });
            drop((watcher, semaphore, scene));
            assert_eq!(probe.live(), 0);
        });
    }
}

fn parked_elsewhere(semaphore: &Sema, probe: &Probe) -> Waits {
    let mut watcher = Waits::Watches(semaphore.closed());
    assert!(poll_once(&mut watcher, &probe.waker()).is_pending());
    watcher
}

#[test]
fn a_waker_may_own_the_semaphore() {
    // The call is made through a permit whose semaphore lives in the waker it wakes, and nowhere else.
    for n in [1, 9] {
        on_every_scene(n, |mut scene| {
            let slots = slots(scene.n);
            park_in(&scene, &slots, |_| {
                let (slots, semaphore) = (slots.clone(), scene.semaphore.clone());
                waker(move || {
                    drop(left(&slots));
                    assert!(semaphore.waiters() == 0 || !semaphore.is_closed());
                })
            });
            let gone = Arc::downgrade(&scene.semaphore.0);
            scene.fire();
            drop(scene);
            drop(slots);
            assert!(gone.upgrade().is_none(), "a waker was kept");
        });
    }
}

#[test]
fn wake_closes_the_semaphore() {
    for n in [1, 8, 9, 17] {
        on_every_scene(n, |mut scene| {
            let slots = slots(scene.n);
            let probes: Vec<Probe> = (0..scene.n)
                .map(|at| {
                    let semaphore = scene.semaphore.clone();
                    let (waker, probe) = HostileWaker::builder()
                        .on_wake(move || {
                            semaphore.close();
                        })
                        .build();
                    *slots[at].lock().unwrap() = Some(scene.park(&waker));
                    probe
                })
                .collect();
            scene.fire();
            // What was granted is given, the others are told: everybody is woken once, nobody sleeps.
            assert!(probes.iter().all(|probe| probe.wakes() == 1));
            for mut waiter in left(&slots) {
                assert!(poll_once(&mut waiter, Waker::noop()).is_ready());
            }
            let total = if scene.grants { scene.n } else { 0 };
            assert!(scene.semaphore.is_closed());
            assert_eq!(
                (scene.semaphore.available(), scene.semaphore.waiters()),
                (total, 0)
            );
        });
    }
}

#[test]
fn wake_gives_more_to_those_behind() {
    for n in [1, 8, 9] {
        on_every_scene(n, |mut scene| {
            if !scene.grants || scene.semaphore.0.bound().is_some() {
                return;
            }
            let slots = slots(scene.n);
            park_in(&scene, &slots, |_| {
                let semaphore = scene.semaphore.clone();
                waker(move || semaphore.give(1).unwrap())
            });
            let behind: Vec<_> = (0..scene.n)
                .map(|_| parked(scene.semaphore.acquire(1)))
                .collect();
            scene.fire();
            assert!(behind.iter().all(|waiter| waiter.wakes() == 1));
            drop(behind);
            drop(left(&slots));
            assert_eq!(scene.semaphore.available(), 2 * scene.n);
            assert_eq!(scene.semaphore.0.forget_permits(scene.n), scene.n);
            scene.rest();
        });
    }
}

#[test]
fn wake_panics_as_the_kth_of_n() {
    for n in SIZES {
        for k in [0, n / 2, n - 1] {
            on_every_scene(n, move |mut scene| {
                let (mut waiters, mut probes) = park_probes(&scene, k);
                let (waker, probe) = panicking_waker(PanicOn::Wake, 1);
                waiters.push(scene.park(&waker));
                drop(waker);
                probes.push(probe);
                let (others, their_probes) = park_probes(&scene, scene.n - k - 1);
                waiters.extend(others);
                probes.extend(their_probes);
                let caught = caught(|| scene.fire());
                assert_eq!(caught.message, "hostile waker: Wake 1");
                for probe in &probes {
                    assert_eq!((probe.wakes(), probe.live()), (1, 0));
                }
                scene.settle(waiters);
            });
        }
    }
}

#[test]
fn several_wakers_panic_and_the_first_panic_goes_on() {
    for (n, which) in [(2, [0, 1]), (9, [2, 8]), (17, [7, 8]), (17, [8, 16])] {
        on_every_scene(n, move |mut scene| {
            let (waiters, probes): (Vec<_>, Vec<_>) = (0..n)
                .map(|at| {
                    let (waker, probe) = HostileWaker::builder()
                        .on_wake(move || assert!(!which.contains(&at), "waker {at}"))
                        .build();
                    (scene.park(&waker), probe)
                })
                .unzip();
            let caught = caught(|| scene.fire());
            assert_eq!(caught.message, format!("waker {}", which[0]));
            assert!(probes.iter().all(|probe| probe.wakes() == 1));
            scene.settle(waiters);
        });
    }
}

#[test]
fn all_wakers_panic() {
    for n in [3, 8, 9] {
        on_every_scene(n, |mut scene| {
            let slots = slots(scene.n);
            park_in(&scene, &slots, |at| waker(move || panic!("waker {at}")));
            assert_eq!(caught(|| scene.fire()).message, "waker 0");
            scene.settle(left(&slots));
        });
    }
}

#[test]
fn a_waker_panics_while_the_thread_unwinds_already() {
    struct Fire<'a>(&'a mut Scene);
    impl Drop for Fire<'_> {
        fn drop(&mut self) {
            self.0.fire();
        }
    }
    for n in [1, 3, 9] {
        on_every_scene(n, move |mut scene| {
            let (mut waiters, probes) = park_probes(&scene, scene.n - 1);
            let (waker, _) = panicking_waker(PanicOn::Wake, 1);
            waiters.push(scene.park(&waker));
            let caught = caught(|| {
                let _fire = Fire(&mut scene);
                panic!("the first panic");
            });
            assert_eq!(caught.message, "the first panic");
            assert!(probes.iter().all(|probe| probe.wakes() == 1));
            scene.settle(waiters);
        });
    }
}

/// A payload that panics when it is dropped.
struct Bomb;

impl Drop for Bomb {
    fn drop(&mut self) {
        panic!("the payload's drop");
    }
}

#[test]
fn a_payload_panics_when_it_is_dropped() {
    on_every_scene(9, |mut scene| {
        let slots = slots(scene.n);
        park_in(&scene, &slots, |at| {
            waker(move || {
                if at == 0 {
                    panic!("waker 0");
                }
                panic_any(Bomb);
            })
        });
        assert_eq!(caught(|| scene.fire()).message, "waker 0");
        scene.settle(left(&slots));
    });
}

#[test]
fn debug_inside_a_wake_does_not_block() {
    on_every_scene(3, |mut scene| {
        let slots = slots(scene.n);
        let shown = Arc::new(AtomicBool::new(false));
        park_in(&scene, &slots, |_| {
            let (semaphore, shown) = (scene.semaphore.clone(), shown.clone());
            waker(move || {
                let text = format!("{semaphore:?}");
                shown.store(text.contains("waiters: 0"), SeqCst);
            })
        });
        scene.fire();
        // A head that was woken and not granted is still in line.
        assert_eq!(shown.load(SeqCst), scene.strict || !scene.grants);
        scene.settle(left(&slots));
    });
}
