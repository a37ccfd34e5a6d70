//! Clocks, schedules, and the futures that wait for the time.

pub(crate) mod clock;
pub(crate) mod interval;
pub(crate) mod interval_on;
pub(crate) mod occurrences;
pub(crate) mod schedule;
pub(crate) mod sleep;
pub(crate) mod timeout;
pub(crate) mod virtual_clock;
