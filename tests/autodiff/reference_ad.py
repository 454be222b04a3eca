"""Reverse mode in plain Python on plain NumPy functions: the oracle that knows K1 to K8.

It is slow and short. Three ideas carry most operations:

- what only moves elements is applied to the numbers of the elements, which says where each one
  went; the adjoint is a count weighted by the incoming adjoint;
- the adjoint of a linear map is found by applying the map to each basis vector;
- products are affine in each element, so their partials are differences at 1 and 0.

K1: an element whose incoming adjoint is exactly 0 sends 0 on, whatever its partial is.
Kinks met with a nonzero adjoint are collected in ``Tape.kinks``, jumps of the value always;
those that any value comes near, whatever its adjoint, in ``Tape.touched``.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np
import scipy.special
from autodiff import reference_rules as rules
from autodiff.programs import program

COMPARISONS = {np.greater, np.greater_equal, np.less, np.less_equal, np.equal, np.not_equal}
MOVES = {
    np.ravel,
    np.transpose,
    np.swapaxes,
    np.moveaxis,
    np.expand_dims,
    np.squeeze,
    np.roll,
    np.flip,
    np.repeat,
    np.tile,
    np.tril,
    np.triu,
    np.atleast_1d,
    np.reshape,
    np.broadcast_to,
    np.pad,
    np.concatenate,
    np.stack,
    np.vstack,
    np.hstack,
    np.split,
    np.array_split,
    np.take,
    np.diag,
    np.diagonal,
    np.copy,
    np.rot90,
    np.fliplr,
    np.flipud,
    np.delete,
    np.compress,
    np.append,
}
LINEAR = {np.cumsum, np.diff, np.trace, np.sum, np.mean, np.trapezoid}
BILINEAR = {np.dot, np.inner, np.outer, np.vdot, np.kron, np.tensordot, np.convolve}


some = np.count_nonzero  # sooner told than np.any
NEAR = 1e-12  # where rounding decides on which side of a kink a value is
WITHIN = 1e-2  # where a step of a difference may cross it
JUMPS = {"jump", "K2 sign", "near a kink"}  # of the value: they count whatever the adjoint
NAN_ELSEWHERE = ("singular", "K4", "K5", "arctan2", "power", "logaddexp", "removable")


class Node:
    """A value and how its adjoint reaches the nodes it came from."""

    __slots__ = ("adjoint", "pulls", "value")

    def __init__(self, value, pulls=()):
        self.value = np.asarray(value, dtype=float)
        self.pulls = pulls
        self.adjoint = None


class Tape:
    """The nodes in order, and the kinks the sweep met.

    ``wobble`` of a shape gives factors near one, by which each part of an adjoint is disturbed.
    """

    def __init__(self, conventions, wobble=None):
        self.nodes = []
        self.wobble = wobble
        self.kinks = set()
        self.touched = set()
        self.conventions = conventions

    def new(self, value, pulls=()):
        self.nodes.append(Node(value, pulls))
        return Traced(self, self.nodes[-1])

    def noter(self, adjoint):
        """Takes notes of the kinks that an adjoint reaches."""

        def note(name, where):
            if not some(where):
                return
            if not name.startswith("removable"):
                self.touched.add(name)
            if name in JUMPS or some(where & (adjoint != 0)):
                self.kinks.add(name)
            if name.startswith(NAN_ELSEWHERE) and some(where & (adjoint == 0)):
                self.kinks.add("K1 strong zero")

        def at(name, distance, size=1.0):
            note(name, distance == 0)
            if some(distance < WITHIN * np.fmax(1.0, np.abs(size))):
                self.touched.add(name)
            near = distance < NEAR * np.fmax(1.0, np.abs(size))
            near &= distance > 0
            note("near a kink", near if name in JUMPS else near & (adjoint != 0))

        note.at = at
        note.conventions = self.conventions
        return note

    def sweep(self, output):
        output.adjoint = np.ones(output.value.shape)
        for node in reversed(self.nodes):
            g = node.adjoint
            if g is None:
                continue
            dead = not some(g)
            for parent, pull in node.pulls:
                part = pull(g)
                if dead:  # asked for its notes alone
                    part = np.zeros(parent.value.shape)
                part = np.asarray(part, dtype=float).reshape(parent.value.shape)
                if self.wobble is not None:
                    part = part * self.wobble(part.shape)
                parent.adjoint = part if parent.adjoint is None else parent.adjoint + part


def strong(g, partial):
    """The product in which a zero adjoint wins over infinity and NaN (K1)."""
    product = g * partial
    return product if np.isfinite(product).all() else np.where(g == 0, 0.0, product)


def summed(g, shape):
    """The adjoint of broadcasting."""
    g = np.asarray(g)
    g = g.sum(axis=tuple(range(g.ndim - len(shape))))
    kept = tuple(i for i, n in enumerate(shape) if n == 1 and g.shape[i] != 1)
    return g.sum(axis=kept, keepdims=True) if kept else g


def by_basis(tape, linear, shape):
    """The adjoint of a linear map of arrays of the shape."""

    def pull(g):
        e = np.zeros(shape)
        out = np.zeros(shape)
        for i in np.ndindex(*shape):
            e[i] = 1.0
            partial = linear(e)
            infinite = ~np.isfinite(partial)
            if infinite.any():
                tape.noter(g)("singular", infinite)
            out[i] = strong(g, partial).sum()
            e[i] = 0.0
        return out

    return pull


def by_affine(f, x):
    """The adjoint of a function that is affine in each element."""

    def pull(g):
        out = np.zeros(x.shape)
        for i in np.ndindex(*x.shape):
            one, none = x.copy(), x.copy()
            one[i], none[i] = 1.0, 0.0
            out[i] = strong(g, f(one) - f(none)).sum()
        return out

    return pull


class Traced(np.lib.mixins.NDArrayOperatorsMixin):
    """Stands in for an array or a float; assignment to items rebinds its node."""

    def __init__(self, tape, node):
        self.tape, self.node = tape, node

    value = property(lambda self: self.node.value)
    shape = property(lambda self: self.value.shape)
    ndim = property(lambda self: self.value.ndim)
    size = property(lambda self: self.value.size)
    dtype = property(lambda self: self.value.dtype)
    T = property(lambda self: np.transpose(self))

    def __float__(self):
        return float(self.value)

    def __bool__(self):
        return bool(self.value)

    def __len__(self):
        return len(self.value)

    def __iter__(self):
        return (self[i] for i in range(len(self)))

    def __getitem__(self, key):
        return self._gather(np.arange(1, self.size + 1).reshape(self.shape)[key], [self])

    def __setitem__(self, key, value):
        source = value if isinstance(value, Traced) else self.tape.new(value)
        index = np.arange(1, self.size + 1).reshape(self.shape)
        index[key] = np.arange(1, source.size + 1).reshape(source.shape) + self.size
        self.node = self._gather(index, [self, source]).node

    def _gather(self, index, sources):
        """Elements by number, counted from one through all sources; number zero is 0.0."""
        flat = np.concatenate([[0.0], *(s.value.ravel() for s in sources)])
        index = np.asarray(index)
        ends = 1 + np.cumsum([s.size for s in sources])

        def puller(first, last):
            return lambda g: np.bincount(index.ravel(), g.ravel(), flat.size)[first:last]

        starts = [1, *ends[:-1]]
        pulls = [(s.node, puller(a, b)) for s, a, b in zip(sources, starts, ends, strict=True)]
        return self.tape.new(flat[index], pulls)

    def copy(self):
        return np.copy(self)

    def reshape(self, *shape):
        return np.reshape(self, shape[0] if len(shape) == 1 else shape)

    def ravel(self):
        return np.ravel(self)

    def transpose(self):
        return np.transpose(self)

    def dot(self, other):
        return np.dot(self, other)

    def __array_ufunc__(self, ufunc, method, *inputs, out=None, **options):
        if method != "__call__" or options:
            raise NotImplementedError(f"{ufunc.__name__}.{method}")
        values = [x.value if isinstance(x, Traced) else np.asarray(x) for x in inputs]
        value = ufunc(*values)
        if ufunc in COMPARISONS:
            self.tape.noter(1.0).at(
                "comparison of equals", np.abs(values[0] - values[1]), values[0]
            )
            return value
        if ufunc is np.matmul:
            return _bilinear(self.tape, np.matmul, *inputs)
        pulls = [
            (x.node, self._elementwise(ufunc, k, values, value, inputs))
            for k, x in enumerate(inputs)
            if isinstance(x, Traced)
        ]
        made = self.tape.new(value, pulls)
        if out is None:
            return made
        out[0].node = made.node
        return out[0]

    def _elementwise(self, ufunc, k, values, value, inputs):
        if len(inputs) == 1:
            rule, arguments = rules.UNARY[ufunc], (values[0], value)
        else:
            constants = [not isinstance(x, Traced) for x in inputs]
            rule, arguments = rules.BINARY[ufunc][k], (*values, value, constants)

        def pull(g):
            note = self.tape.noter(g)
            partial = rule(note, *arguments)
            note("singular", ~np.isfinite(partial))
            return summed(strong(g, partial), values[k].shape)

        return pull

    def __array_function__(self, function, types, args, kwargs):
        if function in MOVES:
            return _move(self.tape, function, args, kwargs)
        if function in LINEAR:
            x, *rest = args
            return self.tape.new(
                function(x.value, *rest, **kwargs),
                [(x.node, by_basis(self.tape, lambda e: function(e, *rest, **kwargs), x.shape))],
            )
        if function in BILINEAR:
            return _bilinear(self.tape, function, *args, **kwargs)
        from autodiff import reference_functions

        return reference_functions.RULES[function](self.tape, *args, **kwargs)


def _method(name):
    return lambda self, *args, **options: getattr(np, name)(self, *args, **options)


for _name in ("sum", "mean", "max", "min", "prod", "var", "std"):
    setattr(Traced, _name, _method(_name))


def _move(tape, function, args, kwargs):
    sources, count = [], 1

    def numbered(x):
        nonlocal count
        if isinstance(x, list | tuple) and any(isinstance(y, Traced | np.ndarray) for y in x):
            return [numbered(y) for y in x]
        if not isinstance(x, Traced | np.ndarray):
            return x
        sources.append(x if isinstance(x, Traced) else tape.new(x))
        numbers = np.arange(count, count + x.size).reshape(x.shape)
        count += x.size
        return numbers

    index = function(*(numbered(a) for a in args), **kwargs)
    if isinstance(index, list):
        return [sources[0]._gather(i, sources) for i in index]
    return sources[0]._gather(index, sources)


def raw(x):
    """The value without its trace."""
    return x.value if isinstance(x, Traced) else np.asarray(x, dtype=float)


def _bilinear(tape, function, a, b, *rest, **options):
    x, y = raw(a), raw(b)
    pulls = []
    if isinstance(a, Traced):
        pulls.append((a.node, by_basis(tape, lambda e: function(e, y, *rest, **options), x.shape)))
    if isinstance(b, Traced):
        pulls.append((b.node, by_basis(tape, lambda e: function(x, e, *rest, **options), y.shape)))
    return tape.new(function(x, y, *rest, **options), pulls)


def _logsumexp(x, axis=None, keepdims=False):
    if not isinstance(x, Traced):
        return scipy.special.logsumexp(x, axis=axis, keepdims=keepdims)
    value = scipy.special.logsumexp(x.value, axis=axis, keepdims=True)

    def pull(g):
        x.tape.noter(g.reshape(value.shape))("logsumexp of infinities", np.isinf(value))
        share = np.where(np.isneginf(value), 0.0, np.exp(x.value - value))
        return strong(g.reshape(value.shape), share)

    return x.tape.new(
        scipy.special.logsumexp(x.value, axis=axis, keepdims=keepdims), [(x.node, pull)]
    )


SPECIAL = SimpleNamespace(
    **{
        **vars(program.SPECIAL),
        "logsumexp": _logsumexp,
    }
)


def record(f, inputs, conventions=None, wobble=None):
    """The tape after the sweep; the inputs are its first nodes, the value its ``result``."""
    tape = Tape(conventions or rules.Conventions(), wobble)
    result = f(*[tape.new(x) for x in inputs])
    tape.result = raw(result)
    if isinstance(result, Traced):
        tape.sweep(result.node)
    return tape


def value_and_grad(f, inputs, conventions=None, wobble=None):
    """The value of f, its gradient for every input, and the names of the kinks met."""
    tape = record(f, inputs, conventions, wobble)
    leaves = tape.nodes[: len(inputs)]
    grads = [np.zeros(n.value.shape) if n.adjoint is None else n.adjoint for n in leaves]
    return float(tape.result), grads, frozenset(tape.kinks)
