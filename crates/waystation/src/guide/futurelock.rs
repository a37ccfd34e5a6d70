//! Futurelock: everything waits, and nobody holds anything.
//!
//! A fair semaphore hands over. When a permit comes back, it belongs to the head of the line at
//! once, and the head is woken to fetch it. What if the head is a future that nobody polls any
//! more, and nobody drops either? Then the permit is its own, and rests there.
//!
//! **A future that was granted something, and is neither polled nor dropped, keeps its grant.**
//! This holds for every design that keeps the order, here and elsewhere. It can be made visible.
//! It cannot be made impossible.
//!
//! # How it comes about
//!
//! ```
//! use futures_lite::future::{block_on, poll_once};
//! use waystation::Semaphore;
//!
//! # block_on(async {
//! let seats = Semaphore::new(1);
//! let seat = seats.acquire().await?;
//!
//! // A loop looks at this future once, by reference, and then at other things.
//! let mut first = seats.acquire();
//! assert!(poll_once(&mut first).await.is_none());
//!
//! drop(seat); // handed over, to `first`
//!
//! // Here the same task waits for a second one: `seats.acquire().await` would wait for ever,
//! // because only this task could poll `first`.
//! let mut second = seats.acquire();
//! assert!(poll_once(&mut second).await.is_none());
//! # drop(first);
//! # assert!(second.await.is_ok());
//! # Ok::<(), waystation::AcquireError>(())
//! # }).unwrap();
//! ```
//!
//! In the wild it is `select!` with `&mut future` in one arm, and an `.await` of the same semaphore
//! or queue in the body of another arm. Or a stream of futures whose owner waits for something else
//! between two polls.
//!
//! # How to see it
//!
//! No permit is free, somebody waits, and nobody seems to hold one. Count the permits that you know
//! of; the rest is granted. The future itself says so too, in its `Debug`:
//!
//! ```
//! # use futures_lite::future::{block_on, poll_once};
//! # use waystation::Semaphore;
//! # block_on(async {
//! # let seats = Semaphore::new(1);
//! # let seat = seats.acquire().await?;
//! # let mut first = seats.acquire();
//! # assert!(poll_once(&mut first).await.is_none());
//! # drop(seat);
//! # let mut second = seats.acquire();
//! # assert!(poll_once(&mut second).await.is_none());
//! assert_eq!(seats.total(), 1);
//! assert_eq!(seats.available_permits(), 0); // not free
//! assert_eq!(seats.waiters(), 1); // `second`; `first` has left the line with its permit
//! println!("{seats:?}\n{first:?}\n{second:?}");
//! # Ok::<(), waystation::AcquireError>(())
//! # }).unwrap();
//! ```
//!
//! For a queue: [`len`](crate::BaseQueue::len) counts what is in it, promised to a getter or not.
//! When `len` is not 0 and `try_get` says `Empty`, every item is promised. `Debug` shows the number
//! of claims.
//!
//! ```
//! use futures_lite::future::{block_on, poll_once};
//! use waystation::{Queue, TryGetError};
//!
//! # block_on(async {
//! let letters = Queue::unbounded();
//! let mut abandoned = letters.get();
//! assert!(poll_once(&mut abandoned).await.is_none());
//! letters.try_put('a').unwrap(); // promised to `abandoned`
//!
//! assert_eq!(letters.len(), 1);
//! assert_eq!(letters.try_get(), Err(TryGetError::Empty));
//! assert!(format!("{letters:?}").contains("claims: 1"));
//!
//! drop(abandoned); // the claim goes on, the item was never away
//! assert_eq!(letters.try_get(), Ok('a'));
//! # });
//! ```
//!
//! And on a loop of your own, a clock that is virtual, or
//! [`detect_stall`](crate::event_loop::Builder::detect_stall), names the tasks that wait for ever.
//!
//! # How to avoid it
//!
//! - Drop what you no longer poll. A future by value in a `select!` is dropped for you.
//! - Poll what you keep: put it in a [`gather`](crate::gather()) or a task of its own, and not on
//!   the side.
//! - Do not wait for a primitive while you hold an unfinished future of the same one.
//! - A stream of items holds no claim: one that is not polled keeps nothing from anybody.
//! - Never leak one. `mem::forget` of a granted future keeps its grant for ever.
//!
//! [`Fairness::Bypass`](crate::Fairness::Bypass) does not hand over, and others may pass a head
//! that was woken; but only up to its limit.
