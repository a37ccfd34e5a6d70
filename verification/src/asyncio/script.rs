//! What is played: random steps, a third of them cancels at least.

use serde_json::{Value, json};
use waystation_testkit::Rng;

/// What a script is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// `Event`
    Event,
    /// `Semaphore`
    Semaphore,
    /// asyncio's `BoundedSemaphore`, here `Semaphore::bounded`
    Bounded,
    /// `Queue`
    Queue,
    /// `LifoQueue`
    Lifo,
    /// `PriorityQueue`
    Priority,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::Event,
        Self::Semaphore,
        Self::Bounded,
        Self::Queue,
        Self::Lifo,
        Self::Priority,
    ];

    /// Its name in a script.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Event => "event",
            Self::Semaphore => "semaphore",
            Self::Bounded => "bounded",
            Self::Queue => "queue",
            Self::Lifo => "lifo",
            Self::Priority => "priority",
        }
    }

    /// Whether it is a queue.
    #[must_use]
    pub fn is_queue(self) -> bool {
        matches!(self, Self::Queue | Self::Lifo | Self::Priority)
    }
}

/// An item of a queue.
pub(super) type Item = i64;

/// One step. Tasks are named by a number, in the order in which they were made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Step {
    /// Starts a task that waits for one thing.
    Spawn(&'static str, Option<Item>),
    /// Calls `wait` of an event, for a task that begins later.
    Late,
    /// Begins it.
    Begin(usize),
    /// Cancels a task.
    Cancel(usize),
    /// Calls something that does not wait.
    Call(&'static str, Option<Item>),
}

impl Step {
    fn to_json(&self) -> Value {
        let with = |step: &str, op: &str, item: Option<Item>| match item {
            Some(item) => json!([step, op, item]),
            None => json!([step, op]),
        };
        match self {
            Self::Spawn(op, item) => with("spawn", op, *item),
            Self::Late => json!(["late"]),
            Self::Begin(task) => json!(["begin", task]),
            Self::Cancel(task) => json!(["cancel", task]),
            Self::Call(op, item) => with("call", op, *item),
        }
    }
}

/// A primitive and what is done to it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Script {
    /// The primitive.
    pub kind: Kind,
    /// How many permits, or how much room; 0 is a queue without bounds.
    pub value: usize,
    /// Steps; after each group all is run that can run.
    pub groups: Vec<Vec<Step>>,
}

impl Script {
    /// One line of JSON.
    #[must_use]
    pub fn to_json(&self) -> String {
        let group = |group: &Vec<Step>| group.iter().map(Step::to_json).collect::<Vec<_>>();
        let groups: Vec<_> = self.groups.iter().map(group).collect();
        json!({ "kind": self.kind.name(), "value": self.value, "groups": groups }).to_string()
    }

    /// How many steps there are, and how many of them are cancels.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let steps = self.groups.iter().flatten();
        let cancels = steps.clone().filter(|step| matches!(step, Step::Cancel(_)));
        (steps.clone().count(), cancels.count())
    }

    /// A script by chance. Queues are shut down in some if `can_shut_down`.
    #[must_use]
    pub fn random(kind: Kind, seed: u64, can_shut_down: bool) -> Self {
        let mut rng = Rng::new(seed);
        let value = match kind {
            Kind::Event => 0,
            Kind::Bounded => 1 + rng.below(3),
            _ => rng.below(4),
        };
        let mut writer = Writer {
            kind,
            rng,
            tasks: 0,
            can_shut_down,
        };
        let groups = (0..24).map(|_| writer.group()).collect();
        Self {
            kind,
            value,
            groups,
        }
    }
}

struct Writer {
    kind: Kind,
    rng: Rng,
    tasks: usize,
    can_shut_down: bool,
}

impl Writer {
    /// Either tasks are started, or something is called, and tasks are cancelled before and after.
    ///
    /// Not both, and not tasks that put together with tasks that get: asyncio lets a task that is
    /// started in the same turn take what was meant for one that was woken. Nor are items put and
    /// taken by calls in the same group.
    fn group(&mut self) -> Vec<Step> {
        let mut group = Vec::new();
        if self.tasks < 4 || self.rng.chance(2, 5) {
            let op = self.operation();
            for _ in 0..=self.rng.below(2) {
                self.tasks += 1;
                let item = (op == "put").then(|| self.item());
                group.push(Step::Spawn(op, item));
            }
            return group;
        }
        self.cancels(2, &mut group);
        self.calls(&mut group);
        self.cancels(4, &mut group);
        group
    }

    /// Cancels up to so many. The latest are cancelled most often, as they are waiting most often.
    fn cancels(&mut self, most: usize, group: &mut Vec<Step>) {
        for _ in 0..self.rng.below(most + 1) {
            let latest = self.tasks.min(8);
            group.push(Step::Cancel(self.tasks - 1 - self.rng.below(latest)));
        }
    }

    /// What tasks wait for.
    fn operation(&mut self) -> &'static str {
        match self.kind {
            Kind::Event => "wait",
            Kind::Semaphore | Kind::Bounded => "acquire",
            _ => {
                let operations = [
                    "put", "put", "put", "put", "get", "get", "get", "get", "join",
                ];
                operations[self.rng.below(operations.len())]
            }
        }
    }

    fn calls(&mut self, group: &mut Vec<Step>) {
        let (op, most) = match self.kind {
            Kind::Event => {
                for _ in 0..self.rng.below(3) {
                    let op = *self.rng.pick(&["set", "clear"]);
                    group.push(Step::Call(op, None));
                }
                return;
            }
            Kind::Semaphore => ("release", 2),
            // A second one might give back what a task was granted and has not seen.
            Kind::Bounded => ("release", 1),
            _ => match self.rng.below(10) {
                0..=3 => ("put_nowait", 2),
                4..=6 => ("get_nowait", 2),
                7 | 8 => ("task_done", 2),
                _ if self.can_shut_down && self.rng.chance(1, 4) => {
                    (*self.rng.pick(&["shutdown", "shutdown_now"]), 1)
                }
                _ => return,
            },
        };
        for _ in 0..self.rng.below(most + 1) {
            let item = (op == "put_nowait").then(|| self.item());
            group.push(Step::Call(op, item));
        }
    }

    fn item(&mut self) -> Item {
        Item::try_from(self.rng.below(20)).unwrap_or_default()
    }
}
