//! A caught panic: its words, and its payload.
#![allow(clippy::unwrap_used, missing_docs, reason = "tests")]

use std::panic::{catch_unwind, panic_any};

use waystation_core::Panicked;

fn caught(f: impl FnOnce() + std::panic::UnwindSafe) -> Panicked {
    Panicked::new(catch_unwind(f).unwrap_err())
}

#[test]
fn words_are_kept_however_they_were_made() {
    let number = 7;
    for (panicked, words) in [
        (caught(|| panic!("plain")), "plain"),
        (caught(move || panic!("number {number}")), "number 7"),
    ] {
        assert_eq!(panicked.message(), Some(words));
        assert_eq!(panicked.to_string(), format!("panicked: {words}"));
        assert!(format!("{panicked:?}").contains(words));
    }
}

#[test]
fn any_payload_comes_back() {
    let panicked = caught(|| panic_any(42_u8));
    assert_eq!(panicked.message(), None);
    let words = panicked.to_string();
    assert_eq!(words, "panicked with a payload that is not a string");
    assert_eq!(panicked.into_payload().downcast_ref(), Some(&42_u8));
}
