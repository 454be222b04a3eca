//! The object that stands in for an array.
//!
//! It keeps the node and its type; operators are here, everything else that NumPy's arrays can
//! do is put on the class by `pyframe.autodiff.tracers`.

use pyframe_graph::{Binary, Compare, NodeId, Primitive, Type, Unary};
use pyframe_tape::Guard;
use pyo3::basic::CompareOp;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyType};

use super::convert::to_numpy;
use super::operations::{binary, compare, is_operand, unary};
use super::recording::Recording;
use super::wrap::{leave, shape_tuple};
use crate::errors::{self, guard};

/// The object that stands in for an array while a function is recorded.
#[pyclass(frozen, weakref, name = "Array", module = "pyframe._core")]
pub struct ArrayTracer {
    pub recording: Py<Recording>,
    pub node: NodeId,
    pub ty: Type,
}

impl ArrayTracer {
    /// The traced object of a node.
    pub fn make<'py>(
        recording: &Bound<'py, Recording>,
        node: NodeId,
        ty: Type,
    ) -> PyResult<Bound<'py, PyAny>> {
        let made = Self { recording: recording.clone().unbind(), node, ty };
        Ok(Bound::new(recording.py(), made)?.into_any())
    }
}

type Answer<'py> = PyResult<Bound<'py, PyAny>>;

/// Apply an operator, or say that the other object is none of ours.
fn apply<'py>(f: Binary, a: &Bound<'py, PyAny>, b: &Bound<'py, PyAny>) -> Answer<'py> {
    if is_operand(a) && is_operand(b) {
        guard("Array operator", || binary(Primitive::Binary(f), a, b))
    } else {
        Ok(a.py().NotImplemented().into_bound(a.py()))
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
    #[getter]
    fn node(&self) -> u32 {
        self.node.0
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
        let array = self.recording.get().with(|tape| tape.array(self.node))?;
        to_numpy(py, &array)
    }

    /// The concrete value for use outside the trace: a replay checks that it is the same.
    fn leave<'py>(&self, py: Python<'py>) -> Answer<'py> {
        let array = self.recording.get().with(|tape| {
            let array = tape.array(self.node)?;
            tape.guard(|_| Guard::Concrete(self.node, array.clone()));
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
            return Ok(slf.py().NotImplemented().into_bound(slf.py()));
        }
        guard("Array comparison", || compare(f, slf, other))
    }

    fn __hash__(slf: &Bound<'_, Self>) -> PyResult<isize> {
        let class: Bound<'_, PyType> = slf.get_type();
        Err(errors::parameter_type(format!("unhashable type: '{}'", class.name()?)))
    }
}
