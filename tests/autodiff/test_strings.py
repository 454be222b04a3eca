"""Functions of text read traced integers, and refuse traced numbers as text."""

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import DTypeError

WORDS = np.array(["ab", "abcab", "x"])


@pytest.mark.parametrize(
    "call",
    [
        lambda n: np.strings.center(WORDS, n),
        lambda n: np.strings.ljust(WORDS, n),
        lambda n: np.strings.rjust(WORDS, n),
        lambda n: np.strings.zfill(WORDS, n),
        lambda n: np.strings.find(WORDS, "b", n),
        lambda n: np.strings.rfind(WORDS, "b", 0, n),
        lambda n: np.strings.count(WORDS, "b", n),
        lambda n: np.strings.startswith(WORDS, "b", n),
        lambda n: np.strings.endswith(WORDS, "b", 0, n),
        lambda n: np.strings.index(WORDS[:2], "b", n - 1),
        lambda n: np.strings.rindex(WORDS[:2], "b", 0, 1 + n),
        lambda n: np.strings.slice(WORDS, n),
    ],
)
def test_integers_are_read(call):
    seen = []

    def f(x):
        places = np.argsort(x)[:1]
        seen.append(call(places[0] + 1))
        return np.sum(x)

    assert pf.grad(f)(np.array([2.0, 1.0])).tolist() == [1.0, 1.0]
    np.testing.assert_array_equal(seen[0], call(2))


@pytest.mark.parametrize("called", [np.strings.isalpha, np.strings.str_len, np.strings.isupper])
def test_masks_are_read(called):
    def f(x):
        kept = np.zeros(3, called(WORDS).dtype)
        assert called(WORDS, where=x > 1.5, out=kept) is kept
        return np.sum(x * kept)

    x = np.array([1.0, 2.0, 3.0])
    kept = np.where(x > 1.5, called(WORDS), 0)
    assert pf.grad(f)(x).tolist() == kept.tolist()
    c = pf.compile(f)
    assert c(x) == np.sum(x * kept)
    assert c(x[::-1]) == np.sum(x[::-1] * np.where(x[::-1] > 1.5, called(WORDS), 0))


def test_a_number_is_no_text():
    with pytest.raises(DTypeError, match=r"numpy.strings.str_len takes text, got float64"):
        pf.grad(lambda x: np.strings.str_len(x))(np.ones(2))
