//! The ordered funnel where every event does at most one step: stamps and places only.
//!
//! The same answer as [`super::ordered`], which is asked instead for a user whose rows of one
//! instant do their steps out of order.

use super::{Best, Chain, Funnel, MAX_STEPS, Mode, NOTHING};
use crate::layout::{Layout, NONE, Row};

/// A funnel by event code.
pub struct Quick {
    /// Step of each event code, [`NONE`] for none.
    step_of: [u8; 256],
    /// The same with [`IDLE`] for none.
    slot_of: [u8; 256],
    steps: usize,
    first_only: bool,
    /// Longest distance in stamps.
    window: u64,
    /// Starts in stamps, `[from, before)`.
    starts: (u64, u64),
}

/// Start of a chain: its stamp and its place in the layout.
type Start = (u64, usize);
/// No start: further from any stamp than any window is long.
const NEVER: u64 = 1 << 63;
/// The slot of rows without a step.
const IDLE: usize = 31;
const NO_START: Start = (0, usize::MAX);

impl Quick {
    /// `None` when the question or its roles need the general walk.
    pub fn new(layout: &Layout, ask: &Funnel, table: Option<&[u32; 256]>) -> Option<Self> {
        let table = table?;
        let plain = !ask.later && ask.grace == 0 && ask.excluded_bits() == 0;
        let one_step = |roles: &u32| (roles & ask.step_bits()).count_ones() <= 1;
        if !plain || !matches!(ask.mode, Mode::Best | Mode::First) || !table.iter().all(one_step) {
            return None;
        }
        let step = |roles: u32| {
            let steps = roles & ask.step_bits();
            if steps == 0 { NONE } else { steps.trailing_zeros() as u8 }
        };
        let clock = layout.clock;
        let stamp = |micros: i64| {
            let since = i128::from(micros) - i128::from(clock.base);
            let tick = i128::from(clock.tick);
            u64::try_from((since.max(0) + tick - 1) / tick).unwrap_or(u64::MAX)
        };
        let slot = |roles: u32| if step(roles) == NONE { IDLE as u8 } else { step(roles) };
        Some(Self {
            step_of: table.map(step),
            slot_of: table.map(slot),
            steps: ask.steps,
            first_only: ask.mode == Mode::First,
            window: (ask.window / clock.tick) as u64,
            starts: (stamp(ask.starts.0), stamp(ask.starts.1)),
        })
    }

    /// The best chain of one user; `None` when rows of one instant need the general walk.
    pub fn best(&self, layout: &Layout, user: usize) -> Option<Best> {
        let range = layout.range(user);
        let rows = &layout.rows[range.clone()];
        let mut chains = [NO_START; MAX_STEPS];
        let (mut level, mut start, mut end) = (0, NO_START, NO_START);
        let (mut last, mut last_step) = (u64::MAX, 0);
        for (at, &word) in rows.iter().enumerate() {
            let step = self.step_of[usize::from(Row(word).event())];
            if step == NONE {
                continue;
            }
            let (step, stamp) = (usize::from(step), Row(word).stamp());
            if stamp == last && step < last_step {
                return None;
            }
            if level == self.steps && stamp != end.0 {
                break;
            }
            (last, last_step) = (stamp, step);
            let chain = if step == 0 {
                let open = stamp >= self.starts.0 && stamp < self.starts.1;
                if !open || (self.first_only && chains[0] != NO_START) {
                    continue;
                }
                (stamp, at)
            } else {
                chains[step - 1]
            };
            if chain == NO_START || stamp - chain.0 > self.window {
                continue;
            }
            if chains[step] == NO_START || chain.0 > chains[step].0 {
                chains[step] = chain;
            }
            let same = step + 1 == level && stamp == end.0;
            if step + 1 > level || (same && chain.0 > start.0) {
                (level, start, end) = (step + 1, chain, (stamp, at));
            }
        }
        if level == 0 {
            return Some(NOTHING);
        }
        let source = |at: usize| layout.source[range.start + at];
        let micros = |at: usize| layout.micros(range.start + at);
        let first = Chain { at: micros(start.1), row: source(start.1) };
        Some(Best { level, start: first, end: micros(end.1), end_row: source(end.1) })
    }

    /// As [`Quick::best`], the level alone: no branch depends on what a user did.
    #[inline]
    pub fn level(&self, layout: &Layout, user: usize) -> Option<usize> {
        // Slot k: the latest start of a chain that did k steps. Slot 0 is the row itself, and rows
        // without a step read and write slots that nothing else uses.
        let mut starts = [NEVER; IDLE + 2];
        let (from, room) = (self.starts.0, self.starts.1.saturating_sub(self.starts.0));
        let (mut level, mut last, mut last_step, mut tied) = (0, u64::MAX, 0, false);
        for &word in &layout.rows[layout.range(user)] {
            let step = self.slot_of[usize::from(Row(word).event())] as usize % (IDLE + 1);
            let stamp = Row(word).stamp();
            let open = stamp.wrapping_sub(from) < room && !(self.first_only && starts[1] != NEVER);
            starts[0] = if open { stamp } else { NEVER };
            let start = starts[step];
            // A distance from NEVER is longer than any window.
            let done = stamp.wrapping_sub(start) <= self.window;
            starts[step + 1] = if done { start } else { starts[step + 1] };
            level = if done { level.max(step + 1) } else { level };
            tied |= stamp == last && step < last_step;
            (last, last_step) = if step == IDLE { (last, last_step) } else { (stamp, step) };
        }
        (!tied).then_some(level)
    }
}
