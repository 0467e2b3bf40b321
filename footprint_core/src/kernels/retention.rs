//! Retention: users who come back k periods after the first start row, by cohort.
//!
//! Cohort = the period of the user's first start row in the whole log. Calendar mode: k is the
//! difference of the shop's local periods (days, weeks, months); 24-hour mode: k whole days of
//! exactly 24 hours. Source: requirement row S7.1-b.

use super::tags::Tags;
use super::zone::{DAY, Days, Zone};
use crate::error::{Result, input};
use crate::layout::{ActiveDays, Layout, Row};
use crate::task::Task;

/// Role of rows that begin a user's history.
pub const START: u32 = 1;
/// Role of rows that count as coming back.
pub const RETURN: u32 = 2;

/// What a cell counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Users back in period k.
    Exact,
    /// Users back in any of periods 1..=k; k = 0 is the cohort.
    Within,
    /// Users back in period k or later.
    Unbounded,
}

/// Period number of each local day from `first` on: ascending, steps of 0 or 1.
#[derive(Debug, Clone)]
pub struct Calendar<'a> {
    /// Local day of `periods[0]`.
    pub first: i32,
    /// Period of each day.
    pub periods: &'a [i32],
}

impl Calendar<'_> {
    /// The period of a local day.
    #[inline]
    #[must_use]
    pub fn period(&self, day: i32) -> i32 {
        let last = self.periods.len() - 1;
        self.periods[((day - self.first).max(0) as usize).min(last)]
    }
}

/// The question.
#[derive(Debug, Clone)]
pub struct Retention<'a> {
    /// The shop's zone.
    pub zone: Zone,
    /// Days to periods.
    pub calendar: Calendar<'a>,
    /// Largest k.
    pub last: usize,
    /// What a cell counts.
    pub kind: Kind,
    /// Whole 24 hours from the first row instead of calendar periods.
    pub exact_day: bool,
}

/// The cohort table: one entry per (cohort, k), every k from 0 to the last.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Cohorts {
    /// Period of the cohort.
    pub cohort: Vec<i32>,
    /// Periods since.
    pub k: Vec<u32>,
    /// Users who came back.
    pub users: Vec<u32>,
    /// Users of the cohort.
    pub size: Vec<u32>,
}

/// Ask `ask` of every user.
///
/// # Errors
/// A calendar without days, cancellation.
pub fn retention(
    layout: &Layout,
    tags: &Tags<'_>,
    ask: &Retention<'_>,
    task: &Task,
) -> Result<Cohorts> {
    let (Some(&first), Some(&end)) = (ask.calendar.periods.first(), ask.calendar.periods.last())
    else {
        return if layout.is_empty() {
            Ok(Cohorts::default())
        } else {
            Err(input("retention: the calendar has no day"))
        };
    };
    let table = Table { first, cohorts: (end - first + 1) as usize, width: ask.last + 2 };
    let size = table.cohorts * table.width;
    let add = |sum: &mut Vec<u32>, part: Vec<u32>| {
        sum.iter_mut().zip(part).for_each(|(a, b)| *a += b);
    };
    let every_row = tags.of_all().is_some_and(|roles| roles & START != 0 && roles & RETURN != 0);
    let kept =
        if every_row && !ask.exact_day { layout.active_days(&ask.zone, task)? } else { None };
    let cells = if let Some(days) = kept {
        let idle = Task::default();
        layout.fold(&idle, || vec![0; size], |cells, user| table.days(&days, ask, user, cells), add)
    } else {
        layout.fold(
            task,
            || vec![0; size],
            |cells, user| table.rows(layout, tags, ask, user, cells),
            add,
        )
    }?;
    Ok(table.finish(&cells, ask.kind))
}

/// Cells by cohort: column 0 is the cohort's size, column k + 1 counts k.
struct Table {
    first: i32,
    cohorts: usize,
    width: usize,
}

impl Table {
    /// Count one user by rows.
    fn rows(
        &self,
        layout: &Layout,
        tags: &Tags<'_>,
        ask: &Retention<'_>,
        user: usize,
        cells: &mut [u32],
    ) {
        let mut tally = Tally { furthest: None, back: false };
        walk(layout, tags, ask, user, |cohort, k| tally.see(self, ask, cells, cohort, k));
        tally.leave(cells);
    }

