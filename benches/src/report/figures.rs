//! How numbers are written.

/// A time in three figures: `4.31`, `43.1`, `431`, `4,310`.
#[must_use]
pub fn figure(ns: f64) -> String {
    if ns < 9.995 {
        format!("{ns:.2}")
    } else if ns < 99.95 {
        format!("{ns:.1}")
    } else {
        grouped(ns)
    }
}

/// A whole number with commas: `1,234,567`.
#[must_use]
pub fn grouped(number: f64) -> String {
    let whole = format!("{number:.0}");
    let mut grouped = String::new();
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index) % 3 == 0 {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    grouped
}

/// Three figures without trailing zeros that say nothing: `1`, `4.31`, `43.1`, `431`.
fn three(number: f64) -> String {
    if (number - number.round()).abs() < 1e-9 {
        grouped(number)
    } else {
        figure(number)
    }
}

/// The number in the largest unit that leaves something before the point.
fn scaled(number: f64, units: &[(f64, &str)]) -> String {
    let fits = |unit: &&(f64, &str)| number >= unit.0 * 0.9995;
    let (size, name) = units.iter().rev().find(fits).unwrap_or(&units[0]);
    format!("{} {name}", three(number / size))
}

/// A time with its unit: `431 ns`, `43.1 µs`, `1.20 s`.
#[must_use]
pub fn time(ns: f64) -> String {
    scaled(ns, &[(1.0, "ns"), (1e3, "µs"), (1e6, "ms"), (1e9, "s")])
}

/// An amount of memory with its unit: `96 B`, `24.6 KiB`.
#[must_use]
pub fn bytes(number: f64) -> String {
    let units = [
        (1.0, "B"),
        (1024.0, "KiB"),
        (1048576.0, "MiB"),
        (1073741824.0, "GiB"),
    ];
    if number < 1000.0 {
        return format!("{number:.0} B");
    }
    scaled(number, &units)
}

#[cfg(test)]
mod tests {
    use super::{bytes, figure, time};

    #[test]
    fn units_fit_the_number() {
        assert_eq!(time(431.2), "431 ns");
        assert_eq!(time(999.9), "1.00 µs");
        assert_eq!(time(43_120.0), "43.1 µs");
        assert_eq!(time(1e6), "1 ms");
        assert_eq!(bytes(0.0), "0 B");
        assert_eq!(bytes(96.4), "96 B");
        assert_eq!(bytes(65536.0), "64 KiB");
        assert_eq!(bytes(25_190.4), "24.6 KiB");
    }

    #[test]
    fn figures_have_three_digits_and_commas() {
        assert_eq!(figure(4.314), "4.31");
        assert_eq!(figure(43.14), "43.1");
        assert_eq!(figure(431.4), "431");
        assert_eq!(figure(1_234_567.0), "1,234,567");
    }
}
