//! Columns from Python: one Arrow array each, checked for type and missing values.

use arrow_array::cast::AsArray;
use arrow_array::types::{
    ArrowPrimitiveType, Int8Type, Int16Type, Int32Type, Int64Type, UInt8Type, UInt16Type,
    UInt32Type,
};
use arrow_array::{Array, ArrayRef, BooleanArray};
use arrow_buffer::{NullBuffer, ScalarBuffer};
use arrow_schema::{DataType, TimeUnit};
use arrow_select::concat::concat;
use pyo3::exceptions::{PyTypeError, PyValueError};
use pyo3::prelude::*;
use pyo3_arrow::input::AnyArray;

use crate::encode::{Code, Strings, dictionary, recode, strings};
use crate::error::Result;
use crate::kernels::codes::Codes;
use crate::kernels::tags::{Bits, Tags};
use crate::layout::{Instants, Stretch, Unit, Users};

/// Any object with `__arrow_c_array__` or `__arrow_c_stream__`.
pub struct Column {
    chunks: Vec<ArrayRef>,
    kind: DataType,
}

impl<'py> FromPyObject<'_, 'py> for Column {
    type Error = PyErr;

    fn extract(object: Borrowed<'_, 'py, PyAny>) -> PyResult<Self> {
        let chunked = object.extract::<AnyArray>()?.into_chunked_array()?;
        let (chunks, field) = chunked.into_inner();
        Ok(Self { chunks, kind: field.data_type().clone() })
    }
}

/// How instants are stored.
pub struct Moments {
    chunks: Vec<(ScalarBuffer<i64>, Option<NullBuffer>)>,
    unit: Unit,
}

impl Moments {
    /// As the layout reads them.
    pub fn instants(&self) -> Instants<'_> {
        let stretches = self.chunks.iter();
        let stretches = stretches.map(|(values, nulls)| Stretch { values, nulls: nulls.clone() });
        Instants::new(stretches.collect(), self.unit)
    }
}

impl Column {
    /// The column in one piece.
    fn whole(&self) -> PyResult<ArrayRef> {
        match &self.chunks[..] {
            [] => Ok(arrow_array::new_empty_array(&self.kind)),
            [only] => Ok(only.clone()),
            many => {
                let parts: Vec<&dyn Array> = many.iter().map(AsRef::as_ref).collect();
                concat(&parts).map_err(|error| PyValueError::new_err(error.to_string()))
            }
        }
    }

    fn wrong(&self, what: &str, wanted: impl std::fmt::Display) -> PyErr {
        PyTypeError::new_err(format!("{what}: expected {wanted}, got {}", self.kind))
    }

    /// The numbers of the column.
    pub fn numbers<T: ArrowPrimitiveType>(&self, what: &str) -> PyResult<ScalarBuffer<T::Native>> {
        let whole = self.whole()?;
        let array = whole.as_primitive_opt::<T>().ok_or_else(|| self.wrong(what, T::DATA_TYPE))?;
        none_missing(whole.as_ref(), what)?;
        Ok(array.values().clone())
    }

    /// Codes by row and the words that occur, sorted; `None` when `C` has too few codes.
    pub fn words<C: Code>(&self, what: &str) -> PyResult<Option<(Vec<C>, Vec<String>)>> {
        if let Some(chunks) = self.texts() {
            return Ok(dictionary(&chunks));
        }
        let (codes, words) = recode(&self.chunks).ok_or_else(|| self.wrong(what, "strings"))?;
        if !words.is_empty() && C::new(words.len() - 1).is_none() {
            return Ok(None);
        }
        let code = |code: u32| C::new(code as usize).unwrap_or(C::MISSING);
        Ok(Some((codes.into_iter().map(code).collect(), words)))
    }

    /// The chunks of a string column.
    fn texts(&self) -> Option<Vec<Strings>> {
        self.chunks.iter().map(strings).collect()
    }

