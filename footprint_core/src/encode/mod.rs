//! Strings to integer codes.

mod keys;

pub use keys::{recode, strings};

use std::collections::HashMap;

use arrow_array::{Array, LargeStringArray, StringArray, StringViewArray};
use hashbrown::HashTable;
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

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
        self.get(row).map(Fingerprint::of)
    }

    /// 16 bytes that are equal only for equal strings of this array; `u128::MAX` says nothing.
    #[inline]
    #[must_use]
    pub fn view(&self, row: usize) -> Option<u128> {
        match self {
            Self::View(array) => array.is_valid(row).then(|| array.views()[row]),
            _ => self.get(row).map(packed),
        }
    }

    /// A place for a view in a table of repeats; take it modulo the table's size.
    #[inline]
    #[must_use]
    pub fn view_slot(view: u128) -> usize {
        let mixed = (view as u64 ^ (view >> 64) as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15);
        (mixed >> 40) as usize
    }

    fn slice(&self, first: usize, len: usize) -> Self {
        match self {
            Self::View(array) => Self::View(array.slice(first, len)),
            Self::Large(array) => Self::Large(array.slice(first, len)),
            Self::Small(array) => Self::Small(array.slice(first, len)),
        }
    }
}

/// A short string as its own view.
fn packed(text: &str) -> u128 {
    let mut bytes = [0_u8; 16];
    if text.len() > 12 {
        return u128::MAX;
    }
    bytes[0] = text.len() as u8;
    bytes[4..4 + text.len()].copy_from_slice(text.as_bytes());
    u128::from_le_bytes(bytes)
}

/// An integer type that holds codes; its largest value means missing.
pub trait Code: Copy + PartialEq + Send + Sync {
    /// The code of a missing value, and the number of codes there are.
    const MISSING: Self;
    /// `code` when there is one for it.
    fn new(code: usize) -> Option<Self>;
    /// The code as a place in a list.
    fn place(self) -> usize;
}

impl Code for u32 {
    const MISSING: Self = MISSING;

    fn new(code: usize) -> Option<Self> {
        Self::try_from(code).ok().filter(|&code| code != MISSING)
    }

    fn place(self) -> usize {
        self as usize
    }
}

impl Code for u8 {
    const MISSING: Self = Self::MAX;

    fn new(code: usize) -> Option<Self> {
        Self::try_from(code).ok().filter(|&code| code != Self::MAX)
    }

    fn place(self) -> usize {
        usize::from(self)
    }
}

/// Rows coded by one thread at a time.
const PIECE: usize = 1 << 18;

/// Codes by row (missing where null) and the distinct strings, sorted; `None` when the type has
/// too few codes.
#[must_use]
pub fn dictionary<C: Code>(chunks: &[Strings]) -> Option<(Vec<C>, Vec<String>)> {
    let pieces: Vec<Strings> = chunks.iter().flat_map(pieces).collect();
    let mut codes = vec![C::MISSING; pieces.iter().map(Strings::len).sum()];
    let local: Option<Vec<Vec<&str>>> = shares(&mut codes, &pieces)
        .into_par_iter()
        .zip(&pieces)
        .map(|(codes, piece)| piece_codes(piece, codes))
        .collect();
    let local = local?;
    let mut words: Vec<&str> = local.iter().flatten().copied().collect();
    words.sort_unstable();
    words.dedup();
    words.len().checked_sub(1).map_or(Some(C::MISSING), C::new)?;
    let place: HashMap<&str, usize> =
        words.iter().enumerate().map(|(code, &word)| (word, code)).collect();
    shares(&mut codes, &pieces).into_par_iter().zip(&local).for_each(|(codes, words)| {
        let map: Vec<C> =
            words.iter().map(|word| C::new(place[word]).unwrap_or(C::MISSING)).collect();
        for code in codes.iter_mut() {
            *code = map.get(code.place()).copied().unwrap_or(C::MISSING);
        }
    });
    Some((codes, words.into_iter().map(str::to_owned).collect()))
}

fn pieces(strings: &Strings) -> impl Iterator<Item = Strings> + '_ {
    let starts = (0..strings.len()).step_by(PIECE);
    starts.map(|first| strings.slice(first, PIECE.min(strings.len() - first)))
}

fn shares<'c, C>(mut codes: &'c mut [C], pieces: &[Strings]) -> Vec<&'c mut [C]> {
    let mut shares = Vec::with_capacity(pieces.len());
    for piece in pieces {
        let (own, rest) = codes.split_at_mut(piece.len());
        shares.push(own);
        codes = rest;
    }
    shares
}

/// First-seen codes of one piece and its words; `None` when they are too many.
fn piece_codes<'s, C: Code>(strings: &'s Strings, codes: &mut [C]) -> Option<Vec<&'s str>> {
    const CACHE: usize = 1024;
    let mut words: Vec<&str> = Vec::new();
    let mut table: HashTable<(u64, u32)> = HashTable::new();
    let mut seen = [(u128::MAX, C::MISSING); CACHE];
    for (row, code) in codes.iter_mut().enumerate() {
        let Some(view) = strings.view(row) else { continue };
        let slot = &mut seen[Strings::view_slot(view) % CACHE];
        if slot.0 == view && view != u128::MAX {
            *code = slot.1;
            continue;
        }
        let Some(text) = strings.get(row) else { continue };
        let hash = xxh3_64(text.as_bytes());
        let entry =
            table.entry(hash, |&(h, word)| h == hash && words[word as usize] == text, |&(h, _)| h);
        let found = match entry {
            hashbrown::hash_table::Entry::Occupied(found) => found.get().1,
            hashbrown::hash_table::Entry::Vacant(vacant) => {
                let next = words.len() as u32;
                vacant.insert((hash, next));
                words.push(text);
                next
            }
        };
        *code = C::new(found as usize)?;
        *slot = (view, *code);
    }
    Some(words)
}
