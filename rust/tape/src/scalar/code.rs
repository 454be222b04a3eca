//! Code: a straight line of operations on a table of numbers.
//!
//! A program of scalars, or of arrays of a few elements, runs fastest as one flat list of
//! operations on numbers: no shapes, no allocation, and whatever only moves elements costs
//! nothing.  The table holds a place nobody reads, the constants, the arguments' elements, and
//! then one result after another.

use std::ops::Range;
use std::sync::{Mutex, PoisonError};

use pyframe_graph::{Binary, Compare, Logical, Order, Test, Unary};
use smallvec::SmallVec;

use super::kernel::Kernels;
use super::numeric::{self, truth};
use super::run::{Product, Run};
use crate::dense::norm2;
use crate::kernels::{reduce, wide};
use crate::value::Value;

/// What an operation does; the frequent ones stand by themselves, so that choosing is one jump.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Opcode {
    Copy,
    Neg,
    Square,
    Reciprocal,
    Sqrt,
    Exp,
    Log,
    Sin,
    Cos,
    Tanh,
    Add,
    Sub,
    Mul,
    Div,
    Scale,
    Unary(Unary),
    /// As an element of an array, where it has code of its own.
    Wide(Unary),
    WideLogaddexp,
    Binary(Binary),
    Compare(Compare),
    Logical(Logical),
    Test(Test),
    /// Of the number at `a`, with the order `b`.
    Order(Order),
    /// Of the three numbers that the list from `a` on names.
    Select,
    /// Of the `b` numbers that the list from `a` on names.
    Line(Line),
    /// Of the `b` numbers from `a` on.
    Row(Line),
    /// The run with the number `a`; its own place stays as it is.
    Run,
    /// The kernel with the number `a`; its own place stays as it is.
    Kernel,
}

impl Opcode {
    /// Whether it is a function of the numbers at its two places, or of the first.
    #[inline]
    pub(super) fn takes_numbers(self) -> bool {
        !matches!(
            self,
            Self::Order(_) | Self::Select | Self::Line(_) | Self::Row(_) | Self::Run | Self::Kernel
        )
    }

    /// Whether it is a function of one or two numbers, and adjoints can pass it.
    pub(super) fn is_smooth(self) -> bool {
        !matches!(
            self,
            Self::Compare(_)
                | Self::Logical(_)
                | Self::Test(_)
                | Self::Select
                | Self::Line(_)
                | Self::Row(_)
                | Self::Run
                | Self::Kernel
                | Self::Wide(_)
                | Self::WideLogaddexp
        )
    }
}

/// What many numbers are made into.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Line {
    /// Their sum, pairwise as the kernel has it.
    Sum,
    /// Their sum from left to right.
    Total,
    Max,
    Min,
    Any,
    All,
    Norm,
    Logsumexp,
}

/// One operation: its result stands at its own place in the table.
#[derive(Clone, Copy, Debug)]
pub(super) struct Op {
    pub code: Opcode,
    pub a: u32,
    pub b: u32,
}

/// Something that must turn out as it did when the code was made.
#[derive(Clone, Copy, Debug)]
pub(super) enum Check {
    /// A comparison.
    Branch(Compare, u32, u32, bool),
    /// A number, bit for bit.
    Bits(u32, u64),
}

/// A straight line of operations on numbers.
#[derive(Debug, Default)]
pub struct Code {
    /// The table as it is before the arguments are known.
    pub(super) start: Vec<f64>,
    pub(super) constants: usize,
    pub(super) arguments: Vec<Range<usize>>,
    pub(super) ops: Vec<Op>,
    pub(super) lists: Vec<u32>,
    pub(super) runs: Vec<Run>,
    pub(super) products: Vec<Product>,
    pub(super) kernels: Kernels,
    /// How many numbers the runs and kernels make.
    pub(super) made: usize,
    /// Whether the way back can be gone: every operation is one of one or two scalars.
    pub(super) swept: bool,
    pub(super) outputs: Vec<Vec<u32>>,
    pub(super) checks: Vec<Check>,
    pub(super) spare: Mutex<Vec<Table>>,
}

/// Some numbers; a few need no allocation.
pub type Numbers = SmallVec<[f64; 32]>;

