//! Questions about what happens between rows: sessions, visits, presence, steps, routes, figures.

use std::sync::Arc;

use arrow_array::builder::{ListBuilder, UInt16Builder};
use arrow_array::types::{Int64Type, TimestampMicrosecondType, UInt32Type, UInt64Type};
use arrow_array::{ArrayRef, BooleanArray, UInt32Array};
use pyo3::prelude::*;

use super::ask::unknown;
use super::columns::{Column, Dimension, Roles};
use super::frame::{Frame, column};
use super::guard::{self, Task};
use super::layout::Layout;
use crate::kernels::codes::MISSING;
use crate::kernels::concurrency;
use crate::kernels::routes::{Routes, Side};
use crate::kernels::transitions::Sankey;
use crate::kernels::{
    buckets as figures, routes as paths, sessions as splits, transitions as steps, visits as stays,
};

/// A column of codes in which [`MISSING`] is missing.
fn optional(codes: impl IntoIterator<Item = u32>) -> ArrayRef {
    let codes = codes.into_iter().map(|code| (code != MISSING).then_some(code));
    Arc::new(codes.collect::<UInt32Array>())
}

/// Sessions: roles are inside, hit.
#[pyfunction]
#[pyo3(signature = (layout, roles, gap, values, task=None))]
pub fn sessions(
    py: Python<'_>,
    layout: &Bound<'_, Layout>,
    roles: Roles,
    gap: i64,
    values: Column,
    task: Option<Bound<'_, Task>>,
) -> PyResult<Frame> {
    let values = values.numbers::<Int64Type>("values")?;
    let (layout, task) = (layout.get().inner(), guard::task(task.as_ref()));
    let answer = guard::run(py, || {
        splits::sessions(layout, &roles.tags(layout.source_rows)?, gap, &values, &task)
    })?;
    Frame::new(vec![
        ("user", column::<UInt32Type>(answer.user)),
        ("start_ts", column::<TimestampMicrosecondType>(answer.start)),
        ("end_ts", column::<TimestampMicrosecondType>(answer.end)),
        ("rows", column::<UInt32Type>(answer.rows)),
        ("hits", column::<UInt32Type>(answer.hits)),
        ("value_cents", column::<Int64Type>(answer.value)),
        ("first_row", column::<UInt32Type>(answer.first_row)),
        ("last_row", column::<UInt32Type>(answer.last_row)),
    ])
}

/// All sessions together: sessions, `duration_us`, `with_hit`, `value_cents`, sessions by rows up to
/// each limit and above.
#[pyfunction]
#[pyo3(signature = (layout, roles, gap, values, limits, task=None))]
pub fn session_totals(
    py: Python<'_>,
    layout: &Bound<'_, Layout>,
    roles: Roles,
    gap: i64,
    values: Column,
    limits: Vec<u32>,
    task: Option<Bound<'_, Task>>,
) -> PyResult<(u64, i64, u64, i64, Vec<u64>)> {
    let values = values.numbers::<Int64Type>("values")?;
    let (layout, task) = (layout.get().inner(), guard::task(task.as_ref()));
    let sum = guard::run(py, || {
        splits::totals(layout, &roles.tags(layout.source_rows)?, gap, &values, &limits, &task)
    })?;
    Ok((sum.sessions, sum.duration, sum.with_hit, sum.value, sum.by_rows))
}

/// Visits: roles are enter, leave, there; `ends` bounds visits without a leave, by place.
#[pyfunction]
#[pyo3(signature = (layout, roles, places, ends, cap, task=None))]
pub fn visits(
    py: Python<'_>,
    layout: &Bound<'_, Layout>,
    roles: Roles,
    places: Dimension,
    ends: Column,
    cap: i64,
    task: Option<Bound<'_, Task>>,
) -> PyResult<Frame> {
    let ends = ends.numbers::<Int64Type>("ends")?;
    let (layout, task) = (layout.get().inner(), guard::task(task.as_ref()));
    let answer = guard::run(py, || {
        let tags = roles.tags(layout.source_rows)?;
        stays::visits(layout, &tags, places.codes(), &ends, cap, &task)
    })?;
    Frame::new(vec![
        ("user", column::<UInt32Type>(answer.user)),
        ("place", column::<UInt32Type>(answer.place)),
        ("start_ts", column::<TimestampMicrosecondType>(answer.start)),
        ("end_ts", column::<TimestampMicrosecondType>(answer.end)),
        ("closed", Arc::new(BooleanArray::from(answer.closed)) as ArrayRef),
    ])
}

