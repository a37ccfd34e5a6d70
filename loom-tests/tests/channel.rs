//! Channel handles: the last one of a side closes, once, after everything that was done through the others.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use loom::sync::Arc as Tracked;
use loom_tests::{bounded, exhaustive, join, spawn};
use waystation_queue::{Blocking, channel};

#[test]
fn c_last_sender_vs_last_receiver() {
    exhaustive(|| {
        let (sender, receiver) = channel::unbounded();
        sender.try_send(Tracked::new(7)).unwrap();
        let other = spawn(move || drop(sender));
        drop(receiver);
        other.join().unwrap();
        // loom's `Arc` reports an item that was leaked.
    });
}

#[test]
fn c_send_vs_last_receiver() {
    exhaustive(|| {
        let (sender, receiver) = channel::unbounded();
        let other = spawn(move || sender.try_send(Tracked::new(7)).is_ok());
        drop(receiver);
        other.join().unwrap();
    });
}

#[test]
fn c_two_senders_end_together_3() {
    bounded(3, || {
        let (sender, receiver) = channel::bounded(2);
        let senders =
            [sender.clone(), sender].map(|sender| spawn(move || sender.send(1).block().unwrap()));
        let mut sum = 0;
        while let Ok(n) = receiver.recv().block() {
            sum += n;
        }
        join(senders);
        assert_eq!(sum, 2);
    });
}

#[test]
fn c_upgrade_vs_last_drop() {
    exhaustive(|| {
        let (sender, receiver) = channel::bounded(1);
        let weak = sender.downgrade();
        let upgrader = spawn(move || match weak.upgrade() {
            Some(sender) => sender.try_send(7).is_ok(),
            None => false,
        });
        drop(sender);
        let sent = upgrader.join().unwrap();
        assert_eq!(receiver.recv().block().is_ok(), sent);
        assert!(receiver.is_closed());
    });
}

#[test]
fn c_parked_send_vs_last_receiver() {
    exhaustive(|| {
        let (sender, receiver) = channel::bounded(1);
        sender.try_send(Tracked::new(1)).unwrap();
        let other = spawn(move || sender.send(Tracked::new(2)).block().is_err());
        drop(receiver);
        assert!(other.join().unwrap());
    });
}

/// A weak handle is upgraded while the last strong one goes, and somebody waits for the end.
#[test]
fn c_upgrade_vs_last_drop_vs_recv_3() {
    bounded(3, || {
        let (sender, receiver) = channel::bounded(1);
        let weak = sender.downgrade();
        let upgrader = spawn(move || match weak.upgrade() {
            Some(sender) => sender.try_send(7).is_ok(),
            None => false,
        });
        let dropper = spawn(move || drop(sender));
        let received = receiver.recv().block().is_ok();
        assert_eq!(upgrader.join().unwrap(), received);
        dropper.join().unwrap();
        assert!(receiver.is_closed());
    });
}

/// The last receiver goes while a reserve and a put wait: both fail, and no item is lost or leaked.
#[test]
fn c_last_receiver_vs_reserve_vs_put_3() {
    bounded(3, || {
        let (sender, receiver) = channel::bounded(1);
        sender.try_send(Tracked::new(1)).unwrap();
        let reserver = {
            let sender = sender.clone();
            spawn(move || match sender.reserve().block() {
                Ok(slot) => slot.put(Tracked::new(2)).is_err(),
                Err(_) => true,
            })
        };
        let putter = spawn(move || sender.send(Tracked::new(3)).block().is_err());
        drop(receiver);
        assert!(reserver.join().unwrap() && putter.join().unwrap());
    });
}
