// An `Rc` may not travel, so neither may a queue of them.
use std::rc::Rc;
use std::thread;

use waystation::Queue;

fn main() {
    let queue = Queue::<Rc<u32>>::unbounded();
    thread::scope(|threads| {
        threads.spawn(|| queue.try_get().is_ok());
    });
}
