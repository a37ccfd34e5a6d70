//! Who promises what, and what a waiter weighs: the tables that stand next to the figures.

use super::table::{Line, Table, number, words};
use super::{PeerReport, Report, WeightReport};
use crate::facts::Promise;

/// What each promise means.
const LEAD: &str = "A faster peer that promises less has not won the same race. Fair: waiters are \
    served in the order they came, nobody overtakes. Cancel safe: a wait that is dropped half-way \
    loses no item, permit or wake-up. MPMC: many producers and many consumers. Put outside: a put \
    that has not completed is not in the queue. A dash: the question makes no sense there, or the \
    documentation does not say. A thread that waits cannot be cancelled: it can only have been told \
    to wait no longer than so long.";

/// All participants, with all promises.
pub(super) fn table(report: &Report) -> Table {
    let line = |peer: &PeerReport| {
        let of_queue = |promise| {
            if peer.primitive == "queue" {
                mark(promise)
            } else {
                ""
            }
        };
        let cells = [
            peer.primitive.as_str(),
            &peer.name,
            &peer.with,
            mark(peer.fair),
            mark(peer.cancel_safe),
            of_queue(peer.mpmc),
            of_queue(peer.pending_put_outside),
            &peer.note,
        ];
        Line {
            kind: Some(peer.kind),
            cells: cells.map(str::to_owned).to_vec(),
        }
    };
    Table {
        title: "Who took part, and what each promises".to_owned(),
        lead: LEAD.to_owned(),
        columns: vec![
            words(""),
            words("who"),
            words("with"),
            words("fair"),
            words("cancel safe"),
            words("MPMC"),
            words("put outside"),
            words("").wrapped(),
        ],
        rows: report.peers.iter().map(line).collect(),
        ..Table::default()
    }
}

/// Only what is known to be lacking, for a terminal.
pub(super) fn lacking(report: &Report) -> Table {
    let mut table = Table {
        title: "WHAT SOME DO NOT PROMISE".to_owned(),
        columns: vec![words(""), words("who"), words("lacks")],
        ..Table::default()
    };
    for peer in &report.peers {
        let mut lacks = Vec::new();
        for (promise, what) in [
            (peer.fair, "order of arrival"),
            (peer.cancel_safe, "safe cancelling"),
            (peer.mpmc, "many consumers"),
            (peer.pending_put_outside, "a pending put outside the queue"),
        ] {
            lacks.extend((promise == Promise::Lacking).then_some(what));
        }
        if !lacks.is_empty() {
            table.rows.push(Line {
                kind: Some(peer.kind),
                cells: vec![peer.primitive.clone(), peer.name.clone(), lacks.join(", ")],
            });
        }
    }
    table
}

fn mark(promise: Promise) -> &'static str {
    match promise {
        Promise::Kept => "yes",
        Promise::Lacking => "no",
        Promise::Open => "–",
    }
}

/// What a parked waiter weighs, and what a wait allocates.
pub(super) fn weights(report: &Report) -> Table {
    let line = |weight: &WeightReport| Line {
        kind: Some(weight.kind),
        cells: vec![
            weight.primitive.clone(),
            weight.peer.clone(),
            weight.future.to_string(),
            format!("{:.1}", weight.heap),
            format!("{:.1}", weight.bytes()),
            format!("{:.1}", weight.future as f64 + weight.heap_just_doubled),
            format!("{:.2}", weight.allocations),
        ],
    };
    Table {
        title: "M1: what a parked waiter weighs".to_owned(),
        lead: "Bytes per parked waiter while 1,000 wait (the future and what it has on the heap), \
               the same with 1,025 (just after a ring that doubles has doubled), and allocations \
               per wait in the steady state. For queues it is a parked put."
            .to_owned(),
        columns: vec![
            words(""),
            words("who"),
            number("future"),
            number("heap"),
            number("together"),
            number("just doubled"),
            number("allocations"),
        ],
        rows: report.weights.iter().map(line).collect(),
        ..Table::default()
    }
}
