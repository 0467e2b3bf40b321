//! Figures by stretch of time and dimension: rows, distinct users, roles, value.

use super::codes::{Codes, MISSING, check_values};
use super::tags::{Roles, Tags};
use crate::error::{Result, input};
use crate::layout::Layout;
use crate::task::Task;

/// Most cells (stretches x codes) of one question.
pub const MAX_CELLS: usize = 50_000_000;

/// The question; role bit 0 is "counts at all", bits 1.. are counted apart.
#[derive(Debug, Clone, Copy)]
pub struct Buckets<'a> {
    /// Length of a stretch in microseconds.
    pub width: i64,
    /// UTC offset the stretches are aligned to, in microseconds.
    pub offset: i64,
    /// The dimension.
    pub codes: Codes<'a>,
    /// Number of codes; rows without a code count under this one.
    pub size: usize,
    /// Roles counted apart, 0 to 31.
    pub roles: usize,
    /// Value of each source row; summed over rows with the first counted role.
    pub values: &'a [i64],
}

/// One entry per stretch and code with a row, in this order.
#[derive(Debug, Default, Clone, PartialEq, Eq)]
pub struct Cells {
    /// Number of the stretch since the epoch: `floor((t + offset) / width)`.
    pub stretch: Vec<i64>,
    /// Code, [`MISSING`] for none.
    pub code: Vec<u32>,
    /// Rows.
    pub rows: Vec<u32>,
    /// Distinct users.
    pub users: Vec<u32>,
    /// Rows of each counted role.
    pub roles: Vec<Vec<u32>>,
    /// Value of rows with the first counted role.
    pub value: Vec<i64>,
}

/// Words of a cell before its counted roles: rows, users, last user seen plus one (users come one
/// after the other). One stride per cell keeps a row's work in one cache line.
const FIXED: usize = 3;

struct Table {
    words: Vec<u32>,
    value: Vec<i64>,
}

/// The stretch of the row before: rows of a user rise in time, so that few leave it.
struct Stretch {
    from: i64,
    to: i64,
    /// Its first cell.
    first: usize,
}

impl Stretch {
    /// The first cell of the stretch of `at`; cells begin with stretch `base`.
    #[inline]
    fn of(&mut self, at: i64, ask: &Buckets<'_>, base: i64) -> usize {
        if at < self.from || at >= self.to {
            let number = (at + ask.offset).div_euclid(ask.width);
            self.from = number * ask.width - ask.offset;
            self.to = self.from + ask.width;
            self.first = (number - base) as usize * (ask.size + 1);
        }
        self.first
    }
}

/// Rows of one user that follow each other in one cell.
struct Run {
    cell: usize,
    rows: u32,
}

/// Count every cell.
///
/// # Errors
/// A width below 1, too many cells, columns of the wrong length, cancellation.
pub fn buckets(layout: &Layout, tags: &Tags<'_>, ask: &Buckets<'_>, task: &Task) -> Result<Cells> {
    if ask.width < 1 || ask.roles > 31 {
        return Err(input("buckets: the width must be 1 or more, with at most 31 roles"));
    }
    ask.codes.check(layout, ask.size)?;
    check_values(layout, ask.values)?;
    if layout.is_empty() {
        return Ok(Cells { roles: vec![Vec::new(); ask.roles], ..Cells::default() });
    }
    let (first, last) = layout.span();
    let stretch = |at: i64| (at + ask.offset).div_euclid(ask.width);
    let (base, columns) = (stretch(first), ask.size + 1);
    let cells = (stretch(last) - base + 1) as usize * columns;
    if cells > MAX_CELLS {
        return Err(input(format!("{cells} cells; at most {MAX_CELLS}: take longer stretches")));
    }
    let table = match tags.by_event() {
        Some(roles) => filled(layout, roles, ask, base, cells, task),
        None => filled(layout, tags, ask, base, cells, task),
    }?;
    Ok(table.finish(ask, base, columns))
}

fn filled(
    layout: &Layout,
    tags: &impl Roles,
    ask: &Buckets<'_>,
    base: i64,
    cells: usize,
    task: &Task,
) -> Result<Table> {
    let stride = FIXED + ask.roles;
    layout.fold(
        task,
        || Table { words: vec![0; cells * stride], value: vec![0; cells] },
        |table, user| {
            let mut stretch = Stretch { from: 0, to: 0, first: 0 };
            let mut run = Run { cell: usize::MAX, rows: 0 };
            for at in layout.range(user) {
                let (row, roles) = tags.at(layout, at);
                if roles & 1 == 0 {
                    continue;
                }
                let code = match ask.codes {
                    Codes::Rows(_) => ask.codes.of(row, layout.source[at]),
                    _ => ask.codes.of(row, 0),
                };
                let first = stretch.of(layout.clock.micros(row), ask, base);
                let cell = first + (code as usize).min(ask.size);
                if cell != run.cell {
                    table.close(stride, &run, user as u32);
                    run = Run { cell, rows: 0 };
                }
                run.rows += 1;
                if roles > 1 {
                    table.count(ask, cell, roles >> 1, layout.source[at]);
                }
            }
            table.close(stride, &run, user as u32);
        },
        Table::add,
    )
}

impl Table {
    /// Add a run of a user's rows to its cell.
    #[inline]
    fn close(&mut self, stride: usize, run: &Run, user: u32) {
        if run.rows > 0 {
            let words = &mut self.words[run.cell * stride..][..FIXED];
            words[0] += run.rows;
            words[1] += u32::from(words[2] != user + 1);
            words[2] = user + 1;
        }
    }

    /// Count the roles of a row apart.
    #[inline]
    fn count(&mut self, ask: &Buckets<'_>, cell: usize, roles: u32, source: u32) {
        if roles & 1 == 1 {
            self.value[cell] += ask.values[source as usize];
        }
        let words = &mut self.words[cell * (FIXED + ask.roles) + FIXED..][..ask.roles];
        for (role, count) in words.iter_mut().enumerate() {
            *count += roles >> role & 1;
        }
    }

    /// Add another table; the last users do not matter any more.
    fn add(&mut self, other: Self) {
        self.words
            .iter_mut()
            .zip(other.words)
            .for_each(|(sum, more)| *sum = sum.wrapping_add(more));
        self.value.iter_mut().zip(other.value).for_each(|(sum, more)| *sum += more);
    }

    fn finish(&self, ask: &Buckets<'_>, base: i64, columns: usize) -> Cells {
        let mut cells = Cells { roles: vec![Vec::new(); ask.roles], ..Cells::default() };
        let all = self.words.chunks_exact(FIXED + ask.roles);
        for (cell, words) in all.enumerate().filter(|(_, words)| words[0] > 0) {
            let code = cell % columns;
            cells.stretch.push(base + (cell / columns) as i64);
            cells.code.push(if code == ask.size { MISSING } else { code as u32 });
            cells.rows.push(words[0]);
            cells.users.push(words[1]);
            cells.value.push(self.value[cell]);
            for (role, column) in cells.roles.iter_mut().enumerate() {
                column.push(words[FIXED + role]);
            }
        }
        cells
    }
}
