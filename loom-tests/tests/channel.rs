//! Channel handles: the last one of a side closes, once, after everything that was done through the others.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll, Waker};

use futures_core::Stream;
use loom::sync::Arc as Tracked;
use loom_tests::{Bell, bounded, exhaustive, join, poll, spawn};
use waystation_queue::channel::{self, Receiver};

fn next<T>(receiver: &mut Receiver<T>, bell: &Arc<Bell>) -> Poll<Option<T>> {
    let waker = Waker::from(bell.clone());
    Pin::new(receiver).poll_next(&mut Context::from_waker(&waker))
}

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
    bounded(4, || {
        let (sender, receiver) = channel::bounded(2);
        let senders =
            [sender.clone(), sender].map(|sender| spawn(move || sender.send_blocking(1).unwrap()));
        let mut sum = 0;
        while let Ok(n) = receiver.recv_blocking() {
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
        assert_eq!(receiver.recv_blocking().is_ok(), sent);
        assert!(receiver.is_closed());
    });
}

#[test]
fn c_parked_send_vs_last_receiver() {
    exhaustive(|| {
        let (sender, receiver) = channel::bounded(1);
        sender.try_send(Tracked::new(1)).unwrap();
        let other = spawn(move || sender.send_blocking(Tracked::new(2)).is_err());
        drop(receiver);
        assert!(other.join().unwrap());
    });
}

#[test]
fn c_recv_that_gives_up_vs_send() {
    exhaustive(|| {
        let (sender, mut receiver) = channel::unbounded();
        let (stream, own) = (Bell::new(), Bell::new());
        assert!(next(&mut receiver, &stream).is_pending());
        let other = spawn(move || sender.try_send(7).unwrap());
        let mut recv = receiver.recv();
        let received = poll(&mut recv, &own);
        drop(recv);
        other.join().unwrap();
        // The item or the end: who waits as a stream is told, whoever had its place meanwhile.
        assert!(stream.rung() > 0);
        let left = if received.is_ready() { None } else { Some(7) };
        assert_eq!(next(&mut receiver, &stream), Poll::Ready(left));
    });
}
