//! Every operation of an auto-reset event against every other.
//!
//! The scene: one was granted the signal and not polled, two are parked behind it. Two threads do one thing each. Then no
//! signal may be there twice or lost, and nobody asleep beside one.
#![cfg(loom)]
#![allow(clippy::unwrap_used, reason = "tests")]

use std::sync::Arc;

use loom_tests::{Probe, exhaustive_as, pairs, poll, spawn};
use waystation_event::{AutoResetEvent, AutoResetWait};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Op {
    Join,
    PollGranted,
    CancelGranted,
    CancelParked,
    Set,
    /// Two, one after the other: both that are parked are released.
    SetTwo,
    Clear,
    IsSet,
}
use Op::*;

fn op(name: &str) -> Op {
    match name {
        "join" => Join,
        "poll_granted" => PollGranted,
        "cancel_granted" => CancelGranted,
        "cancel_parked" => CancelParked,
        "set" => Set,
        "set_two" => SetTwo,
        "clear" => Clear,
        "is_set" => IsSet,
        _ => panic!("no operation `{name}`"),
    }
}

type Owned = AutoResetWait<Arc<AutoResetEvent>>;

struct Scene {
    event: Arc<AutoResetEvent>,
    granted: Option<Owned>,
    parked: Vec<Owned>,
}

/// What a thread leaves behind.
#[derive(Default)]
struct Left {
    waiting: Option<Owned>,
    /// Signals that came in, and that were used up.
    came: usize,
    went: usize,
}

impl Scene {
    fn new(probe: &Arc<Probe>) -> Self {
        let event = Arc::new(AutoResetEvent::new());
        let mut waits = (0..3).map(|_| {
            let mut wait = event.wait_owned();
            assert!(poll(&mut wait, probe).is_pending());
            wait
        });
        let granted = waits.next();
        let parked = waits.collect();
        event.set();
        Self {
            event,
            granted,
            parked,
        }
    }

    /// Takes out of the scene what an operation needs.
    fn take(&mut self, op: Op) -> Box<dyn FnOnce() -> Left> {
        let event = self.event.clone();
        let wait = match op {
            PollGranted | CancelGranted => self.granted.take(),
            CancelParked => self.parked.pop(),
            Join | Set | SetTwo | Clear | IsSet => None,
        };
        Box::new(move || match op {
            Join => polled(event.wait_owned()),
            PollGranted => polled(wait.unwrap()),
            CancelGranted | CancelParked => {
                drop(wait);
                Left::default()
            }
            Set => Left {
                came: usize::from(event.set()),
                ..Left::default()
            },
            SetTwo => Left {
                came: usize::from(event.set()) + usize::from(event.set()),
                ..Left::default()
            },
            IsSet => {
                let _seen = event.is_set();
                Left::default()
            }
            Clear => Left {
                went: usize::from(event.clear()),
                ..Left::default()
            },
        })
    }
}

fn polled(mut wait: Owned) -> Left {
    let is_over = poll(&mut wait, &Probe::new()).is_ready();
    Left {
        went: is_over.into(),
        waiting: (!is_over).then_some(wait),
        came: 0,
    }
}

fn race(name: &str, first: &str, second: &str) {
    let (first, second) = (op(first), op(second));
    let both = [first, second];
    if both
        .iter()
        .all(|op| matches!(op, PollGranted | CancelGranted))
        || both == [IsSet, IsSet]
    {
        // One task has the future; two looks are no race.
        return;
    }
    exhaustive_as(name, move || {
        let probe = Probe::new();
        let mut scene = Scene::new(&probe);
        let (one, two) = (scene.take(first), scene.take(second));
        let other = spawn(one);
        let left = [two(), other.join().unwrap()];
        let event = scene.event.clone();

        let came = 1 + left.iter().map(|left| left.came).sum::<usize>();
        let mut went: usize = left.iter().map(|left| left.went).sum();
        let mut waiting: Vec<Owned> = scene.granted.into_iter().chain(scene.parked).collect();
        waiting.extend(left.into_iter().filter_map(|left| left.waiting));
        waiting.retain_mut(|wait| {
            let is_over = poll(wait, &probe).is_ready();
            went += usize::from(is_over);
            !is_over
        });
        let is_set = usize::from(event.is_set());
        assert_eq!(
            came,
            went + is_set,
            "there is room for each: none meets another"
        );
        assert_eq!(event.waiters(), waiting.len());
        assert!(waiting.is_empty() || is_set == 0, "asleep beside a signal");
        assert!(waiting.iter().all(|_| event.set()));
        assert!(waiting.iter_mut().all(|wait| poll(wait, &probe).is_ready()));
        assert_eq!(event.waiters(), 0);
    });
}

pairs! { "a_pair", race; join poll_granted cancel_granted cancel_parked set set_two clear is_set }
