//! Kernels on a made-up log of a million rows: run with `cargo bench`.

#![allow(missing_docs)]

use std::hint::black_box;

use criterion::{Criterion, criterion_group, criterion_main};
use footprint_core::attribution::bootstrap::Replicates;
use footprint_core::attribution::chain::Chain;
use footprint_core::attribution::journey::{CONVERSION, TOUCH};
use footprint_core::attribution::{Model, Walk, credits, sparse_chain, walk};
use footprint_core::kernels::codes::Codes;
use footprint_core::kernels::funnel::{Funnel, MAX_EXCLUSIONS, Mode, funnel};
use footprint_core::kernels::retention::{Calendar, Kind, Retention, retention};
use footprint_core::kernels::tags::Tags;
use footprint_core::kernels::transitions::transitions;
use footprint_core::kernels::zone::Zone;
use footprint_core::layout::{Fingerprint, Input, Instants, Layout, Users, build};
use footprint_core::task::Task;

const ROWS: usize = 1_000_000;
const USERS: u64 = 40_000;
const DAY: i64 = 86_400_000_000;

fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
    *state >> 33
}

struct Log {
    users: Vec<u64>,
    micros: Vec<i64>,
    event: Vec<u8>,
    channel: Vec<u8>,
}

fn log() -> Log {
    let mut state = 1;
    let mut at = 0;
    let mut log =
        Log { users: Vec::new(), micros: Vec::new(), event: Vec::new(), channel: Vec::new() };
    for _ in 0..ROWS {
        at += 2 * DAY / 30_000;
        log.users.push(next(&mut state) % USERS);
        log.micros.push(at);
        // Event 3 is the purchase, one row in 32.
        let draw = next(&mut state) % 32;
        log.event.push(if draw == 0 { 3 } else { (draw % 3) as u8 });
        log.channel.push((next(&mut state) % 12) as u8);
    }
    log
}

fn lay_out(log: &Log) -> Layout {
    let print = |user: &u64| Fingerprint((user + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15), 0);
    let input = Input {
        users: Users::of_prints(log.users.iter().map(|user| Some(print(user)))),
        instants: Instants::of_micros(&log.micros),
        event: &log.event,
        channel: &log.channel,
        late: Some(3),
    };
    build(input, &Task::default()).expect("the log fits").layout
}

fn kernels(criterion: &mut Criterion) {
    let (log, task) = (log(), Task::default());
    criterion.bench_function("build layout", |b| b.iter(|| lay_out(black_box(&log))));
    let layout = lay_out(&log);
    let mut table = [0_u32; 256];
    (0..4).for_each(|code| table[code] = 1 << code);
    let steps = Tags::new(table, None, None, ROWS).expect("no columns");
    let question = Funnel {
        steps: 4,
        window: 7 * DAY,
        gap: i64::MAX,
        mode: Mode::Best,
        starts: (i64::MIN, i64::MAX),
        later: false,
        grace: 0,
        exclude: [None; MAX_EXCLUSIONS],
    };
    criterion.bench_function("funnel", |b| {
        b.iter(|| funnel(black_box(&layout), &steps, &question, None, &task));
    });
    let all = Tags::new([3; 256], None, None, ROWS).expect("no columns");
    let periods: Vec<i32> = (0..80).collect();
    let cohorts = Retention {
        zone: Zone::fixed(8 * 3_600_000_000),
        calendar: Calendar { first: 0, periods: &periods },
        last: 30,
        kind: Kind::Exact,
        exact_day: false,
    };
    criterion.bench_function("retention", |b| {
        b.iter(|| retention(black_box(&layout), &all, &cohorts, &task));
    });
    criterion.bench_function("transitions", |b| {
        b.iter(|| transitions(black_box(&layout), &all, Codes::Event, 4, false, &task));
    });
    attribution(criterion, &layout, &task);
}

fn attribution(criterion: &mut Criterion, layout: &Layout, task: &Task) {
    let mut table = [TOUCH; 256];
    table[3] = CONVERSION;
    let tags = Tags::new(table, None, None, ROWS).expect("no columns");
    let values = vec![9_900_i64; ROWS];
    let ask = Walk {
        codes: Codes::Channel,
        touches: 12,
        values: &values,
        lookback: Some(30 * DAY),
        period: (i64::MIN, i64::MAX),
        half_life: 7.0 * DAY as f64,
    };
    criterion.bench_function("walk journeys", |b| {
        b.iter(|| walk(black_box(layout), &tags, &ask, task));
    });
    let journeys = walk(layout, &tags, &ask, task).expect("the log fits");
    let chain = Chain::count(&journeys.paths, 12);
    criterion.bench_function("removal effects", |b| b.iter(|| black_box(&chain).effects()));
    let draws = Replicates::draw(1000, 0.9, 0);
    criterion.bench_function("markov with 1,000 replicates", |b| {
        b.iter(|| credits(&journeys, Model::Markov(1), &[false; 12], &draws, task));
    });
    let mut slow = criterion.benchmark_group("slow");
    slow.sample_size(10);
    slow.bench_function("chain of order 2", |b| {
        b.iter(|| sparse_chain::effects(&journeys.paths, 12, 2, task));
    });
    slow.finish();
}

criterion_group!(benches, kernels);
criterion_main!(benches);
