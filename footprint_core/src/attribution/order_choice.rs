//! Which order of chain the journeys support, judged on users the chain has not seen.
//!
//! Eight folds of users; the chance of each next step (a touch, conversion or none) after the last
//! k touches is learnt on seven folds and scored on the eighth: mean log-loss per step, in nats.
//! Chances of order k lean on those of order k - 1 with [`PRIOR`] pseudo-observations, so that rare
//! histories do no harm; order 0 ignores the history. The order chosen is the lowest whose loss is
//! within one standard error of the best; no order is chosen ("no skill") when the best does not
//! beat order 0 by two standard errors. Errors are over the 256 groups of users.

use hashbrown::HashTable;

use super::journey::Journeys;
use super::paths::Path;
use super::sparse_chain::MAX_ORDER;
use crate::error::Result;
use crate::task::Task;

const FOLDS: usize = 8;
/// Pseudo-observations of the order below.
pub const PRIOR: f64 = 5.0;
const START: u16 = u16::MAX - 2;
const CONVERSION: u16 = u16::MAX - 1;
const NULL: u16 = u16::MAX;

/// Held-out loss of one order.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Score {
    /// Touches of history used.
    pub order: usize,
    /// Mean log-loss per step in nats.
    pub loss: f64,
    /// Loss of the order below minus this one's.
    pub gain: f64,
    /// Standard error of the gain.
    pub error: f64,
}

/// Scores of orders 0 to 4 and the order chosen.
#[derive(Debug, Clone, PartialEq)]
pub struct Choice {
    /// By order.
    pub scores: Vec<Score>,
    /// `None`: no skill.
    pub chosen: Option<usize>,
}

/// Times a history, or a history with its next symbol, was seen, by fold.
#[derive(Default)]
struct Seen {
    table: HashTable<(u128, [u32; FOLDS])>,
}

impl Seen {
    fn add(&mut self, key: u128, fold: usize, n: u64) {
        let found = self.table.entry(hash(key), |entry| entry.0 == key, |entry| hash(entry.0));
        found.or_insert((key, [0; FOLDS])).into_mut().1[fold] += n as u32;
    }

    /// Times seen outside `fold`.
    fn outside(&self, key: u128, fold: usize) -> f64 {
        self.table.find(hash(key), |entry| entry.0 == key).map_or(0.0, |(_, counts)| {
            let all: u64 = counts.iter().map(|&n| u64::from(n)).sum();
            (all - u64::from(counts[fold])) as f64
        })
    }
}

/// A history of up to four symbols and, perhaps, the next one: 16 bits each, lengths in the top.
fn key(history: &[u16], next: Option<u16>) -> u128 {
    let symbols = history.iter().copied().chain(next);
    let packed = symbols.fold(0_u128, |packed, symbol| packed << 16 | u128::from(symbol));
    packed | (history.len() as u128) << 120 | u128::from(next.is_some()) << 119
}

fn hash(key: u128) -> u64 {
    let mixed = (key as u64 ^ 0x9E37_79B9_7F4A_7C15).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let mixed = (mixed ^ mixed >> 32 ^ (key >> 64) as u64).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    mixed ^ mixed >> 29
}

