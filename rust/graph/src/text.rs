//! The text form: one node a line, `%3 = multiply %1 %2 : f64[5]`.

use std::fmt;

use crate::attribute::{Attribute, Labels};
use crate::graph::{Graph, Type};
use crate::node::NodeId;
use crate::primitive::Primitive;

/// Nodes printed before the rest is summarised.
const SHOWN: usize = 1000;

impl fmt::Display for NodeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "%{}", self.0)
    }
}

impl fmt::Display for Type {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.dtype.short())?;
        if self.shape.is_empty() {
            return Ok(());
        }
        let lengths: Vec<_> = self.shape.iter().map(ToString::to_string).collect();
        write!(f, "[{}]", lengths.join(","))
    }
}

impl fmt::Display for Labels {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = |labels: &[u8]| labels.iter().map(|&l| char::from(l)).collect::<String>();
        write!(f, "{},{}->{}", text(&self.left), text(&self.right), text(&self.out))
    }
}

impl fmt::Display for Attribute {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::None => Ok(()),
            Self::Axis(axis) => write!(f, " axis={axis}"),
            Self::Axes(axes) => write!(f, " axes={:?}", axes.as_slice()),
            Self::Slices(slices) => {
                let each: Vec<_> = slices.iter().map(|s| format!("{}:{}", s.start, s.step)).collect();
                write!(f, " [{}]", each.join(", "))
            }
            Self::Contraction(labels) => write!(f, " {labels}"),
            Self::Integer(integer) => write!(f, " {integer}"),
            Self::Value(array) => match array.item() {
                Some(number) if array.shape().is_empty() => write!(f, " {number:?}"),
                _ => write!(f, " ..."),
            },
            Self::Foreign { function, result } => write!(f, " #{function}.{result}"),
        }
    }
}

impl fmt::Display for Graph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for id in self.ids().take(SHOWN) {
            write!(f, "{id} = {}", self.primitive(id).name())?;
            if let Some(number) = self.nodes()[id.index()].scalar_constant() {
                write!(f, " {number:?}")?;
            }
            for operand in self.operands(id) {
                write!(f, " {operand}")?;
            }
            if self.primitive(id) == Primitive::Element {
                write!(f, "[{}]", self.place(id))?;
            }
            writeln!(f, "{} : {}", self.attribute(id), self.ty(id))?;
        }
        if self.len() > SHOWN {
            writeln!(f, "... {} more nodes", self.len() - SHOWN)?;
        }
        let outputs: Vec<_> = self.outputs().iter().map(ToString::to_string).collect();
        writeln!(f, "return {}", outputs.join(" "))
    }
}
