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

const NO_START: Start = (0, usize::MAX);

impl Quick {
    /// `None` when the question or its roles need the general walk.
    pub fn new(layout: &Layout, ask: &Funnel, table: Option<&[u32; 256]>) -> Option<Self> {
        let table = table?;
        let plain = !ask.later && ask.grace == 0 && ask.excluded_bits() == 0 && !ask.by_step();
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
        Some(Self {
            step_of: table.map(step),
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
        let first = Chain::begin(micros(start.1), source(start.1));
        Some(Best { level, start: first, end: micros(end.1), end_row: source(end.1) })
    }

    /// As [`Quick::best`], the level alone.
    #[inline]
    pub fn level(&self, layout: &Layout, user: usize) -> Option<usize> {
        let rows = &layout.rows[layout.range(user)];
        match self.steps {
            1 | 2 => self.level_of::<2>(rows),
            3 => self.level_of::<3>(rows),
            4 => self.level_of::<4>(rows),
            5 => self.level_of::<5>(rows),
            6 => self.level_of::<6>(rows),
            7..=12 => self.level_of::<12>(rows),
            _ => self.level_of::<MAX_STEPS>(rows),
        }
    }

    /// Every row looks at all `N` steps, so that the starts stay in registers and no branch depends
    /// on what a user did.
    #[inline]
    fn level_of<const N: usize>(&self, rows: &[u64]) -> Option<usize> {
        // The latest start of a chain that did each step.
        let mut starts = [NEVER; N];
        let (from, room) = (self.starts.0, self.starts.1.saturating_sub(self.starts.0));
        let (mut last, mut last_step, mut tied) = (u64::MAX, 0, false);
        for &word in rows {
            let step = self.step_of[usize::from(Row(word).event())];
            let stamp = Row(word).stamp();
            for k in (1..N).rev() {
                // A distance from NEVER is longer than any window.
                let done =
                    usize::from(step) == k && stamp.wrapping_sub(starts[k - 1]) <= self.window;
                starts[k] = if done { starts[k - 1] } else { starts[k] };
            }
            let open = stamp.wrapping_sub(from) < room && !(self.first_only && starts[0] != NEVER);
            starts[0] = if step == 0 && open { stamp } else { starts[0] };
            tied |= stamp == last && step < last_step;
            (last, last_step) = if step == NONE { (last, last_step) } else { (stamp, step) };
        }
        // A step is only ever done after the one before it.
        (!tied).then(|| starts.iter().take_while(|&&start| start != NEVER).count())
    }
}
