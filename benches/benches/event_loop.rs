//! L1: waystation's `EventLoop` against every peer's, under criterion.
//!
//! Compares: the same cases as the `compare` program, workload by workload, each on its own loop.
//! Claims: the time per operation on this machine, and how it moved since a saved baseline. Does
//! not show: how a peer behaves under a full runtime, or with real work between the operations;
//! nor what the peers promise, which is in the report of `compare`.

use std::time::Duration;

use criterion::{Criterion, criterion_group, criterion_main};
use waystation_benches::{Book, event_loop};

fn loops(criterion: &mut Criterion) {
    let mut book = Book::default();
    event_loop::enter(&mut book);
    for case in book.cases {
        criterion
            .benchmark_group(case.row.key)
            .bench_function(case.facts.name, |bencher| {
                bencher.iter_custom(|ops| {
                    let sample = (case.run)(ops);
                    sample.elapsed.mul_f64(ops as f64 / sample.ops as f64)
                });
            });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1));
    targets = loops
}
criterion_main!(benches);
