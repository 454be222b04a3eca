//! Bytes that values take, those that share numbers counted once.

use rustc_hash::FxHashMap;

use super::chain::{Place, address};
use crate::program::Datum;

/// What is held now, and the most there was.
#[derive(Debug, Default)]
pub struct Ledger {
    held: FxHashMap<*const (), (usize, usize)>,
    now: usize,
    /// The most bytes at once.
    pub peak: usize,
}

/// Bytes of a value in a state besides its numbers, with the state's own and what the allocator
/// adds.
pub const ENTRY: usize = size_of::<(Place, Datum)>() + 56;
/// Bytes of numbers that are shared besides themselves: counts, a vector, a line of the ledger,
/// and what the allocator adds.
pub const SHARED: usize = 136;

impl Ledger {
    /// Make room for the lines of so many values.
    pub fn reserve(&mut self, values: usize) {
        self.held.reserve(values);
    }

    /// A value is held (once more).
    pub fn add(&mut self, datum: &Datum) {
        self.now += ENTRY;
        match datum {
            Datum::Scalar(_) => {}
            Datum::Array(array) => {
                let entry = self
                    .held
                    .entry(address(array))
                    .or_insert_with(|| (0, array.data().len() * array.dtype().size() + SHARED));
                if entry.0 == 0 {
                    self.now += entry.1;
                }
                entry.0 += 1;
            }
        }
        self.peak = self.peak.max(self.now);
    }

    /// A value is held no more (once).
    pub fn remove(&mut self, datum: &Datum) {
        self.now -= ENTRY;
        match datum {
            Datum::Scalar(_) => {}
            Datum::Array(array) => {
                if let Some(entry) = self.held.get_mut(&address(array)) {
                    entry.0 -= 1;
                    if entry.0 == 0 {
                        self.now -= entry.1;
                        self.held.remove(&address(array));
                    }
                }
            }
        }
    }

    /// Something works with this many bytes more for a while.
    pub fn work(&mut self, bytes: usize) {
        self.peak = self.peak.max(self.now + bytes);
    }
}
