//! A sender as a sink.

use std::pin::Pin;
use std::task::{Context, Poll};

use futures_util::{Sink, SinkExt, StreamExt, stream};
use waystation_queue::channel::{bounded, unbounded};
use waystation_queue::{Closed, GetError, TryPutError};
use waystation_testkit::{PATIENCE, PanicOn, Probe, assert_pending, panicking_waker, within};

use crate::common::{now, panic_of, parked, parked_with, woken};

fn ready<T, S>(sink: &mut S, probe: &Probe) -> Poll<Result<(), Closed>>
where
    S: Sink<T, Error = Closed> + Unpin,
{
    Pin::new(sink).poll_ready(&mut Context::from_waker(&probe.waker()))
}

/// A sink that holds room.
#[track_caller]
fn holding<T, S: Sink<T, Error = Closed> + Unpin>(mut sink: S) -> S {
    assert_eq!(ready(&mut sink, &Probe::new()), Poll::Ready(Ok(())));
    sink
}

fn start<T, S: Sink<T, Error = Closed> + Unpin>(sink: &mut S, item: T) -> Result<(), Closed> {
    Pin::new(sink).start_send(item)
}

#[test]
fn a_ready_sink_holds_room() {
    let (sender, receiver) = bounded(1);
    let mut sink = holding(holding(sender.sink()));
    assert!(receiver.is_empty() && sender.is_full());
    assert_eq!(sender.try_send(9), Err(TryPutError::Full(9)));
    assert_eq!(start(&mut sink, 1), Ok(()));
    assert_eq!(receiver.try_recv(), Ok(1));
}

#[test]
fn a_sink_waits_in_one_line_with_the_senders() {
    let (sender, receiver) = bounded(1);
    let (mut sink, probe) = (sender.sink(), Probe::new());
    sender.try_send(0).unwrap();
    assert_pending(ready(&mut sink, &probe));
    let mut send = parked(sender.send(2));
    receiver.try_recv().unwrap();
    assert!(probe.wakes() == 1 && !send.woken());
    assert_eq!(ready(&mut sink, &probe), Poll::Ready(Ok(())));
    assert_eq!(start(&mut sink, 1), Ok(()));
    assert_eq!(receiver.try_recv(), Ok(1));
    assert_eq!(woken(&mut send), Ok(()));
}

#[test]
fn flushing_is_immediate() {
    let (sender, _receiver) = bounded::<u8>(1);
    assert_eq!(now(sender.sink().flush()), Ok(()));
}

#[test]
fn closing_the_sink_gives_its_room_back_and_leaves_the_channel_open() {
    let (sender, receiver) = bounded(1);
    let mut sink = holding(sender.clone().into_sink());
    let mut send = parked(sender.send(1));
    assert_eq!(now(SinkExt::close(&mut sink)), Ok(()));
    assert_eq!(woken(&mut send), Ok(()));
    assert_eq!(receiver.try_recv(), Ok(1));
    let mut sink = holding(sink);
    assert_eq!(start(&mut sink, 2), Ok(()), "it may be used again");
    drop(send);
    drop(sender);
    assert!(!receiver.is_closed(), "it closes with the last sender");
    drop(sink);
    assert!(receiver.is_closed());
}

#[test]
fn a_sink_fails_when_the_channel_is_closed() {
    let (sender, receiver) = bounded::<u8>(1);
    let (mut sink, probe) = (sender.sink(), Probe::new());
    drop(receiver);
    assert_eq!(ready(&mut sink, &probe), Poll::Ready(Err(Closed)));
    assert_eq!(ready(&mut sink, &probe), Poll::Ready(Err(Closed)));
}

#[test]
fn room_held_by_a_sink_outlives_close_but_not_the_last_receiver() {
    let (sender, receiver) = bounded(1);
    let mut sink = holding(sender.sink());
    receiver.close();
    let mut recv = parked(receiver.recv());
    assert_eq!(start(&mut sink, 1), Ok(()));
    assert_eq!(woken(&mut recv), Ok(1));
    drop(recv);

    let (sender, receiver) = bounded(1);
    let mut sink = holding(sender.sink());
    drop(receiver);
    assert_eq!(start(&mut sink, 1), Err(Closed));
}

#[test]
fn a_dropped_sink_passes_its_room_on() {
    let (sender, _receiver) = bounded(1);
    let sink = holding(sender.sink());
    let mut send = parked(sender.send(1));
    drop(sink);
    assert_eq!(woken(&mut send), Ok(()));
}

#[test]
fn a_dropped_sink_that_waits_leaves_the_line_and_a_granted_one_passes_its_room_on() {
    for granted in [false, true] {
        let (sender, receiver) = bounded(1);
        sender.try_send(0).unwrap();
        let (mut sink, probe) = (sender.sink(), Probe::new());
        assert_pending(ready(&mut sink, &probe));
        let mut send = parked(sender.send(1));
        if granted {
            receiver.try_recv().unwrap();
            drop(sink);
        } else {
            drop(sink);
            receiver.try_recv().unwrap();
        }
        assert_eq!((probe.live(), probe.wakes()), (0, usize::from(granted)));
        assert_eq!(woken(&mut send), Ok(()));
    }
}

#[test]
fn a_sink_keeps_the_channel_open_only_if_it_owns_the_handle() {
    let (sender, receiver) = bounded::<u8>(1);
    drop(holding(sender.sink()));
    let sink = holding(sender.clone().into_sink());
    assert_eq!(receiver.sender_count(), 2);
    drop(sender);
    let mut recv = parked(receiver.recv());
    assert!(!receiver.is_closed());
    // Its room first, then the end.
    drop(sink);
    assert_eq!(woken(&mut recv), Err(GetError));
}

#[test]
fn start_send_without_room_panics() {
    let (sender, _receiver) = bounded(1);
    let mut sink = sender.sink();
    assert!(panic_of(|| start(&mut sink, 1)).contains("before `poll_ready`"));
    let mut sink = holding(sink);
    start(&mut sink, 1).unwrap();
    assert!(panic_of(|| start(&mut sink, 2)).contains("before `poll_ready`"));
    assert_pending(ready(&mut sink, &Probe::new()));
    assert!(panic_of(|| start(&mut sink, 2)).contains("before `poll_ready`"));
    assert_eq!((sender.len(), sender.is_full()), (1, true));
}

#[test]
fn an_owning_sink_whose_room_goes_to_a_panicking_waker_still_counts() {
    let (sender, receiver) = bounded(1);
    let sink = holding(sender.clone().into_sink());
    let (waker, _) = panicking_waker(PanicOn::Wake, 1);
    let send = parked_with(sender.send(1), &waker);
    assert_eq!(panic_of(|| drop(sink)), "hostile waker: Wake 1");
    assert_eq!(receiver.sender_count(), 1);
    drop(send);
    drop(sender);
    assert!(receiver.is_closed());
}

#[test]
fn a_stream_is_forwarded_into_a_sink() {
    within(PATIENCE, "forward and collect", || {
        let (sender, receiver) = unbounded();
        let sent = stream::iter(0..100).map(Ok).forward(sender.into_sink());
        assert_eq!(futures_lite::future::block_on(sent), Ok(()));
        let all: Vec<_> = futures_lite::future::block_on(receiver.into_stream().collect());
        assert_eq!(all, (0..100).collect::<Vec<_>>());
    });
}
