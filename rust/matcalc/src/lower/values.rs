//! Small steps between values: numbers, shapes, transposes, diagonals.

use pyframe_graph::{Binary, NodeId, Reduction, Sliced};

use super::{LowerError, Lowered, Lowering};
use crate::size::Type;

impl Lowering<'_> {
    pub(super) fn number(&mut self, number: f64) -> Lowered {
        Ok(self.graph.number(self.dtype, number)?)
    }

    /// An array of one number all over.
    pub(super) fn filled(&mut self, number: f64, ty: Type) -> Lowered {
        let (number, shape) = (self.number(number)?, self.shape(ty)?);
        Ok(self.graph.broadcast(number, &shape)?)
    }

    pub(super) fn binary(&mut self, f: Binary, a: NodeId, b: NodeId) -> Lowered {
        Ok(self.graph.binary(f, a, b)?)
    }

    /// A value times a number, unless that is 1.
    pub(super) fn times(&mut self, c: f64, x: NodeId) -> Lowered {
        if c == 1.0 {
            return Ok(x);
        }
        if c == -1.0 {
            return Ok(self.graph.unary(pyframe_graph::Unary::Neg, x)?);
        }
        let c = self.number(c)?;
        self.binary(Binary::Mul, c, x)
    }

    /// The transpose, which for one axis is the value itself.
    pub(super) fn turned(&mut self, x: NodeId) -> Lowered {
        let matrix = self.graph.shape(x).len() == 2;
        if matrix { Ok(self.graph.transpose(x, &[1, 0])?) } else { Ok(x) }
    }

    /// The same with two axes.
    pub(super) fn as_matrix(&mut self, x: NodeId, ty: Type) -> Lowered {
        let shape = [self.length(ty.rows)?, self.length(ty.columns)?];
        Ok(self.graph.reshape(x, &shape)?)
    }

    /// A matrix with as many axes as its type has.
    pub(super) fn as_typed(&mut self, x: NodeId, ty: Type) -> Lowered {
        let shape = self.shape(ty)?;
        Ok(self.graph.reshape(x, &shape)?)
    }

    /// The elements in order.
    pub(super) fn flat(&mut self, x: NodeId) -> Lowered {
        let count: usize = self.graph.shape(x).iter().product();
        Ok(self.graph.reshape(x, &[count])?)
    }

    /// Something of all elements.
    pub(super) fn reduced(&mut self, f: Reduction, x: NodeId) -> Lowered {
        let axes: Vec<usize> = (0..self.graph.shape(x).len()).collect();
        if axes.is_empty() && f == Reduction::Sum {
            return Ok(x);
        }
        Ok(self.graph.reduce(f, x, &axes)?)
    }

    /// A vector on the diagonal of a matrix of zeros.
    pub(super) fn diagonal_matrix(&mut self, v: NodeId) -> Lowered {
        let n = self.graph.shape(v).iter().product::<usize>();
        let count = n.checked_mul(n).ok_or_else(|| {
            LowerError::Graph(pyframe_graph::GraphError::TooLarge { shape: smallvec::smallvec![n, n] })
        })?;
        let step = Sliced { start: 0, step: n as isize + 1 };
        let flat = self.graph.unslice(v, &[step], &[count])?;
        Ok(self.graph.reshape(flat, &[n, n])?)
    }

    /// The diagonal of a square matrix.
    pub(super) fn diagonal_of(&mut self, x: NodeId) -> Lowered {
        let n = self.graph.shape(x)[0];
        let flat = self.flat(x)?;
        let step = Sliced { start: 0, step: n as isize + 1 };
        Ok(self.graph.slice(flat, &[step], &[n])?)
    }

    /// Rows of a matrix times the numbers of a vector.
    pub(super) fn rows_scaled(&mut self, v: NodeId, x: NodeId) -> Lowered {
        let n = self.graph.shape(v)[0];
        let column = self.graph.reshape(v, &[n, 1])?;
        self.binary(Binary::Mul, column, x)
    }
}
