//! The file of a layout: an uncompressed Arrow IPC file, memory-mapped on open.
//!
//! One record batch, one row per user in layout order: `user_id`, `bucket`, `log` (a list of
//! packed row and source row). The schema's metadata holds version, clock, seal and the caller's
//! note. Any Arrow reader can open it. A file is written beside its place and renamed, so that
//! readers see a whole file or none. The seal is a hash over every byte of the file but its own
//! (it stands in the schema at the head and again in the footer); it is compared before anything
//! is read, because readers of Arrow may panic on damaged metadata.

use std::collections::HashMap;
use std::fs::File;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::{UInt8Type, UInt32Type, UInt64Type};
use arrow_array::{
    Array, ArrayRef, LargeListArray, LargeStringArray, RecordBatch, StructArray, UInt8Array,
    UInt32Array, UInt64Array,
};
use arrow_buffer::Buffer;
use arrow_ipc::convert::fb_to_schema;
use arrow_ipc::reader::{FileDecoder, read_footer_length};
use arrow_ipc::root_as_footer;
use arrow_ipc::writer::FileWriter;
use arrow_schema::{DataType, Field, Fields, Schema};
use memchr::memmem;
use xxhash_rust::xxh3::Xxh3;

use crate::error::{Error, Result};
use crate::layout::{BUCKETS, Clock, Layout};

/// Raised when the meaning of the file changes.
const VERSION: &str = "2";
/// Stands before the 16 hexadecimal digits of the seal.
const SEAL: &str = "footprint-seal:";
const DIGITS: usize = 16;

/// A layout with the ids of its users and the caller's note.
#[derive(Debug, Clone)]
pub struct Stored {
    /// The rows.
    pub layout: Layout,
    /// User ids by user code.
    pub ids: LargeStringArray,
    /// Free text kept with the file.
    pub note: String,
}

/// Write `stored` to `path` in one step.
///
/// # Errors
/// The file system refuses.
pub fn save(stored: &Stored, path: &Path) -> Result<()> {
    let io = |source| Error::Io { path: path.display().to_string(), source };
    let arrow = |error: arrow_schema::ArrowError| io(std::io::Error::other(error));
    let batch = to_batch(stored);
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}.part", std::process::id()));
    let write = || -> Result<()> {
        let file = File::create(&beside).map_err(io)?;
        let mut writer = FileWriter::try_new(file, &batch.schema()).map_err(arrow)?;
        writer.write(&batch).map_err(arrow)?;
        writer.finish().map_err(arrow)?;
        drop(writer);
        seal(&beside).map_err(io)?;
        std::fs::rename(&beside, path).map_err(io)
    };
    write().inspect_err(|_| {
        // The part file is of no use to anyone; the first error is what matters.
        let _ = std::fs::remove_file(&beside);
    })
}

/// Map the file at `path` and check it.
///
/// # Errors
/// [`Error::Io`] when it cannot be read, [`Error::Damaged`] when it is not a whole layout file of
/// this version.
pub fn open(path: &Path) -> Result<Stored> {
    let io = |source| Error::Io { path: path.display().to_string(), source };
    let damaged = |what: String| Error::Damaged { path: path.display().to_string(), what };
    let file = File::open(path).map_err(io)?;
    // SAFETY: the file is never changed in place: `save` renames a finished file over the name,
    // which leaves this mapping on the old one.
    #[allow(unsafe_code)]
    let map = unsafe { memmap2::Mmap::map(&file) }.map_err(io)?;
    let (places, digits) = sealed(&map).ok_or_else(|| damaged("it has no seal".to_owned()))?;
    if places.iter().any(|place| map[place.clone()] != *digits.as_bytes()) {
        return Err(damaged("its seal does not match".to_owned()));
    }
    let buffer = Buffer::from(bytes::Bytes::from_owner(map));
    let batch = read_batch(&buffer).map_err(damaged)?;
    from_batch(&batch).map_err(damaged)
}

fn list_fields() -> Fields {
    Fields::from(vec![
        Field::new("row", DataType::UInt64, false),
        Field::new("source", DataType::UInt32, false),
    ])
}

