//! The log in the order of time: event code and instant of every source row.
//!
//! Kept only for logs that came in time order with every row laid out; questions about one moment
//! of all users then need no sort. An instant takes four bytes: the distance to the first row of
//! its block, in a unit that divides them all.

use std::ops::Range;

use arrow_buffer::ScalarBuffer;
use rayon::prelude::*;

use super::instants::Instants;

/// Rows per block.
pub const BLOCK: usize = 1 << 10;

/// Event codes and instants by source row, instants ascending.
#[derive(Debug, Clone)]
pub struct Timeline {
    /// Event codes.
    pub events: ScalarBuffer<u8>,
    /// First instant of each block in microseconds.
    pub bases: ScalarBuffer<i64>,
    /// Units since the block's first instant.
    pub since: ScalarBuffer<u32>,
    /// Microseconds of a unit.
    pub unit: i64,
}

impl Timeline {
    /// The timeline of ascending `instants`; `None` when a block lasts too long for its unit.
    #[must_use]
    pub fn of(instants: &Instants<'_>, event: &[u8]) -> Option<Self> {
        let rows = instants.len();
        let blocks = || (0..rows.div_ceil(BLOCK)).into_par_iter().with_min_len(64);
        let range = |block: usize| block * BLOCK..rows.min((block + 1) * BLOCK);
        let unit = [1_000_000, 1000, 1].into_iter().find(|&unit| {
            blocks().all(|block| {
                let mut whole = true;
                instants.each(range(block), |_, at| whole &= at % unit == 0);
                whole
            })
        })?;
        let mut since = vec![0_u32; rows];
        let bases: Option<Vec<i64>> = since
            .par_chunks_mut(BLOCK)
            .enumerate()
            .with_min_len(64)
            .map(|(block, since)| distances(instants, range(block), unit, since))
            .collect();
        Some(Self {
            events: ScalarBuffer::from(event.to_vec()),
            bases: ScalarBuffer::from(bases?),
            since: ScalarBuffer::from(since),
            unit,
        })
    }

    /// Microseconds since the epoch of a source row.
    #[inline]
    #[must_use]
    pub fn micros(&self, source: usize) -> i64 {
        self.bases[source / BLOCK] + i64::from(self.since[source]) * self.unit
    }
}

fn distances(
    instants: &Instants<'_>,
    range: Range<usize>,
    unit: i64,
    since: &mut [u32],
) -> Option<i64> {
    let (mut base, mut fits) = (None, true);
    let first = range.start;
    instants.each(range, |row, at| {
        let distance = (at - *base.get_or_insert(at)) as u64 / unit as u64;
        fits &= u32::try_from(distance).is_ok();
        since[row - first] = distance as u32;
    });
    base.filter(|_| fits)
}
