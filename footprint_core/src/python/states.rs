//! Journeys as a table that travels, and back: parts of a log walked apart are merged here.

use arrow_array::RecordBatch;
use arrow_select::concat::concat_batches;
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3_arrow::input::AnyRecordBatch;

use super::frame::Frame;
use super::guard;
use super::journeys::Journeys;
use crate::error::input;
use crate::partial::{JourneyState, Partial};

/// Everything the models need of some users' journeys, as one table.
#[pyfunction]
pub fn journeys_state(py: Python<'_>, journeys: &Bound<'_, Journeys>) -> PyResult<Frame> {
    let inner = &journeys.get().inner;
    guard::run(py, || JourneyState::of(inner).to_batch()).map(Frame::of)
}

/// The journeys of all users behind some states; no user may be in two of them.
#[pyfunction]
pub fn journeys_merged(py: Python<'_>, states: Vec<AnyRecordBatch>) -> PyResult<Journeys> {
    let batches = states.into_iter().map(whole).collect::<PyResult<Vec<_>>>()?;
    let inner = guard::run(py, || {
        let mut parts = batches.iter().map(JourneyState::from_batch);
        let mut sum = parts.next().ok_or_else(|| input("no state to merge"))??;
        for part in parts {
            sum.merge(&part?)?;
        }
        Ok(sum.finish())
    })?;
    Ok(Journeys { inner })
}

fn whole(state: AnyRecordBatch) -> PyResult<RecordBatch> {
    let wrong = |error: arrow_schema::ArrowError| PyValueError::new_err(error.to_string());
    let reader = state.into_reader()?;
    let schema = reader.schema();
    let batches = reader.collect::<Result<Vec<_>, _>>().map_err(wrong)?;
    concat_batches(&schema, &batches).map_err(wrong)
}
