use std::sync::Arc;
use std::task::{Context, Poll};

use waystation_core::wait::{Place, Watch, Watched};

use crate::Semaphore;
use crate::pool::Waiting;

/// To wait for its end.
impl Semaphore {
    /// Waits until the semaphore is closed.
    pub fn closed(&self) -> SemaphoreClosed<&Self> {
        Watch::new(self)
    }

    /// Like [`closed`](Semaphore::closed), for a future that owns its semaphore.
    pub fn closed_owned(self: &Arc<Self>) -> SemaphoreClosed<Arc<Self>> {
        Watch::new(self.clone())
    }
}

/// Names what [`Semaphore::closed`] waits for.
#[derive(Debug)]
pub enum SemaphoreClosing {}

/// The future of [`Semaphore::closed`]. Dropping it changes nothing.
pub type SemaphoreClosed<H> = Watch<H, SemaphoreClosing>;

impl Watched<SemaphoreClosing> for Semaphore {
    const NAME: &'static str = "SemaphoreClosed";

    #[track_caller]
    fn poll_watch(&self, place: &mut Place, cx: &Context<'_>) -> Poll<()> {
        place.watch(
            Self::NAME,
            cx,
            &self.pool.waiting,
            |_| self.is_closed(),
            Waiting::closers,
        )
    }

    fn end_watch(&self, place: &mut Place) {
        place.unwatch(&self.pool.waiting, Waiting::closers);
    }
}
