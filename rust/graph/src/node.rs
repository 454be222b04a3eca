//! One node: sixteen bytes.

use crate::primitive::Primitive;

/// The place of a node in its graph.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(transparent)]
pub struct NodeId(pub u32);

impl NodeId {
    /// As an index into a table with one entry a node.
    #[inline]
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// How a node's two words are to be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(crate) enum Form {
    /// No operands; a scalar constant keeps its bits in the words.
    Leaf,
    /// One operand.
    One,
    /// Two operands.
    Two,
    /// The first word is a place in the table of wide nodes, which hold an attribute and any
    /// number of operands.
    Wide,
}

/// A node as it lies in memory; [`crate::Graph`] reads its operands and attribute.
#[derive(Clone, Copy, Debug)]
pub struct Node {
    /// What it computes.
    pub primitive: Primitive,
    pub(crate) form: Form,
    pub(crate) ty: u32,
    pub(crate) words: [NodeId; 2],
}

const _: () = assert!(size_of::<Node>() == 16);

impl Node {
    /// Whether this is one number of dtype float64.
    #[inline]
    pub const fn is_scalar(&self) -> bool {
        self.ty == 0
    }

    /// The value of a scalar constant.
    #[inline]
    pub fn scalar_constant(&self) -> Option<f64> {
        (self.primitive == Primitive::Constant && self.form == Form::Leaf)
            .then(|| f64::from_bits(u64::from(self.words[0].0) | u64::from(self.words[1].0) << 32))
    }

    /// The two words of a node with at most two operands and no attribute: what the tight
    /// loops read.
    #[inline]
    pub const fn words(&self) -> [NodeId; 2] {
        self.words
    }

    /// Whether operands stand in the two words (they may be none, one or two).
    #[inline]
    pub fn is_plain(&self) -> bool {
        self.form != Form::Wide
    }
}
