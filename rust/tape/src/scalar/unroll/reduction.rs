//! Reductions and running sums.

use pyframe_graph::{NodeId, Reduction, row_major_strides};

use super::super::code::{Line, Opcode};
use super::walk;
use super::writer::{Places, Writer};
use crate::kernels::reduce;

impl Writer<'_> {
    /// One number made of each line along the axes.
    pub(super) fn reduce(
        &mut self,
        f: Reduction,
        x: NodeId,
        axes: &[usize],
        shape: &[usize],
    ) -> Option<Places> {
        let from = self.of(x);
        let given = self.graph.shape(x);
        let length: usize = axes.iter().map(|&axis| given[axis]).product();
        let f = match f {
            Reduction::Sum if reduce::adds_rows(axes, shape) && !from.is_empty() => {
                if length > reduce::BLOCK {
                    return None;
                }
                Line::Total
            }
            Reduction::Sum => Line::Sum,
            Reduction::Max if length > 0 => Line::Max,
            Reduction::Min if length > 0 => Line::Min,
            Reduction::Any => Line::Any,
            Reduction::All => Line::All,
            Reduction::Norm => Line::Norm,
            Reduction::Logsumexp => Line::Logsumexp,
            _ => return None,
        };
        let kept = (0..given.len()).filter(|axis| !axes.contains(axis));
        let order: Vec<usize> = kept.chain(axes.iter().copied()).collect();
        let strides = row_major_strides(given);
        let lengths: Vec<usize> = order.iter().map(|&axis| given[axis]).collect();
        let steps: Vec<isize> = order.iter().map(|&axis| strides[axis]).collect();
        let places: Vec<u32> = walk(&lengths, &steps, 0).into_iter().map(|k| from[k]).collect();
        let count: usize = shape.iter().product();
        (0..count).map(|k| self.line(f, &places[k * length..(k + 1) * length])).collect()
    }

    /// Sums of all elements so far along an axis, from its start or from its end.
    pub(super) fn running(&mut self, id: NodeId, axis: usize, reverse: bool) -> Option<Places> {
        let shape = self.graph.shape(id);
        let mut made = self.of(self.graph.operands(id)[0]).to_vec();
        let width: usize = shape[axis + 1..].iter().product();
        let length = shape[axis];
        for block in made.chunks_exact_mut((length * width).max(1)) {
            for step in 1..length {
                let (to, from) = if reverse { (length - 1 - step, length - step) } else { (step, step - 1) };
                for k in 0..width {
                    block[to * width + k] =
                        self.push(Opcode::Add, block[to * width + k], block[from * width + k])?;
                }
            }
        }
        Some(made.into())
    }
}
