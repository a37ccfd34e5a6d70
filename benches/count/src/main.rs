//! Runs one fast path so many times, and nothing else: `waystation-count NAME TURNS`. Without
//! arguments it lists the names.
//!
//! `cargo xtask count` runs it under callgrind, with a number of turns and with more of them. What
//! the second run took more is the price of the further turns: start and end are in neither.
//!
//! Wakers are `Waker::noop()`, so that what is counted is the primitive. A package of its own, so
//! that no peer need be built.

mod paths;

use std::process::ExitCode;

use paths::PATHS;

fn main() -> ExitCode {
    let mut words = std::env::args().skip(1);
    let Some(name) = words.next() else {
        for path in PATHS {
            println!("{}", path.name);
        }
        return ExitCode::SUCCESS;
    };
    let turns = words.next().and_then(|word| word.parse().ok());
    let path = PATHS.iter().find(|path| path.name == name);
    let (Some(turns), Some(path)) = (turns, path) else {
        eprintln!("NAME and TURNS, please: {name} is not one of the names, or there is no number");
        return ExitCode::FAILURE;
    };
    (path.run)(turns);
    ExitCode::SUCCESS
}
