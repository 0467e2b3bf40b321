//! Lifecycle and stickiness: what the active periods of each user say.
//!
//! Of a period in which a user is active: *new* = the first ever, *returning* = active in the
//! period before too, *resurrecting* = active earlier but not then. *Dormant* = the period right
//! after the last one of a stretch, counted once, up to the last period of the log.
//! Source: requirement row S7.1-b; the four states of `PostHog`, with "new" by first row ever.

use super::retention::Calendar;
use super::tags::Tags;
use super::zone::Zone;
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
    let parts = layout.map_blocks(task, |users| {
        let mut answer = Lifecycle { first, states: vec![[0; 4]; size], active: vec![0; size] };
        for user in users {
            one_user(layout, tags, zone, calendar, user, &mut answer);
        }
        Ok(answer)
    })?;
    let mut whole = Lifecycle { first, states: vec![[0; 4]; size], active: vec![0; size] };
    parts.iter().for_each(|part| whole.add(part));
    Ok(whole)
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

fn one_user(
    layout: &Layout,
    tags: &Tags<'_>,
    zone: &Zone,
    calendar: &Calendar<'_>,
    user: usize,
    answer: &mut Lifecycle,
) {
    let mut before: Option<usize> = None;
    let mut active = 0;
    for at in layout.range(user) {
        let row = Row(layout.rows[at]);
        if tags.of(row, layout.source[at]) == 0 {
            continue;
        }
        let period = calendar.period(zone.day(layout.clock.micros(row)));
        let now = (period - answer.first) as usize;
        if before == Some(now) {
            continue;
        }
        let state = match before {
            None => NEW,
            Some(last) if last + 1 == now => RETURNING,
            Some(last) => {
                answer.states[last + 1][DORMANT] += 1;
                RESURRECTING
            }
        };
        answer.states[now][state] += 1;
        active += 1;
        before = Some(now);
    }
    if let Some(last) = before {
        if let Some(next) = answer.states.get_mut(last + 1) {
            next[DORMANT] += 1;
        }
        answer.active[active - 1] += 1;
    }
}
