//! Bytes that values take, those that share numbers counted once.

use std::collections::BTreeMap;

use super::chain::{Place, address};
use super::optimal::Optimal;
use super::schedule::Schedule;
use crate::program::Datum;

/// What is held now, and the most there was.
#[derive(Debug, Default)]
pub struct Ledger {
    /// How often the numbers at an address are held, and their bytes.  A tree: a hash table that
    /// is as often taken from as added to doubles itself at times, beyond the budget.
    held: BTreeMap<*const (), (usize, usize)>,
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
/// Bytes of a kept state besides its values: its lines in the list of the kept ones and in the
/// schedule.
pub const KEPT: usize = size_of::<(usize, Box<[(Place, Datum)]>)>() + Schedule::<Optimal>::LINE;

impl Ledger {
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

    /// A state is kept.
    pub fn keep(&mut self, state: &[(Place, Datum)]) {
        self.now += KEPT;
        for (_, datum) in state {
            self.add(datum);
        }
    }

    /// A state is kept no longer.
    pub fn release(&mut self, state: &[(Place, Datum)]) {
        self.now -= KEPT;
        for (_, datum) in state {
            self.remove(datum);
        }
    }

    /// Something works with this many bytes more for a while.
    pub fn work(&mut self, bytes: usize) {
        self.peak = self.peak.max(self.now + bytes);
    }
}
