//! A small open-addressing table: keys to first-seen codes.

use super::Fingerprint;

/// Code 0 is the first key seen. One slot is 16 bytes: the whole key and its code plus one.
#[derive(Debug)]
pub struct Interner {
    slots: Vec<(u64, u32, u32)>,
    keys: Vec<Fingerprint>,
    first: Vec<u32>,
}

impl Interner {
    /// No key yet.
    pub fn new() -> Self {
        Self { slots: vec![(0, 0, 0); 1 << 10], keys: Vec::new(), first: Vec::new() }
    }

    /// The code of `key`; `row` is kept when it is new. `hash` must spread well in its low bits.
    #[inline]
    pub fn code(&mut self, hash: u64, key: Fingerprint, row: u32) -> u32 {
        let mask = self.slots.len() - 1;
        let mut at = hash as usize & mask;
        loop {
            let (high, low, code) = self.slots[at];
            if code == 0 {
                break;
            }
            if high == key.0 && low == key.1 {
                return code - 1;
            }
            at = (at + 1) & mask;
        }
        self.keys.push(key);
        self.first.push(row);
        let code = self.keys.len() as u32;
        self.slots[at] = (key.0, key.1, code);
        if self.keys.len() * 2 > self.slots.len() {
            self.grow();
        }
        code - 1
    }

    /// Keys and the row each was first seen at, by code.
    pub fn into_parts(self) -> (Vec<Fingerprint>, Vec<u32>) {
        (self.keys, self.first)
    }

    fn grow(&mut self) {
        let size = self.slots.len() * 4;
        let old = std::mem::replace(&mut self.slots, vec![(0, 0, 0); size]);
        for slot in old.into_iter().filter(|slot| slot.2 != 0) {
            let mut at = spread(slot.0) as usize & (size - 1);
            while self.slots[at].2 != 0 {
                at = (at + 1) & (size - 1);
            }
            self.slots[at] = slot;
        }
    }
}

/// The hash of a key by its first half; multiplication carries every bit upwards, the turn brings
/// the top bits down.
#[inline]
pub fn spread(key: u64) -> u64 {
    key.wrapping_mul(0x9E37_79B9_7F4A_7C15).rotate_left(29)
}
