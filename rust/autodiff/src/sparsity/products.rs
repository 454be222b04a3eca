//! What products and factorisations depend on.

use pyframe_graph::{Array, Data, Labels, NodeId, Part, Primitive};

use super::SparsityError;
use super::layout::{Names, aligned, at, named, reshaped, stretched};
use super::propagate::{Found, Propagation, in_order_as_truth};
use super::sets::EMPTY;

impl Propagation<'_> {
    /// A product: an element depends on the factors of every term of its sum.
    pub(super) fn contract(&mut self, operands: &[NodeId], labels: &Labels, shape: &[usize]) -> Found {
        let left = self.factor(operands[0], &labels.left, operands[1], &labels.right, &labels.out, shape)?;
        let right = self.factor(operands[1], &labels.right, operands[0], &labels.left, &labels.out, shape)?;
        self.both(left, right, shape)
    }

    /// What comes of one factor, the other being known or not.
    fn factor(
        &mut self,
        own: NodeId,
        labels: &[u8],
        other: NodeId,
        other_labels: &[u8],
        out: &[u8],
        shape: &[usize],
    ) -> Found {
        let Some(names) = self.of(own) else { return Ok(None) };
        let with_zeros = |value: &Array| in_order_as_truth(value).contains(&false);
        if let Some(value) = self.known(other).filter(with_zeros) {
            return self.sparse_factor(&names, labels, &value, other_labels, out, shape).map(Some);
        }
        // All terms count: sum this factor over its own labels, and stretch it over the others.
        let summed: Vec<usize> = (0..labels.len()).filter(|&k| !out.contains(&labels[k])).collect();
        let kept: Vec<u8> = labels.iter().copied().filter(|label| out.contains(label)).collect();
        let names = self.reduced(&names, &summed)?;
        Ok(Some(aligned(&names, &kept, out, shape)?))
    }

    /// The same where only the terms count in which the known factor is not zero.
    fn sparse_factor(
        &mut self,
        names: &Names,
        labels: &[u8],
        value: &Array,
        value_labels: &[u8],
        out: &[u8],
        shape: &[usize],
    ) -> Result<Names, SparsityError> {
        let summed: Vec<u8> = labels.iter().copied().filter(|label| !out.contains(label)).collect();
        let length = |label: &u8| labels.iter().position(|l| l == label).map_or(1, |k| names.shape()[k]);
        let terms: usize = summed.iter().map(length).product();
        let all: Vec<u8> = out.iter().chain(&summed).copied().collect();
        let full: Vec<usize> = shape.iter().copied().chain(summed.iter().map(length)).collect();
        let names = aligned(names, labels, &all, &full)?;
        let value = aligned(value, value_labels, &all, &full)?;
        let Some(numbers) = names.numbers::<i64>() else { return Ok(names) };
        let truth = truth_of(&value);
        let mut made = Vec::with_capacity(shape.iter().product());
        let (mut from, mut which) = (names.places(), value.places());
        let mut sets = Vec::new();
        for _ in 0..shape.iter().product() {
            sets.clear();
            for (name, place) in from.by_ref().zip(which.by_ref()).take(terms) {
                if truth(place) {
                    sets.push(numbers[name]);
                }
            }
            made.push(self.sets.union_all(&mut sets)?);
        }
        Ok(named(made, shape)?)
    }

    /// Functions of matrices are dense blocks, those of a kind unknown here are dense altogether.
    pub(super) fn blocks(&mut self, primitive: Primitive, operands: &[NodeId], shape: &[usize]) -> Found {
        let matrices = matches!(
            primitive,
            Primitive::Factor(_)
                | Primitive::Part(_)
                | Primitive::Cholesky
                | Primitive::TriangularSolve
                | Primitive::TriangularSolveTransposed
                | Primitive::Cofactor
                | Primitive::CofactorFrechet
                | Primitive::Expm
                | Primitive::ExpmFrechet
        );
        if !matrices {
            let every = operands.iter().map(|&x| self.of(x)).collect();
            return Ok(Some(self.everything(every, shape)?));
        }
        let rank = self.graph.shape(operands[0]).len();
        let mut total = self.of(operands[0]).map(|names| self.block(&names, shape, rank - 2)).transpose()?;
        let columns = matches!(
            primitive,
            Primitive::Part(Part::Solve | Part::SolveTransposed)
                | Primitive::TriangularSolve
                | Primitive::TriangularSolveTransposed
        );
        for &right in &operands[1..] {
            let right = match self.of(right) {
                // Each column of the solution belongs to one of the right side.
                Some(names) if columns => {
                    let column = self.reduced(&names, &[rank - 2])?;
                    let mut long = column.shape().to_vec();
                    long.insert(rank - 2, 1);
                    Some(stretched(&reshaped(&column, &long)?, shape)?)
                }
                Some(names) => Some(self.block(&names, shape, rank - 2)?),
                None => None,
            };
            total = self.both(total, right, shape)?;
        }
        Ok(total)
    }

    /// Every element of a stack's result depends on the whole of its matrix.
    fn block(&mut self, names: &Names, shape: &[usize], stack: usize) -> Result<Names, SparsityError> {
        let whole = self.reduced(names, &[stack, stack + 1])?;
        let long: Vec<usize> =
            whole.shape().iter().copied().chain(std::iter::repeat_n(1, shape.len() - stack)).collect();
        Ok(stretched(&reshaped(&whole, &long)?, shape)?)
    }

    fn everything(&mut self, operands: Vec<Option<Names>>, shape: &[usize]) -> Result<Names, SparsityError> {
        let mut every = EMPTY;
        for names in operands.into_iter().flatten() {
            let axes: Vec<usize> = (0..names.shape().len()).collect();
            let all = at(&self.reduced(&names, &axes)?, 0);
            every = self.sets.union(every, all)?;
        }
        Ok(stretched(&Array::scalar(every), shape)?)
    }
}

/// Whether the number at a place is other than zero.
fn truth_of(array: &Array) -> impl Fn(usize) -> bool + '_ {
    move |place| match array.data() {
        Data::Bool(v) => v[place],
        Data::Int64(v) => v[place] != 0,
        Data::Float32(v) => v[place] != 0.0,
        Data::Float64(v) => v[place] != 0.0,
    }
}
