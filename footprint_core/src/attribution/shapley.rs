//! Shapley values of two games on sets of touches.
//!
//! *Sum*: `v(S)` = conversions of journeys whose touches all lie in S; closed form
//! `phi_i = sum over sets T with i of C(T) / |T|` (Zhao et al. 2018); equals the linear rule when no
//! touch repeats. *Rate*: `v(S)` = conversions / journeys of those journeys, `v` of no journey 0;
//! signed, exact by subset sums up to [`EXACT`] touches, by random orders above; then the interval is
//! that of the draw of orders.

use std::collections::BTreeMap;

use rayon::prelude::*;

use super::bootstrap::{Replicates, split_mix};
use super::credit::{Credit, Credits};
use super::journey::Journeys;
use super::paths::{Path, PathTable};
use crate::error::Result;
use crate::layout::BUCKETS;
use crate::task::Task;

/// Most touches of the exact rate game.
pub const EXACT: usize = 24;
/// Most touches with bootstrap intervals over users in the rate game.
pub const BOOTSTRAPPED: usize = 12;
/// Random orders of touches: 256 parts of 16.
const PARTS: usize = BUCKETS;
const ORDERS: usize = 16;

/// The distinct touches of a path, ascending.
fn set_of(path: &Path) -> Vec<u16> {
    let mut set = path.to_vec();
    set.sort_unstable();
    set.dedup();
    set
}

/// Credit of the sum game.
#[must_use]
pub fn sum_game(paths: &PathTable, touches: usize) -> Credit {
    let mut credit = Credit::zero(touches);
    for (path, counts) in paths.iter().filter(|(_, counts)| counts.conversions > 0) {
        let set = set_of(path);
        let weights = vec![1.0 / set.len() as f64; set.len()];
        credit.add_path(&set, &weights, counts.conversions as f64, counts.value as f64);
    }
    credit
}

/// Credit of the sum game by (touch, position from 1): a touch's part of a path is split over the
/// positions it holds (ordered Shapley value, Zhao et al. 2018). Ascending.
#[must_use]
pub fn positions(paths: &PathTable) -> Vec<((u16, u32), [f64; 2])> {
    let mut table: BTreeMap<(u16, u32), [f64; 2]> = BTreeMap::new();
    for (path, counts) in paths.iter().filter(|(_, counts)| counts.conversions > 0) {
        let part = 1.0 / set_of(path).len() as f64;
        for (at, &touch) in path.iter().enumerate() {
            let held = path.iter().filter(|&&other| other == touch).count() as f64;
            let cell = table.entry((touch, at as u32 + 1)).or_default();
            cell[0] += part / held * counts.conversions as f64;
            cell[1] += part / held * counts.value as f64;
        }
    }
    table.into_iter().collect()
}

/// Conversions, value and journeys by set of touches.
type Sets = BTreeMap<Vec<u16>, [f64; 3]>;

fn add_sets(sets: &mut Sets, paths: &PathTable, times: f64) {
    for (path, counts) in paths.iter() {
        let cell = sets.entry(set_of(path)).or_default();
        cell[0] += counts.conversions as f64 * times;
        cell[1] += counts.value as f64 * times;
        cell[2] += counts.journeys() as f64 * times;
    }
}

/// Credit of the rate game: its values times the number of journeys, so that they sum to the
/// totals.
///
/// # Errors
/// Cancellation.
pub fn rate_credits(journeys: &Journeys, replicates: &Replicates, task: &Task) -> Result<Credits> {
    let touches = journeys.touches;
    let mut sets = Sets::new();
    add_sets(&mut sets, &journeys.paths, 1.0);
    if touches > EXACT {
        return sampled(&sets, touches, journeys.total.journeys() as f64, replicates, task);
    }
    let credit =
        exact(&sets.iter().map(|(set, &cell)| (bits(set), cell)).collect::<Vec<_>>(), touches);
    if touches > BOOTSTRAPPED || replicates.is_empty() {
        return Ok(Credits { credit, interval: None });
    }
    let by_bucket: Vec<Vec<(usize, [f64; 3])>> = journeys
        .buckets
        .par_iter()
        .map(|bucket| {
            let mut sets = Sets::new();
            add_sets(&mut sets, &bucket.paths, 1.0);
            sets.iter().map(|(set, &cell)| (bits(set), cell)).collect()
        })
        .collect();
    let interval = replicates.intervals(touches, |weights| {
        let mut drawn = Vec::new();
        for (sets, &weight) in by_bucket.iter().zip(weights).filter(|(_, weight)| **weight > 0) {
            let times = f64::from(weight);
            drawn.extend(sets.iter().map(|&(set, cell)| (set, cell.map(|x| x * times))));
        }
        exact(&drawn, touches)
    });
    Ok(Credits { credit, interval })
}

