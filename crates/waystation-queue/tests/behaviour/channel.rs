use std::sync::{Arc, Mutex};
use std::time::Duration;

use waystation_queue::channel::{bounded, unbounded};
use waystation_queue::{Blocking, GetError, PutError, TryGetError, TryPutError, TryReserveError};
use waystation_testkit::{HostileWaker, Ledger, PATIENCE, within};

use crate::common::{now, parked, parked_with, woken};

#[test]
fn items_go_through_in_order() {
    let (sender, receiver) = bounded(2);
    now(sender.send(1)).unwrap();
    sender.try_send(2).unwrap();
    assert_eq!(sender.try_send(3), Err(TryPutError::Full(3)));
    let mut send = parked(sender.send(3));
    assert_eq!(now(receiver.recv()), Ok(1));
    assert_eq!(woken(&mut send), Ok(()));
    assert_eq!((receiver.try_recv(), receiver.try_recv()), (Ok(2), Ok(3)));
    assert_eq!(receiver.try_recv(), Err(TryGetError::Empty));
}

#[test]
fn the_last_sender_closes() {
    let (sender, receiver) = unbounded();
    let second = sender.clone();
    assert_eq!(receiver.sender_count(), 2);
    second.try_send(1).unwrap();
    drop(sender);
    assert!(!receiver.is_closed());
    drop(second);
    assert!(receiver.is_closed());
    assert_eq!((now(receiver.recv()), receiver.sender_count()), (Ok(1), 0));
    assert_eq!(now(receiver.recv()), Err(GetError));
}

#[test]
fn the_last_sender_ends_a_parked_recv() {
    let (sender, receiver) = unbounded::<u8>();
    let mut recv = parked(receiver.recv());
    drop(sender);
    assert_eq!(woken(&mut recv), Err(GetError));
}

#[test]
fn the_last_receiver_closes_now() {
    let (sender, receiver) = bounded(1);
    let second = receiver.clone();
    assert_eq!(sender.receiver_count(), 2);
    sender.try_send(1).unwrap();
    let mut send = parked(sender.send(2));
    let mut closed = parked(sender.closed());
    drop(receiver);
    assert!(!sender.is_closed() && !send.woken());
    drop(second);
    woken(&mut closed);
    assert_eq!(woken(&mut send), Err(PutError(2)));
    assert!(sender.is_closed() && sender.is_empty());
    assert_eq!(sender.try_send(3), Err(TryPutError::Closed(3)));
    assert_eq!(sender.receiver_count(), 0);
}

#[test]
fn the_last_receiver_drops_the_items_at_once() {
    let ledger = Ledger::new();
    let (sender, receiver) = unbounded();
    (0..3).for_each(|id| sender.try_send(ledger.item(id)).unwrap());
    drop(receiver);
    ledger.assert_settled();
    drop(sender);
}

#[test]
fn the_last_receiver_drops_the_items_outside_the_lock() {
    within(PATIENCE, "an item that uses its channel", || {
        let ledger = Ledger::new();
        let (sender, receiver) = unbounded();
        let inner = sender.clone();
        let item = ledger.item_with_drop(1, move || {
            assert!(inner.is_closed() && inner.is_empty());
        });
        sender.try_send(item).unwrap();
        drop(receiver);
        ledger.assert_settled();
        drop(sender);
    });
}

#[test]
fn a_slot_does_not_outlive_the_last_receiver() {
    let (sender, receiver) = bounded(1);
    let slot = now(sender.reserve()).unwrap();
    drop(receiver);
    assert_eq!(slot.put(1), Err(PutError(1)));
}

#[test]
fn weak_handles_keep_neither_side_open() {
    let (sender, receiver) = bounded::<u8>(1);
    let (weak_sender, weak_receiver) = (sender.downgrade(), receiver.downgrade());
    let another = weak_sender.clone().upgrade().unwrap();
    assert_eq!(receiver.sender_count(), 2);
    drop(sender);
    another.try_send(1).unwrap();
    drop(another);
    assert!(receiver.is_closed());
    assert!(weak_sender.upgrade().is_none());
    let again = weak_receiver.clone().upgrade().unwrap();
    assert_eq!(again.receiver_count(), 2);
    drop(receiver);
    assert_eq!(again.try_recv(), Ok(1));
    drop(again);
    assert!(weak_receiver.upgrade().is_none());
}

#[test]
fn weak_handles_keep_no_item_alive() {
    let ledger = Ledger::new();
    let (sender, receiver) = unbounded();
    sender.try_send(ledger.item(1)).unwrap();
    let weak = (sender.downgrade(), receiver.downgrade());
    drop((sender, receiver));
    ledger.assert_settled();
    assert!(weak.0.upgrade().is_none() && weak.1.upgrade().is_none());
}