    /// Users by ids of any kind.
    pub fn users(&self, what: &str) -> PyResult<Users> {
        if let Some(chunks) = self.texts() {
            return Ok(Users::of_strings(&chunks));
        }
        Ok(match &self.kind {
            DataType::Int8 => Users::of_numbers::<Int8Type>(&self.chunks),
            DataType::Int16 => Users::of_numbers::<Int16Type>(&self.chunks),
            DataType::Int32 => Users::of_numbers::<Int32Type>(&self.chunks),
            DataType::Int64 => Users::of_numbers::<Int64Type>(&self.chunks),
            DataType::UInt8 => Users::of_numbers::<UInt8Type>(&self.chunks),
            DataType::UInt16 => Users::of_numbers::<UInt16Type>(&self.chunks),
            DataType::UInt32 => Users::of_numbers::<UInt32Type>(&self.chunks),
            _ => {
                let (codes, words) =
                    recode(&self.chunks).ok_or_else(|| self.wrong(what, "strings or integers"))?;
                Users::of_dictionary(codes, &words)
            }
        })
    }

    /// Text by row.
    pub fn lookup(&self) -> Lookup {
        let mut starts = vec![0];
        for chunk in &self.chunks {
            starts.push(starts[starts.len() - 1] + chunk.len());
        }
        Lookup { chunks: self.chunks.iter().filter_map(texts_of).collect(), starts }
    }

    /// Instants: time stamps of any unit, or whole microseconds; values may be missing.
    pub fn moments(&self, what: &str) -> PyResult<Moments> {
        let unit = match &self.kind {
            DataType::Int64 | DataType::Timestamp(TimeUnit::Microsecond, _) => Unit::Times(1),
            DataType::Timestamp(TimeUnit::Millisecond, _) => Unit::Times(1000),
            DataType::Timestamp(TimeUnit::Second, _) => Unit::Times(1_000_000),
            DataType::Timestamp(TimeUnit::Nanosecond, _) => Unit::Per(1000),
            _ => return Err(self.wrong(what, "Int64")),
        };
        let numbers = |chunk: &ArrayRef| {
            let data = chunk.to_data();
            let values = data.buffers()[0].clone();
            (ScalarBuffer::new(values, data.offset(), data.len()), chunk.nulls().cloned())
        };
        Ok(Moments { chunks: self.chunks.iter().map(numbers).collect(), unit })
    }

    /// The truth values of the column.
    pub fn flags(&self, what: &str) -> PyResult<BooleanArray> {
        let whole = self.whole()?;
        let array = whole.as_boolean_opt().ok_or_else(|| self.wrong(what, "booleans"))?;
        none_missing(array, what)?;
        Ok(array.clone())
    }
}

/// The texts of a column of strings or categories by row.
pub struct Lookup {
    chunks: Vec<(Option<Vec<usize>>, Strings)>,
    starts: Vec<usize>,
}

impl Lookup {
    /// Hand the text of `row` to `use_it`; empty where there is none.
    pub fn with(&self, row: usize, use_it: impl FnOnce(&str)) {
        let chunk = self.starts.partition_point(|&start| start <= row) - 1;
        let (keys, words) = &self.chunks[chunk];
        let at = row - self.starts[chunk];
        use_it(words.get(keys.as_ref().map_or(at, |keys| keys[at])).unwrap_or_default());
    }
}

fn texts_of(chunk: &ArrayRef) -> Option<(Option<Vec<usize>>, Strings)> {
    if let Some(texts) = strings(chunk) {
        return Some((None, texts));
    }
    let keys = chunk.as_any_dictionary_opt()?;
    let found = if keys.values().is_empty() { Vec::new() } else { keys.normalized_keys() };
    Some((Some(found), strings(keys.values())?))
}

fn none_missing(array: &dyn Array, what: &str) -> PyResult<()> {
    match array.null_count() {
        0 => Ok(()),
        nulls => Err(PyValueError::new_err(format!("{what}: {nulls} values are missing"))),
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