/// The numbers of one run.
#[derive(Debug, Default)]
pub(super) struct Table {
    pub values: Vec<f64>,
    pub partials: Vec<[f64; 2]>,
    pub adjoints: Vec<f64>,
    /// Factorisations.
    pub held: Vec<Option<Value>>,
    /// Whether a kernel could not compute what it was asked for.
    pub failed: bool,
}

/// Why there are no numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Miss {
    /// A guard turned out differently.
    Guard,
    /// A kernel failed; the program says how, when it is run.
    Kernel,
}

impl Code {
    /// How many operations there are.
    pub fn len(&self) -> usize {
        self.ops.len()
    }

    /// Whether there is nothing to compute.
    pub fn is_empty(&self) -> bool {
        self.ops.is_empty()
    }

    /// How many elements the arguments have together.
    pub fn argument_count(&self) -> usize {
        self.start.len() - self.constants
    }

    /// The elements of all results, one after another, given those of all arguments.
    pub fn run(&self, arguments: &[f64]) -> Result<Numbers, Miss> {
        let mut table = self.begin(arguments);
        self.forward::<false>(&mut table);
        let done = self
            .checked(&table)
            .map(|()| self.outputs.iter().flatten().map(|&place| table.values[place as usize]).collect());
        self.give_back(table);
        done
    }

    /// A table with the arguments in it.
    pub(super) fn begin(&self, arguments: &[f64]) -> Table {
        let mut table = self.borrow();
        table.values[self.constants..self.start.len()].copy_from_slice(arguments);
        table
    }

    #[inline]
    pub(super) fn checked(&self, table: &Table) -> Result<(), Miss> {
        if table.failed {
            return Err(Miss::Kernel);
        }
        let number = |place: u32| table.values[place as usize];
        for &check in &self.checks {
            let holds = match check {
                Check::Branch(compare, a, b, held) => numeric::compare(compare, number(a), number(b)) == held,
                Check::Bits(place, bits) => number(place).to_bits() == bits,
            };
            if !holds {
                return Err(Miss::Guard);
            }
        }
        Ok(())
    }

    pub(super) fn borrow(&self) -> Table {
        let spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner).pop();
        spare.unwrap_or_else(|| {
            let mut values = self.start.clone();
            values.resize(self.start.len() + self.ops.len() + self.made, 0.0);
            Table { values, held: self.kernels.held.clone(), ..Table::default() }
        })
    }

    pub(super) fn give_back(&self, table: Table) {
        const SPARE: usize = 4;
        let mut spare = self.spare.lock().unwrap_or_else(PoisonError::into_inner);
        if spare.len() < SPARE {
            spare.push(table);
        }
    }

    /// Compute every operation; with `PARTIALS` also the partial derivatives of those that the
    /// way back reads them of.
    #[expect(unsafe_code, reason = "operands stand before their operation: `Writer::push` checks it")]
    pub(super) fn forward<const PARTIALS: bool>(&self, table: &mut Table) {
        let first = self.start.len();
        let values = table.values.as_mut_slice();
        if PARTIALS {
            table.partials.resize(self.ops.len(), [0.0; 2]);
        }
        assert!(values.len() == first + self.ops.len() + self.made);
        table.failed = false;
        for (k, op) in self.ops.iter().enumerate() {
            if !op.code.takes_numbers() {
                if !self.unusual(*op, first + k, values, &mut table.held) {
                    table.failed = true;
                    return;
                }
                continue;
            }
            // SAFETY: `Writer::push` refuses an operand at or behind its operation, whose place
            // is `first + k`, and a number of a run that is not there yet; the table has a place
            // for every operation and number of a run, as has `partials` for operations when it
            // is written to.
            unsafe {
                let at = |place: u32| *values.get_unchecked(place as usize);
                let mut partial = [0.0; 2];
                *values.get_unchecked_mut(first + k) =
                    compute::<PARTIALS>(op.code, at(op.a), at(op.b), &mut partial);
                if PARTIALS {
                    *table.partials.get_unchecked_mut(k) = partial;
                }
            }
        }
    }

    /// Compute what is no function of one or two numbers, apart from those so that they keep the
    /// registers; false when a kernel failed.
    #[inline(never)]
    fn unusual(&self, op: Op, place: usize, values: &mut [f64], held: &mut [Option<Value>]) -> bool {
        let (a, b) = (op.a as usize, op.b as usize);
        let list = || &self.lists[a..][..b];
        values[place] = match op.code {
            Opcode::Order(f) => numeric::order(f, op.b, values[a]),
            Opcode::Select => {
                let [condition, x, y] =
                    self.lists[a..].first_chunk().map_or([0; 3], |list| list.map(|x| x as usize));
                values[if values[condition] == 0.0 { y } else { x }]
            }
            Opcode::Line(f) => {
                let gathered: SmallVec<[f64; 64]> =
                    list().iter().map(|&place| values[place as usize]).collect();
                line(f, &gathered)
            }
            Opcode::Row(f) => line(f, &values[a..][..b]),
            Opcode::Run => {
                self.runs[a].compute(values, &self.lists, &self.products);
                return true;
            }
            Opcode::Kernel => return self.kernels.compute(op.a, values, held).is_some(),
            _ => f64::NAN,
        };
        true
    }
}

