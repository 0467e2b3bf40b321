//! Attribution: one walk, then any model on its paths.

use std::sync::Arc;

use arrow_array::builder::{LargeStringBuilder, ListBuilder, UInt16Builder};
use arrow_array::types::{Float64Type, Int64Type, UInt32Type, UInt64Type};
use arrow_array::{ArrayRef, Float64Array, StringArray};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::ask::unknown;
use super::columns::{Column, Dimension, Roles};
use super::frame::{Frame, column};
use super::guard::{self, Task};
use super::layout::Layout;
use crate::attribution::bootstrap::{Interval, Replicates};
use crate::attribution::chain::{Chain, Effects};
use crate::attribution::order_choice::Score;
use crate::attribution::rules::Rule;
use crate::attribution::{self as models, Model, Walk, shapley, sparse_chain};
use crate::layout as rows;

/// The journeys of one question; models are asked of it.
#[pyclass(module = "footprint._core", frozen)]
pub struct Journeys {
    /// What the walk found.
    pub inner: models::Journeys,
}

/// Walk the log: roles are touch, conversion, milestone.
#[pyfunction]
#[pyo3(signature = (layout, roles, codes, touches, values, lookback, period, half_life, task=None))]
pub fn journeys(
    py: Python<'_>,
    layout: &Bound<'_, Layout>,
    roles: Roles,
    codes: Dimension,
    touches: usize,
    values: Column,
    lookback: Option<i64>,
    period: (i64, i64),
    half_life: f64,
    task: Option<Bound<'_, Task>>,
) -> PyResult<Journeys> {
    let values = values.numbers::<Int64Type>("values")?;
    let (layout, task) = (layout.get().inner(), guard::task(task.as_ref()));
    let inner = guard::run(py, || {
        let codes = codes.codes();
        let ask = Walk { codes, touches, values: &values, lookback, period, half_life };
        models::walk(layout, &roles.tags(layout.source_rows)?, &ask, &task)
    })?;
    Ok(Journeys { inner })
}

fn model(name: &str, order: usize) -> PyResult<Model> {
    Ok(match name {
        "first" => Model::Rule(Rule::First),
        "last" => Model::Rule(Rule::Last),
        "last_non_direct" => Model::Rule(Rule::LastNonDirect),
        "linear" => Model::Rule(Rule::Linear),
        "u_shape" => Model::Rule(Rule::UShape),
        "w_shape" => Model::WShape,
        "time_decay" => Model::TimeDecay,
        "step_decay" => Model::Rule(Rule::StepDecay),
        "participation" => Model::Rule(Rule::Participation),
        "drop_one" => Model::DropOne,
        "markov" => Model::Markov(order),
        "shapley_sum" => Model::ShapleySum,
        "shapley_rate" => Model::ShapleyRate,
        other => return Err(unknown("model", other)),
    })
}

fn ends(
    interval: Option<&Vec<Interval>>,
    touches: usize,
    end: fn(&Interval) -> f64,
) -> Vec<Option<f64>> {
    interval
        .map_or_else(|| vec![None; touches], |all| all.iter().map(|one| Some(end(one))).collect())
}

#[pymethods]
impl Journeys {
    /// Attributed conversions.
    #[getter]
    fn conversions(&self) -> u64 {
        self.inner.total.conversions
    }

    /// Their value in cents.
    #[getter]
    fn value(&self) -> i64 {
        self.inner.total.value
    }

    /// Journeys without conversion.
    #[getter]
    fn nulls(&self) -> u64 {
        self.inner.total.nulls
    }

    /// Conversions without a touch.
    #[getter]
    fn unattributed(&self) -> u64 {
        self.inner.unattributed.conversions
    }

    /// Their value in cents.
    #[getter]
    fn unattributed_value(&self) -> i64 {
        self.inner.unattributed.value
    }

