//! What sizes are taken for when the text leaves them open: names decide.
//!
//! A lower-case name is a vector, a Greek one (`alpha`, `mu2`) a scalar, any other a matrix. What
//! follows from one is drawn before the next is looked at, in the order of the text, but for vectors
//! that are terms of a sum: these come last, and one that is added to a scalar made of matrices, as c
//! in `x'*A*x + c`, is a scalar too.

use rustc_hash::{FxHashMap, FxHashSet};

use super::classes::{Class, Shape, State};
use super::constraints::Asks;
use super::error::SyntaxError;
use super::sizes::Inference;
use super::tree::{Operator, Syntax};

const GREEK: &[&str] = &[
    "alpha", "beta", "gamma", "delta", "eps", "epsilon", "zeta", "eta", "theta", "iota", "kappa", "lambda",
    "mu", "nu", "xi", "pi", "rho", "sigma", "tau", "upsilon", "phi", "chi", "psi", "omega",
];

/// Names for sizes, in the order in which they are given.
fn fresh_names() -> impl Iterator<Item = String> {
    let numbered = (1..).map(|number| format!("n{number}"));
    ["n", "m", "k", "p", "q", "r", "s"].into_iter().map(String::from).chain(numbered)
}

/// What a name is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Assumed {
    Scalar,
    Vector,
    Matrix,
}

impl std::fmt::Display for Assumed {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Scalar => "scalar",
            Self::Vector => "vector",
            Self::Matrix => "matrix",
        })
    }
}

impl Inference<'_, '_> {
    /// Decides what the text leaves open.
    pub fn take_defaults(&mut self) -> Result<(), SyntaxError> {
        let sums = self.sums();
        let divisors: Vec<u32> = self.waiting_scalars();
        let mut last = Vec::new();
        for place in 0..self.names.len() {
            if self.names[place].declared || self.names[place].size.is_some() {
                continue;
            }
            let shape = self.names[place].shape;
            let usual = self.usual(place);
            let open = self.classes.is_scalar(shape).is_none();
            if usual == Assumed::Vector && open && divisors.iter().any(|&node| self.is(node, shape)) {
                self.assume(place, Assumed::Scalar);
            } else if usual == Assumed::Vector && open && !self.sums_of(&sums, shape).is_empty() {
                last.push(place);
            } else {
                self.assume(place, usual);
            }
            self.settle()?;
        }
        for place in last {
            let shape = self.names[place].shape;
            let scalar = self.classes.is_scalar(shape).is_none() && self.is_added_to_scalar(&sums, shape);
            self.assume(place, if scalar { Assumed::Scalar } else { Assumed::Vector });
            self.settle()?;
        }
        self.factor_products()?;
        self.name_sizes()
    }

    /// Takes equal products for products of equal factors, as in `kron(B', A)*vec(X)`.
    fn factor_products(&mut self) -> Result<(), SyntaxError> {
        let mut first: FxHashMap<Class, Shape> = FxHashMap::default();
        for (whole, factors) in self.products.clone() {
            let root = self.classes.root(whole);
            let other = *first.entry(root).or_insert(factors);
            self.classes.unite_shapes(factors, other);
            self.settle()?;
        }
        Ok(())
    }

    /// Takes names for what they look like, as far as nothing contradicts: the text is refused anyhow.
    pub fn take_usual(&mut self) {
        for place in 0..self.names.len() {
            if !self.names[place].declared && self.names[place].size.is_none() {
                let usual = self.usual(place);
                self.assume(place, usual);
                if self.settle().is_err() {
                    return;
                }
            }
        }
    }

    /// What a name is taken for by its looks.
    fn usual(&self, place: usize) -> Assumed {
        let text = self.tree.names[place].trim_end_matches(|end: char| end.is_ascii_digit() || end == '_');
        if GREEK.contains(&text) && !self.names[place].transposed {
            Assumed::Scalar
        } else if text.starts_with(|first: char| first.is_ascii_lowercase()) {
            Assumed::Vector
        } else {
            Assumed::Matrix
        }
    }

    /// Takes what is open of a name for what is said.
    fn assume(&mut self, place: usize, assumed: Assumed) {
        let Shape { rows, columns } = self.names[place].shape;
        let open = [rows, columns].map(|class| self.classes.state(class) == State::Free);
        let vector = assumed == Assumed::Vector && !self.classes.same(rows, columns);
        if vector || assumed == Assumed::Scalar {
            self.classes.assume_one(columns);
        }
        if assumed == Assumed::Scalar {
            self.classes.assume_one(rows);
        }
        self.classes.assume_several(rows);
        self.classes.assume_several(columns);
        let visible = match assumed {
            Assumed::Scalar => open[0] && open[1],
            Assumed::Vector => vector && open[1],
            Assumed::Matrix => open[0] && open[1],
        };
        if visible {
            self.names[place].assumed = Some(assumed);
        }
    }

    fn is(&mut self, node: u32, shape: Shape) -> bool {
        let own = self.shapes[node as usize];
        self.classes.same_shape(own, shape)
    }

