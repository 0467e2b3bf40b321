//! Markov chains of any order over sliding windows of touches, solved by sweeps.
//!
//! A state is the last `order` touches (fewer at the start of a shorter path, which is one shorter
//! state); equal neighbouring states collapse. Without touch c, states that contain c lead nowhere.
//! All touches are solved at once as lanes of one Gauss-Seidel sweep, eight lanes per thread, so
//! that answers do not depend on the number of threads.

use std::collections::HashMap;

use rayon::prelude::*;

use super::chain::Effects;
use super::paths::{Path, PathTable};
use crate::error::{Result, input};
use crate::task::Task;

/// Largest order.
pub const MAX_ORDER: usize = 4;
/// Most states solved.
pub const MAX_STATES: usize = 400_000;
const LANES: usize = 8;
const MAX_SWEEPS: usize = 20_000;
const PRECISION: f64 = 1e-15;

/// A chain in rows: where each state leads and what it earns at the end.
#[derive(Debug, Clone, Default)]
struct Rows {
    /// Steps of state `s` are `ends[s]..ends[s + 1]`.
    ends: Vec<usize>,
    to: Vec<u32>,
    p: Vec<f64>,
    /// Probability to convert next, and cents earned next.
    reward: [Vec<f64>; 2],
    /// Start probabilities by state.
    start: Vec<(u32, f64)>,
    /// The touches of each state.
    states: Vec<Vec<u16>>,
}

/// Removal effects of the chain of `order`.
///
/// # Errors
/// An order outside 1 to 4, more than 400,000 states, a chain that does not settle, cancellation.
pub fn effects(paths: &PathTable, touches: usize, order: usize, task: &Task) -> Result<Effects> {
    let rows = count(paths, order)?;
    let lanes: Vec<usize> = (0..=touches).collect();
    let solved: Vec<Result<Vec<[f64; 2]>>> =
        lanes.par_chunks(LANES).map(|lanes| solve(&rows, lanes, touches, task)).collect();
    let mut reached = Vec::with_capacity(touches + 1);
    for part in solved {
        reached.extend(part?);
    }
    let [whole, whole_value] = reached[touches];
    let lost = |of: usize, whole: f64| -> Vec<f64> {
        let effect = |lane: &[f64; 2]| if whole > 0.0 { 1.0 - lane[of] / whole } else { 0.0 };
        // A touch that never occurs loses nothing; rounding must not say otherwise.
        reached[..touches].iter().map(|lane| effect(lane).max(0.0)).collect()
    };
    Ok(Effects {
        p_conversion: whole,
        removal: lost(0, whole),
        removal_value: lost(1, whole_value),
    })
}

/// Number of states of the chain of `order`, the cap included.
///
/// # Errors
/// As [`effects`].
pub fn states(paths: &PathTable, order: usize) -> Result<usize> {
    count(paths, order).map(|rows| rows.states.len())
}

/// The states of a path: windows of `order` touches, equal neighbours collapsed.
pub(super) fn windows(path: &Path, order: usize) -> impl Iterator<Item = &Path> {
    let width = order.min(path.len());
    let mut before: Option<&Path> = None;
    path.windows(width).filter(move |&window| before.replace(window) != Some(window))
}

fn count(paths: &PathTable, order: usize) -> Result<Rows> {
    if !(1..=MAX_ORDER).contains(&order) {
        return Err(input(format!("order {order}: a chain has order 1 to {MAX_ORDER}")));
    }
    let mut codes: HashMap<&Path, u32> = HashMap::new();
    let mut steps: HashMap<(u32, u32), u64> = HashMap::new();
    let mut ends: Vec<(u64, i64, u64)> = Vec::new();
    let mut starts: HashMap<u32, u64> = HashMap::new();
    for (path, counts) in paths.iter() {
        let mut from = None;
        for window in windows(path, order) {
            let next = codes.len() as u32;
            let to = *codes.entry(window).or_insert(next);
            if to == next {
                ends.push((0, 0, 0));
            }
            match from {
                None => *starts.entry(to).or_default() += counts.journeys(),
                Some(from) => *steps.entry((from, to)).or_default() += counts.journeys(),
            }
            from = Some(to);
        }
        if codes.len() > MAX_STATES {
            return Err(input(format!(
                "order {order}: more than {MAX_STATES} states; use a lower order or fewer touches"
            )));
        }
        let end = &mut ends[from.expect("paths are not empty") as usize];
        end.0 += counts.conversions;
        end.1 += counts.value;
        end.2 += counts.nulls;
    }
    Ok(rows(&codes, steps, &ends, starts))
}

