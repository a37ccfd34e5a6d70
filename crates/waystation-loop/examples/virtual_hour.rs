//! An hour of schedule in milliseconds: with a virtual clock, the time jumps from timer to timer.
//! The hour is run twice, to show that the same things happen in the same order.
//!
//! ```text
//! cargo run -p waystation-loop --example virtual_hour
//! ```

use std::cell::RefCell;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::time::{Duration, Instant};

use waystation_loop::{EventLoop, Every, VirtualClock, current, interval, sleep, timeout};

const MINUTE: Duration = Duration::from_secs(60);

type Log = Rc<RefCell<Vec<(Duration, String)>>>;

fn main() {
    let real = Instant::now();
    let log = an_hour();
    let took = real.elapsed();
    println!("what happened in the first three minutes and in the last:");
    for (at, what) in &log {
        if *at <= 3 * MINUTE || *at > 59 * MINUTE {
            println!("  {:5} s  {what}", at.as_secs());
        }
    }
    println!(
        "{} events in one hour of the loop's time, {took:?} of ours",
        log.len()
    );
    println!("the same again, event by event: {}", an_hour() == log);
}

fn an_hour() -> Vec<(Duration, String)> {
    let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
    let start = event_loop.time();
    let log = Log::default();
    let note = {
        let log = log.clone();
        move |what: String| log.borrow_mut().push((current().time() - start, what))
    };

    let beat = note.clone();
    event_loop.call_every(Every::new(Duration::from_secs(30)), move |_| {
        beat("heartbeat".to_owned());
        ControlFlow::Continue(())
    });

    let report = note.clone();
    drop(event_loop.spawn_named("reporter", async move {
        let mut minutes = interval(MINUTE);
        for n in 1.. {
            minutes.tick().await;
            // A job that takes longer each time, and may take 20 seconds.
            let job = sleep(Duration::from_secs(n));
            let in_time = timeout(Duration::from_secs(20), job).await.is_ok();
            report(format!(
                "report {n} {}",
                if in_time { "done" } else { "given up" }
            ));
        }
    }));

    event_loop.run_until_complete(sleep(60 * MINUTE));
    event_loop.close();
    log.take()
}
