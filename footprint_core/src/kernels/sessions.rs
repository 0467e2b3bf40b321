//! Sessions: rows of one user without a gap longer than the limit.
//!
//! A new session begins iff the gap to the user's row before is **longer** than the limit (30
//! minutes by default); no split at midnight or on a new campaign. Source: retentioneering and
//! Snowplow agree; `PostHog` paths split at the limit itself.

use super::codes::check_values;
use super::tags::{Roles, Tags};
use crate::error::{Result, input};
use crate::layout::{Layout, Row};
use crate::task::Task;

/// Role of rows that belong to a session.
pub const INSIDE: u32 = 1;
/// Role of rows that are counted as hits (a purchase, say).
pub const HIT: u32 = 2;

/// Sessions in user and time order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Sessions {
    /// User code.
    pub user: Vec<u32>,
    /// First instant in microseconds.
    pub start: Vec<i64>,
    /// Last instant in microseconds.
    pub end: Vec<i64>,
    /// Rows.
    pub rows: Vec<u32>,
    /// Rows that are hits.
    pub hits: Vec<u32>,
    /// Value of the hits.
    pub value: Vec<i64>,
    /// Source row of the first row.
    pub first_row: Vec<u32>,
    /// Source row of the last row.
    pub last_row: Vec<u32>,
}

/// Split every user's rows at gaps longer than `gap` microseconds; `values` by source row.
///
/// # Errors
/// A negative gap, `values` of the wrong length, cancellation.
pub fn sessions(
    layout: &Layout,
    tags: &Tags<'_>,
    gap: i64,
    values: &[i64],
    task: &Task,
) -> Result<Sessions> {
    if gap < 0 {
        return Err(input(format!("the gap between sessions must be 0 or more, got {gap}")));
    }
    check_values(layout, values)?;
    let parts = layout.map_blocks(task, |users| {
        let mut sessions = Sessions::default();
        for user in users {
            let begin = sessions.user.len();
            for at in layout.range(user) {
                let (row, source) = (Row(layout.rows[at]), layout.source[at]);
                let roles = tags.of(row, source);
                if roles & INSIDE != 0 {
                    let now = layout.clock.micros(row);
                    if sessions.user.len() == begin || now - sessions.last_end() > gap {
                        sessions.open(user as u32, now, source);
                    }
                    let hit = (roles & HIT != 0).then(|| values[source as usize]);
                    sessions.extend(now, source, hit);
                }
            }
        }
        Ok(sessions)
    })?;
    let mut whole = Sessions::with_capacity(parts.iter().map(|part| part.user.len()).sum());
    parts.into_iter().for_each(|part| whole.append(part));
    Ok(whole)
}

/// All sessions together.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct SessionTotals {
    /// Sessions.
    pub sessions: u64,
    /// Sum of their lengths in microseconds.
    pub duration: i64,
    /// Sessions with a hit.
    pub with_hit: u64,
    /// Value of all hits.
    pub value: i64,
    /// Sessions of at most `limits[i]` rows and more than the limit before; last, above all limits.
    pub by_rows: Vec<u64>,
}

/// What [`sessions`] adds up to, without a list of them; `limits` ascend.
///
/// # Errors
/// As [`sessions`]; limits that do not ascend.
pub fn totals(
    layout: &Layout,
    tags: &Tags<'_>,
    gap: i64,
    values: &[i64],
    limits: &[u32],
    task: &Task,
) -> Result<SessionTotals> {
    if gap < 0 || !limits.is_sorted() {
        return Err(input("sessions: the gap must be 0 or more and the limits ascend"));
    }
    check_values(layout, values)?;
    match tags.by_event() {
        Some(table) => total(layout, table, gap, values, limits, task),
        None => total(layout, tags, gap, values, limits, task),
    }
}

fn total(
    layout: &Layout,
    tags: &impl Roles,
    gap: i64,
    values: &[i64],
    limits: &[u32],
    task: &Task,
) -> Result<SessionTotals> {
    let gap = (gap / layout.clock.tick) as u64;
    let sums = layout.fold(
        task,
        Sums::default,
        |sums, user| {
            let (mut start, mut end, mut rows, mut hits) = (0, 0, 0_usize, 0_u32);
            for at in layout.range(user) {
                let (row, roles) = tags.at(layout, at);
                if roles & INSIDE == 0 {
                    continue;
                }
                let now = row.stamp();
                if rows == 0 || now - end > gap {
                    sums.close(end - start, rows, hits, limits);
                    (start, rows, hits) = (now, 0, 0);
                }
                (end, rows, hits) = (now, rows + 1, hits | roles & HIT);
                if roles & HIT != 0 {
                    sums.value += values[layout.source[at] as usize];
                }
            }
            sums.close(end - start, rows, hits, limits);
        },
        Sums::add,
    )?;
    Ok(sums.finish(layout.clock.tick, limits))
}

