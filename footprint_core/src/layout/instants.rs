//! The instants of the source rows, in whatever unit and chunks they come.

use std::ops::Range;

use arrow_buffer::NullBuffer;
use rayon::prelude::*;

use crate::encode::MISSING;

/// How stored numbers become microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Unit {
    /// Microseconds per number.
    Times(i64),
    /// Numbers per microsecond; what is left over is cut off downwards.
    Per(i64),
}

impl Unit {
    #[inline]
    fn micros(self, number: i64) -> i64 {
        match self {
            Self::Times(1) => number,
            Self::Times(factor) => number.saturating_mul(factor),
            Self::Per(parts) => number.div_euclid(parts),
        }
    }
}

/// A stretch of rows with its missing values.
#[derive(Debug, Clone)]
pub struct Stretch<'a> {
    /// One number per row.
    pub values: &'a [i64],
    /// Rows without an instant.
    pub nulls: Option<NullBuffer>,
}

/// The instants of all rows.
#[derive(Debug, Clone)]
pub struct Instants<'a> {
    stretches: Vec<Stretch<'a>>,
    /// First row of each stretch, and the number of rows.
    starts: Vec<usize>,
    unit: Unit,
}

/// What rows with a user say about the time of the log.
#[derive(Debug, Clone, Copy)]
pub struct Seen {
    /// First instant, 0 without rows.
    pub first: i64,
    /// Last instant, 0 without rows.
    pub last: i64,
    /// Whether no row lies before the one above it.
    pub ascending: bool,
}

impl<'a> Instants<'a> {
    /// Stretches in row order, all in one unit.
    #[must_use]
    pub fn new(stretches: Vec<Stretch<'a>>, unit: Unit) -> Self {
        let mut starts = vec![0];
        for stretch in &stretches {
            starts.push(starts[starts.len() - 1] + stretch.values.len());
        }
        Self { stretches, starts, unit }
    }

    /// Microseconds, none missing.
    #[must_use]
    pub fn of_micros(values: &'a [i64]) -> Self {
        Self::new(vec![Stretch { values, nulls: None }], Unit::Times(1))
    }

    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.starts[self.stretches.len()]
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Row and microseconds of every row of `range`; missing instants are any number.
    #[inline]
    pub fn each(&self, range: Range<usize>, mut visit: impl FnMut(usize, i64)) {
        let mut at = self.starts.partition_point(|&start| start <= range.start).max(1) - 1;
        let mut row = range.start;
        while row < range.end {
            let (start, end) = (self.starts[at], self.starts[at + 1].min(range.end));
            let values = &self.stretches[at].values[row - start..end - start];
            for (i, &value) in values.iter().enumerate() {
                visit(row + i, self.unit.micros(value));
            }
            (row, at) = (end, at + 1);
        }
    }

    /// Give rows without an instant no user.
    pub fn leave_out(&self, codes: &mut [u32]) {
        for (stretch, &start) in self.stretches.iter().zip(&self.starts) {
            if let Some(nulls) = stretch.nulls.as_ref().filter(|nulls| nulls.null_count() > 0) {
                let own = &mut codes[start..start + stretch.values.len()];
                own.iter_mut().enumerate().filter(|(row, _)| nulls.is_null(*row)).for_each(
                    |(_, code)| {
                        *code = MISSING;
                    },
                );
            }
        }
    }

    /// First and last instant of the rows with a user, and whether they ascend.
    #[must_use]
    pub fn seen(&self, codes: &[u32]) -> Seen {
        const SHARE: usize = 1 << 18;
        let parts: Vec<Option<(i64, i64, Seen)>> = (0..codes.len().div_ceil(SHARE))
            .into_par_iter()
            .map(|part| {
                let mut ends: Option<(i64, i64, Seen)> = None;
                self.each(part * SHARE..codes.len().min((part + 1) * SHARE), |row, at| {
                    if codes[row] == MISSING {
                        return;
                    }
                    let new = (at, at, Seen { first: at, last: at, ascending: true });
                    let (_, latest, seen) = ends.get_or_insert(new);
                    seen.ascending &= *latest <= at;
                    seen.first = seen.first.min(at);
                    seen.last = seen.last.max(at);
                    *latest = at;
                });
                ends
            })
            .collect();
        let mut whole: Option<(i64, Seen)> = None;
        for (begin, end, seen) in parts.into_iter().flatten() {
            let (latest, sum) = whole.get_or_insert((begin, seen));
            sum.ascending &= seen.ascending && *latest <= begin;
            sum.first = sum.first.min(seen.first);
            sum.last = sum.last.max(seen.last);
            *latest = end;
        }
        whole.map_or(Seen { first: 0, last: 0, ascending: true }, |(_, seen)| seen)
    }
}
