use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize as Counter, Ordering as CounterOrdering};
use std::task::{Context, Poll, Wake, Waker};
use std::time::Instant;

use loom::sync::atomic::{AtomicUsize, Ordering};
use loom::thread::JoinHandle;

/// Explores every execution of a model, or panics.
pub fn exhaustive<F: Fn() + Send + Sync + 'static>(model: F) {
    run(None, model);
}

/// Explores every execution with at most so many preemptions.
pub fn bounded<F: Fn() + Send + Sync + 'static>(preemptions: usize, model: F) {
    run(Some(preemptions), model);
}

/// Explores every execution of a model that is written outside its test, whose name it is given.
pub fn exhaustive_as<F: Fn() + Send + Sync + 'static>(name: &str, model: F) {
    check(name, None, model);
}

/// [`bounded`], for a model that is written outside its test.
pub fn bounded_as<F: Fn() + Send + Sync + 'static>(name: &str, preemptions: usize, model: F) {
    check(name, Some(preemptions), model);
}

fn run<F: Fn() + Send + Sync + 'static>(preemptions: Option<usize>, model: F) {
    check(&test_name::<F>(), preemptions, model);
}

fn check<F: Fn() + Send + Sync + 'static>(name: &str, preemptions: Option<usize>, model: F) {
    let executions = Arc::new(Counter::new(0));
    let counted = executions.clone();
    let mut builder = loom::model::Builder::new();
    builder.preemption_bound = preemptions;
    builder.max_branches = 10_000;
    builder.max_duration = None;
    builder.max_permutations = None;
    let start = Instant::now();
    builder.check(move || {
        counted.fetch_add(1, CounterOrdering::Relaxed);
        model();
    });
    let bound = match preemptions {
        None => "exhaustive".to_owned(),
        Some(bound) => format!("bounded {bound}"),
    };
    let executions = executions.load(CounterOrdering::Relaxed);
    let seconds = start.elapsed().as_secs_f64();
    println!("model {name} {bound} {executions} executions {seconds:.2} s");
}

/// The name of the test that a model's closure is written in.
fn test_name<F>() -> String {
    let path = std::any::type_name::<F>().trim_end_matches("::{{closure}}");
    path.rsplit("::").next().unwrap_or(path).to_owned()
}

/// Starts a thread of the model.
pub fn spawn<T: 'static>(f: impl FnOnce() -> T + 'static) -> JoinHandle<T> {
    loom::thread::spawn(f)
}

/// Waits for the end of several threads of the model.
///
/// # Panics
///
/// If one of them has panicked.
pub fn join<T>(threads: impl IntoIterator<Item = JoinHandle<T>>) {
    for thread in threads {
        assert!(thread.join().is_ok(), "a thread of the model has panicked");
    }
}

/// A waker that counts.
#[derive(Debug)]
pub struct Probe(AtomicUsize);

impl Probe {
    /// One that was never woken.
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicUsize::new(0)))
    }

    /// How often it was woken.
    pub fn wakes(&self) -> usize {
        self.0.load(Ordering::Acquire)
    }
}

impl Wake for Probe {
    fn wake(self: Arc<Self>) {
        self.0.fetch_add(1, Ordering::AcqRel);
    }
}

/// Polls once.
pub fn poll<F: Future + Unpin>(future: &mut F, probe: &Arc<Probe>) -> Poll<F::Output> {
    let waker = Waker::from(probe.clone());
    Pin::new(future).poll(&mut Context::from_waker(&waker))
}

/// Polls a future for the first time, which has to wait.
///
/// # Panics
///
/// If it is ready.
pub fn parked<F: Future + Unpin>(mut future: F, probe: &Arc<Probe>) -> F {
    assert!(poll(&mut future, probe).is_pending(), "it did not wait");
    future
}

/// A value that a primitive is to publish: relaxed, so that only the primitive orders it.
#[derive(Debug)]
pub struct Data(AtomicUsize);

impl Data {
    /// 0.
    pub fn new() -> Arc<Self> {
        Arc::new(Self(AtomicUsize::new(0)))
    }

    /// Writes 1.
    pub fn write(&self) {
        self.0.store(1, Ordering::Relaxed);
    }

    /// Reads.
    pub fn read(&self) -> usize {
        self.0.load(Ordering::Relaxed)
    }

    /// Adds one, in two steps: lost if somebody else does so in between.
    pub fn bump(&self) {
        self.0
            .store(self.0.load(Ordering::Relaxed) + 1, Ordering::Relaxed);
    }
}
