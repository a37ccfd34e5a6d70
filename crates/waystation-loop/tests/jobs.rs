//! Jobs of the executor.

use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use waystation_loop::{Blocking, EventLoop, JoinError, VirtualClock, current, run, sleep};

#[test]
fn jobs_run_elsewhere_and_give_their_results() {
    let here = thread::current().id();
    let sum = run(async move {
        let jobs: Vec<_> = (0..50u64)
            .map(|n| {
                current().run_in_executor(move || {
                    assert_ne!(thread::current().id(), here);
                    n
                })
            })
            .collect();
        let mut sum = 0;
        for job in jobs {
            sum += job.await.unwrap();
        }
        sum
    });
    assert_eq!(sum, 1225);
}

#[test]
fn a_jobs_panic_comes_out_of_its_handle() {
    run(async {
        let job = current().run_in_executor(|| panic!("boom"));
        let Err(JoinError::Panicked(panicked)) = job.await else {
            panic!("it panicked")
        };
        assert_eq!(panicked.message(), Some("boom"));
    });
}

#[test]
fn an_aborted_job_is_not_waited_for() {
    let (release, gate) = mpsc::channel::<()>();
    run(async move {
        let job = current().run_in_executor(move || gate.recv().is_ok());
        assert!(job.abort());
        assert!(job.is_finished());
        assert!(job.await.unwrap_err().is_cancelled());
        drop(release);
    });
}

#[test]
fn a_job_that_outlives_its_loop_still_gives_its_result() {
    let (release, gate) = mpsc::channel();
    let event_loop = EventLoop::new();
    let job = event_loop.run_in_executor(move || gate.recv().unwrap());
    drop(event_loop);
    release.send(9).unwrap();
    assert_eq!(job.block().unwrap(), 9);
}

#[test]
fn an_aborted_job_does_not_hold_a_virtual_clock_up() {
    // Counted for ever, it would stop the time for ever.
    let (sender, done) = mpsc::channel();
    thread::spawn(move || {
        let event_loop = EventLoop::builder().clock(VirtualClock::new()).build();
        let job = event_loop.run_in_executor(|| thread::sleep(Duration::from_millis(2)));
        job.abort();
        drop(job);
        event_loop.run_until_complete(sleep(Duration::from_secs(5)));
        sender.send(()).expect("the test waits");
    });
    assert_eq!(done.recv_timeout(Duration::from_secs(20)), Ok(()));
}
