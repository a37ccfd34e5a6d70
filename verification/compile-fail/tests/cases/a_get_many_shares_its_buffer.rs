// Items go into the buffer while the future lives.
use waystation::Queue;

async fn some(queue: &Queue<u32>) -> usize {
    let mut items = Vec::new();
    let get = queue.get_many(&mut items, 3);
    let before = items.len();
    before + get.await
}

fn main() {
    drop(some(&Queue::unbounded()));
}
