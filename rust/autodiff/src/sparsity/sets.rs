//! Sets of input numbers, each with one name.
//!
//! A set whose members lie within 32 places is its own name: the least member in the upper
//! half, and in the lower a bit for each place from there on.  So neighbours are united by a
//! shift.  Every other set is kept once; its name is even, which that of no other set is.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHasher};

use super::SparsityError;

/// The empty set.
pub const EMPTY: i64 = 0;

/// How many members all kept sets may have together: 512 MiB.
const LIMIT: usize = 1 << 27;

/// How many members two sets have together whose union is not remembered.
const FEW: usize = 16;

/// Memory for the members of a set that is its own name.
pub type Spelt = [u32; 32];

/// The set of one input.
pub const fn single(input: u32) -> i64 {
    (input as i64) << 32 | 1
}

/// The name of two sets' union when all three are their own names.
const fn near(a: i64, b: i64) -> Option<i64> {
    let (low, high) = if a < b { (a, b) } else { (b, a) };
    let apart = (high >> 32) - (low >> 32);
    let shifted = if apart < 32 { (high & 0xffff_ffff) << apart } else { i64::MAX };
    if low & high & 1 == 1 && shifted >> 32 == 0 { Some(low | shifted) } else { None }
}

/// The sets met so far that are not their own names.
#[derive(Debug)]
pub struct Sets {
    inputs: usize,
    members: Vec<u32>,
    starts: Vec<usize>,
    /// Sets by a hash of their members; the next hash where others have the same.
    known: FxHashMap<u64, i64>,
    /// The union of two sets that are not small, by both names.
    unions: FxHashMap<(i64, i64), i64>,
    marks: Vec<u64>,
    /// Memory for the members of a union that may be known.
    merged: Vec<u32>,
}

impl Sets {
    /// None but the empty one.
    pub fn new(inputs: usize) -> Self {
        Self {
            inputs,
            members: Vec::new(),
            starts: vec![0, 0],
            known: FxHashMap::default(),
            unions: FxHashMap::default(),
            marks: vec![0; inputs.div_ceil(64)],
            merged: Vec::new(),
        }
    }

    /// The members of a set, ascending.
    pub fn members<'a>(&'a self, set: i64, spelt: &'a mut Spelt) -> &'a [u32] {
        if set & 1 == 0 {
            let kept = set as usize / 2;
            return &self.members[self.starts[kept]..self.starts[kept + 1]];
        }
        let (least, mut left, mut count) = ((set >> 32) as u32, set as u32, 0);
        while left != 0 {
            spelt[count] = least + left.trailing_zeros();
            count += 1;
            left &= left - 1;
        }
        &spelt[..count]
    }

    /// The union of two sets.
    pub fn union(&mut self, a: i64, b: i64) -> Result<i64, SparsityError> {
        if a == b || b == EMPTY {
            return Ok(a);
        }
        if a == EMPTY {
            return Ok(b);
        }
        near(a, b).map_or_else(|| self.wide(a, b), Ok)
    }

    /// The union of two sets, not all three of which are their own names.
    fn wide(&mut self, a: i64, b: i64) -> Result<i64, SparsityError> {
        let mut merged = std::mem::take(&mut self.merged);
        merged.clear();
        let (mut left, mut right) = ([0; 32], [0; 32]);
        let (left, right) = (self.members(a, &mut left), self.members(b, &mut right));
        let lengths = [left.len(), right.len()];
        // Few members are merged sooner than a union is looked up.
        let few = left.len() + right.len() <= FEW;
        let pair = (a.min(b), a.max(b));
        let made = match self.unions.get(&pair) {
            Some(&known) if !few => known,
            _ => {
                merge(left, right, &mut merged);
                match lengths.map(|length| length == merged.len()) {
                    [true, _] => a,
                    [_, true] => b,
                    _ => self.keep(&merged)?,
                }
            }
        };
        self.merged = merged;
        if !few {
            self.unions.insert(pair, made);
        }
        Ok(made)
    }

    /// The union of many sets; the list is left in another order.
    pub fn union_all(&mut self, sets: &mut Vec<i64>) -> Result<i64, SparsityError> {
        sets.sort_unstable();
        sets.dedup();
        match sets[..] {
            [] => return Ok(EMPTY),
            [only] => return Ok(only),
            [a, b] => return self.union(a, b),
            _ => {}
        }
        let (mut all, mut spelt) = (Vec::new(), [0; 32]);
        let count: usize = sets.iter().map(|&set| self.members(set, &mut spelt).len()).sum();
        if count < self.inputs / 64 {
            for &set in sets.iter() {
                all.extend_from_slice(self.members(set, &mut spelt));
            }
            all.sort_unstable();
            all.dedup();
        } else {
            let mut marks = std::mem::take(&mut self.marks);
            marks.fill(0);
            for &set in sets.iter() {
                for &member in self.members(set, &mut spelt) {
                    marks[member as usize / 64] |= 1 << (member % 64);
                }
            }
            for (word, &marks) in marks.iter().enumerate() {
                let mut left = marks;
                while left != 0 {
                    all.push(word as u32 * 64 + left.trailing_zeros());
                    left &= left - 1;
                }
            }
            self.marks = marks;
        }
        self.keep(&all)
    }

    /// The name of a set, which is kept unless it is its own name.
    fn keep(&mut self, members: &[u32]) -> Result<i64, SparsityError> {
        let own = members[1..].iter().try_fold(single(members[0]), |set, &member| near(set, single(member)));
        if let Some(own) = own {
            return Ok(own);
        }
        let mut hasher = FxHasher::default();
        for &member in members {
            hasher.write_u32(member);
        }
        let mut hash = hasher.finish();
        while let Some(&set) = self.known.get(&hash) {
            if self.members(set, &mut [0; 32]) == members {
                return Ok(set);
            }
            hash = hash.wrapping_add(1);
        }
        if self.members.len() + members.len() > LIMIT {
            return Err(SparsityError::TooDense { limit: LIMIT });
        }
        let set = 2 * (self.starts.len() as i64 - 1);
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
