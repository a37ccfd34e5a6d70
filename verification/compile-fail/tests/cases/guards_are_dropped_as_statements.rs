// A guard that is not kept is given back at once.
#![deny(unused_must_use)]
use waystation::{Queue, Semaphore};

async fn all() -> Option<()> {
    let (semaphore, queue) = (Semaphore::new(1), Queue::<u32>::bounded(1));
    semaphore.acquire().await.ok()?;
    queue.reserve().await.ok()?;
    queue.get_task().await.ok()?;
    Some(())
}

fn main() {
    drop(all());
}
