//! The lock's own word: what real threads lock with. Sleeping is a yield here: a sleep may end at any time.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use loom_tests::{Bell, Data, bounded, exhaustive, join, poll, spawn};
use waystation_core::block::block_on;
use waystation_core::sync::{Word, lock_with_word};
use waystation_event::Event;
use waystation_queue::Queue;
use waystation_semaphore::Semaphore;

fn bump(word: &Word, data: &Data) {
    word.lock();
    data.bump();
    word.unlock();
}

#[test]
fn l_word_excludes_and_publishes_2() {
    exhaustive(|| {
        let (word, data) = (Arc::new(Word::new()), Data::new());
        let other = {
            let (word, data) = (word.clone(), data.clone());
            spawn(move || bump(&word, &data))
        };
        bump(&word, &data);
        other.join().unwrap();
        word.lock();
        assert_eq!(data.read(), 2);
    });
}

#[test]
fn l_word_excludes_and_publishes_3() {
    bounded(1, || {
        let (word, data) = (Arc::new(Word::new()), Data::new());
        let others = [(); 2].map(|()| {
            let (word, data) = (word.clone(), data.clone());
            spawn(move || bump(&word, &data))
        });
        bump(&word, &data);
        join(others);
        assert_eq!(data.read(), 3);
    });
}

#[test]
fn l_word_try_lock_excludes() {
    exhaustive(|| {
        let (word, data) = (Arc::new(Word::new()), Data::new());
        let other = {
            let (word, data) = (word.clone(), data.clone());
            spawn(move || {
                let entered = word.try_lock();
                if entered {
                    data.bump();
                    word.unlock();
                }
                usize::from(entered)
            })
        };
        bump(&word, &data);
        let bumps = 1 + other.join().unwrap();
        word.lock();
        assert_eq!(data.read(), bumps);
    });
}

#[test]
fn l_event_on_the_word() {
    lock_with_word(true);
    exhaustive(|| {
        let (event, data) = (Arc::new(Event::new()), Data::new());
        let setter = {
            let (event, data) = (event.clone(), data.clone());
            spawn(move || {
                data.write();
                event.set();
            })
        };
        block_on(event.wait());
        assert_eq!(data.read(), 1);
        setter.join().unwrap();
    });
}

#[test]
fn l_semaphore_on_the_word() {
    lock_with_word(true);
    exhaustive(|| {
        let (semaphore, bell) = (Arc::new(Semaphore::new(0)), Bell::new());
        let (mut first, mut second) = (semaphore.acquire_owned(), semaphore.acquire());
        assert!(poll(&mut first, &bell).is_pending());
        assert!(poll(&mut second, &bell).is_pending());
        let canceller = spawn(move || drop(first));
        semaphore.add_permits(1);
        canceller.join().unwrap();
        assert!(poll(&mut second, &bell).is_ready());
        assert_eq!(semaphore.waiters(), 0);
    });
}

#[test]
fn l_queue_on_the_word() {
    lock_with_word(true);
    exhaustive(|| {
        let (queue, data) = (Arc::new(Queue::bounded(1)), Data::new());
        let producer = {
            let (queue, data) = (queue.clone(), data.clone());
            spawn(move || {
                data.write();
                queue.put_blocking(7).unwrap();
            })
        };
        assert_eq!(queue.get_blocking(), Ok(7));
        assert_eq!(data.read(), 1);
        producer.join().unwrap();
    });
}

#[test]
fn l_queue_full_on_the_word_3() {
    lock_with_word(true);
    bounded(1, || {
        let queue = Arc::new(Queue::bounded(1));
        let producers = [1, 2].map(|item| {
            let queue = queue.clone();
            spawn(move || queue.put_blocking(item).unwrap())
        });
        let sum = queue.get_blocking().unwrap() + queue.get_blocking().unwrap();
        assert_eq!(sum, 3);
        join(producers);
    });
}
