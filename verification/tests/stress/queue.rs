//! The queues under 64 threads.

use std::sync::Arc;

use parking_lot::Mutex;
use verification::spec::{QueueLog, out_of_order};
use verification::stress::{THREADS, crew, factor, moment, poll_and_drop, stress};
use waystation_queue::{BaseQueue, Blocking, Discipline, Fifo, Lifo, Priority, Queue, channel};
use waystation_testkit::{Counted, Ledger};

/// 32 put, 32 get, half of them for a moment only; the last to put closes. Every item that entered
/// comes out once, every other comes back.
fn every_item_once<D>(name: &'static str, discipline: fn() -> D)
where
    D: Discipline<Counted> + Send + 'static,
{
    stress(name, move || {
        let rounds = 800 * factor();
        let ledger = Ledger::new();
        let queue = BaseQueue::with_discipline(discipline(), Some(3));
        let (sum_in, sum_out) = (Sum::default(), Sum::default());
        let putters = std::sync::Barrier::new(THREADS / 2);
        crew(THREADS, |number, mut rng| {
            if number < THREADS / 2 {
                for round in 0..rounds {
                    let id = (number * rounds + round) as u64;
                    let item = ledger.item(id);
                    match rng.below(8) {
                        0 => {
                            let mut put = queue.put(item);
                            match put.block_timeout(moment(&mut rng)) {
                                Some(put) => {
                                    put.unwrap();
                                    sum_in.add(id);
                                }
                                None => assert_eq!(put.cancel().unwrap().id(), id),
                            }
                        }
                        1 => {
                            if queue.try_put(item).is_ok() {
                                sum_in.add(id);
                            }
                        }
                        2 => {
                            // A slot may be let go: the room goes to the next.
                            let slot = queue.reserve().block().unwrap();
                            if rng.chance(1, 2) {
                                slot.put(item).unwrap();
                                sum_in.add(id);
                            }
                        }
                        3 => {
                            if poll_and_drop(queue.put(item), &mut rng).is_some() {
                                sum_in.add(id);
                            }
                        }
                        4 => drop(poll_and_drop(queue.reserve(), &mut rng)),
                        _ => {
                            queue.put(item).block().unwrap();
                            sum_in.add(id);
                        }
                    }
                }
                if putters.wait().is_leader() {
                    queue.close();
                }
                return;
            }
            loop {
                let got = match rng.below(4) {
                    0 => queue.get().block_timeout(moment(&mut rng)),
                    1 => poll_and_drop(queue.get(), &mut rng),
                    _ => Some(queue.get().block()),
                };
                match got {
                    Some(Ok(item)) => {
                        sum_out.add(item.id());
                        queue.task_done().unwrap();
                    }
                    None => {}
                    Some(Err(_)) => return,
                }
            }
        });
        assert_eq!(sum_in.into_inner(), sum_out.into_inner());
        assert_eq!((queue.len(), queue.unfinished()), (0, 0));
        assert_eq!((queue.getters_waiting(), queue.putters_waiting()), (0, 0));
        drop(queue);
        ledger.assert_settled();
        THREADS / 2 * rounds
    });
}

/// A fingerprint of a set of items: how many, their sum, and the sum of their hashes.
#[derive(Debug, Default)]
struct Sum(Mutex<(usize, u64, u64)>);

impl Sum {
    fn add(&self, id: u64) {
        let mut sum = self.0.lock();
        sum.0 += 1;
        sum.1 += id;
        sum.2 = sum
            .2
            .wrapping_add((id + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(31) ^ id);
    }

    fn into_inner(self) -> (usize, u64, u64) {
        self.0.into_inner()
    }
}

#[test]
fn a_fifo_queue_conserves_its_items() {
    every_item_once("queue_fifo", Fifo::default);
}

#[test]
fn a_lifo_queue_conserves_its_items() {
    every_item_once("queue_lifo", Lifo::default);
}

#[test]
fn a_priority_queue_conserves_its_items() {
    every_item_once("queue_priority", Priority::default);
}

/// Who entered first leaves first, through cancelled puts and gets.
#[test]
fn items_leave_in_the_order_in_which_they_entered() {
    stress("queue_order", || {
        let rounds = 400 * factor() as u32;
        let (queue, log) = (Arc::new(Queue::bounded(2)), QueueLog::new());
        let putters = std::sync::Barrier::new(THREADS / 2);
        crew(THREADS, |number, mut rng| {
            for round in 0.. {
                let who = number as u32 * 1_000_000 + round;
                if number < THREADS / 2 {
                    if round == rounds {
                        if putters.wait().is_leader() {
                            queue.close();
                        }
                        return;
                    }
                    let mut put = log.put(who, who, queue.put_owned(who)).quietly();
                    if rng.chance(1, 4) {
                        put.block_timeout(moment(&mut rng));
                    } else {
                        put.block().unwrap();
                    }
                } else {
                    let mut get = log.get(who, queue.get_owned()).quietly();
                    let got = if rng.chance(1, 4) {
                        get.block_timeout(moment(&mut rng))
                    } else {
                        Some(get.block())
                    };
                    if let Some(Err(_)) = got {
                        return;
                    }
                }
            }
        });
        assert!(queue.is_empty());
        let history = log.into_history();
        assert!(history.operations().len() > THREADS * rounds as usize / 4);
        assert_eq!(out_of_order(&history), []);
        THREADS / 2 * rounds as usize
    });
}

/// Shut down at once in the middle of it: each item is taken, handed out by the close, or back.
#[test]
fn close_now_in_full_swing_loses_nothing() {
    stress("queue_close_now", || {
        let rounds = 20 * factor();
        for _ in 0..rounds {
            let ledger = Ledger::new();
            let queue = Queue::bounded(2);
            let (sum_in, sum_out) = (Sum::default(), Sum::default());
            crew(THREADS, |number, mut rng| {
                if number == 0 {
                    std::thread::sleep(moment(&mut rng) * 20);
                    queue
                        .close_now()
                        .iter()
                        .for_each(|item: &Counted| sum_out.add(item.id()));
                } else if number % 2 == 0 {
                    for id in (number as u64 * 1_000_000).. {
                        // An item is counted before it may be taken.
                        sum_in.add(id);
                        if queue.put(ledger.item(id)).block().is_err() {
                            sum_out.add(id);
                            break;
                        }
                    }
                } else {
                    while let Ok(item) = queue.get().block() {
                        sum_out.add(item.id());
                    }
                }
            });
            assert_eq!(sum_in.into_inner(), sum_out.into_inner());
            assert_eq!(
                (
                    queue.len(),
                    queue.getters_waiting(),
                    queue.putters_waiting()
                ),
                (0, 0, 0)
            );
            drop(queue);
            ledger.assert_settled();
        }
        rounds * THREADS
    });
}

/// Handles come and go: the last sender ends it, and nothing is lost.
#[test]
fn a_channel_delivers_everything_before_it_ends() {
    stress("channel", || {
        let rounds = 500 * factor();
        let (sender, receiver) = channel::bounded(4);
        let (sum_in, sum_out) = (Sum::default(), Sum::default());
        let senders = Mutex::new(vec![sender; THREADS / 2]);
        let receivers = Mutex::new(vec![receiver; THREADS / 2]);
        crew(THREADS, |number, _| {
            if number < THREADS / 2 {
                let sender = senders.lock().pop().unwrap();
                for round in 0..rounds {
                    let id = (number * rounds + round) as u64;
                    let one_more = sender.clone();
                    sum_in.add(id);
                    one_more.send(id).block().unwrap();
                }
            } else {
                let receiver = receivers.lock().pop().unwrap();
                while let Ok(id) = receiver.recv().block() {
                    sum_out.add(id);
                }
            }
        });
        assert_eq!(sum_in.into_inner(), sum_out.into_inner());
        THREADS / 2 * rounds
    });
}
