//! A running kernel as seen from outside: how far it is, and a way to stop it.

use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::error::{Error, Result};

/// Two atomics shared by a kernel and its watcher.
#[derive(Debug, Default)]
pub struct Task {
    cancel: AtomicBool,
    done: AtomicU64,
}

impl Task {
    /// Ask the kernel to stop at its next block of users.
    pub fn cancel(&self) {
        self.cancel.store(true, Ordering::Relaxed);
    }

    /// Whether [`Task::cancel`] was called.
    pub fn is_cancelled(&self) -> bool {
        self.cancel.load(Ordering::Relaxed)
    }

    /// Rows worked through so far.
    pub fn done(&self) -> u64 {
        self.done.load(Ordering::Relaxed)
    }

    /// Called by kernels between blocks: counts `rows`, fails when cancelled.
    ///
    /// # Errors
    /// [`Error::Cancelled`] after [`Task::cancel`].
    pub fn step(&self, rows: usize) -> Result<()> {
        if self.is_cancelled() {
            return Err(Error::Cancelled);
        }
        self.done.fetch_add(rows as u64, Ordering::Relaxed);
        Ok(())
    }
}
