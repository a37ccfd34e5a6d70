//! The inbox, through which other threads reach the event loop: nothing that is sent is lost, and an owner that sleeps
//! is woken.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

// loom's `Arc`, so that an item that is leaked is found.
use loom::sync::Arc;
use loom_tests::{Data, bounded, exhaustive, spawn};
use waystation_core::inbox::Inbox;

/// What the loop does: take, and sleep when there is nothing, until `enough` things came.
fn own<T>(inbox: &Inbox<T>, enough: usize) -> Vec<T> {
    let mut seen = Vec::new();
    let mut batch = Vec::new();
    while seen.len() < enough {
        if inbox.collect(&mut batch) {
            seen.append(&mut batch);
        } else {
            inbox.wait(None);
        }
    }
    seen
}

#[test]
fn a_send_is_never_lost_to_an_owner_that_falls_asleep() {
    exhaustive(|| {
        let inbox = Arc::new(Inbox::new());
        let sender = {
            let inbox = inbox.clone();
            spawn(move || inbox.send(1).unwrap())
        };
        assert_eq!(own(&inbox, 1), [1]);
        sender.join().unwrap();
    });
}

#[test]
fn two_sends_of_one_thread_arrive_in_order() {
    exhaustive(|| {
        let inbox = Arc::new(Inbox::new());
        let sender = {
            let inbox = inbox.clone();
            spawn(move || {
                inbox.send(1).unwrap();
                inbox.send(2).unwrap();
            })
        };
        assert_eq!(own(&inbox, 2), [1, 2]);
        sender.join().unwrap();
    });
}

#[test]
fn two_submitters_both_arrive() {
    // Three threads: bounded, because the owner's looks multiply what the two senders can do.
    bounded(3, || {
        let inbox = Arc::new(Inbox::new());
        let senders = [1, 2].map(|n| {
            let inbox = inbox.clone();
            spawn(move || inbox.send(n).unwrap())
        });
        let mut seen = own(&inbox, 2);
        seen.sort_unstable();
        assert_eq!(seen, [1, 2]);
        for sender in senders {
            sender.join().unwrap();
        }
    });
}

#[test]
fn what_was_done_before_a_send_is_visible_after_it() {
    exhaustive(|| {
        let inbox = Arc::new(Inbox::new());
        let data = Data::new();
        let sender = {
            let (inbox, data) = (inbox.clone(), data.clone());
            spawn(move || {
                data.write();
                inbox.send(()).unwrap();
            })
        };
        own(&inbox, 1);
        assert_eq!(data.read(), 1);
        sender.join().unwrap();
    });
}

#[test]
fn what_was_done_before_a_notify_is_visible_after_it() {
    exhaustive(|| {
        let inbox = Arc::new(Inbox::<()>::new());
        let data = Data::new();
        let notifier = {
            let (inbox, data) = (inbox.clone(), data.clone());
            spawn(move || {
                data.write();
                inbox.notify();
            })
        };
        let mut batch = Vec::new();
        while !inbox.collect(&mut batch) {
            inbox.wait(None);
        }
        assert_eq!(data.read(), 1);
        notifier.join().unwrap();
    });
}

#[test]
fn a_send_against_a_close_arrives_once_or_comes_back() {
    exhaustive(|| {
        let inbox = Arc::new(Inbox::new());
        // Loom reports an item that is leaked.
        let sender = {
            let inbox = inbox.clone();
            spawn(move || inbox.send(Arc::new(1)).is_ok())
        };
        let mut seen = Vec::new();
        inbox.collect(&mut seen);
        seen.extend(inbox.close());
        let accepted = sender.join().unwrap();
        assert_eq!(seen.len(), usize::from(accepted));
        assert!(inbox.send(Arc::new(2)).is_err());
    });
}

#[test]
fn two_submitters_against_a_close() {
    exhaustive(|| {
        let inbox = Arc::new(Inbox::new());
        let senders = [1, 2].map(|n| {
            let inbox = inbox.clone();
            spawn(move || inbox.send(n).is_ok())
        });
        let seen = inbox.close();
        let accepted = senders.map(|sender| usize::from(sender.join().unwrap()));
        assert_eq!(seen.len(), accepted.iter().sum::<usize>());
    });
}

#[test]
fn an_owner_that_closes_waits_for_a_send_on_its_way() {
    // The end of a loop: it knows that one more thing must come, sleeps for it, then closes.
    exhaustive(|| {
        let inbox = Arc::new(Inbox::new());
        let sender = {
            let inbox = inbox.clone();
            spawn(move || inbox.send(Arc::new(1)).unwrap())
        };
        assert_eq!(own(&inbox, 1).len(), 1);
        assert!(inbox.close().is_empty());
        sender.join().unwrap();
    });
}

#[test]
fn an_abandoned_inbox_hides_nothing() {
    exhaustive(|| {
        let inbox = Arc::new(Inbox::new());
        inbox.hold();
        let sender = {
            let inbox = inbox.clone();
            spawn(move || {
                inbox.send(1).unwrap();
                inbox.let_go();
            })
        };
        let mut seen = Vec::new();
        let mut batch = Vec::new();
        loop {
            if inbox.collect(&mut batch) {
                seen.append(&mut batch);
            } else if inbox.is_abandoned() {
                break;
            } else {
                inbox.wait(None);
            }
        }
        assert_eq!(seen, [1], "abandoned before what was sent was seen");
        sender.join().unwrap();
    });
}

#[test]
fn the_last_of_two_holders_wakes_an_owner_that_waits_for_nothing() {
    exhaustive(|| {
        let inbox = Arc::new(Inbox::<()>::new());
        inbox.hold();
        inbox.hold();
        let holders = [(), ()].map(|()| {
            let inbox = inbox.clone();
            spawn(move || inbox.let_go())
        });
        let mut batch = Vec::new();
        loop {
            let woken = inbox.collect(&mut batch);
            if !woken && inbox.is_abandoned() {
                break;
            }
            if !woken {
                inbox.wait(None);
            }
        }
        for holder in holders {
            holder.join().unwrap();
        }
    });
}

#[test]
fn a_wait_with_a_timeout_loses_nothing() {
    exhaustive(|| {
        let inbox = Arc::new(Inbox::new());
        let sender = {
            let inbox = inbox.clone();
            spawn(move || inbox.send(1).unwrap())
        };
        let mut seen = Vec::new();
        // One timed sleep that may end before the send, then sleep for good.
        if !inbox.collect(&mut seen) {
            inbox.wait(Some(std::time::Duration::from_millis(1)));
        }
        if seen.is_empty() {
            seen = own(&inbox, 1);
        }
        assert_eq!(seen, [1]);
        sender.join().unwrap();
    });
}
