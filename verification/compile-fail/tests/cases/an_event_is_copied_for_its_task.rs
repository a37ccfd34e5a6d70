// There is one event, and many handles: `Arc::clone`.
use waystation::Event;

fn main() {
    let event = Event::new();
    let _task = async move { event.wait().await };
    event.set();
}
