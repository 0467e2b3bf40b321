//! The local days on which each user has a row; questions about days need nothing else.
//!
//! Made when first asked for and kept with the layout for one zone, since a shop has one.

use std::sync::{Arc, Mutex, PoisonError};

use super::{Layout, Row};
use crate::error::Result;
use crate::kernels::zone::{Days, Zone};
use crate::task::Task;

/// Distinct local days by user, ascending.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct ActiveDays {
    first: i32,
    /// Days since the first, two bytes each.
    days: Vec<u16>,
    /// Days of user `u` are `starts[u]..starts[u + 1]`.
    starts: Vec<u32>,
}

impl ActiveDays {
    /// The days of one user.
    #[inline]
    pub fn of(&self, user: usize) -> impl Iterator<Item = i32> + '_ {
        let range = self.starts[user] as usize..self.starts[user + 1] as usize;
        self.days[range].iter().map(|&day| self.first + i32::from(day))
    }
}

type InZone = (Zone, Arc<ActiveDays>);

/// The days kept with a layout; clones share them.
#[derive(Debug, Default, Clone)]
pub struct Kept(Arc<Mutex<Option<InZone>>>);

impl Layout {
    /// The active days of all users in `zone`; `None` for a log of more than 179 years.
    ///
    /// # Errors
    /// Cancellation.
    pub fn active_days(&self, zone: &Zone, task: &Task) -> Result<Option<Arc<ActiveDays>>> {
        let mut kept = self.kept.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, days)) = kept.as_ref().filter(|(of, _)| of == zone) {
            task.step(self.len())?;
            return Ok(Some(days.clone()));
        }
        let Some(days) = self.count_days(zone, task)?.map(Arc::new) else { return Ok(None) };
        *kept = Some((zone.clone(), days.clone()));
        Ok(Some(days))
    }

    fn count_days(&self, zone: &Zone, task: &Task) -> Result<Option<ActiveDays>> {
        let (begin, end) = self.span();
        let first = zone.day(begin).min(zone.day(end));
        if zone.day(end).max(zone.day(begin)) - first > i32::from(u16::MAX) - 2 {
            return Ok(None);
        }
        // One day earlier, so that a zone that turns back at the start has room.
        let first = first - 1;
        let parts = self.map_blocks(task, |users| {
            let (mut days, mut sizes) = (Vec::new(), Vec::with_capacity(users.len()));
            let mut local = Days::new(zone);
            for user in users {
                let begin = days.len();
                for at in self.range(user) {
                    let day = local.of(self.clock.micros(Row(self.rows[at]))) - first;
                    let day = day.clamp(0, i32::from(u16::MAX)) as u16;
                    if days.len() == begin || days[days.len() - 1] != day {
                        days.push(day);
                    }
                }
                sizes.push((days.len() - begin) as u32);
            }
            Ok((days, sizes))
        })?;
        let mut starts = Vec::with_capacity(self.users() + 1);
        let mut all = Vec::with_capacity(parts.iter().map(|(days, _)| days.len()).sum());
        starts.push(0);
        for (days, sizes) in parts {
            all.extend(days);
            starts.extend(sizes.iter().scan(starts[starts.len() - 1], |at, size| {
                *at += size;
                Some(*at)
            }));
        }
        Ok(Some(ActiveDays { first, days: all, starts }))
    }
}
