//! The semaphore's model against scripts written by hand.

use super::*;

const OK: Poll<Result<usize, Refusal>> = Poll::Ready(Ok(1));

fn parked<const N: usize>(model: &mut SemaphoreModel, asks: [usize; N]) -> [Id; N] {
    asks.map(|n| {
        let id = model.acquire(n);
        assert!(model.poll(id).is_pending());
        id
    })
}

#[test]
fn two_releases_reach_two_waiters() {
    let mut model = SemaphoreModel::new(0, 0);
    let [a, b, _c] = parked(&mut model, [1, 1, 1]);
    model.add_permits(1);
    model.add_permits(1);
    assert_eq!(model.take_woken(), [a, b]);
    assert_eq!(
        (model.available(), model.held(), model.waiters()),
        (0, 2, 1)
    );
    assert_eq!([model.poll(b), model.poll(a)], [OK; 2]);
}

#[test]
fn a_large_head_is_not_overtaken() {
    let mut model = SemaphoreModel::new(2, 0);
    let [large, small] = parked(&mut model, [3, 1]);
    assert_eq!(model.try_acquire(1), Err(Refusal::NoPermits));
    assert!(model.locked());
    assert_eq!(model.available(), 2, "no hoarding");
    model.cancel(large);
    assert_eq!(model.take_woken(), [small], "with no release needed");
    assert_eq!(model.available(), 1);
}

#[test]
fn a_granted_request_that_is_dropped_passes_on() {
    let mut model = SemaphoreModel::new(0, 0);
    let [a, b] = parked(&mut model, [1, 1]);
    model.add_permits(1);
    model.cancel(a);
    assert_eq!(model.take_woken(), [a, b]);
    assert_eq!(model.poll(b), OK);
}

#[test]
fn granted_before_close_is_still_given() {
    let mut model = SemaphoreModel::new(0, 0);
    let [a, b] = parked(&mut model, [1, 1]);
    model.add_permits(1);
    assert!(model.close() && !model.close());
    assert_eq!(model.take_woken(), [a, b]);
    assert_eq!(model.poll(b), Poll::Ready(Err(Refusal::Closed)));
    assert_eq!(model.poll(a), OK);
    model.release(1);
    assert_eq!(model.available(), 1);
    let nothing = model.acquire(0);
    assert_eq!(model.poll(nothing), Poll::Ready(Err(Refusal::Closed)));
}

#[test]
fn none_is_always_there() {
    let mut model = SemaphoreModel::new(0, 0);
    parked(&mut model, [1]);
    let nothing = model.acquire(0);
    assert_eq!(model.poll(nothing), Poll::Ready(Ok(0)));
}

#[test]
fn a_debt_is_paid_before_waiters() {
    let mut model = SemaphoreModel::new(3, 0);
    assert_eq!(model.try_acquire(3), Ok(3));
    assert!(model.reduce_permits(2));
    assert_eq!((model.debt(), model.total()), (2, 1));
    let [a] = parked(&mut model, [1]);
    model.release(2);
    assert_eq!(model.take_woken(), []);
    model.release(1);
    assert_eq!(model.take_woken(), [a]);
    assert!(!model.reduce_permits(2), "more than there are");
    assert_eq!(model.total(), 1);
}

#[test]
fn a_forgotten_permit_pays_the_debt_first() {
    let mut model = SemaphoreModel::new(3, 0);
    assert_eq!(model.try_acquire(3), Ok(3));
    assert!(model.reduce_permits(2));
    model.forget(1);
    assert_eq!((model.debt(), model.total()), (1, 1));
    model.forget(2);
    assert_eq!((model.debt(), model.total(), model.available()), (0, 0, 0));
}

#[test]
fn resize_grows_and_shrinks() {
    let mut model = SemaphoreModel::new(1, 0);
    let [a] = parked(&mut model, [3]);
    assert!(model.resize(3));
    assert_eq!(model.take_woken(), [a]);
    assert!(model.resize(1));
    assert_eq!((model.debt(), model.total()), (2, 1));
    assert!(!model.resize(MAX_PERMITS + 1));
    assert!(!model.add_permits(MAX_PERMITS));
    assert_eq!(model.forget_permits(5), 0);
}

#[test]
fn a_bound_is_never_exceeded() {
    let mut model = SemaphoreModel::bounded(2, 0);
    assert_eq!(model.try_acquire(3), Err(Refusal::TooMany));
    assert_eq!(model.try_acquire(2), Ok(2));
    assert!(!model.add_permits(1));
    model.forget(1);
    assert!(!model.add_permits(2) && model.add_permits(1) && !model.resize(3));
    assert_eq!((model.available(), model.total()), (1, 2));
}

