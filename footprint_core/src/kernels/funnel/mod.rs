//! Funnels: how far each user gets through the steps, and when.
//!
//! * [`Mode::Best`] and [`Mode::First`]: steps in order, other rows between them allowed ([`ordered`]).
//! * [`Mode::Strict`]: nothing between two steps but repeats of the step just done ([`strict`]).
//! * [`Mode::AnyOrder`]: most distinct steps inside one window ([`any_order`]).
//! * [`Mode::Totals`]: every attempt counts, not every user ([`totals`]).
//!
//! Source: requirement row S1.2-a; the modes of `PostHog`, Mixpanel and Amplitude.

mod any_order;
mod ordered;
mod quick;
mod strict;
mod totals;

use std::ops::Range;

use self::quick::Quick;
use super::tags::Tags;
use crate::error::{Result, input};
use crate::layout::{Layout, Row};
use crate::task::Task;

/// Most steps of a funnel; step `i` is bit `i` of the roles.
pub const MAX_STEPS: usize = 30;
/// Most exclusions of a funnel; exclusion `i` is bit `30 - i` of the roles, above all steps.
pub const MAX_EXCLUSIONS: usize = 4;
/// Role of rows that must not lie strictly between the two steps of the first exclusion.
pub const EXCLUDED: u32 = 1 << 30;
/// Role of every row that exists; needed by [`Mode::Strict`] to see what lies between.
pub const ANY: u32 = 1 << 31;

/// How steps follow each other, and which start of a user counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// In order; the start that gets furthest.
    Best,
    /// In order; the earliest first step, its window is never reset.
    First,
    /// In order and nothing between; the run that gets furthest.
    Strict,
    /// Any order inside one window.
    AnyOrder,
    /// In order; one entry per attempt.
    Totals,
}

/// The question.
#[derive(Debug, Clone, Copy)]
pub struct Funnel {
    /// Number of steps, 1 to [`MAX_STEPS`].
    pub steps: usize,
    /// Longest time from first to last step in microseconds, inclusive.
    pub window: i64,
    /// Longest time from one step to the next, inclusive; with a window there is none (`i64::MAX`).
    pub gap: i64,
    /// How steps follow each other.
    pub mode: Mode,
    /// Starts must lie in `[from, before)` microseconds.
    pub starts: (i64, i64),
    /// Steps must lie at later instants than the step before, not at the same.
    pub later: bool,
    /// A step may lie this much before the step it follows (clocks that disagree), microseconds.
    pub grace: i64,
    /// Rows with the role of exclusion `i` strictly between its two steps (numbers from 0) end the
    /// chain.
    pub exclude: Exclusions,
}

/// Pairs of steps between which a row must not lie.
pub type Exclusions = [Option<(usize, usize)>; MAX_EXCLUSIONS];

impl Funnel {
    /// The bits of its steps.
    #[inline]
    #[must_use]
    pub fn step_bits(&self) -> u32 {
        (1 << self.steps) - 1
    }

    /// Whether time is limited from step to step.
    #[inline]
    #[must_use]
    pub fn by_step(&self) -> bool {
        self.gap < i64::MAX
    }

    /// The bits of its exclusions.
    #[inline]
    #[must_use]
    pub fn excluded_bits(&self) -> u32 {
        let bit = |(i, pair): (usize, &Option<_>)| if pair.is_some() { EXCLUDED >> i } else { 0 };
        self.exclude.iter().enumerate().map(bit).sum()
    }
}

/// One entry per user who did a step (per attempt in [`Mode::Totals`]), in user order.
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

/// The first step of a chain.
#[derive(Debug, Clone, Copy)]
struct Chain {
    /// Its instant; [`NEVER`] when there is no such chain.
    at: i64,
    row: u32,
    /// Instant of the last step done so far.
    last: i64,
}

impl Chain {
    fn begin(at: i64, row: u32) -> Self {
        Self { at, row, last: at }
    }
}

const NEVER: i64 = i64::MIN;
const NO_CHAIN: Chain = Chain { at: NEVER, row: 0, last: NEVER };

#[derive(Debug, Clone, Copy)]
struct Best {
    level: usize,
    start: Chain,
    end: i64,
    end_row: u32,
}

const NOTHING: Best = Best { level: 0, start: NO_CHAIN, end: 0, end_row: 0 };

impl Best {
    /// Further, else sooner, else from a later start.
    fn beats(&self, other: &Self) -> bool {
        let key = |best: &Self| (best.level, std::cmp::Reverse(best.end), best.start.at);
        key(self) > key(other)
    }
}

/// A row with a role.
#[derive(Debug, Clone, Copy)]
struct Seen {
    /// Rows are read in this order; rows of one moment count in either order.
    moment: i64,
    /// Its instant.
    at: i64,
    roles: u32,
    source: u32,
}

/// Ask `ask` of every user. With `hold` (codes by source row, `u32::MAX` none) all steps of a chain
/// must have the same code.
///
/// # Errors
/// Parameters that do not fit together, cancellation.
pub fn funnel(
    layout: &Layout,
    tags: &Tags<'_>,
    ask: &Funnel,
    hold: Option<&[u32]>,
    task: &Task,
) -> Result<Levels> {
    check(layout, ask, hold)?;
    let parts = layout.map_blocks(task, |users| Ok(block(layout, tags, ask, hold, users)))?;
    let mut whole = Levels::default();
    for part in parts {
        whole.append(part);
    }
    Ok(whole)
}

