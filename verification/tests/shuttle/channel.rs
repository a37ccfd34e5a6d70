//! The channel handles: the last one closes.

use shuttle::thread::scope;
use verification::explore::{chance, explore, give_up_after};
use verification::spec::{QueueLog, QueueSpec, Step, out_of_order};
use waystation_core::block::block_on;
use waystation_queue::channel;

/// 4 senders send and go, 3 receivers receive until the end: every item arrives.
#[test]
fn channel_ends_with_its_last_sender() {
    explore(|| {
        let (log, (sender, receiver)) = (QueueLog::new(), channel::bounded(1));
        scope(|threads| {
            let senders = vec![sender; 4];
            for (who, sender) in (0..).zip(senders) {
                let log = &log;
                threads.spawn(move || {
                    let items = if who < 2 {
                        vec![who, who + 100]
                    } else {
                        vec![who]
                    };
                    for item in items {
                        block_on(log.put(item, item, sender.send(item))).unwrap();
                    }
                    log.done(Step::SenderGone, || drop(sender));
                });
            }
            for (who, receiver) in (4..).zip(vec![receiver; 3]) {
                let log = &log;
                threads.spawn(move || {
                    if who == 4 {
                        // Gives up once, and asks again.
                        let _got = give_up_after(1 + chance(2), log.get(500, receiver.recv()));
                    }
                    for who in (who..).step_by(10) {
                        if block_on(log.get(who, receiver.recv())).is_err() {
                            break;
                        }
                    }
                    log.done(Step::ReceiverGone, || drop(receiver));
                });
            }
        });
        let history = log.into_history();
        assert_eq!(out_of_order(&history), []);
        history.assert_linearizable(QueueSpec::channel(1, 4, 3));
    });
}

/// 4 senders send to 2 receivers who leave early: sends fail then, and nobody is left waiting.
#[test]
fn channel_refuses_when_its_last_receiver_has_left() {
    explore(|| {
        let (log, (sender, receiver)) = (QueueLog::new(), channel::bounded(1));
        scope(|threads| {
            for (who, sender) in (0..).zip(vec![sender; 4]) {
                let log = &log;
                threads.spawn(move || {
                    for item in [who, who + 100] {
                        if block_on(log.put(item, item, sender.send(item))).is_err() {
                            break;
                        }
                    }
                    log.done(Step::SenderGone, || drop(sender));
                });
            }
            for (who, receiver) in (4..).zip(vec![receiver; 2]) {
                let log = &log;
                threads.spawn(move || {
                    // The end, or an item: the history tells.
                    let _got = block_on(log.get(who, receiver.recv()));
                    log.done(Step::ReceiverGone, || drop(receiver));
                });
            }
        });
        let history = log.into_history();
        assert_eq!(out_of_order(&history), []);
        history.assert_linearizable(QueueSpec::channel(1, 4, 2));
    });
}
