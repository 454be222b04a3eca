"""Reading and assigning elements, against NumPy: the same keys on plain arrays."""

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import DTypeError, ParameterError

SHAPES = [(), (1,), (5,), (0,), (3, 4), (2, 3, 4), (4, 1, 3), (2, 0, 3)]


def random_slice(rng, n):
    start, stop = (None if rng.random() < 0.4 else int(rng.integers(-n - 1, n + 2)) for _ in "ab")
    step = rng.choice([None, 1, 2, 3, -1, -2])
    return slice(start, stop, step if step is None else int(step))


def random_key(rng, shape, *, only_views=False):
    """A key that fits the shape: slices, integers, arrays, masks, new axes, an ellipsis."""
    key, axis = [], 0
    arrays = tuple(int(n) for n in rng.integers(1, 4, rng.integers(0, 3)))
    used_dots = False
    while axis < len(shape):
        n = shape[axis]
        kind = rng.integers(0, 10)
        if kind <= 1 and n:
            key.append(int(rng.integers(-n, n)))
        elif kind == 2:
            key.append(None)
            continue
        elif kind == 3 and not used_dots:
            used_dots = True
            key.append(...)
            axis += int(rng.integers(0, len(shape) - axis + 1))
            continue
        elif kind in {4, 5} and n and not only_views:
            own = tuple(1 if rng.random() < 0.2 else length for length in arrays)
            index = rng.integers(-n, n, own)
            key.append(index.tolist() if rng.random() < 0.3 else index)
        elif kind == 6 and not only_views and not arrays:
            depth = int(rng.integers(1, len(shape) - axis + 1))
            mask = rng.random(shape[axis : axis + depth]) < 0.5
            key.append(mask)
            axis += depth
            arrays = (1,)
            continue
        elif kind == 7 and axis == len(shape) - 1:
            break
        else:
            key.append(random_slice(rng, n))
        axis += 1
    return key[0] if len(key) == 1 and rng.random() < 0.5 else tuple(key)


def keys_that_fit(seed, count, **options):
    rng = np.random.default_rng(seed)
    while count:
        shape = SHAPES[rng.integers(len(SHAPES))]
        key = random_key(rng, shape, **options)
        try:
            places = np.arange(np.prod(shape, dtype=int)).reshape(shape)[key]
        except IndexError:
            continue
        yield rng, shape, key, places
        count -= 1


@pytest.mark.parametrize("seed", range(4))
def test_any_key_reads_what_numpy_reads(seed):
    """The Jacobian of x[key] is the 0-1 matrix of the places that NumPy reads."""
    for rng, shape, key, places in keys_that_fit(seed, 150):
        if shape == ():
            continue
        x = rng.normal(size=shape)
        value, tangent = pf.jvp(lambda x, key=key: x[key] * 1.0, (x,), (2 * x,))
        assert np.shape(value) == places.shape, key
        np.testing.assert_array_equal(value, x[key])
        np.testing.assert_array_equal(tangent, 2 * x[key])
        weights = rng.normal(size=places.shape)
        got = pf.grad(lambda x, key=key, weights=weights: np.sum(x[key] * weights))(x)
        want = np.zeros(x.size)
        np.add.at(want, places.ravel(), weights.ravel())
        np.testing.assert_allclose(got.ravel(), want, rtol=1e-14, atol=1e-15)


@pytest.mark.parametrize("seed", range(4))
def test_any_key_assigns_what_numpy_assigns(seed):
    for rng, shape, key, places in keys_that_fit(seed + 10, 150):
        if shape == ():
            continue
        x = rng.normal(size=shape)
        own = tuple(1 if rng.random() < 0.2 else n for n in places.shape)
        value = rng.normal(size=own[rng.integers(0, len(own) + 1) :] if own else ())

        def f(x, v, key=key):
            y = x.copy()
            y[key] = v
            return y

        want = f(x, value)
        got, tangent = pf.jvp(f, (x, value), (x * x, value * 3))
        np.testing.assert_array_equal(got, want)
        np.testing.assert_array_equal(tangent, f(x * x, value * 3))
        weights = rng.normal(size=shape)
        by_x, by_v = pf.grad(lambda x, v, f=f, w=weights: np.sum(f(x, v) * w), (0, 1))(x, value)
        # The map is linear: its adjoint pairs with it.
        u, v = rng.normal(size=shape), rng.normal(size=value.shape)
        pairing = np.sum(f(u, v) * weights)
        assert np.sum(by_x * u) + np.sum(by_v * v) == pytest.approx(pairing, rel=1e-12, abs=1e-12)
        np.testing.assert_array_equal(pf.compile(f)(x, value), want)


@pytest.mark.parametrize("seed", range(3))
def test_views_of_views_alias_as_in_numpy(seed):
    """Arrays made of one another by views and assigned to in turn stay equal to NumPy's."""
    for rng, shape, _, _ in keys_that_fit(seed + 20, 60, only_views=True):
        if shape == ():
            continue
        steps = [(rng.random(), rng.random(), int(rng.integers(2**31))) for _ in range(8)]

        def f(x, steps=steps):
            known = [x.copy()]
            for choice, which, salt in steps:
                at = known[int(which * len(known))]
                rng = np.random.default_rng(salt)
                key = random_key(rng, at.shape, only_views=True)
                try:
                    if choice < 0.4:
                        made = at[key]
                        if np.ndim(made):
                            known.append(made)
                    elif choice < 0.5:
                        known.append(at.T)
                    elif choice < 0.6:
                        known.append(at.reshape(-1))
                    elif choice < 0.8:
                        at[key] = rng.normal()
                    elif choice < 0.9:
                        at[key] = at[key] * 2.0
                    else:
                        at *= 1.5
                except IndexError:
                    continue
            return known

        x = rng.normal(size=shape)
        for got, want in zip(pf.jvp(f, (x,), (x,))[0], f(x), strict=True):
            np.testing.assert_array_equal(got, want)


