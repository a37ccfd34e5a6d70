use crate::state::MAX_LIMIT;

/// Who may take a free permit while others wait.
///
/// | | [`Fifo`](Fairness::Fifo) | [`Bypass`](Fairness::Bypass) |
/// |---|---|---|
/// | order | strictly that of arrival | up to `limit` passers-by between two grants to the line |
/// | a permit comes back while somebody waits | it is handed over | the head is woken; the first to run may take it |
/// | price | each hand-over between threads waits for a thread to wake up | the head may wait longer, by a bounded number of turns |
/// | choose it | by default; when the order matters | when threads contend for few permits and throughput matters |
///
/// On one thread the two are alike in speed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Fairness {
    /// Strict order of arrival: nobody passes.
    #[default]
    Fifo,
    /// Between two grants to the line at most `limit` passers-by take a permit. One may do so only
    /// past a head that has been woken, and only while the free permits are no more than the head
    /// asks for; any surplus is granted to the line at once. A cancelled head does not reset the
    /// count; a line that has emptied was passed by nobody, and the next one starts at none.
    ///
    /// A head that was woken is not granted anything yet: if the semaphore is closed before it
    /// looks, it fails.
    Bypass {
        /// At most this many in a row, up to 31. 0 is `Fifo`.
        limit: u32,
    },
}

impl Fairness {
    #[track_caller]
    pub(crate) const fn limit(self) -> usize {
        match self {
            Self::Fifo => 0,
            Self::Bypass { limit } => {
                assert!(
                    limit as usize <= MAX_LIMIT,
                    "the limit of a bypass is at most 31"
                );
                limit as usize
            }
        }
    }
}
