//! The one way from Python into a kernel.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use pyo3::exceptions::{PyOSError, PyRuntimeError, PyValueError};
use pyo3::prelude::*;

use crate::error::{Error, Result};
use crate::task;

pyo3::create_exception!(
    footprint._core,
    Cancelled,
    PyRuntimeError,
    "The question was stopped by Task.cancel()."
);

/// A running question: share it with the call, watch `done`, call `cancel`.
#[pyclass(module = "footprint._core", frozen)]
#[derive(Default)]
pub struct Task {
    inner: Arc<task::Task>,
}

#[pymethods]
impl Task {
    #[new]
    fn new() -> Self {
        Self::default()
    }

    /// Stop the question at its next block of users; the call raises `Cancelled`.
    fn cancel(&self) {
        self.inner.cancel();
    }

    /// Rows worked through so far.
    #[getter]
    fn done(&self) -> u64 {
        self.inner.done()
    }

    /// Whether `cancel` was called.
    #[getter]
    fn cancelled(&self) -> bool {
        self.inner.is_cancelled()
    }
}

/// The task of a call, or a fresh one nobody watches.
pub fn task(given: Option<&Bound<'_, Task>>) -> Arc<task::Task> {
    given.map_or_else(Arc::default, |task| task.get().inner.clone())
}

/// Run `work` without the interpreter lock; errors and panics become Python exceptions.
pub fn run<T: Send>(py: Python<'_>, work: impl FnOnce() -> Result<T> + Send) -> PyResult<T> {
    let answer = py.detach(|| catch_unwind(AssertUnwindSafe(work)));
    match answer {
        Ok(Ok(value)) => Ok(value),
        Ok(Err(error)) => Err(exception(&error)),
        Err(panic) => {
            let words = panic
                .downcast_ref::<String>()
                .map(String::as_str)
                .or_else(|| panic.downcast_ref::<&str>().copied())
                .unwrap_or("no message");
            Err(PyRuntimeError::new_err(format!("footprint core panicked: {words}")))
        }
    }
}

fn exception(error: &Error) -> PyErr {
    let words = error.to_string();
    match error {
        Error::Input(_) | Error::Damaged { .. } => PyValueError::new_err(words),
        Error::Io { .. } => PyOSError::new_err(words),
        Error::Cancelled => Cancelled::new_err(words),
    }
}
