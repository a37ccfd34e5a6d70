//! Our primitives, with asyncio's names.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use serde_json::{Value, json};
use waystation_event::Event;
use waystation_queue::{
    BaseQueue, Discipline, LifoQueue, PriorityQueue, Queue, TryGetError, TryPutError,
};
use waystation_semaphore::Semaphore;

use super::script::{Item, Kind, Script};

/// What a task is made of; its result is what the script sees.
pub(super) type Task = Pin<Box<dyn Future<Output = Value>>>;

/// A primitive that scripts are played on.
pub(super) trait Target {
    /// A task that waits for one thing.
    fn task(&self, op: &str, item: Option<Item>) -> Task;

    /// Calls something that does not wait.
    fn call(&self, op: &str, item: Option<Item>) -> Value;

    /// The future of a wait that is called now.
    fn late(&self) -> Task {
        unreachable!("for events only")
    }

    /// What can be seen.
    fn state(&self) -> Value;
}

pub(super) fn target(script: &Script) -> Box<dyn Target> {
    let value = script.value;
    match script.kind {
        Kind::Event => Box::new(Arc::new(Event::new())),
        Kind::Semaphore => Box::new(Arc::new(Semaphore::new(value))),
        Kind::Bounded => Box::new(Arc::new(Semaphore::bounded(value))),
        Kind::Queue => Box::new(Arc::new(Queue::with_maxsize(value))),
        Kind::Lifo => Box::new(Arc::new(LifoQueue::with_maxsize(value))),
        Kind::Priority => Box::new(Arc::new(PriorityQueue::with_maxsize(value))),
    }
}

impl Target for Arc<Event> {
    fn task(&self, _: &str, _: Option<Item>) -> Task {
        let event = self.clone();
        Box::pin(async move {
            event.wait().await;
            json!("ok")
        })
    }

    fn call(&self, op: &str, _: Option<Item>) -> Value {
        match op {
            "set" => self.set(),
            _ => self.clear(),
        };
        Value::Null
    }

    fn late(&self) -> Task {
        let wait = self.wait_owned();
        Box::pin(async move {
            wait.await;
            json!("ok")
        })
    }

    fn state(&self) -> Value {
        json!([self.is_set()])
    }
}

// asyncio's `acquire` and `release` know no guards: a permit is forgotten when it is acquired, and
// new ones are added.

impl Target for Arc<Semaphore> {
    fn task(&self, _: &str, _: Option<Item>) -> Task {
        let semaphore = self.clone();
        Box::pin(async move {
            match semaphore.acquire().await {
                Ok(permit) => permit.forget(),
                Err(error) => return json!(error.to_string()),
            }
            json!("ok")
        })
    }

    fn call(&self, op: &str, _: Option<Item>) -> Value {
        if op == "locked" {
            return json!(self.locked());
        }
        match self.try_add_permits(1) {
            Ok(()) => Value::Null,
            Err(_) => json!("too many"),
        }
    }

    fn state(&self) -> Value {
        json!([self.locked(), self.available_permits()])
    }
}

impl<D: Discipline<Item> + 'static> Target for Arc<BaseQueue<Item, D>> {
    fn task(&self, op: &str, item: Option<Item>) -> Task {
        let queue = self.clone();
        match (op, item) {
            ("put", Some(item)) => Box::pin(async move {
                match queue.put(item).await {
                    Ok(()) => json!("ok"),
                    Err(_) => json!("closed"),
                }
            }),
            ("get", _) => Box::pin(async move {
                match queue.get().await {
                    Ok(item) => json!(item),
                    Err(_) => json!("closed"),
                }
            }),
            _ => Box::pin(async move {
                queue.join().await;
                json!("ok")
            }),
        }
    }

    fn call(&self, op: &str, item: Option<Item>) -> Value {
        match (op, item) {
            ("put_nowait", Some(item)) => match self.try_put(item) {
                Ok(()) => json!("ok"),
                Err(TryPutError::Full(_)) => json!("full"),
                Err(TryPutError::Closed(_)) => json!("closed"),
            },
            ("get_nowait", _) => match self.try_get() {
                Ok(item) => json!(item),
                Err(TryGetError::Empty) => json!("empty"),
                Err(TryGetError::Closed) => json!("closed"),
            },
            ("task_done", _) => match self.task_done() {
                Ok(()) => json!("ok"),
                Err(_) => json!("too many"),
            },
            ("shutdown", _) => {
                self.close();
                Value::Null
            }
            _ => {
                drop(self.close_now());
                Value::Null
            }
        }
    }

    fn state(&self) -> Value {
        json!([
            self.len(),
            self.is_empty(),
            self.is_full(),
            self.unfinished()
        ])
    }
}
