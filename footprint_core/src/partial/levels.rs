//! Users (attempts) by funnel level.

use std::sync::Arc;

use arrow_array::types::UInt64Type;
use arrow_array::{RecordBatch, UInt64Array};

use super::{Partial, Shard, column, different, table};
use crate::error::Result;
use crate::kernels::funnel::{Funnel, funnel};
use crate::task::Task;

/// Entry i: users whose level is i + 1.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LevelState {
    users: Vec<u64>,
}

impl Partial for LevelState {
    type Ask<'a> = Funnel;
    type Answer = Vec<u64>;

    fn new(ask: &Funnel) -> Self {
        Self { users: vec![0; ask.steps] }
    }

    fn update(&mut self, shard: Shard<'_>, ask: &Funnel, task: &Task) -> Result<()> {
        for level in funnel(shard.layout, shard.tags, ask, None, task)?.level {
            self.users[usize::from(level) - 1] += 1;
        }
        Ok(())
    }

    fn merge(&mut self, other: &Self) -> Result<()> {
        if self.users.len() != other.users.len() {
            return Err(different("funnel"));
        }
        self.users.iter_mut().zip(&other.users).for_each(|(sum, more)| *sum += more);
        Ok(())
    }

    fn finish(&self) -> Vec<u64> {
        self.users.clone()
    }

    fn to_batch(&self) -> Result<RecordBatch> {
        table(vec![("users", Arc::new(UInt64Array::from(self.users.clone())))])
    }

    fn from_batch(batch: &RecordBatch) -> Result<Self> {
        Ok(Self { users: column::<UInt64Type>(batch, "users")?.values().to_vec() })
    }
}
