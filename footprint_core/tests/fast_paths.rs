//! Every short cut gives the answer of the general road.

#![allow(clippy::large_types_passed_by_value)]

mod common;

use common::{Row, layout_of};
use footprint_core::kernels::buckets::{Buckets, buckets};
use footprint_core::kernels::codes::Codes;
use footprint_core::kernels::concurrency::{curve, curve_of_rows, deltas, peaks, peaks_of_rows};
use footprint_core::kernels::funnel::{Funnel, MAX_EXCLUSIONS, Mode, counts, funnel};
use footprint_core::kernels::lifecycle::lifecycle;
use footprint_core::kernels::retention::{Calendar, Kind, Retention, retention};
use footprint_core::kernels::sessions::{sessions, totals};
use footprint_core::kernels::tags::{Bits, Tags};
use footprint_core::kernels::transitions::transitions;
use footprint_core::kernels::zone::Zone;
use footprint_core::layout::Layout;
use footprint_core::task::Task;
use proptest::prelude::*;

const SECOND: i64 = 1_000_000;

fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((0..12_u32, 0..400_i64, 0..5_u8, 0..4_u8), 0..200)
}

/// Roles by event code, and the same roles given row by row.
fn both(rows: &[Row], table: [u32; 256]) -> ([u32; 256], Vec<u32>) {
    (table, rows.iter().map(|row| table[usize::from(row.2)]).collect())
}

fn tags<'a>(layout: &Layout, roles: &'a ([u32; 256], Vec<u32>)) -> [Tags<'a>; 2] {
    let size = layout.source_rows;
    [
        Tags::new(roles.0, None, None, size).unwrap(),
        Tags::new([0; 256], Some(&roles.1), None, size).unwrap(),
    ]
}

