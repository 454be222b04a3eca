//! A recording: the graph that traced objects write to while a function runs.
//!
//! Recordings are per call and per thread.  The thread's stack of open recordings tells a
//! derivative that is taken inside a traced function to write to the same graph: there are no
//! levels, so nothing can be confused between them.

use std::cell::{Cell, RefCell, UnsafeCell};

use pyframe_autodiff::{LinearMap, batch, forward, pass_work, reverse};
use pyframe_graph::{NodeId, Type, Unary};
use pyframe_tape::{Recording as Tape, TapeError, sweep};
use pyo3::prelude::*;
use pyo3::types::{PyList, PyTuple};

use super::checkpoint::Window;
use super::convert::{to_array, to_numpy};
use super::foreign::{Fragment, Outside, refused_rule};
use super::trace::Trace;
use super::wrap::{Traced, traced, wrap};
use crate::errors::{self, guard};

thread_local! {
    static OPEN: RefCell<Vec<Py<Recording>>> = const { RefCell::new(Vec::new()) };
}

/// While it lives, no recording is open on this thread: a function from outside that takes a
/// derivative itself opens its own.
pub struct Hidden(Vec<Py<Recording>>);

impl Hidden {
    pub fn enter() -> Self {
        Self(OPEN.take())
    }
}

impl Drop for Hidden {
    fn drop(&mut self) {
        OPEN.set(std::mem::take(&mut self.0));
    }
}

/// What a recording is doing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum State {
    /// Traced objects may write to it.
    Open,
    /// They may, and it keeps its last nodes only.
    Lean,
    /// It is being written to.
    Busy,
    /// The function it recorded has returned.
    Closed,
}

/// The part that the traced objects point to.
pub struct Inner {
    pub tape: Tape,
    pub state: State,
    /// How many scalars name it; while there are any, they hold one reference to the owner.
    pub objects: usize,
    /// The Python object that it belongs to, once there is a scalar.
    pub owner: *mut pyo3::ffi::PyObject,
    /// What a recording has that keeps its last nodes only.
    pub window: Option<Box<Window>>,
}

/// The graph that traced objects write to while a function runs.
#[pyclass(frozen, module = "pyframe._core")]
pub struct Recording {
    inner: UnsafeCell<Inner>,
    entered: Cell<u32>,
}

// SAFETY: everything that touches `inner` and `entered` is attached to the interpreter, whose
// lock is held by one thread at a time (the module does not declare itself free of it).
#[expect(unsafe_code, reason = "the lock of the interpreter protects the content")]
unsafe impl Sync for Recording {}

// SAFETY: as above; the owner is only followed under the lock.
#[expect(unsafe_code, reason = "the lock of the interpreter protects the content")]
unsafe impl Send for Recording {}

/// A refusal of the tape as an exception.
pub fn refused(error: TapeError) -> PyErr {
    use pyframe_autodiff::DerivativeError;
    use pyframe_graph::GraphError;
    use pyframe_tape::dense::DenseError;
    let text = error.to_string();
    match error {
        TapeError::Dense(DenseError::Singular { .. }) => errors::singular_matrix(text),
        TapeError::Dense(DenseError::NotPositiveDefinite { .. }) => errors::not_positive_definite(text),
        TapeError::Dense(DenseError::Degenerate { .. }) => errors::degenerate(text),
        TapeError::Dense(DenseError::NoConvergence { .. }) => errors::no_convergence(text),
        TapeError::Graph(GraphError::DType { .. }) => errors::dtype(text),
        TapeError::Graph(GraphError::Full { .. }) => errors::tape_limit(text),
        TapeError::Graph(GraphError::TooLarge { .. }) => errors::too_many_elements(text),
        TapeError::Graph(GraphError::OutOfMemory { .. })
        | TapeError::OutOfMemory { .. }
        | TapeError::Dense(DenseError::OutOfMemory { .. }) => errors::out_of_memory(text),
        TapeError::Graph(GraphError::Malformed { .. }) | TapeError::Internal(_) => errors::internal(text),
        TapeError::Graph(_) | TapeError::Dense(_) => errors::shape(text),
        TapeError::Derivative(DerivativeError::MissingRule(_)) => errors::missing_rule(text),
        TapeError::Derivative(DerivativeError::Graph(error)) => refused(error.into()),
        TapeError::Derivative(error) => refused_rule(error),
        TapeError::Index { .. } => errors::index(text),
        TapeError::Budget { .. } => errors::parameter(text),
        TapeError::Foreign(error) => match error.downcast::<PyErr>() {
            Ok(error) => *error,
            Err(error) => errors::internal(error.to_string()),
        },
    }
}

