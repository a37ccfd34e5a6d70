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

#[cfg(test)]
mod tests {
    use super::figure;

    #[test]
    fn figures_have_three_digits_and_commas() {
        assert_eq!(figure(4.314), "4.31");
        assert_eq!(figure(43.14), "43.1");
        assert_eq!(figure(431.4), "431");
        assert_eq!(figure(1_234_567.0), "1,234,567");
    }
}
