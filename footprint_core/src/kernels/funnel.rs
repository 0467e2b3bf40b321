//! Ordered funnel: the longest chain of distinct rows through the steps, inside the window.
//!
//! Level of a user = most steps done in order by distinct rows, instants never falling, the last
//! at most `window` (inclusive) after the first. One pass, O(rows x steps): per step the latest
//! start of a chain that got there is kept. Rows of one instant count in either order: such a group
//! is matched to consecutive steps, each row used once.
//! Source: requirement row S1.2-a; `ClickHouse` windowFunnel and `PostHog` funnels agree except
//! where one event is used for two steps or equal instants depend on row order.

use std::ops::Range;

use super::tags::Tags;
use crate::error::{Result, input};
use crate::layout::{Layout, Row};
use crate::task::Task;

/// Most steps of a funnel.
pub const MAX_STEPS: usize = 32;

/// Which start of a user counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Start {
    /// The start that gets furthest.
    Best,
    /// The earliest first step; the window runs from it and is never reset.
    First,
}

/// The question; step `i` is bit `i` of the roles.
#[derive(Debug, Clone, Copy)]
pub struct Funnel {
    /// Number of steps, 1 to [`MAX_STEPS`].
    pub steps: usize,
    /// Longest time from first to last step in microseconds.
    pub window: i64,
    /// Which start counts.
    pub start: Start,
    /// Starts must lie in `[from, before)` microseconds.
    pub starts: (i64, i64),
}

/// One entry per user who reached the first step, in user order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Levels {
    /// User code.
    pub user: Vec<u32>,
    /// Steps done.
    pub level: Vec<u8>,
    /// Instant of the first step of the chain that first reached the level (latest such start).
    pub start: Vec<i64>,
    /// Instant at which the level was first reached.
    pub end: Vec<i64>,
    /// Source row of the first step.
    pub start_row: Vec<u32>,
    /// Source row of the last step.
    pub end_row: Vec<u32>,
}

impl Levels {
    fn push(&mut self, user: usize, best: Best) {
        self.user.push(user as u32);
        self.level.push(best.level as u8);
        self.start.push(best.start.at);
        self.end.push(best.end);
        self.start_row.push(best.start.row);
        self.end_row.push(best.end_row);
    }

    fn append(&mut self, mut other: Self) {
        self.user.append(&mut other.user);
        self.level.append(&mut other.level);
        self.start.append(&mut other.start);
        self.end.append(&mut other.end);
        self.start_row.append(&mut other.start_row);
        self.end_row.append(&mut other.end_row);
    }
}

/// Ask `funnel` of every user.
///
/// # Errors
/// No step or too many, a negative window, cancellation.
pub fn funnel(layout: &Layout, tags: &Tags<'_>, ask: &Funnel, task: &Task) -> Result<Levels> {
    if ask.steps == 0 || ask.steps > MAX_STEPS || ask.window < 0 {
        return Err(input(format!(
            "a funnel has 1 to {MAX_STEPS} steps and a window of 0 or more; got {} and {}",
            ask.steps, ask.window
        )));
    }
    let parts = layout.map_blocks(task, |users| Ok(block(layout, tags, ask, users)))?;
    let mut whole = Levels::default();
    for part in parts {
        whole.append(part);
    }
    Ok(whole)
}

fn block(layout: &Layout, tags: &Tags<'_>, ask: &Funnel, users: Range<usize>) -> Levels {
    let mut levels = Levels::default();
    let mut walk = Walk::new(ask);
    for user in users {
        walk.reset();
        for at in layout.range(user) {
            let (row, source) = (Row(layout.rows[at]), layout.source[at]);
            let steps = tags.of(row, source);
            if steps != 0 && walk.see(layout.clock.micros(row), steps, source) {
                break;
            }
        }
        walk.settle();
        if walk.best.level > 0 {
            levels.push(user, walk.best);
        }
    }
    levels
}

#[derive(Debug, Clone, Copy)]
struct Chain {
    /// Instant of its first row; [`NEVER`] when there is no such chain.
    at: i64,
    row: u32,
}

const NEVER: i64 = i64::MIN;
const NO_CHAIN: Chain = Chain { at: NEVER, row: 0 };

#[derive(Debug, Clone, Copy)]
struct Best {
    level: usize,
    start: Chain,
    end: i64,
    end_row: u32,
}

