//! A start gun: tasks and threads wait for one `Event`, and run when it is set.
//!
//! ```text
//! cargo run -p waystation --example start_gun
//! ```

use std::thread;
use std::time::{Duration, Instant};

use waystation::event_loop::{self, sleep};
use waystation::{AutoResetEvent, Blocking as _, Event, gather};

const LANES: usize = 4;

fn main() {
    one_shot_starts_all();
    a_pulse_starts_those_who_stand_there();
    an_auto_reset_event_starts_one();
}

/// `set` releases everybody, threads too, and stays.
fn one_shot_starts_all() {
    println!("set: everybody who waits, and whoever comes later");
    let gun = Event::new();
    thread::scope(|scope| {
        for lane in 0..2 {
            let gun = &gun;
            scope.spawn(move || {
                gun.wait().block();
                println!("  a thread runs on lane {lane}");
            });
        }
        event_loop::run(async {
            let tasks = (2..LANES).map(|lane| run_on(lane, &gun));
            gather((gather(tasks), starter(&gun))).await;
            // It stays set: nobody waits any more.
            gun.wait().await;
            println!("  a latecomer runs at once");
        });
    });
}

async fn run_on(lane: usize, gun: &Event) {
    gun.wait().await;
    println!("  a task runs on lane {lane}");
}

/// Fires when all stand in line.
async fn starter(gun: &Event) {
    while gun.waiters() < LANES {
        sleep(Duration::from_millis(1)).await;
    }
    println!("  {} wait: bang", gun.waiters());
    gun.set();
}

/// `pulse` releases who waits now, and the flag stays clear.
fn a_pulse_starts_those_who_stand_there() {
    println!("pulse: those who wait now, heat by heat");
    let gun = Event::new();
    event_loop::run(async {
        let heats = async {
            for heat in 1..=3 {
                sleep(Duration::from_millis(5)).await;
                println!("  heat {heat}: {} started", gun.pulse());
            }
        };
        let runners = (0..LANES).map(|_| async {
            for _ in 0..3 {
                gun.wait().await;
            }
        });
        gather((gather(runners), heats)).await;
    });
}

/// Each `set` releases one, in order of arrival.
fn an_auto_reset_event_starts_one() {
    println!("AutoResetEvent: one at a time, in order");
    let turn = AutoResetEvent::new();
    let begin = Instant::now();
    event_loop::run(async {
        let jumpers = (1..=LANES).map(|number| {
            let turn = &turn;
            async move {
                turn.wait().await;
                println!("  jumper {number} after {:.0?}", begin.elapsed());
            }
        });
        let judge = async {
            for _ in 0..LANES {
                sleep(Duration::from_millis(10)).await;
                turn.set();
            }
        };
        gather((gather(jumpers), judge)).await;
    });
}
