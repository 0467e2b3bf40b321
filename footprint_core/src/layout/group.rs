//! Group rows by user and order them by time: two levels, no global sort.
//!
//! Rows are split into 256 parts by the first byte of the user's fingerprint; each part fits the
//! cache, so that users are numbered by a small hash table, rows are placed by counting, and only
//! users whose rows are out of order are sorted. Users come out ordered by fingerprint: the same
//! for every order of the input rows and every number of threads.

use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use hashbrown::HashTable;
use rayon::prelude::*;

use super::{BUCKETS, Clock, Layout, Row};
use crate::error::{Result, input};
use crate::task::Task;

/// 96 bits of a user id's hash. Two ids of a log of 100 million users share one with probability
/// 6e-14, so that ids are never compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint(pub u64, pub u32);

impl Fingerprint {
    fn bucket(self) -> usize {
        (self.0 >> 56) as usize
    }
}

/// The source rows, column by column.
pub struct Input<'a, F> {
    /// User of a row, `None` to leave the row out.
    pub user: F,
    /// Instants in microseconds since the epoch.
    pub micros: &'a [i64],
    /// Event codes.
    pub event: &'a [u8],
    /// Channel codes.
    pub channel: &'a [u8],
    /// The event code that comes last among rows of one instant.
    pub late: Option<u8>,
}

struct Entry {
    user: Fingerprint,
    source: u32,
    row: u64,
}

