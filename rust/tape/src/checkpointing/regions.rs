//! Stretches of a recording whose values are let go, and computed again when they are read.
//!
//! The nodes stay, so whatever is done with the graph knows nothing of this.  At any time at
//! most one stretch has its values back, with those that it lies in.

use pyframe_graph::{Array, NodeId};
use smallvec::SmallVec;

use crate::eager::Recording;
use crate::error::TapeError;
use crate::evaluate::{Host, evaluate};
use crate::value::Value;

/// A stretch of nodes.
#[derive(Debug)]
struct Region {
    start: usize,
    end: usize,
    /// What is read outside, in order: these values stay.
    kept: Vec<NodeId>,
    /// The smallest stretch that it lies in.
    outer: Option<usize>,
    /// The first stretch that lies in it; those up to it do.
    inner: usize,
    gone: bool,
}

/// The stretches of a recording, by their ends.
#[derive(Debug, Default)]
pub struct Regions {
    regions: Vec<Region>,
    /// Those that have their values back.
    restored: Vec<usize>,
}

impl Regions {
    /// Whether there are none.
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.regions.is_empty()
    }

    /// The stretches that a node lies in and that do not keep its value, the largest first.
    fn around(&self, id: NodeId) -> SmallVec<[usize; 4]> {
        let mut found = SmallVec::new();
        let mut place = Some(self.regions.partition_point(|region| region.end <= id.index()));
        while let Some(region) = place.and_then(|place| self.regions.get(place)) {
            if region.start <= id.index() && region.kept.binary_search(&id).is_err() {
                found.extend(place);
            }
            place = region.outer;
        }
        found.reverse();
        found
    }

    /// Whether a node's value has been let go.
    pub fn is_gone(&self, id: NodeId) -> bool {
        !self.is_empty() && self.around(id).iter().any(|&place| self.regions[place].gone)
    }

    /// Forget the stretches from a node on.
    pub fn truncate(&mut self, count: usize) {
        self.regions.retain(|region| region.end <= count);
        let left = self.regions.len();
        self.restored.retain(|&place| place < left);
        for region in &mut self.regions {
            region.outer = region.outer.filter(|&outer| outer < left);
        }
    }
}

impl Recording {
    /// Let go the values of the nodes from `start` on, but for those that are read outside.
    pub fn let_go(&mut self, start: usize, kept: &[NodeId]) {
        let end = self.graph.len();
        let mut kept: Vec<NodeId> = kept.iter().copied().filter(|id| id.index() >= start).collect();
        kept.sort_unstable();
        kept.dedup();
        let place = self.regions.regions.len();
        let mut inner = place;
        while inner > 0 && self.regions.regions[inner - 1].start >= start {
            inner -= 1;
            self.regions.regions[inner].outer.get_or_insert(place);
        }
        self.regions.regions.push(Region { start, end, kept, outer: None, inner, gone: false });
        self.drop_values(place);
    }

    /// Let the values of a stretch go, and of those in it.
    fn drop_values(&mut self, place: usize) {
        let Region { start, end, inner, .. } = self.regions.regions[place];
        let nothing = Value::Array(Array::scalar(false));
        for node in start..end {
            let id = NodeId(node as u32);
            if !self.graph.nodes()[node].is_scalar()
                && self.regions.regions[place].kept.binary_search(&id).is_err()
            {
                self.values[self.scalars[node].to_bits() as usize] = nothing.clone();
            }
        }
        for region in &mut self.regions.regions[inner..=place] {
            region.gone = true;
        }
        self.regions.restored.retain(|restored| !(inner..=place).contains(restored));
    }

    /// Have the values of these nodes at hand, those of other stretches go.
    pub fn restore(&mut self, wanted: &[NodeId], host: &dyn Host) -> Result<(), TapeError> {
        if !wanted.iter().any(|&id| self.regions.is_gone(id)) {
            return Ok(());
        }
        let around: Vec<usize> = wanted.iter().flat_map(|&id| self.regions.around(id)).collect();
        for place in self.regions.restored.clone() {
            if !around.contains(&place) && !self.regions.regions[place].gone {
                self.drop_values(place);
            }
        }
        wanted.iter().try_for_each(|&id| self.compute_again(id, host))
    }

    /// Let all values go that were computed again.
    pub(crate) fn drop_restored(&mut self) {
        while let Some(&place) = self.regions.restored.last() {
            self.drop_values(place);
        }
    }

    fn compute_again(&mut self, id: NodeId, host: &dyn Host) -> Result<(), TapeError> {
        for place in self.regions.around(id) {
            if self.regions.regions[place].gone {
                let done = self.compute_region(place, host);
                self.regions.restored.push(place);
                if done.is_err() {
                    self.drop_values(place);
                    return done;
                }
            }
        }
        Ok(())
    }

    fn compute_region(&mut self, place: usize, host: &dyn Host) -> Result<(), TapeError> {
        let Region { start, end, inner, .. } = self.regions.regions[place];
        let mut inside = inner;
        for node in start..end {
            let id = NodeId(node as u32);
            if !self.graph.nodes()[node].is_scalar()
                && self.regions.regions[place].kept.binary_search(&id).is_err()
            {
                let read: SmallVec<[NodeId; 4]> = self.graph.operands(id).into();
                for &operand in read.iter().filter(|operand| operand.index() < start) {
                    self.compute_again(operand, host)?;
                }
                let operands: SmallVec<[Value; 4]> = read.iter().map(|&x| self.value(x)).collect();
                let borrowed: SmallVec<[&Value; 4]> = operands.iter().collect();
                let value = evaluate(&self.graph, id, &borrowed, host)?;
                self.values[self.scalars[node].to_bits() as usize] = value;
            }
            while inside < place && self.regions.regions[inside].end == node + 1 {
                self.drop_values(inside);
                inside += 1;
            }
        }
        self.regions.regions[place].gone = false;
        Ok(())
    }

    /// The value of a node that is an array, computed again if it has been let go.
    pub fn known_array(&mut self, id: NodeId, host: &dyn Host) -> Result<Array, TapeError> {
        self.restore(&[id], host)?;
        self.array(id)
    }
}
