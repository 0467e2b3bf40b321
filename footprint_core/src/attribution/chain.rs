//! First-order Markov chain over touches, removal effects in closed form.
//!
//! With `G = (I - Q)^-1`, `h` the conversion probability from each touch and `a` the start
//! probabilities, `RE_c = (aG)_c / G_cc * h_c / (a h)`: one factorisation serves all touches
//! (Anderl et al. 2016 define the effect; the closed form is the taboo probability of Kemeny and
//! Snell). Steps from a touch onto itself are left out; they never change absorption.

use nalgebra::{DMatrix, DVector};

use super::credit::Credit;
use super::paths::{Counts, PathTable};

/// Largest number of touches solved densely.
pub const DENSE: usize = 256;
/// Largest number of touches with bootstrap intervals.
pub const BOOTSTRAPPED: usize = 64;

/// Counts of a first-order chain; integers held as floats (exact to 2^53).
#[derive(Debug, Clone)]
pub struct Chain {
    touches: usize,
    /// From (start = `touches`) by to (conversion = `touches`, null = `touches + 1`).
    steps: Vec<f64>,
    /// Value of conversions by last touch, in cents.
    value: Vec<f64>,
}

impl Chain {
    /// No journey yet.
    #[must_use]
    pub fn zero(touches: usize) -> Self {
        let steps = vec![0.0; (touches + 1) * (touches + 2)];
        Self { touches, steps, value: vec![0.0; touches] }
    }

    /// The steps of all journeys of `paths`.
    #[must_use]
    pub fn count(paths: &PathTable, touches: usize) -> Self {
        let mut chain = Self::zero(touches);
        for (path, counts) in paths.iter() {
            let journeys = counts.journeys() as f64;
            let mut from = touches;
            for &code in path {
                let to = code as usize;
                if to != from {
                    *chain.step_mut(from, to) += journeys;
                }
                from = to;
            }
            *chain.step_mut(from, touches) += counts.conversions as f64;
            *chain.step_mut(from, touches + 1) += counts.nulls as f64;
            chain.value[from] += counts.value as f64;
        }
        chain
    }

    fn step_mut(&mut self, from: usize, to: usize) -> &mut f64 {
        &mut self.steps[from * (self.touches + 2) + to]
    }

    /// Journeys that went from `from` to `to`.
    #[must_use]
    pub fn step(&self, from: usize, to: usize) -> f64 {
        self.steps[from * (self.touches + 2) + to]
    }

    /// All steps that occurred, as [`super::paths::steps`] gives them.
    #[must_use]
    pub fn steps(&self) -> Vec<((u32, u32), u64)> {
        let n = self.touches;
        let name = |to: usize| (if to < n { to } else { to + 1 }) as u32;
        let cells = (0..=n).flat_map(|from| (0..n + 2).map(move |to| (from, to)));
        let there = cells.filter(|&(from, to)| self.step(from, to) > 0.0);
        there.map(|(from, to)| ((from as u32, name(to)), self.step(from, to) as u64)).collect()
    }

    /// Number of touches.
    #[must_use]
    pub fn touches(&self) -> usize {
        self.touches
    }

    /// Add `other`, `times` over.
    pub fn add(&mut self, other: &Self, times: f64) {
        self.steps.iter_mut().zip(&other.steps).for_each(|(sum, more)| *sum += more * times);
        self.value.iter_mut().zip(&other.value).for_each(|(sum, more)| *sum += more * times);
    }

    /// Conversions, value and journeys without conversion.
    #[must_use]
    pub fn total(&self) -> Counts {
        let column = |to| (0..self.touches).map(|from| self.step(from, to)).sum::<f64>();
        Counts {
            conversions: column(self.touches) as u64,
            value: self.value.iter().sum::<f64>() as i64,
            nulls: column(self.touches + 1) as u64,
        }
    }

    /// Probability that a journey converts without ever meeting `gone`, by solving the chain anew.
    ///
    /// [`Chain::effects`] answers this for all touches at once; this is its definition.
    #[must_use]
    pub fn without(&self, gone: usize) -> f64 {
        let mut less = self.clone();
        let columns = self.touches + 2;
        for from in 0..=self.touches {
            let met = std::mem::take(&mut less.steps[from * columns + gone]);
            less.steps[from * columns + self.touches + 1] += met;
        }
        less.effects().p_conversion
    }

    /// Probability that a journey converts, and what is lost without each touch.
    #[must_use]
    pub fn effects(&self) -> Effects {
        let n = self.touches;
        let out: Vec<f64> =
            (0..=n).map(|from| (0..n + 2).map(|to| self.step(from, to)).sum()).collect();
        let share = |from: usize, to: usize| {
            if out[from] > 0.0 { self.step(from, to) / out[from] } else { 0.0 }
        };
        let system =
            DMatrix::from_fn(n, n, |from, to| f64::from(u8::from(from == to)) - share(from, to));
        let Some(visits) = system.try_inverse() else { return Effects::none(n) };
        let start = DVector::from_fn(n, |to, _| share(n, to));
        let rate =
            |reward: &dyn Fn(usize) -> f64| {
                let reward = DVector::from_fn(n, |from, _| {
                    if out[from] > 0.0 { reward(from) / out[from] } else { 0.0 }
                });
                &visits * reward
            };
        let reach = visits.tr_mul(&start);
        let effects = |from_touch: &DVector<f64>| -> (f64, Vec<f64>) {
            let whole = start.dot(from_touch);
            let effect = |c: usize| reach[c] / visits[(c, c)] * from_touch[c] / whole;
            (whole, (0..n).map(|c| if whole > 0.0 { effect(c) } else { 0.0 }).collect())
        };
        let (p_conversion, removal) = effects(&rate(&|from| self.step(from, n)));
        let (_, removal_value) = effects(&rate(&|from| self.value[from]));
        Effects { p_conversion, removal, removal_value }
    }
}

/// What a chain says about each touch.
#[derive(Debug, Clone, PartialEq)]
pub struct Effects {
    /// Probability that a journey converts: equals the observed rate.
    pub p_conversion: f64,
    /// Share of conversions lost when a touch leads nowhere.
    pub removal: Vec<f64>,
    /// Share of value lost.
    pub removal_value: Vec<f64>,
}

impl Effects {
    fn none(touches: usize) -> Self {
        Self { p_conversion: 0.0, removal: vec![0.0; touches], removal_value: vec![0.0; touches] }
    }

    /// Totals shared in proportion to the removal effects.
    #[must_use]
    pub fn credit(&self, total: &Counts) -> Credit {
        Credit::shared(
            &self.removal,
            &self.removal_value,
            total.conversions as f64,
            total.value as f64,
        )
    }
}
