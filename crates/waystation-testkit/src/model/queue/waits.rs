//! What the queue's futures do.

use std::task::Poll;

use super::super::Id;
use super::QueueModel;
use super::future::{Outcome, Place, Wait, What};

impl<T: Ord> QueueModel<T> {
    /// A new `put`.
    pub fn put(&mut self, item: T) -> Id {
        self.begin(What::Put(item))
    }

    /// A new `reserve`.
    pub fn reserve(&mut self) -> Id {
        self.begin(What::Reserve)
    }

    /// A new `get` (or `get_task`: the script remembers its guard).
    pub fn get(&mut self) -> Id {
        self.begin(What::Get)
    }

    /// A new `get_many`.
    pub fn get_many(&mut self, limit: usize) -> Id {
        self.begin(What::GetMany(limit))
    }

    /// A new `join`. It looks from its first poll on.
    pub fn join(&mut self) -> Id {
        self.begin(What::Join)
    }

    /// A new `closed`.
    pub fn closed(&mut self) -> Id {
        self.begin(What::Closed)
    }

    /// Polls a future.
    ///
    /// # Panics
    ///
    /// If it is gone.
    #[track_caller]
    pub fn poll(&mut self, id: Id) -> Poll<Outcome<T>> {
        let Wait { what, place } = self.waits.remove(&id).expect("the future is live");
        let outcome = match what {
            What::Put(item) => self.poll_put(place, item).map_err(What::Put),
            What::Reserve => self.poll_reserve(place).ok_or(What::Reserve),
            What::Get => {
                let got = self.poll_get(place, 1).map(|mut items| items.pop());
                got.map(|item| item.map_or(Outcome::Closed, Outcome::Got))
                    .ok_or(What::Get)
            }
            What::GetMany(limit) => {
                let got = self.poll_get(place, limit);
                got.map(Outcome::GotMany).ok_or(What::GetMany(limit))
            }
            What::Join => {
                let released = place == Place::Ended || place == Place::New && self.unfinished == 0;
                if released {
                    Ok(Outcome::Done)
                } else {
                    Err(What::Join)
                }
            }
            What::Closed if self.closed => Ok(Outcome::Done),
            What::Closed => Err(What::Closed),
        };
        match outcome {
            Ok(outcome) => {
                self.wakers.disarm(id);
                Poll::Ready(outcome)
            }
            Err(what) => {
                self.park(id, what, place);
                Poll::Pending
            }
        }
    }

    /// Drops a future. The item of a `put`.
    pub fn cancel(&mut self, id: Id) -> Option<T> {
        self.wakers.disarm(id);
        let Wait { what, place } = self.waits.remove(&id)?;
        if place == Place::Granted {
            match what {
                What::Put(_) => self.granted -= 1,
                What::Reserve => self.slots -= 1,
                _ => self.claims -= 1,
            }
        }
        for line in [&mut self.getters, &mut self.putters] {
            line.retain(|&other| other != id);
        }
        for line in [&mut self.joiners, &mut self.watchers] {
            line.retain(|&other| other != id);
        }
        self.promise();
        match what {
            What::Put(item) => Some(item),
            _ => None,
        }
    }

    fn begin(&mut self, what: What<T>) -> Id {
        let id = self.wakers.name();
        self.waits.insert(
            id,
            Wait {
                what,
                place: Place::New,
            },
        );
        id
    }

    fn park(&mut self, id: Id, what: What<T>, place: Place) {
        if place == Place::New {
            match &what {
                What::Put(_) | What::Reserve => self.putters.push_back(id),
                What::Get | What::GetMany(_) => self.getters.push_back(id),
                What::Join => self.joiners.push(id),
                What::Closed => self.watchers.push(id),
            }
        }
        self.waits.insert(
            id,
            Wait {
                what,
                place: Place::Parked,
            },
        );
        self.wakers.arm(id);
    }

    fn poll_put(&mut self, place: Place, item: T) -> Result<Outcome<T>, T> {
        match place {
            Place::Granted => self.granted -= 1,
            Place::New if self.has_room() => {}
            Place::Parked | Place::New if !self.closed => return Err(item),
            _ => return Ok(Outcome::Returned(item)),
        }
        self.enter(item);
        Ok(Outcome::Entered)
    }

    fn poll_reserve(&mut self, place: Place) -> Option<Outcome<T>> {
        match place {
            Place::Granted if self.killed => {
                self.slot_drop();
                Some(Outcome::Closed)
            }
            Place::Granted => Some(Outcome::Slot),
            Place::New if self.has_room() => {
                self.slots += 1;
                Some(Outcome::Slot)
            }
            Place::Parked | Place::New if !self.closed => None,
            _ => Some(Outcome::Closed),
        }
    }

    /// `Some` of nothing: the queue has ended, or nothing was asked for.
    fn poll_get(&mut self, place: Place, limit: usize) -> Option<Vec<T>> {
        if limit == 0 || place == Place::Ended {
            return Some(Vec::new());
        }
        let mut items = Vec::new();
        if place == Place::Granted {
            self.claims -= 1;
            items.push(self.take_next());
        } else if place == Place::Parked {
            return None;
        }
        while items.len() < limit && self.has_item() {
            items.push(self.take_next());
        }
        (!items.is_empty() || self.is_drained()).then_some(items)
    }

    /// Promises what is waited for. Whether that is a slot.
    pub(super) fn grant(&mut self, id: Id) -> bool {
        let Some(wait) = self.waits.get_mut(&id) else {
            return false;
        };
        wait.place = Place::Granted;
        let slot = matches!(wait.what, What::Reserve);
        self.wakers.wake(id);
        slot
    }

    pub(super) fn end(&mut self, id: Id) {
        if let Some(wait) = self.waits.get_mut(&id) {
            wait.place = Place::Ended;
            self.wakers.wake(id);
        }
    }

    /// After a close: a promised room is none, and after `close_now` neither is a promised item.
    pub(super) fn revoke(&mut self) {
        for wait in self
            .waits
            .values_mut()
            .filter(|wait| wait.place == Place::Granted)
        {
            match wait.what {
                What::Put(_) => wait.place = Place::Ended,
                What::Get | What::GetMany(_) if self.killed => wait.place = Place::Ended,
                _ => {}
            }
        }
    }
}
