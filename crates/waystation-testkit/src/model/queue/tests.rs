//! The queue's model against scripts written by hand.

use std::task::Poll;

use super::*;

type Model = QueueModel<u32>;

fn bounded(capacity: usize) -> Model {
    Model::new(Order::Fifo, Some(capacity))
}

#[track_caller]
fn parked(model: &mut Model, id: Id) -> Id {
    assert!(model.poll(id).is_pending());
    id
}

#[test]
fn each_order_has_its_next_item() {
    for (order, expected) in [
        (Order::Fifo, [3, 1, 2, 1]),
        (Order::Lifo, [1, 2, 1, 3]),
        (Order::Priority, [1, 1, 2, 3]),
    ] {
        let mut model = Model::new(order, None);
        for item in [3, 1, 2, 1] {
            assert_eq!(model.try_put(item), Ok(()));
        }
        assert_eq!(model.drain(), expected);
        assert_eq!(model.unfinished(), 4, "as with get");
    }
}

#[test]
fn nobody_takes_a_granted_slot() {
    let mut model = bounded(1);
    let put = model.put(1);
    assert_eq!(model.poll(put), Poll::Ready(Outcome::Entered));
    let put = model.put(2);
    let put = parked(&mut model, put);
    assert_eq!(model.try_get(), Ok(1));
    assert_eq!(model.take_woken(), [put]);
    assert_eq!(
        (model.len(), model.is_full()),
        (0, true),
        "granted, not entered"
    );
    assert_eq!(model.try_put(3), Err(TryPut::Full(3)));
    assert_eq!(model.try_get(), Err(TryGet::Empty));
    assert_eq!(model.poll(put), Poll::Ready(Outcome::Entered));
    assert_eq!(model.drain(), [2]);
}

#[test]
fn a_cancelled_put_was_never_in() {
    let mut model = bounded(1);
    model.try_put(1).unwrap();
    let a = model.put(2);
    let b = model.put(3);
    let (a, b) = (parked(&mut model, a), parked(&mut model, b));
    assert_eq!(model.try_get(), Ok(1));
    assert_eq!(model.cancel(a), Some(2));
    assert_eq!(model.take_woken(), [a, b], "the slot is passed on");
    assert_eq!(model.poll(b), Poll::Ready(Outcome::Entered));
}

#[test]
fn slots_are_granted_in_order_and_items_enter_when_polled() {
    let mut model = bounded(2);
    model.try_put(8).unwrap();
    model.try_put(9).unwrap();
    let a = model.put(1);
    let b = model.put(2);
    let (a, b) = (parked(&mut model, a), parked(&mut model, b));
    assert_eq!(model.drain(), [8, 9]);
    assert_eq!(model.take_woken(), [a, b]);
    assert_eq!(model.poll(b), Poll::Ready(Outcome::Entered));
    assert_eq!(model.poll(a), Poll::Ready(Outcome::Entered));
    assert_eq!(model.drain(), [2, 1]);
}

#[test]
fn a_cancelled_claim_goes_to_the_next_getter() {
    let mut model = bounded(4);
    let (a, b) = (model.get(), model.get());
    let (a, b) = (parked(&mut model, a), parked(&mut model, b));
    model.try_put(1).unwrap();
    assert_eq!((model.take_woken(), model.len()), (vec![a], 1));
    assert_eq!(model.try_get(), Err(TryGet::Empty), "it is claimed");
    assert_eq!(model.cancel(a), None);
    assert_eq!(model.take_woken(), [b]);
    assert_eq!(model.poll(b), Poll::Ready(Outcome::Got(1)));
}

#[test]
fn a_getter_takes_the_best_item_at_the_time_it_takes_it() {
    let mut model = Model::new(Order::Priority, None);
    let a = model.get();
    let a = parked(&mut model, a);
    model.try_put(5).unwrap();
    model.try_put(1).unwrap();
    assert_eq!(model.poll(a), Poll::Ready(Outcome::Got(1)));
}

