//! The usual calls of NumPy, answered without Python.
//!
//! A function that is recorded calls few of NumPy's functions and with few of their options:
//! these are answered here, node for node as the handlers in Python do.  Anything else, what is
//! refused included, goes to the handlers.

mod functions;
mod products;
mod reductions;
mod shapes;
mod subscripts;

use pyframe_graph::{Binary, Compare, Logical, Primitive, Test, Unary};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::{PyDict, PyList, PyTuple};
use rustc_hash::FxHashMap;

use self::functions::Function;
use super::array::{ArrayTracer, Shown};
use super::operations::{Answer, binary, compare, logical, test, unary};
use crate::errors::{self, guard};

/// A ufunc that is one primitive.
#[derive(Clone, Copy)]
enum Ufunc {
    Unary(Unary),
    Binary(Binary),
    Compare(Compare),
    Logical(Logical),
    Test(Test),
    Matmul,
}

impl Ufunc {
    fn named(family: &str, name: &str) -> Option<Self> {
        fn member<T: Copy>(all: &[T], name: &str, of: impl Fn(T) -> &'static str) -> Option<T> {
            all.iter().copied().find(|&f| of(f) == name)
        }
        match family {
            "unary" => member(Unary::ALL, name, Unary::name).map(Self::Unary),
            "binary" => member(Binary::ALL, name, Binary::name).map(Self::Binary),
            "compare" => member(Compare::ALL, name, Compare::name).map(Self::Compare),
            "logical" => member(Logical::ALL, name, Logical::name).map(Self::Logical),
            "test" => member(Test::ALL, name, Test::name).map(Self::Test),
            "matmul" => Some(Self::Matmul),
            _ => None,
        }
    }

    /// The result, or nothing when the call is none of the usual ones.
    fn call<'py>(self, inputs: &Bound<'py, PyTuple>) -> PyResult<Option<Bound<'py, PyAny>>> {
        let one = || inputs.get_item(0);
        let two = || Ok::<_, PyErr>((inputs.get_item(0)?, inputs.get_item(1)?));
        match (self, inputs.len()) {
            (Self::Unary(f), 1) => unary(f, &one()?).map(Some),
            (Self::Test(f), 1) => test(f, &one()?).map(Some),
            (Self::Binary(f), 2) => two().and_then(|(a, b)| binary(Primitive::Binary(f), &a, &b)).map(Some),
            (Self::Compare(f), 2) => two().and_then(|(a, b)| compare(f, &a, &b)).map(Some),
            (Self::Logical(f), 2) => two().and_then(|(a, b)| logical(f, &a, &b)).map(Some),
            (Self::Matmul, 2) => two().and_then(|(a, b)| products::matmul(&a, &b)),
            _ => Ok(None),
        }
    }
}

/// Which object of NumPy is what, and what is called for the rest.
struct Handlers {
    /// By address; the objects are kept.
    ufuncs: FxHashMap<usize, (Py<PyAny>, Ufunc)>,
    functions: FxHashMap<usize, (Py<PyAny>, Function)>,
    /// NumPy's functions by name.
    named: FxHashMap<String, Py<PyAny>>,
    /// `array_ufunc(x, ufunc, method, *inputs, **options)`.
    array_ufunc: Py<PyAny>,
    /// `array_function(x, function, types, args, kwargs)`.
    array_function: Py<PyAny>,
    /// `get(x, key)`.
    get: Py<PyAny>,
    /// `np.matmul`.
    matmul: Py<PyAny>,
    /// Makes what shows the elements in order under another shape.
    reshaped: Py<PyAny>,
    /// Makes what shows the axes in another order.
    permuted: Py<PyAny>,
    /// Makes what shows a part.
    sliced: Py<PyAny>,
}

static HANDLERS: PyOnceLock<Handlers> = PyOnceLock::new();

fn handlers(py: Python<'_>) -> PyResult<&Handlers> {
    HANDLERS.get(py).ok_or_else(|| errors::internal("traced arrays without handlers"))
}

