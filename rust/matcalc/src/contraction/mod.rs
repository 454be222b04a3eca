//! Sums of contractions as nodes of a graph: what derivatives of any order are evaluated from.
//!
//! The factors of a contraction are multiplied by pairs, in the best order where they are few and
//! else the cheapest first; a product that was made before, in another term, costs nothing.  Factors
//! that no label connects are multiplied last of all, and those that all terms share only once, by the
//! sum of what is left.

mod pairs;

use pyframe_graph::{Binary, DType, Graph, GraphError, NodeId, Reduction, Sliced, Unary};
use smallvec::SmallVec;

use pairs::{Made, Pair};

type Added = Result<NodeId, GraphError>;
type Labels = SmallVec<[u8; 4]>;

/// A product: a coefficient, and values with a label for each axis.
pub type Product<'a> = (f64, Vec<(NodeId, &'a str)>);

/// A value whose axes have labels, each once.
#[derive(Clone, Debug, PartialEq)]
struct Tensor {
    value: NodeId,
    labels: Labels,
}

/// A product whose factors that labels connect are one.
struct Term {
    coefficient: f64,
    parts: Vec<Tensor>,
}

/// A graph while contractions are added to it.
pub struct Contracting<'a> {
    graph: &'a mut Graph,
    dtype: DType,
    made: Made,
}

impl<'a> Contracting<'a> {
    /// Contractions of values of this kind.
    pub fn new(graph: &'a mut Graph, dtype: DType) -> Self {
        Self { graph, dtype, made: Made::default() }
    }

