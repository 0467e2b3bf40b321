//! The layout keeps every row, ordered by user and time, whatever the order of the input.

mod common;

use std::collections::BTreeMap;

use arrow_array::LargeStringArray;
use common::{Row, fingerprint, layout_of};
use footprint_core::layout::{Fingerprint, Input, Row as Packed, build};
use footprint_core::store::{Stored, open, save};
use footprint_core::task::Task;
use proptest::prelude::*;

fn rows() -> impl Strategy<Value = Vec<Row>> {
    prop::collection::vec((0..40_u32, 0..1000_i64, 0..5_u8, 0..4_u8), 0..300)
}

proptest! {
    #[test]
    fn every_row_is_there_in_order(rows in rows()) {
        let layout = layout_of(&rows, Some(4));
        prop_assert_eq!(layout.len(), rows.len());
        let mut seen = vec![false; rows.len()];
        for user in 0..layout.users() {
            let mut before = None;
            let of = rows[layout.source[layout.range(user).start] as usize].0;
            for at in layout.range(user) {
                let source = layout.source[at] as usize;
                let row = Packed(layout.rows[at]);
                prop_assert!(!seen[source]);
                seen[source] = true;
                prop_assert_eq!(rows[source].0, of);
                prop_assert_eq!(layout.micros(at), rows[source].1 * 1_000_000);
                prop_assert_eq!((row.event(), row.channel()), (rows[source].2, rows[source].3));
                let key = (rows[source].1, rows[source].2 == 4, source);
                prop_assert!(before < Some(key));
                before = Some(key);
            }
        }
    }

    #[test]
    fn users_do_not_depend_on_row_order(rows in rows(), cut in 0..300_usize) {
        let users = |rows: &[Row]| {
            let layout = layout_of(rows, None);
            (0..layout.users()).map(|u| rows[layout.source[layout.range(u).start] as usize].0)
                .collect::<Vec<_>>()
        };
        let mut turned = rows.clone();
        turned.rotate_left(cut.min(rows.len()));
        prop_assert_eq!(users(&rows), users(&turned));
    }

    #[test]
    fn a_saved_layout_opens_the_same(rows in rows()) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.layout");
        let layout = layout_of(&rows, None);
        let ids: LargeStringArray = (0..layout.users()).map(|u| Some(format!("u{u}"))).collect();
        save(&Stored { layout: layout.clone(), ids, note: "note".into() }, &path).unwrap();
        let back = open(&path).unwrap();
        prop_assert_eq!(&back.layout.rows, &layout.rows);
        prop_assert_eq!(&back.layout.source, &layout.source);
        prop_assert_eq!(&back.layout.buckets, &layout.buckets);
        prop_assert_eq!(back.layout.clock, layout.clock);
        prop_assert_eq!(back.note, "note");
    }

    #[test]
    fn a_flipped_bit_is_noticed(rows in rows(), place in 0.0..1.0_f64, bit in 0..8_u8) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("log.layout");
        let layout = layout_of(&rows, None);
        let ids: LargeStringArray = (0..layout.users()).map(|u| Some(format!("u{u}"))).collect();
        let stored = Stored { layout, ids, note: String::new() };
        save(&stored, &path).unwrap();
        let mut bytes = std::fs::read(&path).unwrap();
        let at = (place * (bytes.len() - 1) as f64) as usize;
        bytes[at] ^= 1 << bit;
        std::fs::write(&path, bytes).unwrap();
        prop_assert!(open(&path).is_err());
    }
}

#[test]
fn blocks_cover_all_users_once() {
    let rows: Vec<Row> = (0..20_000).map(|i| (i % 700, i64::from(i), 0, 0)).collect();
    let layout = layout_of(&rows, None);
    let mut next = 0;
    for block in layout.blocks() {
        assert_eq!(block.start, next);
        assert!(block.end > block.start);
        next = block.end;
    }
    assert_eq!(next, layout.users());
}

#[test]
fn equal_first_halves_of_fingerprints_are_two_users() {
    let prints = [Fingerprint(7, 1), Fingerprint(7, 2), Fingerprint(7, 1)];
    let input = Input {
        user: |i: usize| Some(prints[i]),
        micros: &[1, 2, 3],
        event: &[0; 3],
        channel: &[0; 3],
        late: None,
    };
    let (layout, _) = build(&input, &Task::default()).unwrap();
    let sizes: Vec<usize> = (0..layout.users()).map(|u| layout.range(u).len()).collect();
    assert_eq!(sizes, [2, 1]);
}

#[test]
fn buckets_follow_the_first_byte() {
    let rows: Vec<Row> = (0..3000).map(|i| (i, 0, 0, 0)).collect();
    let layout = layout_of(&rows, None);
    let mut counts = BTreeMap::new();
    (0..3000).for_each(|user| *counts.entry(fingerprint(user).0 >> 56).or_insert(0_u32) += 1);
    for bucket in 0..256_usize {
        let size = layout.buckets[bucket + 1] - layout.buckets[bucket];
        assert_eq!(size, counts.get(&(bucket as u64)).copied().unwrap_or(0));
    }
}
