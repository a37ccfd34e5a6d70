// `block` is for this library's futures; any other needs an executor.
use waystation::Blocking;

fn main() {
    let _one = Box::pin(async { 1 }).block();
}
