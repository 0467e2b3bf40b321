//! Most distinct steps inside one window, in any order, each row used once.

use super::{Best, Chain, Funnel, MAX_STEPS, NOTHING, Seen};

/// The best window of one user: the earliest end, and its latest start, of the highest level.
pub fn read(ask: &Funnel, seen: &[Seen]) -> Best {
    let rows: Vec<Seen> = seen
        .iter()
        .map(|row| Seen { roles: row.roles & ask.step_bits(), ..*row })
        .filter(|row| row.roles != 0 && row.at >= ask.starts.0)
        .collect();
    let shared = rows.iter().any(|row| !row.roles.is_power_of_two());
    let mut best = NOTHING;
    let mut inside = Inside::default();
    let (mut first, mut last) = (0, 0);
    while last < rows.len() {
        let now = rows[last].at;
        while last < rows.len() && rows[last].at == now {
            inside.add(rows[last].roles);
            last += 1;
        }
        while now.saturating_sub(rows[first].at) > ask.window {
            inside.drop(rows[first].roles);
            first += 1;
        }
        let level = if shared { matched(&rows[first..last]) } else { inside.distinct };
        if level > best.level {
            let early = rows[first..last].iter().take_while(|row| row.at < ask.starts.1).count();
            let Some(start) = latest_start(&rows[first..last], early, level, shared) else {
                continue;
            };
            let from = &rows[first + start];
            let chain = Chain::begin(from.at, from.source);
            best = Best { level, start: chain, end: now, end_row: rows[last - 1].source };
        }
    }
    best
}

/// How many rows of each step are inside the window.
#[derive(Default)]
struct Inside {
    counts: [u32; MAX_STEPS],
    distinct: usize,
}

impl Inside {
    fn add(&mut self, roles: u32) {
        let count = &mut self.counts[roles.trailing_zeros() as usize];
        self.distinct += usize::from(*count == 0);
        *count += 1;
    }

    fn drop(&mut self, roles: u32) {
        let count = &mut self.counts[roles.trailing_zeros() as usize];
        *count -= 1;
        self.distinct -= usize::from(*count == 0);
    }
}

/// The last of the `early` rows from which the window still has `level` steps.
fn latest_start(rows: &[Seen], early: usize, level: usize, shared: bool) -> Option<usize> {
    let enough = |from: usize| {
        if shared {
            return matched(&rows[from..]) >= level;
        }
        rows[from..].iter().fold(0_u32, |bits, row| bits | row.roles).count_ones() as usize >= level
    };
    (0..early).rev().find(|&from| enough(from))
}

/// Most steps that different rows can do (augmenting paths).
fn matched(rows: &[Seen]) -> usize {
    let mut taken: Vec<Option<usize>> = vec![None; rows.len()];
    (0..MAX_STEPS)
        .filter(|&step| {
            super::ordered::augment(rows, &mut taken, &mut vec![false; rows.len()], step)
        })
        .count()
}
