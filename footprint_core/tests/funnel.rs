//! The funnel equals an exhaustive search, for any rows, ties and steps that share events.

mod common;

use common::{Row, layout_of};
use footprint_core::kernels::funnel::{EXCLUDED, Funnel, MAX_EXCLUSIONS, Mode, funnel};
use footprint_core::kernels::tags::Tags;
use footprint_core::task::Task;
use proptest::prelude::*;

const OPEN: (i64, i64) = (i64::MIN, i64::MAX);
const SECOND: i64 = 1_000_000;

fn ask(steps: usize, window: i64) -> Funnel {
    Funnel {
        steps,
        window: window * SECOND,
        gap: i64::MAX,
        mode: Mode::Best,
        starts: OPEN,
        later: false,
        grace: 0,
        exclude: [None; MAX_EXCLUSIONS],
    }
}

/// Longest chain by trying every row next; `least` is the smallest allowed rise in seconds.
fn search(rows: &[(i64, u32)], steps: usize, window: i64, least: i64) -> u8 {
    search_gap(rows, steps, window, least..=i64::MAX)
}

/// As [`search`], each step at a distance of `rise` seconds from the one before.
fn search_gap(
    rows: &[(i64, u32)],
    steps: usize,
    window: i64,
    rise: std::ops::RangeInclusive<i64>,
) -> u8 {
    fn extend(
        rows: &[(i64, u32)],
        used: &mut Vec<bool>,
        (steps, window, rise): (usize, i64, &std::ops::RangeInclusive<i64>),
        step: usize,
        now: i64,
        start: i64,
    ) -> usize {
        let mut best = step;
        for at in 0..rows.len() {
            let (when, bits) = rows[at];
            let fits = step < steps && bits >> step & 1 == 1 && !used[at];
            if fits && rise.contains(&(when - now)) && when - start <= window {
                used[at] = true;
                let limits = (steps, window, rise);
                best = best.max(extend(rows, used, limits, step + 1, when, start));
                used[at] = false;
            }
        }
        best
    }
    let mut best = 0;
    for first in 0..rows.len() {
        if rows[first].1 & 1 == 1 {
            let mut used = vec![false; rows.len()];
            used[first] = true;
            let at = rows[first].0;
            best = best.max(extend(rows, &mut used, (steps, window, &rise), 1, at, at));
        }
    }
    best as u8
}

