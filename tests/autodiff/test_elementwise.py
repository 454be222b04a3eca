"""NumPy's ufuncs and functions of each element: values, kinds and shapes are NumPy's."""

from __future__ import annotations

import itertools
import math
import warnings

import numpy as np
import pytest
from numpy.testing.overrides import get_overridable_numpy_ufuncs

import pyframe as pf
from pyframe import _core
from pyframe.autodiff import tracers
from pyframe.autodiff.coverage.strings import TEXT
from pyframe.autodiff.dispatch import UFUNCS

tracers.prepare()

KINDS = ("float64", "float32", "int64", "bool")
SAMPLES = (np.array([-1.5, -0.5, 0.0, 0.5, 2.0]), np.array([-2.0, -1.0, 0.0, 1.0, 3.0]))
NUMBERS = (2.0, -1.5, 2, -1, 0, True)
PRODUCTS = {"matmul", "vecdot", "matvec", "vecmat"}


def numeric():
    known = (u for u in get_overridable_numpy_ufuncs() if u in UFUNCS and u not in TEXT)
    return sorted((u for u in known if u.__name__ not in PRODUCTS), key=lambda u: u.__name__)


def test_count():
    every = get_overridable_numpy_ufuncs()
    products = {u for u in every if u.__name__ in PRODUCTS}
    assert every <= UFUNCS.keys() | products
    assert len(every) >= 110


def in_our_kinds(result):
    """NumPy makes int8 and float16 of truth values; a graph has int64 and float64."""
    result = np.asarray(result)
    wider = {"float16": "float64", "int8": "int64"}.get(result.dtype.name)
    return result if wider is None else result.astype(wider)


def same(got, want, half):
    got, want = in_our_kinds(got), in_our_kinds(want)
    assert got.dtype == want.dtype or (half and got.dtype.kind == want.dtype.kind)
    assert got.shape == want.shape
    tolerance = 2e-3 if half else 3e-7 if want.dtype == np.float32 else 1e-14
    small = 1e-7 if half or want.dtype == np.float32 else 1e-16
    np.testing.assert_allclose(got.astype(float), want.astype(float), rtol=tolerance, atol=small)


def plain(value):
    return value.concrete if _core.is_traced(value) else value


def compare_with_numpy(called, makers, samples):
    """With traced operands: NumPy's values, dtypes and shapes, or its kind of refusal."""
    concrete = [make(x) for make, x in zip(makers, samples, strict=True)]
    try:
        want = called(*concrete)
    except (TypeError, ValueError) as refusal:
        want = refusal
    half = not isinstance(want, Exception) and any(
        np.asarray(part).dtype == np.float16
        for part in (want if isinstance(want, tuple) else (want,))
    )
    kept = []

    def f(*x):
        made = called(*(make(part) for make, part in zip(makers, x, strict=True)))
        kept[:] = [plain(part) for part in (made if isinstance(made, tuple) else (made,))]
        return made

    if isinstance(want, Exception):
        with pytest.raises(TypeError if isinstance(want, TypeError) else ValueError):
            pf.jvp(lambda *x: (f(*x), np.sum(x[0]))[1], samples, samples)
        return
    wanted = want if isinstance(want, tuple) else (want,)
    pf.jvp(lambda *x: (f(*x), np.sum(x[0]))[1], samples, samples)
    compiled = pf.compile(f)
    for made in (kept, compiled(*samples), compiled(*samples)):
        for part, expected in zip(
            made if isinstance(made, tuple | list) else (made,), wanted, strict=True
        ):
            same(part, expected, half)


def kind_of(kind):
    return lambda x: x.astype(kind)


def constantly(number):
    return lambda _: number


@pytest.mark.parametrize("called", numeric(), ids=lambda u: u.__name__)
def test_values_and_kinds_are_numpys(called):
    operands = [kind_of(kind) for kind in KINDS]
    if called.nin == 2:
        numbers = [constantly(number) for number in NUMBERS]
        pairs = list(itertools.product(operands, operands))
        pairs += [pair for a in operands for b in numbers for pair in ((a, b), (b, a))]
    else:
        pairs = [(operand,) * called.nin for operand in operands]
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        for makers in pairs:
            samples = [SAMPLES[k % 2] for k in range(called.nin)]
            compare_with_numpy(called, makers, samples)


