"""How large a recording may grow."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from contextvars import ContextVar
from types import TracebackType

from pyframe._checks import shown
from pyframe.errors import ParameterError, TapeLimitError

NODES = 1 << 28
"""Nodes of a recording, unless :func:`limits` says otherwise."""

_nodes: ContextVar[int] = ContextVar("nodes", default=NODES)


@contextmanager
def limits(*, nodes: int) -> Generator[None]:
    """Bound the recordings that are begun inside a ``with`` block.

    A recording takes about 24 bytes a node (40 while it is differentiated), besides the
    numbers of its arrays; the default is 2**28 nodes.

    Parameters
    ----------
    nodes : int
        How many nodes a recording may have, derivatives included; at most 2**32 - 1.

    Raises
    ------
    TapeLimitError
        In the block, where a recording grows beyond the limit; a note names the line.

    Examples
    --------
    >>> import pyframe as pf
    >>> def power(x):
    ...     y = x
    ...     for _ in range(10_000):
    ...         y = y * x
    ...     return y
    >>> try:
    ...     with pf.limits(nodes=1000):
    ...         pf.grad(power)(1.0)
    ... except pf.errors.TapeLimitError as error:
    ...     print(error)
    the graph has reached its limit of 1000 nodes
    """
    if isinstance(nodes, bool) or not isinstance(nodes, int) or not 1 <= nodes < 1 << 32:
        raise ParameterError(f"nodes must be an int from 1 to 2**32 - 1, got {shown(nodes)}")
    token = _nodes.set(nodes)
    try:
        yield
    finally:
        _nodes.reset(token)


def most_nodes() -> int:
    """The limit that holds here."""
    return _nodes.get()


def annotate(error: TapeLimitError) -> None:
    """Note the line of the recorded function at which the limit was reached."""
    import pyframe  # noqa: PLC0415  (wanted where a limit is reached)

    frames: list[TracebackType] = []
    frame = error.__traceback__
    while frame is not None:
        frames.append(frame)
        frame = frame.tb_next
    for frame in reversed(frames):
        code = frame.tb_frame.f_code
        if not code.co_filename.startswith(pyframe.__path__[0]):
            error.add_note(
                f"reached at {code.co_filename}:{frame.tb_lineno} in {code.co_name}; "
                "pf.limits(nodes=...) sets the limit, mode='checkpointed' keeps fewer nodes"
            )
            return
