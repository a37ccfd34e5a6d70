//! Disciplines that panic.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicU8, Ordering::SeqCst};

use waystation_queue::{BaseQueue, Discipline};
use waystation_testkit::{Counted, Driver, Ledger, PATIENCE, assert_pending, assert_ready, within};

use crate::common::{now, panic_of, parked, woken};

/// What goes wrong next, once; 0 is nothing.
#[derive(Clone, Copy, PartialEq)]
#[repr(u8)]
pub(crate) enum Fault {
    PushBefore = 1,
    PushAfter,
    /// The last item that was in goes too.
    PushLosesAnother,
    PopBefore,
    /// The item is dropped in the unwinding.
    PopLoses,
    /// At the third item.
    ThirdPop,
    PopNone,
    /// At the third item.
    ThirdPopNone,
    PutBackBefore,
    PutBackAfter,
    DrainBefore,
    DrainLoses,
    Shrink,
}

#[derive(Clone)]
pub(crate) struct Switch(Arc<AtomicU8>);

impl Switch {
    pub(crate) fn set(&self, fault: Fault) {
        self.0.store(fault as u8, SeqCst);
    }

    /// Whether this fault is the one that is set; it is cleared then.
    fn is(&self, fault: Fault) -> bool {
        self.0
            .compare_exchange(fault as u8, 0, SeqCst, SeqCst)
            .is_ok()
    }

    fn check(&self, fault: Fault) {
        assert!(!self.is(fault), "rude");
    }
}

pub(crate) struct Rude {
    items: VecDeque<Counted>,
    switch: Switch,
    pops: usize,
}

impl Discipline<Counted> for Rude {
    type Token = ();

    fn push(&mut self, item: Counted) {
        self.switch.check(Fault::PushBefore);
        if self.switch.is(Fault::PushLosesAnother) {
            self.items.pop_back();
            panic!("rude");
        }
        self.items.push_back(item);
        self.switch.check(Fault::PushAfter);
    }

    fn pop(&mut self) -> Option<(Counted, ())> {
        self.switch.check(Fault::PopBefore);
        if self.switch.is(Fault::PopNone) {
            return None;
        }
        self.pops += 1;
        if self.pops == 3 {
            self.switch.check(Fault::ThirdPop);
            if self.switch.is(Fault::ThirdPopNone) {
                return None;
            }
        }
        let item = self.items.pop_front()?;
        self.switch.check(Fault::PopLoses);
        Some((item, ()))
    }

    fn put_back(&mut self, item: Counted, (): ()) {
        self.switch.check(Fault::PutBackBefore);
        self.items.push_front(item);
        self.switch.check(Fault::PutBackAfter);
    }

    fn len(&self) -> usize {
        self.items.len()
    }

    fn drain_all(&mut self) -> Vec<Counted> {
        self.switch.check(Fault::DrainBefore);
        let items = std::mem::take(&mut self.items);
        self.switch.check(Fault::DrainLoses);
        items.into()
    }

    fn shrink_to_fit(&mut self) {
        self.switch.check(Fault::Shrink);
    }
}

/// Like [`Rude`], with the `drain_all` that the trait provides.
struct Provided(Rude);

impl Discipline<Counted> for Provided {
    type Token = ();

    fn push(&mut self, item: Counted) {
        self.0.push(item);
    }

    fn pop(&mut self) -> Option<(Counted, ())> {
        self.0.pop()
    }

    fn put_back(&mut self, item: Counted, (): ()) {
        self.0.put_back(item, ());
    }

    fn len(&self) -> usize {
        self.0.len()
    }
}

pub(crate) type RudeQueue = BaseQueue<Counted, Rude>;

fn rude(ledger: &Ledger, count: u64) -> (Rude, Switch) {
    let switch = Switch(Arc::new(AtomicU8::new(0)));
    let rude = Rude {
        items: (1..=count).map(|id| ledger.item(id)).collect(),
        switch: switch.clone(),
        pops: 0,
    };
    (rude, switch)
}

pub(crate) fn queue(capacity: Option<usize>, count: u64) -> (RudeQueue, Switch, Ledger) {
    let ledger = Ledger::new();
    let (rude, switch) = rude(&ledger, count);
    (BaseQueue::with_discipline(rude, capacity), switch, ledger)
}

pub(crate) const LIES: &str = "`Discipline::pop` returned `None` although `len` was not 0";

