//! The seal of a layout file: a hash over every byte but its own digits, which count as zeros.
//!
//! The digits stand in the schema at the head and again in the footer.

use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom, Write};
use std::ops::Range;

use memchr::memmem;
use xxhash_rust::xxh3::Xxh3;

/// Stands before the digits of the seal.
const MARK: &str = "footprint-seal:";
const DIGITS: usize = 16;
/// Head and footer hold the schema, that is a few names and the caller's note.
const REACH: u64 = 1 << 22;

/// A seal whose digits are not known yet.
pub fn blank() -> String {
    format!("{MARK}{:0DIGITS$}", 0)
}

/// Hashes what passes through to a file.
pub struct Sealing {
    file: File,
    hash: Box<Xxh3>,
}

impl Sealing {
    /// Write to `file`, which is empty.
    pub fn new(file: File) -> Self {
        Self { file, hash: Box::new(Xxh3::new()) }
    }

    /// Put the digits in both places.
    pub fn finish(mut self) -> Result<()> {
        let digits = format!("{:0DIGITS$x}", self.hash.digest());
        let size = self.file.seek(SeekFrom::End(0))?;
        let none = || std::io::Error::other("the file has no place for its seal");
        let head = self.part(0..REACH.min(size))?;
        let first = memmem::find(&head, MARK.as_bytes()).ok_or_else(none)? as u64;
        let from = size.saturating_sub(REACH);
        let tail = self.part(from..size)?;
        let last = memmem::rfind(&tail, MARK.as_bytes()).ok_or_else(none)? as u64 + from;
        for at in [first, last] {
            self.file.seek(SeekFrom::Start(at + MARK.len() as u64))?;
            self.file.write_all(digits.as_bytes())?;
        }
        Ok(())
    }

    fn part(&mut self, range: Range<u64>) -> Result<Vec<u8>> {
        let mut bytes = Vec::new();
        self.file.seek(SeekFrom::Start(range.start))?;
        (&self.file).take(range.end - range.start).read_to_end(&mut bytes)?;
        Ok(bytes)
    }
}

impl Write for Sealing {
    fn write(&mut self, bytes: &[u8]) -> Result<usize> {
        let taken = self.file.write(bytes)?;
        self.hash.update(&bytes[..taken]);
        Ok(taken)
    }

    fn flush(&mut self) -> Result<()> {
        self.file.flush()
    }
}

/// Whether the seal of a whole file holds; `None` when it has none.
pub fn holds(bytes: &[u8]) -> Option<bool> {
    let first = memmem::find(bytes, MARK.as_bytes())? + MARK.len();
    let last = memmem::rfind(bytes, MARK.as_bytes())? + MARK.len();
    if last < first + DIGITS || last + DIGITS > bytes.len() {
        return None;
    }
    let zeros = [b'0'; DIGITS];
    let mut hash = Xxh3::new();
    for part in
        [&bytes[..first], &zeros, &bytes[first + DIGITS..last], &zeros, &bytes[last + DIGITS..]]
    {
        hash.update(part);
    }
    let digits = format!("{:0DIGITS$x}", hash.digest());
    Some([first, last].iter().all(|&at| bytes[at..at + DIGITS] == *digits.as_bytes()))
}
