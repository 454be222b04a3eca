//! Sets of input numbers, each kept once and named by its place.

use std::hash::Hasher;

use rustc_hash::{FxBuildHasher, FxHashMap, FxHasher};

use super::SparsityError;

/// The empty set.
pub const EMPTY: u32 = 0;

/// How many members all sets may have together: 512 MiB.
const LIMIT: usize = 1 << 27;

/// How many members two sets have together whose union is not remembered.
const FEW: usize = 16;

/// All sets met so far: the empty one, one for each input, and unions.
#[derive(Debug)]
pub struct Sets {
    inputs: usize,
    members: Vec<u32>,
    starts: Vec<usize>,
    /// Unions by a hash of their members; the next hash where others have the same.
    known: FxHashMap<u64, u32>,
    /// The union of two sets that are not small, by both names in one word.
    unions: FxHashMap<u64, u32>,
    marks: Vec<u64>,
    /// Memory for the members of a union that may be known.
    merged: Vec<u32>,
}

impl Sets {
    /// The empty set and the sets of one input each: input i is set i + 1.
    pub fn new(inputs: usize) -> Self {
        Self {
            inputs,
            members: (0..inputs as u32).collect(),
            starts: std::iter::once(0).chain(0..=inputs).collect(),
            known: FxHashMap::with_capacity_and_hasher(2 * inputs, FxBuildHasher),
            unions: FxHashMap::default(),
            marks: vec![0; inputs.div_ceil(64)],
            merged: Vec::new(),
        }
    }

    /// The members of a set, ascending.
    pub fn members(&self, set: u32) -> &[u32] {
        &self.members[self.starts[set as usize]..self.starts[set as usize + 1]]
    }

    /// The union of two sets.
    pub fn union(&mut self, a: u32, b: u32) -> Result<u32, SparsityError> {
        if a == b || b == EMPTY {
            return Ok(a);
        }
        if a == EMPTY {
            return Ok(b);
        }
        // Few members are merged sooner than a union is looked up.
        let few = self.members(a).len() + self.members(b).len() <= FEW;
        let pair = u64::from(a.min(b)) << 32 | u64::from(a.max(b));
        if !few && let Some(&known) = self.unions.get(&pair) {
            return Ok(known);
        }
        let mut merged = std::mem::take(&mut self.merged);
        merged.clear();
        merge(self.members(a), self.members(b), &mut merged);
        let made = if merged.len() == self.members(a).len() {
            a
        } else if merged.len() == self.members(b).len() {
            b
        } else {
            self.keep(&merged)?
        };
        self.merged = merged;
        if !few {
            self.unions.insert(pair, made);
        }
        Ok(made)
    }

    /// The union of many sets; the list is left in another order.
    pub fn union_all(&mut self, sets: &mut Vec<u32>) -> Result<u32, SparsityError> {
        sets.sort_unstable();
        sets.dedup();
        match sets[..] {
            [] => return Ok(EMPTY),
            [only] => return Ok(only),
            [a, b] => return self.union(a, b),
            _ => {}
        }
        let mut all = Vec::new();
        let count: usize = sets.iter().map(|&set| self.members(set).len()).sum();
        if count < self.inputs / 64 {
            for &set in sets.iter() {
                all.extend_from_slice(self.members(set));
            }
            all.sort_unstable();
            all.dedup();
        } else {
            self.marks.fill(0);
            for &set in sets.iter() {
                for &member in &self.members[self.starts[set as usize]..self.starts[set as usize + 1]] {
                    self.marks[member as usize / 64] |= 1 << (member % 64);
                }
            }
            for (word, &marks) in self.marks.iter().enumerate() {
                let mut left = marks;
                while left != 0 {
                    all.push(word as u32 * 64 + left.trailing_zeros());
                    left &= left - 1;
                }
            }
        }
        self.keep(&all)
    }

    fn keep(&mut self, members: &[u32]) -> Result<u32, SparsityError> {
        if let [only] = members {
            return Ok(only + 1);
        }
        let mut hasher = FxHasher::default();
        for &member in members {
            hasher.write_u32(member);
        }
        let mut hash = hasher.finish();
        while let Some(&set) = self.known.get(&hash) {
            if self.members(set) == members {
                return Ok(set);
            }
            hash = hash.wrapping_add(1);
        }
        if self.members.len() + members.len() > LIMIT {
            return Err(SparsityError::TooDense { limit: LIMIT });
        }
        let set = self.starts.len() as u32 - 1;
        self.members.extend_from_slice(members);
        self.starts.push(self.members.len());
        self.known.insert(hash, set);
        Ok(set)
    }
}

/// The union of two ascending lists, appended to a third.
pub fn merge(a: &[u32], b: &[u32], into: &mut Vec<u32>) {
    let (mut i, mut j) = (0, 0);
    while i < a.len() && j < b.len() {
        let (x, y) = (a[i], b[j]);
        into.push(x.min(y));
        i += usize::from(x <= y);
        j += usize::from(y <= x);
    }
    into.extend_from_slice(&a[i..]);
    into.extend_from_slice(&b[j..]);
}
