//! Path tables: distinct paths with conversions, value and journeys without conversion.

use hashbrown::HashTable;
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
    index: HashTable<(u64, u32)>,
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
        let hash = hash(path);
        let found = self.index.find(hash, |&(h, at)| h == hash && self.path(at as usize) == path);
        found.map(|&(_, at)| self.counts[at as usize])
    }

    /// Add `more` to the counts of `path`.
    pub fn add(&mut self, path: &Path, more: Counts) {
        let hash = hash(path);
        let (codes, ends) = (&self.codes, &self.ends);
        let same = |at: u32| {
            let at = at as usize;
            let start = at.checked_sub(1).map_or(0, |before| ends[before]);
            &codes[start..ends[at]] == path
        };
        if let Some(&(_, at)) = self.index.find(hash, |&(h, at)| h == hash && same(at)) {
            self.counts[at as usize].add(more);
            return;
        }
        let at = self.len() as u32;
        self.index.insert_unique(hash, (hash, at), |&(h, _)| h);
        self.codes.extend_from_slice(path);
        self.ends.push(self.codes.len());
        self.counts.push(more);
    }

    /// The same table with its paths in ascending order.
    #[must_use]
    pub fn sorted(&self) -> Self {
        let mut order: Vec<usize> = (0..self.len()).collect();
        order.sort_unstable_by(|&a, &b| self.path(a).cmp(self.path(b)));
        let mut sorted = Self::default();
        for at in order {
            sorted.add(self.path(at), self.counts[at]);
        }
        sorted
    }

    /// Sum of all counts.
    #[must_use]
    pub fn total(&self) -> Counts {
        let mut total = Counts::default();
        self.counts.iter().for_each(|&counts| total.add(counts));
        total
    }
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