pub(crate) fn ids(items: impl IntoIterator<Item = Counted>) -> Vec<u64> {
    items.into_iter().map(|item| item.id()).collect()
}

#[test]
fn an_item_lost_by_a_push_was_never_in() {
    let (queue, switch, ledger) = queue(Some(1), 0);
    switch.set(Fault::PushBefore);
    assert_eq!(panic_of(|| queue.try_put(ledger.item(1))), "rude");
    assert_eq!((queue.len(), queue.unfinished(), ledger.live()), (0, 0, 0));
    assert!(!queue.is_full());
    queue.try_put(ledger.item(2)).unwrap();
    assert_eq!(ids(queue.drain()), [2]);
}

#[test]
fn only_what_a_push_loses_counts_as_done() {
    let (queue, switch, ledger) = queue(None, 5);
    let in_work = [queue.try_get(), queue.try_get(), queue.try_get()];
    switch.set(Fault::PushLosesAnother);
    assert_eq!(panic_of(|| queue.try_put(ledger.item(6))), "rude");
    assert_eq!((queue.len(), queue.unfinished(), ledger.live()), (1, 4, 4));
    drop(in_work);
}

#[test]
fn an_item_that_entered_before_the_push_panicked_is_in() {
    let (queue, switch, ledger) = queue(None, 0);
    let mut get = parked(queue.get());
    switch.set(Fault::PushAfter);
    assert_eq!(panic_of(|| queue.try_put(ledger.item(1))), "rude");
    assert_eq!((queue.len(), queue.unfinished()), (1, 1));
    assert_eq!(woken(&mut get).unwrap().id(), 1);
}

#[test]
fn a_granted_put_whose_push_panics_gives_its_room_to_the_next() {
    let (queue, switch, ledger) = queue(Some(1), 1);
    let mut put = parked(queue.put(ledger.item(2)));
    let mut next = parked(queue.put(ledger.item(3)));
    drop(queue.try_get().unwrap());
    switch.set(Fault::PushBefore);
    assert_eq!(panic_of(|| put.poll()), "rude");
    assert!(panic_of(|| put.poll()).contains("polled again"));
    assert_eq!(woken(&mut next), Ok(()));
    drop(put);
    assert_eq!((ids(queue.drain()), ledger.live()), (vec![3], 0));
}

#[test]
fn a_slot_whose_push_panics_is_spent() {
    let (queue, switch, ledger) = queue(Some(1), 0);
    let slot = now(queue.reserve()).unwrap();
    let mut next = parked(queue.reserve());
    switch.set(Fault::PushBefore);
    assert_eq!(panic_of(|| slot.put(ledger.item(1))), "rude");
    assert!(woken(&mut next).is_ok());
}

#[test]
fn a_pop_that_panics_has_taken_nothing_and_the_getter_keeps_its_turn() {
    let (queue, switch, ledger) = queue(None, 0);
    let mut get = parked(queue.get());
    let mut next = parked(queue.get());
    queue.try_put(ledger.item(1)).unwrap();
    switch.set(Fault::PopBefore);
    assert_eq!(panic_of(|| get.poll()), "rude");
    assert!(!next.woken());
    assert_eq!(assert_ready(get.poll()).unwrap().id(), 1);
    queue.try_put(ledger.item(2)).unwrap();
    switch.set(Fault::PopBefore);
    assert_eq!(panic_of(|| next.poll()), "rude");
    let mut last = parked(queue.get());
    drop(next);
    assert_eq!(woken(&mut last).unwrap().id(), 2);
}

#[test]
fn an_item_lost_by_a_pop_counts_as_done() {
    let (queue, switch, ledger) = queue(None, 1);
    let mut join = parked(queue.join());
    switch.set(Fault::PopLoses);
    assert_eq!(panic_of(|| queue.try_get()), "rude");
    assert_eq!((queue.len(), queue.unfinished(), ledger.live()), (0, 0, 0));
    woken(&mut join);
}

