//! One question, one file; each is a single pass over the layout.

pub mod days;
pub mod funnel;
pub mod retention;
pub mod tags;
pub mod zone;
