//! Funnel, retention, active days: from Python columns to kernels and back.

use arrow_array::types::{Int32Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt32Type};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::columns::{Column, Roles};
use super::frame::{Frame, column};
use super::guard::{self, Task};
use super::layout::Layout;
use crate::kernels::funnel::{Funnel, Start};
use crate::kernels::retention::{Calendar, Kind, Retention};
use crate::kernels::zone::Zone;
use crate::kernels::{days, funnel as funnels, retention as retentions};

type Offsets = (Vec<i64>, Vec<i64>);

fn zone(offsets: Offsets) -> PyResult<Zone> {
    Zone::new(offsets.0, offsets.1).map_err(|error| PyValueError::new_err(error.to_string()))
}

pub fn unknown(what: &str, word: &str) -> PyErr {
    PyValueError::new_err(format!("unknown {what} “{word}”"))
}

/// Level, instants and source rows of each user who reached the first step.
#[pyfunction]
#[pyo3(signature = (layout, roles, steps, window, mode, starts, task=None))]
pub fn funnel(
    py: Python<'_>,
    layout: &Bound<'_, Layout>,
    roles: Roles,
    steps: usize,
    window: i64,
    mode: &str,
    starts: (i64, i64),
    task: Option<Bound<'_, Task>>,
) -> PyResult<Frame> {
    let start = match mode {
        "best" => Start::Best,
        "first_entry" => Start::First,
        other => return Err(unknown("mode", other)),
    };
    let (layout, task) = (layout.get().inner(), guard::task(task.as_ref()));
    let ask = Funnel { steps, window, start, starts };
    let answer =
        guard::run(py, || funnels::funnel(layout, &roles.tags(layout.source_rows)?, &ask, &task))?;
    let elapsed = answer.end.iter().zip(&answer.start).map(|(end, start)| end - start).collect();
    Frame::new(vec![
        ("user", column::<UInt32Type>(answer.user)),
        ("level", column::<UInt8Type>(answer.level)),
        ("start_ts", column::<TimestampMicrosecondType>(answer.start)),
        ("end_ts", column::<TimestampMicrosecondType>(answer.end)),
        ("elapsed_us", column::<Int64Type>(elapsed)),
        ("start_row", column::<UInt32Type>(answer.start_row)),
        ("end_row", column::<UInt32Type>(answer.end_row)),
    ])
}

/// Cohort table: every k from 0 to `last` for each cohort period.
#[pyfunction]
#[pyo3(signature = (layout, roles, offsets, calendar, last, kind, exact_day, task=None))]
pub fn retention(
    py: Python<'_>,
    layout: &Bound<'_, Layout>,
    roles: Roles,
    offsets: Offsets,
    calendar: (i32, Column),
    last: usize,
    kind: &str,
    exact_day: bool,
    task: Option<Bound<'_, Task>>,
) -> PyResult<Frame> {
    let kind = match kind {
        "exact" => Kind::Exact,
        "within" => Kind::Within,
        "unbounded" => Kind::Unbounded,
        other => return Err(unknown("kind", other)),
    };
    let periods = calendar.1.numbers::<Int32Type>("periods")?;
    let (layout, task) = (layout.get().inner(), guard::task(task.as_ref()));
    let ask = Retention {
        zone: zone(offsets)?,
        calendar: Calendar { first: calendar.0, periods: &periods },
        last,
        kind,
        exact_day,
    };
    let answer = guard::run(py, || {
        retentions::retention(layout, &roles.tags(layout.source_rows)?, &ask, &task)
    })?;
    Frame::new(vec![
        ("cohort", column::<Int32Type>(answer.cohort)),
        ("k", column::<UInt32Type>(answer.k)),
        ("users", column::<UInt32Type>(answer.users)),
        ("size", column::<UInt32Type>(answer.size)),
    ])
}

/// Distinct (user, local day) pairs.
#[pyfunction]
#[pyo3(signature = (layout, roles, offsets, task=None))]
pub fn user_days(
    py: Python<'_>,
    layout: &Bound<'_, Layout>,
    roles: Roles,
    offsets: Offsets,
    task: Option<Bound<'_, Task>>,
) -> PyResult<Frame> {
    let zone = zone(offsets)?;
    let (layout, task) = (layout.get().inner(), guard::task(task.as_ref()));
    let answer =
        guard::run(py, || days::user_days(layout, &roles.tags(layout.source_rows)?, &zone, &task))?;
    Frame::new(vec![
        ("user", column::<UInt32Type>(answer.user)),
        ("day", column::<Int32Type>(answer.day)),
        ("rows", column::<UInt32Type>(answer.rows)),
    ])
}

/// First and last row with a role of each user.
#[pyfunction]
#[pyo3(signature = (layout, roles, values, task=None))]
pub fn first_last(
    py: Python<'_>,
    layout: &Bound<'_, Layout>,
    roles: Roles,
    values: Column,
    task: Option<Bound<'_, Task>>,
) -> PyResult<Frame> {
    let values = values.numbers::<Int64Type>("values")?;
    let (layout, task) = (layout.get().inner(), guard::task(task.as_ref()));
    let answer = guard::run(py, || {
        days::first_last(layout, &roles.tags(layout.source_rows)?, &values, &task)
    })?;
    Frame::new(vec![
        ("user", column::<UInt32Type>(answer.user)),
        ("first_ts", column::<TimestampMicrosecondType>(answer.first)),
        ("last_ts", column::<TimestampMicrosecondType>(answer.last)),
        ("rows", column::<UInt32Type>(answer.rows)),
        ("value_cents", column::<Int64Type>(answer.value)),
        ("first_row", column::<UInt32Type>(answer.first_row)),
        ("last_row", column::<UInt32Type>(answer.last_row)),
    ])
}