FUNCTIONS = {
    "round": np.round,
    "around to 1": lambda x: np.around(x, 1),
    "round to -1": lambda x: np.round(x, -1),
    "fix": np.fix,
    "nan_to_num": np.nan_to_num,
    "real_if_close": np.real_if_close,
    "real": np.real,
    "imag": np.imag,
    "angle": np.angle,
    "angle deg": lambda x: np.angle(x, deg=True),
    "i0": np.i0,
    "sinc": np.sinc,
    "clip": lambda x: np.clip(x, 0, 1),
    "clip of floats": lambda x: np.clip(x, 0.25, 0.75),
    "clip method": lambda x: x.clip(max=1),
    "clip array": lambda x: np.clip(x, np.array([0, 1, 0, 0, 3]), None),
    "clip nan": lambda x: np.clip(x, np.nan, None),
    "isposinf": np.isposinf,
    "isneginf": np.isneginf,
    "isreal": np.isreal,
    "iscomplex": np.iscomplex,
    "isrealobj": np.isrealobj,
    "iscomplexobj": np.iscomplexobj,
    "isclose": lambda x: np.isclose(x, 0.5),
    "allclose": lambda x: np.allclose(x, 0.5),
    "isclose int": lambda x: np.isclose(x, 2),
    "where": lambda x: np.where(x > 0, x, 0),
    "where numbers": lambda x: np.where(x > 0, 1, 2),
    "where places": lambda x: np.where(x > 0),
    "select": lambda x: np.select([x > 1, x < 0], [x, 2 * x], 7),
    "select default": lambda x: np.select([x > 1], [x]),
    "select numbers": lambda x: np.select([x > 1, x < 0], [1.0, 2]),
    "choose": lambda x: np.choose((x > 0).astype(int), [x, 3.0]),
    "choose wrap": lambda x: np.choose(np.array([5, -1, 2, 3, 0]), [x, 10 * x, 1], mode="wrap"),
    "choose clip": lambda x: np.choose(np.array([5, -1, 2, 3, 0]), [x, 10 * x, 1], mode="clip"),
    "piecewise": lambda x: np.piecewise(x, [x < 0, x > 1], [lambda t: -t, 3, lambda t: t * t]),
    "interp": lambda x: np.interp(x, [-1.0, 0.0, 0.5, 1.0], [3.0, 1.0, 4.0, 1.5]),
    "interp ends": lambda x: np.interp(x, [-1.0, 0.0], [3.0, 1.0], left=-7, right=np.nan),
    "interp one": lambda x: np.interp(x, [0.0], [3.0], left=1.0),
    "interp period": lambda x: np.interp(x, [0.9, 0.1, 0.5], [3.0, 1.0, 2.0], period=1.0),
    "unwrap": lambda x: np.unwrap(4 * x),
    "unwrap period": lambda x: np.unwrap(x, period=1),
    "unwrap discont": lambda x: np.unwrap(4 * x, discont=5.0),
    "ldexp": lambda x: np.ldexp(x, [0, 1, -1, 5, 3]),
    "heaviside": lambda x: np.heaviside(x, 0.5),
    "abs": np.abs,
    "& of truths": lambda x: (x > 0) & (x < 1),
    "^ of truths": lambda x: (x > 0) ^ True,
    "~ of truths": lambda x: ~(x > 0),
    "-": lambda x: -x,
    "<< of integers": lambda x: x.astype(int) << 2,
    "& of integers": lambda x: x.astype(int) & 3,
    "power": lambda x: x.astype(int) ** 3,
    "divmod": lambda x: divmod(x, 2),
}


