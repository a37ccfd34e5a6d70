// A permit is given by a semaphore, never made.
use waystation::{Permit, Semaphore};

fn main() {
    let semaphore = Semaphore::new(0);
    let _permit = Permit {
        semaphore: &semaphore,
        permits: 1,
    };
}
