//! Lifecycle and stickiness: what the active periods of each user say.
//!
//! Of a period in which a user is active: *new* = the first ever, *returning* = active in the
//! period before too, *resurrecting* = active earlier but not then. *Dormant* = the period right
//! after the last one of a stretch, counted once, up to the last period of the log.
//! Source: requirement row S7.1-b; the four states of `PostHog`, with "new" by first row ever.

use super::retention::Calendar;
use super::tags::Tags;
use super::zone::{Days, Zone};
use crate::error::{Result, input};
use crate::layout::{Layout, Row};
use crate::task::Task;

/// Users by state, one entry per period.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Lifecycle {
    /// First period.
    pub first: i32,
    /// New, returning, resurrecting, dormant of each period from the first on.
    pub states: Vec<[u32; 4]>,
    /// Users by number of active periods; entry 0 is one period.
    pub active: Vec<u32>,
}

/// States of every period of the calendar.
///
/// # Errors
/// A calendar without days for a log with rows, cancellation.
pub fn lifecycle(
    layout: &Layout,
    tags: &Tags<'_>,
    zone: &Zone,
    calendar: &Calendar<'_>,
    task: &Task,
) -> Result<Lifecycle> {
    let (Some(&first), Some(&last)) = (calendar.periods.first(), calendar.periods.last()) else {
        return if layout.is_empty() {
            Ok(Lifecycle::default())
        } else {
            Err(input("lifecycle: the calendar has no day"))
        };
    };
    let size = (last - first + 1) as usize;
    let new = || Lifecycle { first, states: vec![[0; 4]; size], active: vec![0; size] };
    let add = |sum: &mut Lifecycle, part: Lifecycle| sum.add(&part);
    let every_row = tags.of_all().is_some_and(|roles| roles != 0);
    let kept = if every_row { layout.active_days(zone, task)? } else { None };
    if let Some(days) = kept {
        let visit = |answer: &mut Lifecycle, user: usize| {
            answer.user(days.of(user).map(|day| calendar.period(day)));
        };
        return layout.fold(&Task::default(), new, visit, add);
    }
    let visit = |answer: &mut Lifecycle, user: usize| {
        let mut local = Days::new(zone);
        let rows = layout.range(user).map(|at| (Row(layout.rows[at]), layout.source[at]));
        let counted = rows.filter(|&(row, source)| tags.of(row, source) != 0);
        answer.user(counted.map(|(row, _)| calendar.period(local.of(layout.clock.micros(row)))));
    };
    layout.fold(task, new, visit, add)
}

impl Lifecycle {
    /// Add the users of another part of the same calendar.
    pub fn add(&mut self, other: &Self) {
        for (sum, more) in self.states.iter_mut().zip(&other.states) {
            (0..4).for_each(|state| sum[state] += more[state]);
        }
        self.active.iter_mut().zip(&other.active).for_each(|(sum, more)| *sum += more);
    }
}

const NEW: usize = 0;
const RETURNING: usize = 1;
const RESURRECTING: usize = 2;
const DORMANT: usize = 3;

impl Lifecycle {
    /// Add a user by the periods of the rows that count.
    fn user(&mut self, periods: impl Iterator<Item = i32>) {
        let mut before: Option<usize> = None;
        let mut active = 0;
        for period in periods {
            let now = (period - self.first) as usize;
            if before == Some(now) {
                continue;
            }
            let state = match before {
                None => NEW,
                Some(last) if last + 1 == now => RETURNING,
                Some(last) => {
                    self.states[last + 1][DORMANT] += 1;
                    RESURRECTING
                }
            };
            self.states[now][state] += 1;
            active += 1;
            before = Some(now);
        }
        if let Some(last) = before {
            if let Some(next) = self.states.get_mut(last + 1) {
                next[DORMANT] += 1;
            }
            self.active[active - 1] += 1;
        }
    }
}
