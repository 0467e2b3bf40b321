//! The event log ordered by (user, time): the one structure every kernel reads.

mod active;
mod group;
mod instants;
mod intern;
mod pages;
mod row;
mod timeline;
mod users;

pub use active::{ActiveDays, Kept};
pub use group::{Built, Input, build};
pub use instants::{Instants, Stretch, Unit};
pub use row::{NONE, Row};
pub use timeline::Timeline;
pub use users::{Fingerprint, Name, Users, decimal};

use std::ops::Range;

use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use rayon::prelude::*;

use crate::error::Result;
use crate::task::Task;

/// Number of user groups by fingerprint; the unit of the bootstrap.
pub const BUCKETS: usize = 256;

/// The instant of a row: `base + tick * stamp` microseconds since the epoch (UTC).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Clock {
    /// Microseconds of stamp 0.
    pub base: i64,
    /// Microseconds per stamp: 1, or 1000 when the log spans more than 8.9 years.
    pub tick: i64,
}

impl Clock {
    /// Microseconds since the epoch of a row.
    #[inline]
    #[must_use]
    pub fn micros(self, row: Row) -> i64 {
        self.base + self.tick * row.stamp() as i64
    }
}

/// An event log in user order. Buffers are owned or memory-mapped; clones share them.
#[derive(Debug, Clone)]
pub struct Layout {
    /// Packed rows, ordered by (user, instant, late flag, source row).
    pub rows: ScalarBuffer<u64>,
    /// The source row of each packed row.
    pub source: ScalarBuffer<u32>,
    /// Rows of user `u` are `offsets[u]..offsets[u + 1]`.
    pub offsets: OffsetBuffer<i64>,
    /// Users of bucket `b` are `buckets[b]..buckets[b + 1]`; 257 entries.
    pub buckets: Vec<u32>,
    /// How stamps become instants.
    pub clock: Clock,
    /// Number of source rows the layout was built from, rows left out included.
    pub source_rows: usize,
    /// The log in time order, when it came so.
    pub timeline: Option<Timeline>,
    /// What was made of the rows and may be asked for again.
    pub kept: Kept,
}

impl Layout {
    /// Number of users.
    #[must_use]
    pub fn users(&self) -> usize {
        self.offsets.len() - 1
    }

    /// Number of rows laid out.
    #[must_use]
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no row at all.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The rows of one user.
    #[inline]
    #[must_use]
    pub fn range(&self, user: usize) -> Range<usize> {
        self.offsets[user] as usize..self.offsets[user + 1] as usize
    }

    /// First and last instant in microseconds, `(0, 0)` when empty.
    #[must_use]
    pub fn span(&self) -> (i64, i64) {
        let ends = (0..self.users())
            .into_par_iter()
            .filter(|&user| !self.range(user).is_empty())
            .map(|user| {
                let range = self.range(user);
                (self.micros(range.start), self.micros(range.end - 1))
            })
            .reduce_with(|a, b| (a.0.min(b.0), a.1.max(b.1)));
        ends.unwrap_or((0, 0))
    }

    /// Microseconds since the epoch of a packed row.
    #[inline]
    #[must_use]
    pub fn micros(&self, at: usize) -> i64 {
        self.clock.micros(Row(self.rows[at]))
    }

    /// User ranges of about equal rows, cut on user borders, in user order.
    #[must_use]
    pub fn blocks(&self) -> Vec<Range<usize>> {
        let target = (self.len() / 256).clamp(1 << 12, 1 << 18);
        let (mut blocks, mut first) = (Vec::new(), 0);
        while first < self.users() {
            let goal = self.offsets[first] + target as i64;
            let next = self.offsets.partition_point(|&o| o < goal).min(self.users());
            blocks.push(first..next.max(first + 1));
            first = next.max(first + 1);
        }
        blocks
    }

    /// Run `work` on every block of users in parallel; answers come back in user order.
    ///
    /// # Errors
    /// The first error of `work` in user order, or cancellation.
    pub fn map_blocks<T: Send>(
        &self,
        task: &Task,
        work: impl Fn(Range<usize>) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        self.map_ranges(self.blocks(), task, work)
    }

    /// As [`Layout::map_blocks`], one block per bucket: 256 answers.
    ///
    /// # Errors
    /// The first error of `work` in bucket order, or cancellation.
    pub fn map_buckets<T: Send>(
        &self,
        task: &Task,
        work: impl Fn(Range<usize>) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        let pairs = self.buckets.windows(2);
        let ranges = pairs.map(|pair| pair[0] as usize..pair[1] as usize).collect();
        self.map_ranges(ranges, task, work)
    }

    /// Visit every user with one accumulator per thread, then `merge` them; for answers that do not
    /// depend on the order of additions (integers).
    ///
    /// # Errors
    /// Cancellation.
    pub fn fold<T: Send>(
        &self,
        task: &Task,
        new: impl Fn() -> T + Sync,
        visit: impl Fn(&mut T, usize) + Sync,
        merge: impl Fn(&mut T, T),
    ) -> Result<T> {
        let blocks = self.blocks();
        let share = blocks.len().div_ceil(rayon::current_num_threads()).max(1);
        let parts: Vec<Result<T>> = blocks
            .par_chunks(share)
            .map(|blocks| {
                let mut sum = new();
                for users in blocks {
                    task.step((self.offsets[users.end] - self.offsets[users.start]) as usize)?;
                    users.clone().for_each(|user| visit(&mut sum, user));
                }
                Ok(sum)
            })
            .collect();
        let mut parts = parts.into_iter();
        let mut whole = parts.next().unwrap_or_else(|| Ok(new()))?;
        for part in parts {
            merge(&mut whole, part?);
        }
        Ok(whole)
    }

    fn map_ranges<T: Send>(
        &self,
        ranges: Vec<Range<usize>>,
        task: &Task,
        work: impl Fn(Range<usize>) -> Result<T> + Sync,
    ) -> Result<Vec<T>> {
        let answers: Vec<Result<T>> = ranges
            .into_par_iter()
            .map(|users| {
                let rows = (self.offsets[users.end] - self.offsets[users.start]) as usize;
                task.step(rows)?;
                work(users)
            })
            .collect();
        answers.into_iter().collect()
    }
}