/// The state of one user's walk through the rows.
struct Walk<'a> {
    ask: &'a Funnel,
    /// Latest start of a chain that did steps `0..=i`.
    chains: [Chain; MAX_STEPS],
    best: Best,
    now: i64,
    /// Rows of the instant `now`: step bits and source row.
    group: Vec<(u32, u32)>,
}

impl<'a> Walk<'a> {
    fn new(ask: &'a Funnel) -> Self {
        let best = Best { level: 0, start: NO_CHAIN, end: 0, end_row: 0 };
        Self { ask, chains: [NO_CHAIN; MAX_STEPS], best, now: NEVER, group: Vec::new() }
    }

    fn reset(&mut self) {
        self.chains[..self.ask.steps].fill(NO_CHAIN);
        self.best = Best { level: 0, start: NO_CHAIN, end: 0, end_row: 0 };
        self.group.clear();
    }

    /// Take in a row; true when no later row can change the answer.
    #[inline]
    fn see(&mut self, now: i64, steps: u32, source: u32) -> bool {
        if now != self.now {
            self.settle();
            if self.best.level == self.ask.steps {
                return true;
            }
            self.now = now;
        }
        self.group.push((steps, source));
        false
    }

    /// Work through the rows of the current instant.
    #[inline]
    fn settle(&mut self) {
        match self.group.len() {
            0 => return,
            1 => {
                let (steps, source) = self.group[0];
                self.one(steps, source);
            }
            _ if self.group.iter().all(|(steps, _)| steps.is_power_of_two()) => {
                self.group.sort_by_key(|&(steps, _)| steps);
                for i in 0..self.group.len() {
                    let (steps, source) = self.group[i];
                    self.one(steps, source);
                }
            }
            _ => self.matched(),
        }
        self.group.clear();
    }

    /// Whether a chain may start now, `first` being the one that already did.
    fn open(&self, first: Chain) -> bool {
        let (from, before) = self.ask.starts;
        let may = self.now >= from && self.now < before;
        may && (self.ask.start == Start::Best || first.at == NEVER)
    }

    /// One row: highest step first, so that it is used once.
    #[inline]
    fn one(&mut self, steps: u32, source: u32) {
        for step in (1..self.ask.steps).rev() {
            if steps >> step & 1 == 1 {
                self.extend(self.chains[step - 1], step, source);
            }
        }
        if steps & 1 == 1 && self.open(self.chains[0]) {
            self.extend(Chain { at: self.now, row: source }, 0, source);
        }
    }

    /// A chain does `step` now.
    #[inline]
    fn extend(&mut self, chain: Chain, step: usize, source: u32) {
        if chain.at == NEVER || self.now.saturating_sub(chain.at) > self.ask.window {
            return;
        }
        if chain.at > self.chains[step].at {
            self.chains[step] = chain;
        }
        let level = step + 1;
        let same = level == self.best.level && self.now == self.best.end;
        if level > self.best.level || (same && chain.at > self.best.start.at) {
            self.best = Best { level, start: chain, end: self.now, end_row: source };
        }
    }

    /// Several rows of one instant, some good for several steps: each chain takes as many further
    /// steps as can be matched to different rows (augmenting paths).
    fn matched(&mut self) {
        let before = self.chains;
        let rows = std::mem::take(&mut self.group);
        for first in (0..self.ask.steps).rev() {
            let begin = first.checked_sub(1).map(|done| before[done]);
            if begin.is_none() && !self.open(before[0]) {
                continue;
            }
            let mut taken: Vec<Option<usize>> = vec![None; rows.len()];
            for step in first..self.ask.steps {
                let mut tried = vec![false; rows.len()];
                if !augment(&rows, &mut taken, &mut tried, step) {
                    break;
                }
                let used = |wanted| taken.iter().position(|&t| t == Some(wanted));
                let start = begin.unwrap_or_else(|| Chain {
                    at: self.now,
                    row: used(0).map_or(0, |row| rows[row].1),
                });
                let end = used(step).map_or(0, |row| rows[row].1);
                self.extend(start, step, end);
            }
        }
        self.group = rows;
    }
}

/// Kuhn's step: give `step` a row of its own, moving others where needed.
fn augment(
    rows: &[(u32, u32)],
    taken: &mut [Option<usize>],
    tried: &mut [bool],
    step: usize,
) -> bool {
    for row in 0..rows.len() {
        if rows[row].0 >> step & 1 == 1 && !tried[row] {
            tried[row] = true;
            let free = match taken[row] {
                None => true,
                Some(other) => augment(rows, taken, tried, other),
            };
            if free {
                taken[row] = Some(step);
                return true;
            }
        }
    }
    false
}
