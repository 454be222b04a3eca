//! Expressions as text, and what is known of them.

use std::collections::BTreeSet;

use pyframe_matcalc::{Dim, Id, Node, Shown, Store, Type, notation};
use pyo3::prelude::*;

use super::declared::names;
use super::formula::Formula;
use super::guard;

/// Rows and columns as far as they are longer than one: a vector has one size, a row two.
fn sizes(store: &Store, ty: Type) -> Vec<String> {
    let shown = match ty {
        Type::SCALAR => vec![],
        ty if ty.columns == Dim::ONE => vec![ty.rows],
        ty => vec![ty.rows, ty.columns],
    };
    shown.into_iter().map(|dim| store.sizes.text(dim)).collect()
}

/// A name, the sizes of its axes, what is known, and the name that it is a differential of.
type Named = (String, Vec<String>, Vec<&'static str>, Option<String>);

impl Formula {
    /// As it is read best, in some way of writing.
    fn written(&self, way: impl Fn(&Store, Id) -> String) -> String {
        let mut store = self.open();
        let id = notation::upright(&mut store, self.id);
        way(&store, id)
    }
}

#[pymethods]
impl Formula {
    /// As text that parses back.
    fn __str__(&self) -> PyResult<String> {
        guard("Formula.__str__", || Ok(self.written(notation::text)))
    }

    /// As LaTeX; with letters for what stands several times in a long one.
    #[pyo3(signature = (abbreviate = false))]
    fn latex(&self, abbreviate: bool) -> PyResult<String> {
        let way = if abbreviate { notation::abbreviated } else { notation::latex };
        guard("Formula.latex", || Ok(self.written(way)))
    }

    /// As the source of a function in NumPy.
    fn numpy(&self, name: &str) -> PyResult<String> {
        guard("Formula.numpy", || Ok(self.written(|store, id| notation::numpy(store, id, name))))
    }

    /// The sizes of its axes as text.
    fn shape(&self) -> PyResult<Vec<String>> {
        guard("Formula.shape", || {
            let store = self.open();
            Ok(sizes(&store, store.ty(self.id)))
        })
    }

    /// As it is shown in messages.
    fn type_text(&self) -> PyResult<String> {
        guard("Formula.type_text", || {
            let store = self.open();
            Ok(Shown(&store.sizes, store.ty(self.id)).to_string())
        })
    }

    /// The names it is made of, or all of its store, in the order in which they were declared:
    /// name, sizes of the axes, what is known, and the name that it is a differential of.
    #[pyo3(signature = (whole = false))]
    fn symbols(&self, whole: bool) -> PyResult<Vec<Named>> {
        guard("Formula.symbols", || {
            let store = self.open();
            let found = store.reachable(&[self.id]);
            let named = store.symbols().filter(|(_, id)| whole || found.binary_search(id).is_ok());
            Ok(named
                .map(|(own, _)| {
                    let of = own.differential.and_then(|(of, _)| store.named(of));
                    let of = of.map(|of| of.name.to_string());
                    (own.name.to_string(), sizes(&store, own.ty), names(own.facts), of)
                })
                .collect())
        })
    }

    /// The names of the sizes that it is made of.
    fn size_names(&self) -> PyResult<Vec<String>> {
        guard("Formula.size_names", || {
            let store = self.open();
            let mut found = BTreeSet::new();
            for id in store.reachable(&[self.id]) {
                let Type { rows, columns } = store.ty(id);
                for dim in [rows, columns] {
                    found.extend(store.sizes.factors(dim).1.iter().map(ToString::to_string));
                }
                if let Node::Size(dim) = store.node(id) {
                    found.extend(store.sizes.factors(*dim).1.iter().map(ToString::to_string));
                }
            }
            Ok(found.into_iter().collect())
        })
    }

    /// Whether it is nothing but zeros.
    fn is_zero(&self) -> PyResult<bool> {
        guard("Formula.is_zero", || Ok(self.open().is_zero(self.id)))
    }

    /// The number, when it is one.
    fn as_number(&self) -> PyResult<Option<f64>> {
        guard("Formula.as_number", || Ok(self.open().as_number(self.id)))
    }

    /// What is known of it.
    fn facts(&self) -> PyResult<Vec<&'static str>> {
        guard("Formula.facts", || Ok(names(self.open().facts(self.id))))
    }
}

/// One expression of a list: what it is, and the places of what it is made of.
#[pyclass(frozen, get_all, module = "pyframe._core")]
pub struct Listed {
    operation: &'static str,
    name: String,
    operands: Vec<u32>,
    numbers: Vec<f64>,
    scalars: usize,
    shape: (String, String),
}

#[pymethods]
impl Formula {
    /// All that it is made of, each after its own parts; it is the last itself.
    fn listing(&self) -> PyResult<Vec<Listed>> {
        guard("Formula.listing", || {
            let found = pyframe_matcalc::listing(&self.open(), self.id);
            let one = |own: pyframe_matcalc::Listed| {
                let [rows, columns] = own.shape;
                Listed {
                    operation: own.operation,
                    name: own.name,
                    operands: own.operands,
                    numbers: own.numbers,
                    scalars: own.scalars,
                    shape: (rows, columns),
                }
            };
            Ok(found.into_iter().map(one).collect())
        })
    }

    /// The expression that is one of the names of its store.
    fn named(&self, name: &str) -> PyResult<Self> {
        guard("Formula.named", || {
            let id = super::deriving::named(&self.open(), name)?;
            Ok(self.sibling(id))
        })
    }
}
