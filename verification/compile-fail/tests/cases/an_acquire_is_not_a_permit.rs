// The `.await` is forgotten, and what it would have given is used.
use waystation::Semaphore;

fn main() {
    let semaphore = Semaphore::new(1);
    let permit = semaphore.acquire();
    println!("{}", permit.num_permits());
}
