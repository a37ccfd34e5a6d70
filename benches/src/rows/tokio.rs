//! The rows on tokio.

use super::shape::{Against, Goal, Row};
use super::table::{bypass, goal};

const fn tokio_semaphore(key: &'static str, title: &'static str) -> Row {
    Row {
        key,
        primitive: "semaphore on tokio",
        title,
        unit: "acquire",
        goals: TOKIO_SHARE,
    }
}

const fn tokio_queue(key: &'static str, title: &'static str, goals: &'static [Goal]) -> Row {
    Row {
        key,
        primitive: "queue on tokio",
        title,
        unit: "item",
        goals,
    }
}

const PROMISING: &[Goal] = &[goal(Against::PendingPutOutside, 0.5, None)];
const TOKIO_SHARE: &[Goal] = &[
    goal(Against::Fair, 1.0, None),
    bypass(Against::Unfair, 1.0, None),
];
const TOKIO_16: &[Goal] = &[
    goal(Against::PendingPutOutside, 0.5, None),
    goal(Against::Mpmc, 1.4, None),
];
const TOKIO: &[Goal] = &[
    goal(Against::PendingPutOutside, 0.5, None),
    goal(Against::Mpmc, 1.1, None),
];

/// The rows on tokio, in the order of the report.
pub(super) const ROWS: &[Row] = &[
    tokio_semaphore("T1/S/1x16", "1 permit, 16 tasks, current thread"),
    tokio_semaphore(
        "T1/S/1x16/yield",
        "1 permit, 16 tasks, yield while holding, current thread",
    ),
    tokio_semaphore("T1/S/8x64", "8 permits, 64 tasks, current thread"),
    tokio_semaphore(
        "T1/S/8x64/yield",
        "8 permits, 64 tasks, yield while holding, current thread",
    ),
    tokio_semaphore("T2/S/1x16", "1 permit, 16 tasks, two workers"),
    tokio_semaphore(
        "T2/S/1x16/yield",
        "1 permit, 16 tasks, yield while holding, two workers",
    ),
    tokio_semaphore("T2/S/8x64", "8 permits, 64 tasks, two workers"),
    tokio_semaphore(
        "T2/S/8x64/yield",
        "8 permits, 64 tasks, yield while holding, two workers",
    ),
    tokio_queue(
        "T1/Q/1/1+1",
        "capacity 1, 1 + 1 tasks, current thread",
        PROMISING,
    ),
    tokio_queue(
        "T1/Q/1/4+4",
        "capacity 1, 4 + 4 tasks, current thread",
        PROMISING,
    ),
    tokio_queue(
        "T1/Q/1/4+1",
        "capacity 1, 4 + 1 tasks, current thread",
        PROMISING,
    ),
    tokio_queue(
        "T1/Q/16/1+1",
        "capacity 16, 1 + 1 tasks, current thread",
        TOKIO_16,
    ),
    tokio_queue(
        "T1/Q/16/4+4",
        "capacity 16, 4 + 4 tasks, current thread",
        TOKIO_16,
    ),
    tokio_queue(
        "T1/Q/16/4+1",
        "capacity 16, 4 + 1 tasks, current thread",
        TOKIO_16,
    ),
    tokio_queue(
        "T1/Q/128/1+1",
        "capacity 128, 1 + 1 tasks, current thread",
        TOKIO,
    ),
    tokio_queue(
        "T1/Q/128/4+4",
        "capacity 128, 4 + 4 tasks, current thread",
        TOKIO,
    ),
    tokio_queue(
        "T1/Q/128/4+1",
        "capacity 128, 4 + 1 tasks, current thread",
        TOKIO,
    ),
    tokio_queue(
        "T1/Q/1024/1+1",
        "capacity 1,024, 1 + 1 tasks, current thread",
        TOKIO,
    ),
    tokio_queue(
        "T1/Q/1024/4+4",
        "capacity 1,024, 4 + 4 tasks, current thread",
        TOKIO,
    ),
    tokio_queue(
        "T1/Q/1024/4+1",
        "capacity 1,024, 4 + 1 tasks, current thread",
        TOKIO,
    ),
    tokio_queue(
        "T2/Q/1/1+1",
        "capacity 1, 1 + 1 tasks, two workers",
        PROMISING,
    ),
    tokio_queue(
        "T2/Q/1/4+4",
        "capacity 1, 4 + 4 tasks, two workers",
        PROMISING,
    ),
    tokio_queue(
        "T2/Q/1/4+1",
        "capacity 1, 4 + 1 tasks, two workers",
        PROMISING,
    ),
    tokio_queue(
        "T2/Q/16/1+1",
        "capacity 16, 1 + 1 tasks, two workers",
        TOKIO_16,
    ),
    tokio_queue(
        "T2/Q/16/4+4",
        "capacity 16, 4 + 4 tasks, two workers",
        TOKIO_16,
    ),
    tokio_queue(
        "T2/Q/16/4+1",
        "capacity 16, 4 + 1 tasks, two workers",
        TOKIO_16,
    ),
    tokio_queue(
        "T2/Q/128/1+1",
        "capacity 128, 1 + 1 tasks, two workers",
        TOKIO,
    ),
    tokio_queue(
        "T2/Q/128/4+4",
        "capacity 128, 4 + 4 tasks, two workers",
        TOKIO,
    ),
    tokio_queue(
        "T2/Q/128/4+1",
        "capacity 128, 4 + 1 tasks, two workers",
        TOKIO,
    ),
    tokio_queue(
        "T2/Q/1024/1+1",
        "capacity 1,024, 1 + 1 tasks, two workers",
        TOKIO,
    ),
    tokio_queue(
        "T2/Q/1024/4+4",
        "capacity 1,024, 4 + 4 tasks, two workers",
        TOKIO,
    ),
    tokio_queue(
        "T2/Q/1024/4+1",
        "capacity 1,024, 4 + 1 tasks, two workers",
        TOKIO,
    ),
];
