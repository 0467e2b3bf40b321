//! Steps between consecutive rows of a user: from-to counts, and the same by position (Sankey).

use std::collections::BTreeMap;

use super::codes::{Codes, MISSING};
use super::tags::{Roles, Tags};
use crate::error::{Result, input};
use crate::layout::{Layout, Row};
use crate::task::Task;

/// Most codes of a dense table of steps.
pub const MAX_CODES: usize = 4096;

/// The codes of one user's rows with a role, in time order; `collapse` drops equal neighbours.
#[inline]
fn codes_of(
    layout: &Layout,
    tags: &impl Roles,
    codes: Codes<'_>,
    user: usize,
    collapse: bool,
    mut visit: impl FnMut(u32),
) {
    let mut before = MISSING;
    for at in layout.range(user) {
        let (row, roles) = tags.at(layout, at);
        if roles == 0 {
            continue;
        }
        let code = match codes {
            Codes::Rows(_) => codes.of(row, layout.source[at]),
            _ => codes.of(row, 0),
        };
        if code != MISSING && !(collapse && code == before) {
            visit(code);
            before = code;
        }
    }
}

/// Times a row of code `a` is directly followed by one of code `b`: entry `a * size + b`.
///
/// # Errors
/// More than [`MAX_CODES`] codes, codes out of range, cancellation.
pub fn transitions(
    layout: &Layout,
    tags: &Tags<'_>,
    codes: Codes<'_>,
    size: usize,
    collapse: bool,
    task: &Task,
) -> Result<Vec<u64>> {
    if size > MAX_CODES {
        return Err(input(format!("{size} codes; at most {MAX_CODES} make a table of steps")));
    }
    codes.check(layout, size)?;
    match tags.by_event() {
        Some(table) => table_of(layout, table, codes, size, collapse, task),
        None => table_of(layout, tags, codes, size, collapse, task),
    }
}

fn table_of(
    layout: &Layout,
    tags: &impl Roles,
    codes: Codes<'_>,
    size: usize,
    collapse: bool,
    task: &Task,
) -> Result<Vec<u64>> {
    layout.fold(
        task,
        || vec![0_u64; size * size],
        |table, user| {
            let mut before = MISSING;
            codes_of(layout, tags, codes, user, collapse, |code| {
                if before != MISSING {
                    table[before as usize * size + code as usize] += 1;
                }
                before = code;
            });
        },
        |table, part| table.iter_mut().zip(part).for_each(|(sum, more)| *sum += more),
    )
}

/// A step of a Sankey diagram: position of its first node (from 1), from, to ([`MISSING`] = left).
pub type Edge = (u32, u32, u32);

/// Steps by position over the first `depth` nodes of each session (rows without a gap longer than
/// `gap` microseconds), those who leave included, so that what flows into a node flows out of it.
///
/// # Errors
/// Codes out of range, cancellation.
pub fn edges(
    layout: &Layout,
    tags: &Tags<'_>,
    codes: Codes<'_>,
    size: usize,
    ask: Sankey,
    task: &Task,
) -> Result<BTreeMap<Edge, u64>> {
    codes.check(layout, size)?;
    layout.fold(
        task,
        BTreeMap::new,
        |table: &mut BTreeMap<Edge, u64>, user| {
            let mut flow = Flow { place: 0, before: MISSING, last: i64::MIN };
            for at in layout.range(user) {
                let (row, source) = (Row(layout.rows[at]), layout.source[at]);
                if tags.of(row, source) != 0 {
                    let now = layout.clock.micros(row);
                    flow.step(table, &ask, codes.of(row, source), now);
                }
            }
            flow.leave(table, &ask);
        },
        |table, part| {
            part.into_iter().for_each(|(edge, n)| *table.entry(edge).or_default() += n);
        },
    )
}

/// How a Sankey diagram reads the rows.
#[derive(Debug, Clone, Copy)]
pub struct Sankey {
    /// Nodes of a session that are shown.
    pub depth: usize,
    /// Equal neighbours count as one node.
    pub collapse: bool,
    /// Longest gap inside a session in microseconds.
    pub gap: i64,
}

/// One user's walk: nodes so far in this session, the last of them, the last instant.
struct Flow {
    place: u32,
    before: u32,
    last: i64,
}

impl Flow {
    fn step(&mut self, table: &mut BTreeMap<Edge, u64>, ask: &Sankey, code: u32, now: i64) {
        if self.place > 0 && now - self.last > ask.gap {
            self.leave(table, ask);
            *self = Self { place: 0, before: MISSING, last: now };
        }
        self.last = now;
        if code == MISSING || (ask.collapse && code == self.before) {
            return;
        }
        if self.place > 0 && self.place < ask.depth as u32 {
            *table.entry((self.place, self.before, code)).or_default() += 1;
        }
        self.place += 1;
        self.before = code;
    }

    fn leave(&self, table: &mut BTreeMap<Edge, u64>, ask: &Sankey) {
        if self.place > 0 && self.place < ask.depth as u32 {
            *table.entry((self.place, self.before, MISSING)).or_default() += 1;
        }
    }
}
