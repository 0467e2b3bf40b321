//! The journeys of an attribution question: everything its models need.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, UInt16Builder};
use arrow_array::cast::AsArray;
use arrow_array::types::{Float64Type, Int64Type, UInt16Type, UInt64Type};
use arrow_array::{ArrayRef, Float64Array, Int64Array, RecordBatch, UInt16Array, UInt64Array};

use super::{Partial, Shard, column, different, table};
use crate::attribution::journey::{Journeys, collect, walk};
use crate::attribution::{Bucket, Counts, Credit, Walk};
use crate::error::{Result, input};
use crate::layout::BUCKETS;
use crate::task::Task;

/// What a row of the table holds.
const PATH: u16 = 0;
const DECAY: u16 = 1;
const MILESTONE: u16 = 2;
const UNATTRIBUTED: u16 = 3;

/// Buckets of users with their paths and the credits that paths do not tell.
#[derive(Debug, Clone)]
pub struct JourneyState {
    buckets: Vec<Bucket>,
    touches: usize,
}

impl JourneyState {
    /// The state behind an answer.
    #[must_use]
    pub fn of(journeys: &Journeys) -> Self {
        Self { buckets: journeys.buckets.clone(), touches: journeys.touches }
    }
}

fn empty(touches: usize) -> Vec<Bucket> {
    let bucket = Bucket {
        decay: Credit::zero(touches),
        milestone: Credit::zero(touches),
        ..Bucket::default()
    };
    vec![bucket; BUCKETS]
}

impl Partial for JourneyState {
    type Ask<'a> = Walk<'a>;
    type Answer = Journeys;

    fn new(ask: &Walk<'_>) -> Self {
        Self { buckets: empty(ask.touches), touches: ask.touches }
    }

    fn update(&mut self, shard: Shard<'_>, ask: &Walk<'_>, task: &Task) -> Result<()> {
        let found = walk(shard.layout, shard.tags, ask, task)?;
        self.merge(&Self { buckets: found.buckets, touches: ask.touches })
    }

    fn merge(&mut self, other: &Self) -> Result<()> {
        if self.touches != other.touches {
            return Err(different("journeys"));
        }
        for (bucket, more) in self.buckets.iter_mut().zip(&other.buckets) {
            more.paths.iter().for_each(|(path, counts)| bucket.paths.add(path, counts));
            bucket.decay.add(&more.decay, 1.0);
            bucket.milestone.add(&more.milestone, 1.0);
            bucket.unattributed.conversions += more.unattributed.conversions;
            bucket.unattributed.value += more.unattributed.value;
        }
        Ok(())
    }

    fn finish(&self) -> Journeys {
        let mut buckets = self.buckets.clone();
        buckets.iter_mut().for_each(|bucket| bucket.paths = bucket.paths.sorted());
        collect(buckets, self.touches)
    }

    fn to_batch(&self) -> Result<RecordBatch> {
        let mut rows = Rows::default();
        for (at, bucket) in self.buckets.iter().enumerate() {
            let at = at as u16;
            for (path, counts) in bucket.paths.iter() {
                rows.push(PATH, at, path, counts, (0.0, 0.0));
            }
            for (kind, credit) in [(DECAY, &bucket.decay), (MILESTONE, &bucket.milestone)] {
                for touch in 0..self.touches {
                    let part = (credit.conversions[touch], credit.value[touch]);
                    rows.push(kind, at, &[touch as u16], Counts::default(), part);
                }
            }
            rows.push(UNATTRIBUTED, at, &[], bucket.unattributed, (self.touches as f64, 0.0));
        }
        rows.finish()
    }

    fn from_batch(batch: &RecordBatch) -> Result<Self> {
        let wrong = || input("state: no journeys");
        let kind = column::<UInt16Type>(batch, "kind")?;
        let bucket = column::<UInt16Type>(batch, "bucket")?;
        let conversions = column::<UInt64Type>(batch, "conversions")?;
        let value = column::<Int64Type>(batch, "value")?;
        let nulls = column::<UInt64Type>(batch, "nulls")?;
        let credit = column::<Float64Type>(batch, "credit")?;
        let credit_value = column::<Float64Type>(batch, "credit_value")?;
        let path = paths(batch).ok_or_else(wrong)?;
        let last = (0..batch.num_rows()).rev().find(|&row| kind.value(row) == UNATTRIBUTED);
        let touches = credit.value(last.ok_or_else(wrong)?) as usize;
        let mut buckets = empty(touches);
        for row in 0..batch.num_rows() {
            let bucket = buckets.get_mut(usize::from(bucket.value(row))).ok_or_else(wrong)?;
            let codes = path(row);
            let codes = codes.as_primitive_opt::<UInt16Type>().ok_or_else(wrong)?.values();
            let counts = Counts {
                conversions: conversions.value(row),
                value: value.value(row),
                nulls: nulls.value(row),
            };
            let credit_of = match kind.value(row) {
                PATH => {
                    bucket.paths.add(codes, counts);
                    continue;
                }
                UNATTRIBUTED => {
                    bucket.unattributed = counts;
                    continue;
                }
                DECAY => &mut bucket.decay,
                _ => &mut bucket.milestone,
            };
            let touch = codes.first().map(|&code| usize::from(code)).filter(|&code| code < touches);
            let touch = touch.ok_or_else(wrong)?;
            credit_of.conversions[touch] = credit.value(row);
            credit_of.value[touch] = credit_value.value(row);
        }
        Ok(Self { buckets, touches })
    }
}

/// The codes of each row; a table that was elsewhere may hold large lists.
fn paths(batch: &RecordBatch) -> Option<Box<dyn Fn(usize) -> ArrayRef + '_>> {
    let array = batch.column_by_name("path")?;
    if let Some(list) = array.as_list_opt::<i32>() {
        return Some(Box::new(|row| list.value(row)));
    }
    let list = array.as_list_opt::<i64>()?;
    Some(Box::new(|row| list.value(row)))
}

#[derive(Default)]
struct Rows {
    kind: Vec<u16>,
    bucket: Vec<u16>,
    path: ListBuilder<UInt16Builder>,
    counts: Vec<Counts>,
    credit: Vec<(f64, f64)>,
}

impl Rows {
    fn push(&mut self, kind: u16, bucket: u16, path: &[u16], counts: Counts, credit: (f64, f64)) {
        self.kind.push(kind);
        self.bucket.push(bucket);
        self.path.values().append_slice(path);
        self.path.append(true);
        self.counts.push(counts);
        self.credit.push(credit);
    }

    fn finish(mut self) -> Result<RecordBatch> {
        let count = |pick: fn(&Counts) -> u64| {
            Arc::new(self.counts.iter().map(pick).collect::<UInt64Array>())
        };
        let value: Int64Array = self.counts.iter().map(|counts| counts.value).collect();
        let credit: Float64Array = self.credit.iter().map(|credit| credit.0).collect();
        let credit_value: Float64Array = self.credit.iter().map(|credit| credit.1).collect();
        table(vec![
            ("conversions", count(|counts| counts.conversions)),
            ("nulls", count(|counts| counts.nulls)),
            ("kind", Arc::new(UInt16Array::from(self.kind))),
            ("bucket", Arc::new(UInt16Array::from(self.bucket))),
            ("path", Arc::new(self.path.finish()) as _),
            ("value", Arc::new(value)),
            ("credit", Arc::new(credit)),
            ("credit_value", Arc::new(credit_value)),
        ])
    }
}
