//! A receiver as a stream.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::Stream;
use waystation_queue::channel::{Receiver, bounded, unbounded};
use waystation_queue::{GetError, TryGetError};
use waystation_testkit::{
    PATIENCE, PanicOn, Probe, assert_pending, panicking_waker, poll_once, within,
};

use crate::common::{now, panic_of, parked, parked_with, woken};

fn next<T>(receiver: &mut Receiver<T>, probe: &Probe) -> Poll<Option<T>> {
    Pin::new(receiver).poll_next(&mut Context::from_waker(&probe.waker()))
}

#[test]
fn the_stream_ends_when_the_channel_is_closed_and_drained() {
    let (sender, mut receiver) = unbounded();
    let probe = Probe::new();
    sender.try_send(1).unwrap();
    assert_eq!(next(&mut receiver, &probe), Poll::Ready(Some(1)));
    assert_pending(next(&mut receiver, &probe));
    sender.try_send(2).unwrap();
    assert_eq!(probe.wakes(), 1);
    assert_eq!(next(&mut receiver, &probe), Poll::Ready(Some(2)));
    sender.try_send(3).unwrap();
    drop(sender);
    assert_eq!(next(&mut receiver, &probe), Poll::Ready(Some(3)));
    for _ in 0..3 {
        assert_eq!(next(&mut receiver, &probe), Poll::Ready(None));
    }
}

#[test]
fn a_parked_stream_ends_at_the_close() {
    let (sender, mut receiver) = unbounded::<u8>();
    let probe = Probe::new();
    assert_pending(next(&mut receiver, &probe));
    drop(sender);
    assert_eq!(probe.wakes(), 1);
    assert_eq!(next(&mut receiver, &probe), Poll::Ready(None));
}

#[test]
fn the_stream_keeps_its_place_between_polls() {
    let (sender, mut receiver) = unbounded();
    let other = receiver.clone();
    let probe = Probe::new();
    assert_pending(next(&mut receiver, &probe));
    let mut later = parked(other.recv());
    assert_pending(next(&mut receiver, &probe));
    sender.try_send(1).unwrap();
    assert!(probe.wakes() == 1 && !later.woken());
    assert_eq!(other.try_recv(), Err(TryGetError::Empty), "it is promised");
    assert_eq!(next(&mut receiver, &probe), Poll::Ready(Some(1)));
    sender.try_send(2).unwrap();
    assert_eq!(woken(&mut later), Ok(2));
}

#[test]
fn the_next_recv_completes_the_streams_place_first() {
    let (sender, mut receiver) = unbounded();
    let other = receiver.clone();
    assert_pending(next(&mut receiver, &Probe::new()));
    let later = parked(other.recv());
    // It takes the place over while it is parked …
    let mut recv = parked(receiver.recv());
    sender.try_send(1).unwrap();
    assert!(!later.woken());
    assert_eq!(woken(&mut recv), Ok(1));
    drop((recv, later));
    // … and when an item was promised.
    assert_pending(next(&mut receiver, &Probe::new()));
    sender.try_send(2).unwrap();
    assert_eq!(other.try_recv(), Err(TryGetError::Empty));
    assert_eq!(now(receiver.recv()), Ok(2));
}

#[test]
fn a_recv_that_gives_up_leaves_the_place_to_the_stream() {
    let (sender, mut receiver) = unbounded();
    let other = receiver.clone();
    let probe = Probe::new();
    assert_pending(next(&mut receiver, &probe));
    let later = parked(other.recv());
    drop(parked(receiver.recv()));
    assert!(receiver.recv_timeout(Duration::ZERO).is_err());
    sender.try_send(1).unwrap();
    assert!(probe.wakes() == 1 && !later.woken());
    assert_eq!(next(&mut receiver, &probe), Poll::Ready(Some(1)));
    assert_eq!(probe.live(), 0);
}

#[test]
fn a_recv_that_is_dropped_with_a_claim_tells_the_stream() {
    let (sender, mut receiver) = unbounded();
    let probe = Probe::new();
    assert_pending(next(&mut receiver, &probe));
    let recv = parked(receiver.recv());
    sender.try_send(1).unwrap();
    assert!(recv.woken() && probe.wakes() == 0);
    drop(recv);
    assert_eq!(probe.wakes(), 1);
    assert_eq!(next(&mut receiver, &probe), Poll::Ready(Some(1)));
}

#[test]
fn a_recv_that_is_dropped_after_the_end_tells_the_stream() {
    let (sender, mut receiver) = unbounded::<u8>();
    let probe = Probe::new();
    assert_pending(next(&mut receiver, &probe));
    let recv = parked(receiver.recv());
    drop(sender);
    drop(recv);
    assert_eq!(probe.wakes(), 1);
    assert_eq!(next(&mut receiver, &probe), Poll::Ready(None));
}

#[test]
fn a_recv_that_uses_the_place_up_tells_another_task_only() {
    let (sender, mut receiver) = unbounded();
    let probe = Probe::new();
    assert_pending(next(&mut receiver, &probe));
    let mut recv = parked(receiver.recv());
    sender.try_send(1).unwrap();
    assert_eq!(woken(&mut recv), Ok(1));
    assert_eq!(probe.wakes(), 1, "it has no place any more");
    drop(recv);
    assert_pending(next(&mut receiver, &probe));
    let mut recv = receiver.recv();
    assert_pending(poll_once(&mut recv, &probe.waker()));
    sender.try_send(2).unwrap();
    assert_eq!(poll_once(&mut recv, &probe.waker()), Poll::Ready(Ok(2)));
    drop(recv);
    assert_eq!(
        (probe.wakes(), probe.live()),
        (2, 0),
        "the send's, not its own"
    );
}

