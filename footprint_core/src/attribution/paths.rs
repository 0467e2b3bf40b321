//! Path tables: distinct paths with conversions, value and journeys without conversion.

use std::sync::OnceLock;

use hashbrown::HashTable;
use rayon::prelude::*;
use xxhash_rust::xxh3::xxh3_64;

/// A path: touch codes in order.
pub type Path = [u16];

/// What happened at the end of the journeys of one path.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Journeys that ended in a conversion.
    pub conversions: u64,
    /// Value of those conversions in cents.
    pub value: i64,
    /// Journeys that ended without one.
    pub nulls: u64,
}

impl Counts {
    /// Journeys of the path.
    #[must_use]
    pub fn journeys(&self) -> u64 {
        self.conversions + self.nulls
    }

    fn add(&mut self, other: Self) {
        self.conversions += other.conversions;
        self.value += other.value;
        self.nulls += other.nulls;
    }
}

/// Distinct paths and their counts.
#[derive(Debug, Default, Clone)]
pub struct PathTable {
    codes: Vec<u16>,
    /// End of each path in `codes`.
    ends: Vec<usize>,
    counts: Vec<Counts>,
    /// Hash and number of every path; made when a path is first looked for.
    index: OnceLock<HashTable<(u64, u32)>>,
}

impl PathTable {
    /// Number of distinct paths.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there is no path.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The path with number `at`.
    #[must_use]
    pub fn path(&self, at: usize) -> &Path {
        let start = at.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.codes[start..self.ends[at]]
    }

    /// Its counts.
    #[must_use]
    pub fn counts(&self, at: usize) -> Counts {
        self.counts[at]
    }

    /// Paths and counts in table order.
    pub fn iter(&self) -> impl Iterator<Item = (&Path, Counts)> {
        (0..self.len()).map(|at| (self.path(at), self.counts[at]))
    }

    /// The counts of exactly this path, if it occurred.
    #[must_use]
    pub fn find(&self, path: &Path) -> Option<Counts> {
        let index = self.index.get_or_init(|| self.indexed());
        let hash = hash(path);
        let found = index.find(hash, |&(h, at)| h == hash && self.path(at as usize) == path);
        found.map(|&(_, at)| self.counts[at as usize])
    }

    /// Add `more` to the counts of `path`.
    pub fn add(&mut self, path: &Path, more: Counts) {
        let mut index = self.index.take().unwrap_or_else(|| self.indexed());
        let hash = hash(path);
        let same = |&(h, at): &(u64, u32)| h == hash && self.path(at as usize) == path;
        let found = index.find(hash, same).map(|&(_, at)| at);
        if let Some(at) = found {
            self.counts[at as usize].add(more);
        } else {
            index.insert_unique(hash, (hash, self.len() as u32), |&(h, _)| h);
            self.push(path, more);
        }
        self.index = OnceLock::from(index);
    }

    /// The same table with its paths in ascending order.
    #[must_use]
    pub fn sorted(&self) -> Self {
        Self::merged([self])
    }

    /// All paths of some tables in ascending order, equal ones together.
    pub fn merged<'t>(tables: impl IntoIterator<Item = &'t Self>) -> Self {
        let tables: Vec<&Self> = tables.into_iter().collect();
        let mut order: Vec<(u128, u32, u32)> =
            Vec::with_capacity(tables.iter().map(|table| table.len()).sum());
        for (number, table) in tables.iter().enumerate() {
            let key = |at: usize| (head(table.path(at)), number as u32, at as u32);
            order.extend((0..table.len()).map(key));
        }
        let rest = |&(_, table, at): &(u128, u32, u32)| {
            let path = tables[table as usize].path(at as usize);
            path.get(HEAD..).unwrap_or_default()
        };
        order.par_sort_unstable_by(|a, b| {
            a.0.cmp(&b.0).then_with(|| rest(a).cmp(rest(b))).then((a.1, a.2).cmp(&(b.1, b.2)))
        });
        let equal = |a: &(u128, u32, u32), b: &(u128, u32, u32)| a.0 == b.0 && rest(a) == rest(b);
        let mut merged = Self::default();
        for same in order.chunk_by(equal) {
            let mut counts = Counts::default();
            for &(_, table, at) in same {
                counts.add(tables[table as usize].counts(at as usize));
            }
            let (_, table, at) = same[0];
            merged.push(tables[table as usize].path(at as usize), counts);
        }
        merged
    }

    /// Numbers of the paths by falling conversions, then falling nulls, then table order.
    #[must_use]
    pub fn by_conversions(&self) -> Vec<u32> {
        let mut order: Vec<(u64, u64, u32)> = (0..self.len())
            .map(|at| (!self.counts[at].conversions, !self.counts[at].nulls, at as u32))
            .collect();
        order.sort_unstable();
        order.into_iter().map(|(_, _, at)| at).collect()
    }

    /// Sum of all counts.
    #[must_use]
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        self.counts.iter().for_each(|&counts| total.add(counts));
        total
    }

    /// A path that is not in the table yet.
    fn push(&mut self, path: &Path, counts: Counts) {
        self.codes.extend_from_slice(path);
        self.ends.push(self.codes.len());
        self.counts.push(counts);
    }

    fn indexed(&self) -> HashTable<(u64, u32)> {
        let mut index = HashTable::with_capacity(self.len());
        for at in 0..self.len() {
            let hash = hash(self.path(at));
            index.insert_unique(hash, (hash, at as u32), |&(h, _)| h);
        }
        index
    }
}

/// Codes of a path that make its head.
const HEAD: usize = 8;

/// The first codes of a path in one number that compares as they do; shorter paths come first.
fn head(path: &Path) -> u128 {
    let code = |at: usize| path.get(at).map_or(0, |&code| u128::from(code) + 1);
    // Codes stay below 65,535, so that one more still fits.
    (0..HEAD).fold(0, |head, at| head << 16 | code(at))
}

fn hash(path: &Path) -> u64 {
    // Codes of one table are hashed in memory order; the hash never leaves the process.
    let mut bytes = [0_u8; 64];
    if path.len() <= 32 {
        for (pair, code) in bytes.chunks_exact_mut(2).zip(path) {
            pair.copy_from_slice(&code.to_ne_bytes());
        }
        return xxh3_64(&bytes[..path.len() * 2]);
    }
    let long: Vec<u8> = path.iter().flat_map(|code| code.to_ne_bytes()).collect();
    xxh3_64(&long)
}

/// Order-1 steps of all journeys, ascending: touch codes, then start, conversion and null as the
/// three codes from `touches` on. Steps of a touch onto itself are left out.
#[must_use]
pub fn steps(paths: &PathTable, touches: u32) -> Vec<((u32, u32), u64)> {
    let (start, conversion, null) = (touches, touches + 1, touches + 2);
    let mut steps = std::collections::BTreeMap::new();
    for (path, counts) in paths.iter() {
        let mut from = start;
        for to in path.iter().map(|&code| u32::from(code)) {
            if to != from {
                *steps.entry((from, to)).or_insert(0) += counts.journeys();
            }
            from = to;
        }
        for (to, n) in [(conversion, counts.conversions), (null, counts.nulls)] {
            if n > 0 {
                *steps.entry((from, to)).or_insert(0) += n;
            }
        }
    }
    steps.into_iter().collect()
}
