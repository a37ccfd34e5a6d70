//! This run against an earlier one.
//!
//! A change counts if the two runs' ranges from p10 to p90 do not touch.

use super::{Change, Entry, Report};

/// Marks in `report` what changed since `before`.
pub fn mark(report: &mut Report, before: &Report) {
    for row in &mut report.rows {
        let Some(old_row) = before.rows.iter().find(|old| old.key == row.key) else {
            continue;
        };
        for entry in &mut row.entries {
            entry.change = old_row
                .entry(&entry.peer)
                .and_then(|old| change(entry, old));
        }
    }
}

fn change(new: &Entry, old: &Entry) -> Option<Change> {
    let apart = new.p10_ns? > old.p90_ns? || new.p90_ns? < old.p10_ns?;
    Some(Change {
        factor: new.median_ns? / old.median_ns?,
        beyond_noise: apart,
    })
}

#[cfg(test)]
mod tests {
    use super::change;
    use crate::facts::Kind;
    use crate::report::Entry;

    fn entry(samples: &[f64]) -> Entry {
        Entry::from_samples("somebody", Kind::Ours, samples, None)
    }

    #[test]
    fn only_ranges_that_do_not_touch_are_beyond_the_noise() {
        let before = entry(&[9.0, 10.0, 11.0]);
        for (now, is_beyond) in [
            ([10.0, 11.0, 12.0], false),
            ([19.0, 20.0, 21.0], true),
            ([4.0, 5.0, 6.0], true),
        ] {
            let change = change(&entry(&now), &before).expect("both have figures");
            assert_eq!(change.beyond_noise, is_beyond, "{now:?}");
            assert!((change.factor - now[1] / 10.0).abs() < 1e-9);
        }
    }
}