#[test]
fn a_getter_whose_promised_item_was_lost_waits_for_another() {
    let (queue, switch, ledger) = queue(None, 0);
    let mut gets: Vec<_> = (0..3).map(|_| parked(queue.get())).collect();
    queue.try_put(ledger.item(1)).unwrap();
    queue.try_put(ledger.item(2)).unwrap();
    switch.set(Fault::PopLoses);
    assert_eq!(panic_of(|| gets[0].poll()), "rude");
    assert_eq!(assert_ready(gets[0].poll()).unwrap().id(), 2);
    // The second one was promised an item too: it is back in line, behind the third.
    assert_pending(gets[1].poll());
    queue.try_put(ledger.item(3)).unwrap();
    assert_eq!(woken(&mut gets[2]).unwrap().id(), 3);
    queue.try_put(ledger.item(4)).unwrap();
    assert_eq!(woken(&mut gets[1]).unwrap().id(), 4);
    assert!(format!("{queue:?}").contains("claims: 0"));
}

#[test]
fn a_promise_that_was_lost_takes_the_next_item() {
    let (queue, switch, ledger) = queue(None, 0);
    let mut first = parked(queue.get());
    let mut second = parked(queue.get());
    queue.try_put(ledger.item(1)).unwrap();
    queue.try_put(ledger.item(2)).unwrap();
    switch.set(Fault::PopLoses);
    assert_eq!(panic_of(|| first.poll()), "rude");
    drop(first);
    assert_eq!(woken(&mut second).unwrap().id(), 2);
    queue.try_put(ledger.item(3)).unwrap();
    assert_eq!(ids(queue.drain()), [3]);
}

#[test]
fn a_getter_whose_promised_item_was_lost_sees_the_end() {
    let (queue, switch, ledger) = queue(None, 0);
    let mut get = parked(queue.get());
    queue.try_put(ledger.item(1)).unwrap();
    queue.close();
    let mut next = parked(queue.get());
    switch.set(Fault::PopLoses);
    assert_eq!(panic_of(|| get.poll()), "rude");
    assert!(woken(&mut next).is_err());
    assert!(assert_ready(get.poll()).is_err());
}

#[test]
fn a_granted_getter_whose_pop_lies_passes_its_claim_on() {
    let (queue, switch, ledger) = queue(None, 0);
    let (mut get, mut next) = (parked(queue.get()), parked(queue.get_task()));
    queue.try_put(ledger.item(1)).unwrap();
    switch.set(Fault::PopNone);
    assert_eq!(panic_of(|| get.poll()), LIES);
    assert_eq!(woken(&mut next).unwrap().into_inner().id(), 1);
    assert!(panic_of(|| get.poll()).contains("polled again"));
}

#[test]
fn what_was_taken_before_a_pop_lied_is_given() {
    let (queue, switch, ledger) = queue(Some(5), 5);
    let mut put = parked(queue.put(ledger.item(6)));
    let mut into = Vec::new();
    switch.set(Fault::ThirdPopNone);
    assert_eq!(now(queue.get_many(&mut into, 9)), 2);
    assert_eq!(
        (ids(into), queue.len(), queue.unfinished()),
        (vec![1, 2], 3, 5)
    );
    assert_eq!(woken(&mut put), Ok(()));
    switch.set(Fault::PopNone);
    assert_eq!(ids(queue.drain()), []);
    assert_eq!(ids(queue.drain()), [3, 4, 5, 6]);
}

#[cfg(feature = "futures-core")]
#[test]
fn a_stream_whose_pop_panics_has_taken_nothing_and_wakes_the_others() {
    use futures_util::StreamExt;

    let (queue, switch, ledger) = queue(None, 0);
    let (mut first, mut second) = (queue.stream(), queue.stream());
    let (mut first, mut second) = (parked(first.next()), parked(second.next()));
    queue.try_put(ledger.item(1)).unwrap();
    switch.set(Fault::PopBefore);
    assert_eq!(panic_of(|| first.poll()), "rude");
    assert_eq!(woken(&mut second).unwrap().id(), 1);
    assert_pending(first.poll());
    queue.try_put(ledger.item(2)).unwrap();
    assert_eq!(woken(&mut first).unwrap().id(), 2);
}

#[test]
fn a_shrink_that_panics_changes_nothing() {
    let (queue, switch, _ledger) = queue(None, 2);
    switch.set(Fault::Shrink);
    assert_eq!(panic_of(|| queue.shrink_to_fit()), "rude");
    queue.shrink_to_fit();
    assert_eq!(ids(queue.drain()), [1, 2]);
}

