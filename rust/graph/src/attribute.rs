//! What some nodes carry besides their operands.

use smallvec::SmallVec;

use crate::array::Array;

/// Which elements a slice takes along one axis; how many is the node's shape.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Sliced {
    /// The first element.
    pub start: usize,
    /// From one element to the next; negative runs backwards.
    pub step: isize,
}

/// The axes of the two operands and of the result of a contraction, by label.
///
/// A label in both operands and not in the result is summed over; no operand has one twice.
#[derive(Debug, PartialEq, Eq, Hash)]
pub struct Labels {
    /// Labels of the left operand's axes.
    pub left: SmallVec<[u8; 4]>,
    /// Labels of the right operand's axes.
    pub right: SmallVec<[u8; 4]>,
    /// Labels of the result's axes.
    pub out: SmallVec<[u8; 4]>,
}

// The derived one copies label by label.
impl Clone for Labels {
    fn clone(&self) -> Self {
        let [left, right, out] = [&self.left, &self.right, &self.out].map(|list| SmallVec::from_slice(list));
        Self { left, right, out }
    }
}

impl Labels {
    /// `left right -> out`, from text such as `"ij"`, `"jk"`, `"ik"`.
    pub fn new(left: &str, right: &str, out: &str) -> Self {
        let labels = |text: &str| text.bytes().collect();
        Self { left: labels(left), right: labels(right), out: labels(out) }
    }
}

/// What a node carries besides operands.
#[derive(Clone, Debug, PartialEq)]
pub enum Attribute {
    /// Nothing.
    None,
    /// One axis.
    Axis(usize),
    /// Several axes: a permutation, or the axes of a reduction in ascending order.
    Axes(SmallVec<[usize; 4]>),
    /// A slice along each axis.
    Slices(SmallVec<[Sliced; 4]>),
    /// A contraction.
    Contraction(Labels),
    /// A small integer: an order, an offset, a place.
    Integer(i64),
    /// The value of a constant.
    Value(Array),
    /// A function from outside, by its number, and which of its results.
    Foreign {
        /// The number it was registered under in this process.
        function: u64,
        /// Which result.
        result: u32,
    },
}
