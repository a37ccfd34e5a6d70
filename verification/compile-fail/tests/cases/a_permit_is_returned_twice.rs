// Dropping it returns it; `forget` does not. Never both.
use waystation::Semaphore;

fn main() {
    let semaphore = Semaphore::new(1);
    let permit = semaphore.try_acquire().unwrap();
    permit.forget();
    drop(permit);
}
