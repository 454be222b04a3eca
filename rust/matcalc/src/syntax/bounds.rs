//! How long products of matrices grow when powers are written out.

use super::error::SyntaxError;
use super::sizes::Inference;
use super::tree::{Operator, Syntax};

/// The most factors of one product.
const MOST_FACTORS: u64 = 10_000;

impl Inference<'_, '_> {
    /// Refuses a few powers of powers that would fill the memory.
    pub fn bound(&mut self) -> Result<(), SyntaxError> {
        let mut factors: Vec<u64> = Vec::with_capacity(self.shapes.len());
        for (node, own) in self.tree.nodes.iter().enumerate() {
            let of = |place: u32| factors[place as usize];
            let longest = own.operands().iter().map(|&place| of(place)).max().unwrap_or(1);
            let count = if self.classes.is_scalar(self.shapes[node]) == Some(true) {
                1
            } else {
                match *own {
                    Syntax::Binary(Operator::Multiply | Operator::Hadamard, left, right) => {
                        of(left) + of(right)
                    }
                    Syntax::Binary(Operator::Power, base, power) => {
                        let times = self.tree.whole(power).map_or(1, i32::unsigned_abs);
                        of(base) * u64::from(times.max(1))
                    }
                    _ => longest,
                }
            };
            if count > MOST_FACTORS {
                let message = format!("a product of more than {MOST_FACTORS} factors");
                return Err(self.tree.error(node as u32, message));
            }
            factors.push(count);
        }
        Ok(())
    }
}