#[test]
fn close_revokes_granted_puts_and_lets_gets_finish() {
    let mut model = bounded(1);
    model.try_put(1).unwrap();
    let (granted, waiting) = (model.put(2), model.reserve());
    let (granted, waiting) = (parked(&mut model, granted), parked(&mut model, waiting));
    assert_eq!(model.try_get(), Ok(1));
    assert!(model.close() && !model.close());
    assert_eq!(model.take_woken(), [granted, waiting]);
    assert_eq!(model.poll(granted), Poll::Ready(Outcome::Returned(2)));
    assert_eq!(model.poll(waiting), Poll::Ready(Outcome::Closed));
    assert_eq!(model.try_get(), Err(TryGet::Closed));
    assert_eq!(model.try_put(7), Err(TryPut::Closed(7)));
}

#[test]
fn gets_do_not_end_while_a_claim_or_a_slot_is_out() {
    let mut model = bounded(2);
    let (a, b, slot) = (model.get(), model.get(), model.reserve());
    let (a, b) = (parked(&mut model, a), parked(&mut model, b));
    assert_eq!(model.poll(slot), Poll::Ready(Outcome::Slot));
    model.try_put(1).unwrap();
    model.close();
    assert_eq!(model.poll(a), Poll::Ready(Outcome::Got(1)));
    assert_eq!(model.try_get(), Err(TryGet::Empty));
    assert_eq!(model.slot_put(2), Ok(()));
    assert_eq!(model.take_woken(), [a, b]);
    model.cancel(b);
    let last = model.get();
    assert_eq!(model.poll(last), Poll::Ready(Outcome::Got(2)));
    let end = model.get();
    assert_eq!(model.poll(end), Poll::Ready(Outcome::Closed));
}

#[test]
fn a_dropped_slot_ends_the_parked_getter() {
    let mut model = bounded(1);
    let (get, slot) = (model.get(), model.reserve());
    let get = parked(&mut model, get);
    assert_eq!(model.poll(slot), Poll::Ready(Outcome::Slot));
    model.close();
    assert_eq!(model.take_woken(), []);
    model.slot_drop();
    assert_eq!(model.take_woken(), [get]);
    assert_eq!(model.poll(get), Poll::Ready(Outcome::Closed));
}

#[test]
fn close_now_takes_items_from_under_granted_getters() {
    let mut model = bounded(2);
    let (get, reserve) = (model.get(), model.reserve());
    let get = parked(&mut model, get);
    model.try_put(1).unwrap();
    model.try_put(2).unwrap();
    let reserve = parked(&mut model, reserve);
    let joiner = model.join();
    let joiner = parked(&mut model, joiner);
    assert_eq!(model.close_now(), [1, 2]);
    assert_eq!(model.take_woken(), [get, reserve, joiner]);
    assert_eq!(model.poll(get), Poll::Ready(Outcome::Closed));
    assert_eq!(model.poll(reserve), Poll::Ready(Outcome::Closed));
    assert_eq!(model.poll(joiner), Poll::Ready(Outcome::Done));
    assert_eq!((model.unfinished(), model.close_now().len()), (0, 0));
}

#[test]
fn a_slot_and_a_granted_reserve_outlive_close_but_not_close_now() {
    let mut model = bounded(2);
    model.try_put(1).unwrap();
    let slot = model.reserve();
    assert_eq!(model.poll(slot), Poll::Ready(Outcome::Slot));
    let reserve = model.reserve();
    let reserve = parked(&mut model, reserve);
    model.drain();
    model.close();
    let mut killed = model.clone();
    assert_eq!(model.poll(reserve), Poll::Ready(Outcome::Slot));
    assert_eq!((model.slot_put(2), model.slot_put(3)), (Ok(()), Ok(())));
    killed.close_now();
    assert_eq!(killed.poll(reserve), Poll::Ready(Outcome::Closed));
    assert_eq!(killed.slot_put(2), Err(2));
    assert!(!killed.is_full());
}

#[test]
fn join_is_released_at_zero() {
    let mut model = bounded(2);
    let early = model.join();
    assert_eq!(model.poll(early), Poll::Ready(Outcome::Done));
    model.try_put(1).unwrap();
    let join = model.join();
    let join = parked(&mut model, join);
    assert_eq!(model.try_get(), Ok(1));
    assert_eq!(model.take_woken(), []);
    assert!(model.task_done() && !model.task_done());
    model.try_put(2).unwrap();
    assert_eq!(model.take_woken(), [join]);
    assert_eq!(
        model.poll(join),
        Poll::Ready(Outcome::Done),
        "it was released before"
    );
}

