//! What a panic does, wherever it comes from.

mod support;

use std::panic::{AssertUnwindSafe, catch_unwind, panic_any};
use std::task::Poll;

use support::{Child, Gone, Lost, Polled, Stage, Value, is_over, panic_of};
use waystation_gather::{Panicked, as_completed, gather, try_gather};
use waystation_testkit::{Driver, assert_pending, assert_ready};

fn shown(result: &Result<Value, Panicked>) -> Result<usize, Option<&str>> {
    match result {
        Ok(value) => Ok(value.id),
        Err(panicked) => Err(panicked.message()),
    }
}

#[test]
fn when_a_child_panics_the_others_and_the_outputs_are_dropped_in_order_and_the_panic_goes_on() {
    let stage = Stage::new();
    let children = [0, 1, 2, 3].map(|id| {
        if id == 2 {
            stage.panics(2)
        } else {
            stage.parked(id)
        }
    });
    let mut driver = Driver::new(gather(children));
    assert_pending(driver.poll());
    stage.open(1);
    stage.open(2);
    stage.book();
    assert_eq!(panic_of(|| driver.poll()), "child 2");
    assert_eq!(
        stage.book(),
        [
            Polled(1),
            Gone(1),
            Polled(2),
            Gone(0),
            Gone(2),
            Gone(3),
            Lost(1)
        ]
    );
    assert!(is_over(driver.get()));
    assert_eq!(driver.probe().live(), 0);
    assert_eq!(
        panic_of(|| driver.poll()),
        "`Gather` polled again after it returned `Ready`"
    );
    drop(driver);
    assert_eq!(stage.book(), []);
}

#[test]
fn when_a_child_panics_those_not_yet_started_are_dropped_unpolled() {
    let stage = Stage::new();
    let (first, panics, last) = (stage.ready(0), stage.panics(1), stage.parked(2));
    stage.unlock(1);
    let mut driver = Driver::new(gather((first, panics, last)));
    assert_eq!(panic_of(|| driver.poll()), "child 1");
    assert_eq!(
        stage.book(),
        [Polled(0), Gone(0), Polled(1), Gone(1), Gone(2), Lost(0)]
    );
    let mut driver = Driver::new(gather(vec![stage.panics(1), stage.parked(2)]).limit(1));
    assert_eq!(panic_of(|| driver.poll()), "child 1");
    assert_eq!(stage.book(), [Polled(1), Gone(1), Gone(2)]);
}

#[test]
fn try_gather_and_as_completed_pass_a_panic_on_too() {
    let stage = Stage::new();
    let bad = |id| stage.scripted(id, |_, _| -> Poll<Result<Value, usize>> { panic!("bad") });
    let mut driver = Driver::new(try_gather((stage.fallible(0), bad(1), stage.fallible(2))));
    assert_eq!(panic_of(|| driver.poll()), "bad");
    assert_eq!(
        stage.book(),
        [Polled(0), Polled(1), Gone(0), Gone(1), Gone(2)]
    );
    let mut outputs = as_completed((stage.fallible(0), bad(1), stage.fallible(2)));
    assert_eq!(panic_of(|| Driver::new(outputs.next()).poll()), "bad");
    assert_eq!(
        stage.book(),
        [Polled(0), Polled(1), Gone(0), Gone(1), Gone(2)]
    );
    assert!(is_over(&outputs));
    assert!(assert_ready(Driver::new(outputs.next()).poll()).is_none());
}

#[test]
fn catch_panics_makes_a_panic_an_output_and_lets_the_others_go_on() {
    let stage = Stage::new();
    let children = vec![stage.parked(0), stage.panics(1), stage.parked(2)];
    let mut driver = Driver::new(gather(children).catch_panics());
    assert_pending(driver.poll());
    stage.book();
    stage.open(1);
    assert_pending(driver.poll());
    assert_eq!(stage.book(), [Polled(1), Gone(1)], "it is dropped at once");
    stage.open(2);
    stage.open(0);
    let outputs = assert_ready(driver.poll());
    let shown: Vec<_> = outputs.iter().map(shown).collect();
    assert_eq!(shown, [Ok(0), Err(Some("child 1")), Ok(2)]);
}

