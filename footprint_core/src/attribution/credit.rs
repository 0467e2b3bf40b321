//! Credit by touch, and the models that give it.

use rayon::prelude::*;

use super::bootstrap::{Interval, Replicates};
use super::chain::{self, Chain};
use super::journey::{Bucket, Journeys};
use super::paths::{Path, PathTable};
use super::rules::{self, Rule};
use super::{drop_one, resample, shapley, sparse_chain};
use crate::error::{Result, input};
use crate::task::Task;

/// Conversions and value (cents) credited to each touch.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Credit {
    /// By touch code.
    pub conversions: Vec<f64>,
    /// By touch code, in cents.
    pub value: Vec<f64>,
}

impl Credit {
    /// No credit yet for `touches` touches.
    #[must_use]
    pub fn zero(touches: usize) -> Self {
        Self { conversions: vec![0.0; touches], value: vec![0.0; touches] }
    }

    /// Share `conversions` and `value` over `path` by `weights`.
    pub fn add_path(&mut self, path: &Path, weights: &[f64], conversions: f64, value: f64) {
        for (&code, weight) in path.iter().zip(weights) {
            self.conversions[code as usize] += weight * conversions;
            self.value[code as usize] += weight * value;
        }
    }

    /// Add `other`, `times` over.
    pub fn add(&mut self, other: &Self, times: f64) {
        for (sum, more) in self.conversions.iter_mut().zip(&other.conversions) {
            *sum += more * times;
        }
        for (sum, more) in self.value.iter_mut().zip(&other.value) {
            *sum += more * times;
        }
    }

    /// Shares of `conversions` and `value` in proportion to `parts` (all 0 gives no credit).
    #[must_use]
    pub fn shared(parts: &[f64], value_parts: &[f64], conversions: f64, value: f64) -> Self {
        let scaled = |parts: &[f64], total: f64| -> Vec<f64> {
            let sum: f64 = parts.iter().sum();
            let factor = if sum > 0.0 { total / sum } else { 0.0 };
            parts.iter().map(|part| part * factor).collect()
        };
        Self { conversions: scaled(parts, conversions), value: scaled(value_parts, value) }
    }
}

/// Sweeps a chain takes to settle, about, and touches solved side by side: what a replicate costs
/// per step of a path.
const SWEEPS: usize = 8;
const LANES: usize = 8;

/// A way to give credit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Model {
    /// A rule on the path alone.
    Rule(Rule),
    /// 30 / 30 / 30 / 10 with milestones.
    WShape,
    /// Half-life in time.
    TimeDecay,
    /// What the path's conversion rate loses without the touch.
    DropOne,
    /// Removal effects of the Markov chain of this order.
    Markov(usize),
    /// Shapley value of "conversions inside the set".
    ShapleySum,
    /// Shapley value of "conversion rate inside the set".
    ShapleyRate,
}

/// Credit of one model with its intervals.
#[derive(Debug, Clone)]
pub struct Credits {
    /// Point values.
    pub credit: Credit,
    /// Bootstrap intervals of conversions and value, by touch; none where the model has none.
    pub interval: Option<(Vec<Interval>, Vec<Interval>)>,
}

/// Credit of `journeys` by `model`; `direct[code]` marks direct touches.
///
/// # Errors
/// A chain too large for its order, cancellation.
pub fn credits(
    journeys: &Journeys,
    model: Model,
    direct: &[bool],
    replicates: &Replicates,
    task: &Task,
) -> Result<Credits> {
    if direct.len() != journeys.touches {
        return Err(input(format!("{} direct marks, {} touches", direct.len(), journeys.touches)));
    }
    task.step(0)?;
    match model {
        Model::Rule(rule) => Ok(by_bucket(journeys, replicates, |bucket| {
            rule_credit(bucket, journeys.touches, rule, direct)
        })),
        Model::WShape => Ok(by_bucket(journeys, replicates, |bucket| bucket.milestone.clone())),
        Model::TimeDecay => Ok(by_bucket(journeys, replicates, |bucket| bucket.decay.clone())),
        Model::ShapleySum => Ok(by_bucket(journeys, replicates, |bucket| {
            shapley::sum_game(&bucket.paths, journeys.touches)
        })),
        Model::ShapleyRate => shapley::rate_credits(journeys, replicates, task),
        Model::DropOne => drop_credits(journeys, replicates),
        Model::Markov(1) if journeys.touches <= chain::BOOTSTRAPPED => {
            Ok(markov(journeys, replicates))
        }
        Model::Markov(1) if journeys.touches <= chain::DENSE => {
            let credit = Chain::count(&journeys.paths, journeys.touches).effects();
            let credit = credit.credit(&journeys.total);
            Ok(Credits { credit, interval: chain_intervals(journeys, 1, replicates, task)? })
        }
        Model::Markov(order) => sparse_credits(journeys, order, replicates, task),
    }
}