/// Sizes of sessions counted one by one; longer ones are put under their limit at once.
const SIZES: usize = 256;

/// Totals in stamps.
struct Sums {
    stamps: u64,
    with_hit: u64,
    value: i64,
    /// Sessions by rows; entry 0 takes what is no session.
    by_rows: Box<[u64; SIZES]>,
    /// Sessions of [`SIZES`] rows or more, by how many limits they exceed.
    longer: Vec<u64>,
}

impl Default for Sums {
    fn default() -> Self {
        Self { stamps: 0, with_hit: 0, value: 0, by_rows: Box::new([0; SIZES]), longer: Vec::new() }
    }
}

fn place(rows: usize, limits: &[u32]) -> usize {
    limits.iter().filter(|&&limit| rows > limit as usize).count()
}

impl Sums {
    #[inline]
    fn close(&mut self, stamps: u64, rows: usize, hits: u32, limits: &[u32]) {
        self.stamps += stamps;
        self.with_hit += u64::from(hits != 0);
        if let Some(count) = self.by_rows.get_mut(rows) {
            *count += 1;
        } else {
            self.longer.resize(limits.len() + 1, 0);
            self.longer[place(rows, limits)] += 1;
        }
    }

    fn add(&mut self, other: Self) {
        self.stamps += other.stamps;
        self.with_hit += other.with_hit;
        self.value += other.value;
        self.by_rows.iter_mut().zip(*other.by_rows).for_each(|(sum, more)| *sum += more);
        self.longer.resize(self.longer.len().max(other.longer.len()), 0);
        self.longer.iter_mut().zip(other.longer).for_each(|(sum, more)| *sum += more);
    }

    fn finish(self, tick: i64, limits: &[u32]) -> SessionTotals {
        let mut by_rows = vec![0; limits.len() + 1];
        for (rows, &count) in self.by_rows.iter().enumerate().skip(1) {
            by_rows[place(rows, limits)] += count;
        }
        by_rows.iter_mut().zip(&self.longer).for_each(|(sum, more)| *sum += more);
        SessionTotals {
            sessions: by_rows.iter().sum(),
            duration: self.stamps as i64 * tick,
            with_hit: self.with_hit,
            value: self.value,
            by_rows,
        }
    }
}

impl Sessions {
    fn with_capacity(size: usize) -> Self {
        Self {
            user: Vec::with_capacity(size),
            start: Vec::with_capacity(size),
            end: Vec::with_capacity(size),
            rows: Vec::with_capacity(size),
            hits: Vec::with_capacity(size),
            value: Vec::with_capacity(size),
            first_row: Vec::with_capacity(size),
            last_row: Vec::with_capacity(size),
        }
    }

    fn last_end(&self) -> i64 {
        self.end.last().copied().unwrap_or(i64::MIN)
    }

    fn open(&mut self, user: u32, now: i64, source: u32) {
        self.user.push(user);
        self.start.push(now);
        self.end.push(now);
        self.rows.push(0);
        self.hits.push(0);
        self.value.push(0);
        self.first_row.push(source);
        self.last_row.push(source);
    }

    fn extend(&mut self, now: i64, source: u32, hit: Option<i64>) {
        let at = self.user.len() - 1;
        self.end[at] = now;
        self.last_row[at] = source;
        self.rows[at] += 1;
        if let Some(value) = hit {
            self.hits[at] += 1;
            self.value[at] += value;
        }
    }

    fn append(&mut self, mut other: Self) {
        self.user.append(&mut other.user);
        self.start.append(&mut other.start);
        self.end.append(&mut other.end);
        self.rows.append(&mut other.rows);
        self.hits.append(&mut other.hits);
        self.value.append(&mut other.value);
        self.first_row.append(&mut other.first_row);
        self.last_row.append(&mut other.last_row);
    }
}