impl Recording {
    /// Where the content lies, for as long as the object lives.
    pub fn inner(&self) -> *mut Inner {
        self.inner.get()
    }

    /// Write to the recording; it cannot be written to again meanwhile.
    pub fn with<T>(&self, write: impl FnOnce(&mut Tape) -> Result<T, TapeError>) -> PyResult<T> {
        self.with_inner(|inner| write(&mut inner.tape))
    }

    /// The same with all there is.
    #[expect(unsafe_code, reason = "the state says that nobody else has the content")]
    pub fn with_inner<T>(&self, write: impl FnOnce(&mut Inner) -> Result<T, TapeError>) -> PyResult<T> {
        // SAFETY: the interpreter's lock is held; `state` is read and written through the
        // pointer, and while it is Busy no other reference to the tape is made.
        unsafe {
            let inner = self.inner.get();
            let before = (*inner).state;
            if before == State::Busy {
                return Err(errors::leaked(
                    "a function from outside used a traced value of the recording that called it",
                ));
            }
            (*inner).state = State::Busy;
            let made = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| write(&mut *inner)));
            (*inner).state = before;
            match made {
                Ok(made) => made.map_err(refused),
                Err(panic) => std::panic::resume_unwind(panic),
            }
        }
    }

    /// Do something with the window, when the recording keeps its last nodes only.
    #[expect(unsafe_code, reason = "the window is used under the interpreter's lock")]
    pub fn with_window<T>(&self, act: impl FnOnce(&mut Window) -> T) -> Option<T> {
        // SAFETY: the interpreter's lock is held, and nothing else uses the window meanwhile.
        unsafe { (*self.inner.get()).window.as_deref_mut().map(act) }
    }

    /// Refuse a pass over nodes some of which may have been folded.
    pub fn expect_whole(&self) -> PyResult<()> {
        match self.with_window(|window| window.is_held()) {
            Some(false) => Err(errors::internal("a pass over a recording that keeps its last nodes only")),
            _ => Ok(()),
        }
    }

    /// Refuse to write for a function that has returned.
    #[expect(unsafe_code, reason = "the state is read under the interpreter's lock")]
    pub fn expect_open(&self) -> PyResult<()> {
        // SAFETY: see `with`.
        if unsafe { (*self.inner.get()).state } == State::Closed {
            return Err(errors::leaked(
                "a traced value was used after the function it belongs to had returned; return it instead of keeping it",
            ));
        }
        Ok(())
    }

    /// The recording that is open on this thread.
    pub fn open(py: Python<'_>) -> Option<Py<Self>> {
        OPEN.with_borrow(|open| open.last().map(|recording| recording.clone_ref(py)))
    }
}

#[pymethods]
impl Recording {
    #[new]
    #[pyo3(signature = (guarded=false, lean=false, nodes=None))]
    fn new(guarded: bool, lean: bool, nodes: Option<usize>) -> Self {
        let mut tape = Tape::new(guarded);
        if let Some(nodes) = nodes {
            tape.graph_mut().set_limit(nodes);
        }
        let inner = Inner {
            tape,
            state: State::Closed,
            objects: 0,
            owner: std::ptr::null_mut(),
            window: lean.then(Box::default),
        };
        Self { inner: UnsafeCell::new(inner), entered: Cell::new(0) }
    }

    /// The recording that is open on this thread, or None.
    #[staticmethod]
    fn current(py: Python<'_>) -> Option<Py<Self>> {
        Self::open(py)
    }

    #[expect(unsafe_code, reason = "the state is read and written under the interpreter's lock")]
    fn __enter__(slf: PyRef<'_, Self>) -> Py<Self> {
        slf.entered.set(slf.entered.get() + 1);
        // SAFETY: see `with`; nothing else runs while the lock is held here.
        unsafe {
            let inner = slf.inner.get();
            (*inner).state = if (*inner).window.is_some() { State::Lean } else { State::Open };
        }
        let this: Py<Self> = slf.into();
        OPEN.with_borrow_mut(|open| Python::attach(|py| open.push(this.clone_ref(py))));
        this
    }

