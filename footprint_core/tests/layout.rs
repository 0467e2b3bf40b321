//! The layout keeps every row, ordered by user and time, whatever the order of the input.

mod common;

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::types::{Int16Type, Int32Type, Int64Type};
use arrow_array::{ArrayRef, DictionaryArray, LargeStringArray};
use common::{Row, fingerprint, layout_of};
use footprint_core::encode::{Strings, dictionary, recode};
use footprint_core::layout::{
    Fingerprint, Input, Instants, Row as Packed, Stretch, Unit, Users, build,
};
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
        users: Users::of_prints(prints.into_iter().map(Some)),
        instants: Instants::of_micros(&[1, 2, 3]),
        event: &[0; 3],
        channel: &[0; 3],
        late: None,
    };
    let layout = build(input, &Task::default()).unwrap().layout;
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

fn arrays<T: arrow_array::types::ArrowPrimitiveType>(ids: &[T::Native], cut: usize) -> Vec<ArrayRef>
where
    arrow_array::PrimitiveArray<T>: From<Vec<T::Native>>,
{
    let (left, right) = ids.split_at(cut.min(ids.len()));
    let array = |ids: &[T::Native]| -> ArrayRef {
        Arc::new(arrow_array::PrimitiveArray::<T>::from(ids.to_vec()))
    };
    vec![array(left), array(right)]
}

fn prints(users: &Users) -> Vec<Fingerprint> {
    users.codes.iter().map(|&code| users.print(code)).collect()
}

proptest! {
    /// Ids as text, as numbers with and without gaps, and as categories are the same users.
    #[test]
    fn every_kind_of_id_gives_the_same_users(
        ids in prop::collection::vec(-40..40_i64, 1..200),
        cut in 0..200_usize,
        apart in prop::sample::select(vec![1_i64, 1 << 40]),
    ) {
        let ids: Vec<i64> = ids.into_iter().map(|id| id * apart).collect();
        let texts: Vec<String> = ids.iter().map(ToString::to_string).collect();
        let wanted: Vec<Fingerprint> = texts.iter().map(|text| Fingerprint::of(text)).collect();
        prop_assert_eq!(&prints(&Users::of_numbers::<Int64Type>(&arrays::<Int64Type>(&ids, cut))), &wanted);
        if apart == 1 {
            let small: Vec<i16> = ids.iter().map(|&id| id as i16).collect();
            let small = Users::of_numbers::<Int16Type>(&arrays::<Int16Type>(&small, cut));
            prop_assert_eq!(&prints(&small), &wanted);
        }
        let (left, right) = texts.split_at(cut.min(texts.len()));
        let views = [left, right].map(|part| Strings::View(part.iter().map(Some).collect()));
        prop_assert_eq!(&prints(&Users::of_strings(&views)), &wanted);
        let large = [left, right].map(|part| Strings::Large(part.iter().map(Some).collect()));
        prop_assert_eq!(&prints(&Users::of_strings(&large)), &wanted);
        let keyed: Vec<ArrayRef> = [left, right].into_iter().map(|part| {
            let keys: DictionaryArray<Int32Type> = part.iter().map(String::as_str).collect();
            Arc::new(keys) as ArrayRef
        }).collect();
        let (codes, words) = recode(&keyed).unwrap();
        prop_assert_eq!(&prints(&Users::of_dictionary(codes, &words)), &wanted);
        let (codes, sorted) = dictionary::<u32>(&views).unwrap();
        let (again, same) = recode(&keyed).unwrap();
        prop_assert_eq!((&codes, &sorted), (&again, &same));
        let bytes = dictionary::<u8>(&views).unwrap();
        prop_assert_eq!(bytes.0.iter().map(|&code| u32::from(code)).collect::<Vec<_>>(), codes);
    }

    /// A timeline is kept for ascending rows only and says what the rows say.
    #[test]
    fn the_timeline_says_what_the_rows_say(mut rows in rows()) {
        let mixed = layout_of(&rows, None);
        prop_assert_eq!(mixed.timeline.is_some(), rows.is_sorted_by_key(|row| row.1));
        rows.sort_by_key(|row| row.1);
        let time = layout_of(&rows, None).timeline.unwrap();
        for (source, row) in rows.iter().enumerate() {
            prop_assert_eq!(time.events[source], row.2);
            prop_assert_eq!(time.micros(source), row.1 * 1_000_000);
        }
    }
}

#[test]
fn instants_of_any_unit_are_the_same() {
    let wanted: Vec<(usize, i64)> = vec![(0, 1_000_000), (1, 2_000_000), (2, -3_000_000)];
    let units =
        [(Unit::Times(1_000_000), 1), (Unit::Times(1000), 1000), (Unit::Per(1000), 1_000_000_000)];
    for (unit, parts) in units {
        let values = [parts, 2 * parts, -3 * parts];
        let (left, right) = values.split_at(1);
        let stretch = |values| Stretch { values, nulls: None };
        let instants = Instants::new(vec![stretch(left), stretch(&[]), stretch(right)], unit);
        let mut seen = Vec::new();
        instants.each(0..3, |row, at| seen.push((row, at)));
        assert_eq!(seen, wanted);
    }
}