def test_augmented_assignment_to_parts():
    def f(x, y):
        x = x.copy()
        x[1:3] += y
        x[::2] *= 2
        x[[0, 0, 3]] -= y[0]
        part = x[2:][1:]
        part /= 4
        x[x > 0] **= 2
        return x

    x, y = np.array([1.0, -2.0, 3.0, 4.0, -5.0]), np.array([0.5, -0.25])
    got, tangent = pf.jvp(f, (x, y), (np.ones(5), np.ones(2)))
    np.testing.assert_array_equal(got, f(x, y))
    h = 1e-30
    by_step = f(x + 1j * h, y + 1j * h).imag / h
    np.testing.assert_allclose(tangent, by_step, rtol=1e-14)


def test_traced_integers_as_indices_stay_in_the_trace():
    def f(x):
        order = np.argsort(x[:, 0])
        return np.sum(x[order, 1] * np.arange(3.0)) + x[np.argmax(x[:, 1]), 0]

    compiled = pf.compile(f)
    rng = np.random.default_rng(0)
    for _ in range(20):
        x = rng.normal(size=(3, 2))
        assert compiled(x) == pytest.approx(f(x), rel=1e-15)
        np.testing.assert_allclose(compiled.grad(x), pf.grad(f)(x), rtol=1e-15)
    assert compiled.recordings == 1


def test_integer_and_truth_values_index_plain_arrays():
    table = np.array([10.0, 20.0, 30.0])

    def f(x):
        return np.sum(table[np.argsort(x)] * x) + np.sum(table[x > 0]) * x[0]

    x = np.array([0.5, -1.0, 2.0])
    np.testing.assert_array_equal(pf.grad(f)(x), table[np.argsort(x)] + np.array([40.0, 0, 0]))


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_masks(dtype):
    x = np.array([[1.0, -2.0], [0.0, 3.0]], dtype)

    def f(x):
        y = x * 3
        y[y < 0] = 0
        y[x > 2] = x[x > 2] ** 2
        return y

    value, tangent = pf.jvp(f, (x,), (np.ones_like(x),))
    assert value.dtype == tangent.dtype == dtype
    np.testing.assert_array_equal(value, f(x))
    np.testing.assert_array_equal(tangent, [[3, 0], [3, 6]])
    compiled = pf.compile(f)
    np.testing.assert_array_equal(compiled(x), f(x))
    np.testing.assert_array_equal(compiled(-x), f(-x))


def test_second_order():
    def f(x):
        y = np.zeros_like(x)
        y[::2] = x[1::2] * x[::2]
        y[[1, 3]] = x[[3, 3]] ** 2
        return np.sum(y**2)

    x = np.array([1.0, 2.0, -0.5, 0.25])
    gradient = pf.grad(f)
    hessian = pf.hessian(f)(x)
    want = np.zeros((4, 4))
    want[:2, :2] = [[2 * x[1] ** 2, 4 * x[0] * x[1]], [4 * x[0] * x[1], 2 * x[0] ** 2]]
    want[2:, 2:] = [
        [2 * x[3] ** 2, 4 * x[2] * x[3]],
        [4 * x[2] * x[3], 2 * x[2] ** 2 + 24 * x[3] ** 2],
    ]
    np.testing.assert_allclose(hessian, want, rtol=1e-14)
    for k in range(4):
        row = pf.grad(lambda x, k=k: gradient(x)[k])(x)
        np.testing.assert_allclose(row, want[k], rtol=1e-14)


def test_flat_shows_its_array():
    def f(x):
        y = x.copy()
        y.T.flat[1] = 5.0
        y.flat[[0, 2]] = y.flat[4] * 2.0
        return [y, np.array(list(y.T.flat)), len(y.flat)]

    x = np.arange(6.0).reshape(2, 3)
    got, tangent = pf.jvp(f, (x,), (np.ones((2, 3)),))
    for a, b in zip(got, f(x), strict=True):
        np.testing.assert_array_equal(a, b)
    np.testing.assert_array_equal(tangent[0], [[2, 1, 2], [0, 1, 1]])


def test_an_array_of_several_elements_is_not_one_number():
    with pytest.raises(ParameterError, match="6 elements"):
        pf.grad(lambda x: x.item())(np.ones((2, 3)))


def test_integers_put_by_a_mask_stay_exact():
    n = np.array([2**53 + 1, 3])

    def f(x):
        y = n + np.floor(x).astype(int)
        y[x > 1] = 7.9
        return y

    x = np.array([0.5, 1.5])
    np.testing.assert_array_equal(pf.jvp(f, (x,), (x,))[0], f(x))


def test_floats_are_not_put_into_integers():
    def f(x):
        y = np.argsort(x)
        y[0] = x[0]
        return np.sum(y * x)

    with pytest.raises(DTypeError, match="the derivative would be lost"):
        pf.grad(f)(np.ones(2))
