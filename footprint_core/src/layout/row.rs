//! One row in one word: stamp (48 bits), event code (8), channel code (8).

/// The code that means "no value", and "beyond the codes of one byte".
pub const NONE: u8 = 255;

/// A packed row. Words of one user compare by instant first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row(pub u64);

impl Row {
    /// Largest stamp that fits.
    pub const MAX_STAMP: u64 = (1 << 48) - 1;

    /// Pack a row; `stamp` must not exceed [`Row::MAX_STAMP`].
    #[inline]
    #[must_use]
    pub fn new(stamp: u64, event: u8, channel: u8) -> Self {
        debug_assert!(stamp <= Self::MAX_STAMP);
        Self(stamp << 16 | u64::from(event) << 8 | u64::from(channel))
    }

    /// Ticks since the clock's base.
    #[inline]
    #[must_use]
    pub fn stamp(self) -> u64 {
        self.0 >> 16
    }

    /// Event type code.
    #[inline]
    #[must_use]
    pub fn event(self) -> u8 {
        (self.0 >> 8) as u8
    }

    /// Channel code.
    #[inline]
    #[must_use]
    pub fn channel(self) -> u8 {
        self.0 as u8
    }
}
