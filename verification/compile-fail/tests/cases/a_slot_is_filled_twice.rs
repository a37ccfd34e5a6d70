// One slot, one item.
use waystation::{Closed, Queue};

async fn fill(queue: &Queue<u32>) -> Result<(), Closed> {
    let slot = queue.reserve().await?;
    let _ = slot.put(1);
    let _ = slot.put(2);
    Ok(())
}

fn main() {
    drop(fill(&Queue::bounded(1)));
}
