//! Limited-memory BFGS (Nocedal 1980; Nocedal and Wright 2006, algorithm 7.4, the
//! two-loop recursion), with H0 = (s.y / y.y) I from the last pair.

use pyframe_linesearch::ParameterError;

use super::bfgs::curved;
use super::{Boxed, Direction};
use crate::vector::{axpy, dot, negate};
use crate::{Counts, Fault, Objective, Work, memory};

/// L-BFGS; 2 m n numbers of memory.
#[derive(Clone, Debug)]
pub struct Lbfgs {
    memory: usize,
    n: usize,
    /// Pairs s, y in a ring, and 1 / s.y for each.
    s: Vec<f64>,
    y: Vec<f64>,
    rho: Vec<f64>,
    alpha: Vec<f64>,
    next: usize,
    count: usize,
    scale: f64,
}

impl Lbfgs {
    /// L-BFGS with `memory` >= 1 pairs.
    pub fn new(memory: usize) -> Result<Self, ParameterError> {
        let memory =
            ParameterError::check((1..=1000).contains(&memory), "memory", "1 <= memory <= 1000", memory)?;
        Ok(Self {
            memory,
            n: 0,
            s: Vec::new(),
            y: Vec::new(),
            rho: vec![0.0; memory],
            alpha: vec![0.0; memory],
            next: 0,
            count: 0,
            scale: 1.0,
        })
    }

    /// The ring's slots from the newest pair to the oldest.
    fn newest_first(&self) -> impl DoubleEndedIterator<Item = usize> + use<> {
        let (next, memory) = (self.next, self.memory);
        (1..=self.count).map(move |back| (next + memory - back) % memory)
    }

    fn pair(&self, slot: usize) -> (&[f64], &[f64]) {
        let range = slot * self.n..(slot + 1) * self.n;
        (&self.s[range.clone()], &self.y[range])
    }
}

impl Direction for Lbfgs {
    fn begin(&mut self, n: usize) -> Result<(), Fault> {
        self.n = n;
        self.s.clear();
        self.y.clear();
        self.restart();
        Ok(())
    }

    fn direction(
        &mut self,
        _x: &[f64],
        g: &[f64],
        objective: &mut dyn Objective,
        _counts: &mut Counts,
        d: &mut [f64],
    ) -> Result<(), Fault> {
        let mut work = Work::begin();
        negate(g, d);
        for slot in self.newest_first() {
            let (s, y) = self.pair(slot);
            let alpha = self.rho[slot] * dot(s, d);
            axpy(-alpha, y, d);
            work.add(2 * self.n, objective)?;
            self.alpha[slot] = alpha;
        }
        for d in d.iter_mut() {
            *d *= self.scale;
        }
        for slot in self.newest_first().rev() {
            let (s, y) = self.pair(slot);
            let beta = self.rho[slot] * dot(y, d);
            axpy(self.alpha[slot] - beta, s, d);
            work.add(2 * self.n, objective)?;
        }
        Ok(())
    }

    fn update(
        &mut self,
        s: &[f64],
        y: &[f64],
        _g: &[f64],
        _objective: &mut dyn Objective,
    ) -> Result<(), Fault> {
        let (ss, sy, yy) = (dot(s, s), dot(s, y), dot(y, y));
        if !curved(ss, sy, yy) {
            return Ok(());
        }
        let slot = self.next;
        let end = (slot + 1) * self.n;
        if self.s.len() < end {
            memory::lengthen(&mut self.s, end)?;
            memory::lengthen(&mut self.y, end)?;
        }
        self.s[slot * self.n..end].copy_from_slice(s);
        self.y[slot * self.n..end].copy_from_slice(y);
        self.rho[slot] = 1.0 / sy;
        self.scale = sy / yy;
        self.next = (slot + 1) % self.memory;
        self.count = (self.count + 1).min(self.memory);
        Ok(())
    }

    fn restart(&mut self) -> bool {
        let learnt = self.count > 0;
        (self.next, self.count, self.scale) = (0, 0, 1.0);
        learnt
    }

    fn boxed(&self) -> Boxed {
        Box::new(self.clone())
    }
}
