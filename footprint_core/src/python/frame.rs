//! Answers: a record batch that any Arrow library can take over without a copy.

use std::sync::Arc;

use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::{ArrayRef, RecordBatch, RecordBatchIterator};
use pyo3::exceptions::PyValueError;
use pyo3::prelude::*;
use pyo3::types::PyCapsule;

/// A table of results; hand it to `polars.DataFrame(frame)` or `pyarrow.table(frame)`.
#[pyclass(module = "footprint._core", frozen)]
pub struct Frame {
    batch: RecordBatch,
}

impl Frame {
    /// Columns by name, all of one length.
    pub fn new(columns: Vec<(&str, ArrayRef)>) -> PyResult<Self> {
        let batch = RecordBatch::try_from_iter(columns)
            .map_err(|error| PyValueError::new_err(error.to_string()))?;
        Ok(Self { batch })
    }

    /// A table as it is.
    pub fn of(batch: RecordBatch) -> Self {
        Self { batch }
    }
}

#[pymethods]
impl Frame {
    fn __len__(&self) -> usize {
        self.batch.num_rows()
    }

    /// The table as an Arrow C stream.
    #[pyo3(signature = (requested_schema=None))]
    fn __arrow_c_stream__<'py>(
        &self,
        py: Python<'py>,
        requested_schema: Option<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyCapsule>> {
        // The interface allows a producer to ignore the schema asked for.
        drop(requested_schema);
        let schema = self.batch.schema();
        let reader = RecordBatchIterator::new([Ok(self.batch.clone())], schema);
        let stream = FFI_ArrowArrayStream::new(Box::new(reader));
        PyCapsule::new_with_value(py, stream, c"arrow_array_stream")
    }
}

/// A column from any vector of an Arrow number type.
pub fn column<A>(values: Vec<A::Native>) -> ArrayRef
where
    A: arrow_array::types::ArrowPrimitiveType,
{
    Arc::new(arrow_array::PrimitiveArray::<A>::new(arrow_buffer::ScalarBuffer::from(values), None))
}
