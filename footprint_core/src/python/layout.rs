//! The layout as a Python object.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::builder::LargeStringBuilder;
use arrow_array::types::{TimestampMicrosecondType, UInt8Type, UInt32Type};
use arrow_array::{Array, ArrayRef, LargeStringArray, UInt32Array};
use arrow_buffer::{NullBuffer, ScalarBuffer};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;

use super::columns::Column;
use super::frame::{Frame, column};
use super::guard::{self, Task};
use crate::encode::MISSING;
use crate::error::input;
use crate::layout::{Built, Input, Name, build, decimal};
use crate::store::{self, Stored};

/// An event log in user order, in memory or mapped from a file.
#[pyclass(module = "footprint._core", frozen)]
pub struct Layout {
    stored: Stored,
    span: (i64, i64),
}

impl Layout {
    fn new(stored: Stored) -> Self {
        let span = stored.layout.span();
        Self { stored, span }
    }

    /// The rows the kernels read.
    pub fn inner(&self) -> &crate::layout::Layout {
        &self.stored.layout
    }
}

#[pymethods]
impl Layout {
    /// Lay out source rows; rows without user or instant are left out. With `path` the layout is
    /// written there and mapped.
    #[staticmethod]
    #[pyo3(signature = (user, instants, event, channel, late, note, path=None, task=None))]
    fn build(
        py: Python<'_>,
        user: Column,
        instants: Column,
        event: Column,
        channel: Column,
        late: Option<u8>,
        note: String,
        path: Option<PathBuf>,
        task: Option<Bound<'_, Task>>,
    ) -> PyResult<Self> {
        let moments = instants.moments("instants")?;
        let event = event.numbers::<UInt8Type>("event codes")?;
        let channel = channel.numbers::<UInt8Type>("channel codes")?;
        let task = guard::task(task.as_ref());
        let users = guard::run(py, || Ok(user.users("user")))??;
        guard::run(py, || {
            let source = Input {
                users,
                instants: moments.instants(),
                event: &event,
                channel: &channel,
                late,
            };
            let built = build(source, &task)?;
            let ids = names(&built, &user);
            let stored = Stored { layout: built.layout, ids, note };
            let stored = match path {
                Some(path) => store::keep(stored, &path)?,
                None => stored,
            };
            Ok(Self::new(stored))
        })
    }

    /// Map a layout file; `OSError` when it cannot be read, `ValueError` when it is damaged.
    #[staticmethod]
    fn open(py: Python<'_>, path: PathBuf) -> PyResult<Self> {
        guard::run(py, || store::open(&path).map(Self::new))
    }

    /// Write the layout to a file in one step.
    fn save(&self, py: Python<'_>, path: PathBuf) -> PyResult<()> {
        guard::run(py, || store::save(&self.stored, &path))
    }

    /// Rows laid out.
    #[getter]
    fn rows(&self) -> usize {
        self.inner().len()
    }

    /// Source rows, rows left out included.
    #[getter]
    fn source_rows(&self) -> usize {
        self.inner().source_rows
    }

    /// Distinct users.
    #[getter]
    fn users(&self) -> usize {
        self.inner().users()
    }

    /// First instant in microseconds since the epoch.
    #[getter]
    fn first_ts(&self) -> i64 {
        self.span.0
    }

    /// Last instant in microseconds since the epoch.
    #[getter]
    fn last_ts(&self) -> i64 {
        self.span.1
    }

    /// The text kept with the layout.
    #[getter]
    fn note(&self) -> &str {
        &self.stored.note
    }

    /// Source rows of one user in time order: `row`, `event_ts`.
    fn user_rows(&self, py: Python<'_>, user: usize) -> PyResult<Frame> {
        let layout = self.inner();
        let (rows, at) = guard::run(py, || {
            if user >= layout.users() {
                return Err(input(format!("user code {user} of {}", layout.users())));
            }
            let range = layout.range(user);
            let at = range.clone().map(|at| layout.micros(at)).collect();
            Ok((layout.source[range].to_vec(), at))
        })?;
        Frame::new(vec![
            ("row", column::<UInt32Type>(rows)),
            ("event_ts", column::<TimestampMicrosecondType>(at)),
        ])
    }

    /// `user_id` of each user code, in the order given.
    fn user_ids(&self, py: Python<'_>, codes: Column) -> PyResult<Frame> {
        let codes = codes.numbers::<UInt32Type>("user codes")?;
        let ids = guard::run(py, || {
            let known = self.stored.ids.len();
            if let Some(wrong) = codes.iter().find(|&&code| code as usize >= known) {
                return Err(input(format!("user code {wrong} of {known}")));
            }
            Ok(codes
                .iter()
                .map(|&code| Some(self.stored.ids.value(code as usize)))
                .collect::<LargeStringArray>())
        })?;
        Frame::new(vec![("user_id", Arc::new(ids) as ArrayRef)])
    }
}

/// The ids of a layout's users as text, in its order.
fn names(built: &Built, column: &Column) -> LargeStringArray {
    let mut ids = LargeStringBuilder::with_capacity(built.order.len(), built.order.len() * 12);
    let texts = column.lookup();
    for &code in &built.order {
        match built.users.name(code) {
            Name::Number(id) => decimal(id, |text| ids.append_value(text)),
            Name::Row(row) => texts.with(row as usize, |text| ids.append_value(text)),
        }
    }
    ids.finish()
}

/// Codes of strings or categories (`code`, missing where missing) and the distinct words, sorted.
#[pyfunction]
pub fn encode(py: Python<'_>, strings: Column) -> PyResult<(Frame, Vec<String>)> {
    let found = guard::run(py, || Ok(strings.words::<u32>("strings")))??;
    let (codes, words) = found.ok_or_else(|| PyValueError::new_err("more than 2^32 words"))?;
    let missing = codes.contains(&MISSING);
    let there = missing.then(|| codes.iter().map(|&code| code != MISSING).collect::<NullBuffer>());
    let codes = UInt32Array::new(ScalarBuffer::from(codes), there);
    Ok((Frame::new(vec![("code", Arc::new(codes) as ArrayRef)])?, words))
}

/// As `encode` in one byte: 255 where missing and, past 255 words, beyond the codes.
#[pyfunction]
pub fn encode_bytes(py: Python<'_>, strings: Column) -> PyResult<(Frame, Vec<String>)> {
    let found = guard::run(py, || Ok(strings.words::<u8>("strings")))??;
    let (codes, words) = if let Some(found) = found {
        found
    } else {
        let found = guard::run(py, || Ok(strings.words::<u32>("strings")))??;
        let (codes, words) = found.ok_or_else(|| PyValueError::new_err("more than 2^32 words"))?;
        let byte = |code: u32| u8::try_from(code).unwrap_or(u8::MAX);
        (codes.into_iter().map(byte).collect(), words)
    };
    Ok((Frame::new(vec![("code", column::<UInt8Type>(codes))])?, words))
}