/// Models whose credit is a sum over users: any replicate is a weighted sum of the buckets.
fn by_bucket(
    journeys: &Journeys,
    replicates: &Replicates,
    one: impl Fn(&Bucket) -> Credit + Sync + Send,
) -> Credits {
    let parts: Vec<Credit> = journeys.buckets.par_iter().map(one).collect();
    let mut credit = Credit::zero(journeys.touches);
    parts.iter().for_each(|part| credit.add(part, 1.0));
    let interval = replicates.intervals(journeys.touches, |weights| {
        let mut sum = Credit::zero(journeys.touches);
        for (part, &weight) in parts.iter().zip(weights) {
            if weight > 0 {
                sum.add(part, f64::from(weight));
            }
        }
        sum
    });
    Credits { credit, interval }
}

fn rule_credit(bucket: &Bucket, touches: usize, rule: Rule, direct: &[bool]) -> Credit {
    let mut credit = Credit::zero(touches);
    let mut weights = Vec::new();
    for (path, counts) in bucket.paths.iter() {
        if counts.conversions > 0 {
            rules::weigh(rule, path, direct, &mut weights);
            credit.add_path(path, &weights, counts.conversions as f64, counts.value as f64);
        }
    }
    credit
}

fn drop_credits(journeys: &Journeys, replicates: &Replicates) -> Result<Credits> {
    let one = |paths: &PathTable| Ok(drop_one::credit(paths, journeys.touches));
    let longest = journeys.paths.iter().map(|(path, _)| path.len()).max().unwrap_or(0);
    let interval = resample::intervals(journeys, replicates, longest, one)?;
    Ok(Credits { credit: one(&journeys.paths)?, interval })
}

fn sparse_credits(
    journeys: &Journeys,
    order: usize,
    replicates: &Replicates,
    task: &Task,
) -> Result<Credits> {
    let effects = sparse_chain::effects(&journeys.paths, journeys.touches, order, task)?;
    let credit = effects.credit(&journeys.total);
    Ok(Credits { credit, interval: chain_intervals(journeys, order, replicates, task)? })
}

type Intervals = Option<(Vec<Interval>, Vec<Interval>)>;

/// Intervals of a chain solved by sweeps.
fn chain_intervals(
    journeys: &Journeys,
    order: usize,
    replicates: &Replicates,
    task: &Task,
) -> Result<Intervals> {
    let touches = journeys.touches;
    resample::intervals(journeys, replicates, touches.div_ceil(LANES) * SWEEPS, |paths| {
        Ok(sparse_chain::effects(paths, touches, order, task)?.credit(&paths.total()))
    })
}

fn markov(journeys: &Journeys, replicates: &Replicates) -> Credits {
    let touches = journeys.touches;
    let whole = Chain::count(&journeys.paths, touches);
    let credit = whole.effects().credit(&journeys.total);
    if replicates.is_empty() {
        return Credits { credit, interval: None };
    }
    let parts: Vec<Chain> =
        journeys.buckets.par_iter().map(|bucket| Chain::count(&bucket.paths, touches)).collect();
    let interval = replicates.intervals(touches, |weights| {
        let mut sum = Chain::zero(touches);
        for (part, &weight) in parts.iter().zip(weights) {
            if weight > 0 {
                sum.add(part, f64::from(weight));
            }
        }
        let total = sum.total();
        sum.effects().credit(&total)
    });
    Credits { credit, interval }
}
