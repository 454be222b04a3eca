//! The object that stands in for an array.
//!
//! It keeps the node and its type; operators are here, everything else that NumPy's arrays can
//! do is put on the class by `pyframe.autodiff.tracers`.
//!
//! The graph knows no assignment, NumPy's arrays do: assigning to an array gives its object a
//! new node and a new version.  A view remembers the array it shows and how; when that array
//! has another version than the view has seen, the view is made anew before it is used.

use std::cell::{Cell, OnceCell};

use pyframe_graph::{Binary, Compare, NodeId, Primitive, Shape, Type, Unary};
use pyframe_tape::Guard;
use pyo3::basic::CompareOp;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

use super::convert::to_numpy;
use super::foreign::Outside;
use super::operations::{binary, compare, is_operand, no_operand, unary};
use super::recording::Recording;
use super::usual::maker;
use super::wrap::{leave, shape_tuple};
use crate::errors::{self, guard};

/// The object that stands in for an array while a function is recorded.
#[pyclass(frozen, weakref, name = "Array", module = "pyframe._core")]
pub struct ArrayTracer {
    pub recording: Py<Recording>,
    pub ty: Type,
    node: Cell<NodeId>,
    version: Cell<u64>,
    view: OnceCell<Box<View>>,
}

/// What a view shows.
struct View {
    base: Py<ArrayTracer>,
    /// The version of the base that the view's node was made from.
    seen: Cell<u64>,
    shown: Shown,
    /// Makes the view of an array, once it was asked for.
    again: OnceCell<Py<PyAny>>,
}

/// How a view shows its array.
pub enum Shown {
    /// The elements in order under this shape.
    Reshaped(Shape),
    /// The axes in this order.
    Permuted(Shape),
    /// What a key picks.
    Sliced(Py<PyAny>),
    /// As this makes it.
    Made(Py<PyAny>),
}

impl View {
    /// Makes the view of an array.
    fn again(&self, py: Python<'_>) -> PyResult<&Py<PyAny>> {
        if let Some(again) = self.again.get() {
            return Ok(again);
        }
        let made = maker(py, &self.shown, self.base.get().ty.shape.len())?.unbind();
        Ok(self.again.get_or_init(|| made))
    }
}

// SAFETY: the cells are read and written by threads that are attached to the interpreter, whose
// lock one thread holds at a time (the module does not declare itself free of it).
#[expect(unsafe_code, reason = "the lock of the interpreter protects the cells")]
unsafe impl Sync for ArrayTracer {}

impl ArrayTracer {
    /// The traced object of a node.
    pub fn make<'py>(
        recording: &Bound<'py, Recording>,
        node: NodeId,
        ty: Type,
    ) -> PyResult<Bound<'py, PyAny>> {
        let made = Self {
            recording: recording.clone().unbind(),
            ty,
            node: Cell::new(node),
            version: Cell::new(0),
            view: OnceCell::new(),
        };
        let made = Bound::new(recording.py(), made)?;
        recording.get().with_window(|window| window.watch(made.get().node.as_ptr()));
        Ok(made.into_any())
    }

    /// Make this a view of another array.
    pub fn shows(&self, base: &Bound<'_, Self>, shown: Shown) {
        let seen = Cell::new(base.get().version.get());
        let view = View { base: base.clone().unbind(), seen, shown, again: OnceCell::new() };
        let _ = self.view.set(Box::new(view));
    }

    /// Whether it shows another array.
    pub fn is_view(&self) -> bool {
        self.view.get().is_some()
    }

    /// The node of the present value; a view whose array has changed is made anew.
    pub fn node(&self, py: Python<'_>) -> PyResult<NodeId> {
        let Some(view) = self.view.get() else { return Ok(self.node.get()) };
        let base = view.base.get();
        base.node(py)?;
        if base.version.get() != view.seen.get() {
            let made = view.again(py)?.bind(py).call1((view.base.clone_ref(py),))?;
            let Some(made) = super::wrap::traced(&made)? else {
                return Err(errors::internal("a view that is not traced"));
            };
            self.node.set(made.node);
            self.version.set(self.version.get() + 1);
            view.seen.set(base.version.get());
        }
        Ok(self.node.get())
    }
}

