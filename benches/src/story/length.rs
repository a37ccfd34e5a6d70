//! How thorough the story is.

use serde::{Deserialize, Serialize};

/// How long the story may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Length {
    /// A quarter of a minute.
    Short,
    /// A minute or two.
    Long,
}

impl Length {
    /// This much, or that.
    pub(super) fn choose<T>(self, short: T, long: T) -> T {
        match self {
            Self::Short => short,
            Self::Long => long,
        }
    }
}