/// Score the orders on `journeys`.
///
/// # Errors
/// Cancellation.
pub fn choose(journeys: &Journeys, task: &Task) -> Result<Choice> {
    let mut seen = Seen::default();
    for (bucket, part) in journeys.buckets.iter().enumerate() {
        task.step(0)?;
        for (path, counts) in part.paths.iter() {
            let ends = [(CONVERSION, counts.conversions), (NULL, counts.nulls)];
            each_step(path, |history, next| {
                add(&mut seen, history, next, bucket % FOLDS, counts.journeys());
            });
            for (end, n) in ends.into_iter().filter(|(_, n)| *n > 0) {
                add(&mut seen, &with_start(path), end, bucket % FOLDS, n);
            }
        }
    }
    // Loss by bucket and order, and steps by bucket.
    let mut losses = vec![[0.0; MAX_ORDER + 1]; journeys.buckets.len()];
    let mut steps = vec![0.0; journeys.buckets.len()];
    for (bucket, part) in journeys.buckets.iter().enumerate() {
        task.step(0)?;
        let fold = bucket % FOLDS;
        let mut score = |history: &[u16], next: u16, n: u64| {
            let chances = chances(&seen, history, next, fold, journeys.touches);
            for (loss, chance) in losses[bucket].iter_mut().zip(chances) {
                *loss -= chance.ln() * n as f64;
            }
            steps[bucket] += n as f64;
        };
        for (path, counts) in part.paths.iter() {
            each_step(path, |history, next| score(history, next, counts.journeys()));
            for (end, n) in [(CONVERSION, counts.conversions), (NULL, counts.nulls)] {
                if n > 0 {
                    score(&with_start(path), end, n);
                }
            }
        }
    }
    Ok(judge(&losses, &steps))
}

fn with_start(path: &Path) -> Vec<u16> {
    std::iter::once(START).chain(path.iter().copied()).collect()
}

/// Every touch of a path with all that came before it, the start mark included.
fn each_step(path: &Path, mut visit: impl FnMut(&[u16], u16)) {
    let whole = with_start(path);
    (1..whole.len()).for_each(|at| visit(&whole[..at], whole[at]));
}

fn add(seen: &mut Seen, history: &[u16], next: u16, fold: usize, n: u64) {
    for order in 0..=MAX_ORDER.min(history.len()) {
        let state = &history[history.len() - order..];
        seen.add(key(state, None), fold, n);
        seen.add(key(state, Some(next)), fold, n);
    }
}

/// Chance of `next` by order, learnt outside `fold`.
fn chances(
    seen: &Seen,
    history: &[u16],
    next: u16,
    fold: usize,
    touches: usize,
) -> [f64; MAX_ORDER + 1] {
    let mut chance = 1.0 / (touches + 2) as f64;
    let mut all = [0.0; MAX_ORDER + 1];
    for (order, slot) in all.iter_mut().enumerate() {
        if order <= history.len() {
            let state = &history[history.len() - order..];
            let step = seen.outside(key(state, Some(next)), fold);
            chance = (step + PRIOR * chance) / (seen.outside(key(state, None), fold) + PRIOR);
        }
        *slot = chance;
    }
    all
}

fn judge(losses: &[[f64; MAX_ORDER + 1]], steps: &[f64]) -> Choice {
    let all: f64 = steps.iter().sum();
    if all == 0.0 {
        return Choice { scores: Vec::new(), chosen: None };
    }
    let mean = |order: usize| losses.iter().map(|loss| loss[order]).sum::<f64>() / all;
    let scores: Vec<Score> = (0..=MAX_ORDER)
        .map(|order| {
            let (gain, error) = gain(losses, steps, order.saturating_sub(1), order);
            Score { order, loss: mean(order), gain, error }
        })
        .collect();
    let best = (1..=MAX_ORDER).min_by(|&a, &b| mean(a).total_cmp(&mean(b))).unwrap_or(1);
    let (skill, error) = gain(losses, steps, 0, best);
    let chosen = (skill > 2.0 * error).then(|| {
        let near = |order: &usize| {
            let (gap, error) = gain(losses, steps, *order, best);
            gap <= error
        };
        (1..best).find(near).unwrap_or(best)
    });
    Choice { scores, chosen }
}

/// Loss of order `a` minus that of `b` per step, and its standard error over groups of users.
fn gain(losses: &[[f64; MAX_ORDER + 1]], steps: &[f64], a: usize, b: usize) -> (f64, f64) {
    let all: f64 = steps.iter().sum();
    let gain = losses.iter().map(|loss| loss[a] - loss[b]).sum::<f64>() / all;
    let spread: f64 =
        losses.iter().zip(steps).map(|(loss, n)| (loss[a] - loss[b] - gain * n).powi(2)).sum();
    (gain, spread.sqrt() / all)
}
