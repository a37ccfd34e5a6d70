// The `.await` is forgotten, and what it would have given is used.
use waystation::Queue;

async fn next(queue: &Queue<u32>) -> u32 {
    queue.get()? + 1
}

fn main() {
    drop(next(&Queue::unbounded()));
}
