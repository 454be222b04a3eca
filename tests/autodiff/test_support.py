"""The table of what is supported says what happens."""

import importlib

import numpy as np
import pytest

import pyframe as pf
from pyframe import _core
from pyframe.autodiff import support
from pyframe.autodiff.pytree import flatten
from pyframe.errors import PyframeError

UFUNCS = support.numpy_ufuncs()
FUNCTIONS = support.numpy_functions()
SPECIAL = support.scipy_special()
KINDS = {"differentiated", "passed through", "refused"}


def counted(found, status):
    return sum(each.status == status for each in found)


def test_counts():
    assert counted(UFUNCS, "differentiated") >= 65
    assert counted(UFUNCS, "refused") <= 18
    assert counted(FUNCTIONS, "differentiated") >= 195
    # Those of numpy.char and numpy.polynomial are counted where somebody has imported them.
    apart = ("numpy.char.", "numpy.polynomial.", "numpy.strings.")
    usual = [each for each in FUNCTIONS if not each.name.startswith(apart)]
    assert counted(usual, "refused") <= 40
    assert counted(SPECIAL, "differentiated") >= 45


@pytest.mark.parametrize("found", [UFUNCS, FUNCTIONS, SPECIAL])
def test_each_name_once_with_a_status(found):
    assert len({each.name for each in found}) == len(found)
    assert {each.status for each in found} <= KINDS


def test_what_is_refused_says_why():
    for each in (*UFUNCS, *FUNCTIONS, *SPECIAL):
        assert each.status != "refused" or each.note, each.name


def is_smooth(module, name, *args):
    """Whether a function gives traced floats for traced arguments."""
    seen = []

    def f(x):
        # Looked up here: while something is recorded, modules have functions of their own.
        made = getattr(module, name)(*(x * arg for arg in args))
        parts = flatten(made)[0]
        seen.append(any(_core.is_traced(part) and part.dtype.kind == "f" for part in parts))
        return np.sum(x)

    pf.grad(f)(1.0)
    return seen[0]


@pytest.mark.parametrize(
    "entry", [e for e in UFUNCS if "strings" not in e.name], ids=lambda e: e.name
)
def test_ufuncs(entry):
    called = getattr(np, entry.name.removeprefix("numpy."), None)
    if not isinstance(called, np.ufunc) or called.nin > 2 or called.signature:
        pytest.skip("needs arguments of its own")
    try:
        smooth = is_smooth(np, called.__name__, *[0.3] * called.nin)
    except (TypeError, PyframeError):
        # Functions of integers and dates, as NumPy itself refuses floats.
        with pytest.raises(TypeError):
            called(*[0.3] * called.nin)
        return
    assert smooth == (entry.status == "differentiated")


@pytest.mark.parametrize("entry", FUNCTIONS, ids=lambda e: e.name)
def test_array_functions_of_one_array(entry):
    place, _, name = entry.name.rpartition(".")
    module = importlib.import_module(place)
    x = np.array([[0.9, 0.3], [0.3, 0.6]])
    if name in {"frombuffer", "poly", "where"}:
        pytest.skip("what it does with one array is something else")
    try:
        getattr(module, name)(x)
    except Exception:  # noqa: BLE001
        pytest.skip("needs arguments of its own")
    try:
        smooth = is_smooth(module, name, x)
    except PyframeError:
        assert entry.status == "refused"
        return
    assert smooth == (entry.status == "differentiated")


@pytest.mark.parametrize("entry", SPECIAL, ids=lambda e: e.name)
def test_special_functions_of_one_number(entry):
    module, name = importlib.import_module("scipy.special"), entry.name.rpartition(".")[2]
    if name == "zeta":
        pytest.skip("with one argument it is another function")
    try:
        getattr(module, name)(0.3)
    except Exception:  # noqa: BLE001
        pytest.skip("needs arguments of its own")
    try:
        smooth = is_smooth(module, name, 0.3)
    except (PyframeError, TypeError, ValueError):
        assert entry.status == "refused"
        return
    assert smooth == (entry.status == "differentiated")
