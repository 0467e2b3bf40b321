//! Columns from Python: one Arrow array each, checked for type and missing values.

use arrow_array::cast::AsArray;
use arrow_array::types::{ArrowPrimitiveType, UInt32Type};
use arrow_array::{Array, ArrayRef, BooleanArray};
use arrow_buffer::ScalarBuffer;
use arrow_schema::DataType;
use arrow_select::concat::concat;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3_arrow::input::AnyArray;

use crate::encode::Strings;
use crate::error::Result;
use crate::kernels::codes::Codes;
use crate::kernels::tags::{Bits, Tags};

/// Any object with `__arrow_c_array__` or `__arrow_c_stream__`.
pub struct Column(ArrayRef);

impl<'py> FromPyObject<'_, 'py> for Column {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let chunked = object.extract::<AnyArray>()?.into_chunked_array()?;
        let (chunks, field) = chunked.into_inner();
        match &chunks[..] {
            [] => Ok(Self(arrow_array::new_empty_array(field.data_type()))),
            [only] => Ok(Self(only.clone())),
            many => {
                let parts: Vec<&dyn Array> = many.iter().map(AsRef::as_ref).collect();
                let whole = concat(&parts).map_err(|e| PyValueError::new_err(e.to_string()))?;
                Ok(Self(whole))
            }
        }
    }
}

impl Column {
    /// The numbers of the column.
    pub fn numbers<T: ArrowPrimitiveType>(&self, what: &str) -> PyResult<ScalarBuffer<T::Native>> {
        let array = self.0.as_primitive_opt::<T>().ok_or_else(|| {
            let (found, wanted) = (self.0.data_type(), T::DATA_TYPE);
            PyTypeError::new_err(format!("{what}: expected {wanted}, got {found}"))
        })?;
        self.whole(what)?;
        Ok(array.values().clone())
    }

    /// The strings of the column; missing ones stay missing.
    pub fn strings(&self, what: &str) -> PyResult<Strings> {
        match self.0.data_type() {
            DataType::Utf8View => Ok(Strings::View(self.0.as_string_view().clone())),
            DataType::LargeUtf8 => Ok(Strings::Large(self.0.as_string::<i64>().clone())),
            DataType::Utf8 => Ok(Strings::Small(self.0.as_string::<i32>().clone())),
            other => Err(PyTypeError::new_err(format!("{what}: expected strings, got {other}"))),
        }
    }

    /// The missing values of the column, if any.
    pub fn missing(&self) -> Option<arrow_buffer::NullBuffer> {
        self.0.nulls().filter(|nulls| nulls.null_count() > 0).cloned()
    }

    /// The numbers of a column in which values may be missing.
    pub fn partial<T: ArrowPrimitiveType>(&self, what: &str) -> PyResult<ScalarBuffer<T::Native>> {
        let array = self.0.as_primitive_opt::<T>().ok_or_else(|| {
            let (found, wanted) = (self.0.data_type(), T::DATA_TYPE);
            PyTypeError::new_err(format!("{what}: expected {wanted}, got {found}"))
        })?;
        Ok(array.values().clone())
    }

    /// The truth values of the column.
    pub fn flags(&self, what: &str) -> PyResult<BooleanArray> {
        let array = self.0.as_boolean_opt().ok_or_else(|| {
            PyTypeError::new_err(format!("{what}: expected booleans, got {}", self.0.data_type()))
        })?;
        self.whole(what)?;
        Ok(array.clone())
    }

    fn whole(&self, what: &str) -> PyResult<()> {
        match self.0.null_count() {
            0 => Ok(()),
            nulls => Err(PyValueError::new_err(format!("{what}: {nulls} values are missing"))),
        }
    }
}

/// A dimension: "event", "channel" or a column of codes by source row.
pub enum Dimension {
    /// The event byte of the layout.
    Event,
    /// The channel byte of the layout.
    Channel,
    /// Codes by source row, `u32::MAX` for none.
    Rows(ScalarBuffer<u32>),
}

impl<'py> FromPyObject<'_, 'py> for Dimension {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        match object.extract::<String>().as_deref() {
            Ok("event") => Ok(Self::Event),
            Ok("channel") => Ok(Self::Channel),
            Ok(other) => Err(PyValueError::new_err(format!("unknown dimension “{other}”"))),
            Err(_) => Ok(Self::Rows(object.extract::<Column>()?.numbers::<UInt32Type>("codes")?)),
        }
    }
}

impl Dimension {
    /// As the kernels read it.
    pub fn codes(&self) -> Codes<'_> {
        match self {
            Self::Event => Codes::Event,
            Self::Channel => Codes::Channel,
            Self::Rows(rows) => Codes::Rows(rows),
        }
    }
}

/// Roles and mask of a question, kept alive for the time of a call.
pub struct Roles {
    table: [u32; 256],
    rows: Option<ScalarBuffer<u32>>,
    mask: Option<BooleanArray>,
}

impl<'py> FromPyObject<'_, 'py> for Roles {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let (table, rows, mask): (Vec<u32>, Option<Column>, Option<Column>) = object.extract()?;
        let table = table.try_into().map_err(|table: Vec<u32>| {
            PyValueError::new_err(format!("roles: {} codes, expected 256", table.len()))
        })?;
        let rows = rows.map(|rows| rows.numbers::<UInt32Type>("roles")).transpose()?;
        let mask = mask.map(|mask| mask.flags("mask")).transpose()?;
        Ok(Self { table, rows, mask })
    }
}

impl Roles {
    /// As the kernels read them.
    pub fn tags(&self, source_rows: usize) -> Result<Tags<'_>> {
        let mask = self.mask.as_ref().map(|mask| {
            let values = mask.values();
            Bits { bytes: values.values(), offset: values.offset(), len: values.len() }
        });
        Tags::new(self.table, self.rows.as_deref(), mask, source_rows)
    }
}
