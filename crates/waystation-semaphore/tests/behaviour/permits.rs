//! Permits: split, merged, forgotten, owned, moved.

use std::sync::Arc;
use std::thread;

use waystation_semaphore::{Fairness, OwnedPermit, Permit, Semaphore};
use waystation_testkit::assert_ready;

use crate::common::{at_once, caught, parked};

#[test]
fn a_permit_comes_back_on_drop() {
    let semaphore = Semaphore::new(3);
    let permit = at_once(semaphore.acquire_many(2)).unwrap();
    assert_eq!(
        (permit.num_permits(), semaphore.available_permits()),
        (2, 1)
    );
    drop(permit);
    assert_eq!(semaphore.available_permits(), 3);
}

#[test]
fn split_shares_them_out() {
    let semaphore = Semaphore::new(5);
    let mut permit = semaphore.try_acquire_many(5).unwrap();
    let part = permit.split(2).unwrap();
    assert_eq!((permit.num_permits(), part.num_permits()), (3, 2));
    assert_eq!(semaphore.available_permits(), 0);
    drop(part);
    assert_eq!(semaphore.available_permits(), 2);
    drop(permit);
    assert_eq!(semaphore.available_permits(), 5);
}

#[test]
fn split_of_more_than_there_are_takes_nothing() {
    let semaphore = Semaphore::new(2);
    let mut permit = semaphore.try_acquire_many(2).unwrap();
    assert!(permit.split(3).is_none());
    assert_eq!(permit.num_permits(), 2);
}

#[test]
fn split_of_none_and_of_all() {
    let semaphore = Semaphore::new(2);
    let mut permit = semaphore.try_acquire_many(2).unwrap();
    drop(permit.split(0).unwrap());
    assert_eq!(
        (permit.num_permits(), semaphore.available_permits()),
        (2, 0)
    );
    let all = permit.split(2).unwrap();
    drop(permit);
    assert_eq!((all.num_permits(), semaphore.available_permits()), (2, 0));
}

#[test]
fn merge_puts_them_together() {
    let semaphore = Semaphore::new(5);
    let mut permit = semaphore.try_acquire_many(2).unwrap();
    permit.merge(semaphore.try_acquire_many(3).unwrap());
    assert_eq!(
        (permit.num_permits(), semaphore.available_permits()),
        (5, 0)
    );
    permit.merge(semaphore.try_acquire_many(0).unwrap());
    assert_eq!(permit.num_permits(), 5);
    drop(permit);
    assert_eq!(semaphore.available_permits(), 5);
}

#[test]
fn merge_into_a_permit_of_none() {
    let semaphore = Semaphore::new(2);
    let mut permit = semaphore.try_acquire_many(0).unwrap();
    permit.merge(semaphore.try_acquire_many(2).unwrap());
    assert_eq!(
        (permit.num_permits(), semaphore.available_permits()),
        (2, 0)
    );
}

#[test]
fn merge_of_another_semaphore_panics_and_loses_nothing() {
    let (one, other) = (Semaphore::new(3), Semaphore::new(3));
    let mut permit = one.try_acquire_many(2).unwrap();
    let foreign = other.try_acquire_many(2).unwrap();
    let caught = caught(|| permit.merge(foreign));
    assert!(caught.message.contains("different semaphores"));
    assert!(caught.file.ends_with("permits.rs"), "{}", caught.file);
    assert_eq!((permit.num_permits(), one.available_permits()), (2, 1));
    assert_eq!(other.available_permits(), 3, "given back to its own");
    drop(permit);
    assert_eq!((one.available_permits(), one.total()), (3, 3));
}

#[test]
fn merge_of_another_owned_semaphore_panics_and_loses_nothing() {
    let one = Arc::new(Semaphore::bounded(2));
    let other = Arc::new(Semaphore::bounded(2));
    let mut permit = one.try_acquire_owned().unwrap();
    let foreign = other.try_acquire_owned().unwrap();
    caught(|| permit.merge(foreign));
    assert_eq!((one.available_permits(), other.available_permits()), (1, 2));
    permit.merge(one.try_acquire_owned().unwrap());
    drop(permit);
    assert_eq!(one.available_permits(), 2);
}

#[test]
fn a_forgotten_permit_does_not_come_back() {
    let semaphore = Semaphore::new(3);
    semaphore.try_acquire_many(2).unwrap().forget();
    assert_eq!((semaphore.available_permits(), semaphore.total()), (1, 1));
    semaphore.try_acquire_many(0).unwrap().forget();
    assert_eq!(semaphore.total(), 1);
}

