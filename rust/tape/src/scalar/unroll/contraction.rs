//! Contractions as products of small matrices, which may lie anywhere a stride apart.

use pyframe_graph::{Labels, NodeId, row_major_strides};

use super::super::run::Product;
use super::walk;
use super::writer::{Places, Writer, strided};
use crate::kernels::contract::Groups;
use crate::kernels::small::{Place, is_small};

impl Writer<'_> {
    /// The product of two arrays summed over their common labels, where it is small.
    ///
    /// Where it is strong, 0 times anything is 0.
    pub(super) fn contract(
        &mut self,
        strong: bool,
        a: NodeId,
        b: NodeId,
        labels: &Labels,
        shape: &[usize],
    ) -> Option<Places> {
        let (in_a, in_b) = (self.graph.shape(a), self.graph.shape(b));
        let length = |label: &u8| {
            let place = labels.left.iter().position(|l| l == label).map(|k| in_a[k]);
            place.or_else(|| labels.right.iter().position(|l| l == label).map(|k| in_b[k]))
        };
        let size = |group: &[u8]| group.iter().map(length).product::<Option<usize>>();
        let groups = Groups::of(labels);
        let (m, k, n) = (size(&groups.rows)?, size(&groups.summed)?, size(&groups.columns)?);
        if !is_small(m, k, n) {
            return None;
        }
        let stack = size(&groups.stack)?;
        let order = |own: &[u8], shape: &[usize], wanted: &[&[u8]]| {
            let strides = row_major_strides(shape);
            let wanted: Vec<u8> = wanted.concat();
            let lengths: Vec<usize> = wanted.iter().map(length).collect::<Option<_>>()?;
            let stride = |l: &u8| own.iter().position(|k| k == l).map_or(0, |k| strides[k]);
            Some(walk(&lengths, &wanted.iter().map(stride).collect::<Vec<_>>(), 0))
        };
        let left = order(&labels.left, in_a, &[&groups.stack, &groups.rows, &groups.summed])?;
        let right = order(&labels.right, in_b, &[&groups.stack, &groups.summed, &groups.columns])?;
        let (from_a, from_b) = (self.of(a), self.of(b));
        let mut made = Vec::with_capacity(stack * m * n);
        for s in 0..stack {
            let of = |from: &Places, order: &[usize], count: usize| -> Vec<u32> {
                order[s * count..(s + 1) * count].iter().map(|&place| from[place]).collect()
            };
            let left = self.matrix(&of(&from_a, &left, m * k), m, k)?;
            let right = self.matrix(&of(&from_b, &right, k * n), k, n)?;
            made.extend_from_slice(&self.product(Product { left, right, strong })?);
        }
        // The result lies as stack, rows, columns; its axes are wanted in their own order.
        let lies = [&groups.stack[..], &groups.rows, &groups.columns].concat();
        let lengths: Vec<usize> = lies.iter().map(length).collect::<Option<_>>()?;
        let own = row_major_strides(&lengths);
        let strides: Vec<isize> = labels
            .out
            .iter()
            .map(|l| lies.iter().position(|m| m == l).map(|k| own[k]))
            .collect::<Option<_>>()?;
        Some(walk(shape, &strides, 0).into_iter().map(|place| made[place]).collect())
    }

    /// A matrix by the places of its elements, row by row; copies, if they lie otherwise.
    fn matrix(&mut self, places: &[u32], rows: usize, columns: usize) -> Option<Place> {
        if places.is_empty() {
            return Some(Place { offset: 0, rows: (rows, 0), columns: (columns, 0) });
        }
        let lies = |places: &[u32]| {
            let first = strided(&places[..columns])?;
            let down: Vec<u32> = places.iter().copied().step_by(columns).collect();
            let down = strided(&down)?;
            let like_first =
                |row: &[u32]| strided(row).is_some_and(|row| columns == 1 || row.step == first.step);
            places.chunks_exact(columns).all(like_first).then_some(Place {
                offset: first.start as usize,
                rows: (rows, down.step as isize),
                columns: (columns, first.step as isize),
            })
        };
        if let Some(place) = lies(places) {
            return Some(place);
        }
        let copies = self.gathered(places)?;
        lies(&copies)
    }
}
