"""``pf.compile``: record once for each signature and path, replay without Python.

A recording holds one path through the function.  Each comparison of traced numbers that the
function branched on, and each traced value that left the trace, became a *guard*; a replay that
meets a guard which turns out differently is given up, and the call is answered by another
recording or a new one.  So the answer is always that of the function, at the speed of the
trace where a trace fits.
"""

from __future__ import annotations

import functools
import threading
import warnings
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np

from pyframe import _checks, _core
from pyframe.autodiff import files, operators, saving
from pyframe.autodiff.captured import Captured
from pyframe.autodiff.foreign import table
from pyframe.autodiff.pytree import Structure, flatten, unflatten
from pyframe.autodiff.record import Recorded, opened, plain, record
from pyframe.errors import (
    ParameterError,
    ParameterTypeError,
    RetraceWarning,
    ReturnTypeError,
    UnsupportedOperation,
)

SIGNATURES = 64
"""How many signatures are kept; the one used longest ago goes first."""


@dataclass
class Entry:
    """One trace and what it answers."""

    trace: Any
    result: Structure
    constants: list[Any]
    """The leaves of the result: None where the trace gives them."""

    def answer(self, leaves: list[Any]) -> Any:
        """The function's result, or None when a guard fails."""
        found = self.trace.run(leaves)
        if found is None:
            return None
        given = iter(found)
        return (unflatten(self.result, [next(given) if c is None else c for c in self.constants]),)

    @property
    def is_tuple(self) -> bool:
        """Whether the trace gives the parts of a tuple that is the result."""
        if self.result is None or any(constant is not None for constant in self.constants):
            return False
        kind, _, parts = self.result
        return kind is tuple and all(part is None for part in parts)

    @property
    def is_single(self) -> bool:
        """Whether the trace gives the result as it is."""
        return self.result is None and len(self.constants) == 1 and self.constants[0] is None