fn level(rows: &[(i64, u32)], ask: &Funnel) -> u8 {
    let log: Vec<Row> = rows.iter().map(|row| (1, row.0, 0, 0)).collect();
    let bits: Vec<u32> = rows.iter().map(|row| row.1).collect();
    let layout = layout_of(&log, None);
    let tags = Tags::new([0; 256], Some(&bits), None, rows.len()).unwrap();
    let levels = funnel(&layout, &tags, ask, None, &Task::default()).unwrap();
    levels.level.first().copied().unwrap_or(0)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn best_start(
        rows in prop::collection::vec((0..8_i64, 0..8_u32), 0..9),
        steps in 1..4_usize,
        window in 0..9_i64,
    ) {
        prop_assert_eq!(level(&rows, &ask(steps, window)), search(&rows, steps, window, 0));
    }

    #[test]
    fn later_instants(
        rows in prop::collection::vec((0..8_i64, 0..8_u32), 0..9),
        window in 0..9_i64,
    ) {
        let found = level(&rows, &Funnel { later: true, ..ask(3, window) });
        prop_assert_eq!(found, search(&rows, 3, window, 1));
    }

    #[test]
    fn grace(
        rows in prop::collection::vec((0..8_i64, 0..3_u32), 0..8),
        window in 3..9_i64,
        grace in 0..3_i64,
    ) {
        let rows: Vec<_> = rows.into_iter().map(|(at, step)| (at, 1 << step)).collect();
        let found = level(&rows, &Funnel { grace: grace * SECOND, ..ask(3, window) });
        prop_assert_eq!(found, search(&rows, 3, window, -grace));
    }

    #[test]
    fn gaps_between_steps(
        rows in prop::collection::vec((0..16_i64, 0..8_u32), 0..9),
        gap in 0..6_i64,
    ) {
        let open = Funnel { window: i64::MAX, gap: gap * SECOND, ..ask(3, 0) };
        prop_assert_eq!(level(&rows, &open), search_gap(&rows, 3, i64::MAX, 0..=gap));
    }

    #[test]
    fn any_order_finds_the_fullest_window(
        rows in prop::collection::vec((0..12_i64, 0..3_u32), 0..9),
        window in 0..9_i64,
    ) {
        let rows: Vec<_> = rows.into_iter().map(|(at, step)| (at, 1 << step)).collect();
        let found = level(&rows, &Funnel { mode: Mode::AnyOrder, ..ask(3, window) });
        let fullest = rows.iter().map(|(from, _)| {
            let inside = rows.iter().filter(|(at, _)| (0..=window).contains(&(at - from)));
            inside.fold(0_u32, |bits, row| bits | row.1).count_ones()
        }).max().unwrap_or(0);
        prop_assert_eq!(u32::from(found), fullest);
    }

    #[test]
    fn exclusions_end_chains_between_their_steps(
        // At most one row per instant; roles 8 and 16 are the two kinds of excluded rows.
        kinds in prop::collection::vec(0..6_usize, 0..10),
        window in 2..10_i64,
        pairs in (0..2_usize, 1..3_usize, 0..2_usize, 1..3_usize),
    ) {
        let (a, b) = ((pairs.0, pairs.0.max(pairs.1 - 1) + 1), (pairs.2, pairs.2.max(pairs.3 - 1) + 1));
        prop_assume!(a.1 < 3 && b.1 < 3);
        let roles = [0, 1, 2, 4, EXCLUDED, EXCLUDED >> 1];
        let rows: Vec<(i64, u32)> =
            kinds.iter().enumerate().map(|(at, &kind)| (at as i64, roles[kind])).collect();
        let exclude = [Some(a), Some(b), None, None];
        let found = level(&rows, &Funnel { exclude, ..ask(3, window) });
        let clear = |chain: &[i64]| {
            [(a, EXCLUDED), (b, EXCLUDED >> 1)].iter().all(|&((from, to), bit)| {
                // Up to the second step, or to the last one done before it.
                let Some(&begin) = chain.get(from) else { return true };
                let end = chain[to.min(chain.len() - 1)];
                !rows.iter().any(|&(at, role)| role == bit && at > begin && at < end)
            })
        };
        let mut best = 0;
        let at = |bit: u32| rows.iter().filter(move |row| row.1 == bit).map(|row| row.0);
        for first in at(1) {
            best = best.max(1);
            for second in at(2).filter(|&t| t > first && t - first <= window) {
                if clear(&[first, second]) {
                    best = best.max(2);
                }
                for third in at(4).filter(|&t| t > second && t - first <= window) {
                    if clear(&[first, second, third]) {
                        best = best.max(3);
                    }
                }
            }
        }
        prop_assert_eq!(found, best);
    }

    #[test]
    fn held_value_never_changes(
        rows in prop::collection::vec((0..9_i64, 0..3_u32, 0..3_u32), 0..10),
        window in 0..9_i64,
    ) {
        let log: Vec<Row> = rows.iter().map(|row| (1, row.0, 0, 0)).collect();
        let bits: Vec<u32> = rows.iter().map(|row| 1 << row.1).collect();
        let hold: Vec<u32> = rows.iter().map(|row| row.2).collect();
        let layout = layout_of(&log, None);
        let tags = Tags::new([0; 256], Some(&bits), None, rows.len()).unwrap();
        let found = funnel(&layout, &tags, &ask(3, window), Some(&hold), &Task::default()).unwrap();
        let best = (0..3).map(|value| {
            let own: Vec<_> = rows.iter().filter(|row| row.2 == value)
                .map(|row| (row.0, 1 << row.1)).collect();
            search(&own, 3, window, 0)
        }).max().unwrap_or(0);
        prop_assert_eq!(found.level.first().copied().unwrap_or(0), best);
    }
}

#[test]
fn totals_counts_every_attempt() {
    let rows = [(0, 1), (1, 2), (2, 1), (3, 2), (4, 1), (50, 1), (51, 2)];
    let log: Vec<Row> = rows.iter().map(|row| (1, row.0, 0, 0)).collect();
    let bits: Vec<u32> = rows.iter().map(|row| row.1).collect();
    let layout = layout_of(&log, None);
    let tags = Tags::new([0; 256], Some(&bits), None, rows.len()).unwrap();
    let question = Funnel { mode: Mode::Totals, ..ask(2, 10) };
    let found = funnel(&layout, &tags, &question, None, &Task::default()).unwrap();
    assert_eq!(found.level, [2, 2, 1, 2]);
}

#[test]
fn parameters_that_do_not_fit_are_refused() {
    let layout = layout_of(&[], None);
    let tags = Tags::new([0; 256], None, None, 0).unwrap();
    for wrong in [
        ask(0, 1),
        ask(31, 1),
        Funnel { window: -1, ..ask(1, 1) },
        Funnel { gap: 1, ..ask(2, 1) },
        Funnel { gap: 1, window: i64::MAX, mode: Mode::Totals, ..ask(2, 1) },
        Funnel { exclude: [Some((1, 1)), None, None, None], ..ask(2, 1) },
        Funnel { mode: Mode::Strict, later: true, ..ask(2, 1) },
    ] {
        assert!(funnel(&layout, &tags, &wrong, None, &Task::default()).is_err());
    }
}
