//! What can go wrong, said in one sentence with the place.

use thiserror::Error;

/// Every error of this crate.
#[derive(Debug, Error)]
pub enum Error {
    /// The caller's arrays or numbers do not fit together.
    #[error("{0}")]
    Input(String),
    /// A layout file cannot be used: foreign, cut short or changed.
    #[error("layout file {path}: {what}")]
    Damaged {
        /// The file.
        path: String,
        /// What is wrong with it.
        what: String,
    },
    /// A layout file cannot be read or written.
    #[error("layout file {path}: {source}")]
    Io {
        /// The file.
        path: String,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The caller asked to stop.
    #[error("cancelled")]
    Cancelled,
}

/// Shorthand of this crate.
pub type Result<T> = std::result::Result<T, Error>;

/// An [`Error::Input`] from any words.
pub fn input(words: impl Into<String>) -> Error {
    Error::Input(words.into())
}
