//! A dimension of the rows: its code for each row.

use rayon::prelude::*;

use crate::error::{Result, input};
use crate::layout::{self, Layout, Row};

/// The code of a missing value.
pub const MISSING: u32 = u32::MAX;

/// Where the codes of a dimension are found.
#[derive(Debug, Clone, Copy)]
pub enum Codes<'a> {
    /// The event type of the packed row.
    Event,
    /// The channel of the packed row.
    Channel,
    /// By source row, [`MISSING`] for none.
    Rows(&'a [u32]),
}

impl Codes<'_> {
    /// The code of a packed row that came from source row `source`, [`MISSING`] for none.
    #[inline]
    #[must_use]
    pub fn of(&self, row: Row, source: u32) -> u32 {
        let byte = |code: u8| if code == layout::NONE { MISSING } else { u32::from(code) };
        match self {
            Self::Event => byte(row.event()),
            Self::Channel => byte(row.channel()),
            Self::Rows(rows) => rows[source as usize],
        }
    }

    /// Check that codes are below `size` and there is one per source row.
    ///
    /// # Errors
    /// The first fault found.
    pub fn check(&self, layout: &Layout, size: usize) -> Result<()> {
        let Self::Rows(rows) = self else { return Ok(()) };
        if rows.len() != layout.source_rows {
            return Err(input(format!(
                "codes: {} rows, the log has {}",
                rows.len(),
                layout.source_rows
            )));
        }
        // One more than the largest code, MISSING counting as nothing.
        let above = |codes: &[u32]| codes.iter().fold(0, |top, code| code.wrapping_add(1).max(top));
        let above = rows.par_chunks(1 << 18).map(above).max().unwrap_or(0) as usize;
        if above > size {
            return Err(input(format!("code {} of {size}", above - 1)));
        }
        Ok(())
    }
}

/// Check that `values` has one entry per source row.
///
/// # Errors
/// It has not.
pub fn check_values(layout: &Layout, values: &[i64]) -> Result<()> {
    if values.len() == layout.source_rows {
        return Ok(());
    }
    let (found, wanted) = (values.len(), layout.source_rows);
    Err(input(format!("values: {found} rows, the log has {wanted}")))
}