fn bits(set: &[u16]) -> usize {
    set.iter().fold(0, |bits, &code| bits | 1 << code)
}

/// Exact values by subset sums: `O(touches * 2^touches)`.
fn exact(sets: &[(usize, [f64; 3])], touches: usize) -> Credit {
    let size = 1_usize << touches;
    let mut cells = vec![[0.0_f64; 3]; size];
    for &(set, cell) in sets {
        (0..3).for_each(|i| cells[set][i] += cell[i]);
    }
    let journeys: f64 = cells.iter().map(|cell| cell[2]).sum();
    for touch in 0..touches {
        for set in (0..size).filter(|set| set >> touch & 1 == 1) {
            let less = cells[set ^ 1 << touch];
            (0..3).for_each(|i| cells[set][i] += less[i]);
        }
    }
    let worth = |set: usize| {
        let [conversions, value, journeys] = cells[set];
        if journeys > 0.0 { [conversions / journeys, value / journeys] } else { [0.0; 2] }
    };
    let weights = set_weights(touches);
    let mut credit = Credit::zero(touches);
    for set in 0..size {
        let without = worth(set);
        let weight = weights.get(set.count_ones() as usize).copied().unwrap_or_default();
        for touch in (0..touches).filter(|touch| set >> touch & 1 == 0) {
            let with = worth(set | 1 << touch);
            credit.conversions[touch] += weight * (with[0] - without[0]) * journeys;
            credit.value[touch] += weight * (with[1] - without[1]) * journeys;
        }
    }
    credit
}

/// `s! (n - s - 1)! / n!` for each set size s below n.
fn set_weights(n: usize) -> Vec<f64> {
    let mut weights = Vec::with_capacity(n);
    let mut weight = 1.0 / n as f64;
    for s in 0..n {
        weights.push(weight);
        if s + 1 < n {
            weight *= (s + 1) as f64 / (n - s - 1) as f64;
        }
    }
    weights
}

/// The sets in one list: where each ends, its members, its cell.
#[derive(Default)]
struct Flat {
    ends: Vec<usize>,
    members: Vec<u16>,
    cells: Vec<[f64; 3]>,
}

/// Mean over random orders of what each touch adds when it joins the ones before it.
fn sampled(
    sets: &Sets,
    touches: usize,
    journeys: f64,
    replicates: &Replicates,
    task: &Task,
) -> Result<Credits> {
    let mut flat = Flat::default();
    for (set, &cell) in sets {
        flat.members.extend_from_slice(set);
        flat.ends.push(flat.members.len());
        flat.cells.push(cell);
    }
    let scale = journeys / (PARTS * ORDERS) as f64;
    let parts: Vec<Credit> = (0..PARTS)
        .into_par_iter()
        .map(|part| {
            task.step(0)?;
            let (mut sum, mut credit) = (Credit::zero(touches), Credit::zero(touches));
            let mut state = part as u64;
            (0..ORDERS).for_each(|_| one_order(&flat, touches, &mut state, &mut sum));
            credit.add(&sum, scale);
            Ok(credit)
        })
        .collect::<Result<_>>()?;
    let mut credit = Credit::zero(touches);
    parts.iter().for_each(|part| credit.add(part, 1.0));
    let interval = replicates.intervals(touches, |weights| {
        let mut sum = Credit::zero(touches);
        for (part, &weight) in parts.iter().zip(weights).filter(|(_, weight)| **weight > 0) {
            sum.add(part, f64::from(weight));
        }
        sum
    });
    Ok(Credits { credit, interval })
}

fn one_order(sets: &Flat, touches: usize, state: &mut u64, credit: &mut Credit) {
    let mut order: Vec<usize> = (0..touches).collect();
    for last in (1..touches).rev() {
        order.swap(last, (split_mix(state) % (last as u64 + 1)) as usize);
    }
    let mut place = vec![0_u32; touches];
    order.iter().enumerate().for_each(|(at, &touch)| place[touch] = at as u32);
    // A set of touches is complete when its last one joins.
    let mut joins = vec![[0.0_f64; 3]; touches];
    let mut start = 0;
    for (&end, cell) in sets.ends.iter().zip(&sets.cells) {
        let members = &sets.members[start..end];
        let at = members.iter().fold(0, |at, &code| at.max(place[code as usize]));
        (0..3).for_each(|i| joins[at as usize][i] += cell[i]);
        start = end;
    }
    let (mut sum, mut before) = ([0.0; 3], [0.0; 2]);
    for (at, &touch) in order.iter().enumerate() {
        (0..3).for_each(|i| sum[i] += joins[at][i]);
        let now = if sum[2] > 0.0 { [sum[0] / sum[2], sum[1] / sum[2]] } else { [0.0; 2] };
        credit.conversions[touch] += now[0] - before[0];
        credit.value[touch] += now[1] - before[1];
        before = now;
    }
}