#[test]
fn either_handle_may_close() {
    let (sender, receiver) = bounded(1);
    sender.try_send(1).unwrap();
    assert!(sender.close());
    assert!(!receiver.close() && sender.is_closed() && receiver.is_closed());
    assert_eq!(now(receiver.recv()), Ok(1));
    let (sender, receiver) = bounded(1);
    assert!(receiver.close());
    assert_eq!(now(sender.send(1)), Err(PutError(1)));
}

#[test]
fn handles_show_the_state() {
    let (sender, receiver) = bounded(2);
    assert!(sender.is_empty() && receiver.is_empty());
    sender.try_send(1).unwrap();
    assert_eq!((sender.len(), receiver.len()), (1, 1));
    assert_eq!((sender.capacity(), receiver.capacity()), (Some(2), Some(2)));
    assert!(!sender.is_full() && !sender.is_empty());
    sender.try_send(2).unwrap();
    assert!(sender.is_full());
    assert_eq!((sender.sender_count(), sender.receiver_count()), (1, 1));
    assert_eq!(unbounded::<u8>().0.capacity(), None);
    for shown in [
        format!("{sender:?}"),
        format!("{receiver:?}"),
        format!("{:?}", sender.downgrade()),
        format!("{:?}", receiver.downgrade()),
    ] {
        assert!(shown.contains("len: 2"), "{shown}");
    }
}

#[test]
fn each_item_goes_to_one_receiver() {
    let (sender, receiver) = unbounded();
    let other = receiver.clone();
    let mut first = parked(receiver.recv());
    let mut second = parked(other.recv());
    sender.try_send(1).unwrap();
    assert!(first.woken() && !second.woken());
    sender.try_send(2).unwrap();
    assert_eq!((woken(&mut first), woken(&mut second)), (Ok(1), Ok(2)));
}

#[test]
fn a_send_that_timed_out_gives_its_item_back() {
    let (sender, receiver) = bounded(1);
    let short = Duration::from_millis(1);
    assert_eq!(receiver.recv().block_timeout(short), None);
    assert_eq!(sender.send(1).block_timeout(short), Some(Ok(())));
    let mut send = sender.send(2);
    assert_eq!(send.block_timeout(short), None);
    assert_eq!(send.cancel(), Some(2));
    assert_eq!(receiver.recv().block_timeout(short), Some(Ok(1)));
    drop(receiver);
    assert_eq!(sender.send(3).block(), Err(PutError(3)));
}

#[test]
fn handles_send_receive_and_reserve_as_a_queue_does() {
    let (sender, receiver) = bounded(3);
    assert_eq!(now(sender.send_many(1..=3)).unwrap(), 3);
    assert_eq!(sender.try_reserve().err(), Some(TryReserveError::Full));
    let mut into = Vec::new();
    assert_eq!(now(receiver.recv_many(&mut into, 2)), 2);
    let slot = sender.try_reserve().unwrap();
    let task = now(receiver.get_task()).unwrap();
    assert_eq!((into, *task), (vec![1, 2], 3));
    task.nack().unwrap();
    slot.put(4).unwrap();
    assert_eq!(receiver.drain(), [3, 4]);
    let mut many = parked(sender.send_many(5..=9));
    receiver.close();
    let error = woken(&mut many).unwrap_err();
    assert_eq!((error.item, error.rest), (8, 9..=9));
    assert_eq!(sender.try_reserve().err(), Some(TryReserveError::Closed));
    assert_eq!(receiver.drain(), [5, 6, 7]);
    assert_eq!(now(receiver.recv_many(&mut Vec::new(), 2)), 0);
    assert_eq!(now(receiver.get_task()).err(), Some(GetError));
}

#[test]
fn a_handle_dropped_in_a_wake_still_counts() {
    let (sender, receiver) = unbounded::<u8>();
    let last = Arc::new(Mutex::new(Some(receiver.clone())));
    let in_wake = last.clone();
    let (waker, _) = HostileWaker::builder()
        .on_wake(move || drop(in_wake.lock().unwrap().take()))
        .build();
    let recv = parked_with(receiver.recv(), &waker);
    sender.try_send(1).unwrap();
    assert_eq!(sender.receiver_count(), 1);
    drop(recv);
    drop(receiver);
    assert!(sender.is_closed());
}

#[test]
fn a_panicking_waker_does_not_keep_the_last_sender_from_closing() {
    use crate::common::panic_of;
    use waystation_testkit::{PanicOn, panicking_waker};

    let (sender, receiver) = unbounded::<u8>();
    let (waker, _) = panicking_waker(PanicOn::Wake, 1);
    let _first = parked_with(receiver.recv(), &waker);
    let mut second = parked(receiver.recv());
    assert_eq!(panic_of(|| drop(sender)), "hostile waker: Wake 1");
    assert_eq!(woken(&mut second), Err(GetError));
    assert_eq!(receiver.sender_count(), 0);
}
