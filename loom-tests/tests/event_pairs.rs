//! Every operation of an event against every other.
//!
//! The scene of an `Event`: two are parked, and each `set` and `pulse` releases both at once. Two threads do one thing each. Then nobody may be asleep who was released,
//! nobody awake who was not, and a last `set` must reach all who are left.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use loom_tests::{Probe, exhaustive_as, pairs, poll, spawn};
use waystation_event::{Event, Wait};

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Op {
    Join,
    Poll,
    Cancel,
    Set,
    Clear,
    Pulse,
    IsSet,
}
use Op::*;

fn op(name: &str) -> Op {
    match name {
        "join" => Join,
        "poll" => Poll,
        "cancel" => Cancel,
        "set" => Set,
        "clear" => Clear,
        "pulse" => Pulse,
        "is_set" => IsSet,
        _ => panic!("no operation `{name}`"),
    }
}

type Owned = Wait<Arc<Event>>;

/// What came of a wait: it goes on, or it is over.
enum Left {
    Waiting(Owned),
    Released,
}

struct Scene {
    event: Arc<Event>,
    parked: Vec<Owned>,
}

impl Scene {
    fn new(probe: &Arc<Probe>) -> Self {
        let event = Arc::new(Event::new());
        let parked = (0..2).map(|_| {
            let mut wait = event.wait_owned();
            assert!(poll(&mut wait, probe).is_pending());
            wait
        });
        Self {
            parked: parked.collect(),
            event,
        }
    }

    /// Takes out of the scene what an operation needs.
    fn take(&mut self, op: Op) -> Box<dyn FnOnce() -> Option<Left>> {
        let event = self.event.clone();
        let parked = matches!(op, Poll | Cancel).then(|| self.parked.pop().unwrap());
        Box::new(move || {
            match op {
                Join => return Some(polled(event.wait_owned())),
                Poll => return parked.map(polled),
                Cancel => drop(parked),
                Set => _ = event.set(),
                Clear => _ = event.clear(),
                Pulse => assert!(event.pulse() <= 3),
                IsSet => _ = event.is_set(),
            }
            None
        })
    }
}

fn polled(mut wait: Owned) -> Left {
    if poll(&mut wait, &Probe::new()).is_pending() {
        Left::Waiting(wait)
    } else {
        Left::Released
    }
}

fn race(name: &str, first: &str, second: &str) {
    let (first, second) = (op(first), op(second));
    exhaustive_as(name, move || {
        let probe = Probe::new();
        let mut scene = Scene::new(&probe);
        let (one, two) = (scene.take(first), scene.take(second));
        let other = spawn(one);
        let mut left = vec![two()];
        left.push(other.join().unwrap());
        let event = scene.event.clone();

        let released_all = [first, second].iter().any(|op| matches!(op, Set | Pulse));
        let mut waiting = Vec::new();
        for wait in left.into_iter().flatten() {
            match wait {
                // It was there from the beginning, or came in time; or it may have come late.
                Left::Released => assert!(released_all, "nobody has released it"),
                Left::Waiting(wait) => waiting.push(wait),
            }
        }
        // Those who were parked before all of it.
        for mut wait in scene.parked {
            assert_eq!(poll(&mut wait, &probe).is_ready(), released_all);
            if !released_all {
                waiting.push(wait);
            }
        }
        waiting.retain_mut(|wait| poll(wait, &probe).is_pending());
        assert_eq!(event.waiters(), waiting.len());
        assert!(
            waiting.is_empty() || !event.is_set(),
            "asleep beside an open gate"
        );
        event.set();
        assert!(waiting.iter_mut().all(|wait| poll(wait, &probe).is_ready()));
        assert_eq!(event.waiters(), 0);
    });
}

pairs! { "e_pair", race; join poll cancel set clear pulse is_set }
