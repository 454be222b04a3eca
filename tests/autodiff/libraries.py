"""What is put to the test, behind one face: ``value_and_grad``, ``jvp``, ``hvp``.

A library is named, so that other processes can make it again: "reference", "autograd", "jax",
"pyframe", "pyframe-compiled". ``lacks`` are the operations it does not claim to differentiate,
``differs`` the kinks at which its convention is not pyframe's.
"""

from __future__ import annotations

import importlib
from functools import cache, partial

import numpy as np
from autodiff import jax_numpy, reference_ad
from autodiff.programs.program import SPECIAL


class Library:
    """Functions are given as programs' callables over ``np`` and ``sp``; inputs are a tuple."""

    name = "library"
    np, sp = np, SPECIAL
    lacks: frozenset[str] = frozenset()
    differs: frozenset[str] = frozenset()
    branches = True

    def value_and_grad(self, f, inputs):
        """The value and the gradient for each input, in a list."""
        raise NotImplementedError

    def jvp(self, f, inputs, tangents):
        """The value and its derivative along the tangents."""
        raise NotImplementedError

    def hvp(self, f, inputs, tangents):
        """The derivative of the gradient along the tangents, for each input."""
        raise NotImplementedError


class _Patched:
    """A NumPy with some functions replaced."""

    def __init__(self, module, **patches):
        self._module, self._patches = module, patches

    def __getattr__(self, name):
        if name in self._patches:
            return self._patches[name]
        return getattr(self._module, name)


def _broadcasting_where(module):
    """Of autograd, whose own rule forgets to sum over what was broadcast."""

    def where(condition, a, b):
        full = np.ones(np.broadcast_shapes(*(np.shape(x) for x in (condition, a, b))))
        return module.where(condition, a * full, b * full)

    return where


class Reference(Library):
    name = "reference"
    sp = reference_ad.SPECIAL

    def value_and_grad(self, f, inputs):
        return reference_ad.value_and_grad(f, inputs)[:2]

    def jvp(self, f, inputs, tangents):
        value, grads = self.value_and_grad(f, inputs)
        return value, sum(np.sum(g * t) for g, t in zip(grads, tangents, strict=True))


class Autograd(Library):
    """autograd knows no assignment to items, and has no rule for some functions.

    Some of its rules (1.9.1) are wrong, so these count as lacking: tile of more dimensions than
    repetitions, repeat along a negative axis, diag of what is not square, kron of unlike
    dimensions, outer with a scalar, norm along an axis, cross of unlike dimensions.
    """

    name = "autograd"
    lacks = frozenset(
        {
            "setitem",
            "np.cbrt",
            "np.hypot",
            "np.copysign",
            "np.trunc",
            "np.rint",
            "np.cumprod",
            "np.flip",
            "np.take",
            "np.tile",
            "np.repeat",
            "np.kron",
            "np.diag",
            "np.fmod",
            "np.float_power",
            "np.positive",
            "sp.erfc",
            "norm.ord",
            "norm.axis",
            "np.outer",
            "np.cross",
        }
    )
    differs = frozenset(
        {
            "K1 strong zero",
            "K2 abs",
            "K3 tie",
            "K3 sort",
            "K4 std",
            "K4 norm",
            "K4 hypot",
            "K5 power",
            "K6 clip",
            "arctan2 at the origin",
            "logaddexp of infinities",
            "removable: zero in a product",
            "singular",
            "removable: sinc at 0",
            "power at a base of zero",
        }
    )

    def __init__(self):
        self._autograd = importlib.import_module("autograd")
        module = importlib.import_module("autograd.numpy")
        self.np = _Patched(module, where=_broadcasting_where(module))
        self.sp = importlib.import_module("autograd.scipy.special")

    def value_and_grad(self, f, inputs):
        arguments = tuple(range(len(inputs)))
        vjp, value = self._autograd.make_vjp(f, arguments)(*inputs)
        return float(value), list(vjp(1.0))

    def jvp(self, f, inputs, tangents):
        value, grads = self.value_and_grad(f, inputs)
        return value, sum(np.sum(g * t) for g, t in zip(grads, tangents, strict=True))

    def hvp(self, f, inputs, tangents):
        grad = self._autograd.grad(f, tuple(range(len(inputs))))

        def slope(*x):
            return sum(self.np.sum(g * t) for g, t in zip(grad(*x), tangents, strict=True))

        return list(self._autograd.grad(slope, tuple(range(len(inputs))))(*inputs))


class Jax(Library):
    """In double precision and not compiled: every primitive is dispatched alone, most to NumPy."""

    name = "jax"
    lacks = frozenset({"setitem"})
    differs = Autograd.differs | {"jump", "K2 sign"}

    def __init__(self):
        self._jax = importlib.import_module("jax")
        self._jax.config.update("jax_enable_x64", True)
        jax_numpy.install()
        self.np = importlib.import_module("jax.numpy")
        special = importlib.import_module("jax.scipy.special")
        # Of a plain array it asks for the sum where None, which to NumPy is nowhere.
        everywhere = partial(special.logsumexp, where=np.True_)
        self.sp = _Patched(special, logsumexp=everywhere)

    def _lifted(self, inputs):
        return tuple(self.np.asarray(x, dtype=float) for x in inputs)

    def value_and_grad(self, f, inputs):
        every = tuple(range(len(inputs)))
        value, grads = self._jax.value_and_grad(f, every)(*self._lifted(inputs))
        return float(value), [np.asarray(g) for g in grads]

    def jvp(self, f, inputs, tangents):
        value, slope = self._jax.jvp(f, self._lifted(inputs), self._lifted(tangents))
        return float(value), float(slope)

    def hvp(self, f, inputs, tangents):
        grad = self._jax.grad(f, tuple(range(len(inputs))))
        return [
            np.asarray(h)
            for h in self._jax.jvp(grad, self._lifted(inputs), self._lifted(tangents))[1]
        ]


class Pyframe(Library):
    """pyframe on plain NumPy; ``compiled`` replays a trace."""

    def __init__(self, compiled=False):
        self._pf = importlib.import_module("pyframe")
        self.name = "pyframe-compiled" if compiled else "pyframe"
        self._compiled = compiled

    def _ready(self, f):
        return self._pf.compile(f) if self._compiled else f

    def value_and_grad(self, f, inputs):
        every = tuple(range(len(inputs)))
        value, grads = self._pf.value_and_grad(self._ready(f), argnums=every)(*inputs)
        return float(value), list(grads)

    def jvp(self, f, inputs, tangents):
        value, slope = self._pf.jvp(self._ready(f), inputs, tangents)
        return float(value), float(slope)

    def hvp(self, f, inputs, tangents):
        grad = self._pf.grad(self._ready(f), argnums=tuple(range(len(inputs))))
        return list(self._pf.jvp(grad, inputs, tangents)[1])


MAKERS = {
    "reference": Reference,
    "autograd": Autograd,
    "jax": Jax,
    "pyframe": Pyframe,
    "pyframe-compiled": lambda: Pyframe(compiled=True),
}


@cache
def library(name: str) -> Library:
    """The library of this name; ImportError when it is not installed."""
    return MAKERS[name]()


def broken(error=1e-6) -> Library:
    """The reference with the derivative of the sine off by so much, to see it found out."""

    def wrong(x):
        return np.sin(x) + error * (x - reference_ad.raw(x))

    made = Reference()
    made.name = "broken"
    made.np = _Patched(np, sin=wrong)
    return made
