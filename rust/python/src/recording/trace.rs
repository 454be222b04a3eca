//! A recorded function as a program that runs without Python.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use pyframe_graph::{DType, Graph, NodeId, Type};
use pyframe_tape::{Code, Datum, Guard, Miss, Numbers, Program, Runner, Stop, TapeError, symbol};
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyList};

use super::convert::{into_numpy, lent_array, numbers_to_numpy, push_numbers};
use super::foreign::Outside;
use super::numeric::Inputs;
use super::refused::refused;
use crate::errors::{self, guard};

/// A program above this many elements runs without the interpreter's lock.
const LARGE: usize = 4096;

/// A recorded function as a program, with the guards under which it stands for the function.
#[pyclass(frozen, weakref, module = "pyframe._core")]
pub struct Trace {
    program: Arc<Program>,
    /// Programs of the gradient, by the places of the arguments; a few.
    gradients: Mutex<Vec<(Vec<usize>, Arc<Program>)>>,
    large: bool,
    hits: AtomicU64,
    misses: AtomicU64,
}

/// The results of a run, or nothing when a guard turned out differently.
pub type Answer<'py> = PyResult<Option<Vec<Bound<'py, PyAny>>>>;

impl Trace {
    /// Plan what gives these outputs.
    pub fn plan(graph: &Graph, outputs: &[NodeId], guards: Vec<Guard>) -> Result<Self, TapeError> {
        Program::giving(graph, outputs, guards, false).map(Self::of)
    }

    /// The trace of a program.
    pub fn of(program: Program) -> Self {
        let program = Arc::new(program);
        let graph = program.graph();
        let elements = |id: NodeId| graph.shape(id).iter().product::<usize>();
        let large = graph.ids().map(elements).fold(0, usize::saturating_add) > LARGE;
        let (hits, misses) = (AtomicU64::new(0), AtomicU64::new(0));
        Self { program, gradients: Mutex::default(), large, hits, misses }
    }

    /// What runs.
    pub fn program(&self) -> &Program {
        &self.program
    }

