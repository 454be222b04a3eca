//! The way back over code of scalars: adjoints from stored partial derivatives.
//!
//! The partial derivatives and the order of additions are those of [`super::sweep`], so the
//! bits are, too.

use pyframe_autodiff::algebra::Slope;
use pyframe_autodiff::rules::{self, Side};
use pyframe_graph::{Binary, Unary};

use super::code::{Code, Miss, Numbers, Op, Opcode, Table};
use super::sweep::{Plain, along};

impl Code {
    /// Whether the way back can be gone: every operation is one of one or two scalars.
    pub fn has_gradient(&self) -> bool {
        self.swept
    }

    /// The value and the derivatives with respect to the elements of some arguments, one
    /// after another; see [`Code::run`].
    pub fn sweep(&self, arguments: &[f64], wrt: &[usize]) -> Result<Numbers, Miss> {
        let mut table = self.begin(arguments);
        self.forward::<true>(&mut table);
        let done = self.checked(&table).map(|()| {
            self.back(&mut table);
            let mut found = Numbers::new();
            found.push(table.values[self.outputs[0][0] as usize]);
            for &which in wrt {
                found.extend_from_slice(&table.adjoints[self.arguments[which].clone()]);
            }
            found
        });
        self.give_back(table);
        done
    }

    #[expect(unsafe_code, reason = "operands stand before their operation: `Writer::push` checks it")]
    pub(super) fn back(&self, table: &mut Table) {
        let first = self.start.len();
        let Table { values, partials, adjoints, .. } = table;
        adjoints.clear();
        adjoints.resize(values.len(), 0.0);
        adjoints[self.outputs[0][0] as usize] = 1.0;
        assert!(partials.len() == self.ops.len());
        for (k, op) in self.ops.iter().enumerate().rev() {
            // SAFETY: as in `Code::forward`; `adjoints` is as long as `values`, and place 0 is
            // nobody's.
            unsafe {
                let adjoint = *adjoints.get_unchecked(first + k);
                if adjoint == 0.0 {
                    continue;
                }
                match op.code {
                    Opcode::Copy
                    | Opcode::Neg
                    | Opcode::Square
                    | Opcode::Reciprocal
                    | Opcode::Sqrt
                    | Opcode::Exp
                    | Opcode::Log
                    | Opcode::Sin
                    | Opcode::Cos
                    | Opcode::Tanh => {
                        *adjoints.get_unchecked_mut(op.a as usize) += adjoint * partials.get_unchecked(k)[0];
                    }
                    Opcode::Add | Opcode::Sub | Opcode::Mul | Opcode::Div => {
                        let [left, right] = *partials.get_unchecked(k);
                        *adjoints.get_unchecked_mut(op.a as usize) += adjoint * left;
                        *adjoints.get_unchecked_mut(op.b as usize) += adjoint * right;
                    }
                    _ => self.rare(*op, values, adjoints, first + k, adjoint),
                }
            }
        }
    }

    /// The way back over an operation whose partial derivatives are worked out by its rule.
    fn rare(&self, op: Op, values: &[f64], adjoints: &mut [f64], place: usize, adjoint: f64) {
        let (a, b) = (op.a as usize, op.b as usize);
        let mut flow = |to: usize, slope: Slope<f64>| adjoints[to] += along(adjoint, slope);
        let one = |f: Unary| rules::unary(&Plain, f, values[a], values[place]);
        match op.code {
            Opcode::Unary(f) => flow(a, one(f)),
            Opcode::Order(f) => flow(a, rules::order(&Plain, f, op.b, values[a])),
            Opcode::Binary(_) | Opcode::Scale => {
                let f = if let Opcode::Binary(f) = op.code { f } else { Binary::Scale };
                let triple = [values[a], values[b], values[place]];
                let constant = |x: usize| x < self.constants;
                // At a tie a constant leaves nothing to the other side.
                let tie = |other: usize| if constant(other) { 0.0 } else { 0.5 };
                if !constant(a) {
                    flow(a, rules::binary(&Plain, f, Side::Left, triple, tie(b)));
                }
                if !constant(b) {
                    flow(b, rules::binary(&Plain, f, Side::Right, triple, tie(a)));
                }
            }
            _ => {}
        }
    }
}
