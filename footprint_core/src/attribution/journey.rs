//! The walk: rows of each user to journeys, journeys to path tables.

use std::ops::Range;

use super::chain::{Chain, DENSE};
use super::credit::Credit;
use super::paths::{Counts, PathTable};
use super::rules;
use crate::error::{Result, input};
use crate::kernels::codes::{Codes, MISSING, check_values};
use crate::kernels::tags::Tags;
use crate::layout::{Layout, Row};
use crate::task::Task;

/// Role of rows that are touches when they have a code.
pub const TOUCH: u32 = 1;
/// Role of rows that convert; a row may be touch and conversion, in this order.
pub const CONVERSION: u32 = 2;
/// Role of touches that count as the middle of the W shape.
pub const MILESTONE: u32 = 4;
/// Most distinct touches.
pub const MAX_TOUCHES: usize = u16::MAX as usize;

/// The question of a walk.
#[derive(Debug, Clone, Copy)]
pub struct Walk<'a> {
    /// Touch codes, all below `touches`.
    pub codes: Codes<'a>,
    /// Number of distinct touches.
    pub touches: usize,
    /// Value of each source row in cents.
    pub values: &'a [i64],
    /// Touches older than this before the journey's end are dropped (microseconds).
    pub lookback: Option<i64>,
    /// Journeys must end in `[from, before)` microseconds.
    pub period: (i64, i64),
    /// Half-life of the time decay in microseconds.
    pub half_life: f64,
}

/// Everything the models need of one bucket of users.
#[derive(Debug, Clone, Default)]
pub struct Bucket {
    /// Paths in ascending order.
    pub paths: PathTable,
    /// Credit by time decay, which paths do not tell.
    pub decay: Credit,
    /// Credit by the W shape, which needs the milestones.
    pub milestone: Credit,
    /// Conversions without a touch before them.
    pub unattributed: Counts,
}

/// All journeys of a log.
#[derive(Debug, Clone)]
pub struct Journeys {
    /// By bucket of users, 256 of them.
    pub buckets: Vec<Bucket>,
    /// All buckets' paths together, in ascending order.
    pub paths: PathTable,
    /// Number of distinct touches.
    pub touches: usize,
    /// Conversions and journeys without one over all paths.
    pub total: Counts,
    /// Conversions without a touch.
    pub unattributed: Counts,
    /// Order-1 steps of all journeys, unless there are too many touches for a dense chain.
    pub chain: Option<Chain>,
}

/// Walk all users.
///
/// # Errors
/// Too many touches, columns of the wrong length, a half-life of 0 or less, cancellation.
pub fn walk(layout: &Layout, tags: &Tags<'_>, ask: &Walk<'_>, task: &Task) -> Result<Journeys> {
    check(layout, ask)?;
    let buckets = layout.map_buckets(task, |users| Ok(bucket(layout, tags, ask, users)))?;
    Ok(collect(buckets, ask.touches))
}

fn check(layout: &Layout, ask: &Walk<'_>) -> Result<()> {
    if ask.touches > MAX_TOUCHES {
        return Err(input(format!("{} distinct touches; at most {MAX_TOUCHES}", ask.touches)));
    }
    if ask.half_life.is_nan() || ask.half_life <= 0.0 {
        return Err(input("the half-life must be above 0"));
    }
    ask.codes.check(layout, ask.touches)?;
    check_values(layout, ask.values)
}

/// Put buckets together; also used for buckets made elsewhere.
#[must_use]
pub fn collect(buckets: Vec<Bucket>, touches: usize) -> Journeys {
    let mut unattributed = Counts::default();
    for bucket in &buckets {
        unattributed.conversions += bucket.unattributed.conversions;
        unattributed.value += bucket.unattributed.value;
    }
    let paths = PathTable::merged(buckets.iter().map(|bucket| &bucket.paths));
    let chain = (touches <= DENSE).then(|| Chain::count(&paths, touches));
    let total = paths.total();
    Journeys { buckets, paths, touches, total, unattributed, chain }
}

struct Touch {
    at: i64,
    code: u16,
    milestone: bool,
}

/// One bucket's walk.
struct Walker<'a> {
    ask: &'a Walk<'a>,
    open: Vec<Touch>,
    codes: Vec<u16>,
    weights: Vec<f64>,
    answer: Bucket,
}

fn bucket(layout: &Layout, tags: &Tags<'_>, ask: &Walk<'_>, users: Range<usize>) -> Bucket {
    let answer = Bucket {
        decay: Credit::zero(ask.touches),
        milestone: Credit::zero(ask.touches),
        ..Bucket::default()
    };
    let mut walker =
        Walker { ask, open: Vec::new(), codes: Vec::new(), weights: Vec::new(), answer };
    for user in users {
        for at in layout.range(user) {
            let (row, source) = (Row(layout.rows[at]), layout.source[at]);
            let roles = tags.of(row, source);
            let code = if roles & TOUCH == 0 { MISSING } else { ask.codes.of(row, source) };
            if code != MISSING {
                let at = layout.clock.micros(row);
                let milestone = roles & MILESTONE != 0;
                walker.open.push(Touch { at, code: code as u16, milestone });
            }
            if roles & CONVERSION != 0 {
                walker.convert(layout.clock.micros(row), ask.values[source as usize]);
            }
        }
        walker.leave();
    }
    walker.answer.paths = walker.answer.paths.sorted();
    walker.answer
}

impl Walker<'_> {
    fn counts(&self, end: i64) -> bool {
        end >= self.ask.period.0 && end < self.ask.period.1
    }

    /// Touches inside the lookback, oldest first.
    fn recent(&self, end: i64) -> usize {
        self.ask.lookback.map_or(0, |lookback| {
            self.open.partition_point(|touch| end.saturating_sub(touch.at) > lookback)
        })
    }

    fn path(&mut self, first: usize) {
        self.codes.clear();
        self.codes.extend(self.open[first..].iter().map(|touch| touch.code));
    }

    fn convert(&mut self, end: i64, value: i64) {
        if self.counts(end) {
            let first = self.recent(end);
            let counts = Counts { conversions: 1, value, nulls: 0 };
            if first == self.open.len() {
                self.answer.unattributed.conversions += 1;
                self.answer.unattributed.value += value;
            } else {
                self.path(first);
                self.answer.paths.add(&self.codes, counts);
                self.time_models(first, value);
            }
        }
        self.open.clear();
    }

    fn leave(&mut self) {
        if let Some(last) = self.open.last().map(|touch| touch.at) {
            if self.counts(last) {
                self.path(self.recent(last));
                self.answer.paths.add(&self.codes, Counts { conversions: 0, value: 0, nulls: 1 });
            }
            self.open.clear();
        }
    }

    fn time_models(&mut self, first: usize, value: i64) {
        let touches = &self.open[first..];
        let last = touches[touches.len() - 1].at;
        let ages = touches.iter().map(|touch| (last - touch.at) as f64 / self.ask.half_life);
        rules::decay(ages, &mut self.weights);
        self.answer.decay.add_path(&self.codes, &self.weights, 1.0, value as f64);
        let middle = touches.iter().position(|touch| touch.milestone);
        rules::w_shape(touches.len(), middle, &mut self.weights);
        self.answer.milestone.add_path(&self.codes, &self.weights, 1.0, value as f64);
    }
}