class Compiled:
    """A function that is recorded once for each signature and path, and replayed.

    Made by :func:`compile`.  Arrays and Python floats are arguments of the trace; whole
    numbers, truth values, text and everything else are part of the signature.
    """

    def __init__(self, function: Callable[..., Any], max_traces: int) -> None:
        self.function = function
        self.max_traces = max_traces
        self._entries: OrderedDict[Any, list[Entry]] = OrderedDict()
        self._captured = Captured(function)
        self._replay = _replay(self._captured)
        self._lock = threading.RLock()
        self._fresh = 0
        self._records = 0
        self._warned = False
        functools.update_wrapper(self, function, updated=())

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the function returns for these arguments."""
        if not kwargs and self._replay is not None:
            found = self._replay.value(*args)
            if found is not None:
                return found
        leaves, dynamic, key = self._signature(args, kwargs)
        if leaves is None:
            return self.function(*args, **kwargs)
        for entry in self._known(key):
            answer = entry.answer(dynamic)
            if answer is not None:
                self._remember(entry, args, kwargs)
                return answer[0]
        return self._record(key, args, kwargs, leaves)[1].value()

    def value_and_grad(self, *args: Any, argnums: int | tuple[int, ...] = 0, **kwargs: Any) -> Any:
        """Value and gradient of a scalar function, as ``pf.value_and_grad`` gives them."""
        if not kwargs and self._replay is not None:
            if argnums == 0:
                found = self._replay.value_and_grad(*args)
            else:
                found = self._replay.value_and_grads(args, argnums)
            if found is not None:
                return found
        leaves, dynamic, key = self._signature(args, kwargs)
        if leaves is None:
            return operators.value_and_grad(self.function, argnums)(*args, **kwargs)
        places, structure = self._wrt(args, argnums)
        for entry in self._known(key):
            found = entry.trace.value_and_grad(dynamic, places)
            if found is not None:
                self._remember(entry, args, kwargs)
                return found[0], unflatten(structure, found[1:])
        found = self._record(key, args, kwargs, leaves, wrt=places)[2]
        if found is None:
            return operators.value_and_grad(self.function, argnums)(*args, **kwargs)
        return found[0], unflatten(structure, found[1])

    def grad(self, *args: Any, argnums: int | tuple[int, ...] = 0, **kwargs: Any) -> Any:
        """The gradient alone."""
        return self.value_and_grad(*args, argnums=argnums, **kwargs)[1]

    def lanes(self, columns: list[Any], slopes: bool) -> tuple[Any, Any]:
        """A function of floats for many at once: values, and derivatives by the first argument.

        Parameters
        ----------
        columns : list of ndarray, each of shape (n,) and dtype float64
            The arguments.
        slopes : bool
            Whether the derivatives are wanted.

        Returns
        -------
        tuple of ndarray, shape (n,)
            The derivatives are empty when they are not wanted.
        """
        ask = self.value_and_grad if slopes else lambda *call: (self(*call), None)
        found = None if self._replay is None else self._replay.lanes(columns, slopes)
        if found is None and self._replay is not None and len(columns[0]):
            ask(*(float(column[0]) for column in columns))
            found = self._replay.lanes(columns, slopes)
        if found is None:
            n = len(columns[0])
            found = np.empty(n), np.empty(n if slopes else 0), range(n)
        values, derivatives, missing = found
        for lane in missing:
            value, slope = ask(*(float(column[lane]) for column in columns))
            values[lane] = value
            if slopes:
                derivatives[lane] = slope
        return values, derivatives

    def graph(self, *args: Any, **kwargs: Any) -> Any:
        """The trace that answers for these arguments; ``str()`` of it is its text."""
        leaves, _, key = self._signature(args, kwargs)
        if leaves is None:
            raise ParameterTypeError("a graph is made for plain arguments, not for traced ones")
        for entry in self._known(key):
            if entry.trace.run([leaf for leaf in leaves if is_dynamic(leaf)]) is not None:
                return entry.trace
        return self._record(key, args, kwargs, leaves)[0].trace

    def explain(self) -> str:
        """What was traced, which guards there are, and how often they missed."""
        name = getattr(self.function, "__name__", "the function")
        lines = [
            (
                f"{name}: {self._records} recordings, "
                f"{self._fresh} calls beyond the bound of {self.max_traces}"
            )
        ]
        for key, entries in self._entries.items():
            lines.append(f"  signature {shown(key)}")
            for number, entry in enumerate(entries):
                guards = entry.trace.guards
                lines.append(
                    f"    trace {number}: {len(entry.trace)} nodes, {len(guards)} guards, "
                    f"{entry.trace.hits} hits, {entry.trace.misses} misses"
                )
                lines += [f"      {guard}" for guard in guards[:10]]
                if len(guards) > 10:
                    lines.append(f"      ... {len(guards) - 10} more")
        return "\n".join(lines)

    def save(self, path: files.Name) -> None:
        """Write the traces to a file, from which :func:`pyframe.load` makes a function again.

        The file holds the traces recorded so far: call the function first with arguments like
        those it is meant for, once for each path.

        Parameters
        ----------
        path : str or path object
            The file; it is replaced in one step, so it is never half written.

        Raises
        ------
        ParameterError
            When there are no traces yet.
        UnsupportedOperation
            When a trace calls a primitive that is Python code, or takes or returns something
            that has no form in a file; the message names it.
        """
        files.write(path, self.to_bytes())

    def to_bytes(self) -> bytes:
        """What :meth:`save` writes."""
        name = getattr(self.function, "__name__", "the function")
        self._refresh()
        with self._lock:
            listed = [(key, entry) for key, found in self._entries.items() for entry in found]
        if not listed:
            raise ParameterError(
                f"{name} has no traces to save yet: call it first with arguments like those it "
                "is meant for"
            )
        for _, entry in listed:
            for number in entry.trace.foreign:
                raise UnsupportedOperation(
                    f"{name} cannot be saved: it calls the primitive {table.label(number)}, "
                    "which is Python code"
                )
        described = [
            saving.Described(key[0], key[1], entry.result, entry.constants) for key, entry in listed
        ]
        text = saving.text(name, self.__doc__, described)
        return _core.pack(text, [entry.trace for _, entry in listed])

    @property
    def recordings(self) -> int:
        """How often the function was recorded."""
        return self._records

    # -- pieces ------------------------------------------------------------------------------

    def _signature(self, args: Any, kwargs: Any) -> tuple[list[Any] | None, list[Any], Any]:
        """The leaves, those that are arguments of the trace, and the key; None when traced."""
        leaves, structure = flatten((args, kwargs))
        dynamic, parts = [], []
        for leaf in leaves:
            kind = type(leaf)
            if kind is np.ndarray:
                dynamic.append(leaf)
                parts.append((leaf.dtype, leaf.shape))
            elif kind is float:
                dynamic.append(leaf)
                parts.append(float)
            elif _core.is_traced(leaf):
                return None, [], None
            elif isinstance(leaf, np.ndarray | np.generic):
                dynamic.append(leaf)
                parts.append((leaf.dtype, leaf.shape))
            else:
                parts.append((kind, _hashable(leaf)))
        return leaves, dynamic, (key_of(structure), tuple(parts))

    def _refresh(self) -> None:
        """Forget the traces when a name that the function uses is bound to something else."""
        if self._captured.changed():
            with self._lock:
                self._entries.clear()
                self._captured = Captured(self.function)
                self._replay = _replay(self._captured)

    def _known(self, key: Any) -> list[Entry]:
        self._refresh()
        entries = self._entries.get(key)
        if entries is None:
            return []
        if len(self._entries) > 1:
            with self._lock:
                if key in self._entries:
                    self._entries.move_to_end(key)
        return list(entries) if len(entries) > 1 else entries

    def _record(
        self,
        key: Any,
        args: Any,
        kwargs: Any,
        leaves: list[Any],
        /,
        *,
        wrt: list[int] | None = None,
    ) -> tuple[Entry, Recorded, Any]:
        """A new trace, what was recorded, and its value and gradient where that is asked for.

        The recording gives them; a program of the gradient is made when a call meets the trace
        again.
        """
        structure = flatten((args, kwargs))[1]

        def call(traced: list[Any]) -> Any:
            given = iter(traced)
            tree = [next(given) if is_dynamic(leaf) else leaf for leaf in leaves]
            new_args, new_kwargs = unflatten(structure, tree)
            return self.function(*new_args, **new_kwargs)

        dynamic = [leaf for leaf in leaves if is_dynamic(leaf)]
        with opened(guarded=True) as (recording, _):
            run = record(recording, False, self.function, dynamic, call, inputs="any")
            traced = [out for out in run.outputs if _core.is_traced(out)]
            trace = recording.finish(traced)
            constants = [None if _core.is_traced(out) else out for out in run.outputs]
            entry = Entry(trace, run.result, constants)
            found = None
            if wrt is not None and entry.is_single and np.size(run.outputs[0]) == 1:
                found = operators.recorded_gradient(run, self.function, wrt)
        with self._lock:
            self._records += 1
            entries = self._entries.setdefault(key, [])
            if len(entries) < self.max_traces:
                entries.insert(0, entry)
                self._remember(entry, args, kwargs)
            else:
                self._fresh += 1
            beyond = len(self._entries) > SIGNATURES or self._fresh > 0
            while len(self._entries) > SIGNATURES:
                self._entries.popitem(last=False)
        if beyond and not self._warned:
            self._warned = True
            self._warn(len(entries))
        return entry, run, found

    def _warn(self, traces: int) -> None:
        name = getattr(self.function, "__name__", "the function")
        what = (
            f"more than {SIGNATURES} signatures, and the oldest trace is forgotten each time: "
            "call it with arrays of fewer shapes, or pass whole numbers as floats"
            if self._fresh == 0
            else f"more paths than the {traces} that are kept for a signature, and calls on "
            "others are recorded each time: see explain() and pf.compile(max_traces=...)"
        )
        warnings.warn(f"{name} was recorded for {what}", RetraceWarning, stacklevel=4)

    def _remember(self, entry: Entry, args: Any, kwargs: Any) -> None:
        """Have calls like this one go straight to the trace."""
        if self._replay is not None and not kwargs and (entry.is_single or entry.is_tuple):
            self._replay.add(args, entry.trace, entry.is_tuple)

    @staticmethod
    def _wrt(args: tuple[Any, ...], argnums: int | tuple[int, ...]) -> tuple[list[int], Structure]:
        """The places of the chosen arguments among the trace's, and their structure."""
        numbers = (argnums,) if isinstance(argnums, int) else tuple(argnums)
        starts, total = [], 0
        for arg in args:
            starts.append(total)
            total += sum(map(is_dynamic, flatten(arg)[0]))
        places: list[int] = []
        chosen = []
        for number in numbers:
            if not -len(args) <= number < len(args):
                raise ParameterError(
                    f"argnums is {argnums}, but the call has {len(args)} positional arguments"
                )
            arg = args[number]
            parts = flatten(arg)[0]
            for leaf in parts:
                operators.as_float(leaf)
            start = starts[number % len(args)]
            places += range(start, start + len(parts))
            chosen.append(arg)
        if len({number % len(args) for number in numbers}) < len(numbers):
            raise ParameterError(f"argnums {argnums} name an argument twice")
        tree = chosen[0] if isinstance(argnums, int) else tuple(chosen)
        return places, flatten(tree)[1]


