//! Which rows play which role in a question, as bits.

use crate::error::{Result, input};
use crate::layout::{Layout, Row};

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

    /// Roles by event code, when nothing else decides.
    #[must_use]
    pub fn by_event(&self) -> Option<&[u32; 256]> {
        (self.rows.is_none() && self.mask.is_none()).then_some(&self.table)
    }

    /// Whether roles are given row by row.
    #[must_use]
    pub fn by_row(&self) -> bool {
        self.rows.is_some()
    }

    /// The roles of an event code before the mask.
    #[must_use]
    pub fn of_event(&self, code: u8) -> u32 {
        self.table[usize::from(code)]
    }

    /// The roles of every row, when all rows have the same.
    #[must_use]
    pub fn of_all(&self) -> Option<u32> {
        let table = self.by_event()?;
        table.iter().all(|&roles| roles == table[0]).then_some(table[0])
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

/// Roles by the place of a row in a layout; kernels are compiled once for each kind.
pub trait Roles: Sync {
    /// The roles of the packed row at `at`.
    fn at(&self, layout: &Layout, at: usize) -> (Row, u32);
}

impl Roles for Tags<'_> {
    #[inline]
    fn at(&self, layout: &Layout, at: usize) -> (Row, u32) {
        let row = Row(layout.rows[at]);
        (row, self.of(row, layout.source[at]))
    }
}

/// Roles that the event code alone decides: the source row is never read.
impl Roles for [u32; 256] {
    #[inline]
    fn at(&self, layout: &Layout, at: usize) -> (Row, u32) {
        let row = Row(layout.rows[at]);
        (row, self[row.event() as usize])
    }
}
