//! Active days of users, and their first and last rows.

use super::codes::check_values;
use super::tags::Tags;
use super::zone::{Days, Zone};
use crate::error::Result;
use crate::layout::{Layout, Row};
use crate::task::Task;

/// Role of rows that count.
pub const COUNTED: u32 = 1;
/// Role of counted rows whose value is summed.
pub const VALUED: u32 = 2;

/// Distinct (user, local day) pairs in user and day order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct UserDays {
    /// User code.
    pub user: Vec<u32>,
    /// Days since 1970-01-01 in the shop's zone.
    pub day: Vec<i32>,
    /// Rows of that user on that day.
    pub rows: Vec<u32>,
}

impl UserDays {
    /// Count a row of `user`, whose own entries start at `begin`.
    fn add(&mut self, user: u32, day: i32, begin: usize) {
        match (self.day.last(), self.rows.last_mut()) {
            (Some(&last), Some(rows)) if last == day && self.day.len() > begin => *rows += 1,
            _ => {
                self.user.push(user);
                self.day.push(day);
                self.rows.push(1);
            }
        }
    }
}

/// The days on which each user has a row with a role.
///
/// # Errors
/// Cancellation.
pub fn user_days(layout: &Layout, tags: &Tags<'_>, zone: &Zone, task: &Task) -> Result<UserDays> {
    let parts = layout.map_blocks(task, |users| {
        let mut days = UserDays::default();
        let mut local = Days::new(zone);
        for user in users {
            let begin = days.day.len();
            for at in layout.range(user) {
                let row = Row(layout.rows[at]);
                if tags.of(row, layout.source[at]) != 0 {
                    days.add(user as u32, local.of(layout.clock.micros(row)), begin);
                }
            }
        }
        Ok(days)
    })?;
    let mut whole = UserDays::default();
    for mut part in parts {
        whole.user.append(&mut part.user);
        whole.day.append(&mut part.day);
        whole.rows.append(&mut part.rows);
    }
    Ok(whole)
}

/// First and last counted row of each user who has one.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct FirstLast {
    /// User code.
    pub user: Vec<u32>,
    /// First instant in microseconds.
    pub first: Vec<i64>,
    /// Last instant in microseconds.
    pub last: Vec<i64>,
    /// Rows.
    pub rows: Vec<u32>,
    /// Sum of the valued rows' values.
    pub value: Vec<i64>,
    /// Source row of the first.
    pub first_row: Vec<u32>,
    /// Source row of the last.
    pub last_row: Vec<u32>,
}

/// First and last counted row; `values` by source row.
///
/// # Errors
/// `values` of the wrong length, cancellation.
pub fn first_last(
    layout: &Layout,
    tags: &Tags<'_>,
    values: &[i64],
    task: &Task,
) -> Result<FirstLast> {
    check_values(layout, values)?;
    let parts = layout.map_blocks(task, |users| {
        let mut answer = FirstLast::default();
        for user in users {
            one_user(layout, tags, values, user, &mut answer);
        }
        Ok(answer)
    })?;
    let mut whole = FirstLast::default();
    for mut part in parts {
        whole.user.append(&mut part.user);
        whole.first.append(&mut part.first);
        whole.last.append(&mut part.last);
        whole.rows.append(&mut part.rows);
        whole.value.append(&mut part.value);
        whole.first_row.append(&mut part.first_row);
        whole.last_row.append(&mut part.last_row);
    }
    Ok(whole)
}

fn one_user(layout: &Layout, tags: &Tags<'_>, values: &[i64], user: usize, answer: &mut FirstLast) {
    let (mut ends, mut rows, mut sum) = (None, 0, 0);
    for at in layout.range(user) {
        let source = layout.source[at];
        let roles = tags.of(Row(layout.rows[at]), source);
        if roles & COUNTED == 0 {
            continue;
        }
        let first = ends.map_or(at, |(first, _)| first);
        ends = Some((first, at));
        rows += 1;
        if roles & VALUED != 0 {
            sum += values[source as usize];
        }
    }
    let Some((first, last)) = ends else { return };
    answer.user.push(user as u32);
    answer.first.push(layout.micros(first));
    answer.last.push(layout.micros(last));
    answer.rows.push(rows);
    answer.value.push(sum);
    answer.first_row.push(layout.source[first]);
    answer.last_row.push(layout.source[last]);
}