fn peak_frame(peaks: &[concurrency::Peak]) -> PyResult<Frame> {
    Frame::new(vec![
        ("place", optional(peaks.iter().map(|peak| peak.place))),
        ("count", column::<Int64Type>(peaks.iter().map(|peak| peak.count).collect())),
        ("at", column::<TimestampMicrosecondType>(peaks.iter().map(|peak| peak.at).collect())),
    ])
}

fn curve_frame(curve: concurrency::Curve) -> PyResult<Frame> {
    Frame::new(vec![
        ("place", optional(curve.place)),
        ("at", column::<TimestampMicrosecondType>(curve.at)),
        ("count", column::<Int64Type>(curve.count)),
    ])
}

/// Peak or curve of rows that come (role 0) less rows that go (role 1); place missing = all.
#[pyfunction]
#[pyo3(signature = (layout, roles, places, size, which, task=None))]
pub fn presence_of_rows(
    py: Python<'_>,
    layout: &Bound<'_, Layout>,
    roles: Roles,
    places: Dimension,
    size: usize,
    which: &str,
    task: Option<Bound<'_, Task>>,
) -> PyResult<Frame> {
    let (layout, task) = (layout.get().inner(), guard::task(task.as_ref()));
    let tags = || roles.tags(layout.source_rows);
    match which {
        "peak" => peak_frame(&guard::run(py, || {
            concurrency::peaks_of_rows(layout, &tags()?, places.codes(), size, &task)
        })?),
        "curve" => curve_frame(guard::run(py, || {
            concurrency::curve_of_rows(layout, &tags()?, places.codes(), size, &task)
        })?),
        other => Err(unknown("presence", other)),
    }
}

/// Peak or curve of stays `[start, end)` in microseconds.
#[pyfunction]
pub fn presence_of_stays(
    py: Python<'_>,
    places: Column,
    starts: Column,
    ends: Column,
    which: &str,
) -> PyResult<Frame> {
    let places = places.numbers::<UInt32Type>("places")?;
    let starts = starts.numbers::<Int64Type>("starts")?;
    let ends = ends.numbers::<Int64Type>("ends")?;
    let deltas = guard::run(py, || concurrency::stays(&places, &starts, &ends))?;
    match which {
        "peak" => peak_frame(&guard::run(py, || Ok(concurrency::peaks(deltas)))?),
        "curve" => curve_frame(guard::run(py, || Ok(concurrency::curve(deltas)))?),
        other => Err(unknown("presence", other)),
    }
}

/// Steps between consecutive rows of a user: from, to, n (above 0).
#[pyfunction]
#[pyo3(signature = (layout, roles, codes, size, collapse, task=None))]
pub fn transitions(
    py: Python<'_>,
    layout: &Bound<'_, Layout>,
    roles: Roles,
    codes: Dimension,
    size: usize,
    collapse: bool,
    task: Option<Bound<'_, Task>>,
) -> PyResult<Frame> {
    let (layout, task) = (layout.get().inner(), guard::task(task.as_ref()));
    let table = guard::run(py, || {
        let tags = roles.tags(layout.source_rows)?;
        steps::transitions(layout, &tags, codes.codes(), size, collapse, &task)
    })?;
    let hits: Vec<usize> = (0..table.len()).filter(|&cell| table[cell] > 0).collect();
    Frame::new(vec![
        ("from", column::<UInt32Type>(hits.iter().map(|cell| (cell / size) as u32).collect())),
        ("to", column::<UInt32Type>(hits.iter().map(|cell| (cell % size) as u32).collect())),
        ("n", column::<UInt64Type>(hits.iter().map(|&cell| table[cell]).collect())),
    ])
}

