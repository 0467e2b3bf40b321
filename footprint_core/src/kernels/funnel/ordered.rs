//! Steps in order with other rows between: the longest chain of distinct rows.
//!
//! Level = most steps done in order by distinct rows, instants never falling, the last at most
//! `window` (inclusive) after the first. One pass, O(rows x steps): per step the latest start of a
//! chain that got there is kept (with a gap between steps, the latest chain to get there). Rows of one moment count in either order: such a group is matched
//! to consecutive steps, each row used once. `ClickHouse` windowFunnel and `PostHog` agree except
//! where one event serves two steps or equal instants depend on row order.
//!
//! With a grace g, step k of a row at t is read at moment `t + k g`: then a chain's moments never
//! fall exactly when each step lies at most g before the one it follows.

use super::{Best, Chain, EXCLUDED, Funnel, MAX_STEPS, Mode, NEVER, NO_CHAIN, NOTHING, Seen};
use crate::kernels::tags::Tags;
use crate::layout::{Layout, Row};

/// The state of one user's walk through the rows.
pub struct Walk<'a> {
    ask: &'a Funnel,
    /// Of the chains that did steps `0..=i` the one that started latest; with a gap, the one that
    /// did step `i` latest.
    chains: [Chain; MAX_STEPS],
    best: Best,
    moment: i64,
    /// Rows of the current moment that do a step.
    group: Vec<Seen>,
    /// Exclusions that have a row at the current moment.
    excluded: u32,
}

impl<'a> Walk<'a> {
    /// A walk that asks `ask` of one user after the other.
    pub fn new(ask: &'a Funnel) -> Self {
        Self {
            ask,
            chains: [NO_CHAIN; MAX_STEPS],
            best: NOTHING,
            moment: NEVER,
            group: Vec::new(),
            excluded: 0,
        }
    }

    /// The answer for one user of a layout, read in place.
    pub fn stream(&mut self, layout: &Layout, tags: &Tags<'_>, user: usize) -> Best {
        self.reset();
        for at in layout.range(user) {
            let (row, source) = (Row(layout.rows[at]), layout.source[at]);
            let roles = tags.of(row, source);
            if roles != 0 {
                let at = layout.clock.micros(row);
                if self.see(Seen { moment: at, at, roles, source }) {
                    break;
                }
            }
        }
        self.settle();
        self.best
    }

    /// The answer for rows in time order.
    pub fn read(&mut self, seen: &mut Vec<Seen>) -> Best {
        if self.ask.grace > 0 {
            with_grace(seen, self.ask);
        }
        self.reset();
        for row in seen {
            if self.see(*row) {
                break;
            }
        }
        self.settle();
        self.best
    }

    fn reset(&mut self) {
        self.chains[..self.ask.steps].fill(NO_CHAIN);
        self.best = NOTHING;
        self.moment = NEVER;
        self.group.clear();
        self.excluded = 0;
    }

    /// Take in a row; true when no later row can change the answer.
    #[inline]
    fn see(&mut self, row: Seen) -> bool {
        if row.moment != self.moment {
            self.settle();
            if self.best.level == self.ask.steps {
                return true;
            }
            self.moment = row.moment;
        }
        self.excluded |= row.roles & self.ask.excluded_bits();
        let steps = row.roles & self.ask.step_bits();
        if steps != 0 {
            self.group.push(Seen { roles: steps, ..row });
        }
        false
    }

    /// Work through the rows of the current moment.
    #[inline]
    fn settle(&mut self) {
        if self.excluded == 0 {
            self.advance();
        } else {
            self.settle_excluded();
        }
        self.group.clear();
        self.excluded = 0;
    }

    /// Chains between the two steps of an exclusion end here, unless they began that stretch at
    /// this moment.
    fn settle_excluded(&mut self) {
        let before = self.chains;
        self.advance();
        let (mut after, best) = (self.chains, self.best);
        for (step, chain) in after.iter_mut().enumerate().take(self.ask.steps) {
            let Some(from) = self.begin_of_stretch(step) else { continue };
            self.chains = before;
            self.chains[from..=step].fill(NO_CHAIN);
            self.advance();
            *chain = self.chains[step];
        }
        (self.chains, self.best) = (after, best);
    }

    /// The first step of the stretches with an excluded row now in which a chain that did `step`
    /// is; all of them must have begun at this moment for the chain to live.
    fn begin_of_stretch(&self, step: usize) -> Option<usize> {
        let ranges = self.ask.exclude.iter().enumerate();
        let now = ranges.filter(|&(i, _)| self.excluded & EXCLUDED >> i != 0);
        let around =
            now.filter_map(|(_, pair)| *pair).filter(|&(from, to)| from <= step && step < to);
        around.map(|(from, _)| from).min()
    }

