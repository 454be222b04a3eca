"""A plain Python loop over floats with its gradient: recorded and swept on every call.

The loop is Runge and Kutta's method on van der Pol's oscillator: 220 steps, 10,121 operations.
Beside it runs the function alone, and, where they are installed, autograd and PyTorch do the
same work.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import import_module
from typing import Any

from comparison import Comparison, check
from timing import interleaved, median

import pyframe as pf
from pyframe import _core

STEPS, H, MU = 220, 0.05, 1.5
START = (2.0, 0.5)
TARGETS = {"function alone": 0.5, "autograd": 300.0, "torch": 100.0}
# Rounds in which autograd and PyTorch, a thousand times slower, take part.
SLOW_ROUNDS = 15


def oscillator(y0: Any, y1: Any) -> tuple[Any, Any]:
    """The right-hand side."""
    return y1, MU * (1.0 - y0 * y0) * y1 - y0


def solution(y0: Any, y1: Any) -> Any:
    """The squared length of the state at the end."""
    for _ in range(STEPS):
        a0, a1 = oscillator(y0, y1)
        b0, b1 = oscillator(y0 + 0.5 * H * a0, y1 + 0.5 * H * a1)
        c0, c1 = oscillator(y0 + 0.5 * H * b0, y1 + 0.5 * H * b1)
        d0, d1 = oscillator(y0 + H * c0, y1 + H * c1)
        y0 = y0 + H / 6.0 * (a0 + 2.0 * b0 + 2.0 * c0 + d0)
        y1 = y1 + H / 6.0 * (a1 + 2.0 * b1 + 2.0 * c1 + d1)
    return y0 * y0 + y1 * y1


def _autograd() -> Callable[[], Any]:
    both = import_module("autograd").value_and_grad(solution, (0, 1))
    return lambda: both(*START)


def _torch() -> Callable[[], Any]:
    torch = import_module("torch")
    torch.set_num_threads(1)

    def both() -> Any:
        y = [torch.tensor(number, dtype=torch.float64, requires_grad=True) for number in START]
        value = solution(*y)
        value.backward()
        return value.item(), [part.grad.item() for part in y]

    return both


def _peers() -> dict[str, Callable[[], Any]]:
    found = {}
    for name, make in (("autograd", _autograd), ("torch", _torch)):
        try:
            found[name] = make()
        except ImportError:
            print(f"{name} is not installed")
    return found


def _operations() -> tuple[int, float]:
    """How many operations the function has, and the bytes that one takes on the tape."""
    with _core.Recording() as recording:
        solution(*[recording.argument(number) for number in START])
    # And the adjoint.
    return len(recording), recording.memory / len(recording) + 8


def recording(rounds: int) -> Iterator[Comparison]:
    """The gradient against the function alone, and against other libraries' gradients."""
    operations, memory = _operations()
    note = f"{operations} nodes, {memory:.0f} bytes each"
    both = pf.value_and_grad(solution, (0, 1))
    ours = {"ours": lambda: both(*START)}
    value, gradient = both(*START)
    peers = _peers()
    for name, run in peers.items():
        peer_value, peer_gradient = run()
        parts = zip([value, *gradient], [peer_value, *peer_gradient], strict=True)
        check(all(abs(a - b) <= 1e-9 * abs(b) for a, b in parts), f"{name} found {peer_gradient}")
    alone = {"function alone": lambda: solution(*START)}
    for theirs, count in ((alone, rounds), (peers, min(rounds, SLOW_ROUNDS))):
        samples = interleaved(ours | theirs, count)
        for name in theirs:
            yield Comparison(
                f"value_and_grad of a scalar loop, {name}",
                median(samples["ours"]),
                median(samples[name]),
                TARGETS[name],
                note,
            )