@pytest.mark.parametrize("name", FUNCTIONS)
@pytest.mark.parametrize("kind", KINDS)
def test_functions_are_numpys(name, kind):
    with warnings.catch_warnings(), np.errstate(all="ignore"):
        warnings.simplefilter("ignore")
        compare_with_numpy(FUNCTIONS[name], [kind_of(kind)], [SAMPLES[0]])
        if kind == "float64" and name not in {
            "clip array",
            "choose wrap",
            "choose clip",
            "ldexp",
            "where places",
        }:
            special = np.array([np.nan, np.inf, -np.inf, -0.0, 0.0])
            # Infinities are no integers; NumPy's i0 and sinc of them are NaN, ours the limits.
            if "integers" not in name and name not in {"power", "i0", "sinc"}:
                compare_with_numpy(FUNCTIONS[name], [kind_of(kind)], [special])


def test_strings_are_refused_by_name():
    from pyframe.errors import DTypeError

    for called in TEXT:
        with pytest.raises(DTypeError, match="strings cannot be traced"):
            pf.grad(lambda x, c=called: c(*[x] * c.nin))(np.ones(2))


def test_functions_of_a_python_float_give_numpys_numbers():
    # A Python number takes the kind of an array it meets, a number of NumPy's does not.
    single = np.ones(2, np.float32)
    calls = (
        lambda x: x * single,
        lambda x: np.sin(x) * single,
        lambda x: np.add(x, 1.0) * single,
        lambda x: math.sin(x) * single,
        lambda x: math.hypot(x, 1.0) * single,
        lambda x: abs(-(x**2)) * single,
    )
    for x in (0.3, np.float64(0.3)):
        for called in calls:
            kept = []
            pf.grad(lambda x, called=called, kept=kept: np.sum(kept.append(called(x)) or kept[0]))(
                x
            )
            assert kept[0].dtype == called(x).dtype
    with np.errstate(divide="ignore"):
        assert pf.value_and_grad(lambda x: 1 / np.sin(x))(0.0) == (np.inf, -np.inf)
    with pytest.raises(ZeroDivisionError):
        pf.grad(lambda x: 1 / math.sin(x))(0.0)


@pytest.mark.parametrize("dtype", [np.float64, np.float32, float])
@pytest.mark.parametrize("kind", KINDS)
def test_the_dtype_of_a_loop(dtype, kind):
    calls = [
        lambda x: np.sin(x, dtype=dtype),
        lambda x: np.add(x, 1, dtype=dtype),
        lambda x: np.power(x, -1, dtype=dtype),
        lambda x: np.divide(x, 3, dtype=dtype),
        lambda x: np.ldexp(x, [1, 2, 3, 4, 5], dtype=dtype),
    ]
    with np.errstate(all="ignore"):
        for called in calls:
            if called is calls[-1] and (kind != "float32" or dtype != np.float32):
                continue
            compare_with_numpy(called, [kind_of(kind)], [SAMPLES[0]])


def test_results_are_written_where_out_says():
    def f(x):
        made = np.zeros_like(x)
        np.multiply(x, x, out=made)
        np.exp(x, out=made, where=x > 0.5)
        np.add(made, 1, out=made)
        made += np.clip(x, 0, 1, out=None)
        return np.sum(made)

    x = np.array([-0.3, 0.4, 0.8])
    want = np.where(x > 0.5, np.exp(x), 2 * x) + ((x >= 0) & (x <= 1))
    np.testing.assert_allclose(pf.grad(f)(x), want, rtol=1e-15)
    assert f(x) == pytest.approx(float(pf.value_and_grad(f)(x)[0]), rel=1e-15)


def test_math_refuses_what_it_refuses():
    for name, x in (("sqrt", -1.0), ("log", 0.0), ("acos", 2.0), ("gamma", -1.0)):
        with pytest.raises(ValueError, match=r"domain|expected"):
            pf.grad(lambda x, name=name: getattr(math, name)(x))(x)
    with pytest.raises(OverflowError):
        pf.grad(lambda x: math.exp(x))(1e3)
    assert pf.grad(lambda x: math.atan(x))(np.inf) == 0.0
    assert pf.value_and_grad(lambda x: math.exp(x))(np.inf)[0] == np.inf
    assert np.isnan(pf.value_and_grad(lambda x: math.sin(x))(np.nan)[0])
