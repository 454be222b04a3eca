//! Runs: one operation on many numbers that lie in a row, or a stride apart.
//!
//! Choosing the operation costs as much for ten numbers as for one.  The loops are those of the
//! kernels, so the bits are, too.

use pyframe_graph::{Binary, Compare, Logical, Order, Test, Unary};

use super::numeric::{self, truth};
use crate::kernels::small::{self, Matrix, Place};
use crate::kernels::wide;

/// What a run does with each number, or all of them.
#[derive(Clone, Copy, Debug)]
pub(super) enum Work {
    Unary(Unary),
    /// Where there is vector code for it.
    Wide(Unary),
    Order(Order, u32),
    Binary(Binary),
    WideLogaddexp,
    Compare(Compare),
    Logical(Logical),
    Test(Test),
    Select,
    /// The numbers that the list from there on names.
    Gather(u32),
    /// A product of matrices, of which this is the number.
    Product(u32),
}

/// Numbers of the table: a place, and how far it is to the next one.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Strided {
    pub start: u32,
    pub step: i32,
}

/// Two matrices in the table, from its start on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Product {
    pub left: Place,
    pub right: Place,
    /// Whether 0 times anything is 0.
    pub strong: bool,
}

/// One operation on many numbers; its results lie in a row behind all its operands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Run {
    pub work: Work,
    pub to: u32,
    pub count: u32,
    pub from: [Strided; 3],
}

impl Run {
    /// Compute the results.
    pub(super) fn compute(&self, values: &mut [f64], lists: &[u32], products: &[Product]) {
        let (before, here) = values.split_at_mut(self.to as usize);
        let out = &mut here[..self.count as usize];
        match self.work {
            Work::Unary(Unary::Neg) => self.one(before, out, |x| -x),
            Work::Unary(Unary::Square) => self.one(before, out, |x| x * x),
            Work::Unary(Unary::Reciprocal) => self.one(before, out, |x| 1.0 / x),
            Work::Unary(Unary::Sqrt) => self.one(before, out, f64::sqrt),
            Work::Unary(f) => self.one(before, out, |x| numeric::unary(f, x)),
            Work::Wide(f) => self.wide(f, before, out),
            Work::Order(f, n) => self.one(before, out, |x| numeric::order(f, n, x)),
            Work::Binary(Binary::Add) => self.two(before, out, |x, y| x + y),
            Work::Binary(Binary::Sub) => self.two(before, out, |x, y| x - y),
            Work::Binary(Binary::Mul) => self.two(before, out, |x, y| x * y),
            Work::Binary(Binary::Div) => self.two(before, out, |x, y| x / y),
            Work::Binary(Binary::Scale) => self.two(before, out, numeric::scale),
            Work::Binary(f) => self.two(before, out, |x, y| numeric::binary(f, x, y)),
            Work::WideLogaddexp => self.two(before, out, wide::logaddexp),
            Work::Compare(f) => self.two(before, out, |x, y| truth(numeric::compare(f, x, y))),
            Work::Logical(f) => self.two(before, out, |x, y| truth(numeric::logical(f, x != 0.0, y != 0.0))),
            Work::Test(f) => self.one(before, out, |x| truth(numeric::test(f, x))),
            Work::Select => self.select(before, out),
            Work::Gather(from) => {
                let places = &lists[from as usize..][..out.len()];
                out.iter_mut().zip(places).for_each(|(o, &place)| *o = before[place as usize]);
            }
            Work::Product(which) => {
                let Product { left, right, strong } = products[which as usize];
                let [a, b] = [left, right].map(|place| Matrix { numbers: &*before, place });
                small::product(out, a, b);
                if strong {
                    small::leave_out_zeros(out, a, b);
                }
            }
        }
    }

    #[inline(always)]
    fn one(&self, values: &[f64], out: &mut [f64], f: impl Fn(f64) -> f64) {
        let [x, ..] = self.from;
        if x.step == 1 {
            let x = &values[x.start as usize..][..out.len()];
            out.iter_mut().zip(x).for_each(|(o, &x)| *o = f(x));
        } else {
            out.iter_mut().zip(x.of(values)).for_each(|(o, x)| *o = f(x));
        }
    }

    #[inline(always)]
    fn two(&self, values: &[f64], out: &mut [f64], f: impl Fn(f64, f64) -> f64) {
        let [x, y, _] = self.from;
        let row = |x: Strided| &values[x.start as usize..][..out.len()];
        let number = |x: Strided| values[x.start as usize];
        match (x.step, y.step) {
            (1, 1) => {
                let (x, y) = (row(x), row(y));
                out.iter_mut().zip(x.iter().zip(y)).for_each(|(o, (&x, &y))| *o = f(x, y));
            }
            (1, 0) => {
                let (x, y) = (row(x), number(y));
                out.iter_mut().zip(x).for_each(|(o, &x)| *o = f(x, y));
            }
            (0, 1) => {
                let (x, y) = (number(x), row(y));
                out.iter_mut().zip(y).for_each(|(o, &y)| *o = f(x, y));
            }
            _ => out.iter_mut().zip(x.of(values).zip(y.of(values))).for_each(|(o, (x, y))| *o = f(x, y)),
        }
    }

    fn wide(&self, f: Unary, values: &[f64], out: &mut [f64]) {
        let [x, ..] = self.from;
        if x.step == 1 {
            wide::fill(f, &values[x.start as usize..][..out.len()], out);
        } else {
            out.iter_mut().zip(x.of(values)).for_each(|(o, x)| *o = wide::one(f, x));
        }
    }

    fn select(&self, values: &[f64], out: &mut [f64]) {
        let [condition, x, y] = self.from.map(|x| x.of(values));
        for (o, (condition, (x, y))) in out.iter_mut().zip(condition.zip(x.zip(y))) {
            *o = if condition == 0.0 { y } else { x };
        }
    }
}

impl Strided {
    /// The numbers, without end.
    #[inline(always)]
    fn of(self, values: &[f64]) -> impl Iterator<Item = f64> + '_ {
        let mut place = self.start as usize;
        std::iter::repeat_with(move || {
            let number = values[place];
            place = place.wrapping_add_signed(self.step as isize);
            number
        })
    }
}
