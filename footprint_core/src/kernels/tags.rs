//! Which rows play which role in a question, as bits.

use crate::error::{Result, input};
use crate::layout::Row;

/// A bitmap over the source rows, least significant bit first.
#[derive(Debug, Clone, Copy)]
pub struct Bits<'a> {
    /// The bytes that hold the bits.
    pub bytes: &'a [u8],
    /// First bit used.
    pub offset: usize,
    /// Number of bits.
    pub len: usize,
}

impl Bits<'_> {
    /// The bit of a source row.
    #[inline]
    #[must_use]
    pub fn get(&self, at: usize) -> bool {
        let bit = self.offset + at;
        self.bytes[bit >> 3] >> (bit & 7) & 1 == 1
    }
}

/// Role bits of a row: by event code, or by source row; rows outside the mask have none.
#[derive(Debug, Clone)]
pub struct Tags<'a> {
    table: [u32; 256],
    rows: Option<&'a [u32]>,
    mask: Option<Bits<'a>>,
}

impl<'a> Tags<'a> {
    /// Roles by event code `table`, or by source row when `rows` is given.
    ///
    /// # Errors
    /// `rows` or `mask` do not have `source_rows` entries.
    pub fn new(
        table: [u32; 256],
        rows: Option<&'a [u32]>,
        mask: Option<Bits<'a>>,
        source_rows: usize,
    ) -> Result<Self> {
        for (what, length) in [("roles", rows.map(<[u32]>::len)), ("mask", mask.map(|m| m.len))] {
            if let Some(length) = length.filter(|&length| length != source_rows) {
                return Err(input(format!("{what}: {length} rows, the log has {source_rows}")));
            }
        }
        Ok(Self { table, rows, mask })
    }

    /// The roles of a packed row that came from source row `source`.
    #[inline]
    #[must_use]
    pub fn of(&self, row: Row, source: u32) -> u32 {
        let bits = match self.rows {
            None => self.table[row.event() as usize],
            Some(rows) => rows[source as usize],
        };
        match self.mask {
            Some(mask) if bits != 0 && !mask.get(source as usize) => 0,
            _ => bits,
        }
    }
}
