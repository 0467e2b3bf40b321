//! The cohort table of a retention question.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::types::{Int32Type, UInt32Type};
use arrow_array::{Int32Array, RecordBatch, UInt32Array};

use super::{Partial, Shard, column, table};
use crate::error::Result;
use crate::kernels::retention::{Cohorts, Retention, retention};
use crate::task::Task;

/// Users and size by (cohort, k).
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct CohortState {
    cells: BTreeMap<(i32, u32), (u32, u32)>,
}

impl CohortState {
    fn add(&mut self, cohorts: &Cohorts) {
        for i in 0..cohorts.cohort.len() {
            let cell = self.cells.entry((cohorts.cohort[i], cohorts.k[i])).or_default();
            cell.0 += cohorts.users[i];
            cell.1 += cohorts.size[i];
        }
    }
}

impl Partial for CohortState {
    type Ask<'a> = Retention<'a>;
    type Answer = Cohorts;

    fn new(_: &Retention<'_>) -> Self {
        Self::default()
    }

    fn update(&mut self, shard: Shard<'_>, ask: &Retention<'_>, task: &Task) -> Result<()> {
        self.add(&retention(shard.layout, shard.tags, ask, task)?);
        Ok(())
    }

    fn merge(&mut self, other: &Self) -> Result<()> {
        self.add(&other.finish());
        Ok(())
    }

    fn finish(&self) -> Cohorts {
        Cohorts {
            cohort: self.cells.keys().map(|key| key.0).collect(),
            k: self.cells.keys().map(|key| key.1).collect(),
            users: self.cells.values().map(|cell| cell.0).collect(),
            size: self.cells.values().map(|cell| cell.1).collect(),
        }
    }

    fn to_batch(&self) -> Result<RecordBatch> {
        let whole = self.finish();
        table(vec![
            ("cohort", Arc::new(Int32Array::from(whole.cohort))),
            ("k", Arc::new(UInt32Array::from(whole.k))),
            ("users", Arc::new(UInt32Array::from(whole.users))),
            ("size", Arc::new(UInt32Array::from(whole.size))),
        ])
    }

    fn from_batch(batch: &RecordBatch) -> Result<Self> {
        let mut state = Self::default();
        state.add(&Cohorts {
            cohort: column::<Int32Type>(batch, "cohort")?.values().to_vec(),
            k: column::<UInt32Type>(batch, "k")?.values().to_vec(),
            users: column::<UInt32Type>(batch, "users")?.values().to_vec(),
            size: column::<UInt32Type>(batch, "size")?.values().to_vec(),
        });
        Ok(state)
    }
}