fn to_batch(stored: &Stored) -> RecordBatch {
    let layout = &stored.layout;
    let rows: ArrayRef = Arc::new(UInt64Array::new(layout.rows.clone(), None));
    let source: ArrayRef = Arc::new(UInt32Array::new(layout.source.clone(), None));
    let pairs = StructArray::new(list_fields(), vec![rows, source], None);
    let item = Arc::new(Field::new("item", DataType::Struct(list_fields()), false));
    let log = LargeListArray::new(item, layout.offsets.clone(), Arc::new(pairs), None);
    let bucket = UInt8Array::from_iter_values((0..BUCKETS).flat_map(|b| {
        let users = layout.buckets[b + 1] - layout.buckets[b];
        std::iter::repeat_n(b as u8, users as usize)
    }));
    let fields = vec![
        Field::new("user_id", DataType::LargeUtf8, false),
        Field::new("bucket", DataType::UInt8, false),
        Field::new("log", log.data_type().clone(), false),
    ];
    let metadata = HashMap::from([
        ("version".to_owned(), VERSION.to_owned()),
        ("base".to_owned(), layout.clock.base.to_string()),
        ("tick".to_owned(), layout.clock.tick.to_string()),
        ("source_rows".to_owned(), layout.source_rows.to_string()),
        ("seal".to_owned(), format!("{SEAL}{:0DIGITS$}", 0)),
        ("note".to_owned(), stored.note.clone()),
    ]);
    let schema = Arc::new(Schema::new_with_metadata(fields, metadata));
    RecordBatch::try_new(
        schema,
        vec![Arc::new(stored.ids.clone()), Arc::new(bucket), Arc::new(log)],
    )
    .expect("columns are built to the schema")
}

fn read_batch(buffer: &Buffer) -> std::result::Result<RecordBatch, String> {
    let words = |error: arrow_schema::ArrowError| error.to_string();
    let trailer = buffer.len().checked_sub(10).ok_or("it is too short")?;
    let tail = buffer[trailer..].try_into().map_err(|_| "it is too short")?;
    let footer_length = read_footer_length(tail).map_err(words)?;
    let start = trailer.checked_sub(footer_length).ok_or("it is cut short")?;
    let footer = root_as_footer(&buffer[start..trailer]).map_err(|error| error.to_string())?;
    let schema = fb_to_schema(footer.schema().ok_or("it has no schema")?);
    let decoder = FileDecoder::new(Arc::new(schema), footer.version());
    let blocks = footer.recordBatches().ok_or("it has no rows")?;
    let block = blocks.iter().next().ok_or("it has no rows")?;
    let length = block.bodyLength() as usize + block.metaDataLength() as usize;
    let offset = block.offset() as usize;
    if offset.checked_add(length).is_none_or(|end| end > buffer.len()) {
        return Err("it is cut short".to_owned());
    }
    let data = buffer.slice_with_length(offset, length);
    let batch = decoder.read_record_batch(block, &data).map_err(words)?;
    batch.ok_or_else(|| "it has no rows".to_owned())
}

fn from_batch(batch: &RecordBatch) -> std::result::Result<Stored, String> {
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
    let layout = Layout {
        rows: rows.values().clone(),
        source: source.values().clone(),
        offsets: log.offsets().clone(),
        buckets: (0..=BUCKETS)
            .map(|b| bucket.partition_point(|&x| (x as usize) < b) as u32)
            .collect(),
        clock: Clock { base: number("base")?, tick: number("tick")? },
        source_rows: number("source_rows")? as usize,
    };
    let note = text("note")?.clone();
    Ok(Stored { layout, ids, note })
}

/// Where the digits of the seal stand, and what they must be.
fn sealed(bytes: &[u8]) -> Option<([Range<usize>; 2], String)> {
    let first = memmem::find(bytes, SEAL.as_bytes())? + SEAL.len();
    let last = memmem::rfind(bytes, SEAL.as_bytes())? + SEAL.len();
    if last < first + DIGITS || last + DIGITS > bytes.len() {
        return None;
    }
    let mut hash = Xxh3::new();
    for part in [0..first, first + DIGITS..last, last + DIGITS..bytes.len()] {
        hash.update(&bytes[part]);
    }
    let places = [first..first + DIGITS, last..last + DIGITS];
    Some((places, format!("{:0DIGITS$x}", hash.digest())))
}

/// Put the seal into a finished file.
fn seal(path: &Path) -> std::io::Result<()> {
    let file = File::options().read(true).write(true).open(path)?;
    // SAFETY: the file was just written by this process under a name nobody else opens.
    #[allow(unsafe_code)]
    let mut map = unsafe { memmap2::MmapMut::map_mut(&file) }?;
    let (places, digits) =
        sealed(&map).ok_or_else(|| std::io::Error::other("the file has no place for its seal"))?;
    for place in places {
        map[place].copy_from_slice(digits.as_bytes());
    }
    map.flush()?;
    file.sync_all()
}
