//! Partial answers: ask shards of the log apart, merge the states, finish once.
//!
//! The shape of `DataFusion`'s accumulators: update, merge, finish, to and from Arrow. A shard holds
//! all rows of its users, so that users are never split; merging the states of any shards then
//! gives the answer of the whole log. States travel as Arrow record batches.

use arrow_array::cast::AsArray;
use arrow_array::types::ArrowPrimitiveType;
use arrow_array::{Array, ArrayRef, PrimitiveArray, RecordBatch};

use crate::error::{Error, Result, input};
use crate::kernels::tags::Tags;
use crate::layout::Layout;
use crate::task::Task;

mod cohorts;
mod journeys;
mod levels;
mod steps;

pub use cohorts::CohortState;
pub use journeys::JourneyState;
pub use levels::LevelState;
pub use steps::StepState;

/// The rows of some users, and their roles in the question.
#[derive(Clone, Copy)]
pub struct Shard<'a> {
    /// All rows of these users.
    pub layout: &'a Layout,
    /// Roles of the shard's source rows.
    pub tags: &'a Tags<'a>,
}

/// A state that shards add to.
pub trait Partial: Sized {
    /// The question, less its rows.
    type Ask<'a>;
    /// What [`Partial::finish`] gives.
    type Answer;

    /// The state of no rows.
    fn new(ask: &Self::Ask<'_>) -> Self;

    /// Add the users of a shard.
    ///
    /// # Errors
    /// Those of the kernel.
    fn update(&mut self, shard: Shard<'_>, ask: &Self::Ask<'_>, task: &Task) -> Result<()>;

    /// Add the users behind another state of the same question.
    ///
    /// # Errors
    /// The states belong to different questions.
    fn merge(&mut self, other: &Self) -> Result<()>;

    /// The answer for all users added.
    fn finish(&self) -> Self::Answer;

    /// The state as a table.
    ///
    /// # Errors
    /// Arrow refuses the columns.
    fn to_batch(&self) -> Result<RecordBatch>;

    /// The state from its table.
    ///
    /// # Errors
    /// The table is none of this state.
    fn from_batch(batch: &RecordBatch) -> Result<Self>;
}

fn different(what: &str) -> Error {
    input(format!("{what}: the states belong to different questions"))
}

fn table(columns: Vec<(&str, ArrayRef)>) -> Result<RecordBatch> {
    RecordBatch::try_from_iter(columns).map_err(|error| input(error.to_string()))
}

fn column<'a, T: ArrowPrimitiveType>(
    batch: &'a RecordBatch,
    name: &str,
) -> Result<&'a PrimitiveArray<T>> {
    let array = batch.column_by_name(name).and_then(|array| array.as_primitive_opt::<T>());
    array
        .filter(|array| array.null_count() == 0)
        .ok_or_else(|| input(format!("state: no whole column {name} of {}", T::DATA_TYPE)))
}
