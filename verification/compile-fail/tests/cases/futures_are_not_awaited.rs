// Each says what is missing.
#![deny(unused_must_use)]
use waystation::{AutoResetEvent, Event, Queue, Semaphore, gather};

fn main() {
    let (event, signal) = (Event::new(), AutoResetEvent::new());
    event.wait();
    signal.wait();

    let semaphore = Semaphore::new(1);
    semaphore.acquire();
    semaphore.closed();

    let queue = Queue::bounded(1);
    queue.put(1);
    queue.get();
    queue.get_task();
    queue.reserve();
    queue.join();
    queue.closed();

    gather([async {}]);
}
