//! Wakers that run or drop their task where they are woken: one chain of stack frames per waiter.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::sync::Arc;
use std::task::Waker;

use common::{AnyWait, Slot};
use waystation_event::AutoResetEvent;
use waystation_testkit::{HostileWaker, PATIENCE, assert_pending, assert_ready, poll_once, within};

#[test]
fn a_chain_of_wakers_that_pass_on_inline_ends() {
    within(PATIENCE, "chain", || {
        const N: usize = 500;
        let event = Arc::new(AutoResetEvent::new());
        let slots: Vec<_> = (0..N).map(|_| Slot::empty()).collect();
        for slot in &slots {
            let (own, inner) = (slot.clone(), event.clone());
            let (waker, _) = HostileWaker::builder()
                .on_wake(move || {
                    let mut woken: AnyWait<'static> = own.take().unwrap();
                    assert_ready(poll_once(&mut woken, Waker::noop()));
                    inner.set();
                })
                .build();
            let mut wait: AnyWait<'static> = Box::new(event.wait_owned());
            assert_pending(poll_once(&mut wait, &waker));
            slot.fill(wait);
        }
        event.set();
        assert!(slots.iter().all(|slot| slot.take().is_none()));
        assert!(event.is_set(), "the last one's signal is kept");
    });
}

/// On a stack as large as a main thread's.
#[test]
fn granted_waits_that_their_wakers_drop_nest_two_thousand_deep() {
    within(PATIENCE, "nested drops", || {
        let stack = std::thread::Builder::new().stack_size(8 << 20);
        stack.spawn(nest).unwrap().join().unwrap();
    });

    fn nest() {
        const N: usize = 2_000;
        let event = Arc::new(AutoResetEvent::new());
        let slots: Vec<_> = (0..N).map(|_| Slot::empty()).collect();
        for slot in &slots {
            let own = slot.clone();
            // An executor that is gone: its waker drops the task.
            let (waker, _) = HostileWaker::builder()
                .on_wake(move || drop(own.take()))
                .build();
            let mut wait: AnyWait<'static> = Box::new(event.wait_owned());
            assert_pending(poll_once(&mut wait, &waker));
            slot.fill(wait);
        }
        assert!(event.set());
        assert!(slots.iter().all(|slot| slot.take().is_none()));
        assert_eq!((event.waiters(), event.is_set()), (0, true));
    }
}
