use std::error::Error;

use waystation_queue::{
    Closed, GetError, PutError, PutManyError, Queue, TooManyTaskDone, TryGetError, TryPutError,
    TryReserveError,
};

use crate::common::now;

/// Not `Debug`, not `Display`.
struct Opaque;

fn sentence(error: &dyn Error) -> String {
    let text = error.to_string();
    assert!(text.len() > 10 && !text.ends_with('.'), "{text}");
    text
}

#[test]
fn errors_are_sentences_whatever_the_item() {
    let texts = [
        sentence(&PutError(Opaque)),
        sentence(&TryPutError::Full(Opaque)),
        sentence(&PutManyError {
            item: Opaque,
            rest: std::iter::empty::<Opaque>(),
        }),
        sentence(&GetError),
        sentence(&TryGetError::Empty),
        sentence(&TooManyTaskDone),
    ];
    let mut different = texts.to_vec();
    different.sort_unstable();
    different.dedup();
    assert_eq!(different.len(), texts.len(), "{texts:?}");
}

#[test]
fn what_a_close_causes_reads_the_same_everywhere() {
    let closed_to_puts = [
        PutError(1).to_string(),
        TryPutError::Closed(1).to_string(),
        Closed.to_string(),
        TryReserveError::Closed.to_string(),
    ];
    assert!(closed_to_puts.iter().all(|text| *text == closed_to_puts[0]));
    let closed_to_gets = [GetError.to_string(), TryGetError::Closed.to_string()];
    assert!(closed_to_gets.iter().all(|text| *text == closed_to_gets[0]));
    assert_ne!(closed_to_puts[0], closed_to_gets[0]);
    assert_eq!(
        TryReserveError::Full.to_string(),
        TryPutError::Full(1).to_string()
    );
}

#[test]
fn errors_give_their_item_back() {
    assert_eq!(PutError(1).into_inner(), 1);
    assert_eq!(TryPutError::Full(2).into_inner(), 2);
    assert_eq!(TryPutError::Closed(3).into_inner(), 3);
    let many = PutManyError { item: 6, rest: [7] };
    assert_eq!(many.into_inner(), 6);
    assert!(TryPutError::Full(1).is_full() && !TryPutError::Full(1).is_closed());
    assert!(TryPutError::Closed(1).is_closed() && !TryPutError::Closed(1).is_full());
}

#[test]
fn debug_of_an_error_asks_nothing_of_its_item() {
    assert_eq!(format!("{:?}", PutError(Opaque)), "PutError(..)");
    assert_eq!(format!("{:?}", TryPutError::Full(Opaque)), "Full(..)");
    assert_eq!(format!("{:?}", TryPutError::Closed(Opaque)), "Closed(..)");
    // So that `unwrap` needs no bound.
    let queue = Queue::bounded(1);
    now(queue.put(Opaque)).unwrap();
}

#[test]
fn errors_become_boxed_errors() {
    fn put() -> Result<(), Box<dyn Error + Send + Sync>> {
        let queue = Queue::bounded(1);
        queue.try_put("a")?;
        queue.try_put("b")?;
        Ok(())
    }
    let error = put().unwrap_err();
    assert_eq!(
        error.downcast_ref::<TryPutError<&str>>(),
        Some(&TryPutError::Full("b"))
    );
}

#[test]
fn errors_without_an_item_are_copy_and_eq() {
    fn check<E: Copy + Eq + Error + Send + Sync + 'static>(_: E) {}
    check(GetError);
    check(TryGetError::Empty);
    check(Closed);
    check(TryReserveError::Full);
    check(TooManyTaskDone);
}
