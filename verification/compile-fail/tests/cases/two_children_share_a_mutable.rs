// Children of a gather run side by side.
use waystation::gather;

async fn add(sum: &mut u32, n: u32) {
    *sum += n;
}

fn main() {
    let mut sum = 0;
    drop(gather((add(&mut sum, 1), add(&mut sum, 2))));
}
