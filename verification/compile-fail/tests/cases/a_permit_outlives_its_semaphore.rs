// A permit borrows; `acquire_owned` is for permits that travel.
use waystation::{Permit, Semaphore};

fn main() {
    let permit: Permit<&Semaphore>;
    {
        let semaphore = Semaphore::new(1);
        permit = semaphore.try_acquire().unwrap();
    }
    drop(permit);
}
