// One permit, one holder.
use std::sync::Arc;

use waystation::Semaphore;

fn main() {
    let permit = Arc::new(Semaphore::new(1)).try_acquire_owned().unwrap();
    let _two = (permit.clone(), permit);
}
