//! A recorded function as a program that runs without Python.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use pyframe_autodiff::NoForeign;
use pyframe_graph::{Graph, NodeId};
use pyframe_tape::{Datum, Guard, NoHost, Program, Stop, TapeError, symbol};
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyList};

use super::convert::{to_array, to_numpy};
use super::recording::refused;
use crate::errors::guard;

/// A program above this many elements runs without the interpreter's lock.
const LARGE: usize = 4096;

/// A recorded function as a program, with the guards under which it stands for the function.
#[pyclass(frozen, weakref, module = "pyframe._core")]
pub struct Trace {
    program: Arc<Program>,
    gradients: Mutex<HashMap<Vec<usize>, Arc<Program>>>,
    large: bool,
}

impl Trace {
    /// Plan a graph whose outputs are set.
    pub fn plan(graph: Graph, guards: Vec<Guard>) -> Result<Self, TapeError> {
        let program = Arc::new(Program::new(graph, guards, false)?);
        let graph = program.graph();
        let elements = |id: NodeId| graph.shape(id).iter().product::<usize>();
        let large = graph.ids().map(elements).sum::<usize>() > LARGE;
        Ok(Self { program, gradients: Mutex::default(), large })
    }

    fn gradient(&self, wrt: &[usize]) -> Result<Arc<Program>, TapeError> {
        let mut known = self.gradients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(program) = known.get(wrt) {
            return Ok(program.clone());
        }
        let program = Arc::new(self.program.with_gradient(wrt, &NoForeign)?);
        known.insert(wrt.to_vec(), program.clone());
        Ok(program)
    }

    /// Run something, without the lock when it takes long.
    fn detached<T: Send>(&self, py: Python<'_>, run: impl FnOnce() -> T + Send) -> T {
        if self.large { py.detach(run) } else { run() }
    }
}

fn datum(object: &Bound<'_, PyAny>) -> PyResult<Datum> {
    match object.cast_exact::<PyFloat>() {
        Ok(number) => Ok(Datum::Scalar(number.value())),
        Err(_) => Ok(Datum::Array(to_array(object, "an argument")?)),
    }
}

pub fn object<'py>(py: Python<'py>, datum: &Datum) -> PyResult<Bound<'py, PyAny>> {
    match datum {
        Datum::Scalar(number) => Ok(PyFloat::new(py, *number).into_any()),
        Datum::Array(array) => to_numpy(py, array),
    }
}

/// What a run gave; nothing when a guard turned out differently.
fn finished<T>(run: Result<T, Stop>) -> PyResult<Option<T>> {
    match run {
        Ok(done) => Ok(Some(done)),
        Err(Stop::Guard(_)) => Ok(None),
        Err(Stop::Failed(error)) => Err(refused(error)),
    }
}

#[pymethods]
impl Trace {
    /// The results for these arguments, or None when a guard fails.
    fn run<'py>(
        &self,
        py: Python<'py>,
        arguments: Vec<Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyList>>> {
        guard("Trace.run", || {
            let inputs = arguments.iter().map(datum).collect::<PyResult<Vec<_>>>()?;
            let run = self.detached(py, || self.program.run(&inputs, &NoHost));
            let Some(outputs) = finished(run)? else { return Ok(None) };
            let list = PyList::empty(py);
            for output in &outputs {
                list.append(object(py, output)?)?;
            }
            Ok(Some(list))
        })
    }

    /// The value and the gradient with respect to the arguments at these places, or None when a
    /// guard fails.
    fn value_and_grad<'py>(
        &self,
        py: Python<'py>,
        arguments: Vec<Bound<'py, PyAny>>,
        wrt: Vec<usize>,
    ) -> PyResult<Option<Bound<'py, PyList>>> {
        guard("Trace.value_and_grad", || {
            let inputs = arguments.iter().map(datum).collect::<PyResult<Vec<_>>>()?;
            let list = PyList::empty(py);
            if self.program.is_scalar() {
                let run = self.detached(py, || self.program.sweep(&inputs, &wrt, &NoHost));
                let Some((value, gradient)) = finished(run)? else { return Ok(None) };
                list.append(value)?;
                for part in &gradient {
                    list.append(object(py, part)?)?;
                }
                return Ok(Some(list));
            }
            let program = self.gradient(&wrt).map_err(refused)?;
            let run = self.detached(py, || program.run(&inputs, &NoHost));
            let Some(outputs) = finished(run)? else { return Ok(None) };
            for output in &outputs {
                list.append(object(py, output)?)?;
            }
            Ok(Some(list))
        })
    }

    /// The guards as text.
    #[getter]
    fn guards(&self) -> Vec<String> {
        let shown = |guard: &Guard| match guard {
            Guard::Branch(c, holds) => {
                format!(
                    "{} {} {} is {}",
                    c.left,
                    symbol(c.compare),
                    c.right,
                    if *holds { "true" } else { "false" }
                )
            }
            Guard::Concrete(node, array) => match array.item() {
                Some(number) => format!("{node} is {number:?}"),
                None => format!("{node} has the same {} elements", array.len()),
            },
        };
        self.program.guards().iter().map(shown).collect()
    }

    /// Whether it computes with scalars alone.
    #[getter]
    fn scalar(&self) -> bool {
        self.program.is_scalar()
    }

    /// How many nodes there are.
    fn __len__(&self) -> usize {
        self.program.graph().len()
    }

    /// The graph as text.
    fn __str__(&self) -> String {
        self.program.graph().to_string()
    }

    /// The graph of the value and the gradient as text.
    fn gradient_text(&self, wrt: Vec<usize>) -> PyResult<String> {
        Ok(self.gradient(&wrt).map_err(refused)?.graph().to_string())
    }
}