#[test]
fn catch_panics_works_for_every_shape() {
    let stage = Stage::new();
    let bad = || {
        stage.unlock(1);
        stage.panics(1)
    };
    let expected = [Ok(0), Err(Some("child 1"))];
    let array = assert_ready(Driver::new(gather([stage.ready(0), bad()]).catch_panics()).poll());
    assert_eq!(array.each_ref().map(shown), expected);
    let children = vec![stage.ready(0), bad()].into_iter();
    let iterator = assert_ready(Driver::new(gather(children).limit(1).catch_panics()).poll());
    assert_eq!(iterator.iter().map(shown).collect::<Vec<_>>(), expected);
    let mixed = (stage.ready(0), bad(), async { 'c' });
    let tuple = assert_ready(Driver::new(gather(mixed).catch_panics()).poll());
    assert_eq!([shown(&tuple.0), shown(&tuple.1)], expected);
    assert_eq!(tuple.2.unwrap(), 'c');
}

#[test]
fn a_limit_set_before_catch_panics_stays() {
    let stage = Stage::new();
    let mut driver = Driver::new(gather(stage.all(0..3)).limit(1).catch_panics());
    assert_pending(driver.poll());
    assert_eq!(stage.book(), [Polled(0)]);
}

#[test]
fn the_payload_of_a_caught_panic_is_kept() {
    let child = async { panic_any(42) };
    let (output,) = assert_ready(Driver::new(gather((Box::pin(child),)).catch_panics()).poll());
    let output: Result<(), Panicked> = output;
    let panicked = output.unwrap_err();
    assert_eq!(panicked.message(), None);
    assert_eq!(*panicked.into_payload().downcast::<i32>().unwrap(), 42);
}

#[test]
fn a_child_whose_drop_panics_when_it_has_ended_counts_as_panicked() {
    let stage = Stage::new();
    let children = || (stage.ready(0).panics_when_dropped(), stage.parked(1));
    let mut driver = Driver::new(gather(children()));
    assert_eq!(panic_of(|| driver.poll()), "drop 0");
    assert_eq!(stage.book(), [Polled(0), Gone(0), Lost(0), Gone(1)]);
    let mut driver = Driver::new(gather(children()).catch_panics());
    assert_pending(driver.poll());
    stage.open(1);
    let (first, second) = assert_ready(driver.poll());
    assert_eq!(
        (shown(&first), shown(&second)),
        (Err(Some("drop 0")), Ok(1))
    );
}

#[test]
fn a_caught_child_whose_drop_panics_as_well_is_dropped_once() {
    let stage = Stage::new();
    stage.unlock(0);
    let mut driver = Driver::new(gather([stage.panics(0).panics_when_dropped()]).catch_panics());
    let [output] = assert_ready(driver.poll());
    assert_eq!(shown(&output), Err(Some("child 0")));
    assert_eq!(stage.book(), [Polled(0), Gone(0)]);
}

#[test]
fn drops_that_panic_keep_no_other_from_being_dropped_and_the_first_one_goes_on() {
    for limit in [usize::MAX, 7] {
        let stage = Stage::new();
        let children = (0..7).map(|id| match id {
            2 | 4 | 5 => stage.parked(id).panics_when_dropped(),
            _ => stage.parked(id),
        });
        let children: Vec<_> = children.collect();
        let gather = gather(children);
        let mut driver = Driver::new(if limit == usize::MAX {
            gather
        } else {
            gather.limit(limit)
        });
        assert_pending(driver.poll());
        stage.book();
        let probe = driver.probe().clone();
        assert_eq!(panic_of(|| drop(driver)), "drop 2");
        assert_eq!(stage.book(), [0, 1, 2, 3, 4, 5, 6].map(Gone));
        assert_eq!(probe.live(), 0);
    }
}

#[test]
fn the_same_in_a_tuple() {
    let stage = Stage::new();
    let bad = |id| stage.parked(id).panics_when_dropped();
    let mut driver = Driver::new(gather((bad(0), stage.parked(1), bad(2), stage.ready(3))));
    assert_pending(driver.poll());
    stage.book();
    assert_eq!(panic_of(|| drop(driver)), "drop 0");
    assert_eq!(stage.book(), [Gone(0), Gone(1), Gone(2), Lost(3)]);
}