    /// Credit by model and touch code, value in cents, with bootstrap ends where a model has them.
    #[pyo3(signature = (names, order, direct, replicates, level, seed, task=None))]
    fn credits(
        &self,
        py: Python<'_>,
        names: Vec<String>,
        order: usize,
        direct: Vec<bool>,
        replicates: usize,
        level: f64,
        seed: u64,
        task: Option<Bound<'_, Task>>,
    ) -> PyResult<Frame> {
        let asked: Vec<Model> =
            names.iter().map(|name| model(name, order)).collect::<PyResult<_>>()?;
        let task = guard::task(task.as_ref());
        let answers = guard::run(py, || {
            let draws = Replicates::draw(replicates, level, seed);
            asked
                .iter()
                .map(|&model| models::credits(&self.inner, model, &direct, &draws, &task))
                .collect::<crate::error::Result<Vec<_>>>()
        })?;
        let touches = self.inner.touches;
        let (mut of, mut touch) = (Vec::new(), Vec::new());
        let (mut point, mut value) = (Vec::new(), Vec::new());
        let mut sides: [Vec<Option<f64>>; 4] = Default::default();
        for (name, answer) in names.iter().zip(&answers) {
            of.extend(std::iter::repeat_n(name.as_str(), touches));
            touch.extend(0..touches as u32);
            point.extend_from_slice(&answer.credit.conversions);
            value.extend_from_slice(&answer.credit.value);
            let (count, money) = answer.interval.as_ref().map(|(c, v)| (c, v)).unzip();
            sides[0].extend(ends(count, touches, |one| one.0));
            sides[1].extend(ends(count, touches, |one| one.1));
            sides[2].extend(ends(money, touches, |one| one.0));
            sides[3].extend(ends(money, touches, |one| one.1));
        }
        let [low, high, value_low, value_high] =
            sides.map(|side| Arc::new(Float64Array::from(side)) as ArrayRef);
        Frame::new(vec![
            ("model", Arc::new(StringArray::from(of)) as ArrayRef),
            ("touch", column::<UInt32Type>(touch)),
            ("conversions", column::<Float64Type>(point)),
            ("low", low),
            ("high", high),
            ("value", column::<Float64Type>(value)),
            ("value_low", value_low),
            ("value_high", value_high),
        ])
    }

    /// Conversion probability of the chain, and (touch, effect, `effect_value`).
    #[pyo3(signature = (order, task=None))]
    fn removal(
        &self,
        py: Python<'_>,
        order: usize,
        task: Option<Bound<'_, Task>>,
    ) -> PyResult<(f64, Frame)> {
        let task = guard::task(task.as_ref());
        let inner = &self.inner;
        let effects: Effects = guard::run(py, || {
            if let Some(chain) = inner.chain.as_ref().filter(|_| order == 1) {
                return Ok(chain.effects());
            }
            sparse_chain::effects(&inner.paths, inner.touches, order, &task)
        })?;
        let frame = Frame::new(vec![
            ("touch", column::<UInt32Type>((0..inner.touches as u32).collect())),
            ("effect", column::<Float64Type>(effects.removal)),
            ("effect_value", column::<Float64Type>(effects.removal_value)),
        ])?;
        Ok((effects.p_conversion, frame))
    }

    /// Held-out loss by order (order, loss, gain, error) and the order chosen, None for no skill.
    #[pyo3(signature = (task=None))]
    fn order_choice(
        &self,
        py: Python<'_>,
        task: Option<Bound<'_, Task>>,
    ) -> PyResult<(Frame, Option<usize>)> {
        let task = guard::task(task.as_ref());
        let choice = guard::run(py, || models::order_choice::choose(&self.inner, &task))?;
        let numbers = |pick: fn(&Score) -> f64| {
            column::<Float64Type>(choice.scores.iter().map(pick).collect())
        };
        let orders = choice.scores.iter().map(|score| score.order as u32).collect();
        let frame = Frame::new(vec![
            ("order", column::<UInt32Type>(orders)),
            ("loss", numbers(|score| score.loss)),
            ("gain", numbers(|score| score.gain)),
            ("error", numbers(|score| score.error)),
        ])?;
        Ok((frame, choice.chosen))
    }

