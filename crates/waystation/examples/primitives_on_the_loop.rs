//! `Event`, `Semaphore` and `Queue` on the event loop, in virtual time: a morning in a bakery takes
//! no time at all, and goes the same way in every run. At the end somebody forgets to unlock the
//! door, and the loop says who waits for it.
//!
//! ```text
//! cargo run -p waystation --example primitives_on_the_loop
//! ```

use std::cell::RefCell;
use std::time::{Duration, Instant};

use anyhow::Result;
use waystation::event_loop::{EventLoop, RunError, VirtualClock, current, sleep};
use waystation::{Event, Queue, Semaphore, gather};

const MINUTE: Duration = Duration::from_secs(60);

fn main() -> Result<()> {
    let begin = Instant::now();
    let morning = run_a_morning()?;
    let took = begin.elapsed();
    for line in &morning {
        println!("{line}");
    }
    println!("half a morning, in {took:.0?}");
    println!(
        "the same again, line by line: {}",
        run_a_morning()? == morning
    );

    match forget_the_key() {
        Err(RunError::Stalled(report)) => println!("\nwithout the key: {report}"),
        other => println!("\nwithout the key: {other:?}"),
    }
    Ok(())
}

/// The time jumps to the next timer whenever nothing is ready.
fn bakery_loop() -> EventLoop {
    EventLoop::builder().clock(VirtualClock::new()).build()
}

fn run_a_morning() -> Result<Vec<String>> {
    let event_loop = bakery_loop();
    let bakery = Bakery::new(event_loop.time());
    event_loop.run_until_complete(bakery.morning())?;
    Ok(bakery.log.into_inner())
}

struct Bakery {
    midnight: Instant,
    /// Set when the shop opens.
    open: Event,
    /// Two ovens for five bakers' trays.
    ovens: Semaphore,
    /// The shelf has room for three loaves.
    shelf: Queue<String>,
    log: RefCell<Vec<String>>,
}

impl Bakery {
    fn new(midnight: Instant) -> Self {
        Self {
            midnight,
            open: Event::new(),
            ovens: Semaphore::new(2),
            shelf: Queue::bounded(3),
            log: RefCell::default(),
        }
    }

    async fn morning(&self) -> Result<()> {
        sleep(5 * 60 * MINUTE).await;
        self.note("the bakers arrive");
        let baking = async {
            let trays = (1..=5).map(|tray| self.bake(tray));
            let baked: Result<Vec<()>> = gather(trays).await.into_iter().collect();
            self.shelf.close();
            baked
        };
        let customers = gather((self.unlock(), self.serve("Ida"), self.serve("Otto")));
        let (baked, _) = gather((baking, customers)).await;
        self.note("sold out");
        baked.map(drop)
    }

    async fn bake(&self, tray: u32) -> Result<()> {
        let oven = self.ovens.acquire().await?;
        self.note(&format!("tray {tray} goes into an oven"));
        sleep(25 * MINUTE).await;
        drop(oven);
        for half in ["a", "b"] {
            // Waits while the shelf is full.
            self.shelf.put(format!("loaf {tray}{half}")).await?;
        }
        self.note(&format!("tray {tray} is on the shelf"));
        Ok(())
    }

    async fn unlock(&self) {
        sleep(45 * MINUTE).await;
        self.note("the door opens");
        self.open.set();
    }

    async fn serve(&self, customer: &str) {
        self.open.wait().await;
        while let Ok(loaf) = self.shelf.get().await {
            self.note(&format!("{customer} buys {loaf}"));
            sleep(4 * MINUTE).await;
        }
    }

    fn note(&self, what: &str) {
        let minutes = (current().time() - self.midnight).as_secs() / 60;
        let line = format!("{:02}:{:02}  {what}", minutes / 60, minutes % 60);
        self.log.borrow_mut().push(line);
    }
}

/// Two customers in front of a door that nobody opens.
fn forget_the_key() -> Result<(), RunError> {
    let door = std::rc::Rc::new(Event::new());
    let event_loop = bakery_loop();
    for name in ["Ida", "Otto"] {
        let door = door.clone();
        drop(event_loop.spawn_named(name, async move { door.wait().await }));
    }
    event_loop.try_run_until_complete(door.wait())
}
