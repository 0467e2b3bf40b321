//! Group rows by user and order them by time: two levels, no global sort.
//!
//! Users are numbered first, in the order of their fingerprints: the same for every order of the
//! input rows and every number of threads. Rows are then split into some 256 parts of neighbouring
//! users; each part fits the cache, so that its rows are placed by counting, and only users whose
//! rows are out of order are sorted.

use std::ops::Range;

use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use rayon::prelude::*;

use super::active::Kept;
use super::instants::Instants;
use super::pages::Pages;
use super::timeline::Timeline;
use super::users::Users;
use super::{BUCKETS, Clock, Layout, Row};
use crate::encode::MISSING;
use crate::error::{Result, input};
use crate::task::Task;

/// The source rows, column by column.
pub struct Input<'a> {
    /// Who; rows without a user are left out.
    pub users: Users,
    /// When; rows without an instant are left out.
    pub instants: Instants<'a>,
    /// Event codes.
    pub event: &'a [u8],
    /// Channel codes.
    pub channel: &'a [u8],
    /// The event code that comes last among rows of one instant.
    pub late: Option<u8>,
}

/// A row on its way to its user: the packed row; source row and user.
type Entry = [u64; 2];

fn entry(row: u64, source: usize, user: u32) -> Entry {
    [row, (source as u64) << 32 | u64::from(user)]
}

/// Rows between two threads' borders at least.
const SHARE: usize = 1 << 16;
/// Parts of neighbouring users.
const PARTS: usize = 256;
/// Parts whose entries share one stretch of memory, given back when they are placed.
const GROUP: usize = 16;

/// A layout, and what its users are called.
pub struct Built {
    /// The rows.
    pub layout: Layout,
    /// The users as given.
    pub users: Users,
    /// Code of each user of the layout in `users`.
    pub order: Vec<u32>,
}

/// Lay out `source`.
///
/// # Errors
/// Columns of different lengths, 2^32 rows or more, instants that span 8,900 years, cancellation.
pub fn build(source: Input<'_>, task: &Task) -> Result<Built> {
    let Input { mut users, instants, event, channel, late } = source;
    let rows = instants.len();
    if [users.codes.len(), event.len(), channel.len()] != [rows; 3] {
        return Err(input(format!(
            "columns differ in length: {} users, {rows} instants, {} events, {} channels",
            users.codes.len(),
            event.len(),
            channel.len()
        )));
    }
    if u32::try_from(rows).is_err() {
        return Err(input(format!("{rows} rows are more than one layout holds (4.29e9)")));
    }
    instants.leave_out(&mut users.codes);
    let seen = instants.seen(&users.codes);
    let clock = Clock::of(seen.first, seen.last)?;
    let whole = users.codes.iter().all(|&code| code != MISSING);
    let (numbers, order) = numbered(&users);
    renumber(&mut users.codes, &numbers);
    drop(numbers);
    let parts = Parts::for_users(order.len());
    let columns = Columns { numbers: &users.codes, instants: &instants, event, channel, clock };
    let entries = scatter(&columns, &parts, task)?;
    users.codes = Vec::new();
    let (rows_of, back, offsets) = assemble(entries, &parts, late, task)?;
    let timeline = (seen.ascending && whole).then(|| Timeline::of(&instants, event)).flatten();
    let prints = order.iter().map(|&code| users.print(code));
    let layout = Layout {
        rows: rows_of.into_buffer(),
        source: back.into_buffer(),
        offsets: OffsetBuffer::new(ScalarBuffer::from(offsets)),
        buckets: buckets(prints.map(super::Fingerprint::bucket)),
        clock,
        source_rows: rows,
        timeline,
        kept: Kept::default(),
    };
    Ok(Built { layout, users, order })
}

impl Clock {
    /// The clock of a log from `first` to `last` (microseconds).
    ///
    /// # Errors
    /// They lie too far apart.
    pub fn of(first: i64, last: i64) -> Result<Self> {
        let span = last.checked_sub(first).unwrap_or(i64::MAX) as u64;
        let tick = if span <= Row::MAX_STAMP { 1 } else { 1000 };
        if span / tick as u64 > Row::MAX_STAMP {
            return Err(input(format!(
                "instants span {span} microseconds; check the times of the log"
            )));
        }
        Ok(Self { base: first, tick })
    }
}

/// Where the users of each bucket begin, and the end; `bucket` ascends.
pub fn buckets(bucket: impl Iterator<Item = usize>) -> Vec<u32> {
    let mut begins = vec![0_u32; BUCKETS + 1];
    bucket.for_each(|bucket| begins[bucket + 1] += 1);
    (0..BUCKETS).for_each(|bucket| begins[bucket + 1] += begins[bucket]);
    begins
}

