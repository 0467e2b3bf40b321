//! Users of the source rows as integer codes, whatever their ids are.
//!
//! Ids may be strings, numbers of any width, or dictionary codes. A number counts as its decimal
//! text, so that a log answers the same however its ids are written. Numbers without large gaps
//! become codes by subtraction; everything else goes through a table of 96-bit fingerprints.

use arrow_array::cast::AsArray;
use arrow_array::types::ArrowPrimitiveType;
use arrow_array::{Array, ArrayRef, PrimitiveArray};
use arrow_buffer::ArrowNativeType;
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_128;

use super::intern::{Interner, spread};
use crate::encode::{MISSING, Strings};

/// 96 bits of a user id's hash. Two ids of a log of 100 million users share one with probability
/// 6e-14, so that ids are never compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Fingerprint(pub u64, pub u32);

impl Fingerprint {
    /// The fingerprint of an id's text.
    #[inline]
    #[must_use]
    pub fn of(text: &str) -> Self {
        let hash = xxh3_128(text.as_bytes());
        Self((hash >> 64) as u64, hash as u32)
    }

    /// The group of users it belongs to.
    #[inline]
    #[must_use]
    pub fn bucket(self) -> usize {
        (self.0 >> 56) as usize
    }
}

/// What a code stands for.
#[derive(Debug)]
enum Names {
    /// Fingerprint, and a source row that shows the id.
    Rows(Vec<Fingerprint>, Vec<u32>),
    /// The number `base + code`; how many codes there are.
    From(i64, usize),
    /// A number each.
    Listed(Vec<i64>),
}

/// The user of every source row.
#[derive(Debug)]
pub struct Users {
    /// By source row; [`MISSING`] leaves the row out.
    pub codes: Vec<u32>,
    names: Names,
}

/// Rows between two threads' borders at least.
const SHARE: usize = 1 << 16;

impl Users {
    /// Users known by their fingerprints, `None` to leave a row out.
    pub fn of_prints(prints: impl Iterator<Item = Option<Fingerprint>>) -> Self {
        let mut table = Interner::new();
        let code = |(row, print): (usize, Option<Fingerprint>)| {
            print.map_or(MISSING, |print| table.code(spread(print.0), print, row as u32))
        };
        let codes = prints.enumerate().map(code).collect();
        let (prints, first) = table.into_parts();
        Self { codes, names: Names::Rows(prints, first) }
    }

    /// Users by string ids.
    #[must_use]
    pub fn of_strings(chunks: &[Strings]) -> Self {
        let (codes, tables) = shared(chunks, Strings::len, |chunks, first, codes| {
            let mut table = Interner::new();
            let mut at = 0;
            for strings in chunks {
                let codes = &mut codes[at..at + strings.len()];
                code_strings(strings, first + at, codes, &mut table);
                at += strings.len();
            }
            table
        });
        let (codes, prints, first) = merged(codes, tables);
        Self { codes, names: Names::Rows(prints, first) }
    }

    /// Users by whole numbers that fit 64 bits with a sign.
    #[must_use]
    pub fn of_numbers<T: ArrowPrimitiveType>(chunks: &[ArrayRef]) -> Self {
        let arrays: Vec<&PrimitiveArray<T>> = chunks.iter().map(AsArray::as_primitive).collect();
        let rows: usize = arrays.iter().map(|array| Array::len(*array)).sum();
        let ends = arrays.par_iter().filter_map(|array| ends(array)).collect::<Vec<_>>();
        let Some(low) = ends.iter().map(|end| end.0).min() else {
            return Self { codes: vec![MISSING; rows], names: Names::From(0, 0) };
        };
        let high = ends.iter().map(|end| end.1).max().unwrap_or(low);
        let span = i128::from(high) - i128::from(low);
        if span < (rows as i128 * 4).max(1 << 16) && span < i128::from(MISSING) {
            let (codes, _) = shared(
                &arrays,
                |array| Array::len(*array),
                |arrays, _, codes| {
                    let ids = arrays.iter().flat_map(|array| ids(array));
                    for (code, id) in codes.iter_mut().zip(ids) {
                        *code = id.map_or(MISSING, |id| id.wrapping_sub(low) as u32);
                    }
                },
            );
            return Self { codes, names: Names::From(low, span as usize + 1) };
        }
        let (codes, tables) = shared(
            &arrays,
            |array| Array::len(*array),
            |arrays, first, codes| {
                let mut table = Interner::new();
                let ids = arrays.iter().flat_map(|array| ids(array)).enumerate();
                for (code, (at, id)) in codes.iter_mut().zip(ids) {
                    let Some(id) = id else { continue };
                    let key = Fingerprint(id as u64, 0);
                    *code = table.code(spread(key.0), key, (first + at) as u32);
                }
                table
            },
        );
        let (codes, keys, _) = merged(codes, tables);
        Self { codes, names: Names::Listed(keys.iter().map(|key| key.0 as i64).collect()) }
    }

    /// Users by codes of a dictionary: `keys` by row, and what each stands for.
    #[must_use]
    pub fn of_dictionary(keys: Vec<u32>, words: &[String]) -> Self {
        let prints = words.iter().map(|word| Fingerprint::of(word)).collect();
        let mut first = vec![0; words.len()];
        for (row, &key) in keys.iter().enumerate().rev().filter(|(_, key)| **key != MISSING) {
            first[key as usize] = row as u32;
        }
        Self { codes: keys, names: Names::Rows(prints, first) }
    }

