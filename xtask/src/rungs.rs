//! The list of all checks. A new rung is one line in [`RUNGS`] and one function.

use std::fs;
use std::time::Instant;

use anyhow::Result;

use crate::suite::Suite;
use crate::tally::{Tally, Total};
use crate::{
    api, count, examples, lint, loom, outside, report, sanitize, seeded, tests, verification,
};

/// One check.
pub(crate) struct Rung {
    /// Its place on the ladder of docs/VERIFICATION.md.
    number: u8,
    name: &'static str,
    suites: &'static [Suite],
    run: fn(Suite) -> Result<Tally>,
}

const TEST: &[Suite] = &[Suite::Test, Suite::Ci];
const CI: &[Suite] = &[Suite::Ci];
const LINT: &[Suite] = &[Suite::Lint, Suite::Ci];

/// Every check, in the order in which they run.
const RUNGS: &[Rung] = &[
    Rung {
        number: 1,
        name: "tests",
        suites: TEST,
        run: tests::workspace,
    },
    Rung {
        number: 1,
        name: "hostile wakers",
        suites: TEST,
        run: verification::hostile,
    },
    Rung {
        number: 0,
        name: "doc tests",
        suites: TEST,
        run: tests::docs,
    },
    Rung {
        number: 3,
        name: "loom models",
        suites: TEST,
        run: loom::rung,
    },
    Rung {
        number: 5,
        name: "shuttle",
        suites: TEST,
        run: verification::shuttle,
    },
    Rung {
        number: 6,
        name: "sanitizers",
        suites: CI,
        run: sanitize::rung,
    },
    Rung {
        number: 7,
        name: "real threads, executors, asyncio",
        suites: CI,
        run: verification::real,
    },
    Rung {
        number: 9,
        name: "promela",
        suites: CI,
        run: verification::promela,
    },
    Rung {
        number: 0,
        name: "examples",
        suites: TEST,
        run: examples::rung,
    },
    Rung {
        number: 0,
        name: "outside",
        suites: TEST,
        run: outside::rung,
    },
    Rung {
        number: 4,
        name: "seeded bugs",
        suites: CI,
        run: seeded::rung,
    },
    Rung {
        number: 7,
        name: "instructions",
        suites: CI,
        run: count::rung,
    },
    Rung {
        number: 0,
        name: "format",
        suites: LINT,
        run: lint::format,
    },
    Rung {
        number: 0,
        name: "clippy",
        suites: LINT,
        run: lint::clippy,
    },
    Rung {
        number: 0,
        name: "clippy, loom",
        suites: LINT,
        run: lint::clippy_loom,
    },
    Rung {
        number: 0,
        name: "documentation",
        suites: LINT,
        run: lint::documentation,
    },
    Rung {
        number: 0,
        name: "public api",
        suites: LINT,
        run: api::rung,
    },
    Rung {
        number: 0,
        name: "packages",
        suites: CI,
        run: outside::packages,
    },
    Rung {
        number: 0,
        name: "features alone",
        suites: LINT,
        run: lint::features,
    },
    Rung {
        number: 0,
        name: "house rules",
        suites: LINT,
        run: lint::house,
    },
];

/// Runs the rungs of a suite, all of them, and says whether all passed.
pub(crate) fn run(suite: Suite) -> Result<bool> {
    let mut total = Total::default();
    let mut lines = String::new();
    for rung in RUNGS.iter().filter(|rung| rung.suites.contains(&suite)) {
        let begun = Instant::now();
        let tally = (rung.run)(suite).unwrap_or_else(|error| Tally::broken(&format!("{error:#}")));
        let took = begun.elapsed();
        total.add(rung.number, rung.name, &tally, took);
        let Tally {
            passed,
            failed,
            notes,
            ..
        } = &tally;
        let cells = [
            rung.number.to_string(),
            rung.name.to_owned(),
            passed.to_string(),
            failed.to_string(),
            took.as_secs().to_string(),
            notes.join("; "),
        ];
        lines += &(cells.join("\t") + "\n");
    }
    if suite == Suite::Ci {
        fs::write(report::results(), lines)?;
    }
    Ok(total.close())
}