/// Lay out `source`; also returns one source row of each user, to look its id up.
///
/// # Errors
/// Columns of different lengths, 2^32 rows or more, instants that span 8,900 years, cancellation.
pub fn build<F>(source: &Input<'_, F>, task: &Task) -> Result<(Layout, Vec<u32>)>
where
    F: Fn(usize) -> Option<Fingerprint> + Sync,
{
    let rows = source.micros.len();
    if source.event.len() != rows || source.channel.len() != rows {
        return Err(input(format!(
            "columns differ in length: {rows} instants, {} events, {} channels",
            source.event.len(),
            source.channel.len()
        )));
    }
    if u32::try_from(rows).is_err() {
        return Err(input(format!("{rows} rows are more than one layout holds (4.29e9)")));
    }
    let clock = clock(source)?;
    let parts = scatter(source, clock, task)?;
    let sizes: Vec<usize> = (0..BUCKETS).map(|b| parts.iter().map(|p| p[b].len()).sum()).collect();
    let (mut layout, sample) = assemble(&parts, &sizes, clock, source.late, task)?;
    layout.source_rows = rows;
    Ok((layout, sample))
}

fn clock<F>(source: &Input<'_, F>) -> Result<Clock>
where
    F: Fn(usize) -> Option<Fingerprint> + Sync,
{
    let ends = (0..source.micros.len())
        .into_par_iter()
        .with_min_len(1 << 16)
        .filter(|&i| (source.user)(i).is_some())
        .map(|i| (source.micros[i], source.micros[i]))
        .reduce_with(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let (base, last) = ends.unwrap_or((0, 0));
    let span = last.checked_sub(base).unwrap_or(i64::MAX) as u64;
    let tick = if span <= Row::MAX_STAMP { 1 } else { 1000 };
    if span / tick as u64 > Row::MAX_STAMP {
        return Err(input(format!(
            "instants span {span} microseconds; check the times of the log"
        )));
    }
    Ok(Clock { base, tick })
}

/// Rows of each chunk of the input, split by bucket, in row order.
fn scatter<F>(source: &Input<'_, F>, clock: Clock, task: &Task) -> Result<Vec<Vec<Vec<Entry>>>>
where
    F: Fn(usize) -> Option<Fingerprint> + Sync,
{
    let rows = source.micros.len();
    let chunk = rows.div_ceil(rayon::current_num_threads() * 4).max(1 << 16);
    (0..rows.div_ceil(chunk))
        .into_par_iter()
        .map(|c| {
            let range = c * chunk..rows.min((c + 1) * chunk);
            task.step(range.len())?;
            let expected = range.len() / BUCKETS + range.len() / BUCKETS / 8 + 8;
            let mut parts: Vec<Vec<Entry>> =
                (0..BUCKETS).map(|_| Vec::with_capacity(expected)).collect();
            for i in range {
                let Some(user) = (source.user)(i) else { continue };
                let stamp = (source.micros[i] - clock.base) / clock.tick;
                let row = Row::new(stamp as u64, source.event[i], source.channel[i]).0;
                parts[user.bucket()].push(Entry { user, source: i as u32, row });
            }
            Ok(parts)
        })
        .collect()
}

struct Part {
    /// Rows per user.
    counts: Vec<u32>,
    /// One source row per user.
    sample: Vec<u32>,
}

fn assemble(
    parts: &[Vec<Vec<Entry>>],
    sizes: &[usize],
    clock: Clock,
    late: Option<u8>,
    task: &Task,
) -> Result<(Layout, Vec<u32>)> {
    let total = sizes.iter().sum();
    let (mut rows, mut back) = (vec![0_u64; total], vec![0_u32; total]);
    let slots = split(&mut rows, sizes).into_iter().zip(split(&mut back, sizes));
    let done: Vec<Part> = slots
        .enumerate()
        .collect::<Vec<_>>()
        .into_par_iter()
        .map(|(bucket, (rows, back))| {
            task.step(0)?;
            let entries = parts.iter().flat_map(|part| part[bucket].iter());
            Ok(order_part(entries, rows, back, late))
        })
        .collect::<Result<_>>()?;
    let users: usize = done.iter().map(|part| part.counts.len()).sum();
    let (mut offsets, mut sample) = (Vec::with_capacity(users + 1), Vec::with_capacity(users));
    let (mut buckets, mut at) = (vec![0_u32], 0_i64);
    offsets.push(0);
    for part in done {
        for count in part.counts {
            at += i64::from(count);
            offsets.push(at);
        }
        sample.extend(part.sample);
        buckets.push(sample.len() as u32);
    }
    let layout = Layout {
        rows: ScalarBuffer::from(rows),
        source: ScalarBuffer::from(back),
        offsets: OffsetBuffer::new(ScalarBuffer::from(offsets)),
        buckets,
        clock,
        source_rows: total,
    };
    Ok((layout, sample))
}

fn split<'a, T>(mut whole: &'a mut [T], sizes: &[usize]) -> Vec<&'a mut [T]> {
    let mut pieces = Vec::with_capacity(sizes.len());
    for &size in sizes {
        let (piece, rest) = whole.split_at_mut(size);
        pieces.push(piece);
        whole = rest;
    }
    pieces
}

/// Order one part by (user, instant, late, source row).
fn order_part<'e>(
    entries: impl Iterator<Item = &'e Entry> + Clone,
    rows: &mut [u64],
    back: &mut [u32],
    late: Option<u8>,
) -> Part {
    let (codes, mut users) = number_users(entries.clone(), rows.len());
    // Users in fingerprint order; `rank[code]` is the place of a code.
    let mut by_print: Vec<u32> = (0..users.len() as u32).collect();
    by_print.sort_unstable_by_key(|&code| users[code as usize].print);
    let mut rank = vec![0_u32; users.len()];
    for (place, &code) in by_print.iter().enumerate() {
        rank[code as usize] = place as u32;
    }
    users.sort_unstable_by_key(|user| user.print);
    let mut next = Vec::with_capacity(users.len());
    let mut at = 0;
    for user in &users {
        next.push(at);
        at += user.count;
    }
    for (entry, code) in entries.zip(codes) {
        let slot = &mut next[rank[code as usize] as usize];
        rows[*slot as usize] = entry.row;
        back[*slot as usize] = entry.source;
        *slot += 1;
    }
    let mut scratch = Vec::new();
    let mut start = 0;
    for user in &users {
        let end = start + user.count as usize;
        sort_user(&mut rows[start..end], &mut back[start..end], late, &mut scratch);
        start = end;
    }
    Part {
        counts: users.iter().map(|user| user.count).collect(),
        sample: users.iter().map(|user| user.sample).collect(),
    }
}

struct User {
    print: Fingerprint,
    count: u32,
    sample: u32,
}

/// First-seen codes of the entries' users, and the users.
fn number_users<'e>(
    entries: impl Iterator<Item = &'e Entry>,
    rows: usize,
) -> (Vec<u32>, Vec<User>) {
    let mut table: HashTable<(Fingerprint, u32)> = HashTable::with_capacity(rows / 16 + 16);
    let mut users: Vec<User> = Vec::with_capacity(rows / 16 + 16);
    let mut codes = Vec::with_capacity(rows);
    for entry in entries {
        let found = table.entry(entry.user.0, |(user, _)| *user == entry.user, |(user, _)| user.0);
        let code = found
            .or_insert_with(|| {
                users.push(User { print: entry.user, count: 0, sample: entry.source });
                (entry.user, users.len() as u32 - 1)
            })
            .get()
            .1;
        users[code as usize].count += 1;
        codes.push(code);
    }
    (codes, users)
}

/// Sort one user's rows by (instant, late, source row) unless they already are.
fn sort_user(
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
