//! Random scripts on CPython's asyncio and here: the same can be seen after every group of steps.
//!
//! Where there is no `python3`, one line says so. `WAYSTATION_PYTHON` names another interpreter,
//! `WAYSTATION_ASYNCIO_SCRIPTS` how many scripts there are. See [`verification::asyncio`].
//!
//! The differences by design, each a test below:
//!
//! | asyncio | here |
//! |---|---|
//! | `Event.wait()`, a coroutine, begins with its first step | a wait observes from its call |
//! | `get_nowait` takes an item that a getter was woken for; the getter waits again, at the end | the item is promised: `try_get` finds none |
//! | `put_nowait` takes room that a putter was woken for | the room is promised: `try_put` finds none |
//! | a task that is started in the same turn takes room or an item that another was woken for | it waits behind it |
//! | a semaphore is locked until the task that was granted a permit has run: who asks meanwhile, a releasing task for instance, comes a turn later | what is left after a grant is free |
//! | `BoundedSemaphore.release` counts a permit as taken when it is granted | when the task has it |
#![cfg(not(shuttle))]

use std::time::{Duration, Instant};

use serde_json::{Value, json};
use verification::asyncio::{Kind, Python, Script, Step, play};
use verification::env::number;
use waystation_testkit::within;

/// Python, or a line that says why not.
fn python(what: &str) -> Option<Python> {
    match Python::start() {
        Ok(python) => Some(python),
        Err(absent) => {
            println!("asyncio {what} skipped: {absent}");
            None
        }
    }
}

#[test]
fn scripts_agree() {
    let Some(python) = python("scripts") else {
        return;
    };
    let (version, can_shut_down) = (python.version.clone(), python.can_shut_down);
    let each = number("WAYSTATION_ASYNCIO_SCRIPTS", 10_000).div_ceil(Kind::ALL.len());
    let start = Instant::now();
    let all = move || {
        let scripts: Vec<_> = Kind::ALL
            .into_iter()
            .flat_map(|kind| {
                (0..each as u64).map(move |seed| Script::random(kind, seed, can_shut_down))
            })
            .collect();
        let mut ended = Ended::default();
        python.play(&scripts, |script, theirs| {
            let ours = play(script);
            if ours != theirs {
                differ(script, &ours, &theirs);
            }
            ended.count(&ours);
        });
        (scripts, ended)
    };
    let (scripts, ended) = within(Duration::from_secs(600), "scripts", all);
    let counts = scripts.iter().map(Script::counts);
    let (steps, cancels) = counts.fold((0, 0), |sum, one| (sum.0 + one.0, sum.1 + one.1));
    assert!(
        cancels * 10 >= steps * 3,
        "{cancels} cancels in {steps} steps"
    );
    for kind in Kind::ALL {
        println!("asyncio {} {each} scripts agree", kind.name());
    }
    if !can_shut_down {
        let queues = Kind::ALL.iter().filter(|kind| kind.is_queue()).count();
        println!(
            "asyncio shutdown skipped in {} scripts: Python {version} has none",
            queues * each
        );
    }
    let seconds = start.elapsed().as_secs_f64();
    println!(
        "asyncio Python {version}, {steps} steps, {cancels} cancels, {} of {} tasks cancelled, {seconds:.2} s",
        ended.cancelled, ended.all
    );
}

/// How tasks have ended.
#[derive(Debug, Default)]
struct Ended {
    all: usize,
    cancelled: usize,
}

impl Ended {
    fn count(&mut self, seen: &Value) {
        let groups = seen.as_array().into_iter().flatten();
        for task in groups.flat_map(|group| group[1].as_array().into_iter().flatten()) {
            self.all += 1;
            self.cancelled += usize::from(task[1] == "cancelled");
        }
    }
}

fn differ(script: &Script, ours: &Value, theirs: &Value) -> ! {
    let at = (0..script.groups.len())
        .find(|&at| ours[at] != theirs[at])
        .unwrap_or_default();
    let before = &script.groups[..=at];
    panic!(
        "{:?} of {}, after {before:#?}\nours: {}\ntheirs: {}",
        script.kind, script.value, ours[at], theirs[at]
    );
}