    /// Whether a node is a name that a set lacks, which is added, or no name.
    fn is_new(&self, node: u32, names: &mut FxHashSet<u32>) -> bool {
        match self.tree.nodes[node as usize] {
            Syntax::Name(name) => names.insert(name),
            _ => true,
        }
    }

    /// The operands that have to be scalars and are not known to be.
    fn waiting_scalars(&self) -> Vec<u32> {
        let waiting = self.constraints.iter().flatten();
        let operands = waiting.filter_map(|constraint| match constraint.asks {
            Asks::Scalar { operand } => Some(operand),
            _ => None,
        });
        operands.collect()
    }

    /// The terms of each sum of the text, each name once.
    fn sums(&self) -> Vec<Vec<u32>> {
        let adds = |node: u32| match self.tree.nodes[node as usize] {
            Syntax::Binary(Operator::Add | Operator::Subtract, left, right) => Some([left, right]),
            _ => None,
        };
        let mut seen = vec![false; self.tree.nodes.len()];
        let mut sums = Vec::new();
        for node in (0..self.tree.nodes.len() as u32).rev() {
            if seen[node as usize] || adds(node).is_none() {
                continue;
            }
            let (mut terms, mut open, mut names) = (Vec::new(), vec![node], FxHashSet::default());
            while let Some(next) = open.pop() {
                seen[next as usize] = true;
                match adds(next) {
                    Some(operands) => open.extend(operands),
                    None if self.is_new(next, &mut names) => terms.push(next),
                    None => {}
                }
            }
            sums.push(terms);
        }
        sums
    }

    /// The sums that have a term of just this shape.
    fn sums_of(&mut self, sums: &[Vec<u32>], shape: Shape) -> Vec<usize> {
        let shape = Shape::new(self.classes.root(shape.rows), self.classes.root(shape.columns));
        let mut found = Vec::new();
        for (place, terms) in sums.iter().enumerate() {
            if terms.iter().any(|&term| self.is(term, shape)) {
                found.push(place);
            }
        }
        found
    }

    /// Whether other terms of a sum say that this one is a scalar: one is, though made of matrices,
    /// and none is a matrix.
    fn is_added_to_scalar(&mut self, sums: &[Vec<u32>], shape: Shape) -> bool {
        let mut found = false;
        for sum in self.sums_of(sums, shape) {
            for &term in &sums[sum] {
                match self.classes.is_scalar(self.shapes[term as usize]) {
                    Some(true) => found = found || self.has_matrices(term),
                    Some(false) => return false,
                    None => {}
                }
            }
        }
        found
    }

    /// Whether a node is made of anything that is no scalar.
    fn has_matrices(&mut self, node: u32) -> bool {
        let (mut open, mut seen) = (vec![node], FxHashSet::default());
        while let Some(next) = open.pop() {
            if !seen.insert(next) {
                continue;
            }
            if self.classes.is_scalar(self.shapes[next as usize]) == Some(false) {
                return true;
            }
            open.extend(self.tree.nodes[next as usize].operands());
        }
        false
    }

    /// Shapes in the order in which their sizes get names: matrices in the order of the text, then
    /// other names, then the rest.
    fn in_order(&mut self) -> Vec<Shape> {
        let is_matrix = |this: &mut Self, place: usize| {
            let columns = this.names[place].shape.columns;
            this.usual(place) == Assumed::Matrix && this.classes.is_one(columns) != Some(true)
        };
        let (mut order, others): (Vec<usize>, Vec<usize>) =
            (0..self.names.len()).partition(|&place| is_matrix(self, place));
        order.extend(others);
        order.iter().map(|&place| self.names[place].shape).chain(self.shapes.iter().copied()).collect()
    }

    /// Gives names to the sizes that have none, columns before rows, products after their factors.
    fn name_sizes(&mut self) -> Result<(), SyntaxError> {
        let mut fresh = fresh_names();
        let mut products = FxHashSet::default();
        for (whole, _) in self.products.clone() {
            products.insert(self.classes.root(whole));
        }
        let shapes = self.in_order();
        let classes: Vec<Class> = shapes.iter().flat_map(|shape| [shape.columns, shape.rows]).collect();
        let is_product = |this: &mut Self, class: Class| products.contains(&this.classes.root(class));
        let (last, first): (Vec<Class>, Vec<Class>) =
            classes.into_iter().partition(|&class| is_product(self, class));
        for class in first.into_iter().chain(last) {
            if self.classes.dim(class).is_none()
                && let Some(name) = fresh.by_ref().find(|name| !self.taken.contains(name))
            {
                let dim = self.sizes.name(&name);
                let known = self.classes.known(dim);
                self.classes.unite(class, known);
                self.settle()?;
            }
        }
        Ok(())
    }

    /// The names that sizes without one would have.
    pub fn provisional(&mut self) -> FxHashMap<Class, String> {
        let mut fresh = fresh_names();
        let mut given = FxHashMap::default();
        for shape in self.in_order() {
            for class in [shape.columns, shape.rows] {
                let root = self.classes.root(class);
                if self.classes.dim(class).is_none()
                    && !given.contains_key(&root)
                    && let Some(name) = fresh.by_ref().find(|name| !self.taken.contains(name))
                {
                    given.insert(root, name);
                }
            }
        }
        given
    }
}