/// Steps by position in a session over its first `depth` nodes: step, from, to (missing = left), n.
#[pyfunction]
#[pyo3(signature = (layout, roles, codes, size, depth, collapse, gap, task=None))]
pub fn edges(
    py: Python<'_>,
    layout: &Bound<'_, Layout>,
    roles: Roles,
    codes: Dimension,
    size: usize,
    depth: usize,
    collapse: bool,
    gap: i64,
    task: Option<Bound<'_, Task>>,
) -> PyResult<Frame> {
    let (layout, task) = (layout.get().inner(), guard::task(task.as_ref()));
    let table = guard::run(py, || {
        let tags = roles.tags(layout.source_rows)?;
        let ask = Sankey { depth, collapse, gap };
        steps::edges(layout, &tags, codes.codes(), size, ask, &task)
    })?;
    Frame::new(vec![
        ("step", column::<UInt32Type>(table.keys().map(|edge| edge.0).collect())),
        ("from", column::<UInt32Type>(table.keys().map(|edge| edge.1).collect())),
        ("to", optional(table.keys().map(|edge| edge.2))),
        ("n", column::<UInt64Type>(table.into_values().collect())),
    ])
}

/// Routes to or from the first goal: roles are node, goal; codes as a list, users.
#[pyfunction]
#[pyo3(signature = (layout, roles, codes, size, after, collapse, longest, task=None))]
pub fn routes(
    py: Python<'_>,
    layout: &Bound<'_, Layout>,
    roles: Roles,
    codes: Dimension,
    size: usize,
    after: bool,
    collapse: bool,
    longest: usize,
    task: Option<Bound<'_, Task>>,
) -> PyResult<Frame> {
    let (layout, task) = (layout.get().inner(), guard::task(task.as_ref()));
    let table = guard::run(py, || {
        let side = if after { Side::After } else { Side::Before };
        let ask = Routes { codes: codes.codes(), size, side, collapse, longest };
        paths::routes(layout, &roles.tags(layout.source_rows)?, &ask, &task)
    })?;
    let mut lists = ListBuilder::new(UInt16Builder::new());
    for (route, _) in table.iter() {
        lists.values().append_slice(route);
        lists.append(true);
    }
    Frame::new(vec![
        ("path", Arc::new(lists.finish()) as ArrayRef),
        ("users", column::<UInt64Type>(table.iter().map(|(_, n)| n.conversions).collect())),
    ])
}

/// Figures by stretch of time and code: role 0 counts, `counted` roles after it are apart.
#[pyfunction]
#[pyo3(signature = (layout, roles, codes, size, width, offset, counted, values, task=None))]
pub fn buckets(
    py: Python<'_>,
    layout: &Bound<'_, Layout>,
    roles: Roles,
    codes: Dimension,
    size: usize,
    width: i64,
    offset: i64,
    counted: usize,
    values: Column,
    task: Option<Bound<'_, Task>>,
) -> PyResult<Frame> {
    let values = values.numbers::<Int64Type>("values")?;
    let (layout, task) = (layout.get().inner(), guard::task(task.as_ref()));
    let cells = guard::run(py, || {
        let codes = codes.codes();
        let ask = figures::Buckets { width, offset, codes, size, roles: counted, values: &values };
        figures::buckets(layout, &roles.tags(layout.source_rows)?, &ask, &task)
    })?;
    let names: Vec<String> = (0..counted).map(|role| format!("role_{role}")).collect();
    let mut columns = vec![
        ("stretch", column::<Int64Type>(cells.stretch)),
        ("code", optional(cells.code)),
        ("rows", column::<UInt32Type>(cells.rows)),
        ("users", column::<UInt32Type>(cells.users)),
        ("value_cents", column::<Int64Type>(cells.value)),
    ];
    for (name, role) in names.iter().zip(cells.roles) {
        columns.push((name, column::<UInt32Type>(role)));
    }
    Frame::new(columns)
}
