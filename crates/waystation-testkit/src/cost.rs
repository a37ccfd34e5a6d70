//! Does it cost twice as much for twice as many, or four times?

use std::time::Duration;

/// Something that can be compared by how much it is.
pub trait Cost {
    /// How much it is, in any unit.
    fn amount(&self) -> f64;
}

impl Cost for Duration {
    fn amount(&self) -> f64 {
        self.as_secs_f64()
    }
}

impl Cost for u64 {
    fn amount(&self) -> f64 {
        *self as f64
    }
}

impl Cost for usize {
    fn amount(&self) -> f64 {
        *self as f64
    }
}

/// How often [`growth`] measures.
const RUNS: usize = 7;

/// What `measure(2 * n)` costs, in units of `measure(n)`: the median of several runs.
///
/// About 2 is linear, about 4 is quadratic; 2.5 is a good line between the two. Nothing at all for
/// both counts as 1.
///
/// ```
/// # use waystation_testkit::growth;
/// let steps_of_a_linear_thing = |n: usize| 3 * n;
/// assert!(growth(steps_of_a_linear_thing, 1000) < 2.5);
/// ```
#[must_use]
pub fn growth<C: Cost>(mut measure: impl FnMut(usize) -> C, n: usize) -> f64 {
    let mut ratios: Vec<f64> = (0..RUNS)
        .map(|_| {
            let (once, twice) = (measure(n).amount(), measure(2 * n).amount());
            if once == twice { 1.0 } else { twice / once }
        })
        .collect();
    ratios.sort_by(f64::total_cmp);
    ratios[RUNS / 2]
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    #[test]
    fn linear_and_quadratic_are_told_apart() {
        assert_eq!(growth(|n| n, 10), 2.0);
        assert_eq!(growth(|n| n * n, 10), 4.0);
        assert_eq!(growth(|_| 0_u64, 10), 1.0);
        assert_eq!(growth(|n| n - 10, 10), f64::INFINITY);
    }

    #[test]
    fn one_slow_run_changes_nothing() {
        let mut run = 0;
        let outlier = |n: usize| {
            run += 1;
            if run == 4 { 1000 * n } else { n }
        };
        assert_eq!(growth(outlier, 10), 2.0);
    }

    #[test]
    fn time_that_is_quadratic_is_found() {
        let remove_from_the_front = |n: usize| {
            let mut items: Vec<u64> = (0..n as u64).collect();
            let start = Instant::now();
            while !items.is_empty() {
                std::hint::black_box(items.remove(0));
            }
            start.elapsed()
        };
        assert!(growth(remove_from_the_front, 8_000) > 2.5);
    }
}