    /// Number of codes; some may have no row.
    #[must_use]
    pub fn len(&self) -> usize {
        match &self.names {
            Names::Rows(prints, _) => prints.len(),
            Names::From(_, count) => *count,
            Names::Listed(ids) => ids.len(),
        }
    }

    /// Whether there is no code.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The number a code stands for, or a source row that shows its id.
    #[must_use]
    pub fn name(&self, code: u32) -> Name {
        match &self.names {
            Names::Rows(_, first) => Name::Row(first[code as usize]),
            Names::From(base, _) => Name::Number(base.wrapping_add(i64::from(code))),
            Names::Listed(ids) => Name::Number(ids[code as usize]),
        }
    }

    /// The fingerprint of a code.
    #[must_use]
    pub fn print(&self, code: u32) -> Fingerprint {
        let of = |id: i64| decimal(id, Fingerprint::of);
        match &self.names {
            Names::Rows(prints, _) => prints[code as usize],
            Names::From(base, _) => of(base.wrapping_add(i64::from(code))),
            Names::Listed(ids) => of(ids[code as usize]),
        }
    }
}

/// How a user's id is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Name {
    /// In this source row.
    Row(u32),
    /// It is this number.
    Number(i64),
}

/// Hand the decimal digits of `id` to `with`.
pub fn decimal<T>(id: i64, with: impl FnOnce(&str) -> T) -> T {
    let mut digits = [0_u8; 20];
    let (mut at, mut rest) = (digits.len(), id.unsigned_abs());
    loop {
        at -= 1;
        digits[at] = b'0' + (rest % 10) as u8;
        rest /= 10;
        if rest == 0 {
            break;
        }
    }
    if id < 0 {
        at -= 1;
        digits[at] = b'-';
    }
    with(std::str::from_utf8(&digits[at..]).unwrap_or_default())
}

fn ids<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>) -> impl Iterator<Item = Option<i64>> {
    let nulls = array.nulls().filter(|nulls| nulls.null_count() > 0);
    array.values().iter().enumerate().map(move |(row, id)| {
        let missing = nulls.is_some_and(|nulls| nulls.is_null(row));
        if missing { None } else { id.to_i64() }
    })
}

fn ends<T: ArrowPrimitiveType>(array: &PrimitiveArray<T>) -> Option<(i64, i64)> {
    ids(array).flatten().fold(None, |ends, id| {
        let (low, high) = ends.unwrap_or((id, id));
        Some((low.min(id), high.max(id)))
    })
}

/// Codes by row and what `work` (chunks, first row, their codes) gave for each thread's share.
fn shared<C: Sync, T: Send>(
    chunks: &[C],
    len: impl Fn(&C) -> usize,
    work: impl Fn(&[C], usize, &mut [u32]) -> T + Sync,
) -> (Vec<u32>, Vec<(usize, T)>) {
    let rows: usize = chunks.iter().map(&len).sum();
    let share = rows.div_ceil(rayon::current_num_threads()).max(SHARE);
    let mut codes = vec![MISSING; rows];
    let (mut shares, mut rest) = (Vec::new(), &mut codes[..]);
    let (mut first, mut begin) = (0, 0);
    while begin < chunks.len() {
        let (mut size, mut end) = (0, begin);
        while end < chunks.len() && (size < share || len(&chunks[end]) == 0) {
            size += len(&chunks[end]);
            end += 1;
        }
        let (own, after) = rest.split_at_mut(size);
        shares.push((&chunks[begin..end], first, own));
        (rest, first, begin) = (after, first + size, end);
    }
    let done = shares
        .into_par_iter()
        .map(|(chunks, first, own)| (own.len(), work(chunks, first, own)))
        .collect();
    (codes, done)
}

/// Codes of one table from the codes of each share's own table.
fn merged(
    mut codes: Vec<u32>,
    tables: Vec<(usize, Interner)>,
) -> (Vec<u32>, Vec<Fingerprint>, Vec<u32>) {
    let mut tables = tables.into_iter();
    let Some((mut at, mut whole)) = tables.next() else { return (codes, Vec::new(), Vec::new()) };
    for (rows, table) in tables {
        let (keys, first) = table.into_parts();
        let map: Vec<u32> = keys
            .iter()
            .zip(&first)
            .map(|(&key, &row)| whole.code(spread(key.0), key, row))
            .collect();
        codes[at..at + rows]
            .par_iter_mut()
            .with_min_len(SHARE)
            .filter(|code| **code != MISSING)
            .for_each(|code| *code = map[*code as usize]);
        at += rows;
    }
    let (keys, first) = whole.into_parts();
    (codes, keys, first)
}

/// Users come in visits: most rows belong to one of the users seen just before.
const RECENT: usize = 1 << 12;

fn code_strings(strings: &Strings, first: usize, codes: &mut [u32], table: &mut Interner) {
    let mut recent = vec![(u128::MAX, 0_u32); RECENT];
    for (row, code) in codes.iter_mut().enumerate() {
        let Some(view) = strings.view(row) else { continue };
        let slot = &mut recent[Strings::view_slot(view) % RECENT];
        if slot.0 == view && view != u128::MAX {
            *code = slot.1;
            continue;
        }
        let Some(print) = strings.fingerprint(row) else { continue };
        *code = table.code(spread(print.0), print, (first + row) as u32);
        *slot = (view, *code);
    }
}
