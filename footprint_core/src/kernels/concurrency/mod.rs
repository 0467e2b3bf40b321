//! How many are there at once: half-open stays, deltas of one instant netted.

mod in_time;

use rayon::prelude::*;

use super::codes::{Codes, MISSING};
use super::tags::Tags;
use crate::error::{Result, input};
use crate::layout::{Layout, Row};
use crate::task::Task;

/// Role of rows that add one.
pub const PLUS: u32 = 1;
/// Role of rows that take one away.
pub const MINUS: u32 = 2;

/// A change of the count at a place: (place, instant, change).
pub type Delta = (u32, i64, i32);

/// Count over time at one place, one entry per instant at which it changed.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Curve {
    /// Place code; [`MISSING`] for all places together.
    pub place: Vec<u32>,
    /// Instant in microseconds.
    pub at: Vec<i64>,
    /// Number there from that instant on.
    pub count: Vec<i64>,
}

/// The highest count of a place and the first instant it held.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Peak {
    /// Place code; [`MISSING`] for all places together.
    pub place: u32,
    /// Highest count, at least 0.
    pub count: i64,
    /// First instant of that count.
    pub at: i64,
}

/// Changes by rows: role [`PLUS`] adds one at its place, [`MINUS`] takes one away.
///
/// # Errors
/// Codes out of range, cancellation.
pub fn deltas(
    layout: &Layout,
    tags: &Tags<'_>,
    places: Codes<'_>,
    size: usize,
    task: &Task,
) -> Result<Vec<Delta>> {
    places.check(layout, size)?;
    let parts = layout.map_blocks(task, |users| {
        let mut deltas = Vec::new();
        let rows = layout.offsets[users.start] as usize..layout.offsets[users.end] as usize;
        for at in rows {
            let (row, source) = (Row(layout.rows[at]), layout.source[at]);
            let roles = tags.of(row, source);
            if roles & (PLUS | MINUS) != 0 {
                let change = i32::from(roles & PLUS != 0) - i32::from(roles & MINUS != 0);
                deltas.push((places.of(row, source), layout.clock.micros(row), change));
            }
        }
        Ok(deltas)
    })?;
    Ok(parts.concat())
}

/// The peak of every place and, first, of all together, by rows: as [`peaks`] of [`deltas`].
///
/// # Errors
/// Codes out of range, cancellation.
pub fn peaks_of_rows(
    layout: &Layout,
    tags: &Tags<'_>,
    places: Codes<'_>,
    size: usize,
    task: &Task,
) -> Result<Vec<Peak>> {
    match (&layout.timeline, places) {
        (Some(time), Codes::Rows(places)) if !tags.by_row() => {
            Codes::Rows(places).check(layout, size)?;
            in_time::peaks(time, tags, places, size, task)
        }
        _ => Ok(peaks(deltas(layout, tags, places, size, task)?)),
    }
}

/// The curve of every place and, first, of all together, by rows: as [`curve`] of [`deltas`].
///
/// # Errors
/// Codes out of range, cancellation.
pub fn curve_of_rows(
    layout: &Layout,
    tags: &Tags<'_>,
    places: Codes<'_>,
    size: usize,
    task: &Task,
) -> Result<Curve> {
    match (&layout.timeline, places) {
        (Some(time), Codes::Rows(places)) if !tags.by_row() => {
            Codes::Rows(places).check(layout, size)?;
            in_time::curve(time, tags, places, size, task)
        }
        _ => Ok(curve(deltas(layout, tags, places, size, task)?)),
    }
}

/// Changes by stays `[start, end)`.
///
/// # Errors
/// Columns of different lengths.
pub fn stays(place: &[u32], start: &[i64], end: &[i64]) -> Result<Vec<Delta>> {
    if place.len() != start.len() || place.len() != end.len() {
        return Err(input("stays: places, starts and ends differ in length"));
    }
    let begin = place.iter().zip(start).map(|(&place, &at)| (place, at, 1));
    Ok(begin.chain(place.iter().zip(end).map(|(&place, &at)| (place, at, -1))).collect())
}

