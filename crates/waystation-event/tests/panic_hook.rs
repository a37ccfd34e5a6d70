//! A panic hook is foreign code that may use the event: no panic of the library runs under its lock.
//!
//! A file of its own, since the hook is the whole process's.
#![allow(clippy::unwrap_used, reason = "tests")]

mod common;

use std::panic;
use std::task::Waker;

use common::{Subject, panic_of, subjects};
use waystation_testkit::{PATIENCE, assert_ready, poll_once, within};

#[test]
fn polled_after_ready_panics_before_any_lock() {
    for subject in subjects() {
        let name = if subject.is_manual() {
            "`Wait`"
        } else {
            "`AutoResetWait`"
        };
        let hook = panic::take_hook();
        let said = within(PATIENCE, name, {
            let subject = subject.clone();
            move || {
                // From the line, and at the first poll.
                let mut from_line = subject.parked().into_inner();
                subject.set();
                assert_ready(poll_once(&mut from_line, Waker::noop()));
                subject.set();
                let mut at_once = subject.wait();
                assert_ready(poll_once(&mut at_once, Waker::noop()));
                subject.clear();
                let in_hook = subject.clone();
                panic::set_hook(Box::new(move |_| uses(&in_hook)));
                [from_line, at_once]
                    .map(|mut wait| panic_of(|| poll_once(&mut wait, Waker::noop())))
            }
        });
        panic::set_hook(hook);
        for said in said {
            assert_eq!(
                said,
                format!("{name} polled again after it returned `Ready`")
            );
        }
    }
}

/// Joins, looks, shows, sets, clears.
fn uses(subject: &Subject) {
    subject.touch();
    subject.set();
    subject.clear();
}
