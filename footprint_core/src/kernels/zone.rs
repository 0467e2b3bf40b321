//! Calendar days of a time zone, by a table of UTC offsets.

use crate::error::{Result, input};

/// Microseconds of a day.
pub const DAY: i64 = 86_400_000_000;

/// Stretches of constant UTC offset; each starts where the one before ends.
#[derive(Debug, Clone)]
pub struct Zone {
    starts: Vec<i64>,
    offsets: Vec<i64>,
}

impl Zone {
    /// `starts` in microseconds UTC, ascending, the first at or before every row; `offsets` in
    /// microseconds.
    ///
    /// # Errors
    /// Empty, of different lengths, or not ascending.
    pub fn new(starts: Vec<i64>, offsets: Vec<i64>) -> Result<Self> {
        if starts.is_empty() || starts.len() != offsets.len() || !starts.is_sorted() {
            return Err(input("zone: starts must be ascending, one offset each, at least one"));
        }
        Ok(Self { starts, offsets })
    }

    /// One fixed offset in microseconds.
    #[must_use]
    pub fn fixed(offset: i64) -> Self {
        Self { starts: vec![i64::MIN], offsets: vec![offset] }
    }

    /// Days since 1970-01-01 of the local calendar at an instant.
    #[inline]
    #[must_use]
    pub fn day(&self, micros: i64) -> i32 {
        let offset = if let [only] = self.offsets[..] {
            only
        } else {
            let after = self.starts.partition_point(|&start| start <= micros);
            self.offsets[after.saturating_sub(1)]
        };
        (micros + offset).div_euclid(DAY) as i32
    }
}