impl Drop for ArrayTracer {
    fn drop(&mut self) {
        let node = self.node.as_ptr();
        self.recording.get().with_window(|window| window.forget(node));
    }
}

type Answer<'py> = PyResult<Bound<'py, PyAny>>;

/// Apply an operator, or say that the other object is none of ours.
fn apply<'py>(f: Binary, a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>) -> Answer<'py> {
    match [a, b].into_iter().find(|x| !is_operand(x)) {
        None => guard("Array operator", || binary(Primitive::Binary(f), a, b)),
        Some(other) => no_operand(other),
    }
}

#[pymethods]
impl ArrayTracer {
    /// The recording it belongs to.
    #[getter]
    fn recording(&self, py: Python<'_>) -> Py<Recording> {
        self.recording.clone_ref(py)
    }

    /// Its node.
    #[getter(node)]
    fn py_node(&self, py: Python<'_>) -> PyResult<u32> {
        Ok(self.node(py)?.0)
    }

    /// The array that this is a view of, or None.
    #[getter]
    fn base(&self, py: Python<'_>) -> Option<Py<Self>> {
        self.view.get().map(|view| view.base.clone_ref(py))
    }

    /// The function that makes this view of its array, or None.
    #[getter]
    fn again(&self, py: Python<'_>) -> PyResult<Option<Py<PyAny>>> {
        self.view.get().map(|view| Ok(view.again(py)?.clone_ref(py))).transpose()
    }

    /// Make this a view of another array, which `again` would make once more.
    fn show(&self, base: &Bound<'_, Self>, again: Py<PyAny>) {
        self.shows(base, Shown::Made(again));
    }

    /// Take over the value of another traced object of the same type.
    fn become_(&self, value: &Bound<'_, PyAny>) -> PyResult<()> {
        let Some(value) = super::wrap::traced(value)? else {
            return Err(errors::parameter_type("the object is not traced"));
        };
        let ty = super::recording::type_of(value.recording.get(), value.node)?;
        if !value.recording.is(&self.recording) || ty != self.ty {
            return Err(errors::internal("an assignment of another type"));
        }
        self.node.set(value.node);
        self.version.set(self.version.get() + 1);
        Ok(())
    }

    /// A view has handed its new value to the array it shows: they agree again.
    fn agree(&self) {
        if let Some(view) = self.view.get() {
            view.seen.set(view.base.get().version.get());
        }
    }