    fn gradient(&self, wrt: &[usize]) -> Result<Arc<Program>, TapeError> {
        let known = || self.gradients.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, program)) = known().iter().find(|(places, _)| places == wrt) {
            return Ok(program.clone());
        }
        // Nothing is locked meanwhile: a rule from outside may run any code.
        let program = Arc::new(self.program.with_gradient(wrt, &Outside)?);
        known().push((wrt.to_vec(), program.clone()));
        Ok(program)
    }

    /// Run something, without the lock when it takes long.
    fn detached<T: Send>(&self, py: Python<'_>, run: impl FnOnce() -> T + Send) -> T {
        if self.large { py.detach(run) } else { run() }
    }

    /// How often it answered, and how often a guard failed.
    fn counted<'py>(&self, answer: Answer<'py>) -> Answer<'py> {
        match &answer {
            Ok(Some(_)) => self.hits.fetch_add(1, Ordering::Relaxed),
            Ok(None) => self.misses.fetch_add(1, Ordering::Relaxed),
            Err(_) => 0,
        };
        answer
    }

    /// The code of the guards and results, when it takes so many numbers.
    pub fn runner(&self, count: usize) -> Option<Runner> {
        Runner::new(self.program.clone())
            .filter(|_| self.program.code().is_some_and(|code| code.argument_count() == count))
    }

    /// The trace as code of so many numbers that gives one, with the derivatives by the first
    /// argument or without.
    pub fn lane(&self, count: usize, slope: bool) -> PyResult<Option<Lane>> {
        let Some(code) = self.program.code() else { return Ok(None) };
        if !self.gives_one_number() || code.argument_count() != count {
            return Ok(None);
        }
        let swept = slope && code.has_gradient();
        let program =
            if slope && !swept { self.gradient(&[0]).map_err(refused)? } else { self.program.clone() };
        Ok(Runner::new(program).map(|runner| Lane { runner, slope, swept, large: self.large }))
    }

    /// Whether the result is one real number.
    pub fn gives_one_number(&self) -> bool {
        let graph = self.program.graph();
        let one = |id: &NodeId| graph.dtype(*id).is_float() && graph.shape(*id).iter().all(|&n| n == 1);
        matches!(graph.outputs(), [id] if one(id))
    }

    /// The result, when it is one number; nothing either when a guard fails.
    pub fn number(&self, py: Python<'_>, inputs: &Inputs<'_>) -> PyResult<Option<f64>> {
        if !self.gives_one_number() {
            return Ok(None);
        }
        let mut value = f64::NAN;
        let done = self.numbers(py, &self.program, inputs, &mut [std::slice::from_mut(&mut value)])?;
        Ok(done.then_some(value))
    }

    /// The result with its gradient with respect to the first argument, as [`Self::number`].
    pub fn number_and_gradient(
        &self,
        py: Python<'_>,
        inputs: &Inputs<'_>,
        g: &mut [f64],
    ) -> PyResult<Option<f64>> {
        if !self.gives_one_number() {
            return Ok(None);
        }
        let program = self.gradient(&[0]).map_err(refused)?;
        let mut value = f64::NAN;
        let done = self.numbers(py, &program, inputs, &mut [std::slice::from_mut(&mut value), g])?;
        Ok(done.then_some(value))
    }

    /// The results of a program, or nothing when a guard fails.
    fn ran(&self, py: Python<'_>, program: &Program, inputs: &[Datum]) -> PyResult<Option<Vec<Datum>>> {
        match self.detached(py, || program.run(inputs, &Outside)) {
            Ok(outputs) => Ok(Some(outputs)),
            Err(Stop::Guard(_)) => Ok(None),
            Err(Stop::Failed(error)) => Err(refused(error)),
        }
    }

    /// The elements of a program's results in double precision; whether the guards held.
    fn numbers(
        &self,
        py: Python<'_>,
        program: &Program,
        inputs: &Inputs<'_>,
        results: &mut [&mut [f64]],
    ) -> PyResult<bool> {
        let Some(outputs) = self.ran(py, program, &inputs.data()?)? else { return Ok(false) };
        for (result, output) in results.iter_mut().zip(outputs) {
            match output {
                Datum::Scalar(number) => result[0] = number,
                Datum::Array(array) => match array.to_vec::<f64>() {
                    Some(numbers) => result.copy_from_slice(&numbers),
                    None => return Ok(false),
                },
            }
        }
        Ok(true)
    }

    /// The results for these arguments.
    pub fn results<'py>(&self, py: Python<'py>, arguments: &[Bound<'py, PyAny>]) -> Answer<'py> {
        self.counted(self.run_program(py, &self.program, arguments))
    }

    /// The value and the gradient with respect to the arguments at these places; nothing either
    /// when the result is not one number.
    pub fn with_gradient<'py>(
        &self,
        py: Python<'py>,
        arguments: &[Bound<'py, PyAny>],
        wrt: &[usize],
    ) -> Answer<'py> {
        if !self.gives_one_number() {
            return Ok(None);
        }
        let graph = self.program.graph();
        if let Some(code) = self.program.code().filter(|code| code.has_gradient()) {
            let given = elements(code, arguments)?;
            let Ok(found) = self.detached(py, || code.sweep(&given, wrt)) else {
                return self.counted(Ok(None));
            };
            let inputs = wrt.iter().map(|&place| graph.inputs()[place]);
            let number = Type::SCALAR;
            let types = std::iter::once(&number).chain(inputs.map(|id| graph.ty(id)));
            return self.counted(objects(py, types, &found).map(Some));
        }
        let program = self.gradient(wrt).map_err(refused)?;
        self.counted(self.run_program(py, &program, arguments))
    }

    fn run_program<'py>(
        &self,
        py: Python<'py>,
        program: &Program,
        arguments: &[Bound<'py, PyAny>],
    ) -> Answer<'py> {
        if let Some(code) = program.code() {
            let given = elements(code, arguments)?;
            match self.detached(py, || code.run(&given)) {
                Ok(found) => {
                    let graph = program.graph();
                    return objects(py, graph.outputs().iter().map(|&id| graph.ty(id)), &found).map(Some);
                }
                Err(Miss::Guard) => return Ok(None),
                // The program raises the kernel's error.
                Err(Miss::Kernel) => {}
            }
        }
        let inputs = arguments.iter().map(datum).collect::<PyResult<Vec<_>>>()?;
        let outputs = self.ran(py, program, &inputs)?;
        let objects = |outputs: Vec<Datum>| outputs.into_iter().map(|output| object(py, output)).collect();
        outputs.map(objects).transpose()
    }
}

