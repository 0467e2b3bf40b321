//! The layout as a Python object.

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::builder::LargeStringBuilder;
use arrow_array::types::{Int64Type, TimestampMicrosecondType, UInt8Type, UInt32Type};
use arrow_array::{Array, ArrayRef, LargeStringArray, UInt32Array};
use pyo3::prelude::*;

use super::columns::Column;
use super::frame::{Frame, column};
use super::guard::{self, Task};
use crate::encode::{MISSING, dictionary};
use crate::error::input;
use crate::layout::{Input, build};
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
    /// Lay out source rows; rows without user or instant are left out.
    #[staticmethod]
    #[pyo3(signature = (user, micros, event, channel, late, note, task=None))]
    fn build(
        py: Python<'_>,
        user: &Bound<'_, PyAny>,
        micros: Column,
        event: Column,
        channel: Column,
        late: Option<u8>,
        note: String,
        task: Option<Bound<'_, Task>>,
    ) -> PyResult<Self> {
        let users = user.extract::<Column>()?.strings("user")?;
        let missing = micros.missing();
        let micros = micros.partial::<Int64Type>("instants")?;
        let event = event.numbers::<UInt8Type>("event codes")?;
        let channel = channel.numbers::<UInt8Type>("channel codes")?;
        let task = guard::task(task.as_ref());
        guard::run(py, || {
            if users.len() != micros.len() {
                let (u, m) = (users.len(), micros.len());
                return Err(input(format!("{u} users but {m} instants")));
            }
            let source = Input {
                user: |row: usize| match &missing {
                    Some(nulls) if nulls.is_null(row) => None,
                    _ => users.fingerprint(row),
                },
                micros: &micros,
                event: &event,
                channel: &channel,
                late,
            };
            let (layout, sample) = build(&source, &task)?;
            let mut ids = LargeStringBuilder::with_capacity(sample.len(), sample.len() * 12);
            for row in sample {
                ids.append_value(users.get(row as usize).unwrap_or_default());
            }
            Ok(Self::new(Stored { layout, ids: ids.finish(), note }))
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

/// Codes of strings (`code`, missing where missing) and the distinct strings, sorted.
#[pyfunction]
pub fn encode(py: Python<'_>, strings: &Bound<'_, PyAny>) -> PyResult<(Frame, Vec<String>)> {
    let strings = strings.extract::<Column>()?.strings("strings")?;
    let (codes, words) = guard::run(py, || Ok(dictionary(&strings)))?;
    let codes: UInt32Array =
        codes.into_iter().map(|code| (code != MISSING).then_some(code)).collect();
    Ok((Frame::new(vec![("code", Arc::new(codes) as ArrayRef)])?, words))
}
