//! Shards asked apart and merged give the answer of the whole log, also by way of Arrow.

mod common;

use common::{Row, event_bits, layout_of, tags};
use footprint_core::attribution::journey::{CONVERSION, TOUCH};
use footprint_core::attribution::{Walk, walk};
use footprint_core::kernels::codes::Codes;
use footprint_core::kernels::funnel::{Funnel, MAX_EXCLUSIONS, Mode};
use footprint_core::kernels::retention::{Calendar, Kind, Retention, retention};
use footprint_core::kernels::transitions::transitions;
use footprint_core::kernels::zone::Zone;
use footprint_core::partial::{CohortState, JourneyState, LevelState, Partial, Shard, StepState};
use footprint_core::task::Task;
use proptest::prelude::*;

const HOUR: i64 = 3600;

fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((0..40_u32, 0..900 * HOUR, 0..3_u8, 0..4_u8), 1..300)
}

/// The attribution question over these values.
fn walk_of(values: &[i64]) -> Walk<'_> {
    Walk {
        codes: Codes::Channel,
        touches: 4,
        values,
        lookback: Some(300 * HOUR * 1_000_000),
        period: (i64::MIN, i64::MAX),
        half_life: 1e12,
    }
}

/// Rows of users with an even and an odd number.
fn split(rows: &[Row]) -> [Vec<Row>; 2] {
    [0, 1].map(|side| rows.iter().copied().filter(|row| row.0 % 2 == side).collect())
}

/// The state of the second shard goes through Arrow, then into the first.
fn joined<P: Partial>(mut states: [P; 2]) -> P {
    let travelled = P::from_batch(&states[1].to_batch().unwrap()).unwrap();
    states[0].merge(&travelled).unwrap();
    let [whole, _] = states;
    whole
}

proptest! {
    #[test]
    fn funnel_levels(rows in rows()) {
        let ask = Funnel {
            steps: 3,
            window: 200 * HOUR * 1_000_000,
            gap: i64::MAX,
            mode: Mode::Best,
            starts: (i64::MIN, i64::MAX),
            later: false,
            grace: 0,
            exclude: [None; MAX_EXCLUSIONS],
        };
        let state = |rows: &[Row]| {
            let layout = layout_of(rows, None);
            let mut state = LevelState::new(&ask);
            let tags = tags(event_bits(), &layout);
            state.update(Shard { layout: &layout, tags: &tags }, &ask, &Task::default()).unwrap();
            state
        };
        prop_assert_eq!(joined(split(&rows).map(|part| state(&part))).finish(), state(&rows).finish());
    }

    #[test]
    fn cohorts(rows in rows()) {
        let periods: Vec<i32> = (0..40).collect();
        let ask = Retention {
            zone: Zone::fixed(0),
            calendar: Calendar { first: 0, periods: &periods },
            last: 10,
            kind: Kind::Exact,
            exact_day: false,
        };
        let mut table = [0; 256];
        table[..3].fill(3);
        let state = |rows: &[Row]| {
            let layout = layout_of(rows, None);
            let mut state = CohortState::new(&ask);
            let tags = tags(table, &layout);
            state.update(Shard { layout: &layout, tags: &tags }, &ask, &Task::default()).unwrap();
            state
        };
        let layout = layout_of(&rows, None);
        let whole = retention(&layout, &tags(table, &layout), &ask, &Task::default()).unwrap();
        prop_assert_eq!(joined(split(&rows).map(|part| state(&part))).finish(), whole);
    }

    #[test]
    fn steps(rows in rows()) {
        let ask = (Codes::Channel, 4, true);
        let state = |rows: &[Row]| {
            let layout = layout_of(rows, None);
            let mut state = StepState::new(&ask);
            let tags = tags([1; 256], &layout);
            state.update(Shard { layout: &layout, tags: &tags }, &ask, &Task::default()).unwrap();
            state
        };
        let layout = layout_of(&rows, None);
        let tags = tags([1; 256], &layout);
        let whole = transitions(&layout, &tags, Codes::Channel, 4, true, &Task::default()).unwrap();
        prop_assert_eq!(joined(split(&rows).map(|part| state(&part))).finish(), whole);
    }

    #[test]
    fn journeys(rows in rows()) {
        let mut table = [0; 256];
        (table[0], table[1]) = (TOUCH, CONVERSION);
        let values = |rows: &[Row]| rows.iter().map(|row| row.1).collect::<Vec<i64>>();
        let state = |rows: &[Row]| {
            let (layout, values) = (layout_of(rows, Some(1)), values(rows));
            let ask = walk_of(&values);
            let mut state = JourneyState::new(&ask);
            let tags = tags(table, &layout);
            state.update(Shard { layout: &layout, tags: &tags }, &ask, &Task::default()).unwrap();
            state
        };
        let merged = joined(split(&rows).map(|part| state(&part))).finish();
        let (layout, values) = (layout_of(&rows, Some(1)), values(&rows));
        let whole = walk(&layout, &tags(table, &layout), &walk_of(&values), &Task::default()).unwrap();
        prop_assert_eq!(merged.total, whole.total);
        prop_assert_eq!(merged.unattributed, whole.unattributed);
        prop_assert!(merged.paths.iter().eq(whole.paths.iter()));
        for (a, b) in merged.buckets.iter().zip(&whole.buckets) {
            prop_assert!(a.paths.iter().eq(b.paths.iter()));
            for (x, y) in a.decay.conversions.iter().zip(&b.decay.conversions) {
                prop_assert!((x - y).abs() < 1e-9);
            }
        }
    }
}

#[test]
fn states_of_different_questions_do_not_merge() {
    let mut two = StepState::new(&(Codes::Channel, 2, false));
    assert!(two.merge(&StepState::new(&(Codes::Channel, 3, false))).is_err());
}