    #[expect(unsafe_code, reason = "the state is read and written under the interpreter's lock")]
    #[pyo3(signature = (*_exception))]
    fn __exit__(slf: &Bound<'_, Self>, _exception: &Bound<'_, PyTuple>) {
        let this = slf.get();
        let left = this.entered.get().saturating_sub(1);
        this.entered.set(left);
        OPEN.with_borrow_mut(|open| {
            if let Some(place) = open.iter().rposition(|r| r.is(slf)) {
                open.remove(place);
            }
        });
        if left == 0 {
            // SAFETY: see `with`.
            unsafe { (*this.inner.get()).state = State::Closed };
        }
    }

    /// An argument of the function: a traced object with the value of `value`, which may be a
    /// float, an array or (inside another derivative) a traced object.
    fn argument<'py>(slf: &Bound<'py, Self>, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        guard("Recording.argument", || {
            let py = slf.py();
            if let Some(Traced { recording, node, weak }) = traced(value)? {
                if !recording.is(slf) {
                    return Err(errors::leaked("an argument was traced by another recording"));
                }
                let copy = slf
                    .get()
                    .with(|tape| tape.record(&Outside, |graph| Ok(graph.unary(Unary::Copy, node)?)))?;
                return wrap(slf, copy, weak);
            }
            if let Ok(number) = value.cast::<pyo3::types::PyFloat>() {
                let weak = value.cast_exact::<pyo3::types::PyFloat>().is_ok();
                let node = slf.get().with(|tape| tape.input_scalar(number.value()))?;
                return wrap(slf, node, weak);
            }
            let array = to_array(value, "an argument")?;
            if !array.dtype().is_float() {
                return Err(errors::dtype(format!(
                    "derivatives are taken with respect to floats, got {}: pass a float, or an array made with \
                     .astype(float)",
                    array.dtype()
                )));
            }
            let node = slf.get().with(|tape| tape.input(array))?;
            let _ = py;
            wrap(slf, node, false)
        })
    }

    /// A constant as a traced object with a node of its own.
    fn constant<'py>(slf: &Bound<'py, Self>, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        guard("Recording.constant", || {
            let array = to_array(value, "a constant")?;
            let node = slf.get().with(|tape| tape.own_constant(array))?;
            wrap(slf, node, false)
        })
    }

    /// An argument that no derivative is taken of: any kind of number, or a traced object's
    /// value.
    fn input<'py>(slf: &Bound<'py, Self>, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        guard("Recording.input", || {
            let weak = value.cast_exact::<pyo3::types::PyFloat>().is_ok();
            let array = to_array(value, "an argument")?;
            let node = slf.get().with(|tape| tape.input(array))?;
            wrap(slf, node, weak)
        })
    }

    /// `outputs` recomputed with each seed replaced by one with an axis more in front; None
    /// where nothing depends on the seeds.
    fn batch<'py>(
        slf: &Bound<'py, Self>,
        seeds: Vec<Bound<'py, PyAny>>,
        stacked: Vec<Bound<'py, PyAny>>,
        outputs: Vec<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        guard("Recording.batch", || {
            slf.get().expect_whole()?;
            let outputs = nodes(slf, &outputs)?;
            let stacked = nodes(slf, &stacked)?;
            let seeds = nodes(slf, &seeds)?;
            let pairs: Vec<_> = seeds.into_iter().zip(stacked).collect();
            let found =
                slf.get().with(|tape| tape.record(&Outside, |graph| Ok(batch(graph, &pairs, &outputs)?)))?;
            all(slf, &found)
        })
    }

    /// The program of what was recorded: from all inputs to these outputs.
    fn finish(slf: &Bound<'_, Self>, outputs: Vec<Bound<'_, PyAny>>) -> PyResult<Trace> {
        guard("Recording.finish", || {
            slf.get().expect_whole()?;
            let outputs = nodes(slf, &outputs)?;
            slf.get().with(|tape| Trace::plan(tape.graph(), &outputs, tape.guards().to_vec()))
        })
    }

    /// A recorded rule as a linear map: its first inputs, as many as `parameters`, are the
    /// operands and the result of a function; the others are the tangents of the operands at
    /// `places`, or with `reverse` the adjoint of the result, which they must be linear in.
    fn fragment(
        slf: &Bound<'_, Self>,
        outputs: Vec<Bound<'_, PyAny>>,
        parameters: usize,
        places: Vec<usize>,
        reverse: bool,
    ) -> PyResult<Fragment> {
        guard("Recording.fragment", || {
            let outputs = nodes(slf, &outputs)?;
            let graph = slf.get().with(|tape| {
                let mut graph = tape.graph().clone();
                graph.set_outputs(&outputs);
                Ok(graph.pruned()?)
            })?;
            let map = LinearMap::new(graph, parameters).map_err(refused_rule)?;
            Ok(Fragment::new(map, places, reverse))
        })
    }

    /// How many branches and values that left the trace a replay has to check.
    #[getter]
    fn guards(&self) -> PyResult<usize> {
        self.with(|tape| Ok(tape.guards().len()))
    }

    /// Another object for the same node.
    fn alias<'py>(slf: &Bound<'py, Self>, value: &Bound<'py, PyAny>) -> PyResult<Bound<'py, PyAny>> {
        match traced(value)? {
            Some(Traced { recording, node, weak }) if recording.is(slf) => wrap(slf, node, weak),
            _ => Err(errors::leaked("a value was traced by another recording")),
        }
    }

    /// Adjoints of `inputs`, given those of `outputs` (all are traced objects of this
    /// recording); None where nothing flows back.
    fn reverse<'py>(
        slf: &Bound<'py, Self>,
        outputs: Vec<Bound<'py, PyAny>>,
        seeds: Vec<Bound<'py, PyAny>>,
        inputs: Vec<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        guard("Recording.reverse", || {
            slf.get().expect_whole()?;
            let outputs = nodes(slf, &outputs)?;
            let seeds = nodes(slf, &seeds)?;
            let inputs = nodes(slf, &inputs)?;
            let pairs: Vec<_> = outputs.into_iter().zip(seeds).collect();
            let found = slf
                .get()
                .with(|tape| tape.record(&Outside, |graph| Ok(reverse(graph, &pairs, &inputs, &Outside)?)))?;
            all(slf, &found)
        })
    }

    /// Adjoints of `inputs` in numbers, given those of `outputs`; None where nothing flows back.
    /// The recording is as before.
    fn pull<'py>(
        slf: &Bound<'py, Self>,
        outputs: Vec<Bound<'py, PyAny>>,
        seeds: Vec<Bound<'py, PyAny>>,
        inputs: Vec<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        guard("Recording.pull", || {
            slf.get().expect_whole()?;
            let py = slf.py();
            let outputs = nodes(slf, &outputs)?;
            let seeds = nodes(slf, &seeds)?;
            let inputs = nodes(slf, &inputs)?;
            let pairs: Vec<_> = outputs.into_iter().zip(seeds).collect();
            let found = slf.get().with(|tape| tape.pull(&pairs, &inputs, &Outside, &Outside))?;
            let list = PyList::empty(py);
            for adjoint in &found {
                match adjoint {
                    Some(array) => list.append(to_numpy(py, array)?)?,
                    None => list.append(py.None())?,
                }
            }
            Ok(list)
        })
    }

    /// Let go the values of the nodes from `start` on, but for those of `kept`; they are
    /// computed again when they are read.
    fn let_go(slf: &Bound<'_, Self>, start: usize, kept: Vec<Bound<'_, PyAny>>) -> PyResult<()> {
        guard("Recording.let_go", || {
            let kept = nodes(slf, &kept)?;
            slf.get().with(|tape| {
                tape.let_go(start, &kept);
                Ok(())
            })
        })
    }

    /// Tangents of `outputs`, given those of `inputs`; None where nothing flows.
    fn forward<'py>(
        slf: &Bound<'py, Self>,
        inputs: Vec<Bound<'py, PyAny>>,
        seeds: Vec<Bound<'py, PyAny>>,
        outputs: Vec<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        guard("Recording.forward", || {
            slf.get().expect_whole()?;
            let outputs = nodes(slf, &outputs)?;
            let seeds = nodes(slf, &seeds)?;
            let inputs = nodes(slf, &inputs)?;
            let pairs: Vec<_> = inputs.into_iter().zip(seeds).collect();
            let found = slf.get().with(|tape| {
                tape.record(&Outside, |graph| Ok(forward(graph, &pairs, &outputs, &Outside)?))
            })?;
            all(slf, &found)
        })
    }

    /// The gradient of a scalar in numbers, by the sweep over scalars; None where the recording
    /// holds something else between the output and the inputs.
    fn sweep<'py>(
        slf: &Bound<'py, Self>,
        output: &Bound<'py, PyAny>,
        inputs: Vec<Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyList>>> {
        guard("Recording.sweep", || {
            slf.get().expect_whole()?;
            let py = slf.py();
            let output = nodes(slf, std::slice::from_ref(output))?[0];
            let inputs = nodes(slf, &inputs)?;
            let list = PyList::empty(py);
            let first = inputs.iter().copied().min().unwrap_or(output);
            let found = slf.get().with(|tape| {
                let graph = tape.graph();
                if !graph.nodes()[output.index()].is_scalar() {
                    return Ok(None);
                }
                let Some(adjoints) = sweep(graph, tape.scalars(), output, first, &inputs) else {
                    return Ok(None);
                };
                let each = inputs.iter().map(|&id| {
                    let node = graph.nodes()[id.index()];
                    if node.scalar_constant().is_some() {
                        return Ok((None, 0.0));
                    }
                    if node.is_scalar() {
                        return Ok((None, adjoints.scalar(id)));
                    }
                    let shape = graph.shape(id);
                    if graph.dtype(id) != pyframe_graph::DType::Float64 {
                        return Err(TapeError::Internal("float32"));
                    }
                    let mut numbers = vec![0.0; shape.iter().product()];
                    adjoints.add_to(id, &mut numbers);
                    Ok((Some(pyframe_graph::Array::new(numbers, shape)?), 0.0))
                });
                match each.collect::<Result<Vec<_>, TapeError>>() {
                    Ok(found) => Ok(Some(found)),
                    Err(TapeError::Internal(_)) => Ok(None),
                    Err(error) => Err(error),
                }
            })?;
            let Some(found) = found else { return Ok(None) };
            for (array, number) in found {
                match array {
                    Some(array) => list.append(to_numpy(py, &array)?)?,
                    None => list.append(number)?,
                }
            }
            Ok(Some(list))
        })
    }

    /// Operations of a pass forward and of one back, each as what is done once and what is done
    /// for each direction.  Nothing is run.
    fn pass_work(
        slf: &Bound<'_, Self>,
        inputs: Vec<Bound<'_, PyAny>>,
        outputs: Vec<Bound<'_, PyAny>>,
    ) -> PyResult<[(usize, usize); 2]> {
        guard("Recording.pass_work", || {
            let (inputs, outputs) = (nodes(slf, &inputs)?, nodes(slf, &outputs)?);
            let found = slf.get().with(|tape| Ok(pass_work(tape.graph(), &inputs, &outputs, &Outside)))?;
            let (ahead, back) = found.map_err(|error| refused(TapeError::Derivative(error)))?;
            Ok([(ahead.once, ahead.each), (back.once, back.each)])
        })
    }

    /// The names of the primitives used.
    fn primitives(&self) -> PyResult<std::collections::HashSet<&'static str>> {
        self.with(|tape| Ok(tape.graph().nodes().iter().map(|node| node.primitive.name()).collect()))
    }

    /// How many nodes there are.
    fn __len__(&self) -> PyResult<usize> {
        self.with(|tape| Ok(tape.graph().len()))
    }

    /// The graph as text.
    fn __str__(&self) -> PyResult<String> {
        self.with(|tape| Ok(tape.graph().to_string()))
    }

    /// Bytes kept for nodes and scalar values.
    #[getter]
    fn memory(&self) -> PyResult<usize> {
        self.with(|tape| Ok(tape.memory()))
    }
}

/// The nodes of traced objects of this recording.
fn nodes(recording: &Bound<'_, Recording>, objects: &[Bound<'_, PyAny>]) -> PyResult<Vec<NodeId>> {
    let node = |object: &Bound<'_, PyAny>| match traced(object)? {
        Some(traced) if traced.recording.is(recording) => Ok(traced.node),
        Some(_) => Err(errors::leaked("a value was traced by another recording")),
        None => {
            let array = to_array(object, "a value")?;
            recording.get().with(|tape| tape.constant_array(array))
        }
    };
    objects.iter().map(node).collect()
}

fn all<'py>(recording: &Bound<'py, Recording>, found: &[Option<NodeId>]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(recording.py());
    for node in found {
        match node {
            Some(node) => list.append(wrap(recording, *node, false)?)?,
            None => list.append(recording.py().None())?,
        }
    }
    Ok(list)
}

/// The type of a node's value.
pub fn type_of(recording: &Recording, node: NodeId) -> PyResult<Type> {
    recording.with(|tape| Ok(tape.graph().ty(node).clone()))
}