#[test]
fn a_nacked_item_is_next() {
    for order in [Order::Fifo, Order::Lifo, Order::Priority] {
        let mut model = Model::new(order, Some(2));
        model.try_put(1).unwrap();
        model.try_put(1).unwrap();
        let item = model.try_get().unwrap();
        let token = model.last_token();
        model.try_put(5).unwrap();
        assert_eq!(model.nack(item, token), Ok(()));
        assert_eq!(
            (model.len(), model.unfinished()),
            (3, 3),
            "one more than the capacity"
        );
        for close in [false, true] {
            assert_eq!(model.try_get(), Ok(item));
            assert!(!close || model.close());
            let token = model.last_token();
            assert_eq!(model.nack(item, token), Ok(()), "closed or not");
        }
        assert_eq!(model.try_get(), Ok(item));
        assert_eq!(model.close_now().len(), 2);
        assert_eq!(model.nack(item, model.last_token()), Err(item));
        assert_eq!(model.unfinished(), 0);
    }
}

#[test]
fn get_many_takes_what_is_free() {
    let mut model = bounded(8);
    let (many, one) = (model.get_many(9), model.get());
    let (many, one) = (parked(&mut model, many), parked(&mut model, one));
    for item in 1..=4 {
        model.try_put(item).unwrap();
    }
    assert_eq!(model.take_woken(), [many, one]);
    let got = model.poll(many);
    assert_eq!(
        got,
        Poll::Ready(Outcome::GotMany(vec![1, 2, 3])),
        "one is promised"
    );
    assert_eq!(model.poll(one), Poll::Ready(Outcome::Got(4)));
    let none = model.get_many(0);
    assert_eq!(model.poll(none), Poll::Ready(Outcome::GotMany(vec![])));
}

#[test]
fn everybody_hears_of_the_close() {
    let mut model = bounded(1);
    let closed = model.closed();
    let closed = parked(&mut model, closed);
    model.close();
    assert_eq!(model.take_woken(), [closed]);
    assert_eq!(model.poll(closed), Poll::Ready(Outcome::Done));
}

#[test]
fn what_was_called_done_before_it_was_taken_is_done_once() {
    let mut model = Model::new(Order::Fifo, None);
    model.try_put(1).unwrap();
    model.try_put(2).unwrap();
    assert!(model.task_done() && model.task_done() && !model.task_done());
    assert_eq!((model.close_now(), model.unfinished()), (vec![1, 2], 0));
}

#[test]
fn random_scripts_keep_the_promises() {
    for seed in 0..4_000 {
        let mut rng = crate::Rng::new(seed);
        let order = *rng.pick(&[Order::Fifo, Order::Lifo, Order::Priority]);
        let capacity = 1 + rng.below(3);
        let mut model = Model::new(order, Some(capacity));
        let (mut entered, mut left, mut slots) = (0, 0, 0);
        for item in 0..60 {
            let live = model.live();
            match rng.below(14) {
                0 | 1 => _ = model.put(item),
                2 | 3 => _ = model.get(),
                4 => _ = model.reserve(),
                5 => entered += u32::from(model.try_put(item).is_ok()),
                6 => left += u32::from(model.try_get().is_ok()),
                7 if slots > 0 => {
                    slots -= 1;
                    match rng.chance(1, 2) {
                        true => entered += u32::from(model.slot_put(item).is_ok()),
                        false => model.slot_drop(),
                    }
                }
                8 if !live.is_empty() => _ = model.cancel(*rng.pick(&live)),
                9 if rng.chance(1, 10) => _ = model.close(),
                9 if rng.chance(1, 10) => left += model.close_now().len() as u32,
                10.. if !live.is_empty() => match model.poll(*rng.pick(&live)) {
                    Poll::Ready(Outcome::Entered) => entered += 1,
                    Poll::Ready(Outcome::Got(_)) => left += 1,
                    Poll::Ready(Outcome::Slot) => slots += 1,
                    _ => {}
                },
                _ => {}
            }
            assert_eq!(model.len() as u32, entered - left, "nothing is lost");
            let taken = model.len() + model.granted + model.slots;
            assert!(taken <= capacity && model.claims <= model.len() && slots <= model.slots);
            assert!(model.getters.is_empty() || model.len() == model.claims && !model.is_drained());
            assert!(model.putters.is_empty() || model.is_full() && !model.closed);
        }
    }
}
