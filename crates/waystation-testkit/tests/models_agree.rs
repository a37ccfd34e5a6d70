//! The models and the reference implementations were written apart from each other: random scripts
//! find no difference between them in results, wake-ups and observers.

use std::collections::BTreeMap;
use std::future::Future;
use std::pin::Pin;
use std::task::Poll;

use waystation_testkit::model::{EventModel, Id, Order, Outcome, QueueModel, SemaphoreModel};
use waystation_testkit::reference::{Event, Permit, Queue, Semaphore};
use waystation_testkit::{Driver, Rng};

const SCRIPTS: u64 = 3_000;
const STEPS: usize = 40;

type Futures<'a, T> = BTreeMap<Id, Driver<Pin<Box<dyn Future<Output = T> + 'a>>>>;

/// Wakes of each future so far, compared with those of the model.
#[derive(Default)]
struct Wakes(BTreeMap<Id, usize>);

impl Wakes {
    fn agree<T>(&mut self, woken: Vec<Id>, futures: &Futures<'_, T>) {
        for id in woken {
            *self.0.entry(id).or_default() += 1;
        }
        for (id, future) in futures {
            assert_eq!(
                future.wakes(),
                self.0.get(id).copied().unwrap_or(0),
                "wakes of {id}"
            );
        }
    }
}

/// Any live future.
fn any<T>(rng: &mut Rng, futures: &Futures<'_, T>) -> Option<Id> {
    let ids: Vec<_> = futures.keys().copied().collect();
    (!ids.is_empty()).then(|| *rng.pick(&ids))
}

fn poll<T>(rng: &mut Rng, futures: &mut Futures<'_, T>, id: Id) -> Poll<T> {
    let future = futures.get_mut(&id).expect("it is live");
    if rng.chance(1, 4) {
        future.change_waker();
    }
    let poll = future.poll();
    if poll.is_ready() {
        futures.remove(&id);
    }
    poll
}

#[test]
fn event() {
    for seed in 0..SCRIPTS {
        let mut rng = Rng::new(seed);
        let (real, mut model) = (Event::new(), EventModel::new());
        let (mut futures, mut wakes) = (Futures::new(), Wakes::default());
        for _ in 0..STEPS {
            match rng.below(8) {
                0 | 1 => {
                    futures.insert(model.wait(), Driver::new(Box::pin(real.wait())));
                }
                2 => assert_eq!(real.set(), model.set()),
                3 => assert_eq!(real.clear(), model.clear()),
                4 => assert_eq!(real.pulse(), model.pulse()),
                5 => {
                    if let Some(id) = any(&mut rng, &futures) {
                        futures.remove(&id);
                        model.cancel(id);
                    }
                }
                _ => {
                    if let Some(id) = any(&mut rng, &futures) {
                        assert_eq!(poll(&mut rng, &mut futures, id), model.poll(id));
                    }
                }
            }
            assert_eq!(real.is_set(), model.is_set());
            wakes.agree(model.take_woken(), &futures);
        }
    }
}

#[test]
fn semaphore() {
    for seed in 0..SCRIPTS {
        let mut rng = Rng::new(seed);
        let (real, mut model) = (Semaphore::new(2), SemaphoreModel::new(2, 0));
        let (mut futures, mut wakes) = (Futures::new(), Wakes::default());
        let mut held: Vec<(Permit<'_>, usize)> = Vec::new();
        for _ in 0..STEPS {
            let n = rng.below(4);
            match rng.below(8) {
                0 | 1 => {
                    futures.insert(
                        model.acquire(n),
                        Driver::new(Box::pin(real.acquire_many(n)) as _),
                    );
                }
                2 => {
                    let permit = real.try_acquire_many(n);
                    assert_eq!(permit.is_some(), model.try_acquire(n).is_ok());
                    held.extend(permit.map(|permit| (permit, n)));
                }
                3 if n == 1 => {
                    real.add_permits(1);
                    assert!(model.add_permits(1));
                }
                3 | 4 if !held.is_empty() => {
                    let (permit, n) = held.swap_remove(rng.below(held.len()));
                    if rng.chance(1, 4) {
                        permit.forget();
                        model.forget(n);
                    } else {
                        drop(permit);
                        model.release(n);
                    }
                }
                5 => {
                    if let Some(id) = any(&mut rng, &futures) {
                        futures.remove(&id);
                        model.cancel(id);
                    }
                }
                _ => {
                    if let Some(id) = any(&mut rng, &futures) {
                        match (poll(&mut rng, &mut futures, id), model.poll(id)) {
                            (Poll::Ready(permit), Poll::Ready(Ok(n))) => held.push((permit, n)),
                            (Poll::Pending, Poll::Pending) => {}
                            (real, model) => panic!("{real:?}, but the model says {model:?}"),
                        }
                    }
                }
            }
            assert_eq!(real.available_permits(), model.available());
            wakes.agree(model.take_woken(), &futures);
        }
    }
}

#[test]
fn queue() {
    for seed in 0..SCRIPTS {
        let mut rng = Rng::new(seed);
        let capacity = 1 + rng.below(3);
        let real = Queue::bounded(capacity);
        let mut model = QueueModel::new(Order::Fifo, Some(capacity));
        let (mut futures, mut wakes) = (Futures::new(), Wakes::default());
        for item in 0..STEPS {
            match rng.below(10) {
                0 | 1 => {
                    let real = &real;
                    let put = async move {
                        let put = real.put(item).await;
                        put.map_or_else(Outcome::Returned, |()| Outcome::Entered)
                    };
                    futures.insert(model.put(item), Driver::new(Box::pin(put) as _));
                }
                2 | 3 => {
                    let get = async { real.get().await.map_or(Outcome::Closed, Outcome::Got) };
                    futures.insert(model.get(), Driver::new(Box::pin(get)));
                }
                4 => assert_eq!(real.try_put(item).is_ok(), model.try_put(item).is_ok()),
                5 => assert_eq!(real.try_get().ok(), model.try_get().ok()),
                6 if rng.chance(1, 6) => assert_eq!(real.close(), model.close()),
                6 => {
                    if let Some(id) = any(&mut rng, &futures) {
                        futures.remove(&id);
                        model.cancel(id);
                    }
                }
                _ => {
                    if let Some(id) = any(&mut rng, &futures) {
                        assert_eq!(poll(&mut rng, &mut futures, id), model.poll(id));
                    }
                }
            }
            assert_eq!(
                (real.len(), real.is_closed()),
                (model.len(), model.is_closed())
            );
            wakes.agree(model.take_woken(), &futures);
        }
    }
}