#[test]
fn drops_that_panic_after_a_panic_do_not_abort() {
    let stage = Stage::new();
    let children = [
        stage.parked(0).panics_when_dropped(),
        stage.panics(1).panics_when_dropped(),
        stage.parked(2).panics_when_dropped(),
        stage.parked(3),
    ];
    stage.unlock(1);
    let mut driver = Driver::new(gather(children).limit(3));
    assert_eq!(panic_of(|| driver.poll()), "child 1");
    let book = stage.book();
    assert_eq!(book[2..], [Gone(0), Gone(1), Gone(2), Gone(3)]);
}

#[test]
fn dropped_while_the_thread_unwinds_drops_that_panic_do_not_abort() {
    let stage = Stage::new();
    let children: Vec<_> = (0..3)
        .map(|id| stage.parked(id).panics_when_dropped())
        .collect::<Vec<_>>();
    let message = panic_of(|| {
        let mut driver = Driver::new(gather(children));
        assert_pending(driver.poll());
        panic!("the first");
    });
    assert_eq!(message, "the first");
    assert_eq!(stage.book()[3..], [Gone(0), Gone(1), Gone(2)]);
}

#[test]
fn when_one_fails_and_the_drop_of_another_panics_the_panic_goes_on() {
    let stage = Stage::new();
    let children = vec![
        stage.fallible(0).panics_when_dropped(),
        stage.fallible(1),
        stage.fallible(2),
    ];
    let mut driver = Driver::new(try_gather(children));
    assert_pending(driver.poll());
    stage.fail(1);
    stage.book();
    assert_eq!(panic_of(|| driver.poll()), "drop 0");
    assert_eq!(stage.book(), [Polled(1), Gone(1), Gone(0), Gone(2)]);
    assert!(is_over(driver.get()));
}

#[test]
fn outputs_whose_drop_panics_are_dropped_each_once() {
    struct Bad(Value);
    impl Drop for Bad {
        fn drop(&mut self) {
            panic!("output {}", self.0.id);
        }
    }
    let stage = Stage::new();
    let bad = |id| -> Child<Bad> {
        stage.scripted(id, move |stage, _| Poll::Ready(Bad(stage.value(id))))
    };
    let pending = stage.scripted(2, |_, _| Poll::Pending);
    let mut driver = Driver::new(gather(vec![bad(0), bad(1), pending]));
    assert_pending(driver.poll());
    stage.book();
    assert_eq!(panic_of(|| drop(driver)), "output 0");
    assert_eq!(stage.book(), [Gone(2), Lost(0), Lost(1)]);
}

#[test]
fn an_iterator_that_panics_ends_the_whole() {
    let stage = Stage::new();
    let children = (0..4).map(|id| {
        assert!(id != 2, "no more");
        stage.parked(id)
    });
    let mut driver = Driver::new(gather(children));
    assert_eq!(panic_of(|| driver.poll()), "no more");
    assert_eq!(stage.book(), [Polled(0), Polled(1), Gone(0), Gone(1)]);
    assert!(is_over(driver.get()));
}

#[test]
fn a_payload_whose_drop_panics_does_not_abort() {
    struct Payload;
    impl Drop for Payload {
        fn drop(&mut self) {
            panic!("the payload");
        }
    }
    let stage = Stage::new();
    let children: Vec<_> = (0..3)
        .map(|id| stage.parked(id).on_drop(|_| panic_any(Payload)))
        .collect();
    let mut driver = Driver::new(gather(children));
    assert_pending(driver.poll());
    stage.book();
    let Err(payload) = catch_unwind(AssertUnwindSafe(|| drop(driver))) else {
        panic!("no panic")
    };
    assert!(payload.is::<Payload>());
    assert_eq!(panic_of(|| drop(payload)), "the payload");
    assert_eq!(stage.book(), [Gone(0), Gone(1), Gone(2)]);
}

#[test]
fn the_next_gather_on_the_thread_knows_nothing_of_a_panic() {
    for _ in 0..3 {
        let stage = Stage::new();
        let mut driver = Driver::new(gather([stage.parked(0), stage.panics(1), stage.parked(2)]));
        assert_pending(driver.poll());
        stage.open(1);
        stage.open(2);
        assert_eq!(panic_of(|| driver.poll()), "child 1");
        let stage = Stage::new();
        let mut driver = Driver::new(gather(stage.all(0..3)));
        assert_pending(driver.poll());
        stage.book();
        assert_pending(driver.poll());
        assert_eq!(stage.book(), []);
    }
}
