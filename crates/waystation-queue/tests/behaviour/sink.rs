//! A sender as a sink.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::{Sink, SinkExt, StreamExt, stream};
use waystation_queue::channel::{Sender, bounded, unbounded};
use waystation_queue::{Closed, GetError};
use waystation_testkit::{PATIENCE, PanicOn, Probe, panicking_waker, within};

use crate::common::{now, panic_of, parked, parked_with, woken};

fn ready<T>(sender: &mut Sender<T>, probe: &Probe) -> Poll<Result<(), Closed>> {
    Pin::new(sender).poll_ready(&mut Context::from_waker(&probe.waker()))
}

fn start<T>(sender: &mut Sender<T>, item: T) -> Result<(), Closed> {
    Pin::new(sender).start_send(item)
}

#[test]
fn a_ready_sink_holds_room() {
    let (mut sender, receiver) = bounded(1);
    let probe = Probe::new();
    assert_eq!(ready(&mut sender, &probe), Poll::Ready(Ok(())));
    assert_eq!(ready(&mut sender, &probe), Poll::Ready(Ok(())), "once");
    assert!(receiver.is_empty() && sender.is_full());
    assert_eq!(start(&mut sender, 1), Ok(()));
    assert_eq!(receiver.try_recv(), Ok(1));
}

#[test]
fn a_sink_waits_in_one_line_with_the_senders() {
    let (mut sender, receiver) = bounded(1);
    let other = sender.clone();
    let probe = Probe::new();
    other.try_send(0).unwrap();
    assert!(ready(&mut sender, &probe).is_pending());
    let mut send = parked(other.send(2));
    receiver.try_recv().unwrap();
    assert!(probe.wakes() == 1 && !send.woken());
    assert_eq!(ready(&mut sender, &probe), Poll::Ready(Ok(())));
    assert_eq!(start(&mut sender, 1), Ok(()));
    assert_eq!(receiver.try_recv(), Ok(1));
    assert_eq!(woken(&mut send), Ok(()));
}

#[test]
fn flushing_is_immediate() {
    let (mut sender, _receiver) = bounded::<u8>(1);
    assert_eq!(now(sender.flush()), Ok(()));
}

#[test]
fn closing_the_sink_gives_its_room_back() {
    let (mut sender, receiver) = bounded(1);
    let other = sender.clone();
    assert!(ready(&mut sender, &Probe::new()).is_ready());
    let mut send = parked(other.send(1));
    assert_eq!(now(SinkExt::close(&mut sender)), Ok(()));
    assert_eq!(woken(&mut send), Ok(()));
    assert!(!receiver.is_closed(), "it closes with the last sender");
    drop(send);
    drop((sender, other));
    assert!(receiver.is_closed());
}

#[test]
fn a_sink_fails_when_the_channel_is_closed() {
    let (mut sender, receiver) = bounded::<u8>(1);
    drop(receiver);
    let probe = Probe::new();
    assert_eq!(ready(&mut sender, &probe), Poll::Ready(Err(Closed)));
    assert_eq!(ready(&mut sender, &probe), Poll::Ready(Err(Closed)));
}

#[test]
fn room_held_as_a_sink_outlives_close_but_not_the_last_receiver() {
    let (mut sender, receiver) = bounded(1);
    assert!(ready(&mut sender, &Probe::new()).is_ready());
    receiver.close();
    let mut recv = parked(receiver.recv());
    assert_eq!(start(&mut sender, 1), Ok(()));
    assert_eq!(woken(&mut recv), Ok(1));
    drop(recv);

    let (mut sender, receiver) = bounded(1);
    assert!(ready(&mut sender, &Probe::new()).is_ready());
    drop(receiver);
    assert_eq!(start(&mut sender, 1), Err(Closed));
}

#[test]
fn a_dropped_sender_gives_its_room_back_before_it_closes() {
    let (mut sender, receiver) = bounded::<u8>(1);
    assert!(ready(&mut sender, &Probe::new()).is_ready());
    let mut recv = parked(receiver.recv());
    drop(sender);
    assert_eq!(woken(&mut recv), Err(GetError));
}

#[test]
fn a_dropped_sender_that_waits_leaves_the_line() {
    let (mut sender, receiver) = bounded(1);
    let other = sender.clone();
    other.try_send(0).unwrap();
    let probe = Probe::new();
    assert!(ready(&mut sender, &probe).is_pending());
    let mut send = parked(other.send(1));
    drop(sender);
    assert_eq!(probe.live(), 0);
    receiver.try_recv().unwrap();
    assert_eq!(woken(&mut send), Ok(()));
}

#[test]
fn start_send_without_room_panics() {
    let (mut sender, _receiver) = bounded(1);
    assert!(panic_of(|| start(&mut sender, 1)).contains("before `poll_ready`"));
    assert!(ready(&mut sender, &Probe::new()).is_ready());
    start(&mut sender, 1).unwrap();
    assert!(panic_of(|| start(&mut sender, 2)).contains("before `poll_ready`"));
    assert_eq!(sender.len(), 1);
}

#[test]
fn a_clone_holds_no_room() {
    let (mut sender, _receiver) = bounded(1);
    assert!(ready(&mut sender, &Probe::new()).is_ready());
    let mut clone = sender.clone();
    assert!(ready(&mut clone, &Probe::new()).is_pending());
    start(&mut sender, 1).unwrap();
}

#[test]
fn a_sender_whose_room_goes_to_a_panicking_waker_still_counts() {
    let (mut sender, receiver) = bounded(1);
    let other = sender.clone();
    assert!(ready(&mut sender, &Probe::new()).is_ready());
    let (waker, _) = panicking_waker(PanicOn::Wake, 1);
    let send = parked_with(other.send(1), &waker);
    assert_eq!(panic_of(|| drop(sender)), "hostile waker: Wake 1");
    assert_eq!(receiver.sender_count(), 1);
    drop(send);
    drop(other);
    assert!(receiver.is_closed());
}

#[test]
fn a_stream_is_forwarded_into_a_sink() {
    within(PATIENCE, "forward and collect", || {
        let (sender, receiver) = unbounded();
        let sent = stream::iter(0..100).map(Ok).forward(sender);
        assert_eq!(futures_lite::future::block_on(sent), Ok(()));
        let all: Vec<_> = futures_lite::future::block_on(receiver.collect());
        assert_eq!(all, (0..100).collect::<Vec<_>>());
    });
}
