//! Sessions: rows of one user without a gap longer than the limit.
//!
//! A new session begins iff the gap to the user's row before is **longer** than the limit (30
//! minutes by default); no split at midnight or on a new campaign. Source: retentioneering and
//! Snowplow agree; `PostHog` paths split at the limit itself.

use super::codes::check_values;
use super::tags::Tags;
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
