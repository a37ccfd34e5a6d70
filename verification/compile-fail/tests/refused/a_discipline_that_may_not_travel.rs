// A discipline of one's own decides whether its queue may be shared.
use std::rc::Rc;

use waystation::{BaseQueue, Discipline};

struct Local(Rc<u8>);

impl Discipline<u8> for Local {
    type Token = ();
    fn push(&mut self, _: u8) {}
    fn pop(&mut self) -> Option<(u8, ())> {
        None
    }
    fn put_back(&mut self, _: u8, (): ()) {}
    fn len(&self) -> usize {
        usize::from(*self.0)
    }
}

fn share<T: Sync>(_: &T) {}

fn main() {
    share(&BaseQueue::with_discipline(Local(Rc::new(0)), None));
}
