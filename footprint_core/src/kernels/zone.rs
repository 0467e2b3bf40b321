//! Calendar days of a time zone, by a table of UTC offsets.

use crate::error::{Result, input};

/// Microseconds of a day.
pub const DAY: i64 = 86_400_000_000;

/// Stretches of constant UTC offset; each starts where the one before ends.
#[derive(Debug, Clone, PartialEq, Eq)]
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

/// The local day of instants that mostly lie on the same day as the one before.
///
/// Remembers the stretch of instants that share the last answer: the local day cut at changes of
/// the offset, so that days of 23 and 25 hours come out right.
#[derive(Debug)]
pub struct Days<'z> {
    zone: &'z Zone,
    from: i64,
    before: i64,
    day: i32,
}

impl<'z> Days<'z> {
    /// Nothing remembered yet.
    #[must_use]
    pub fn new(zone: &'z Zone) -> Self {
        Self { zone, from: 0, before: 0, day: 0 }
    }

    /// As [`Zone::day`].
    #[inline]
    pub fn of(&mut self, micros: i64) -> i32 {
        if micros < self.from || micros >= self.before {
            self.look_up(micros);
        }
        self.day
    }

    #[cold]
    fn look_up(&mut self, micros: i64) {
        let at = self.zone.starts.partition_point(|&start| start <= micros).saturating_sub(1);
        let offset = self.zone.offsets[at];
        self.day = (micros + offset).div_euclid(DAY) as i32;
        let midnight = i64::from(self.day) * DAY - offset;
        // The first stretch also answers for what lies before it.
        let begin = if at == 0 { i64::MIN } else { self.zone.starts[at] };
        let end = self.zone.starts.get(at + 1).copied().unwrap_or(i64::MAX);
        self.from = midnight.max(begin);
        self.before = (midnight + DAY).min(end);
    }
}

#[cfg(test)]
mod tests {
    use super::{DAY, Days, Zone};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn remembered_days_are_the_days(
            changes in prop::collection::vec((0..40 * DAY, -14..15_i64), 1..5),
            instants in prop::collection::vec(-2 * DAY..42 * DAY, 1..60),
        ) {
            let mut changes = changes;
            changes.sort_unstable();
            let starts = changes.iter().map(|change| change.0).collect();
            let offsets = changes.iter().map(|change| change.1 * DAY / 24).collect();
            let zone = Zone::new(starts, offsets).unwrap();
            let mut days = Days::new(&zone);
            for at in instants {
                prop_assert_eq!(days.of(at), zone.day(at));
            }
        }
    }
}
