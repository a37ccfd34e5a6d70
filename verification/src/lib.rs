//! What the rungs above loom are written with.