/// The number of each code in fingerprint order, and the code of each number; codes without a row
/// get no number.
fn numbered(users: &Users) -> (Vec<u32>, Vec<u32>) {
    let mut there = vec![false; users.len()];
    for &code in users.codes.iter().filter(|code| **code != MISSING) {
        there[code as usize] = true;
    }
    let mut groups: Vec<Vec<(super::Fingerprint, u32)>> = vec![Vec::new(); BUCKETS];
    for code in (0..there.len()).filter(|&code| there[code]) {
        let print = users.print(code as u32);
        groups[print.bucket()].push((print, code as u32));
    }
    groups.par_iter_mut().for_each(|group| group.sort_unstable());
    let order: Vec<u32> = groups.iter().flatten().map(|&(_, code)| code).collect();
    let mut numbers = vec![MISSING; there.len()];
    for (number, &code) in order.iter().enumerate() {
        numbers[code as usize] = number as u32;
    }
    (numbers, order)
}

fn renumber(codes: &mut [u32], numbers: &[u32]) {
    codes.par_chunks_mut(SHARE).for_each(|codes| {
        for code in codes.iter_mut().filter(|code| **code != MISSING) {
            *code = numbers[*code as usize];
        }
    });
}

/// Parts of `1 << shift` neighbouring users each.
struct Parts {
    shift: u32,
    count: usize,
    users: usize,
}

impl Parts {
    fn for_users(users: usize) -> Self {
        let shift = users.div_ceil(PARTS).max(1).next_power_of_two().trailing_zeros();
        Self { shift, count: users.div_ceil(1 << shift), users }
    }

    #[inline]
    fn of(&self, user: u32) -> usize {
        (user >> self.shift) as usize
    }

    fn range(&self, part: usize) -> Range<usize> {
        part << self.shift..((part + 1) << self.shift).min(self.users)
    }
}

struct Columns<'a> {
    numbers: &'a [u32],
    instants: &'a Instants<'a>,
    event: &'a [u8],
    channel: &'a [u8],
    clock: Clock,
}

/// Entries of [`GROUP`] parts, part after part, each in row order.
struct Group {
    entries: Pages<Entry>,
    /// Entries of each part.
    sizes: Vec<usize>,
}

/// Rows split by part.
fn scatter(columns: &Columns<'_>, parts: &Parts, task: &Task) -> Result<Vec<Group>> {
    let rows = columns.numbers.len();
    let share = rows.div_ceil(rayon::current_num_threads()).max(SHARE);
    let shares: Vec<Range<usize>> =
        (0..rows).step_by(share).map(|at| at..rows.min(at + share)).collect();
    let sizes: Vec<Vec<usize>> = shares
        .par_iter()
        .map(|range| {
            let mut sizes = vec![0; parts.count];
            for &user in columns.numbers[range.clone()].iter().filter(|user| **user != MISSING) {
                sizes[parts.of(user)] += 1;
            }
            sizes
        })
        .collect();
    let of_part = |part: usize| sizes.iter().map(|share| share[part]).sum::<usize>();
    let mut groups: Vec<Group> = (0..parts.count)
        .step_by(GROUP)
        .map(|first| {
            let sizes: Vec<usize> = (first..parts.count.min(first + GROUP)).map(of_part).collect();
            Group { entries: Pages::zeroed(sizes.iter().sum()), sizes }
        })
        .collect();
    let mut slots: Vec<Vec<&mut [Entry]>> = shares.iter().map(|_| Vec::new()).collect();
    for (number, group) in groups.iter_mut().enumerate() {
        let mut rest = &mut group.entries[..];
        for part in number * GROUP..number * GROUP + group.sizes.len() {
            for (share, slots) in sizes.iter().zip(&mut slots) {
                let (own, after) = rest.split_at_mut(share[part]);
                slots.push(own);
                rest = after;
            }
        }
    }
    shares
        .into_par_iter()
        .zip(slots)
        .try_for_each(|(range, slots)| split(columns, parts, range, slots, task))?;
    Ok(groups)
}

