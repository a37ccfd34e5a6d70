//! How much is run is set by the environment.

/// The number in the variable `name`, or `default` if it is not set.
///
/// # Panics
///
/// If it is set to something else.
#[must_use]
#[track_caller]
pub fn number(name: &str, default: usize) -> usize {
    match std::env::var(name) {
        Ok(value) => value
            .parse()
            .unwrap_or_else(|_| panic!("{name} is {value:?} and should be a number")),
        Err(_) => default,
    }
}