#[test]
fn a_drain_that_panics_in_between_has_taken_nothing() {
    let (queue, switch, ledger) = queue(Some(5), 5);
    let put = parked(queue.put(ledger.item(6)));
    switch.set(Fault::ThirdPop);
    assert_eq!(panic_of(|| queue.drain()), "rude");
    assert_eq!((queue.len(), queue.unfinished(), ledger.live()), (5, 5, 6));
    assert!(!put.woken());
    assert_eq!(ids(queue.drain()), [1, 2, 3, 4, 5]);
}

#[test]
fn an_item_lost_by_put_back_counts_as_done() {
    let (queue, switch, ledger) = queue(None, 1);
    let mut join = parked(queue.join());
    let task = now(queue.get_task()).unwrap();
    switch.set(Fault::PutBackBefore);
    assert_eq!(panic_of(|| task.nack()), "rude");
    assert_eq!((queue.len(), queue.unfinished(), ledger.live()), (0, 0, 0));
    woken(&mut join);
}

#[test]
fn an_item_that_is_back_before_put_back_panicked_is_unfinished() {
    let (queue, switch, _ledger) = queue(None, 1);
    let task = now(queue.get_task()).unwrap();
    let mut get = parked(queue.get());
    switch.set(Fault::PutBackAfter);
    assert_eq!(panic_of(|| task.nack()), "rude");
    assert_eq!((queue.len(), queue.unfinished()), (1, 1));
    assert_eq!(woken(&mut get).unwrap().id(), 1);
}

#[test]
fn a_drain_all_that_panics_has_closed_nothing() {
    let (queue, switch, ledger) = queue(Some(2), 2);
    let put = parked(queue.put(ledger.item(3)));
    switch.set(Fault::DrainBefore);
    assert_eq!(panic_of(|| queue.close_now()), "rude");
    assert!(!queue.is_closed() && !put.woken());
    assert_eq!((queue.len(), queue.unfinished()), (2, 2));
    assert_eq!(ids(queue.close_now()), [1, 2]);
    assert!(put.woken());
}

#[test]
fn what_drain_all_loses_counts_as_done_and_makes_room() {
    let (queue, switch, ledger) = queue(Some(2), 2);
    let mut join = parked(queue.join());
    let mut put = parked(queue.put(ledger.item(3)));
    switch.set(Fault::DrainLoses);
    assert_eq!(panic_of(|| queue.close_now()), "rude");
    assert!(!queue.is_closed());
    assert_eq!((queue.len(), queue.unfinished()), (0, 0));
    woken(&mut join);
    assert_eq!(woken(&mut put), Ok(()));
}

#[test]
fn the_provided_drain_all_puts_back_what_it_took() {
    let ledger = Ledger::new();
    let (rude, switch) = rude(&ledger, 5);
    let queue = BaseQueue::with_discipline(Provided(rude), None);
    switch.set(Fault::ThirdPop);
    assert_eq!(panic_of(|| queue.close_now()), "rude");
    assert_eq!((queue.len(), queue.unfinished(), ledger.live()), (5, 5, 5));
    assert!(!queue.is_closed());
    assert_eq!(ids(queue.close_now()), [1, 2, 3, 4, 5]);
}

#[test]
fn the_provided_drain_all_drops_nothing_under_the_lock() {
    within(PATIENCE, "an item that uses its queue", || {
        let ledger = Ledger::new();
        let (rude, switch) = rude(&ledger, 0);
        let queue = Arc::new(BaseQueue::with_discipline(Provided(rude), None));
        for id in 0..4 {
            let weak = Arc::downgrade(&queue);
            let hook = move || {
                if let Some(queue) = weak.upgrade() {
                    queue.len();
                }
            };
            assert!(queue.try_put(ledger.item_with_drop(id, hook)).is_ok());
        }
        switch.set(Fault::ThirdPop);
        panic_of(|| queue.close_now());
        drop(queue.close_now());
        ledger.assert_settled();
    });
}

#[test]
fn a_panic_under_the_lock_wakes_those_who_can_go_on() {
    let (queue, switch, ledger) = queue(Some(2), 2);
    let mut puts: Vec<_> = (3..6)
        .map(|id| parked(queue.put(ledger.item(id))))
        .collect();
    switch.set(Fault::PopLoses);
    assert_eq!(panic_of(|| queue.try_get()), "rude");
    assert_eq!(
        puts.iter().map(Driver::woken).collect::<Vec<_>>(),
        [true, false, false]
    );
    assert_eq!(woken(&mut puts[0]), Ok(()));
}
