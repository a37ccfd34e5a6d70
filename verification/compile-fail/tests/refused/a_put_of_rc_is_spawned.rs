// A put carries its item.
use std::rc::Rc;
use std::sync::Arc;

use waystation::Queue;

fn spawn<F: Future + Send + 'static>(future: F) {
    drop(future);
}

fn main() {
    let queue = Arc::new(Queue::unbounded());
    spawn(queue.put_owned(Rc::new(1)));
}
