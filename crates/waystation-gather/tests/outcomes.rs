//! Errors, and outputs that come out one by one.

mod support;

use std::future::ready;
use std::task::Poll;

use support::{Gone, Lost, Polled, Stage, ids, is_over};
use waystation_gather::{as_completed, gather, try_gather};
use waystation_testkit::{Driver, assert_pending, assert_ready};

#[test]
fn results_stay_results() {
    let stage = Stage::new();
    let mut driver = Driver::new(gather((stage.fallible(0), stage.fallible(1))));
    assert_pending(driver.poll());
    stage.fail(0);
    assert_pending(driver.poll());
    stage.open(1);
    let (first, second) = assert_ready(driver.poll());
    assert_eq!((first.unwrap_err(), second.unwrap().id), (0, 1));
}

#[test]
fn the_first_error_in_time_wins() {
    let stage = Stage::new();
    let mut driver = Driver::new(try_gather([0, 1, 2].map(|id| stage.fallible(id))));
    assert_pending(driver.poll());
    stage.open(0);
    stage.fail(2);
    stage.fail(1);
    assert_eq!(
        assert_ready(driver.poll()).unwrap_err(),
        2,
        "woken before 1"
    );
    let polls = [
        Polled(0),
        Polled(1),
        Polled(2),
        Polled(0),
        Gone(0),
        Polled(2),
        Gone(2),
    ];
    assert_eq!(
        stage.book(),
        [&polls[..], &[Gone(1), Lost(0)]].concat(),
        "1 is not polled again"
    );
    assert!(is_over(driver.get()));
}

#[test]
fn without_an_error_try_gather_gives_the_values_in_order() {
    let stage = Stage::new();
    let children: Vec<_> = (0..3).map(|id| stage.fallible(id)).collect();
    let mut driver = Driver::new(try_gather(children).limit(2));
    assert_pending(driver.poll());
    for id in [1, 2] {
        stage.open(id);
        assert_pending(driver.poll());
    }
    stage.open(0);
    assert_eq!(ids(assert_ready(driver.poll()).unwrap()), [0, 1, 2]);
    let mut tuple = Driver::new(try_gather((ready(Ok::<_, ()>(1)), ready(Ok("two")))));
    assert_eq!(assert_ready(tuple.poll()), Ok((1, "two")));
}

#[test]
fn as_completed_gives_outputs_in_the_order_of_completion() {
    let stage = Stage::new();
    let mut outputs = as_completed(stage.all(0..4));
    let mut next = Driver::new(outputs.next());
    assert_pending(next.poll());
    for id in [3, 0, 2] {
        stage.open(id);
    }
    assert_eq!(
        assert_ready(next.poll()).map(|(index, value)| (index, value.id)),
        Some((3, 3))
    );
    for id in [0, 2] {
        let (index, value) = assert_ready(Driver::new(outputs.next()).poll()).unwrap();
        assert_eq!((index, value.id), (id, id));
    }
    let mut next = Driver::new(outputs.next());
    assert_pending(next.poll());
    stage.open(1);
    assert!(next.woken());
    assert_eq!(assert_ready(next.poll()).unwrap().0, 1);
    assert!(!is_over(&outputs));
    for _ in 0..2 {
        assert!(assert_ready(Driver::new(outputs.next()).poll()).is_none());
        assert!(is_over(&outputs));
    }
}

#[test]
fn a_next_that_is_dropped_loses_nothing() {
    let stage = Stage::new();
    let mut outputs = as_completed((stage.parked(0), stage.parked(1)));
    drop(outputs.next());
    assert_eq!(stage.book(), []);
    let mut next = Driver::new(outputs.next());
    assert_pending(next.poll());
    stage.open(1);
    assert!(next.woken());
    drop(next);
    assert_eq!(
        assert_ready(Driver::new(outputs.next()).poll()).unwrap().0,
        1
    );
    stage.open(0);
    assert_eq!(
        assert_ready(Driver::new(outputs.next()).poll()).unwrap().0,
        0
    );
}

#[test]
fn a_loop_over_ready_outputs_pauses_now_and_then() {
    let mut outputs = as_completed((0..1_000).map(ready));
    let (mut got, mut pauses) = (0, 0);
    loop {
        let mut next = Driver::new(outputs.next());
        match next.poll() {
            Poll::Ready(Some(_)) => got += 1,
            Poll::Ready(None) => break,
            Poll::Pending => {
                assert!(next.woken());
                pauses += 1;
            }
        }
    }
    assert_eq!(got, 1_000);
    assert_eq!(pauses, 1_000 / 64);
    let mut limited = as_completed((0..1_000).map(ready)).limit(10);
    let mut pauses = 0;
    loop {
        match Driver::new(limited.next()).poll() {
            Poll::Ready(Some(_)) => {}
            Poll::Ready(None) => break,
            Poll::Pending => pauses += 1,
        }
    }
    assert_eq!(pauses, 1_000 / 64);
}

#[cfg(feature = "futures-core")]
#[test]
fn as_completed_is_a_fused_stream() {
    use futures_core::{FusedFuture, FusedStream};
    use futures_lite::StreamExt;
    let mut outputs = as_completed([3, 1, 2].map(ready));
    assert!(!FusedStream::is_terminated(&outputs));
    let all: Vec<_> = futures_lite::future::block_on(StreamExt::collect(&mut outputs));
    assert_eq!(all, [(0, 3), (1, 1), (2, 2)]);
    assert!(FusedStream::is_terminated(&outputs));
    assert!(!FusedFuture::is_terminated(&gather((ready(1),))));
}