#[test]
fn a_panicking_waker_of_the_stream_takes_no_item_along() {
    let (sender, mut receiver) = unbounded();
    let (waker, _) = panicking_waker(PanicOn::Wake, 1);
    let mut cx = Context::from_waker(&waker);
    assert_pending(Pin::new(&mut receiver).poll_next(&mut cx));
    let mut recv = parked(receiver.recv());
    sender.try_send(1).unwrap();
    assert_eq!(woken(&mut recv), Ok(1));
    drop(recv);
    let (waker, _) = panicking_waker(PanicOn::Wake, 1);
    let mut cx = Context::from_waker(&waker);
    assert_pending(Pin::new(&mut receiver).poll_next(&mut cx));
    let recv = parked(receiver.recv());
    sender.try_send(2).unwrap();
    assert_eq!(panic_of(|| drop(recv)), "hostile waker: Wake 1");
    assert_eq!(receiver.try_recv(), Ok(2));
}

#[test]
fn try_recv_completes_the_streams_place_first() {
    let (sender, mut receiver) = unbounded();
    let other = receiver.clone();
    let probe = Probe::new();
    assert_pending(next(&mut receiver, &probe));
    assert_eq!(receiver.try_recv(), Err(TryGetError::Empty));
    let later = parked(other.recv());
    sender.try_send(1).unwrap();
    assert!(probe.wakes() == 1 && !later.woken(), "the place was kept");
    assert_eq!(receiver.try_recv(), Ok(1));
    assert_eq!(receiver.try_recv(), Err(TryGetError::Empty));
    drop(later);
    sender.try_send(2).unwrap();
    assert_eq!(receiver.try_recv(), Ok(2));
}

#[test]
fn try_recv_of_a_parked_stream_tells_the_end() {
    let (sender, mut receiver) = unbounded::<u8>();
    assert_pending(next(&mut receiver, &Probe::new()));
    drop(sender);
    assert_eq!(receiver.try_recv(), Err(TryGetError::Closed));
    assert_eq!(now(receiver.recv()), Err(GetError));
    assert_eq!(next(&mut receiver, &Probe::new()), Poll::Ready(None));
}

#[test]
fn a_blocking_recv_completes_the_streams_place() {
    within(PATIENCE, "recv_blocking", || {
        let (sender, mut receiver) = unbounded();
        assert_pending(next(&mut receiver, &Probe::new()));
        sender.try_send(1).unwrap();
        assert_eq!(receiver.recv_blocking(), Ok(1));
    });
}

#[test]
fn a_dropped_stream_hands_its_claim_on() {
    let (sender, mut receiver) = unbounded();
    let other = receiver.clone();
    let probe = Probe::new();
    assert_pending(next(&mut receiver, &probe));
    let mut later = parked(other.recv());
    sender.try_send(1).unwrap();
    assert!(probe.wakes() == 1 && !later.woken());
    drop(receiver);
    assert_eq!(woken(&mut later), Ok(1));
    assert_eq!(probe.live(), 0);
}

#[test]
fn the_last_receiver_closes_now_with_a_claim_of_its_own() {
    let (sender, mut receiver) = bounded(1);
    assert_pending(next(&mut receiver, &Probe::new()));
    sender.try_send(1).unwrap();
    drop(receiver);
    assert!(sender.is_closed() && sender.is_empty());
}

#[test]
fn a_receiver_that_hands_its_claim_to_a_panicking_waker_still_counts() {
    let (sender, mut receiver) = unbounded();
    let other = receiver.clone();
    assert_pending(next(&mut receiver, &Probe::new()));
    let (waker, _) = panicking_waker(PanicOn::Wake, 1);
    let mut later = parked_with(other.recv(), &waker);
    sender.try_send(1).unwrap();
    assert_eq!(panic_of(|| drop(receiver)), "hostile waker: Wake 1");
    assert_eq!(later.poll(), Poll::Ready(Ok(1)));
    assert_eq!(sender.receiver_count(), 1);
    drop(later);
    drop(other);
    assert!(sender.is_closed());
}

#[test]
fn a_clone_has_no_place_of_its_own() {
    let (sender, mut receiver) = unbounded();
    assert_pending(next(&mut receiver, &Probe::new()));
    let clone = receiver.clone();
    sender.try_send(1).unwrap();
    assert_eq!(clone.try_recv(), Err(TryGetError::Empty));
    drop(receiver);
    assert_eq!(clone.try_recv(), Ok(1));
}

#[test]
fn a_stream_is_woken_by_its_latest_waker() {
    let (sender, mut receiver) = unbounded();
    let (old, new) = (Probe::new(), Probe::new());
    assert_pending(next(&mut receiver, &old));
    assert_pending(next(&mut receiver, &new));
    sender.try_send(1).unwrap();
    assert_eq!((old.wakes(), old.live(), new.wakes()), (0, 0, 1));
}