    /// The sum of some products over the labels that are not in the output: an array with an axis
    /// for each label of the output that some factor has, once and in their order.
    ///
    /// ```
    /// use pyframe_graph::{DType, Graph, Type};
    /// use pyframe_matcalc::Contracting;
    ///
    /// let mut graph = Graph::new();
    /// let [a, x] = [[2, 3].as_slice(), &[3]].map(|shape| Type::new(DType::Float64, shape));
    /// let (a, x) = (graph.input(a)?, graph.input(x)?);
    /// let mut sums = Contracting::new(&mut graph, DType::Float64);
    /// let found = sums.sum(&[(2.0, vec![(a, "ij"), (x, "j")])], "i")?;
    /// assert_eq!(graph.shape(found), [2]);
    /// # Ok::<(), pyframe_graph::GraphError>(())
    /// ```
    pub fn sum(&mut self, products: &[Product<'_>], output: &str) -> Added {
        let output = distinct(output.bytes());
        let terms = products.iter().map(|product| self.term(product, &output));
        let mut terms = terms.collect::<Result<Vec<_>, _>>()?;
        let mut parts = taken_out(&mut terms);
        let held = |label: &u8| terms.iter().any(|t| t.parts.iter().any(|p| p.labels.contains(label)));
        let labels: Labels = output.iter().copied().filter(held).collect();
        let value = self.total(terms, &labels)?;
        if parts.is_empty() {
            return Ok(value);
        }
        parts.push(Tensor { value, labels });
        let held = |label: &u8| parts.iter().any(|part| part.labels.contains(label));
        let labels: Labels = output.iter().copied().filter(held).collect();
        self.outer_product(parts, &labels)
    }

    /// The sum of terms, each with axes of length one for the labels that it has not.
    fn total(&mut self, terms: Vec<Term>, labels: &[u8]) -> Added {
        let mut total = None;
        for Term { coefficient, mut parts } in terms {
            let subtracted = total.is_some() && coefficient == -1.0;
            self.scale(if subtracted { 1.0 } else { coefficient }, &mut parts)?;
            let product = self.outer_product(parts, labels)?;
            total = Some(match total {
                None => product,
                Some(total) => {
                    let f = if subtracted { Binary::Sub } else { Binary::Add };
                    self.graph.binary(f, total, product)?
                }
            });
        }
        total.map_or_else(|| self.number(0.0), Ok)
    }

    fn number(&mut self, number: f64) -> Added {
        self.graph.number(self.dtype, number)
    }

    /// A product with connected factors multiplied.
    fn term(&mut self, (coefficient, factors): &Product<'_>, output: &[u8]) -> Result<Term, GraphError> {
        let mut groups: Vec<Vec<Tensor>> = Vec::new();
        for &(value, labels) in factors {
            let factor = self.without_repeats(value, labels.as_bytes())?;
            let connected = |group: &mut Vec<Tensor>| group.iter().any(|own| meet(own, &factor));
            let mut joined: Vec<Tensor> = groups.extract_if(.., connected).flatten().collect();
            joined.push(factor);
            groups.push(joined);
        }
        let parts = groups.into_iter().map(|group| self.joined(group, output));
        Ok(Term { coefficient: *coefficient, parts: parts.collect::<Result<_, _>>()? })
    }

    /// A matrix with one label twice is its diagonal.
    fn without_repeats(&mut self, value: NodeId, labels: &[u8]) -> Result<Tensor, GraphError> {
        match *labels {
            [a, b] if a == b => {
                let n = self.graph.shape(value)[0];
                let flat = self.graph.reshape(value, &[n * n])?;
                let step = Sliced { start: 0, step: n as isize + 1 };
                Ok(Tensor { value: self.graph.slice(flat, &[step], &[n])?, labels: [a].as_slice().into() })
            }
            _ => Ok(Tensor { value, labels: labels.into() }),
        }
    }

    /// The product of connected factors.
    fn joined(&mut self, mut factors: Vec<Tensor>, output: &[u8]) -> Result<Tensor, GraphError> {
        self.sum_alone(&mut factors, output)?;
        while let Some(pair) = pairs::next(self.graph, &factors, output, &self.made) {
            let (left, right) = pair.take_from(&mut factors);
            let product = self.multiplied(&pair, &left, &right)?;
            self.made.insert(pair.key);
            factors.push(product);
            self.sum_alone(&mut factors, output)?;
        }
        factors.pop().ok_or_else(|| GraphError::Shape("a product of nothing".into()))
    }

    /// Sum each factor over the labels that it alone has.
    fn sum_alone(&mut self, factors: &mut [Tensor], output: &[u8]) -> Result<(), GraphError> {
        for k in 0..factors.len() {
            let others = || factors.iter().enumerate().filter(|&(n, _)| n != k);
            let needed =
                |label: &u8| output.contains(label) || others().any(|(_, f)| f.labels.contains(label));
            let labels = &factors[k].labels;
            let alone: Vec<usize> = (0..labels.len()).filter(|&axis| !needed(&labels[axis])).collect();
            if alone.is_empty() {
                continue;
            }
            factors[k].value = self.graph.reduce(Reduction::Sum, factors[k].value, &alone)?;
            let mut axis = 0..;
            factors[k].labels.retain(|_| axis.next().is_some_and(|axis| !alone.contains(&axis)));
        }
        Ok(())
    }

    fn multiplied(&mut self, pair: &Pair, left: &Tensor, right: &Tensor) -> Result<Tensor, GraphError> {
        let labels = pair.kept(left, right);
        let value = if pair.is_summed() {
            self.graph.contract(left.value, right.value, pair.key.2.clone())?
        } else {
            let (a, b) = (self.laid_out(left, &labels)?, self.laid_out(right, &labels)?);
            self.graph.binary(Binary::Mul, a, b)?
        };
        Ok(Tensor { value, labels })
    }

    /// A factor with its axes in the order of some labels, and axes of length one for those that
    /// it has not.
    fn laid_out(&mut self, tensor: &Tensor, labels: &[u8]) -> Added {
        let place = |label: &u8| tensor.labels.iter().position(|own| own == label);
        let axes: Vec<usize> = labels.iter().filter_map(place).collect();
        let turned = self.graph.transpose(tensor.value, &axes)?;
        // In front, axes are added by themselves.
        let front = labels.iter().take_while(|label| place(label).is_none()).count();
        let length = |label: &u8| place(label).map_or(1, |axis| self.graph.shape(tensor.value)[axis]);
        let shape: Vec<usize> = labels[front..].iter().map(length).collect();
        self.graph.reshape(turned, &shape)
    }

    /// The smallest of the factors times a number.
    fn scale(&mut self, c: f64, parts: &mut Vec<Tensor>) -> Result<(), GraphError> {
        let smallest = (0..parts.len()).min_by_key(|&k| self.count(&parts[k]));
        let Some(k) = smallest else {
            parts.push(Tensor { value: self.number(c)?, labels: Labels::new() });
            return Ok(());
        };
        let value = parts[k].value;
        parts[k].value = match c {
            1.0 => value,
            -1.0 => self.graph.unary(Unary::Neg, value)?,
            _ => {
                let c = self.number(c)?;
                self.graph.binary(Binary::Mul, c, value)?
            }
        };
        Ok(())
    }

    fn count(&self, tensor: &Tensor) -> usize {
        self.graph.shape(tensor.value).iter().product()
    }

    /// The product of factors without a common label, its axes in this order: the smallest first.
    fn outer_product(&mut self, mut parts: Vec<Tensor>, labels: &[u8]) -> Added {
        parts.sort_by_key(|part| self.count(part));
        let mut parts = parts.into_iter();
        let Some(mut whole) = parts.next() else { return self.number(1.0) };
        for part in parts {
            let held = |label: &u8| whole.labels.contains(label) || part.labels.contains(label);
            let kept: Labels = labels.iter().copied().filter(held).collect();
            let (a, b) = (self.laid_out(&whole, &kept)?, self.laid_out(&part, &kept)?);
            whole = Tensor { value: self.graph.binary(Binary::Mul, a, b)?, labels: kept };
        }
        self.laid_out(&whole, labels)
    }
}

/// The parts that all of several terms have, taken out of each: as often as each has them.
fn taken_out(terms: &mut [Term]) -> Vec<Tensor> {
    let mut shared = Vec::new();
    let [first, others @ ..] = terms else { return shared };
    if others.is_empty() {
        return shared;
    }
    first.parts.retain(|part| {
        let places = others.iter().map(|term| term.parts.iter().position(|own| own == part));
        let Some(places) = places.collect::<Option<Vec<_>>>() else { return true };
        for (term, place) in others.iter_mut().zip(places) {
            term.parts.remove(place);
        }
        shared.push(part.clone());
        false
    });
    shared
}

fn meet(a: &Tensor, b: &Tensor) -> bool {
    a.labels.iter().any(|label| b.labels.contains(label))
}

/// Each label once, in the order in which they stand first.
fn distinct(labels: impl IntoIterator<Item = u8>) -> Labels {
    let mut found = Labels::new();
    for label in labels {
        if !found.contains(&label) {
            found.push(label);
        }
    }
    found
}
