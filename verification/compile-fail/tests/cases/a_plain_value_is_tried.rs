// `try_gather` ends at the first error: its children must be able to fail.
use waystation::try_gather;

fn main() {
    drop(try_gather((async { 1 }, async { 2 })));
}
