//! From users to rows, and to the users behind a route.

use std::sync::Arc;

use arrow_array::types::UInt32Type;
use arrow_array::{ArrayRef, BooleanArray};
use pyo3::prelude::*;

use super::columns::{Column, Dimension, Roles};
use super::frame::{Frame, column};
use super::guard::{self, Task};
use super::layout::Layout;
use crate::kernels::people;
use crate::kernels::routes::{Routes, Side, travellers};

/// By source row: whether its user is flagged; `wanted` has one flag per user code.
#[pyfunction]
pub fn rows_of_users(
    py: Python<'_>,
    layout: &Bound<'_, Layout>,
    wanted: Column,
) -> PyResult<Frame> {
    let wanted = wanted.flags("users")?;
    let layout = layout.get().inner();
    let rows = guard::run(py, || {
        people::rows_of(layout, |user| wanted.value(user), arrow_array::Array::len(&wanted))
    })?;
    Frame::new(vec![("inside", Arc::new(BooleanArray::from(rows)) as ArrayRef)])
}

/// Codes of the users whose route (see `routes`) is `path`.
#[pyfunction]
#[pyo3(signature = (layout, roles, codes, size, after, collapse, longest, path, task=None))]
pub fn route_users(
    py: Python<'_>,
    layout: &Bound<'_, Layout>,
    roles: Roles,
    codes: Dimension,
    size: usize,
    after: bool,
    collapse: bool,
    longest: usize,
    path: Vec<u16>,
    task: Option<Bound<'_, Task>>,
) -> PyResult<Frame> {
    let (layout, task) = (layout.get().inner(), guard::task(task.as_ref()));
    let side = if after { Side::After } else { Side::Before };
    let users = guard::run(py, || {
        let ask = Routes { codes: codes.codes(), size, side, collapse, longest };
        travellers(layout, &roles.tags(layout.source_rows)?, &ask, &path, &task)
    })?;
    Frame::new(vec![("user", column::<UInt32Type>(users))])
}
