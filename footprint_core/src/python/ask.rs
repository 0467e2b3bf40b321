//! Questions about users: funnel, retention, lifecycle, active days.

use arrow_array::types::{Int32Type, Int64Type, TimestampMicrosecondType, UInt8Type, UInt32Type};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::columns::{Column, Roles};
use super::frame::{Frame, column};
use super::guard::{self, Task};
use super::layout::Layout;
use crate::kernels::funnel::{Exclusions, Funnel, MAX_EXCLUSIONS, Mode};
use crate::kernels::retention::{Calendar, Kind, Retention};
use crate::kernels::zone::Zone;
use crate::kernels::{days, funnel as funnels, lifecycle as lifecycles, retention as retentions};

type Offsets = (Vec<i64>, Vec<i64>);

fn zone(offsets: Offsets) -> PyResult<Zone> {
    Zone::new(offsets.0, offsets.1).map_err(|error| PyValueError::new_err(error.to_string()))
}

pub fn unknown(what: &str, word: &str) -> PyErr {
    PyValueError::new_err(format!("unknown {what} “{word}”"))
}

fn exclusions(pairs: &[(usize, usize)]) -> PyResult<Exclusions> {
    if pairs.len() > MAX_EXCLUSIONS {
        let words = format!("{} exclusions; at most {MAX_EXCLUSIONS}", pairs.len());
        return Err(PyValueError::new_err(words));
    }
    Ok(std::array::from_fn(|i| pairs.get(i).copied()))
}

fn mode(word: &str) -> PyResult<Mode> {
    match word {
        "best" => Ok(Mode::Best),
        "first_entry" => Ok(Mode::First),
        "strict" => Ok(Mode::Strict),
        "any_order" => Ok(Mode::AnyOrder),
        "totals" => Ok(Mode::Totals),
        other => Err(unknown("mode", other)),
    }
}

