//! The inbox of a loop: what its owner may rely on.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::fmt::{self, Write};
use std::time::{Duration, Instant};

use waystation_core::inbox::Inbox;
use waystation_testkit::{PATIENCE, within};

/// Whether there was a signal since the last look, and what was in it.
fn look(inbox: &Inbox<u32>) -> (bool, Vec<u32>) {
    let mut into = Vec::new();
    (inbox.collect(&mut into), into)
}

#[test]
fn a_closed_inbox_says_so_and_an_open_one_does_not() {
    let inbox = Inbox::new();
    assert!(!inbox.is_closed());
    inbox.send(1).unwrap();
    assert_eq!(inbox.close(), [1]);
    assert!(inbox.is_closed());
    assert_eq!(inbox.send(2), Err(2));
}

#[test]
fn the_last_who_lets_go_notifies_and_no_other() {
    let inbox = Inbox::new();
    inbox.hold();
    inbox.hold();
    inbox.let_go();
    assert_eq!(look(&inbox), (false, vec![]));
    assert!(!inbox.is_abandoned());
    inbox.let_go();
    assert!(
        !inbox.is_abandoned(),
        "it was notified, and nobody has looked"
    );
    assert_eq!(look(&inbox), (true, vec![]));
    assert!(inbox.is_abandoned());
}

#[test]
fn an_owner_with_nothing_to_do_sleeps() {
    let inbox = Inbox::<u32>::new();
    let start = Instant::now();
    let mut waits = 0;
    while start.elapsed() < Duration::from_millis(50) {
        inbox.wait(Some(Duration::from_millis(5)));
        waits += 1;
    }
    assert!(waits <= 100, "{waits} times");
}

#[test]
fn a_buffer_of_up_to_1_024_places_is_kept_and_a_larger_one_is_not() {
    for (capacity, is_kept) in [(1_024, true), (1_025, false)] {
        let inbox = Inbox::new();
        inbox.send(1).unwrap();
        let mut buffer = Vec::with_capacity(capacity);
        assert!(inbox.collect(&mut buffer));
        inbox.send(2).unwrap();
        let (_, next) = look(&inbox);
        assert_eq!(next, [2]);
        assert_eq!(next.capacity() == capacity, is_kept, "{capacity}");
    }
}

#[test]
fn a_notification_without_an_item_is_seen_once() {
    let inbox = Inbox::new();
    inbox.notify();
    inbox.notify();
    assert_eq!(look(&inbox), (true, vec![]));
    assert_eq!(look(&inbox), (false, vec![]));
    assert!(Inbox::<u32>::default().is_abandoned());
}

#[test]
fn debug_writes_nothing_while_it_holds_the_lock() {
    struct Writer<'a>(&'a Inbox<u32>, String);
    impl Write for Writer<'_> {
        fn write_str(&mut self, text: &str) -> fmt::Result {
            self.0.send(1).map_err(|_| fmt::Error)?;
            self.1.push_str(text);
            Ok(())
        }
    }
    within(PATIENCE, "a writer that sends", || {
        let inbox = Inbox::new();
        let mut writer = Writer(&inbox, String::new());
        write!(writer, "{inbox:?}").unwrap();
        assert_eq!(writer.1, "Inbox { len: 0, closed: false, .. }");
    });
}