    /// Ordered Shapley credit: touch, position from 1, conversions, value in cents.
    fn positions(&self, py: Python<'_>) -> PyResult<Frame> {
        let cells = guard::run(py, || Ok(shapley::positions(&self.inner.paths)))?;
        let codes = cells.iter().map(|((touch, _), _)| u32::from(*touch)).collect();
        Frame::new(vec![
            ("touch", column::<UInt32Type>(codes)),
            ("position", column::<UInt32Type>(cells.iter().map(|((_, at), _)| *at).collect())),
            ("conversions", column::<Float64Type>(cells.iter().map(|(_, x)| x[0]).collect())),
            ("value", column::<Float64Type>(cells.iter().map(|(_, x)| x[1]).collect())),
        ])
    }

    /// States of the chain of an order.
    fn states(&self, py: Python<'_>, order: usize) -> PyResult<usize> {
        guard::run(py, || sparse_chain::states(&self.inner.paths, order))
    }

    /// Steps (from, to, n): codes, then start, conversion and null as the three codes after them.
    fn transitions(&self, py: Python<'_>) -> PyResult<Frame> {
        let touches = self.inner.touches as u32;
        let steps = guard::run(py, || {
            let counted = self.inner.chain.as_ref().map(Chain::steps);
            Ok(counted.unwrap_or_else(|| models::paths::steps(&self.inner.paths, touches)))
        })?;
        Frame::new(vec![
            ("from", column::<UInt32Type>(steps.iter().map(|step| step.0.0).collect())),
            ("to", column::<UInt32Type>(steps.iter().map(|step| step.0.1).collect())),
            ("n", column::<UInt64Type>(steps.iter().map(|step| step.1).collect())),
        ])
    }

    /// Distinct paths: list of codes, conversions, value in cents, nulls.
    fn paths(&self) -> PyResult<Frame> {
        let mut codes = ListBuilder::new(UInt16Builder::new());
        for (path, _) in self.inner.paths.iter() {
            codes.values().append_slice(path);
            codes.append(true);
        }
        let counts: Vec<_> = self.inner.paths.iter().map(|(_, counts)| counts).collect();
        Frame::new(vec![
            ("path", Arc::new(codes.finish()) as ArrayRef),
            ("conversions", column::<UInt64Type>(counts.iter().map(|c| c.conversions).collect())),
            ("value", column::<Int64Type>(counts.iter().map(|c| c.value).collect())),
            ("nulls", column::<UInt64Type>(counts.iter().map(|c| c.nulls).collect())),
        ])
    }

    /// Distinct paths as text, most conversions and then most nulls first: the words of their codes
    /// joined by `separator`, number of touches, conversions, value in cents, nulls.
    fn path_table(&self, py: Python<'_>, words: Vec<String>, separator: &str) -> PyResult<Frame> {
        let paths = &self.inner.paths;
        if words.len() != self.inner.touches {
            let (found, wanted) = (words.len(), self.inner.touches);
            return Err(PyValueError::new_err(format!("{found} words, {wanted} touches")));
        }
        let (text, order) = guard::run(py, || {
            let order = paths.by_conversions();
            let mut text = LargeStringBuilder::with_capacity(paths.len(), paths.len() * 32);
            let mut line = String::new();
            for &at in &order {
                line.clear();
                for (at, &code) in paths.path(at as usize).iter().enumerate() {
                    line.push_str(if at == 0 { "" } else { separator });
                    line.push_str(&words[usize::from(code)]);
                }
                text.append_value(&line);
            }
            Ok((text.finish(), order))
        })?;
        let listed = || order.iter().map(|&at| at as usize);
        let lengths = listed().map(|at| paths.path(at).len() as u32).collect();
        let counts = |pick: fn(&models::Counts) -> u64| {
            column::<UInt64Type>(listed().map(|at| pick(&paths.counts(at))).collect())
        };
        let value = listed().map(|at| paths.counts(at).value).collect();
        Frame::new(vec![
            ("path", Arc::new(text) as ArrayRef),
            ("touches", column::<UInt32Type>(lengths)),
            ("conversions", counts(|counts| counts.conversions)),
            ("value", column::<Int64Type>(value)),
            ("nulls", counts(|counts| counts.nulls)),
        ])
    }

    /// Number of user groups behind the intervals.
    #[classattr]
    const GROUPS: usize = rows::BUCKETS;
}
