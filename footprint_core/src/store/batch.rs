//! A layout as one record batch, and back.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{Int64Type, UInt8Type, UInt32Type, UInt64Type};
use arrow_array::{
    Array, ArrayRef, Int64Array, LargeListArray, RecordBatch, StructArray, UInt8Array, UInt32Array,
    UInt64Array,
};
use arrow_buffer::{OffsetBuffer, ScalarBuffer};
use arrow_schema::{DataType, Field, Fields, Schema};

use super::{Stored, VERSION, seal};
use crate::layout::{BUCKETS, Clock, Kept, Layout, Timeline};

fn list_fields() -> Fields {
    Fields::from(vec![
        Field::new("row", DataType::UInt64, false),
        Field::new("source", DataType::UInt32, false),
    ])
}

/// The batch of `stored`.
pub fn to_batch(stored: &Stored) -> RecordBatch {
    let layout = &stored.layout;
    let rows: ArrayRef = Arc::new(UInt64Array::new(layout.rows.clone(), None));
    let source: ArrayRef = Arc::new(UInt32Array::new(layout.source.clone(), None));
    let pairs = StructArray::new(list_fields(), vec![rows, source], None);
    let item = Arc::new(Field::new("item", DataType::Struct(list_fields()), false));
    let log = LargeListArray::new(item, layout.offsets.clone(), Arc::new(pairs), None);
    let (moments, bases) = timeline_lists(layout);
    let bucket = UInt8Array::from_iter_values((0..BUCKETS).flat_map(|b| {
        let users = layout.buckets[b + 1] - layout.buckets[b];
        std::iter::repeat_n(b as u8, users as usize)
    }));
    let fields = vec![
        Field::new("user_id", DataType::LargeUtf8, false),
        Field::new("bucket", DataType::UInt8, false),
        Field::new("log", log.data_type().clone(), false),
        Field::new("moments", moments.data_type().clone(), false),
        Field::new("bases", bases.data_type().clone(), false),
    ];
    let metadata = HashMap::from([
        ("version".to_owned(), VERSION.to_owned()),
        ("base".to_owned(), layout.clock.base.to_string()),
        ("tick".to_owned(), layout.clock.tick.to_string()),
        ("source_rows".to_owned(), layout.source_rows.to_string()),
        ("unit".to_owned(), layout.timeline.as_ref().map_or(0, |time| time.unit).to_string()),
        ("seal".to_owned(), seal::blank()),
        ("note".to_owned(), stored.note.clone()),
    ]);
    let schema = Arc::new(Schema::new_with_metadata(fields, metadata));
    RecordBatch::try_new(
        schema,
        vec![
            Arc::new(stored.ids.clone()),
            Arc::new(bucket),
            Arc::new(log),
            Arc::new(moments),
            Arc::new(bases),
        ],
    )
    .expect("columns are built to the schema")
}

fn moment_fields() -> Fields {
    Fields::from(vec![
        Field::new("event", DataType::UInt8, false),
        Field::new("since", DataType::UInt32, false),
    ])
}

/// The timeline as two lists that belong to the first user; every other user has empty ones.
fn timeline_lists(layout: &Layout) -> (LargeListArray, LargeListArray) {
    let time = layout.timeline.as_ref().filter(|_| layout.users() > 0);
    let events = time.map_or_else(ScalarBuffer::default, |time| time.events.clone());
    let since = time.map_or_else(ScalarBuffer::default, |time| time.since.clone());
    let bases = time.map_or_else(ScalarBuffer::default, |time| time.bases.clone());
    let offsets = |length: usize| {
        let mut offsets = vec![length as i64; layout.users() + 1];
        offsets[0] = 0;
        OffsetBuffer::new(ScalarBuffer::from(offsets))
    };
    let (rows, blocks) = (offsets(events.len()), offsets(bases.len()));
    let columns: Vec<ArrayRef> =
        vec![Arc::new(UInt8Array::new(events, None)), Arc::new(UInt32Array::new(since, None))];
    let moments = StructArray::new(moment_fields(), columns, None);
    let item = Arc::new(Field::new("item", DataType::Struct(moment_fields()), false));
    let moments = LargeListArray::new(item, rows, Arc::new(moments), None);
    let item = Arc::new(Field::new("item", DataType::Int64, false));
    let bases = LargeListArray::new(item, blocks, Arc::new(Int64Array::new(bases, None)), None);
    (moments, bases)
}

/// What a batch holds; says what is wrong with it.
pub fn from_batch(batch: &RecordBatch) -> std::result::Result<Stored, String> {
    let schema = batch.schema();
    let text = |key: &str| schema.metadata().get(key).ok_or(format!("it has no {key}"));
    if text("version")? != VERSION {
        return Err(format!("it has version {}, this program reads {VERSION}", text("version")?));
    }
    let number = |key: &str| text(key)?.parse::<i64>().map_err(|_| format!("{key} is no number"));
    let column = |name: &str| batch.column_by_name(name).ok_or(format!("it has no {name}"));
    let ids = column("user_id")?.as_string_opt::<i64>().ok_or("user_id is no text")?.clone();
    let bucket =
        column("bucket")?.as_primitive_opt::<UInt8Type>().ok_or("bucket is no byte")?.values();
    let log = column("log")?.as_list_opt::<i64>().ok_or("log is no list")?;
    let pairs = log.values().as_struct_opt().ok_or("log holds no pairs")?;
    let rows = pairs.column(0).as_primitive_opt::<UInt64Type>().ok_or("rows are no words")?;
    let source = pairs.column(1).as_primitive_opt::<UInt32Type>().ok_or("sources are no rows")?;
    let timeline = timeline(batch, number("unit")?)?;
    let layout = Layout {
        rows: rows.values().clone(),
        source: source.values().clone(),
        offsets: log.offsets().clone(),
        buckets: (0..=BUCKETS)
            .map(|b| bucket.partition_point(|&x| (x as usize) < b) as u32)
            .collect(),
        clock: Clock { base: number("base")?, tick: number("tick")? },
        source_rows: number("source_rows")? as usize,
        timeline,
        kept: Kept::default(),
    };
    let note = text("note")?.clone();
    Ok(Stored { layout, ids, note })
}

fn timeline(batch: &RecordBatch, unit: i64) -> std::result::Result<Option<Timeline>, String> {
    if unit <= 0 {
        return Ok(None);
    }
    let list = |name: &str| {
        let column = batch.column_by_name(name).ok_or(format!("it has no {name}"))?;
        column.as_list_opt::<i64>().map(|list| list.values().clone()).ok_or("no list".to_owned())
    };
    let moments = list("moments")?;
    let moments = moments.as_struct_opt().ok_or("moments are no pairs")?;
    let events = moments.column(0).as_primitive_opt::<UInt8Type>().ok_or("events are no bytes")?;
    let since = moments.column(1).as_primitive_opt::<UInt32Type>().ok_or("no distances")?;
    let bases = list("bases")?;
    let bases = bases.as_primitive_opt::<Int64Type>().ok_or("bases are no instants")?;
    Ok(Some(Timeline {
        events: events.values().clone(),
        bases: bases.values().clone(),
        since: since.values().clone(),
        unit,
    }))
}
