// What a future borrows from is `&S` or `Arc<S>`, and nothing else.
use std::ops::Deref;
use std::rc::Rc;

use waystation_core::source::Source;

#[derive(Clone)]
struct Mine(Rc<u32>);

impl Deref for Mine {
    type Target = u32;
    fn deref(&self) -> &u32 {
        &self.0
    }
}

impl Source for Mine {}

fn main() {}
