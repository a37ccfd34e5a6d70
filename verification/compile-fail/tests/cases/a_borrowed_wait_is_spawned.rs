// A task may outlive this function: it needs `wait_owned`.
use waystation::Event;

fn spawn<F: Future<Output = ()> + Send + 'static>(future: F) {
    drop(future);
}

fn main() {
    let event = Event::new();
    spawn(event.wait());
}
