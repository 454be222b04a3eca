//! Functions, under their names in NumPy and SciPy.

use pyframe_graph::Unary;

use super::Numpy;
use super::value::{Level, Value};
use crate::facts::Facts;
use crate::node::{Function, Id, Map, Node};
use crate::notation::layout::decimal;

impl Numpy<'_> {
    /// A function of each element.
    pub(super) fn map(&mut self, map: Map, x: Id) -> Value {
        let x = self.part(x);
        let zero = Value::atom("0");
        match map {
            Map::Relu => Value::call("np.maximum", &[&x, &zero]),
            Map::Step => Value::call("np.heaviside", &[&x, &zero]),
            Map::Unary(Unary::Softplus) => Value::call("np.logaddexp", &[&zero, &x]),
            Map::Unary(unary) if is_special(unary) => {
                Value::call(&format!("scipy.special.{}", unary.name()), &[&x])
            }
            Map::Unary(unary) => Value::call(&format!("np.{}", unary.name()), &[&x]),
        }
    }

    /// A function of a whole.
    pub(super) fn function(&mut self, function: Function, id: Id, x: Id) -> Value {
        use Function as F;
        let ty = self.store.ty(x);
        if let F::Trace = function {
            return self.trace(x);
        }
        let symmetric = self.store.is(x, Facts::SYMMETRIC);
        let x = self.part(x);
        let x = match function {
            F::LargestEigenvalue
            | F::SmallestEigenvalue
            | F::LargestProjector
            | F::SmallestProjector
            | F::LargestResolvent
            | F::SmallestResolvent
                if !symmetric =>
            {
                x.plus('+', &x.transposed()).over(&Value::atom("2"))
            }
            _ => x,
        };
        let with = |name: &str, more: &str| Value::call(name, &[&x, &Value::atom(more)]);
        match function {
            F::Trace => Value::call("np.trace", &[&x]),
            F::Total => Value::call("np.sum", &[&x]),
            F::Det => Value::call("np.linalg.det", &[&x]),
            F::LogDet => Value::call("np.linalg.slogdet", &[&x]).suffixed("[1]"),
            F::Cofactor => Value::call("cofactor", &[&x]),
            F::PseudoInverse if ty.is_scalar() => Value::atom("1").over(&x.or("np.inf")),
            F::PseudoInverse => Value::call("np.linalg.pinv", &[&x]),
            F::Expm => Value::call("scipy.linalg.expm", &[&x]),
            F::Diag | F::Diagonal => Value::call("np.diag", &[&x]),
            F::Upper if ty.is_column() => {
                Value::call("np.triu", &[&x.suffixed("[:, None]")]).suffixed("[:, 0]")
            }
            F::Upper => Value::call("np.triu", &[&x]),
            F::Toeplitz => Value::call("toeplitz", &[&x]),
            F::Vec => x.suffixed(".reshape(-1, order=\"F\")"),
            F::Unvec(_) if self.store.ty(id).is_row() => x,
            F::Unvec(rows) => {
                let columns = self.store.ty(id).columns;
                let (rows, columns) = (self.size(rows), self.size(columns));
                x.suffixed(&format!(".reshape(({}, {}), order=\"F\")", rows.text(), columns.text()))
            }
            F::Norm1 => Value::call("np.sum", &[&Value::call("np.abs", &[&x])]),
            F::Norm2 => Value::call("np.linalg.norm", &[&x]),
            F::NormP(p) => {
                let powers = Value::call("np.abs", &[&x]).power(&Value::atom(decimal(p.get())));
                let text = format!("(1 / {})", decimal(p.get()));
                Value::call("np.sum", &[&powers]).power(&Value::atom(text))
            }
            F::Nuclear => with("np.linalg.norm", "\"nuc\""),
            F::Spectral => with("np.linalg.norm", "2"),
            F::LargestEigenvalue => Value::call("np.linalg.eigvalsh", &[&x]).suffixed("[-1]"),
            F::SmallestEigenvalue => Value::call("np.linalg.eigvalsh", &[&x]).suffixed("[0]"),
            F::Polar => Value::call("polar", &[&x]),
            F::Leading => Value::call("leading", &[&x]),
            F::LargestProjector => with("projector", "-1"),
            F::SmallestProjector => with("projector", "0"),
            F::LargestResolvent => with("resolvent", "-1"),
            F::SmallestResolvent => with("resolvent", "0"),
            F::Max => Value::call("np.max", &[&x]),
            F::Min => Value::call("np.min", &[&x]),
            F::AtMax | F::AtMin => {
                let name = if function == F::AtMax { "max" } else { "min" };
                let text = format!("shared_among({0} == np.{name}({0}))", x.at(Level::Atom));
                Value::around(text, Level::Atom, &[&x])
            }
            // SciPy has none of an empty array of two axes.
            F::Logsumexp if !ty.is_column() && !ty.is_row() => {
                Value::call("scipy.special.logsumexp", &[&x.suffixed(".reshape(-1)")])
            }
            F::Logsumexp => Value::call("scipy.special.logsumexp", &[&x]),
            F::RowLogsumexp => with("scipy.special.logsumexp", "axis=1"),
            F::Softmax => Value::call("softmax", &[&x]),
            F::RowSoftmax => Value::call("rowsoftmax", &[&x]),
        }
    }

    /// The trace of a product is a sum over elements, which needs one product less.
    fn trace(&mut self, x: Id) -> Value {
        let Node::Product { scalars, chain } = self.store.node(x) else {
            return Value::call("np.trace", &[&self.part(x)]);
        };
        let chain = chain.clone();
        let splits = |k: &usize| {
            let (left, right) = chain.split_at(*k);
            [left, right].iter().all(|half| half.iter().any(|&factor| !self.is_inverse(factor)))
        };
        let middle = chain.len() / 2;
        let cut = (1..chain.len()).filter(splits).min_by_key(|k| k.abs_diff(middle));
        let Some(cut) = cut.filter(|_| scalars.is_empty()) else {
            return Value::call("np.trace", &[&self.part(x)]);
        };
        let left = match chain[..cut] {
            [(only, 1)] => self.flipped(only),
            _ => self.chain(&chain[..cut]).transposed(),
        };
        let right = self.chain(&chain[cut..]);
        Value::call("np.sum", &[&left.times(&right)])
    }
}

/// Whether SciPy has it and NumPy has not.
fn is_special(unary: Unary) -> bool {
    use Unary as U;
    matches!(
        unary,
        U::Erf
            | U::Erfc
            | U::Erfinv
            | U::Erfcinv
            | U::Gamma
            | U::Gammaln
            | U::Digamma
            | U::Expit
            | U::LogExpit
            | U::Logit
            | U::Ndtr
            | U::LogNdtr
            | U::Ndtri
            | U::Entr
            | U::I0
            | U::I1
            | U::I0e
            | U::I1e
            | U::J0
            | U::J1
    )
}
