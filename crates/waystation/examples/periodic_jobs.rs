//! Three jobs on a schedule, on one loop, and how far each tick drifted from its time.
//!
//! One is a callback, one a task, and one has work that blocks, which goes to the executor, so that
//! it disturbs nobody. What becomes of ticks that are missed is shown by the `periodic` example of
//! `waystation-loop`.
//!
//! ```text
//! cargo run -p waystation --example periodic_jobs
//! ```

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::time::Duration;

use waystation::event_loop::{EventLoop, Every, MissedTick, Tick, current, interval, sleep};

const PROGRAM: Duration = Duration::from_secs(1);

fn main() {
    let drifts = Drifts::default();
    let event_loop = EventLoop::new();
    heartbeat(&event_loop, &drifts);
    sampler(&event_loop, &drifts);
    cleaner(&event_loop, &drifts);

    println!("three schedules for {PROGRAM:?} …");
    event_loop.run_until_complete(sleep(PROGRAM));
    event_loop.close();
    drifts.print();
}

/// A callback, every 20 ms.
fn heartbeat(event_loop: &EventLoop, drifts: &Drifts) {
    let drifts = drifts.clone();
    event_loop.call_every(Every::new(Duration::from_millis(20)), move |tick| {
        drifts.note("heartbeat, a callback every 20 ms", tick);
        ControlFlow::Continue(())
    });
}

/// A task, every 50 ms, that waits within its tick.
fn sampler(event_loop: &EventLoop, drifts: &Drifts) {
    let drifts = drifts.clone();
    drop(event_loop.spawn_named("sampler", async move {
        let mut samples = interval(Duration::from_millis(50));
        loop {
            let tick = samples.tick().await;
            drifts.note("sampler, a task every 50 ms", tick);
            sleep(Duration::from_millis(10)).await;
        }
    }));
}

/// Every 100 ms, with work that blocks a thread for 130 ms: it falls behind, and is late more and
/// more, until a whole tick is missed and left out.
fn cleaner(event_loop: &EventLoop, drifts: &Drifts) {
    let drifts = drifts.clone();
    drop(event_loop.spawn_named("cleaner", async move {
        let mut rounds = interval(Duration::from_millis(100)).missed(MissedTick::Skip);
        loop {
            let tick = rounds.tick().await;
            drifts.note("cleaner, blocking work every 100 ms", tick);
            let work = || std::thread::sleep(Duration::from_millis(130));
            if let Err(error) = current().run_in_executor(work).await {
                println!("cleaning failed: {error}");
            }
        }
    }));
}

/// How late the ticks of each job were. All are noted on the loop's thread: no lock.
#[derive(Clone, Default)]
struct Drifts(std::rc::Rc<RefCell<BTreeMap<&'static str, Job>>>);

#[derive(Default)]
struct Job {
    late: Vec<Duration>,
    left_out: u64,
}

impl Drifts {
    fn note(&self, job: &'static str, tick: Tick) {
        let mut jobs = self.0.borrow_mut();
        let job = jobs.entry(job).or_default();
        job.late.push(tick.now - tick.scheduled);
        job.left_out += tick.missed;
    }

    fn print(&self) {
        println!(
            "{:<36} {:>5} {:>8} {:>9} {:>9}",
            "", "ticks", "left out", "median", "latest"
        );
        for (name, job) in &*self.0.borrow() {
            let mut late = job.late.clone();
            late.sort();
            println!(
                "{name:<36} {:>5} {:>8} {:>6.2} ms {:>6.2} ms",
                late.len(),
                job.left_out,
                millis(late[late.len() / 2]),
                millis(late[late.len() - 1]),
            );
        }
    }
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