#[test]
fn forgetting_concerns_nobody_in_line() {
    let semaphore = Semaphore::with_fairness(4, Fairness::Bypass { limit: 2 });
    let permit = semaphore.try_acquire_many(2).unwrap();
    let head = parked(semaphore.acquire_many(4));
    semaphore.add_permits(2);
    assert!(head.woken());
    // A passer-by may take one of the four, and another forgets its own: the head stays woken.
    semaphore.try_acquire().unwrap().forget();
    permit.forget();
    assert_eq!(semaphore.forget_permits(1), 1);
    semaphore.add_permits(0);
    assert_eq!(semaphore.try_acquire().unwrap().num_permits(), 1);
}

#[test]
fn semaphore_names_the_one_they_belong_to() {
    let semaphore = Arc::new(Semaphore::new(2));
    let borrowed = semaphore.try_acquire().unwrap();
    let owned = semaphore.try_acquire_owned().unwrap();
    assert!(std::ptr::eq(borrowed.semaphore(), &*semaphore));
    assert!(std::ptr::eq(owned.semaphore(), &*semaphore));
}

#[test]
fn an_owned_permit_keeps_its_semaphore_alive() {
    let semaphore = Arc::new(Semaphore::new(2));
    let mut permit: OwnedPermit = at_once(semaphore.acquire_owned()).unwrap();
    let gone = Arc::downgrade(&semaphore);
    drop(semaphore);
    assert_eq!(permit.semaphore().available_permits(), 1);
    let part = permit.split(1).unwrap();
    drop(permit);
    assert!(gone.upgrade().is_some());
    drop(part);
    assert!(gone.upgrade().is_none());
}

#[test]
fn an_owned_request_keeps_its_semaphore_alive() {
    let semaphore = Arc::new(Semaphore::new(0));
    let waiter = parked(semaphore.acquire_many_owned(2));
    let watcher = parked(semaphore.closed_owned());
    let gone = Arc::downgrade(&semaphore);
    drop(semaphore);
    assert_eq!(gone.upgrade().unwrap().waiters(), 1);
    drop(waiter);
    assert!(gone.upgrade().is_some());
    drop(watcher);
    assert!(gone.upgrade().is_none());
}

#[test]
fn a_finished_request_lets_go_of_its_semaphore() {
    let semaphore = Arc::new(Semaphore::new(0));
    let mut waiter = parked(semaphore.acquire_owned());
    semaphore.close();
    assert!(assert_ready(waiter.poll()).is_err());
    assert_eq!(Arc::strong_count(&semaphore), 1);
}

#[test]
fn owned_permits_come_back_from_other_threads() {
    let semaphore = Arc::new(Semaphore::new(2));
    let permits: [OwnedPermit; 2] = [(); 2].map(|()| semaphore.try_acquire_owned().unwrap());
    let threads = permits.map(|permit| thread::spawn(move || drop(permit)));
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(semaphore.available_permits(), 2);
}

#[test]
fn a_permit_dropped_on_another_thread_serves_the_line() {
    let semaphore = Arc::new(Semaphore::bounded(1));
    let permit: OwnedPermit = semaphore.try_acquire_owned().unwrap();
    let mut waiter = parked(semaphore.acquire());
    thread::spawn(move || drop(permit)).join().unwrap();
    assert!(waiter.woken());
    assert!(assert_ready(waiter.poll()).is_ok());
}

#[test]
fn borrowed_permits_move_to_scoped_threads() {
    let semaphore = Semaphore::new(2);
    let mut permit = semaphore.try_acquire_many(2).unwrap();
    let part: Permit<&Semaphore> = permit.split(1).unwrap();
    thread::scope(|scope| {
        scope.spawn(move || drop(permit));
        scope.spawn(move || part.forget());
    });
    assert_eq!((semaphore.available_permits(), semaphore.total()), (1, 1));
}

#[test]
fn a_request_may_be_finished_on_another_thread() {
    let semaphore = Arc::new(Semaphore::new(0));
    let mut waiter = parked(semaphore.acquire_owned());
    semaphore.add_permits(1);
    let permit = thread::spawn(move || assert_ready(waiter.poll()).unwrap());
    assert_eq!(permit.join().unwrap().num_permits(), 1);
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn a_permit_of_a_panicking_thread_comes_back() {
    let semaphore = Semaphore::new(1);
    caught(|| {
        let _permit = semaphore.try_acquire().unwrap();
        panic!("the work failed");
    });
    assert_eq!(semaphore.available_permits(), 1);
}

#[test]
fn a_leaked_permit_stays_out_and_counts() {
    let semaphore = Semaphore::new(2);
    let _leaked = std::mem::ManuallyDrop::new(semaphore.try_acquire().unwrap());
    assert_eq!((semaphore.available_permits(), semaphore.total()), (1, 2));
}

#[test]
fn a_permit_of_none_gives_back_nothing() {
    let semaphore = Semaphore::new(0);
    let permit = at_once(semaphore.acquire_many(0)).unwrap();
    let waiter = parked(semaphore.acquire());
    assert_eq!(permit.num_permits(), 0);
    drop(permit);
    assert!(!waiter.woken());
    assert_eq!(semaphore.available_permits(), 0);
}