    /// Count one user by active days, each of which starts and returns.
    fn days(&self, days: &ActiveDays, ask: &Retention<'_>, user: usize, cells: &mut [u32]) {
        let mut tally = Tally { furthest: None, back: false };
        let (mut cohort, mut seen) = (None, -1);
        for day in days.of(user) {
            let period = ask.calendar.period(day);
            let first = *cohort.get_or_insert_with(|| {
                tally.see(self, ask, cells, period, -1);
                period
            });
            let k = i64::from(period - first);
            if k != seen {
                seen = k;
                tally.see(self, ask, cells, first, k);
            }
        }
        tally.leave(cells);
    }

    fn finish(&self, cells: &[u32], kind: Kind) -> Cohorts {
        let mut answer = Cohorts::default();
        for cohort in 0..self.cohorts {
            let row = &cells[cohort * self.width..(cohort + 1) * self.width];
            if row[0] == 0 {
                continue;
            }
            for k in 0..self.width - 1 {
                let users = match kind {
                    Kind::Exact => row[k + 1],
                    Kind::Within if k == 0 => row[0],
                    Kind::Within => row[2..=k + 1].iter().sum(),
                    Kind::Unbounded => row[k + 1..].iter().sum(),
                };
                answer.cohort.push(self.first + cohort as i32);
                answer.k.push(k as u32);
                answer.users.push(users);
                answer.size.push(row[0]);
            }
        }
        answer
    }
}

/// What has been seen of one user.
struct Tally {
    furthest: Option<usize>,
    back: bool,
}

impl Tally {
    /// A return in period k of `cohort`; k = -1 is the start.
    #[inline]
    fn see(&mut self, table: &Table, ask: &Retention<'_>, cells: &mut [u32], cohort: i32, k: i64) {
        let at = (cohort - table.first) as usize * table.width;
        let inside = k >= 0 && k as usize <= ask.last;
        match ask.kind {
            _ if k < 0 => cells[at] += 1,
            Kind::Exact if inside => cells[at + k as usize + 1] += 1,
            // The first return after the cohort's own period decides.
            Kind::Within if k >= 1 && !self.back => {
                self.back = true;
                if inside {
                    cells[at + k as usize + 1] += 1;
                }
            }
            Kind::Unbounded => self.furthest = Some(at + (k as usize).min(ask.last) + 1),
            _ => {}
        }
    }

    fn leave(&self, cells: &mut [u32]) {
        if let Some(cell) = self.furthest {
            cells[cell] += 1;
        }
    }
}

/// Every return of one user as `visit(cohort, k)`, once per k, ascending; k = -1 is the start.
#[inline]
fn walk(
    layout: &Layout,
    tags: &Tags<'_>,
    ask: &Retention<'_>,
    user: usize,
    mut visit: impl FnMut(i32, i64),
) {
    let mut days = Days::new(&ask.zone);
    let mut begun: Option<(i64, i32)> = None;
    let mut seen = -1_i64;
    for at in layout.range(user) {
        let row = Row(layout.rows[at]);
        let roles = tags.of(row, layout.source[at]);
        if roles == 0 {
            continue;
        }
        let now = layout.clock.micros(row);
        if begun.is_none() && roles & START != 0 {
            let period = ask.calendar.period(days.of(now));
            begun = Some((now, period));
            visit(period, -1);
        }
        let Some((first, cohort)) = begun else { continue };
        if roles & RETURN == 0 {
            continue;
        }
        let k = if ask.exact_day {
            (now - first) / DAY
        } else {
            i64::from(ask.calendar.period(days.of(now)) - cohort)
        };
        if k != seen {
            seen = k;
            visit(cohort, k);
        }
    }
}

/// Codes of the users behind one cell, ascending.
///
/// # Errors
/// As [`retention`].
pub fn members(
    layout: &Layout,
    tags: &Tags<'_>,
    ask: &Retention<'_>,
    cell: (i32, usize),
    task: &Task,
) -> Result<Vec<u32>> {
    let (cohort, k) = (cell.0, cell.1 as i64);
    let parts = layout.map_blocks(task, |users| {
        let inside = |user: &usize| {
            let mut hit = false;
            walk(layout, tags, ask, *user, |of, at| {
                let counts = match ask.kind {
                    Kind::Exact => at == k,
                    Kind::Within if k == 0 => true,
                    Kind::Within => at >= 1 && at <= k,
                    Kind::Unbounded => at >= k,
                };
                hit |= of == cohort && counts;
            });
            hit
        };
        Ok(users.filter(inside).map(|user| user as u32).collect::<Vec<_>>())
    })?;
    Ok(parts.concat())
}
