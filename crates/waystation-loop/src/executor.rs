//! Blocking work, on the thread pool of the `blocking` crate.

use std::rc::Rc;
use std::sync::Arc;
use std::task::Waker;

use waystation_core::panics::FirstPanic;
use waystation_core::sync::catch_panic;

use crate::inner::{Here, Inner};
use crate::join::{Failure, JoinCell, JoinHandle, Left, Outcome};
use crate::remote::Remote;

pub(crate) fn run_in_executor<T, F>(inner: &Rc<Inner>, work: F, location: Here) -> JoinHandle<T>
where
    F: FnOnce() -> T + Send + 'static,
    T: Send + 'static,
{
    let cell = Arc::new(JoinCell::of_job(inner.id));
    let job = Job {
        cell: cell.clone(),
        remote: inner.remote.clone(),
        location,
        left: false,
    };
    inner.jobs.set(inner.jobs.get() + 1);
    blocking::unblock(move || job.run(work)).detach();
    JoinHandle::new(cell)
}

/// A job on its way through the pool. Its drop says that the job is over, whatever came of it.
struct Job<T> {
    cell: Arc<JoinCell<T>>,
    remote: Arc<Remote>,
    location: Here,
    left: bool,
}

impl<T> Job<T> {
    fn run(mut self, work: impl FnOnce() -> T) {
        if !self.cell.may_begin() {
            return;
        }
        let outcome = catch_panic(work).map_err(Failure::Panicked);
        self.leave(outcome);
    }

    /// Leaves the outcome and wakes who waits for it. No panic comes out: this is not the thread of
    /// anybody who could do something about it, and the panic hook has reported it.
    fn leave(&mut self, outcome: Outcome<T>) {
        self.left = true;
        let Left { waker, unwanted } = self.cell.complete(outcome);
        let mut panics = FirstPanic::new();
        panics.run(|| waker.map(Waker::wake));
        panics.drop(unwanted);
        panics.suppress();
    }
}

impl<T> Drop for Job<T> {
    fn drop(&mut self) {
        if !self.left {
            self.leave(Err(Failure::Cancelled));
        }
        // The loop counts its jobs itself. A closed one no longer does.
        let end = |inner: &Rc<Inner>| inner.jobs.set(inner.jobs.get() - 1);
        let _open: bool = self.remote.order(self.location, end);
    }
}