/// Users (attempts in [`Mode::Totals`]) by the level they got to: entry i counts level i + 1.
///
/// # Errors
/// As [`funnel`].
pub fn counts(
    layout: &Layout,
    tags: &Tags<'_>,
    ask: &Funnel,
    hold: Option<&[u32]>,
    task: &Task,
) -> Result<Vec<u64>> {
    check(layout, ask, hold)?;
    let mut counts = vec![0_u64; ask.steps];
    let quick = Quick::new(layout, ask, tags.by_event()).filter(|_| hold.is_none());
    let Some(quick) = quick else {
        for level in funnel(layout, tags, ask, hold, task)?.level {
            counts[usize::from(level) - 1] += 1;
        }
        return Ok(counts);
    };
    let found = layout.fold(
        task,
        || (ordered::Walk::new(ask), vec![0_u64; ask.steps + 1]),
        |(walk, counts), user| {
            let level = quick.level(layout, user);
            counts[level.unwrap_or_else(|| walk.stream(layout, tags, user).level)] += 1;
        },
        |sum, part| sum.1.iter_mut().zip(part.1).for_each(|(a, b)| *a += b),
    )?;
    Ok(found.1[1..].to_vec())
}

fn check(layout: &Layout, ask: &Funnel, hold: Option<&[u32]>) -> Result<()> {
    if ask.steps == 0 || ask.steps > MAX_STEPS || ask.window.min(ask.gap).min(ask.grace) < 0 {
        return Err(input(format!(
            "a funnel has 1 to {MAX_STEPS} steps, a window and a grace of 0 or more; got {}, {}, {}",
            ask.steps, ask.window, ask.grace
        )));
    }
    let ordered = matches!(ask.mode, Mode::Best | Mode::First);
    let special = ask.later || ask.grace > 0 || ask.excluded_bits() != 0 || ask.by_step();
    if !ordered && special {
        return Err(input("later, grace, exclude and gap need the modes best or first entry"));
    }
    if ask.by_step() && ask.window < i64::MAX {
        return Err(input("a funnel has a window or a gap between steps, not both"));
    }
    if ask.later && ask.grace > 0 {
        return Err(input("a funnel cannot ask for later instants and allow a grace"));
    }
    if ask.exclude.iter().flatten().any(|&(from, to)| from >= to || to >= ask.steps) {
        return Err(input("exclude: the first step must come before the second"));
    }
    if ask.step_bits() & ask.excluded_bits() != 0 {
        return Err(input("a funnel with several exclusions takes fewer steps"));
    }
    if let Some(rows) = hold.map(<[u32]>::len).filter(|&rows| rows != layout.source_rows) {
        return Err(input(format!("hold: {rows} rows, the log has {}", layout.source_rows)));
    }
    Ok(())
}

fn block(
    layout: &Layout,
    tags: &Tags<'_>,
    ask: &Funnel,
    hold: Option<&[u32]>,
    users: Range<usize>,
) -> Levels {
    let mut levels = Levels::default();
    let mut walk = ordered::Walk::new(ask);
    let mut seen = Vec::new();
    let direct = matches!(ask.mode, Mode::Best | Mode::First) && ask.grace == 0 && hold.is_none();
    let quick = Quick::new(layout, ask, tags.by_event()).filter(|_| hold.is_none());
    for user in users {
        if direct {
            let found = quick.as_ref().and_then(|quick| quick.best(layout, user));
            let best = found.unwrap_or_else(|| walk.stream(layout, tags, user));
            if best.level > 0 {
                levels.push(user, best);
            }
            continue;
        }
        collect(layout, tags, user, &mut seen);
        match hold {
            None => answer(ask, &mut walk, user, &mut seen, &mut levels),
            Some(codes) => held(ask, &mut walk, user, &mut seen, codes, &mut levels),
        }
    }
    levels
}

fn collect(layout: &Layout, tags: &Tags<'_>, user: usize, seen: &mut Vec<Seen>) {
    seen.clear();
    for at in layout.range(user) {
        let (row, source) = (Row(layout.rows[at]), layout.source[at]);
        let roles = tags.of(row, source);
        if roles != 0 {
            let at = layout.clock.micros(row);
            seen.push(Seen { moment: at, at, roles, source });
        }
    }
}

/// The best over the values of the held column, one chain inside one value.
fn held(
    ask: &Funnel,
    walk: &mut ordered::Walk<'_>,
    user: usize,
    seen: &mut Vec<Seen>,
    codes: &[u32],
    levels: &mut Levels,
) {
    seen.retain(|row| codes[row.source as usize] != u32::MAX);
    seen.sort_by_key(|row| codes[row.source as usize]);
    let mut found = Levels::default();
    let mut best = NOTHING;
    for group in seen.chunk_by(|a, b| codes[a.source as usize] == codes[b.source as usize]) {
        let mut group = group.to_vec();
        answer(ask, walk, user, &mut group, &mut found);
    }
    if ask.mode == Mode::Totals {
        levels.append(found);
        return;
    }
    for i in 0..found.user.len() {
        let start = Chain::begin(found.start[i], found.start_row[i]);
        let level = usize::from(found.level[i]);
        let one = Best { level, start, end: found.end[i], end_row: found.end_row[i] };
        if one.beats(&best) {
            best = one;
        }
    }
    if best.level > 0 {
        levels.push(user, best);
    }
}

fn answer(
    ask: &Funnel,
    walk: &mut ordered::Walk<'_>,
    user: usize,
    seen: &mut Vec<Seen>,
    levels: &mut Levels,
) {
    let best = match ask.mode {
        Mode::Best | Mode::First => walk.read(seen),
        Mode::Strict => strict::read(ask, seen),
        Mode::AnyOrder => any_order::read(ask, seen),
        Mode::Totals => return totals::read(ask, seen, |attempt| levels.push(user, attempt)),
    };
    if best.level > 0 {
        levels.push(user, best);
    }
}