/// Say which objects of NumPy are which functions, and what answers calls that are not usual;
/// the first word holds.
#[pyfunction]
#[pyo3(name = "_set_handlers")]
#[expect(clippy::too_many_arguments, reason = "called once, by name")]
pub fn set_handlers(
    py: Python<'_>,
    ufuncs: Vec<(Py<PyAny>, String, String)>,
    functions: Vec<(Py<PyAny>, String)>,
    array_ufunc: Py<PyAny>,
    array_function: Py<PyAny>,
    get: Py<PyAny>,
    matmul: Py<PyAny>,
    reshaped: Py<PyAny>,
    permuted: Py<PyAny>,
    sliced: Py<PyAny>,
) -> PyResult<()> {
    let unknown = |name: &str| errors::internal(format!("there is no usual function {name}"));
    let mut by_ufunc = FxHashMap::default();
    for (ufunc, family, name) in ufuncs {
        let known = Ufunc::named(&family, &name).ok_or_else(|| unknown(&name))?;
        by_ufunc.insert(ufunc.as_ptr() as usize, (ufunc, known));
    }
    let (mut by_function, mut named) = (FxHashMap::default(), FxHashMap::default());
    for (function, name) in functions {
        let known = Function::named(&name).ok_or_else(|| unknown(&name))?;
        named.insert(name, function.clone_ref(py));
        by_function.insert(function.as_ptr() as usize, (function, known));
    }
    let made = Handlers {
        ufuncs: by_ufunc,
        functions: by_function,
        named,
        array_ufunc,
        array_function,
        get,
        matmul,
        reshaped,
        permuted,
        sliced,
    };
    let _ = HANDLERS.set(py, made);
    Ok(())
}

/// What makes a view of an array of so many axes anew: an object of Python's, made when it is
/// asked for.
pub fn maker<'py>(py: Python<'py>, shown: &Shown, rank: usize) -> Answer<'py> {
    let handlers = handlers(py)?;
    match shown {
        Shown::Reshaped(lengths) => handlers.reshaped.bind(py).call1((PyList::new(py, lengths)?,)),
        Shown::Permuted(order) => handlers.permuted.bind(py).call1((PyList::new(py, order)?,)),
        Shown::Sliced(key) => handlers.sliced.bind(py).call1((subscripts::keys(key.bind(py), rank)?,)),
        Shown::Made(maker) => Ok(maker.bind(py).clone()),
    }
}

/// Whether this is the name of a plain call of a ufunc.
fn is_call(method: &Bound<'_, PyAny>) -> PyResult<bool> {
    let name = intern!(method.py(), "__call__");
    Ok(method.is(name) || method.eq(name)?)
}

fn is_empty(options: Option<&Bound<'_, PyDict>>) -> bool {
    options.is_none_or(PyDictMethods::is_empty)
}

#[pymethods]
impl ArrayTracer {
    #[pyo3(signature = (ufunc, method, *inputs, **options))]
    fn __array_ufunc__<'py>(
        slf: &Bound<'py, Self>,
        ufunc: &Bound<'py, PyAny>,
        method: &Bound<'py, PyAny>,
        inputs: &Bound<'py, PyTuple>,
        options: Option<&Bound<'py, PyDict>>,
    ) -> Answer<'py> {
        guard("Array.__array_ufunc__", || {
            let py = slf.py();
            let handlers = handlers(py)?;
            let known = handlers.ufuncs.get(&(ufunc.as_ptr() as usize));
            if let Some((_, known)) = known.filter(|_| is_empty(options))
                && is_call(method)?
                && let Some(made) = known.call(inputs)?
            {
                return Ok(made);
            }
            let all = [slf.as_any(), ufunc, method].into_iter().cloned().chain(inputs.iter());
            let all = PyTuple::new(py, all.collect::<Vec<_>>())?;
            handlers.array_ufunc.bind(py).call(all, options)
        })
    }

    fn __array_function__<'py>(
        slf: &Bound<'py, Self>,
        function: &Bound<'py, PyAny>,
        types: &Bound<'py, PyAny>,
        args: &Bound<'py, PyTuple>,
        kwargs: &Bound<'py, PyDict>,
    ) -> Answer<'py> {
        guard("Array.__array_function__", || {
            let py = slf.py();
            let handlers = handlers(py)?;
            if let Some((_, known)) = handlers.functions.get(&(function.as_ptr() as usize))
                && let Some(made) = known.call(args, Some(kwargs))?
            {
                return Ok(made);
            }
            handlers.array_function.bind(py).call1((slf, function, types, args, kwargs))
        })
    }
}