def _replay(captured: Captured) -> Any:
    names = captured.names()
    return None if names is None else _core.Replay(names)


def is_dynamic(leaf: Any) -> bool:
    return type(leaf) is float or isinstance(leaf, np.ndarray | np.generic)


def _hashable(leaf: Any) -> Any:
    try:
        hash(leaf)
    except TypeError:
        return id(leaf)
    return leaf


def key_of(structure: Structure) -> Any:
    if structure is None:
        return None
    kind, names, parts = structure
    return kind, tuple(names) if isinstance(names, list) else names, tuple(map(key_of, parts))


def shown(key: Any) -> str:
    parts = []
    for part in key[1]:
        if part is float:
            parts.append("float")
        elif isinstance(part[0], np.dtype):
            parts.append(f"{part[0]}{list(part[1])}")
        else:
            parts.append(repr(part[1])[:40])
    return f"({', '.join(parts)})"


def compile(function: Callable[..., Any], *, max_traces: int = 16) -> Compiled:  # noqa: A001
    """Record a function once for each signature and path, and replay it without Python.

    Parameters
    ----------
    function : callable
        Any function that ``pf.grad`` could take.  It should be pure: what it prints or changes
        outside happens while it is recorded only.
    max_traces : int
        Paths kept for each signature; beyond them calls are recorded afresh each time.

    Returns
    -------
    Compiled
        Called like the function; ``value_and_grad(*args)`` and ``grad(*args)`` give its
        derivatives, ``explain()`` says what was traced, ``graph(*args)`` shows it.

    Raises
    ------
    ParameterTypeError
        When `function` cannot be called.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> @pf.compile
    ... def f(x):
    ...     return np.sum(x**2) if x[0] > 0 else np.sum(-x)
    >>> f.value_and_grad(np.array([1.0, 2.0]))
    (5.0, array([2., 4.]))
    >>> f.grad(np.array([-1.0, 2.0])), f.recordings
    (array([-1., -1.]), 2)
    """
    if not callable(function):
        raise ParameterTypeError(f"pf.compile takes a function, got {_checks.shown(function)}")
    if isinstance(max_traces, bool) or not isinstance(max_traces, int) or max_traces < 1:
        raise ParameterError(f"max_traces must be an int >= 1, got {_checks.shown(max_traces)}")
    return Compiled(function, max_traces)


__all__ = ["Compiled", "ReturnTypeError", "compile", "plain"]
