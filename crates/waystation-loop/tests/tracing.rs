//! Warnings through `tracing`.
#![cfg(feature = "tracing")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;

use tracing::{Event, Metadata, span};
use waystation_loop::{EventLoop, VirtualClock};

/// Counts the warnings.
#[derive(Clone, Default)]
struct Warnings(Arc<AtomicU32>);

impl tracing::Subscriber for Warnings {
    fn enabled(&self, metadata: &Metadata<'_>) -> bool {
        *metadata.level() == tracing::Level::WARN
    }

    fn event(&self, _: &Event<'_>) {
        self.0.fetch_add(1, Ordering::Relaxed);
    }

    fn new_span(&self, _: &span::Attributes<'_>) -> span::Id {
        span::Id::from_u64(1)
    }

    fn record(&self, _: &span::Id, _: &span::Record<'_>) {}

    fn record_follows_from(&self, _: &span::Id, _: &span::Id) {}

    fn enter(&self, _: &span::Id) {}

    fn exit(&self, _: &span::Id) {}
}

#[test]
fn a_slow_callback_is_warned_of() {
    let clock = VirtualClock::new();
    let event_loop = EventLoop::builder()
        .clock(clock.clone())
        .warn_slow_callback(Duration::from_millis(100))
        .build();
    for millis in [99, 250] {
        let clock = clock.clone();
        event_loop.call_soon(move || clock.advance(Duration::from_millis(millis)));
    }
    let warnings = Warnings::default();
    tracing::subscriber::with_default(warnings.clone(), || event_loop.run_until_idle());
    assert_eq!(warnings.0.load(Ordering::Relaxed), 1);
}
