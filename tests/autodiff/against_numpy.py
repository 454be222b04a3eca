"""Functions of arrays against NumPy: value, dtype and shape; derivatives by complex steps."""

import numpy as np

import pyframe as pf

STEP = 1e-30


def leaves(tree):
    """The arrays of a result, in order."""
    if isinstance(tree, tuple | list):
        return [leaf for part in tree for leaf in leaves(part)]
    return [np.asarray(tree)]


def jacobians(f, args):
    """For each argument the Jacobian of all results together, by complex steps."""
    found = []
    for k, x in enumerate(args):
        columns = []
        for i in np.ndindex(*np.shape(x)):
            moved = [np.array(a, complex) for a in args]
            moved[k][i] += 1j * STEP
            results = leaves(f(*moved))
            columns.append(np.concatenate([leaf.imag.ravel() / STEP for leaf in results]))
        count = sum(leaf.size for leaf in leaves(f(*args)))
        found.append(np.array(columns).reshape(np.size(x), count).T)
    return found


def joined(results):
    return np.concatenate([np.ravel(leaf) for leaf in leaves(results)])


def check(f, *args, dtypes=("float64", "float32"), linear=True, rtol=1e-12, order=2):
    """Check a function of arrays whose results are arrays.

    ``linear`` says that the second derivative of the sum of squares follows from the Jacobian.
    """
    for dtype in dtypes:
        given = [np.asarray(x, dtype) for x in args]
        want = f(*[x.copy() for x in given])
        got = pf.jvp(f, tuple(given), tuple(given))[0]
        assert type(got) is type(want) or not isinstance(want, tuple | list)
        for a, b in zip(leaves(got), leaves(want), strict=True):
            assert (a.shape, a.dtype) == (b.shape, b.dtype)
            eps = 4 * np.finfo(dtype).eps
            np.testing.assert_allclose(a, b, rtol=eps, atol=eps * np.max(np.abs(b), initial=0.0))
    given = [np.asarray(x, float) for x in args]
    want = f(*[x.copy() for x in given])
    for a, b in zip(leaves(pf.compile(f)(*given)), leaves(want), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-15, atol=1e-15)
    rng = np.random.default_rng(7)
    directions = [np.asarray(rng.normal(size=x.shape)) for x in given]
    expected = jacobians(f, given)
    tangent = joined(pf.jvp(f, tuple(given), tuple(directions))[1])
    along = sum(J @ v.ravel() for J, v in zip(expected, directions, strict=True))
    np.testing.assert_allclose(tangent, along, rtol=rtol, atol=rtol)
    weights = rng.normal(size=tangent.shape)
    places = np.cumsum([0, *(leaf.size for leaf in leaves(want))])

    def weighted(*xs, power=1):
        parts = [np.ravel(leaf) for leaf in flat(f(*xs))]
        return sum(
            np.sum(part**power * weights[a:b])
            for part, a, b in zip(parts, places, places[1:], strict=False)
        )

    every = tuple(range(len(given)))
    gradients = pf.grad(weighted, every)(*given)
    for J, g, x in zip(expected, gradients, given, strict=True):
        assert np.shape(g) == x.shape
        np.testing.assert_allclose(np.ravel(g), weights @ J, rtol=rtol, atol=rtol)
    if order < 2:
        return
    whole = np.concatenate(expected, axis=1)
    if linear:
        curvature = 2 * (whole.T * weights) @ whole
        _second_order(weighted, given, directions, curvature, rtol)


def _second_order(weighted, given, directions, curvature, rtol):
    along = np.concatenate([v.ravel() for v in directions])
    every = tuple(range(len(given)))

    def gradient(*xs):
        return pf.grad(lambda *xs: weighted(*xs, power=2), every)(*xs)

    want = curvature @ along
    got = joined(pf.jvp(gradient, tuple(given), tuple(directions))[1])
    np.testing.assert_allclose(got, want, rtol=10 * rtol, atol=10 * rtol)

    def product(*xs):
        pairs = zip(gradient(*xs), directions, strict=True)
        return sum(np.sum(g * v) for g, v in pairs)

    got = joined(pf.grad(product, every)(*given))
    np.testing.assert_allclose(got, want, rtol=10 * rtol, atol=10 * rtol)


def flat(tree):
    """The results of a function, in order."""
    if isinstance(tree, tuple | list):
        return [leaf for part in tree for leaf in flat(part)]
    return [tree]
