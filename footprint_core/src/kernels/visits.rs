//! Visits to a place (a live stream): enter to leave, and how long they lasted.
//!
//! Per user and place an enter opens a visit and a leave closes it; while one is open, further
//! enters of that place are ignored. A visit without a leave is closed at the user's last row in
//! that place plus `cap`, not later than the place's own end; it is marked as not closed, so that
//! data quality can be shown.

use std::collections::HashMap;

use super::codes::{Codes, MISSING};
use super::tags::Tags;
use crate::error::{Result, input};
use crate::layout::{Layout, Row};
use crate::task::Task;

/// Role of rows that open a visit.
pub const ENTER: u32 = 1;
/// Role of rows that close it.
pub const LEAVE: u32 = 2;
/// Role of rows that show the user is still there.
pub const THERE: u32 = 4;

/// Visits in user order, then by their start.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Visits {
    /// User code.
    pub user: Vec<u32>,
    /// Place code.
    pub place: Vec<u32>,
    /// Instant of the enter in microseconds.
    pub start: Vec<i64>,
    /// Instant of the leave.
    pub end: Vec<i64>,
    /// Whether there was a leave.
    pub closed: Vec<bool>,
}

/// All visits; `ends` by place bounds those without a leave (`i64::MAX` = unknown).
///
/// # Errors
/// Codes out of range, a negative cap, cancellation.
pub fn visits(
    layout: &Layout,
    tags: &Tags<'_>,
    places: Codes<'_>,
    ends: &[i64],
    cap: i64,
    task: &Task,
) -> Result<Visits> {
    if cap < 0 {
        return Err(input("the cap on visits without a leave must be 0 or more"));
    }
    places.check(layout, ends.len())?;
    let parts = layout.map_blocks(task, |users| {
        let mut visits = Visits::default();
        let mut open: HashMap<u32, Open> = HashMap::new();
        for user in users {
            let begin = visits.user.len();
            for at in layout.range(user) {
                let (row, source) = (Row(layout.rows[at]), layout.source[at]);
                let (roles, place) = (tags.of(row, source), places.of(row, source));
                if roles != 0 && place != MISSING {
                    let now = layout.clock.micros(row);
                    step(&mut open, &mut visits, user as u32, place, roles, now);
                }
            }
            for (place, visit) in open.drain() {
                let end = visit.last.saturating_add(cap).min(ends[place as usize]).max(visit.last);
                visits.push(user as u32, place, visit.start, end, false);
            }
            visits.sort_from(begin);
        }
        Ok(visits)
    })?;
    let mut whole = Visits::default();
    parts.into_iter().for_each(|part| whole.append(part));
    Ok(whole)
}

struct Open {
    start: i64,
    last: i64,
}

fn step(
    open: &mut HashMap<u32, Open>,
    visits: &mut Visits,
    user: u32,
    place: u32,
    roles: u32,
    now: i64,
) {
    if roles & LEAVE != 0 {
        if let Some(visit) = open.remove(&place) {
            visits.push(user, place, visit.start, now, true);
        }
    } else if let Some(visit) = open.get_mut(&place) {
        visit.last = now;
    } else if roles & ENTER != 0 {
        open.insert(place, Open { start: now, last: now });
    }
}

impl Visits {
    fn push(&mut self, user: u32, place: u32, start: i64, end: i64, closed: bool) {
        self.user.push(user);
        self.place.push(place);
        self.start.push(start);
        self.end.push(end);
        self.closed.push(closed);
    }

    /// Order one user's visits, entries from `begin` on, by start and place.
    fn sort_from(&mut self, begin: usize) {
        let mut order: Vec<usize> = (begin..self.user.len()).collect();
        if order.is_sorted_by_key(|&i| (self.start[i], self.place[i])) {
            return;
        }
        order.sort_by_key(|&i| (self.start[i], self.place[i]));
        let pick = |column: &[i64]| order.iter().map(|&i| column[i]).collect::<Vec<_>>();
        let (start, end) = (pick(&self.start), pick(&self.end));
        let place: Vec<u32> = order.iter().map(|&i| self.place[i]).collect();
        let closed: Vec<bool> = order.iter().map(|&i| self.closed[i]).collect();
        self.start[begin..].copy_from_slice(&start);
        self.end[begin..].copy_from_slice(&end);
        self.place[begin..].copy_from_slice(&place);
        self.closed[begin..].copy_from_slice(&closed);
    }

    fn append(&mut self, mut other: Self) {
        self.user.append(&mut other.user);
        self.place.append(&mut other.place);
        self.start.append(&mut other.start);
        self.end.append(&mut other.end);
        self.closed.append(&mut other.closed);
    }
}