/// Plays one script on both sides, which differ as expected in its last group.
fn deviation(
    name: &str,
    kind: Kind,
    value: usize,
    groups: &[&[Step]],
    ours: &Value,
    theirs: &Value,
) {
    let groups = groups.iter().map(|group| group.to_vec()).collect();
    let script = Script {
        kind,
        value,
        groups,
    };
    let last = |seen: &Value| seen.as_array().and_then(|groups| groups.last().cloned());
    assert_eq!(last(&play(&script)).as_ref(), Some(ours), "here");
    let Some(python) = python(name) else { return };
    python.play(&[script], |_, seen| {
        assert_eq!(last(&seen).as_ref(), Some(theirs), "in asyncio")
    });
    println!("asyncio {name} differs as written down");
}

const GET: Step = Step::Spawn("get", None);
const GET_NOWAIT: Step = Step::Call("get_nowait", None);
const RELEASE: Step = Step::Call("release", None);
const ACQUIRE: Step = Step::Spawn("acquire", None);

fn put(item: i64) -> Step {
    Step::Spawn("put", Some(item))
}

fn put_nowait(item: i64) -> Step {
    Step::Call("put_nowait", Some(item))
}

#[test]
fn a_wait_observes_from_its_call() {
    let set_and_clear = [
        Step::Late,
        Step::Call("set", None),
        Step::Call("clear", None),
    ];
    deviation(
        "late_wait",
        Kind::Event,
        0,
        &[&set_and_clear, &[Step::Begin(0)]],
        &json!([[], [[0, "ok"]], [false]]),
        &json!([[], [], [false]]),
    );
}

#[test]
fn an_item_that_was_promised_is_not_taken_by_try_get() {
    deviation(
        "promised_item",
        Kind::Queue,
        0,
        &[&[GET, GET], &[put_nowait(1), GET_NOWAIT]],
        &json!([["ok", "empty"], [[0, 1]], [0, true, false, 1]]),
        &json!([["ok", 1], [], [0, true, false, 1]]),
    );
    // With its item the first has lost its turn there.
    deviation(
        "promised_turn",
        Kind::Queue,
        0,
        &[
            &[GET, GET],
            &[put_nowait(1), GET_NOWAIT],
            &[put_nowait(2), put_nowait(3)],
        ],
        &json!([["ok", "ok"], [[1, 2]], [1, false, false, 3]]),
        &json!([["ok", "ok"], [[0, 3], [1, 2]], [0, true, false, 3]]),
    );
}

#[test]
fn room_that_was_promised_is_not_taken_by_try_put() {
    deviation(
        "promised_room",
        Kind::Queue,
        1,
        &[&[put(1), put(2)], &[GET_NOWAIT, put_nowait(3)]],
        &json!([[1, "full"], [[1, "ok"]], [1, false, true, 2]]),
        &json!([[1, "ok"], [], [1, false, true, 2]]),
    );
}

#[test]
fn room_that_was_promised_is_not_taken_by_a_new_task() {
    deviation(
        "promised_room_and_a_new_task",
        Kind::Queue,
        1,
        &[&[put(1), put(2)], &[put(3), GET_NOWAIT]],
        &json!([[1], [[1, "ok"]], [1, false, true, 2]]),
        &json!([[1], [[2, "ok"]], [1, false, true, 2]]),
    );
}

#[test]
fn what_is_left_after_a_grant_is_free() {
    deviation(
        "locked_for_a_turn",
        Kind::Semaphore,
        0,
        &[&[ACQUIRE], &[RELEASE, RELEASE, Step::Call("locked", None)]],
        &json!([[null, null, false], [[0, "ok"]], [false, 1]]),
        &json!([[null, null, true], [[0, "ok"]], [false, 1]]),
    );
}

#[test]
fn a_granted_permit_is_not_given_back_before_its_task_has_it() {
    deviation(
        "granted_permit",
        Kind::Bounded,
        1,
        &[&[ACQUIRE, ACQUIRE], &[RELEASE, RELEASE]],
        &json!([[null, "too many"], [[1, "ok"]], [true, 0]]),
        &json!([[null, null], [[1, "ok"]], [false, 1]]),
    );
}