fn split(
    columns: &Columns<'_>,
    parts: &Parts,
    range: Range<usize>,
    mut slots: Vec<&mut [Entry]>,
    task: &Task,
) -> Result<()> {
    let mut next = vec![0_usize; parts.count];
    let Clock { base, tick } = columns.clock;
    for block in range.clone().step_by(SHARE) {
        let block = block..range.end.min(block + SHARE);
        task.step(block.len())?;
        columns.instants.each(block, |source, micros| {
            let user = columns.numbers[source];
            if user != MISSING {
                let since = micros - base;
                let stamp = if tick == 1 { since } else { since / tick };
                let row = Row::new(stamp as u64, columns.event[source], columns.channel[source]).0;
                let part = parts.of(user);
                slots[part][next[part]] = entry(row, source, user);
                next[part] += 1;
            }
        });
    }
    Ok(())
}

/// Rows, their source rows and the users' offsets.
type Ordered = (Pages<u64>, Pages<u32>, Vec<i64>);

fn assemble(groups: Vec<Group>, parts: &Parts, late: Option<u8>, task: &Task) -> Result<Ordered> {
    let sizes: Vec<usize> = groups.iter().flat_map(|group| group.sizes.iter().copied()).collect();
    let total = sizes.iter().sum();
    let (mut rows, mut back) = (Pages::zeroed(total), Pages::zeroed(total));
    let mut offsets = vec![0_i64; parts.users + 1];
    let users: Vec<usize> = (0..parts.count).map(|part| parts.range(part).len()).collect();
    let mut start = 0;
    let mut slots = pieces(&mut rows, &sizes)
        .into_iter()
        .zip(pieces(&mut back, &sizes))
        .zip(pieces(&mut offsets[1..], &users))
        .enumerate()
        .map(|(part, ((rows, back), ends))| {
            start += rows.len();
            let first = parts.range(part).start as u32;
            Slots { begin: (start - rows.len()) as i64, rows, back, ends, first }
        });
    for group in groups {
        task.step(0)?;
        let mut rest = &group.entries[..];
        let work: Vec<(&[Entry], Slots<'_>)> = group
            .sizes
            .iter()
            .zip(slots.by_ref())
            .map(|(&size, slots)| {
                let (own, after) = rest.split_at(size);
                rest = after;
                (own, slots)
            })
            .collect();
        work.into_par_iter().for_each(|(entries, slots)| order_part(entries, slots, late));
    }
    drop(slots);
    Ok((rows, back, offsets))
}

fn pieces<'a, T>(mut whole: &'a mut [T], sizes: &[usize]) -> Vec<&'a mut [T]> {
    let mut pieces = Vec::with_capacity(sizes.len());
    for &size in sizes {
        let (piece, rest) = whole.split_at_mut(size);
        pieces.push(piece);
        whole = rest;
    }
    pieces
}

/// Where the rows of a part go.
struct Slots<'a> {
    rows: &'a mut [u64],
    back: &'a mut [u32],
    /// Last offsets of its users.
    ends: &'a mut [i64],
    /// First offset.
    begin: i64,
    /// Its first user.
    first: u32,
}

/// Order one part by (user, instant, late, source row).
fn order_part(entries: &[Entry], slots: Slots<'_>, late: Option<u8>) {
    let Slots { rows, back, ends, begin, first } = slots;
    let user = |entry: &Entry| (entry[1] as u32 - first) as usize;
    let mut next = vec![0_u32; ends.len() + 1];
    entries.iter().for_each(|entry| next[user(entry) + 1] += 1);
    (1..next.len()).for_each(|user| next[user] += next[user - 1]);
    let begins = next.clone();
    for entry in entries {
        let slot = &mut next[user(entry)];
        rows[*slot as usize] = entry[0];
        back[*slot as usize] = (entry[1] >> 32) as u32;
        *slot += 1;
    }
    let mut scratch = Vec::new();
    for (user, end) in ends.iter_mut().enumerate() {
        let range = begins[user] as usize..begins[user + 1] as usize;
        *end = begin + range.end as i64;
        sort_user(&mut rows[range.clone()], &mut back[range], late, &mut scratch);
    }
}

/// Sort one user's rows by (instant, late, source row) unless they already are.
pub fn sort_user(
    rows: &mut [u64],
    back: &mut [u32],
    late: Option<u8>,
    scratch: &mut Vec<(u64, u32, u64)>,
) {
    let key = |row: u64| Row(row).stamp() << 1 | u64::from(Some(Row(row).event()) == late);
    if rows.windows(2).all(|pair| key(pair[0]) <= key(pair[1])) {
        return;
    }
    scratch.clear();
    scratch.extend(rows.iter().zip(back.iter()).map(|(&row, &source)| (key(row), source, row)));
    scratch.sort_unstable();
    for ((row, source), (_, old, word)) in rows.iter_mut().zip(back.iter_mut()).zip(scratch.iter())
    {
        (*row, *source) = (*word, *old);
    }
}
