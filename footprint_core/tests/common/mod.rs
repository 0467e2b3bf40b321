//! Small logs for tests.

#![allow(dead_code, missing_docs, clippy::large_types_passed_by_value)]

use footprint_core::kernels::tags::Tags;
use footprint_core::layout::{Fingerprint, Input, Instants, Layout, Users, build};
use footprint_core::task::Task;

/// A row: user, seconds, event code, channel code.
pub type Row = (u32, i64, u8, u8);

pub fn fingerprint(user: u32) -> Fingerprint {
    let mixed = (u64::from(user) + 1).wrapping_mul(0x9E37_79B9_7F4A_7C15);
    Fingerprint(mixed, user)
}

pub fn layout_of(rows: &[Row], late: Option<u8>) -> Layout {
    let micros: Vec<i64> = rows.iter().map(|row| row.1 * 1_000_000).collect();
    let event: Vec<u8> = rows.iter().map(|row| row.2).collect();
    let channel: Vec<u8> = rows.iter().map(|row| row.3).collect();
    let input = Input {
        users: Users::of_prints(rows.iter().map(|row| Some(fingerprint(row.0)))),
        instants: Instants::of_micros(&micros),
        event: &event,
        channel: &channel,
        late,
    };
    build(input, &Task::default()).expect("rows fit").layout
}

/// Bit i for event code i.
pub fn event_bits() -> [u32; 256] {
    let mut table = [0; 256];
    (0..32).for_each(|code| table[code] = 1 << code);
    table
}

pub fn tags(table: [u32; 256], layout: &Layout) -> Tags<'static> {
    Tags::new(table, None, None, layout.source_rows).expect("no columns to check")
}
