// A priority queue has to compare its items.
use waystation::PriorityQueue;

struct Job;

fn main() {
    let queue = PriorityQueue::unbounded();
    let _ = queue.try_put(Job);
}
