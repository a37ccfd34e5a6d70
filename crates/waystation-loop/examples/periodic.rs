//! A schedule of 50 ms whose third tick takes 170 ms: what becomes of the ticks that were missed,
//! under each policy, and how far each tick drifts from its time.
//!
//! ```text
//! cargo run -p waystation-loop --example periodic
//! ```

use std::cell::Cell;
use std::ops::ControlFlow;
use std::rc::Rc;
use std::time::Duration;

use waystation_loop::{EventLoop, Every, MissedTick, current};

const PERIOD: Duration = Duration::from_millis(50);
const SLOW: Duration = Duration::from_millis(170);
const TICKS: u32 = 9;

fn main() {
    for missed in [MissedTick::Skip, MissedTick::Delay, MissedTick::Burst] {
        println!("{missed:?}: every {PERIOD:?}, the third tick takes {SLOW:?}");
        let worst = schedule(missed);
        println!("  latest tick: {:.1} ms after its time\n", millis(worst));
    }
}

/// Runs one schedule and returns how late its latest tick was.
fn schedule(missed: MissedTick) -> Duration {
    let event_loop = EventLoop::new();
    let start = event_loop.time();
    let worst = Rc::new(Cell::new(Duration::ZERO));
    let seen = worst.clone();
    let mut count = 0;
    event_loop.call_every(Every::new(PERIOD).missed(missed), move |tick| {
        count += 1;
        let drift = tick.now - tick.scheduled;
        seen.set(seen.get().max(drift));
        println!(
            "  tick {count}: scheduled {:6.1} ms, ran {:6.1} ms, drift {:6.1} ms, left out {}",
            millis(tick.scheduled - start),
            millis(tick.now - start),
            millis(drift),
            tick.missed,
        );
        if count == 3 {
            // What a callback should not do: it keeps the loop.
            std::thread::sleep(SLOW);
        }
        if count < TICKS {
            return ControlFlow::Continue(());
        }
        current().stop();
        ControlFlow::Break(())
    });
    if let Err(error) = event_loop.run_forever() {
        println!("  {error}");
    }
    worst.get()
}

fn millis(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}
