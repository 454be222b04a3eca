//! Functions of singular values, eigenvalues and their vectors.

use pyframe_graph::{
    Array, Attribute, Binary, Factor as Factorisation, Gap, Labels, NodeId, Part, Primitive, Reduction,
    Sliced, Unary,
};

use super::{LowerError, Lowered, Lowering};
use crate::facts::Facts;
use crate::node::{Function, Id};
use crate::size::Type;
use crate::transposes::equals_its_transpose;

impl Lowering<'_> {
    /// Functions of singular values or eigenvalues.
    pub(super) fn spectral(&mut self, function: Function, x: Id, value: NodeId) -> Lowered {
        use Function as F;
        let own = self.store.ty(x);
        let of_singular_values = matches!(function, F::Nuclear | F::Spectral | F::Polar | F::Leading);
        if self.graph.shape(value).contains(&0) {
            return match function {
                F::Nuclear | F::Spectral => self.number(0.0),
                // The largest of no elements, which is refused by that name.
                F::LargestEigenvalue | F::SmallestEigenvalue => self.reduced(Reduction::Max, value),
                _ => Ok(value),
            };
        }
        let value = if of_singular_values { value } else { self.symmetric(value, x)? };
        let largest = matches!(function, F::LargestEigenvalue | F::LargestProjector);
        if let F::LargestEigenvalue | F::SmallestEigenvalue = function {
            let eigh = self.spectrum(Factorisation::Eigh, value, own)?;
            let eigenvalues = self.graph.part(Part::Eigenvalues, &[eigh])?;
            let last = self.graph.shape(eigenvalues)[0].saturating_sub(1);
            return Ok(self.graph.element(eigenvalues, if largest { last } else { 0 })?);
        }
        if let F::LargestProjector | F::SmallestProjector = function {
            let eigh = self.spectrum(Factorisation::Eigh, value, own)?;
            let vectors = self.graph.part(Part::Eigenvectors, &[eigh])?;
            let last = self.graph.shape(vectors)[0].saturating_sub(1);
            let v = self.line(vectors, 1, if largest { last } else { 0 })?;
            return self.outer(v, v);
        }
        if let F::LargestResolvent | F::SmallestResolvent = function {
            return self.resolvent(value, own, function == F::LargestResolvent);
        }
        let svd = self.spectrum(Factorisation::Svd, value, own)?;
        let numbers = self.graph.part(Part::SingularValues, &[svd])?;
        if let F::Nuclear | F::Spectral = function {
            let f = if function == F::Nuclear { Reduction::Sum } else { Reduction::Max };
            // Of a matrix of zeros the derivative is 0 (convention K4), as that of their sizes is.
            let sizes = self.graph.unary(Unary::Abs, numbers)?;
            return self.reduced(f, sizes);
        }
        let (u, vt) = (self.graph.part(Part::U, &[svd])?, self.graph.part(Part::Vt, &[svd])?);
        // Vectors of a singular value that is 0 are any: none of them counts (convention K4).
        let signs = self.graph.unary(Unary::Sign, numbers)?;
        let u = self.binary(Binary::Mul, u, signs)?;
        let product = if function == F::Leading {
            let (u, v) = (self.line(u, 1, 0)?, self.line(vt, 0, 0)?);
            self.outer(u, v)?
        } else {
            self.graph.contract(u, vt, Labels::new("ik", "kj", "ij"))?
        };
        self.as_typed(product, own)
    }

    /// A matrix as its eigenvalues are taken: its symmetric part, unless it is known to be symmetric.
    fn symmetric(&mut self, value: NodeId, x: Id) -> Lowered {
        let ty = self.store.ty(x);
        if self.store.is(x, Facts::SYMMETRIC) {
            return Ok(value);
        }
        let matrix = self.as_matrix(value, ty)?;
        let turned = self.turned(matrix)?;
        let sum = self.binary(Binary::Add, matrix, turned)?;
        self.times(0.5, sum)
    }

    pub(super) fn spectrum(&mut self, factorisation: Factorisation, value: NodeId, ty: Type) -> Lowered {
        let matrix = self.as_matrix(value, ty)?;
        Ok(self.graph.add(Primitive::Factor(factorisation), &[matrix], Attribute::None, None)?)
    }

    /// One row or column of a matrix.
    fn line(&mut self, x: NodeId, axis: usize, place: usize) -> Lowered {
        let mut slices = [Sliced { start: 0, step: 1 }; 2];
        slices[axis].start = place;
        let length = self.graph.shape(x)[1 - axis];
        let mut shape = [length; 2];
        shape[axis] = 1;
        let slice = self.graph.slice(x, &slices, &shape)?;
        Ok(self.graph.reshape(slice, &[length])?)
    }

    pub(super) fn outer(&mut self, u: NodeId, v: NodeId) -> Lowered {
        Ok(self.graph.contract(u, v, Labels::new("i", "j", "ij"))?)
    }

    /// The eigenvectors over the gaps between an extreme eigenvalue and the others.
    fn resolvent(&mut self, value: NodeId, own: Type, largest: bool) -> Lowered {
        let eigh = self.spectrum(Factorisation::Eigh, value, own)?;
        let eigenvalues = self.graph.part(Part::Eigenvalues, &[eigh])?;
        let vectors = self.graph.part(Part::Eigenvectors, &[eigh])?;
        let n = self.graph.shape(eigenvalues)[0];
        let place = if largest { n.saturating_sub(1) } else { 0 };
        let beside = |i: usize, j: usize| f64::from(u8::from((i == place) != (j == place)));
        let ones: Vec<f64> = (0..n).flat_map(|i| (0..n).map(move |j| beside(i, j))).collect();
        let ones = self.graph.constant(Array::new(ones, [n, n])?)?;
        let ones = self.graph.convert(ones, self.dtype)?;
        let quotients = Primitive::OverGaps(Gap::Symmetric);
        let quotients = self.graph.add(quotients, &[ones, eigenvalues], Attribute::None, None)?;
        let quotients = self.line(quotients, 1, place)?;
        let scaled = self.binary(Binary::Mul, vectors, quotients)?;
        Ok(self.graph.contract(scaled, vectors, Labels::new("ik", "jk", "ij"))?)
    }

    /// The solution Y of A Y + Y B = C.
    pub(super) fn sylvester(&mut self, operands: [Id; 3], ty: Type) -> Lowered {
        let [a, b, _] = operands;
        if equals_its_transpose(self.store, a) && equals_its_transpose(self.store, b) {
            self.symmetric_sylvester(operands, ty)
        } else {
            self.general_sylvester(operands, ty)
        }
    }

    /// One linear system for all elements, row by row: (A kron I + I kron B') vec(Y')  = vec(C').
    fn general_sylvester(&mut self, [a, b, c]: [Id; 3], ty: Type) -> Lowered {
        let [n, m] = [self.length(ty.rows)?, self.length(ty.columns)?];
        let [a, b, c] = [self.value(a)?, self.value(b)?, self.value(c)?];
        let [rows, columns] = [ty.rows, ty.columns].map(|dim| {
            let ones = self.filled(1.0, Type::vector(dim))?;
            self.diagonal_matrix(ones)
        });
        let left = self.graph.contract(a, columns?, Labels::new("ik", "jl", "ijkl"))?;
        let right = self.graph.contract(rows?, b, Labels::new("ik", "lj", "ijkl"))?;
        let both = self.binary(Binary::Add, left, right)?;
        let system = self.graph.reshape(both, &[n * m, n * m])?;
        let lu = self.graph.add(Primitive::Factor(Factorisation::Lu), &[system], Attribute::None, None)?;
        let elements = self.graph.reshape(c, &[n * m, 1])?;
        let solution = self.graph.part(Part::Solve, &[lu, elements])?;
        let solution = self.graph.reshape(solution, &[n, m])?;
        self.as_typed(solution, ty)
    }

    /// In the bases of the eigenvectors of A and B each element is divided by a sum of eigenvalues.
    fn symmetric_sylvester(&mut self, [a, b, c]: [Id; 3], ty: Type) -> Lowered {
        let (rows, columns) = (self.eigen(a)?, self.eigen(b)?);
        let right = self.value(c)?;
        let right = self.as_matrix(right, ty)?;
        let turned = self.graph.contract(rows.1, right, Labels::new("ki", "kj", "ij"))?;
        let turned = self.graph.contract(turned, columns.1, Labels::new("ik", "kj", "ij"))?;
        let [n, m] = [self.length(ty.rows)?, self.length(ty.columns)?];
        let of_rows = self.graph.reshape(rows.0, &[n, 1])?;
        let of_rows = self.graph.broadcast(of_rows, &[n, m])?;
        let sums = self.binary(Binary::Add, of_rows, columns.0)?;
        let (sums, flat) = (self.flat(sums)?, self.graph.reshape(turned, &[1, n * m])?);
        let quotient = Primitive::OverGaps(Gap::Column);
        let quotient = self.graph.add(quotient, &[flat, sums], Attribute::None, None)?;
        let quotient = self.graph.reshape(quotient, &[n, m])?;
        let solution = self.graph.contract(rows.1, quotient, Labels::new("ik", "kj", "ij"))?;
        let solution = self.graph.contract(solution, columns.1, Labels::new("ik", "jk", "ij"))?;
        self.as_typed(solution, ty)
    }

    /// Eigenvalues and eigenvectors of a symmetric matrix.
    fn eigen(&mut self, x: Id) -> Result<(NodeId, NodeId), LowerError> {
        let value = self.value(x)?;
        let value = self.symmetric(value, x)?;
        let eigh = self.spectrum(Factorisation::Eigh, value, self.store.ty(x))?;
        Ok((self.graph.part(Part::Eigenvalues, &[eigh])?, self.graph.part(Part::Eigenvectors, &[eigh])?))
    }
}