/// The curve of every place and, first, of all together.
#[must_use]
pub fn curve(deltas: Vec<Delta>) -> Curve {
    let mut curve = Curve::default();
    let (all, by_place) = ordered(deltas);
    curve.add(MISSING, &all);
    for group in by_place.chunk_by(|a, b| a.0 == b.0) {
        curve.add(group[0].0, group);
    }
    curve
}

/// The peak of every place and, first, of all together.
#[must_use]
pub fn peaks(deltas: Vec<Delta>) -> Vec<Peak> {
    let (all, by_place) = ordered(deltas);
    let mut peaks = vec![peak(MISSING, &all)];
    let groups: Vec<&[Delta]> = by_place.chunk_by(|a, b| a.0 == b.0).collect();
    peaks.extend(groups.iter().map(|group| peak(group[0].0, group)));
    peaks
}

/// All changes by time, and those at a place by place and time: one sort, then counting.
fn ordered(deltas: Vec<Delta>) -> (Vec<Delta>, Vec<Delta>) {
    let deltas = by_time(deltas);
    let placed = || deltas.iter().filter(|&&(place, _, _)| place != MISSING);
    let places = placed().map(|&(place, _, _)| place as usize + 1).max().unwrap_or(0);
    let mut next = vec![0_usize; places + 1];
    placed().for_each(|&(place, _, _)| next[place as usize + 1] += 1);
    (0..places).for_each(|place| next[place + 1] += next[place]);
    let mut by_place = vec![(MISSING, 0, 0); next[places]];
    for &delta in placed() {
        let slot = &mut next[delta.0 as usize];
        by_place[*slot] = delta;
        *slot += 1;
    }
    (deltas, by_place)
}

/// Sort by instant: spread over equal stretches of time first, so that each sort stays in cache.
fn by_time(deltas: Vec<Delta>) -> Vec<Delta> {
    const STRETCHES: usize = 4096;
    let ends =
        deltas.iter().fold((i64::MAX, i64::MIN), |(a, b), &(_, at, _)| (a.min(at), b.max(at)));
    let width = (ends.1.saturating_sub(ends.0) / STRETCHES as i64).max(1);
    let stretch = |at: i64| (((at - ends.0) / width) as usize).min(STRETCHES - 1);
    let mut next = vec![0_usize; STRETCHES + 1];
    deltas.iter().for_each(|&(_, at, _)| next[stretch(at) + 1] += 1);
    (0..STRETCHES).for_each(|i| next[i + 1] += next[i]);
    let sizes: Vec<usize> = next.windows(2).map(|pair| pair[1] - pair[0]).collect();
    let mut sorted = vec![(MISSING, 0, 0); deltas.len()];
    for delta in deltas {
        let slot = &mut next[stretch(delta.1)];
        sorted[*slot] = delta;
        *slot += 1;
    }
    let mut rest = &mut sorted[..];
    let mut parts = Vec::with_capacity(STRETCHES);
    for size in sizes {
        let (part, after) = rest.split_at_mut(size);
        parts.push(part);
        rest = after;
    }
    parts.into_par_iter().for_each(|part| part.sort_unstable_by_key(|&(_, at, _)| at));
    sorted
}

fn peak(place: u32, deltas: &[Delta]) -> Peak {
    let (mut count, mut top) = (0_i64, Peak { place, count: 0, at: 0 });
    for instant in deltas.chunk_by(|a, b| a.1 == b.1) {
        count += instant.iter().map(|&(_, _, change)| i64::from(change)).sum::<i64>();
        if count > top.count {
            top = Peak { place, count, at: instant[0].1 };
        }
    }
    top
}

impl Curve {
    fn add(&mut self, place: u32, deltas: &[Delta]) {
        let mut count = 0_i64;
        for instant in deltas.chunk_by(|a, b| a.1 == b.1) {
            let change: i64 = instant.iter().map(|&(_, _, change)| i64::from(change)).sum();
            if change != 0 {
                count += change;
                self.place.push(place);
                self.at.push(instant[0].1);
                self.count.push(count);
            }
        }
    }
}
