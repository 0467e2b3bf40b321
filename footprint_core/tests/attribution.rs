//! Credits sum to the totals, chains reproduce the observed rate, threads change nothing.

mod common;

use std::collections::BTreeMap;

use common::{Row, layout_of, tags};
use footprint_core::attribution::bootstrap::Replicates;
use footprint_core::attribution::chain::Chain;
use footprint_core::attribution::journey::{CONVERSION, TOUCH};
use footprint_core::attribution::paths::steps;
use footprint_core::attribution::rules::Rule;
use footprint_core::attribution::{
    Counts, Journeys, Model, PathTable, Walk, credits, sparse_chain, walk,
};
use footprint_core::kernels::codes::Codes;
use footprint_core::task::Task;
use proptest::prelude::*;

const TOUCHES: usize = 4;
const MODELS: [Model; 12] = [
    Model::Rule(Rule::First),
    Model::Rule(Rule::Last),
    Model::Rule(Rule::LastNonDirect),
    Model::Rule(Rule::Linear),
    Model::Rule(Rule::UShape),
    Model::Rule(Rule::StepDecay),
    Model::WShape,
    Model::TimeDecay,
    Model::DropOne,
    Model::Markov(1),
    Model::Markov(2),
    Model::ShapleySum,
];

/// Event 0 is a touch, event 1 a conversion worth the row's second in cents.
fn journeys(rows: &[Row]) -> Journeys {
    let layout = layout_of(rows, Some(1));
    let mut table = [0; 256];
    (table[0], table[1]) = (TOUCH, CONVERSION);
    let values: Vec<i64> = rows.iter().map(|row| row.1).collect();
    let ask = Walk {
        codes: Codes::Channel,
        touches: TOUCHES,
        values: &values,
        lookback: None,
        period: (i64::MIN, i64::MAX),
        half_life: 5e6,
    };
    walk(&layout, &tags(table, &layout), &ask, &Task::default()).unwrap()
}

fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((0..30_u32, 0..200_i64, 0..2_u8, 0..TOUCHES as u8), 1..250)
}

proptest! {
    #[test]
    fn credits_sum_to_the_totals(rows in rows()) {
        let journeys = journeys(&rows);
        let none = Replicates::draw(0, 0.9, 0);
        let converted = rows.iter().filter(|row| row.2 == 1).count() as u64;
        let total = journeys.total.conversions;
        prop_assert_eq!(total + journeys.unattributed.conversions, converted);
        for model in MODELS {
            let answer =
                credits(&journeys, model, &[false; TOUCHES], &none, &Task::default()).unwrap();
            let sum: f64 = answer.credit.conversions.iter().sum();
            let value: f64 = answer.credit.value.iter().sum();
            prop_assert!((sum - total as f64).abs() < 1e-9, "{:?}: {} of {}", model, sum, total);
            prop_assert!((value - journeys.total.value as f64).abs() < 1e-6, "{:?}", model);
        }
    }

    #[test]
    fn the_chain_converts_at_the_observed_rate(rows in rows()) {
        let journeys = journeys(&rows);
        let total = journeys.total;
        prop_assume!(total.journeys() > 0);
        let observed = total.conversions as f64 / total.journeys() as f64;
        let chain = Chain::count(&journeys.paths, TOUCHES);
        prop_assert_eq!(chain.steps(), steps(&journeys.paths, TOUCHES as u32));
        let dense = chain.effects();
        prop_assert!((dense.p_conversion - observed).abs() < 1e-12);
        for order in 1..=4 {
            let swept =
                sparse_chain::effects(&journeys.paths, TOUCHES, order, &Task::default()).unwrap();
            prop_assert!((swept.p_conversion - observed).abs() < 1e-12);
            if order == 1 {
                for (a, b) in swept.removal.iter().zip(&dense.removal) {
                    prop_assert!((a - b).abs() < 1e-11, "{} {}", a, b);
                }
            }
        }
    }

    #[test]
    fn removal_effects_equal_solving_without_the_touch(rows in rows()) {
        let journeys = journeys(&rows);
        let whole = Chain::count(&journeys.paths, TOUCHES).effects();
        for gone in 0..TOUCHES {
            let rest = Chain::count(&journeys.paths, TOUCHES).without(gone);
            let lost = 1.0 - rest / whole.p_conversion;
            if whole.p_conversion > 0.0 {
                prop_assert!((whole.removal[gone] - lost).abs() < 1e-10);
            }
        }
    }

    #[test]
    fn threads_change_nothing(rows in rows()) {
        let on = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
            pool.install(|| {
                let journeys = journeys(&rows);
                let draws = Replicates::draw(20, 0.9, 1);
                MODELS.map(|model| {
                    credits(&journeys, model, &[false; TOUCHES], &draws, &Task::default())
                        .unwrap()
                        .credit
                })
            })
        };
        prop_assert_eq!(on(1), on(3));
    }
}

