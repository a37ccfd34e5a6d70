// Only futures can be awaited together.
use waystation::gather;

fn main() {
    drop(gather((async { 1 }, 2)));
}
