"""Reductions of random shapes with random options: values, tangents, adjoints."""

import contextlib
import warnings

import numpy as np
import pytest

import pyframe as pf

WITH_INITIAL = ("sum", "prod", "max", "min", "nansum", "nanprod", "nanmax", "nanmin")
WITH_WHERE = (*WITH_INITIAL, "mean", "var", "std", "nanmean", "nanvar", "nanstd")
ALONG_ONE = ("cumsum", "cumprod", "nancumsum", "nancumprod", "diff", "trapezoid")
PLAIN = ("ptp", "median", "nanmedian", "quantile", "percentile", "nanquantile", "average")
NAMES = (*WITH_WHERE, *ALONG_ONE, *PLAIN)


def draw(rng):
    """A name, a function with options, and a point."""
    name = rng.choice(NAMES)
    shape = tuple(
        rng.choice([0, 1, 2, 3, 5], p=[0.05, 0.2, 0.25, 0.25, 0.25], size=rng.integers(4))
    )
    x = np.asarray(rng.normal(size=shape))
    if name.startswith("nan"):
        x = np.where(rng.uniform(size=shape) < 0.2, np.nan, x)
    options, arguments = {}, []
    rank = len(shape)
    if name in ALONG_ONE:
        if rank and (rng.uniform() < 0.7 or name in {"diff", "trapezoid"}):
            options["axis"] = int(rng.integers(-rank, rank))
        if name == "trapezoid":
            options["dx"] = float(rng.uniform(0.5, 2))
    else:
        several = tuple(int(k) for k in rng.permutation(rank)[: rng.integers(rank + 1)])
        options["axis"] = [None, several, several[0] if several else None][rng.integers(3)]
        options["keepdims"] = bool(rng.integers(2))
    if name in {"quantile", "nanquantile", "percentile"}:
        q = rng.uniform(0, 1, size=rng.choice([1, 3]))
        q = q if rng.integers(2) else float(q[0])
        arguments.append(q if "quantile" in name else np.multiply(q, 100))
        options["method"] = str(
            rng.choice(["linear", "hazen", "lower", "midpoint", "inverted_cdf"])
        )
    if name in WITH_WHERE and rng.integers(2):
        mask = rng.uniform(size=shape[rng.integers(rank + 1) :]) < 0.7
        options["where"] = mask
    if name in WITH_INITIAL and ("where" in options or rng.integers(2) or not x.size):
        options["initial"] = float(rng.normal())
    if name in {"var", "std", "nanvar", "nanstd"}:
        options["ddof"] = int(rng.integers(2))
    return name, lambda x: getattr(np, name)(x, *arguments, **options), x, options


@pytest.mark.parametrize("seed", range(20))
def test_random_reductions(seed):
    rng = np.random.default_rng(seed)
    done = 0
    while done < 40:
        name, f, x, options = draw(rng)
        what = f"{name} of shape {x.shape} with {options}"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", RuntimeWarning)
            try:
                want = np.asarray(f(x))
            except (IndexError, ValueError, ZeroDivisionError):
                with contextlib.suppress(
                    ValueError
                ):  # of empty arrays, where NumPy's algorithms stop
                    assert np.size(pf.jvp(f, (x,), (x,))[0]) == 0, what
                continue
            _check(rng, f, x, want, what)
            single = x.astype(np.float32)
            low = np.asarray(pf.jvp(f, (single,), (single,))[0])
            if not np.isnan(want).any():  # where NumPy's nanquantile has x's dtype, not q's
                assert low.dtype == np.asarray(f(single)).dtype, what
            np.testing.assert_allclose(low, f(single), rtol=2e-4, atol=1e-4, err_msg=what)
        done += 1


def _check(rng, f, x, want, what):
    v = rng.normal(size=x.shape)
    value, tangent = pf.jvp(f, (x,), (v,))
    assert np.shape(value) == want.shape, what
    np.testing.assert_allclose(value, want, rtol=1e-12, atol=1e-13, err_msg=what)
    value, pull = pf.vjp(f, x)
    u = np.where(np.isfinite(want), rng.normal(size=want.shape), 0.0)
    (adjoint,) = pull(u if u.shape else float(u))
    assert np.shape(adjoint) == x.shape, what
    if not np.isfinite(want).all():
        return
    known = np.where(np.isnan(x), 0.0, v)
    np.testing.assert_allclose(
        np.sum(u * tangent), np.sum(adjoint * known), rtol=1e-10, atol=1e-11, err_msg=what
    )
    h = 1e-6
    ends = [np.asarray(f(np.asarray(x + step * v))) for step in (h, -h)]
    slope = (ends[0] - ends[1]) / (2 * h)
    scale = 1 + np.max(np.abs(slope), initial=0.0)
    np.testing.assert_allclose(tangent, slope, rtol=1e-5, atol=1e-6 * scale, err_msg=what)