proptest! {
    /// Sorting by heads orders paths as comparing them does, and finds every one again.
    #[test]
    fn merged_tables_hold_every_path_once_in_order(
        paths in prop::collection::vec(
            (prop::collection::vec(0..3_u16, 0..12), 0..3_u64, 0..3_u64), 0..120),
        cut in 0..120_usize,
    ) {
        let mut wanted: BTreeMap<Vec<u16>, Counts> = BTreeMap::new();
        let mut tables = [PathTable::default(), PathTable::default()];
        for (at, (path, conversions, nulls)) in paths.iter().enumerate() {
            let counts = Counts { conversions: *conversions, value: at as i64, nulls: *nulls };
            tables[usize::from(at >= cut)].add(path, counts);
            let sum = wanted.entry(path.clone()).or_default();
            sum.conversions += counts.conversions;
            sum.value += counts.value;
            sum.nulls += counts.nulls;
        }
        let merged = PathTable::merged(&tables);
        let found: Vec<(Vec<u16>, Counts)> =
            merged.iter().map(|(path, counts)| (path.to_vec(), counts)).collect();
        prop_assert_eq!(&found, &wanted.into_iter().collect::<Vec<_>>());
        for (path, counts) in &found {
            prop_assert_eq!(merged.find(path), Some(*counts));
        }
        prop_assert_eq!(merged.find(&[9]), None);
        let order = merged.by_conversions();
        let key = |&at: &u32| {
            let counts = merged.counts(at as usize);
            (std::cmp::Reverse(counts.conversions), std::cmp::Reverse(counts.nulls), at)
        };
        prop_assert!(order.len() == merged.len() && order.is_sorted_by_key(key));
    }
}

#[test]
fn a_bootstrap_interval_covers_as_often_as_it_says() {
    // Users convert with chance 0.3 through touch 0: the count's interval at 90 % should hold the
    // expected count in about 90 of 100 worlds (three standard errors either way).
    let mut state = 7_u64;
    let mut chance = move || {
        state =
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 40) as f64 / (1_u64 << 24) as f64
    };
    let (worlds, users) = (200, 2000_u32);
    let mut covered = 0;
    for _ in 0..worlds {
        let mut rows: Vec<Row> = Vec::new();
        for user in 0..users {
            rows.push((user, 0, 0, 0));
            if chance() < 0.3 {
                rows.push((user, 1, 1, 0));
            }
        }
        let journeys = journeys(&rows);
        let draws = Replicates::draw(200, 0.9, 3);
        let last = Model::Rule(Rule::Last);
        let answer = credits(&journeys, last, &[false; TOUCHES], &draws, &Task::default()).unwrap();
        let (low, high) = answer.interval.unwrap().0[0];
        covered += u32::from((low..=high).contains(&(0.3 * f64::from(users))));
    }
    let share = f64::from(covered) / f64::from(worlds);
    assert!((0.836..=0.964).contains(&share), "covered {share}");
}
