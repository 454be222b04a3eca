//! A recording: the graph that traced objects write to while a function runs.
//!
//! Recordings are per call and per thread.  The thread's stack of open recordings tells a
//! derivative that is taken inside a traced function to write to the same graph: there are no
//! levels, so nothing can be confused between them.

use std::cell::{Cell, RefCell, UnsafeCell};

use pyframe_autodiff::LinearMap;
use pyframe_graph::{Array, NodeId, Type, Unary};
use pyframe_tape::{Recording as Tape, TapeError};
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyTuple};

use super::checkpoint::Window;
use super::convert::to_array;
use super::foreign::{Fragment, Outside, refused_rule};
use super::refused::refused;
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
    /// float, an array or (inside another derivative) a traced object.  That of an `inner`
    /// function is no argument of the whole: a number there is a constant.
    #[pyo3(signature = (value, inner = false))]
    fn argument<'py>(
        slf: &Bound<'py, Self>,
        value: &Bound<'py, PyAny>,
        inner: bool,
    ) -> PyResult<Bound<'py, PyAny>> {
        guard("Recording.argument", || {
            let copy = |node| {
                slf.get().with(|tape| tape.record(&Outside, |graph| Ok(graph.unary(Unary::Copy, node)?)))
            };
            if let Some(Traced { recording, node, weak }) = traced(value)? {
                if !recording.is(slf) {
                    return Err(errors::leaked("an argument was traced by another recording"));
                }
                return wrap(slf, copy(node)?, weak);
            }
            let weak = value.cast_exact::<PyFloat>().is_ok();
            let array = match value.cast::<PyFloat>() {
                Ok(number) if !inner => {
                    let node = slf.get().with(|tape| tape.input_scalar(number.value()))?;
                    return wrap(slf, node, weak);
                }
                Ok(number) => Array::scalar(number.value()),
                Err(_) => to_array(value, "an argument")?,
            };
            if !array.dtype().is_float() {
                return Err(errors::dtype(format!(
                    "derivatives are taken with respect to floats, got {}: pass a float, or an array made with \
                     .astype(float)",
                    array.dtype()
                )));
            }
            if inner {
                let node = slf.get().with(|tape| tape.own_constant(array))?;
                return wrap(slf, copy(node)?, weak);
            }
            let node = slf.get().with(|tape| tape.input(array))?;
            wrap(slf, node, weak)
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
            let map = LinearMap::with_rules(graph, parameters, &Outside).map_err(refused_rule)?;
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
pub fn nodes(recording: &Bound<'_, Recording>, objects: &[Bound<'_, PyAny>]) -> PyResult<Vec<NodeId>> {
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

/// The type of a node's value.
pub fn type_of(recording: &Recording, node: NodeId) -> PyResult<Type> {
    recording.with(|tape| Ok(tape.graph().ty(node).clone()))
}
