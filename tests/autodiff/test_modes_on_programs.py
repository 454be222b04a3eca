"""Random programs: the modes that take graphs apart agree with forward mode."""

import os
from collections import Counter

import numpy as np
import pytest
from autodiff.programs import generate
from autodiff.programs.program import quiet

import pyframe as pf
from pyframe.errors import OutOfMemory, PyframeError

MANY = int(os.environ.get("PYFRAME_FUZZ", "15000")) // 100  # four Hessians of each


def joined(program):
    """The program as a function of one array, all inputs side by side."""
    inputs = [np.asarray(x, float) for x in program.arguments()]
    ends = np.cumsum([x.size for x in inputs])
    flat = np.concatenate([np.ravel(x) for x in inputs])
    f = program.function()

    def whole(x):
        parts = [
            np.reshape(x[end - given.size : end], given.shape) if given.shape else x[end - 1]
            for end, given in zip(ends, inputs, strict=True)
        ]
        return f(*parts)

    return whole, flat


def close(got, want, other):
    """As near to one mode as another mode is, within a factor."""
    if not np.array_equal(np.isnan(got), np.isnan(want)):
        return False
    finite = np.isfinite(want)
    if not np.array_equal(got[~finite], want[~finite], equal_nan=True):
        return False
    scale = np.max(np.abs(want[finite]), initial=1.0)
    apart = np.max(np.abs(want - other)[finite & np.isfinite(other)], initial=0.0)
    return np.allclose(got[finite], want[finite], rtol=1e-8, atol=1e-10 * scale + 100 * apart)


@pytest.mark.fuzz
@pytest.mark.parametrize("branchy", [False, True])
def test_sparse_and_cross_country_hessians(branchy):
    seen = Counter()
    for seed in range(MANY):
        f, x = joined(generate(seed, branchy=branchy, kind="plain"))
        with quiet():
            try:
                want, other = pf.hessian(f)(x), pf.hessian(f, mode="reverse")(x)
            except PyframeError:
                seen["refused"] += 1
                continue
            assert close(pf.hessian(f, mode="sparse")(x).toarray(), want, other), seed
            try:
                eliminated = pf.hessian(f, mode="cross-country")(x)
            except OutOfMemory:  # of its partial derivatives, one by one
                seen["too large for elimination"] += 1
                continue
            assert close(eliminated, want, other), seed
        seen["compared"] += 1
    assert seen["compared"] > 0.8 * MANY, seen