/// An operation on one or two numbers, with its partial derivatives where they are stored.
#[inline(always)]
pub(super) fn compute<const PARTIALS: bool>(code: Opcode, x: f64, y: f64, partial: &mut [f64; 2]) -> f64 {
    macro_rules! give {
        ($value:expr; $($slope:expr),+) => {{
            if PARTIALS {
                let slopes = [$($slope),+];
                partial[..slopes.len()].copy_from_slice(&slopes);
            }
            $value
        }};
    }
    match code {
        Opcode::Copy => give!(x; 1.0),
        Opcode::Neg => give!(-x; -1.0),
        Opcode::Square => give!(x * x; 2.0 * x),
        Opcode::Reciprocal => {
            let z = 1.0 / x;
            give!(z; -(z * z))
        }
        Opcode::Sqrt => {
            let z = x.sqrt();
            give!(z; 0.5 / z)
        }
        Opcode::Exp => {
            let z = x.exp();
            give!(z; z)
        }
        Opcode::Log => give!(x.ln(); 1.0 / x),
        Opcode::Sin => give!(x.sin(); x.cos()),
        Opcode::Cos => give!(x.cos(); -x.sin()),
        Opcode::Tanh => {
            let z = x.tanh();
            give!(z; (1.0 - z) * (1.0 + z))
        }
        Opcode::Add => give!(x + y; 1.0, 1.0),
        Opcode::Sub => give!(x - y; 1.0, -1.0),
        Opcode::Mul => give!(x * y; y, x),
        Opcode::Div => {
            let z = x / y;
            give!(z; 1.0 / y, -(z / y))
        }
        Opcode::Scale => numeric::scale(x, y),
        Opcode::Unary(f) => numeric::unary(f, x),
        Opcode::Wide(f) => wide::one(f, x),
        Opcode::WideLogaddexp => wide::logaddexp(x, y),
        Opcode::Binary(f) => numeric::binary(f, x, y),
        Opcode::Compare(f) => truth(numeric::compare(f, x, y)),
        Opcode::Logical(f) => truth(numeric::logical(f, x != 0.0, y != 0.0)),
        Opcode::Test(f) => truth(numeric::test(f, x)),
        Opcode::Order(_)
        | Opcode::Select
        | Opcode::Line(_)
        | Opcode::Row(_)
        | Opcode::Run
        | Opcode::Kernel => f64::NAN,
    }
}

/// What the kernels make of the same numbers, bit for bit.
fn line(f: Line, numbers: &[f64]) -> f64 {
    match f {
        Line::Sum => reduce::sum(numbers),
        Line::Norm => norm2(numbers),
        Line::Logsumexp => reduce::logsumexp(numbers),
        Line::Max => reduce::largest(numbers),
        Line::Min => reduce::smallest(numbers),
        Line::Total => numbers.iter().fold(0.0, |total, x| total + x),
        Line::Any => truth(numbers.iter().any(|&x| x != 0.0)),
        Line::All => truth(numbers.iter().all(|&x| x != 0.0)),
    }
}