/// A trace that gives one number as code, to be run for many calls.
pub struct Lane {
    runner: Runner,
    slope: bool,
    /// Whether derivatives come from the way back, and not from a program of their own.
    swept: bool,
    large: bool,
}

impl Lane {
    /// Take these numbers for the arguments' from the place `at` on.
    #[inline]
    pub fn set(&mut self, at: usize, numbers: &[f64]) {
        self.runner.set(at, numbers);
    }

    /// Whether a run takes long enough to do without the interpreter's lock.
    pub fn is_large(&self) -> bool {
        self.large
    }

    /// The value, and into `g` the derivatives by the first argument when the lane was asked
    /// for with them; nothing when a guard fails.
    #[inline]
    pub fn run(&mut self, g: &mut [f64]) -> Option<f64> {
        if self.swept {
            return self.runner.sweep(g);
        }
        let value = self.runner.run()?;
        if self.slope {
            g.iter_mut().zip(self.runner.result(1)).for_each(|(g, derivative)| *g = derivative);
        }
        Some(value)
    }
}

/// The elements of all arguments, one after another.
fn elements(code: &Code, arguments: &[Bound<'_, PyAny>]) -> PyResult<Numbers> {
    let mut numbers = Numbers::new();
    for argument in arguments {
        push_numbers(&mut numbers, argument)?;
    }
    if numbers.len() == code.argument_count() {
        Ok(numbers)
    } else {
        Err(errors::internal("the arguments of a trace have other sizes"))
    }
}

/// Results that lie one after another, as numbers and arrays of these types.
fn objects<'py, 'a>(
    py: Python<'py>,
    types: impl Iterator<Item = &'a Type>,
    mut numbers: &[f64],
) -> PyResult<Vec<Bound<'py, PyAny>>> {
    let one = |ty: &Type| {
        debug_assert!(ty.dtype == DType::Float64);
        let (own, rest) = numbers.split_at(ty.shape.iter().product());
        numbers = rest;
        if *ty == Type::SCALAR {
            return Ok(PyFloat::new(py, own[0]).into_any());
        }
        numbers_to_numpy(py, own, &ty.shape)
    };
    types.map(one).collect()
}

fn datum(object: &Bound<'_, PyAny>) -> PyResult<Datum> {
    match object.cast_exact::<PyFloat>() {
        Ok(number) => Ok(Datum::Scalar(number.value())),
        Err(_) => Ok(Datum::Array(lent_array(object, "an argument")?)),
    }
}

pub fn object(py: Python<'_>, datum: Datum) -> PyResult<Bound<'_, PyAny>> {
    match datum {
        Datum::Scalar(number) => Ok(PyFloat::new(py, number).into_any()),
        Datum::Array(array) => into_numpy(py, array),
    }
}

fn list<'py>(py: Python<'py>, answer: Answer<'py>) -> PyResult<Option<Bound<'py, PyList>>> {
    answer?.map(|found| PyList::new(py, found)).transpose()
}

#[pymethods]
impl Trace {
    /// The results for these arguments, or None when a guard fails.
    fn run<'py>(
        &self,
        py: Python<'py>,
        arguments: Vec<Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyList>>> {
        guard("Trace.run", || list(py, self.results(py, &arguments)))
    }

    /// The value and the gradient with respect to the arguments at these places, or None when a
    /// guard fails.
    fn value_and_grad<'py>(
        &self,
        py: Python<'py>,
        arguments: Vec<Bound<'py, PyAny>>,
        wrt: Vec<usize>,
    ) -> PyResult<Option<Bound<'py, PyList>>> {
        guard("Trace.value_and_grad", || list(py, self.with_gradient(py, &arguments, &wrt)))
    }

    /// How often it answered.
    #[getter]
    fn hits(&self) -> u64 {
        self.hits.load(Ordering::Relaxed)
    }

    /// How often a guard failed.
    #[getter]
    fn misses(&self) -> u64 {
        self.misses.load(Ordering::Relaxed)
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

    /// Whether it runs as operations on single numbers.
    #[getter]
    fn scalar(&self) -> bool {
        self.program.code().is_some()
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
