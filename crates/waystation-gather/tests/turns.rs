//! How much one poll does, and what waits for the next.

mod support;

use std::cell::{Cell, RefCell};
use std::future::{Future, poll_fn, ready};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use futures_lite::future::yield_now;
use support::{Gone, Polled, Stage, ids, polled, turns};
use waystation_gather::{Group, as_completed, gather, try_gather};
use waystation_testkit::{Driver, assert_pending, assert_ready};

/// Polls to the end; the children polled in each turn.
fn turns_of<F: Future + Unpin>(stage: &Stage, mut driver: Driver<F>) -> Vec<usize> {
    let mut turns = Vec::new();
    loop {
        let is_ready = driver.poll().is_ready();
        turns.push(polled(&stage.book()).len());
        if is_ready {
            return turns;
        }
        assert!(driver.woken(), "it wants another turn");
    }
}

#[test]
fn one_poll_starts_at_most_sixty_four_children() {
    let stage = Stage::new();
    let children = |n| (0..n).map(|id| stage.ready(id)).collect::<Vec<_>>();
    let expected = [64, 64, 64, 8];
    let drives = turns_of(&stage, Driver::new(gather(children(200))));
    assert_eq!(drives, expected);
    let drives = turns_of(&stage, Driver::new(gather(children(200)).limit(3)));
    assert_eq!(drives, expected);
    let fallible = (0..200).map(|id| {
        stage.scripted(id, move |stage, _| {
            Poll::Ready(Ok::<_, ()>(stage.value(id)))
        })
    });
    assert_eq!(
        turns_of(&stage, Driver::new(try_gather(fallible))),
        expected
    );
}

#[test]
fn one_poll_polls_at_most_sixty_four_woken_children_and_the_next_goes_on_in_order() {
    let stage = Stage::new();
    let mut driver = Driver::new(gather(stage.all(0..200)));
    assert_pending(turns(&mut driver));
    stage.book();
    let order: Vec<usize> = (0..150).map(|k| k * 37 % 200).collect();
    order.iter().for_each(|&id| stage.wake(id));
    for turn in order.chunks(64) {
        assert_pending(driver.poll());
        assert_eq!(polled(&stage.book()), turn);
        assert_eq!(driver.woken(), turn.len() == 64);
        // What is woken meanwhile comes after them.
        stage.wake(order[149]);
    }
}

#[test]
fn a_child_woken_twice_over_a_pause_is_polled_once() {
    let stage = Stage::new();
    let mut driver = Driver::new(gather(stage.all(0..200)));
    assert_pending(turns(&mut driver));
    stage.book();
    (0..100).for_each(|id| stage.wake(id));
    assert_pending(driver.poll());
    (64..100).for_each(|id| stage.wake(id));
    assert_pending(turns(&mut driver));
    assert_eq!(polled(&stage.book()), (0..100).collect::<Vec<_>>());
}

#[test]
fn outputs_that_come_out_one_by_one_count_as_well() {
    let count = |next: &mut dyn FnMut() -> Poll<bool>| {
        let (mut since, mut most) = (0, 0);
        loop {
            match next() {
                Poll::Ready(true) => since += 1,
                Poll::Ready(false) => return most.max(since),
                Poll::Pending => (most, since) = (most.max(since), 0),
            }
        }
    };
    let mut outputs = as_completed((0..1_000).map(ready));
    let mut next = || {
        Driver::new(outputs.next())
            .poll()
            .map(|some| some.is_some())
    };
    assert_eq!(count(&mut next), 64);
    let mut group = Group::new();
    (0..1_000).for_each(|n| {
        group.push(ready(n));
    });
    let mut next = || Driver::new(group.next()).poll().map(|some| some.is_some());
    assert_eq!(count(&mut next), 64);
}

/// Notes how long each poll takes.
struct Meter<F>(F, Rc<RefCell<Vec<Duration>>>);

impl<F: Future + Unpin> Future for Meter<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        let start = Instant::now();
        let poll = Pin::new(&mut self.0).poll(cx);
        self.1.borrow_mut().push(start.elapsed());
        poll
    }
}

/// The longest poll. Other programs take the processor away now and then, so each poll is measured
/// in a few runs that are alike.
fn longest_poll(run: impl Fn(Rc<RefCell<Vec<Duration>>>)) -> Duration {
    let mut best: Vec<Duration> = Vec::new();
    for _ in 0..8 {
        let polls = Rc::default();
        run(Rc::clone(&polls));
        best.resize(polls.borrow().len(), Duration::MAX);
        for (best, &poll) in best.iter_mut().zip(&*polls.borrow()) {
            *best = poll.min(*best);
        }
    }
    best.into_iter().max().expect("there were polls")
}

#[test]
fn ten_thousand_children_that_work_take_no_poll_of_a_millisecond() {
    fn work() {
        let start = Instant::now();
        while start.elapsed() < Duration::from_micros(5) {}
    }
    // Works when it is started, and when it is woken.
    let child = || async {
        work();
        yield_now().await;
        work();
    };
    let of_gather = longest_poll(|polls| {
        let whole = gather((0..10_000).map(|_| child()));
        futures_lite::future::block_on(Meter(whole, polls));
    });
    assert!(of_gather < Duration::from_millis(1), "{of_gather:?}");
    let of_group = longest_poll(|polls| {
        futures_lite::future::block_on(async {
            let mut group = Group::new();
            (0..10_000).for_each(|_| {
                group.push(child());
            });
            while Meter(group.next(), polls.clone()).await.is_some() {}
        });
    });
    assert!(of_group < Duration::from_millis(1), "{of_group:?}");
}

