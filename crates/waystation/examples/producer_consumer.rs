//! Producers and consumers over a bounded queue: `join` waits until all work is done, `close` sends
//! everybody home.
//!
//! ```text
//! cargo run -p waystation --example producer_consumer
//! ```

use std::ops::Range;
use std::time::{Duration, Instant};

use anyhow::Result;
use waystation::event_loop::{self, sleep};
use waystation::{Queue, gather, try_gather};

/// So many orders hang over the counter; a waiter with one more has to stand there.
const ROOM: usize = 3;

fn main() -> Result<()> {
    let begin = Instant::now();
    let cooked = event_loop::run(restaurant())?;
    println!("cooked {cooked:?}, in {:.0?}", begin.elapsed());
    Ok(())
}

async fn restaurant() -> Result<[usize; 2]> {
    let orders = Queue::bounded(ROOM);
    let kitchen = gather([cook("Ada", 30, &orders), cook("Ben", 50, &orders)]);
    let (cooked, evening) = gather((kitchen, evening(&orders))).await;
    evening?;
    Ok(cooked)
}

/// Lets the waiters work, waits for the last plate, and closes.
async fn evening(orders: &Queue<Order>) -> Result<()> {
    let waiters = [waiter("Cleo", 1..6, orders), waiter("Dan", 6..11, orders)];
    try_gather(waiters).await?;
    println!(
        "all orders are in, {} still unfinished",
        orders.unfinished()
    );

    // Not "the queue is empty", but "every order that was taken is cooked".
    orders.join().await;
    println!("all orders are cooked");

    // The cooks' next `get` ends with an error, and so does their loop.
    orders.close();
    Ok(())
}

#[derive(Debug)]
struct Order {
    table: u32,
    waiter: &'static str,
}

async fn waiter(name: &'static str, tables: Range<u32>, orders: &Queue<Order>) -> Result<()> {
    for table in tables {
        let waits = orders.is_full();
        let order = Order {
            table,
            waiter: name,
        };
        orders.put(order).await?;
        let after = if waits { ", after a wait" } else { "" };
        println!("  {name} hangs up table {table}{after}");
    }
    Ok(())
}

async fn cook(name: &str, millis: u64, orders: &Queue<Order>) -> usize {
    let mut cooked = 0;
    // The guard of `get_task` says `task_done` when it is dropped, also in a panic.
    while let Ok(order) = orders.get_task().await {
        sleep(Duration::from_millis(millis)).await;
        println!(
            "    {name} cooked for table {} ({})",
            order.table, order.waiter
        );
        cooked += 1;
    }
    cooked
}
