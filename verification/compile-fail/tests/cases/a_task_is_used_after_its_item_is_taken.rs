// `into_inner` ends the task: its item is elsewhere.
use waystation::{GetError, Queue};

async fn work(queue: &Queue<String>) -> Result<(), GetError> {
    let task = queue.get_task().await?;
    let item = task.into_inner();
    println!("{item} {}", *task);
    Ok(())
}

fn main() {
    drop(work(&Queue::unbounded()));
}
