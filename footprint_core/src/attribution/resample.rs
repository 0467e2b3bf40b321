//! Bootstrap of models that read the whole path table at once (drop-one, chains of higher order).
//!
//! Their credit is no sum over users, so each replicate puts its own path table together from the
//! buckets it draws. The work is bounded: fewer draws for more paths, none below [`LEAST`].

use std::collections::HashMap;

use super::bootstrap::{Interval, Replicates};
use super::credit::Credit;
use super::journey::Journeys;
use super::paths::{Counts, Path, PathTable};
use crate::error::Result;

/// Fewest draws an interval is given for.
pub const LEAST: usize = 100;
/// Most entries and steps of paths visited over all draws.
const EFFORT: usize = 120_000_000;

/// Intervals of a credit of the whole path table; none without draws, and where fewer than
/// [`LEAST`] draws fit the effort. `cost`: what the credit costs per step of a path.
///
/// # Errors
/// Those of `credit`.
pub fn intervals(
    journeys: &Journeys,
    replicates: &Replicates,
    cost: usize,
    credit: impl Fn(&PathTable) -> Result<Credit> + Sync,
) -> Result<Option<(Vec<Interval>, Vec<Interval>)>> {
    if replicates.is_empty() {
        return Ok(None);
    }
    let buckets = numbered(journeys);
    let entries: usize = buckets.iter().map(Vec::len).sum();
    let steps: usize = journeys.paths.iter().map(|(path, _)| path.len() + 1).sum();
    let draws = replicates.first(EFFORT / (entries + steps * (cost + 1)).max(1));
    if draws.len() < LEAST.min(replicates.len()) {
        return Ok(None);
    }
    draws.try_intervals(journeys.touches, |weights| {
        credit(&drawn(&journeys.paths, &buckets, weights))
    })
}

/// The paths of each bucket by their number in the whole table.
fn numbered(journeys: &Journeys) -> Vec<Vec<(u32, Counts)>> {
    let numbers: HashMap<&Path, u32> =
        journeys.paths.iter().zip(0..).map(|((path, _), number)| (path, number)).collect();
    let bucket = |paths: &PathTable| {
        paths.iter().map(|(path, counts)| (numbers[path], counts)).collect::<Vec<_>>()
    };
    journeys.buckets.iter().map(|part| bucket(&part.paths)).collect()
}

/// The path table of the buckets drawn; paths nobody drew are not in it.
fn drawn(paths: &PathTable, buckets: &[Vec<(u32, Counts)>], weights: &[u16]) -> PathTable {
    let mut sums = vec![Counts::default(); paths.len()];
    for (bucket, &weight) in buckets.iter().zip(weights).filter(|(_, weight)| **weight > 0) {
        let times = u64::from(weight);
        for &(number, counts) in bucket {
            let sum = &mut sums[number as usize];
            sum.conversions += counts.conversions * times;
            sum.value += counts.value * i64::from(weight);
            sum.nulls += counts.nulls * times;
        }
    }
    let mut table = PathTable::default();
    for ((path, _), counts) in paths.iter().zip(sums).filter(|(_, sum)| sum.journeys() > 0) {
        table.add(path, counts);
    }
    table
}
