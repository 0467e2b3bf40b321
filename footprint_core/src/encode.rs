//! Strings to integer codes.

use std::collections::HashMap;

use arrow_array::{Array, LargeStringArray, StringArray, StringViewArray};
use hashbrown::HashTable;
use rayon::prelude::*;
use xxhash_rust::xxh3::{xxh3_64, xxh3_128};

use crate::layout::Fingerprint;

/// The code of a missing value.
pub const MISSING: u32 = u32::MAX;

/// A string column in one of Arrow's three shapes.
#[derive(Debug, Clone)]
pub enum Strings {
    /// 16-byte views, as polars exports.
    View(StringViewArray),
    /// 64-bit offsets.
    Large(LargeStringArray),
    /// 32-bit offsets.
    Small(StringArray),
}

impl Strings {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        match self {
            Self::View(array) => array.len(),
            Self::Large(array) => array.len(),
            Self::Small(array) => array.len(),
        }
    }

    /// Whether there is no row.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The string of a row, `None` where missing.
    #[inline]
    #[must_use]
    pub fn get(&self, row: usize) -> Option<&str> {
        match self {
            Self::View(array) => array.is_valid(row).then(|| array.value(row)),
            Self::Large(array) => array.is_valid(row).then(|| array.value(row)),
            Self::Small(array) => array.is_valid(row).then(|| array.value(row)),
        }
    }

    /// The fingerprint of a row's string.
    #[inline]
    #[must_use]
    pub fn fingerprint(&self, row: usize) -> Option<Fingerprint> {
        self.get(row).map(|text| {
            let hash = xxh3_128(text.as_bytes());
            Fingerprint((hash >> 64) as u64, hash as u32)
        })
    }

    /// Equal views are equal strings; lets repeats skip the hash table.
    #[inline]
    fn view(&self, row: usize) -> u128 {
        match self {
            Self::View(array) if array.is_valid(row) => array.views()[row],
            _ => u128::MAX,
        }
    }
}

/// Codes by row ([`MISSING`] where null) and the distinct strings, sorted.
#[must_use]
pub fn dictionary(strings: &Strings) -> (Vec<u32>, Vec<String>) {
    let chunk = strings.len().div_ceil(rayon::current_num_threads()).max(1 << 14);
    let mut codes = vec![MISSING; strings.len()];
    let local: Vec<Vec<&str>> = codes
        .par_chunks_mut(chunk)
        .enumerate()
        .map(|(c, codes)| chunk_codes(strings, c * chunk, codes))
        .collect();
    let mut words: Vec<&str> = local.iter().flatten().copied().collect();
    words.sort_unstable();
    words.dedup();
    let place: HashMap<&str, u32> =
        words.iter().enumerate().map(|(code, &word)| (word, code as u32)).collect();
    codes.par_chunks_mut(chunk).zip(&local).for_each(|(codes, words)| {
        let map: Vec<u32> = words.iter().map(|word| place[word]).collect();
        for code in codes.iter_mut().filter(|code| **code != MISSING) {
            *code = map[*code as usize];
        }
    });
    (codes, words.into_iter().map(str::to_owned).collect())
}

/// First-seen codes of one chunk.
fn chunk_codes<'s>(strings: &'s Strings, first: usize, codes: &mut [u32]) -> Vec<&'s str> {
    const CACHE: usize = 1024;
    let mut words: Vec<&str> = Vec::new();
    let mut table: HashTable<(u64, u32)> = HashTable::new();
    let mut seen = vec![(u128::MAX, 0_u32); CACHE];
    for (i, code) in codes.iter_mut().enumerate() {
        let Some(text) = strings.get(first + i) else { continue };
        let view = strings.view(first + i);
        let slot = &mut seen[view_slot(view) % CACHE];
        if slot.0 == view && view != u128::MAX {
            *code = slot.1;
            continue;
        }
        let hash = xxh3_64(text.as_bytes());
        let entry =
            table.entry(hash, |&(h, word)| h == hash && words[word as usize] == text, |&(h, _)| h);
        *code = match entry {
            hashbrown::hash_table::Entry::Occupied(found) => found.get().1,
            hashbrown::hash_table::Entry::Vacant(vacant) => {
                let next = words.len() as u32;
                vacant.insert((hash, next));
                words.push(text);
                next
            }
        };
        *slot = (view, *code);
    }
    words
}

#[inline]
fn view_slot(view: u128) -> usize {
    let mixed = (view as u64 ^ (view >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    (mixed >> 40) as usize
}
