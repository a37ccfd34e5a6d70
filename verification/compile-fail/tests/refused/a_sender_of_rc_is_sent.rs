// What a sender sends must be able to go where it goes.
use std::rc::Rc;
use std::thread;

use waystation::channel;

fn main() {
    let (sender, _receiver) = channel::unbounded::<Rc<u32>>();
    thread::spawn(move || drop(sender));
}
