//! Counts of a log in time order: one pass, one small state per place, no sort.
//!
//! A change waits until its place changes at a later instant, so that all changes of one instant
//! are netted.

use super::{Curve, MINUS, PLUS, Peak};
use crate::error::Result;
use crate::kernels::codes::MISSING;
use crate::kernels::tags::Tags;
use crate::layout::{Row, Timeline};
use crate::task::Task;

/// Rows between two looks at the task.
const SHARE: usize = 1 << 20;

/// A place: its count, the instant of its last change, and the highest settled count.
#[derive(Clone, Copy)]
struct State {
    count: i64,
    at: i64,
    top: i64,
    top_at: i64,
    changed: bool,
}

const IDLE: State = State { count: 0, at: i64::MIN, top: 0, top_at: 0, changed: false };

impl State {
    /// The count at `at` is final.
    #[inline]
    fn settle(&mut self) {
        if self.count > self.top {
            (self.top, self.top_at) = (self.count, self.at);
        }
    }

    #[inline]
    fn change(&mut self, at: i64, by: i64) {
        if at != self.at {
            self.settle();
            self.at = at;
        }
        self.count += by;
        self.changed = true;
    }

    fn peak(mut self, place: u32) -> Peak {
        self.settle();
        Peak { place, count: self.top, at: self.top_at }
    }
}

/// Every change in time order as `visit(place, instant, change)`.
#[inline]
fn changes(
    time: &Timeline,
    tags: &Tags<'_>,
    places: &[u32],
    task: &Task,
    mut visit: impl FnMut(u32, i64, i64),
) -> Result<()> {
    let moves: [i8; 256] = std::array::from_fn(|code| {
        let roles = tags.of_event(code as u8);
        // 2: a row that comes and goes counts as a change of nothing.
        match roles & (PLUS | MINUS) {
            0 => 0,
            PLUS => 1,
            MINUS => -1,
            _ => 2,
        }
    });
    for (part, events) in time.events.chunks(SHARE).enumerate() {
        task.step(events.len())?;
        for (at, &event) in events.iter().enumerate() {
            let by = moves[usize::from(event)];
            if by == 0 {
                continue;
            }
            let source = part * SHARE + at;
            if tags.of(Row::new(0, event, 0), source as u32) != 0 {
                let by = if by == 2 { 0 } else { i64::from(by) };
                visit(places[source], time.micros(source), by);
            }
        }
    }
    Ok(())
}

/// As `super::peaks`.
pub fn peaks(
    time: &Timeline,
    tags: &Tags<'_>,
    places: &[u32],
    size: usize,
    task: &Task,
) -> Result<Vec<Peak>> {
    let mut all = IDLE;
    let mut states = vec![IDLE; size];
    changes(time, tags, places, task, |place, at, by| {
        all.change(at, by);
        if place != MISSING {
            states[place as usize].change(at, by);
        }
    })?;
    let there = states.iter().enumerate().filter(|(_, state)| state.changed);
    let by_place = there.map(|(place, state)| state.peak(place as u32));
    Ok(std::iter::once(all.peak(MISSING)).chain(by_place).collect())
}

/// A place's curve so far: its count, what was last written, and the entries.
#[derive(Clone)]
struct Track {
    count: i64,
    written: i64,
    at: i64,
    entries: Vec<(i64, i64)>,
}

impl Track {
    fn settle(&mut self) {
        if self.count != self.written {
            self.entries.push((self.at, self.count));
            self.written = self.count;
        }
    }

    fn change(&mut self, at: i64, by: i64) {
        if at != self.at {
            self.settle();
            self.at = at;
        }
        self.count += by;
    }
}

/// As `super::curve`.
pub fn curve(
    time: &Timeline,
    tags: &Tags<'_>,
    places: &[u32],
    size: usize,
    task: &Task,
) -> Result<Curve> {
    let idle = Track { count: 0, written: 0, at: i64::MIN, entries: Vec::new() };
    let mut tracks = vec![idle; size + 1];
    changes(time, tags, places, task, |place, at, by| {
        tracks[0].change(at, by);
        if place != MISSING {
            tracks[place as usize + 1].change(at, by);
        }
    })?;
    let mut curve = Curve::default();
    for (number, track) in tracks.iter_mut().enumerate() {
        track.settle();
        let place = number.checked_sub(1).map_or(MISSING, |place| place as u32);
        curve.place.extend(track.entries.iter().map(|_| place));
        curve.at.extend(track.entries.iter().map(|entry| entry.0));
        curve.count.extend(track.entries.iter().map(|entry| entry.1));
    }
    Ok(curve)
}
