"""``pf.load``: a saved function, called without the Python code it was made from."""

from __future__ import annotations

from typing import Any

from pyframe import _checks, _core
from pyframe.autodiff import files, operators, saving
from pyframe.autodiff.compiled import Compiled, Entry, is_dynamic, key_of, shown
from pyframe.autodiff.pytree import flatten, unflatten
from pyframe.autodiff.record import Recorded, plain
from pyframe.errors import LoadError, MissingTrace, ParameterError


class Loaded(Compiled):
    """A function that a file holds as traces; made by :func:`load`.

    It is called like the function and differentiated like a compiled one, also inside other
    traced functions.  A call that none of the traces stands for raises
    :class:`~pyframe.errors.MissingTrace`.
    """

    def __init__(self, data: bytes) -> None:
        text, traces = _core.unpack(data)
        name, doc, described = saving.described(text)
        if len(described) != len(traces):
            raise LoadError(f"{len(described)} traces are described, and there are {len(traces)}")
        super().__init__(Stored(self, name, doc), max(1, len(traces)))
        for trace, told in zip(traces, described, strict=True):
            results = sum(constant is None for constant in told.constants)
            if trace.inputs != told.inputs() or len(trace.outputs) != results:
                raise LoadError("a trace takes or gives other numbers than the file says")
            key = (key_of(told.arguments), told.parts)
            entry = Entry(trace, told.result, told.constants)
            self._entries.setdefault(key, []).append(entry)

    def value_and_grad(self, *args: Any, argnums: int | tuple[int, ...] = 0, **kwargs: Any) -> Any:
        """Value and gradient of a scalar function, as ``pf.value_and_grad`` gives them."""
        try:
            return super().value_and_grad(*args, argnums=argnums, **kwargs)
        except MissingTrace:
            pass
        # A trace whose result is a constant or no single number: what there is to say of it.
        return operators.value_and_grad(self.function, argnums)(*args, **kwargs)

    def inside(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """What the function returns for arguments some of which are traced."""
        leaves, structure = flatten((args, kwargs))
        concrete = [plain(leaf) for leaf in leaves]
        if all(here is leaf for here, leaf in zip(concrete, leaves, strict=True)):
            return self(*args, **kwargs)
        _, dynamic, key = self._signature(*unflatten(structure, concrete))
        for entry in self._known(key):
            if entry.trace.run(dynamic) is None:
                continue
            pairs = zip(leaves, concrete, strict=True)
            given = iter(entry.trace.again([leaf for leaf, here in pairs if is_dynamic(here)]))
            found = [next(given) if leaf is None else leaf for leaf in entry.constants]
            return unflatten(entry.result, found)
        raise self._missing(key)

    def _record(self, key: Any, *_: Any, **__: Any) -> tuple[Entry, Recorded, Any]:
        raise self._missing(key)

    def _missing(self, key: Any) -> MissingTrace:
        name = self.function.__name__
        known = len(self._entries.get(key, []))
        if known:
            return MissingTrace(
                f"the file of {name} holds no trace for this path: for arguments {shown(key)} "
                f"it has {known}, and each took another branch; see explain()"
            )
        held = ", ".join(map(shown, list(self._entries)[:5])) or "none"
        more = ", ..." if len(self._entries) > 5 else ""
        return MissingTrace(
            f"the file of {name} holds no trace for arguments {shown(key)}, only for {held}{more}"
        )

    def __reduce__(self) -> Any:
        return Loaded, (self.to_bytes(),)


class Stored:
    """What stands in the place of the Python function."""

    def __init__(self, loaded: Loaded, name: str, doc: str | None) -> None:
        self._loaded = loaded
        self.__name__ = name
        self.__doc__ = doc

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """What the function returns."""
        return self._loaded.inside(args, kwargs)


def load(path: files.Name, *, max_bytes: int = files.MAX_BYTES) -> Loaded:
    """A function that :meth:`Compiled.save` has written.

    The file holds graphs, never code: reading it runs nothing, and whatever is in it, the
    answer is a function or an error.  Files of every older version of the format are read, those
    of a newer one are refused.

    Parameters
    ----------
    path : str or path object
        The file.
    max_bytes : int
        The largest file that is read.

    Returns
    -------
    Loaded
        Called like the function; it also has ``value_and_grad``, ``grad``, ``graph`` and
        ``explain``.

    Raises
    ------
    LoadError
        When the file is no saved function, is damaged, or was written by a newer version.

    Examples
    --------
    >>> import numpy as np, pyframe as pf, tempfile, pathlib
    >>> f = pf.compile(lambda x: np.sum(x**3))
    >>> f(np.array([1.0, 2.0]))
    9.0
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     f.save(pathlib.Path(folder, "cubes.pyframe"))
    ...     g = pf.load(pathlib.Path(folder, "cubes.pyframe"))
    >>> g.grad(np.array([1.0, 2.0]))
    array([ 3., 12.])
    """
    if isinstance(max_bytes, bool) or not isinstance(max_bytes, int) or max_bytes < 0:
        raise ParameterError(f"max_bytes must be an int >= 0, got {_checks.shown(max_bytes)}")
    try:
        return Loaded(files.read(path, max_bytes))
    except LoadError as error:
        raise LoadError(f"{str(path)!r:.200} cannot be loaded: {error}") from error