    #[inline]
    fn advance(&mut self) {
        match self.group.len() {
            0 => {}
            1 => self.one(self.group[0]),
            _ if self.ask.later => self.apart(),
            _ if self.group.iter().all(|row| row.roles.is_power_of_two()) => {
                self.group.sort_by_key(|row| row.roles);
                for i in 0..self.group.len() {
                    self.one(self.group[i]);
                }
            }
            _ => self.matched(),
        }
    }

    /// Whether a chain may start at `at`, `first` being the one that already did.
    fn open(&self, at: i64, first: Chain) -> bool {
        let (from, before) = self.ask.starts;
        at >= from && at < before && (self.ask.mode == Mode::Best || first.at == NEVER)
    }

    /// One row: highest step first, so that it is used once.
    #[inline]
    fn one(&mut self, row: Seen) {
        for step in (1..self.ask.steps).rev() {
            if row.roles >> step & 1 == 1 {
                self.extend(self.chains[step - 1], step, row);
            }
        }
        if row.roles & 1 == 1 && self.open(row.at, self.chains[0]) {
            self.extend(Chain::begin(row.at, row.source), 0, row);
        }
    }

    /// Rows of one moment that must not follow each other: each sees the chains before them.
    fn apart(&mut self) {
        let before = self.chains;
        for i in 0..self.group.len() {
            let row = self.group[i];
            for step in (1..self.ask.steps).filter(|step| row.roles >> step & 1 == 1) {
                self.extend(before[step - 1], step, row);
            }
            if row.roles & 1 == 1 && self.open(row.at, before[0]) {
                self.extend(Chain::begin(row.at, row.source), 0, row);
            }
        }
    }

    /// A chain does `step` with `row`.
    #[inline]
    fn extend(&mut self, chain: Chain, step: usize, row: Seen) {
        let late = row.at.saturating_sub(chain.at) > self.ask.window
            || row.at.saturating_sub(chain.last) > self.ask.gap;
        if chain.at == NEVER || late {
            return;
        }
        let chain = Chain { last: row.at, ..chain };
        let kept = self.chains[step];
        let better = if self.ask.by_step() { chain.last > kept.last } else { chain.at > kept.at };
        if better {
            self.chains[step] = chain;
        }
        let level = step + 1;
        let same = level == self.best.level && row.at == self.best.end;
        if level > self.best.level || (same && chain.at > self.best.start.at) {
            self.best = Best { level, start: chain, end: row.at, end_row: row.source };
        }
    }

    /// Several rows of one moment, some good for several steps: each chain takes as many further
    /// steps as can be matched to different rows (augmenting paths).
    fn matched(&mut self) {
        let before = self.chains;
        let rows = std::mem::take(&mut self.group);
        let at = rows[0].at;
        for first in (0..self.ask.steps).rev() {
            let begin = first.checked_sub(1).map(|done| before[done]);
            if begin.is_none() && !self.open(at, before[0]) {
                continue;
            }
            let mut taken: Vec<Option<usize>> = vec![None; rows.len()];
            for step in first..self.ask.steps {
                let mut tried = vec![false; rows.len()];
                if !augment(&rows, &mut taken, &mut tried, step) {
                    break;
                }
                let row_of = |step| taken.iter().position(|&t| t == Some(step)).unwrap_or(0);
                let start = begin.unwrap_or_else(|| Chain::begin(at, rows[row_of(0)].source));
                self.extend(start, step, rows[row_of(step)]);
            }
        }
        self.group = rows;
    }
}

/// One entry per (row, step), in the order of `t + step * grace`.
fn with_grace(seen: &mut Vec<Seen>, ask: &Funnel) {
    let spread = |row: &Seen| {
        let row = *row;
        let roles = row.roles & ask.excluded_bits();
        let excluded = (roles != 0).then_some(Seen { roles, ..row });
        let steps = (0..ask.steps).filter(move |step| row.roles >> step & 1 == 1);
        let of = move |step: usize| {
            let moment = row.at.saturating_add(ask.grace.saturating_mul(step as i64));
            Seen { moment, roles: 1 << step, ..row }
        };
        steps.map(of).chain(excluded)
    };
    let mut all: Vec<Seen> = seen.iter().flat_map(spread).collect();
    all.sort_by_key(|row| row.moment);
    *seen = all;
}

/// Kuhn's step: give `step` a row of its own, moving others where needed.
pub fn augment(
    rows: &[Seen],
    taken: &mut [Option<usize>],
    tried: &mut [bool],
    step: usize,
) -> bool {
    for row in 0..rows.len() {
        if rows[row].roles >> step & 1 == 1 && !tried[row] {
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