/// Level, instants and source rows of each user who did a step (each attempt in mode totals).
#[pyfunction]
#[pyo3(signature = (layout, roles, steps, windows, mode_name, starts, later, grace, exclude, hold, task=None))]
pub fn funnel(
    py: Python<'_>,
    layout: &Bound<'_, Layout>,
    roles: Roles,
    steps: usize,
    windows: (i64, i64),
    mode_name: &str,
    starts: (i64, i64),
    later: bool,
    grace: i64,
    exclude: Vec<(usize, usize)>,
    hold: Option<Column>,
    task: Option<Bound<'_, Task>>,
) -> PyResult<Frame> {
    let (mode, (window, gap)) = (mode(mode_name)?, windows);
    let hold = hold.map(|codes| codes.numbers::<UInt32Type>("hold")).transpose()?;
    let (layout, task) = (layout.get().inner(), guard::task(task.as_ref()));
    let exclude = exclusions(&exclude)?;
    let ask = Funnel { steps, window, gap, mode, starts, later, grace, exclude };
    let answer = guard::run(py, || {
        funnels::funnel(layout, &roles.tags(layout.source_rows)?, &ask, hold.as_deref(), &task)
    })?;
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

/// Users (attempts in mode totals) by level, 1 to `steps`.
#[pyfunction]
#[pyo3(signature = (layout, roles, steps, windows, mode_name, starts, later, grace, exclude, hold, task=None))]
pub fn funnel_counts(
    py: Python<'_>,
    layout: &Bound<'_, Layout>,
    roles: Roles,
    steps: usize,
    windows: (i64, i64),
    mode_name: &str,
    starts: (i64, i64),
    later: bool,
    grace: i64,
    exclude: Vec<(usize, usize)>,
    hold: Option<Column>,
    task: Option<Bound<'_, Task>>,
) -> PyResult<Vec<u64>> {
    let (mode, (window, gap)) = (mode(mode_name)?, windows);
    let hold = hold.map(|codes| codes.numbers::<UInt32Type>("hold")).transpose()?;
    let (layout, task) = (layout.get().inner(), guard::task(task.as_ref()));
    let exclude = exclusions(&exclude)?;
    let ask = Funnel { steps, window, gap, mode, starts, later, grace, exclude };
    guard::run(py, || {
        funnels::counts(layout, &roles.tags(layout.source_rows)?, &ask, hold.as_deref(), &task)
    })
}

fn kind(word: &str) -> PyResult<Kind> {
    match word {
        "exact" => Ok(Kind::Exact),
        "within" => Ok(Kind::Within),
        "unbounded" => Ok(Kind::Unbounded),
        other => Err(unknown("kind", other)),
    }
}

/// Cohort table: every k from 0 to `last` for each cohort period.
#[pyfunction]
#[pyo3(signature = (layout, roles, offsets, calendar, last, kind_name, exact_day, task=None))]
pub fn retention(
    py: Python<'_>,
    layout: &Bound<'_, Layout>,
    roles: Roles,
    offsets: Offsets,
    calendar: (i32, Column),
    last: usize,
    kind_name: &str,
    exact_day: bool,
    task: Option<Bound<'_, Task>>,
) -> PyResult<Frame> {
    let (kind, zone) = (kind(kind_name)?, zone(offsets)?);
    let periods = calendar.1.numbers::<Int32Type>("periods")?;
    let (layout, task) = (layout.get().inner(), guard::task(task.as_ref()));
    let calendar = Calendar { first: calendar.0, periods: &periods };
    let ask = Retention { zone, calendar, last, kind, exact_day };
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

/// Codes of the users behind one cell of the cohort table.
#[pyfunction]
#[pyo3(signature = (layout, roles, offsets, calendar, cell, kind_name, exact_day, task=None))]
pub fn retention_users(
    py: Python<'_>,
    layout: &Bound<'_, Layout>,
    roles: Roles,
    offsets: Offsets,
    calendar: (i32, Column),
    cell: (i32, usize),
    kind_name: &str,
    exact_day: bool,
    task: Option<Bound<'_, Task>>,
) -> PyResult<Frame> {
    let (kind, zone) = (kind(kind_name)?, zone(offsets)?);
    let periods = calendar.1.numbers::<Int32Type>("periods")?;
    let (layout, task) = (layout.get().inner(), guard::task(task.as_ref()));
    let calendar = Calendar { first: calendar.0, periods: &periods };
    let ask = Retention { zone, calendar, last: cell.1, kind, exact_day };
    let users = guard::run(py, || {
        retentions::members(layout, &roles.tags(layout.source_rows)?, &ask, cell, &task)
    })?;
    Frame::new(vec![("user", column::<UInt32Type>(users))])
}

/// Users by state and period, and by number of active periods.
#[pyfunction]
#[pyo3(signature = (layout, roles, offsets, calendar, task=None))]
pub fn lifecycle(
    py: Python<'_>,
    layout: &Bound<'_, Layout>,
    roles: Roles,
    offsets: Offsets,
    calendar: (i32, Column),
    task: Option<Bound<'_, Task>>,
) -> PyResult<(Frame, Frame)> {
    let zone = zone(offsets)?;
    let periods = calendar.1.numbers::<Int32Type>("periods")?;
    let (layout, task) = (layout.get().inner(), guard::task(task.as_ref()));
    let calendar = Calendar { first: calendar.0, periods: &periods };
    let answer = guard::run(py, || {
        let tags = roles.tags(layout.source_rows)?;
        lifecycles::lifecycle(layout, &tags, &zone, &calendar, &task)
    })?;
    let numbers = |first: i32, size: usize| (0..size as i32).map(|i| first + i).collect();
    let state =
        |which: usize| column::<UInt32Type>(answer.states.iter().map(|s| s[which]).collect());
    let states = Frame::new(vec![
        ("period", column::<Int32Type>(numbers(answer.first, answer.states.len()))),
        ("new", state(0)),
        ("returning", state(1)),
        ("resurrecting", state(2)),
        ("dormant", state(3)),
    ])?;
    let active = Frame::new(vec![
        ("periods", column::<Int32Type>(numbers(1, answer.active.len()))),
        ("users", column::<UInt32Type>(answer.active)),
    ])?;
    Ok((states, active))
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