    /// Lengths along each axis.
    #[getter]
    fn shape<'py>(&self, py: Python<'py>) -> PyResult<Bound<'py, PyTuple>> {
        shape_tuple(py, &self.ty)
    }

    /// The name of the kind of number.
    #[getter]
    fn kind(&self) -> &'static str {
        self.ty.dtype.name()
    }

    /// The concrete value, a copy; nothing is recorded.
    #[getter]
    fn concrete<'py>(&self, py: Python<'py>) -> Answer<'py> {
        let node = self.node(py)?;
        let array = self.recording.get().with(|tape| tape.known_array(node, &Outside))?;
        to_numpy(py, &array)
    }

    /// The concrete value for use outside the trace: a replay checks that it is the same.
    fn leave<'py>(&self, py: Python<'py>) -> Answer<'py> {
        let node = self.node(py)?;
        let array = self.recording.get().with(|tape| {
            let array = tape.known_array(node, &Outside)?;
            tape.guard(|_| Guard::Concrete(node, array.clone()));
            Ok(array)
        })?;
        to_numpy(py, &array)
    }

    fn __bool__(&self, py: Python<'_>) -> PyResult<bool> {
        let count: usize = self.ty.shape.iter().product();
        if count != 1 {
            return Err(errors::parameter(format!(
                "the truth value of an array with {count} elements is ambiguous: use .any() or .all()"
            )));
        }
        self.leave(py)?.is_truthy()
    }

    fn __float__(&self, py: Python<'_>) -> PyResult<f64> {
        leave(py, "float")?;
        let count: usize = self.ty.shape.iter().product();
        if count != 1 {
            return Err(errors::parameter_type(format!(
                "only an array with one element can be made a float, this one has {count}"
            )));
        }
        self.leave(py)?.call_method0("item")?.extract()
    }

    fn __add__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Answer<'py> {
        apply(Binary::Add, slf, other)
    }
    fn __radd__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Answer<'py> {
        apply(Binary::Add, other, slf)
    }
    fn __sub__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Answer<'py> {
        apply(Binary::Sub, slf, other)
    }
    fn __rsub__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Answer<'py> {
        apply(Binary::Sub, other, slf)
    }
    fn __mul__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Answer<'py> {
        apply(Binary::Mul, slf, other)
    }
    fn __rmul__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Answer<'py> {
        apply(Binary::Mul, other, slf)
    }
    fn __truediv__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Answer<'py> {
        apply(Binary::Div, slf, other)
    }
    fn __rtruediv__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Answer<'py> {
        apply(Binary::Div, other, slf)
    }
    fn __floordiv__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Answer<'py> {
        apply(Binary::FloorDivide, slf, other)
    }
    fn __rfloordiv__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Answer<'py> {
        apply(Binary::FloorDivide, other, slf)
    }
    fn __mod__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Answer<'py> {
        apply(Binary::Remainder, slf, other)
    }
    fn __rmod__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>) -> Answer<'py> {
        apply(Binary::Remainder, other, slf)
    }
    fn __pow__<'py>(
        slf: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
        modulo: Option<&Bound<'py, PyAny>>,
    ) -> Answer<'py> {
        let _ = modulo;
        apply(Binary::Pow, slf, other)
    }
    fn __rpow__<'py>(
        slf: &Bound<'py, Self>,
        other: &Bound<'py, PyAny>,
        modulo: Option<&Bound<'py, PyAny>>,
    ) -> Answer<'py> {
        let _ = modulo;
        apply(Binary::Pow, other, slf)
    }
    fn __neg__<'py>(slf: &Bound<'py, Self>) -> Answer<'py> {
        guard("Array operator", || unary(Unary::Neg, slf))
    }
    fn __pos__<'py>(slf: &Bound<'py, Self>) -> Bound<'py, PyAny> {
        slf.clone().into_any()
    }
    fn __abs__<'py>(slf: &Bound<'py, Self>) -> Answer<'py> {
        guard("Array operator", || unary(Unary::Abs, slf))
    }

    fn __richcmp__<'py>(slf: &Bound<'py, Self>, other: &Bound<'py, PyAny>, op: CompareOp) -> Answer<'py> {
        let f = match op {
            CompareOp::Lt => Compare::Less,
            CompareOp::Le => Compare::LessEqual,
            CompareOp::Gt => Compare::Greater,
            CompareOp::Ge => Compare::GreaterEqual,
            CompareOp::Eq => Compare::Equal,
            CompareOp::Ne => Compare::NotEqual,
        };
        if !is_operand(other) {
            let py = slf.py();
            let orders = !matches!(op, CompareOp::Eq | CompareOp::Ne);
            return if orders { no_operand(other) } else { Ok(py.NotImplemented().into_bound(py)) };
        }
        guard("Array comparison", || compare(f, slf, other))
    }

    fn __hash__(slf: &Bound<'_, Self>) -> PyResult<isize> {
        let class: Bound<'_, PyType> = slf.get_type();
        Err(errors::parameter_type(format!("unhashable type: '{}'", class.name()?)))
    }
}
