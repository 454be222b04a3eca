//! Unknown sizes, joined by union-find.

use std::collections::VecDeque;

use rustc_hash::FxHashMap;

use crate::size::{Dim, Type};

/// A size, known or not, by its place.
pub type Class = u32;

/// Rows and columns, known or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shape {
    pub rows: Class,
    pub columns: Class,
}

impl Shape {
    pub const SCALAR: Self = Self { rows: ONE, columns: ONE };

    pub const fn new(rows: Class, columns: Class) -> Self {
        Self { rows, columns }
    }

    pub const fn transposed(self) -> Self {
        Self { rows: self.columns, columns: self.rows }
    }
}

/// The size one.
pub const ONE: Class = 0;

/// What is known of a class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum State {
    /// Nothing.
    Free,
    /// That it is not one.
    Several,
    /// All.
    Known(Dim),
}

/// Classes of sizes that are equal, and the constraints that wait for each.
#[derive(Debug)]
pub struct Classes {
    parents: Vec<Class>,
    states: Vec<State>,
    watchers: Vec<Vec<u32>>,
    known: FxHashMap<Dim, Class>,
    /// Constraints that may have become decidable.
    pub woken: VecDeque<u32>,
}

impl Default for Classes {
    fn default() -> Self {
        let mut classes = Self {
            parents: Vec::new(),
            states: Vec::new(),
            watchers: Vec::new(),
            known: FxHashMap::default(),
            woken: VecDeque::new(),
        };
        classes.known(Dim::ONE);
        classes
    }
}

impl Classes {
    fn push(&mut self, state: State) -> Class {
        self.parents.push(self.parents.len() as Class);
        self.states.push(state);
        self.watchers.push(Vec::new());
        self.parents.len() as Class - 1
    }

    /// A new unknown size.
    pub fn fresh(&mut self) -> Class {
        self.push(State::Free)
    }

    /// A shape of two new unknown sizes.
    pub fn fresh_shape(&mut self) -> Shape {
        Shape::new(self.fresh(), self.fresh())
    }

    /// The class of a known size.
    pub fn known(&mut self, dim: Dim) -> Class {
        if let Some(&class) = self.known.get(&dim) {
            return class;
        }
        let class = self.push(State::Known(dim));
        self.known.insert(dim, class);
        class
    }

    /// The class of a known shape.
    pub fn known_shape(&mut self, ty: Type) -> Shape {
        Shape::new(self.known(ty.rows), self.known(ty.columns))
    }

    /// What stands for all that are equal to a class.
    pub fn root(&mut self, mut class: Class) -> Class {
        while self.parents[class as usize] != class {
            let above = self.parents[self.parents[class as usize] as usize];
            self.parents[class as usize] = above;
            class = above;
        }
        class
    }

    /// What is known of a class.
    pub fn state(&mut self, class: Class) -> State {
        let root = self.root(class);
        self.states[root as usize]
    }

    /// The size, where it is known.
    pub fn dim(&mut self, class: Class) -> Option<Dim> {
        match self.state(class) {
            State::Known(dim) => Some(dim),
            _ => None,
        }
    }

    /// Whether two classes are known to be equal.
    pub fn same(&mut self, a: Class, b: Class) -> bool {
        self.root(a) == self.root(b)
    }

    /// Whether two shapes are known to be equal.
    pub fn same_shape(&mut self, a: Shape, b: Shape) -> bool {
        self.same(a.rows, b.rows) && self.same(a.columns, b.columns)
    }

    /// Whether a size is one, where that is known.
    pub fn is_one(&mut self, class: Class) -> Option<bool> {
        match self.state(class) {
            State::Free => None,
            State::Several => Some(false),
            State::Known(dim) => Some(dim == Dim::ONE),
        }
    }

    /// Whether a shape is that of a scalar, where that is known.
    pub fn is_scalar(&mut self, shape: Shape) -> Option<bool> {
        match (self.is_one(shape.rows), self.is_one(shape.columns)) {
            (Some(true), Some(true)) => Some(true),
            (Some(false), _) | (_, Some(false)) => Some(false),
            _ => None,
        }
    }

    /// Makes two sizes equal; false, with nothing done, where they cannot be.
    pub fn unite(&mut self, a: Class, b: Class) -> bool {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return true;
        }
        let state = match (self.states[a as usize], self.states[b as usize]) {
            (State::Known(_), State::Known(_)) => return false,
            (State::Known(dim), State::Several) | (State::Several, State::Known(dim)) => {
                if dim == Dim::ONE {
                    return false;
                }
                State::Known(dim)
            }
            (State::Known(dim), State::Free) | (State::Free, State::Known(dim)) => State::Known(dim),
            (State::Several, _) | (_, State::Several) => State::Several,
            (State::Free, State::Free) => State::Free,
        };
        for class in [a, b] {
            if self.states[class as usize] != state {
                self.wake(class);
            }
        }
        // A known size stays the root, for it is found by its value.
        let keeps_a = match (self.states[a as usize], self.states[b as usize]) {
            (State::Known(_), _) => true,
            (_, State::Known(_)) => false,
            _ => self.watchers[a as usize].len() >= self.watchers[b as usize].len(),
        };
        let (root, child) = if keeps_a { (a, b) } else { (b, a) };
        self.parents[child as usize] = root;
        self.states[root as usize] = state;
        let moved = std::mem::take(&mut self.watchers[child as usize]);
        if !matches!(state, State::Known(_)) {
            self.watchers[root as usize].extend(moved);
        }
        true
    }

    /// Makes two shapes equal; false where they cannot be.
    pub fn unite_shapes(&mut self, a: Shape, b: Shape) -> bool {
        self.can_unite(a.rows, b.rows)
            && self.can_unite(a.columns, b.columns)
            && self.unite(a.rows, b.rows)
            && self.unite(a.columns, b.columns)
    }

    fn can_unite(&mut self, a: Class, b: Class) -> bool {
        self.same(a, b)
            || match (self.state(a), self.state(b)) {
                (State::Known(_), State::Known(_)) => false,
                (State::Known(dim), State::Several) | (State::Several, State::Known(dim)) => dim != Dim::ONE,
                _ => true,
            }
    }

    /// Takes a size of which nothing is known for more than one.
    pub fn assume_several(&mut self, class: Class) {
        let root = self.root(class);
        if self.states[root as usize] == State::Free {
            self.states[root as usize] = State::Several;
            self.wake(root);
        }
    }

    /// Takes a size of which nothing is known for one.
    pub fn assume_one(&mut self, class: Class) {
        if self.state(class) == State::Free {
            self.unite(class, ONE);
        }
    }

    /// Lets a constraint be looked at again whenever more is known of a shape.
    pub fn watch(&mut self, shape: Shape, constraint: u32) {
        for class in [shape.rows, shape.columns] {
            let root = self.root(class);
            if !matches!(self.states[root as usize], State::Known(_)) {
                self.watchers[root as usize].push(constraint);
            }
        }
    }

    fn wake(&mut self, class: Class) {
        self.woken.extend(self.watchers[class as usize].iter().copied());
    }
}