fn rows(
    codes: &HashMap<&Path, u32>,
    steps: HashMap<(u32, u32), u64>,
    ends: &[(u64, i64, u64)],
    starts: HashMap<u32, u64>,
) -> Rows {
    let mut out: Vec<f64> = ends.iter().map(|end| (end.0 + end.2) as f64).collect();
    let mut steps: Vec<((u32, u32), u64)> = steps.into_iter().collect();
    steps.sort_unstable();
    steps.iter().for_each(|((from, _), n)| out[*from as usize] += *n as f64);
    let mut rows = Rows { ends: vec![0], ..Rows::default() };
    let mut next = steps.iter().peekable();
    for (from, &left) in out.iter().enumerate() {
        while let Some(((_, to), n)) = next.next_if(|((f, _), _)| *f as usize == from) {
            rows.to.push(*to);
            rows.p.push(*n as f64 / left);
        }
        rows.ends.push(rows.to.len());
    }
    rows.reward = [
        ends.iter().zip(&out).map(|(end, out)| end.0 as f64 / out).collect(),
        ends.iter().zip(&out).map(|(end, out)| end.1 as f64 / out).collect(),
    ];
    let all: u64 = starts.values().sum();
    rows.start = starts.into_iter().map(|(to, n)| (to, n as f64 / all as f64)).collect();
    rows.start.sort_unstable_by_key(|(to, _)| *to);
    rows.states = vec![Vec::new(); ends.len()];
    codes.iter().for_each(|(path, code)| rows.states[*code as usize] = path.to_vec());
    rows
}

/// Conversion probability and value of a journey for each removed touch (`touches` = none).
fn solve(rows: &Rows, lanes: &[usize], touches: usize, task: &Task) -> Result<Vec<[f64; 2]>> {
    let mut answers = vec![[0.0; 2]; lanes.len()];
    for (of, reward) in rows.reward.iter().enumerate() {
        let scale = reward.iter().fold(0.0_f64, |top, &x| top.max(x.abs()));
        if scale == 0.0 {
            continue;
        }
        let values = sweep(rows, reward, scale, lanes, touches, task)?;
        for (lane, answer) in answers.iter_mut().enumerate() {
            answer[of] = rows.start.iter().map(|&(to, p)| p * values[to as usize][lane]).sum();
        }
    }
    Ok(answers)
}

fn sweep(
    rows: &Rows,
    reward: &[f64],
    scale: f64,
    lanes: &[usize],
    touches: usize,
    task: &Task,
) -> Result<Vec<[f64; LANES]>> {
    // 0 where the lane's touch is in the state, else 1.
    let alive = |state: usize, lane: usize| {
        let removed = lanes.get(lane).copied().unwrap_or(touches);
        removed == touches || !rows.states[state].contains(&(removed as u16))
    };
    let masks: Vec<u8> = (0..rows.states.len())
        .map(|s| (0..LANES).fold(0, |mask, lane| mask | u8::from(alive(s, lane)) << lane))
        .collect();
    let mut values = vec![[0.0_f64; LANES]; rows.states.len()];
    for round in 0..MAX_SWEEPS {
        if round % 16 == 0 {
            task.step(0)?;
        }
        let mut moved = 0.0_f64;
        for state in (0..values.len()).rev() {
            let mut sum = [reward[state]; LANES];
            for step in rows.ends[state]..rows.ends[state + 1] {
                let (p, next) = (rows.p[step], &values[rows.to[step] as usize]);
                for lane in 0..LANES {
                    sum[lane] += p * next[lane];
                }
            }
            for lane in 0..LANES {
                let new = if masks[state] >> lane & 1 == 1 { sum[lane] } else { 0.0 };
                moved = moved.max((new - values[state][lane]).abs());
                values[state][lane] = new;
            }
        }
        if moved <= PRECISION * scale {
            return Ok(values);
        }
    }
    Err(input(format!("the chain did not settle in {MAX_SWEEPS} sweeps; journeys loop too long")))
}