#[test]
fn a_child_that_wakes_itself_is_polled_again_in_the_next_poll() {
    let stage = Stage::new();
    let mut left = 3;
    let restless = stage.scripted(0, move |stage, cx| {
        cx.waker().wake_by_ref();
        left -= 1;
        if left == 0 {
            Poll::Ready(stage.value(0))
        } else {
            Poll::Pending
        }
    });
    let mut driver = Driver::new(gather((restless, stage.parked(1))));
    assert_pending(driver.poll());
    assert_eq!(stage.book(), [Polled(0), Polled(1)]);
    assert!(driver.woken(), "it has yielded to the executor");
    assert_pending(driver.poll());
    assert_eq!(stage.book(), [Polled(0)]);
    assert!(driver.woken());
    assert_pending(driver.poll());
    assert_eq!(stage.book(), [Polled(0), Gone(0)]);
    assert!(!driver.woken(), "what it did to itself at last is void");
}

#[test]
fn what_is_woken_behind_a_child_that_yields_waits_with_it() {
    let stage = Stage::new();
    let wakes = |id, siblings: &'static [usize], itself: bool| {
        let mut nth = 0;
        stage.scripted(id, move |stage, cx| {
            stage.park(id, cx);
            nth += 1;
            if nth == 2 {
                siblings.iter().for_each(|&other| stage.wake(other));
            }
            if itself && nth == 2 {
                cx.waker().wake_by_ref();
            }
            Poll::<support::Value>::Pending
        })
    };
    let children = [
        wakes(0, &[3], false),
        wakes(1, &[], true),
        wakes(2, &[4], false),
        stage.parked(3),
        stage.parked(4),
    ];
    let mut driver = Driver::new(gather(children));
    assert_pending(driver.poll());
    stage.book();
    [0, 1, 2].into_iter().for_each(|id| stage.wake(id));
    assert_pending(driver.poll());
    // 3 was woken before 1 has yielded, 4 after that.
    assert_eq!(polled(&stage.book()), [0, 1, 2, 3]);
    assert!(driver.woken());
    assert_pending(driver.poll());
    assert_eq!(polled(&stage.book()), [1, 4]);
    assert!(!driver.woken());
}

#[test]
fn a_poll_ends_after_four_children_that_yield() {
    let stage = Stage::new();
    let children = (0..10).map(|id| {
        let mut nth = 0;
        stage.scripted(id, move |stage, cx| {
            nth += 1;
            if nth == 1 {
                cx.waker().wake_by_ref();
                return Poll::Pending;
            }
            Poll::Ready(stage.value(id))
        })
    });
    let mut driver = Driver::new(gather(children.collect::<Vec<_>>()));
    for expected in [
        &[0, 1, 2, 3][..],
        &[4, 5, 6, 7],
        &[8, 9, 0, 1, 2, 3, 4, 5, 6, 7],
    ] {
        assert_pending(driver.poll());
        assert!(driver.woken());
        assert_eq!(polled(&stage.book()), expected);
    }
    assert_eq!(
        ids(assert_ready(driver.poll())),
        (0..10).collect::<Vec<_>>()
    );
    assert_eq!(polled(&stage.book()), [8, 9]);
}

#[test]
fn siblings_that_wake_each_other_need_one_poll() {
    let stage = Stage::new();
    let plays = |id: usize| {
        let mut left = 10;
        stage.scripted(id, move |stage, cx| {
            stage.park(id, cx);
            stage.try_wake(1 - id);
            left -= 1;
            if left == 0 {
                Poll::Ready(())
            } else {
                Poll::Pending
            }
        })
    };
    let mut driver = Driver::new(gather((plays(0), plays(1))));
    assert_ready(driver.poll());
    assert_eq!(polled(&stage.book()).len(), 20);
}

#[test]
fn a_child_that_is_always_ready_cannot_starve_the_executor_or_a_sibling() {
    let stage = Stage::new();
    let busy = stage.scripted::<()>(0, |_, cx| {
        cx.waker().wake_by_ref();
        Poll::Pending
    });
    let mut driver = Driver::new(gather((busy, stage.parked(1))));
    for _ in 0..10 {
        assert_pending(driver.poll());
        assert!(driver.woken(), "it wants another turn");
    }
    stage.open(1);
    assert_pending(driver.poll());
    assert!(stage.book().contains(&Gone(1)), "the sibling had its turn");
}

/// Counts its polls.
struct Counted<F>(Pin<Box<F>>, Rc<Cell<usize>>);

impl<F: Future> Future for Counted<F> {
    type Output = F::Output;

    fn poll(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<F::Output> {
        self.1.set(self.1.get() + 1);
        self.0.as_mut().poll(cx)
    }
}

/// How often each of `n` children is polled that wait for tokio's semaphore, `times` in a row, and
/// are granted all they want at once.
fn polls_on_tokio(n: usize, times: usize) -> usize {
    let polls = Rc::new(Cell::new(0));
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime").block_on(async {
        let semaphore = tokio::sync::Semaphore::new(0);
        let child = || async {
            for _ in 0..times {
                semaphore.acquire().await.expect("it is open").forget();
            }
        };
        let children = (0..n).map(|_| Counted(Box::pin(child()), polls.clone()));
        let mut whole = gather(children);
        // Until all are parked.
        for _ in 0..n {
            poll_fn(|cx| {
                assert!(Pin::new(&mut whole).poll(cx).is_pending());
                Poll::Ready(())
            })
            .await;
            tokio::task::yield_now().await;
        }
        semaphore.add_permits(n * times);
        whole.await;
    });
    polls.get() / n
}

#[test]
fn under_tokios_budget_the_polls_of_a_child_do_not_grow_with_the_number_of_children() {
    for times in [1, 4] {
        for n in [1_000, 16_000] {
            let polls = polls_on_tokio(n, times);
            assert!(polls <= 5, "{polls} polls of each of {n} children");
        }
    }
}
