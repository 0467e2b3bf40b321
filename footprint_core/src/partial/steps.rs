//! Steps between consecutive rows of a user.

use std::sync::Arc;

use arrow_array::types::UInt64Type;
use arrow_array::{RecordBatch, UInt64Array};

use super::{Partial, Shard, column, different, table};
use crate::error::Result;
use crate::kernels::codes::Codes;
use crate::kernels::transitions::transitions;
use crate::task::Task;

/// Entry `from * size + to`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StepState {
    n: Vec<u64>,
}

impl Partial for StepState {
    /// Codes, their number, whether equal neighbours collapse.
    type Ask<'a> = (Codes<'a>, usize, bool);
    type Answer = Vec<u64>;

    fn new((_, size, _): &Self::Ask<'_>) -> Self {
        Self { n: vec![0; size * size] }
    }

    fn update(&mut self, shard: Shard<'_>, ask: &Self::Ask<'_>, task: &Task) -> Result<()> {
        let &(codes, size, collapse) = ask;
        let n = transitions(shard.layout, shard.tags, codes, size, collapse, task)?;
        self.merge(&Self { n })
    }

    fn merge(&mut self, other: &Self) -> Result<()> {
        if self.n.len() != other.n.len() {
            return Err(different("steps"));
        }
        self.n.iter_mut().zip(&other.n).for_each(|(sum, more)| *sum += more);
        Ok(())
    }

    fn finish(&self) -> Vec<u64> {
        self.n.clone()
    }

    fn to_batch(&self) -> Result<RecordBatch> {
        table(vec![("n", Arc::new(UInt64Array::from(self.n.clone())))])
    }

    fn from_batch(batch: &RecordBatch) -> Result<Self> {
        Ok(Self { n: column::<UInt64Type>(batch, "n")?.values().to_vec() })
    }
}
