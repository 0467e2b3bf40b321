//! Credit for conversions: journeys are walked once, every model works on their paths.
//!
//! Definitions: requirement row S7.2-c. A journey is a user's touches in (time, row) order up to a
//! conversion; what is left after the last conversion is a journey without one. Counts and money
//! are integers; sums of fractions run in bucket, user and path order, so that answers are
//! bit-identical for any number of threads and any order of the input rows.

pub mod bootstrap;
pub mod chain;
pub mod credit;
pub mod drop_one;
pub mod journey;
pub mod order_choice;
pub mod paths;
pub mod resample;
pub mod rules;
pub mod shapley;
pub mod sparse_chain;

pub use credit::{Credit, Credits, Model, credits};
pub use journey::{Bucket, Journeys, Walk, walk};
pub use paths::{Counts, Path, PathTable};