#[test]
fn a_full_line_refuses_who_would_have_to_join_it() {
    let mut model = SemaphoreModel::new(1, 0).max_waiters(1);
    assert_eq!(model.try_acquire(1), Ok(1));
    let [head] = parked(&mut model, [1]);
    let late = model.acquire(1);
    assert_eq!(model.poll(late), Poll::Ready(Err(Refusal::TooManyWaiting)));
    assert!(model.poll(head).is_pending(), "it has its place");
    let none = model.acquire(0);
    assert_eq!(model.poll(none), Poll::Ready(Ok(0)), "nor has it to wait");
}

#[test]
fn a_woken_head_may_be_passed_up_to_the_limit() {
    let mut model = SemaphoreModel::new(1, 2);
    assert_eq!(model.try_acquire(1), Ok(1));
    let [head, next] = parked(&mut model, [1, 1]);
    model.release(1);
    assert_eq!(
        (model.take_woken(), model.available()),
        (vec![head], 1),
        "woken, not granted"
    );
    for _ in 0..2 {
        assert_eq!(model.try_acquire(1), Ok(1));
        assert_eq!(model.try_acquire(1), Err(Refusal::NoPermits));
        model.release(1);
    }
    assert_eq!(model.take_woken(), [], "it was woken already");
    assert_eq!(
        (model.available(), model.held()),
        (0, 1),
        "granted after the second"
    );
    assert_eq!(model.poll(head), OK);
    model.release(1);
    assert_eq!(model.take_woken(), [next]);
}

#[test]
fn any_surplus_is_granted_strictly() {
    let mut model = SemaphoreModel::new(0, 3);
    let [a, b] = parked(&mut model, [1, 1]);
    model.add_permits(1);
    model.add_permits(1);
    assert_eq!(model.take_woken(), [a, b], "two releases, two waiters");
    assert_eq!((model.held(), model.available()), (1, 1));
}

#[test]
fn a_passed_head_waits_again() {
    let mut model = SemaphoreModel::new(0, 3);
    let [head] = parked(&mut model, [1]);
    model.add_permits(1);
    assert_eq!(model.try_acquire(1), Ok(1));
    assert!(model.poll(head).is_pending());
    model.release(1);
    assert_eq!(model.take_woken(), [head, head]);
    assert_eq!(model.poll(head), OK);
}

#[test]
fn a_cancelled_head_does_not_reset_the_count() {
    let mut model = SemaphoreModel::new(0, 1);
    let [head, next] = parked(&mut model, [1, 1]);
    model.add_permits(1);
    assert_eq!(model.try_acquire(1), Ok(1));
    model.cancel(head);
    model.release(1);
    assert_eq!(model.take_woken(), [head, next]);
    assert_eq!(
        (model.held(), model.available()),
        (1, 0),
        "granted: the line was passed once"
    );
}

#[test]
fn a_woken_head_that_is_cancelled_wakes_the_next() {
    let mut model = SemaphoreModel::new(0, 1);
    let [head, next] = parked(&mut model, [1, 1]);
    model.add_permits(1);
    model.cancel(head);
    assert_eq!(model.take_woken(), [head, next]);
}

#[test]
fn random_scripts_keep_the_promises() {
    for seed in 0..4_000 {
        let mut rng = crate::Rng::new(seed);
        let limit = rng.below(4);
        let mut model = SemaphoreModel::new(rng.below(4), limit);
        let mut held = Vec::new();
        let (mut passed, mut total) = (0, model.total());
        for _ in 0..60 {
            let (n, live) = (1 + rng.below(3), model.live());
            let line = model.waiters();
            match rng.below(12) {
                0..3 => _ = model.acquire(n),
                3 | 4 if model.try_acquire(n).is_ok() => {
                    held.push(n);
                    passed += usize::from(line > 0);
                }
                5 | 6 if !held.is_empty() => model.release(held.swap_remove(rng.below(held.len()))),
                7 if !live.is_empty() => model.cancel(*rng.pick(&live)),
                8 if rng.chance(1, 3) && model.reduce_permits(n) => total -= n,
                8 if rng.chance(1, 8) => _ = model.close(),
                9 if rng.chance(1, 2) => {
                    total += n;
                    assert!(model.add_permits(n));
                }
                10.. if !live.is_empty() => {
                    let id = *rng.pick(&live);
                    let new = model.waits[&id].1 == Place::New;
                    if let Poll::Ready(Ok(n)) = model.poll(id) {
                        held.push(n);
                        passed += usize::from(new && line > 0);
                    }
                }
                _ => {}
            }
            assert!(model.permits == 0 || model.debt == 0);
            assert_eq!(model.total(), total, "nothing is lost");
            let Some(head) = model.line.front() else {
                passed = 0;
                continue;
            };
            let (ask, _) = model.waits[head];
            assert!(
                model.permits < ask || model.woken,
                "a head that fits and sleeps"
            );
            assert!(
                !model.woken || model.permits <= ask,
                "a surplus that was not granted"
            );
            if model.passed == 0 {
                passed = 0;
            }
            assert!(passed <= limit, "passed {passed} times");
        }
    }
}
