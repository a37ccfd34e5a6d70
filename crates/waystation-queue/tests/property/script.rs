//! What may happen to a queue.

use proptest::collection::vec;
use proptest::prelude::*;

/// One operation. A number chooses among what is there; if nothing is, the operation is skipped.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Op {
    Start(Kind),
    Poll(usize),
    /// With another waker than before.
    PollAnew(usize),
    Cancel(usize),
    TryPut(u8),
    TryGet,
    TryReserve,
    Drain,
    SlotPut(usize, u8),
    SlotDrop(usize),
    GuardDrop(usize),
    GuardInner(usize),
    Nack(usize),
    TaskDone,
    Close,
    CloseNow,
}

/// A future that is made, and, if `polled`, polled at once.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Kind {
    pub(crate) what: What,
    pub(crate) polled: bool,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum What {
    Put(u8),
    PutMany(u8, usize),
    Reserve,
    Get,
    GetTask,
    GetMany(usize),
    Join,
    Closed,
}

/// Numbers that are read as operations: far cheaper to make and to shrink than a tree of choices.
pub(crate) fn script() -> impl Strategy<Value = Vec<Op>> {
    // A close comes late in most scripts: what comes after it is little.
    (vec(any::<u32>(), 1..50), vec(any::<u32>(), 0..10)).prop_map(|(ops, ending)| {
        let ops = ops.into_iter().map(op);
        ops.chain(ending.into_iter().map(close_or_op)).collect()
    })
}

/// The lowest byte chooses the operation, the others are its numbers.
fn op(bits: u32) -> Op {
    let [choice, rank, number, polled] = bits.to_le_bytes();
    let rank = rank % 4;
    let number = usize::from(number);
    match choice {
        0..=79 => Op::Start(Kind {
            what: what(choice, rank, number % 4),
            polled: polled > 25,
        }),
        80..=129 => Op::Poll(number),
        130..=149 => Op::PollAnew(number),
        150..=174 => Op::Cancel(number),
        175..=189 => Op::TryPut(rank),
        190..=201 => Op::TryGet,
        202..=204 => Op::TryReserve,
        205..=207 => Op::Drain,
        208..=219 => Op::SlotPut(number, rank),
        220..=224 => Op::SlotDrop(number),
        225..=230 => Op::GuardDrop(number),
        231..=233 => Op::GuardInner(number),
        234..=244 => Op::Nack(number),
        245.. => Op::TaskDone,
    }
}

fn close_or_op(bits: u32) -> Op {
    match bits >> 28 {
        0 | 1 => Op::Close,
        2 => Op::CloseNow,
        _ => op(bits),
    }
}

fn what(choice: u8, rank: u8, count: usize) -> What {
    match choice {
        0..=19 => What::Put(rank),
        20..=25 => What::PutMany(rank, count),
        26..=35 => What::Reserve,
        36..=55 => What::Get,
        56..=65 => What::GetTask,
        66..=72 => What::GetMany(count),
        73..=76 => What::Join,
        _ => What::Closed,
    }
}
