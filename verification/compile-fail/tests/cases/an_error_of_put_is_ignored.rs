// The item that could not be put is in the error.
#![deny(unused_must_use)]
use waystation::Queue;

fn main() {
    let queue = Queue::bounded(1);
    queue.try_put(1);
}