fn table(roles: &[u32]) -> [u32; 256] {
    let mut table = [0; 256];
    table[..roles.len()].copy_from_slice(roles);
    table
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(600))]

    #[test]
    fn funnels_by_event_code(
        rows in rows(),
        window in 0..300_i64,
        first in any::<bool>(),
        from in 0..200_i64,
        bounded in any::<bool>(),
    ) {
        let layout = layout_of(&rows, None);
        let roles = both(&rows, table(&[1, 2, 4, 2, 0]));
        let ask = Funnel {
            steps: 3,
            window: if window > 250 { i64::MAX } else { window * SECOND },
            gap: i64::MAX,
            mode: if first { Mode::First } else { Mode::Best },
            starts: if bounded { (from * SECOND, (from + 150) * SECOND) } else { (i64::MIN, i64::MAX) },
            later: false,
            grace: 0,
            exclude: [None; MAX_EXCLUSIONS],
        };
        let [quick, general] = tags(&layout, &roles);
        let task = Task::default();
        let found = funnel(&layout, &quick, &ask, None, &task).unwrap();
        prop_assert_eq!(&found, &funnel(&layout, &general, &ask, None, &task).unwrap());
        let mut levels = vec![0_u64; 3];
        found.level.iter().for_each(|&level| levels[usize::from(level) - 1] += 1);
        prop_assert_eq!(&counts(&layout, &quick, &ask, None, &task).unwrap(), &levels);
        prop_assert_eq!(&counts(&layout, &general, &ask, None, &task).unwrap(), &levels);
    }

    #[test]
    fn session_totals_are_the_sessions_together(rows in rows(), gap in 0..60_i64) {
        let layout = layout_of(&rows, None);
        let roles = both(&rows, table(&[1, 3, 1, 0, 1]));
        let values: Vec<i64> = (0..rows.len() as i64).collect();
        let limits = [1, 4];
        for tags in tags(&layout, &roles) {
            let all = sessions(&layout, &tags, gap * SECOND, &values, &Task::default()).unwrap();
            let sum = totals(&layout, &tags, gap * SECOND, &values, &limits, &Task::default()).unwrap();
            prop_assert_eq!(sum.sessions, all.user.len() as u64);
            prop_assert_eq!(sum.duration, all.end.iter().sum::<i64>() - all.start.iter().sum::<i64>());
            prop_assert_eq!(sum.with_hit, all.hits.iter().filter(|&&hits| hits > 0).count() as u64);
            prop_assert_eq!(sum.value, all.value.iter().sum::<i64>());
            let sizes = |test: &dyn Fn(u32) -> bool| all.rows.iter().filter(|&&n| test(n)).count() as u64;
            let wanted = [sizes(&|n| n <= 1), sizes(&|n| n > 1 && n <= 4), sizes(&|n| n > 4)];
            prop_assert_eq!(sum.by_rows, wanted);
        }
    }

    #[test]
    fn days_kept_with_the_layout(rows in rows(), last in 0..6_usize, kind in 0..3_usize) {
        // A "second" of the log is an hour here: 400 hours are 17 days, with a change of the clock.
        let rows: Vec<Row> = rows.into_iter().map(|row| (row.0, row.1 * 3600, row.2, row.3)).collect();
        let layout = layout_of(&rows, None);
        let roles = both(&rows, [3; 256]);
        let zone = Zone::new(vec![i64::MIN, 200 * 3600 * SECOND], vec![3600 * SECOND, 7200 * SECOND]).unwrap();
        let periods: Vec<i32> = (0..20).collect();
        let calendar = Calendar { first: 0, periods: &periods };
        let kind = [Kind::Exact, Kind::Within, Kind::Unbounded][kind];
        let ask = Retention { zone: zone.clone(), calendar: calendar.clone(), last, kind, exact_day: false };
        let task = Task::default();
        let [kept, walked] = tags(&layout, &roles);
        for _ in 0..2 {
            prop_assert_eq!(
                retention(&layout, &kept, &ask, &task).unwrap(),
                retention(&layout, &walked, &ask, &task).unwrap()
            );
            prop_assert_eq!(
                lifecycle(&layout, &kept, &zone, &calendar, &task).unwrap(),
                lifecycle(&layout, &walked, &zone, &calendar, &task).unwrap()
            );
        }
    }

    #[test]
    fn presence_of_a_log_in_time_order(mut rows in rows(), masked in any::<bool>()) {
        rows.sort_by_key(|row| row.1);
        let layout = layout_of(&rows, None);
        prop_assert!(layout.timeline.is_some());
        let bytes: Vec<u8> = (0..rows.len().div_ceil(8)).map(|at| (at * 37 + 11) as u8).collect();
        let mask = masked.then_some(Bits { bytes: &bytes, offset: 0, len: rows.len() });
        let tags = Tags::new(table(&[1, 2, 3, 0, 1]), None, mask, rows.len()).unwrap();
        let places: Vec<u32> = rows.iter().map(|row| u32::from(row.3).wrapping_sub(1)).collect();
        let (codes, task) = (Codes::Rows(&places), Task::default());
        let changes = || deltas(&layout, &tags, codes, 3, &task).unwrap();
        prop_assert_eq!(peaks_of_rows(&layout, &tags, codes, 3, &task).unwrap(), peaks(changes()));
        prop_assert_eq!(curve_of_rows(&layout, &tags, codes, 3, &task).unwrap(), curve(changes()));
    }

    #[test]
    fn figures_and_steps_by_event_code(rows in rows(), width in 1..90_i64) {
        let layout = layout_of(&rows, None);
        let roles = both(&rows, table(&[1, 3, 5, 0, 7]));
        let values: Vec<i64> = (0..rows.len() as i64).collect();
        let ask = Buckets {
            width: width * SECOND, offset: 7 * SECOND, codes: Codes::Channel, size: 4, roles: 2, values: &values,
        };
        let task = Task::default();
        let [quick, general] = tags(&layout, &roles);
        prop_assert_eq!(
            buckets(&layout, &quick, &ask, &task).unwrap(),
            buckets(&layout, &general, &ask, &task).unwrap()
        );
        for collapse in [false, true] {
            prop_assert_eq!(
                transitions(&layout, &quick, Codes::Event, 5, collapse, &task).unwrap(),
                transitions(&layout, &general, Codes::Event, 5, collapse, &task).unwrap()
            );
        }
    }
}
