//! The file of a layout: an uncompressed Arrow IPC file, memory-mapped on open.
//!
//! One record batch, one row per user in layout order: `user_id`, `bucket`, `log` (a list of
//! packed row and source row); the first user also carries the log in time order, when there is
//! one. The schema's metadata holds version, clock, seal and the caller's note. Any Arrow reader
//! can open it. A file is written beside its place and renamed, so that readers see a whole file
//! or none. The seal is compared before anything is read, because readers of Arrow may panic on
//! damaged metadata; it also tells a file that a crash cut short, so that no write waits for the
//! disk.

mod batch;
mod seal;

use std::fs::File;
use std::path::Path;
use std::sync::Arc;

use arrow_array::{LargeStringArray, RecordBatch};
use arrow_buffer::Buffer;
use arrow_ipc::convert::fb_to_schema;
use arrow_ipc::reader::{FileDecoder, read_footer_length};
use arrow_ipc::root_as_footer;
use arrow_ipc::writer::FileWriter;

use crate::error::{Error, Result};
use crate::layout::Layout;

/// Raised when the meaning of the file changes.
const VERSION: &str = "3";

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
    let batch = batch::to_batch(stored);
    let folder = path.parent().unwrap_or_else(|| Path::new("."));
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let beside = folder.join(format!(".{name}.{}.part", std::process::id()));
    let write = || -> Result<()> {
        let mut options = File::options();
        options.read(true).write(true).create(true).truncate(true);
        let sealing = seal::Sealing::new(options.open(&beside).map_err(io)?);
        let mut writer = FileWriter::try_new(sealing, &batch.schema()).map_err(arrow)?;
        writer.write(&batch).map_err(arrow)?;
        writer.into_inner().map_err(arrow)?.finish().map_err(io)?;
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
    opened(path, true)
}

/// Write `stored` to `path` and map what was written, so that its memory can be let go.
///
/// # Errors
/// As [`save`].
pub fn keep(stored: Stored, path: &Path) -> Result<Stored> {
    save(&stored, path)?;
    drop(stored);
    opened(path, false)
}

fn opened(path: &Path, check: bool) -> Result<Stored> {
    let io = |source| Error::Io { path: path.display().to_string(), source };
    let damaged = |what: String| Error::Damaged { path: path.display().to_string(), what };
    let file = File::open(path).map_err(io)?;
    // SAFETY: the file is never changed in place: `save` renames a finished file over the name,
    // which leaves this mapping on the old one.
    #[allow(unsafe_code)]
    let map = unsafe { memmap2::Mmap::map(&file) }.map_err(io)?;
    if check {
        match seal::holds(&map) {
            None => return Err(damaged("it has no seal".to_owned())),
            Some(false) => return Err(damaged("its seal does not match".to_owned())),
            Some(true) => {}
        }
    }
    let buffer = Buffer::from(bytes::Bytes::from_owner(map));
    let batch = read_batch(&buffer).map_err(damaged)?;
    batch::from_batch(&batch).map_err(damaged)
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
