"""Means, variances, quantiles, functions without NaN, differences and histograms."""

import itertools

import numpy as np
import pytest
from autodiff import scalarised
from autodiff.like_numpy import same

import pyframe as pf
from pyframe.errors import DTypeError, ParameterError, ParameterTypeError, ShapeError

RNG = np.random.default_rng(11)
X = RNG.normal(size=(3, 4, 5))
HOLES = np.where(RNG.uniform(size=X.shape) < 0.25, np.nan, X)
MASK = RNG.uniform(size=X.shape) < 0.6
WEIGHTS = RNG.uniform(0.1, 1.0, size=X.shape)
AXES = (None, 0, -1, (0, 2), (2, 1))
METHODS = (
    "linear", "interpolated_inverted_cdf", "hazen", "weibull", "median_unbiased",
    "normal_unbiased", "inverted_cdf", "averaged_inverted_cdf", "closest_observation", "lower",
    "higher", "midpoint", "nearest",
)  # fmt: skip


def each(x):
    return (x, x.astype(np.float32))


# -- values -----------------------------------------------------------------------------------


@pytest.mark.parametrize("name", ["mean", "var", "std", "median"])
def test_values_are_numpys(name):
    called = getattr(np, name)
    for x, axis, keepdims in itertools.product(each(X), AXES, (False, True)):
        same(lambda x, a=axis, k=keepdims: called(x, axis=a, keepdims=k), x, replay=axis == 0)
        same(lambda x, a=axis, k=keepdims: called(x > 0, axis=a, keepdims=k), x, replay=False)
    same(lambda x: called(np.rint(x * 3).astype(int), axis=1), X)
    if name != "median":
        same(lambda x: called(x, axis=0, dtype=np.float32), X)
        same(lambda x: called(x, axis=0, dtype=float), X.astype(np.float32))
        for mask, axis in itertools.product((MASK, MASK[0, 0], MASK[:, :1]), (None, 1)):
            same(lambda x, m=mask, a=axis: called(x, axis=a, where=m), X)
    if name in {"var", "std"}:
        for options in ({"ddof": 1}, {"correction": 1}, {"ddof": 0.5}, {"ddof": 4}):
            same(lambda x, o=options: called(x, axis=1, **o), X)
        same(lambda x: called(x, axis=1, mean=np.mean(x, axis=1, keepdims=True)), X)


AVERAGES = [
    {}, {"axis": (0, 1)}, {"weights": WEIGHTS}, {"axis": 1, "weights": WEIGHTS, "keepdims": True},
    {"axis": 1, "weights": WEIGHTS[0, :, 0]}, {"axis": (2, 0), "weights": WEIGHTS[:, 0].T},
    {"axis": 0, "weights": WEIGHTS, "returned": True}, {"axis": 0, "returned": True},
    {"axis": 2, "weights": [1, 2, 3, 4, 5]},
]  # fmt: skip
COVARIANCES = [
    {}, {"bias": True}, {"ddof": 0}, {"ddof": 3}, {"rowvar": False}, {"dtype": np.float32},
    {"fweights": np.arange(1, 11)}, {"aweights": np.linspace(0.5, 1, 10)},
    {"fweights": np.arange(1, 11), "aweights": np.linspace(0.5, 1, 10)},
    {"aweights": np.linspace(0.5, 1, 10), "ddof": 2}, {"y": X.ravel()[20:30]},
]  # fmt: skip


def test_averages_are_numpys():
    for x, options in itertools.product(each(X), AVERAGES):
        same(lambda x, o=options: np.average(x, **o), x, what=f"{options}")
    same(lambda w: np.average(X, axis=(2, 0), weights=w[:, 0].T), WEIGHTS)
    same(lambda w: np.average(X, weights=w, returned=True), WEIGHTS)


def test_covariances_are_numpys():
    rows = X.ravel()[:30].reshape(3, 10)
    for x, options in itertools.product(each(rows), COVARIANCES):
        if options.get("rowvar") is False and "y" in options:
            continue
        same(lambda x, o=options: np.cov(x, **o), x, what=f"{options}")
    for f in (np.cov, np.corrcoef):
        same(f, rows)
        same(lambda x, f=f: f(x[0]), rows)
        same(lambda x, f=f: f(x[0], x[1]), rows)
        same(lambda x, f=f: f(x, rowvar=False), rows)


@pytest.mark.parametrize("method", METHODS)
def test_quantiles_are_numpys(method):
    shares = (0.3, 0, 1, 0.5, [0.1, 0.9], np.float32(0.25))
    same(lambda x: np.quantile(x, [[0.0, 0.2], [0.4, 1.0]], axis=1, method=method), X)
    for x, q, axis in itertools.product(each(X), shares, (None, 1, (0, -1))):
        for holes in (x, np.where(np.isnan(HOLES), x.dtype.type(np.nan), x)):
            same(
                lambda x, q=q, a=axis: np.quantile(x, q, axis=a, method=method), holes, replay=False
            )
            same(
                lambda x, q=q, a=axis: np.nanquantile(x, q, axis=a, method=method),
                holes,
                replay=False,
            )
    same(lambda x: np.percentile(x, [25, 75.0], axis=1, method=method, keepdims=True), X)
    same(lambda x: np.nanpercentile(x, 60, axis=1, method=method, keepdims=True), HOLES)
    whole = np.rint(3 * X)
    same(lambda x: np.quantile(x.astype(int), [0.2, 0.7], axis=0, method=method), whole)


def test_weighted_quantiles_are_numpys():
    counts = RNG.integers(0, 3, size=X.shape)
    for q in (0, 0.3, 1, [0.2, 0.9]):
        same(lambda x, q=q: np.quantile(x, q, weights=counts, method="inverted_cdf"), X)
        same(lambda x, q=q: np.quantile(x, q, axis=1, weights=WEIGHTS, method="inverted_cdf"), X)
        same(
            lambda x, q=q: np.nanquantile(x, q, axis=0, weights=counts + 1, method="inverted_cdf"),
            HOLES,
        )


NAN = ("nansum", "nanprod", "nanmax", "nanmin", "nanmean", "nanvar", "nanstd", "nanmedian")


@pytest.mark.parametrize("name", NAN)
def test_values_without_nan_are_numpys(name):
    called = getattr(np, name)
    hollow = HOLES.copy()
    hollow[1, :, 2] = np.nan
    for x, axis, keepdims in itertools.product((*each(hollow), X), AXES, (False, True)):
        same(lambda x, a=axis, k=keepdims: called(x, axis=a, keepdims=k), x, replay=axis == 1)
    same(lambda x: called(np.rint(x).astype(int), axis=1), X)
    if name in {"nansum", "nanprod", "nanmax", "nanmin"}:
        same(lambda x: called(x, axis=1, where=MASK, initial=0.5), hollow)
    if name in {"nanmean", "nanvar", "nanstd"}:
        same(lambda x: called(x, axis=1, where=MASK), hollow)
    if name in {"nanvar", "nanstd"}:
        same(lambda x: called(x, axis=1, ddof=1), hollow)


def test_places_and_running_folds_without_nan():
    holes = np.where(np.arange(60).reshape(X.shape) % 7 == 3, np.nan, X)
    for axis in (None, 0, 1, -1):
        for name in ("nancumsum", "nancumprod", "nanargmax", "nanargmin"):
            same(lambda x, n=name, a=axis: getattr(np, n)(x, axis=a), holes)


DIFFERENCES = {
    **{
        f"diff {n} {a}": lambda x, n=n, a=a: np.diff(x, n, a)
        for n in (0, 1, 2, 5)
        for a in (0, -1)
    },
    "diff prepend": lambda x: np.diff(x, 2, axis=1, prepend=1.0, append=x[:, :1] * 2),
    "ediff1d": lambda x: np.ediff1d(x, to_begin=[1.0, 2.0], to_end=x[0, 0, 0]),
    "trapezoid": lambda x: np.trapezoid(x, dx=2.0, axis=0),
    "trapezoid at": lambda x: np.trapezoid(x, x=[0, 1, 3, 7, 8.0]),
    "trapezoid over traced": lambda x: np.trapezoid(x, x=np.cumsum(x * x, axis=1), axis=1),
    "gradient": lambda x: np.gradient(x),
    "gradient 2": lambda x: np.gradient(x, 2.0, edge_order=2),
    "gradient axis": lambda x: np.gradient(x, 0.5, axis=1, edge_order=2),
    "gradient grid": lambda x: np.gradient(x, [0, 1, 3], 2.0, np.array([0, 1, 4, 5, 9.0])),
    "gradient grid 2": lambda x: np.gradient(x, [0, 2, 3, 7.0], axis=1, edge_order=2),
    "gradient over traced": lambda x: np.gradient(
        x, np.cumsum(x[0, :, 0] ** 2 + 1), axis=1, edge_order=2
    ),
    "gradient step traced": lambda x: np.gradient(x, x[0, 0, 0] + 3.0, axis=0),
    "cov": lambda x: np.cov(x[0]),
    "cov weights": lambda x: np.cov(x[:, 0], aweights=x[0, 1] ** 2, fweights=[1, 2, 1, 3, 1]),
    "mean": lambda x: np.mean(x, axis=(0, 2)),
    "mean where": lambda x: np.mean(x, axis=1, where=MASK),
    "average": lambda x: np.average(x, axis=1, weights=x * x + 1),
    "average returned": lambda x: np.average(x, axis=2, weights=x[0, 0] ** 2, returned=True),
    **{
        f"{f.__name__} {m} {n}": lambda x, f=f, m=m, n=n: f(x[0, 0], x[1, 0, :n], m)
        for f in (np.convolve, np.correlate)
        for m in ("full", "same", "valid")
        for n in (1, 2, 5)
    },
    "correlate turned": lambda x: np.correlate(x[0, 0, :2], x[1, 0], "full"),
    "bincount": lambda x: np.bincount([0, 2, 2, 1, 5], x[0, 0], 8),
    "histogram weights": lambda x: np.histogram(X[0, 0], 3, weights=x[0, 0])[0],
    "density weights": lambda x: np.histogram(
        X[0, 0], [-3, 0, 4.0], weights=x[0, 0] + 4, density=True
    )[0],
}  # fmt: skip


@pytest.mark.parametrize("name", DIFFERENCES)
def test_values_and_derivatives_by_complex_steps(name):
    f = DIFFERENCES[name]
    same(f, X, what=name)
    same(f, X.astype(np.float32), what=name, replay=False)
    by = (
        "differences"
        if name.startswith(("cov", "correlate", "bincount", "histogram", "density"))
        else "complex"
    )
    rtol = 1e-8 if by == "differences" else 1e-11
    scalarised.check(f, X, by=by, rtol=rtol)


def _variance(x, axis=None, ddof=0, where=None, keepdims=False):
    where = np.ones(x.shape, bool) if where is None else np.broadcast_to(where, x.shape)
    held = np.sum(where, axis=axis, keepdims=True)
    away = np.where(where, x - np.sum(np.where(where, x, 0), axis=axis, keepdims=True) / held, 0)
    free = np.sum(where, axis=axis, keepdims=keepdims) - ddof
    return np.sum(away * away, axis=axis, keepdims=keepdims) / free


@pytest.mark.parametrize(
    "options",
    [{}, {"axis": 1}, {"axis": (0, 2), "ddof": 1}, {"axis": -1, "keepdims": True, "where": MASK}],
)
def test_derivatives_of_variances(options):
    scalarised.check(lambda x: np.var(x, **options), X, oracle=lambda x: _variance(x, **options))
    scalarised.check(
        lambda x: np.std(x, **options), X, oracle=lambda x: np.sqrt(_variance(x, **options))
    )


SELECTING = {
    "median": lambda x: np.median(x, axis=1),
    "median of an odd count": lambda x: np.median(x, axis=0, keepdims=True),
    "median of all": np.median,
    "percentile": lambda x: np.percentile(x, [20, 70.0], axis=(0, 2)),
    "corrcoef": lambda x: np.corrcoef(x[0]),
    "edges": lambda x: np.histogram(x, 4)[1],
    "density": lambda x: np.histogram(x, 4, density=True)[0],
    "density 2d": lambda x: np.histogram2d(x[0].ravel(), x[1].ravel(), 3, density=True)[0],
    "weighted quantile": lambda x: np.quantile(
        x, [0.2, 0.6], axis=1, weights=WEIGHTS, method="inverted_cdf"
    ),
    **{m: lambda x, m=m: np.quantile(x, [0.23, 0.61], axis=2, method=m) for m in METHODS},
}


@pytest.mark.parametrize("name", SELECTING)
def test_derivatives_of_what_is_picked(name):
    scalarised.check(SELECTING[name], X, by="differences", rtol=1e-7)


def _without_nan(f, x):
    """The gradient by the function on each line's numbers alone."""
    out = np.zeros_like(x)
    for i in np.ndindex(x.shape[:-1]):
        keep = ~np.isnan(x[i])
        line = x[i].copy()
        line[keep] = pf.grad(f)(x[i][keep]) if keep.any() else 0.0
        out[i] = np.where(keep, line, 0.0)
    return out


@pytest.mark.parametrize("name", [*NAN, "nanpercentile", "nanquantile"])
def test_derivatives_without_nan(name):
    extra = {"nanpercentile": (35.0,), "nanquantile": (0.8,)}.get(name, ())
    called, plain = getattr(np, name), getattr(np, name.removeprefix("nan"))
    got = pf.grad(lambda x: np.sum(called(x, *extra, axis=-1)))(HOLES)
    np.testing.assert_allclose(got, _without_nan(lambda x: plain(x, *extra), HOLES), rtol=1e-12)
    single = pf.grad(lambda x: np.sum(called(x, *extra, axis=-1)))(HOLES.astype(np.float32))
    assert single.dtype == np.float32
    np.testing.assert_allclose(single, got, rtol=2e-3, atol=1e-4)


@pytest.mark.parametrize("method", METHODS)
def test_the_share_is_differentiated_too(method):
    x = np.sort(RNG.normal(size=9))
    for q in (0.31, 0.77):
        got = pf.grad(lambda q: np.quantile(x + 0 * q, q, method=method))(q)
        h = 1e-6
        ends = [np.quantile(x, q + s, method=method) for s in (h, -h)]
        np.testing.assert_allclose(got, (ends[0] - ends[1]) / (2 * h), rtol=1e-6, atol=1e-9)


def test_quantiles_replay_without_a_guard_on_the_order():
    compiled = pf.compile(lambda x: np.median(x) + np.sum(np.percentile(x, [10, 60])))
    for _ in range(5):
        x = RNG.normal(size=8)
        value, gradient = compiled.value_and_grad(x)
        assert value == pytest.approx(np.median(x) + np.percentile(x, [10, 60]).sum())
        np.testing.assert_allclose(
            gradient, pf.grad(lambda x: np.median(x) + np.sum(np.percentile(x, [10, 60])))(x)
        )


MASKED = {
    "mean": lambda x: np.mean(x, where=x > 0),
    "var": lambda x: np.var(x, where=x > 0, ddof=1),
    "std": lambda x: np.std(x, axis=0, where=x > -0.5),
    "max": lambda x: np.max(x, where=x < 1, initial=-3.0),
    "nanmean": lambda x: np.nanmean(np.where(x > 1, np.nan, x)),
    "nanstd": lambda x: np.nanstd(np.where(x > 1, np.nan, x), axis=0),
    "nanmin": lambda x: np.nanmin(np.where(x < -1, np.nan, x)),
    "nanmedian": lambda x: np.nanmedian(np.where(x > 1, np.nan, x)),
    "histogram": lambda x: np.histogram(x, 3, weights=x * x, density=True)[0],
    "cov": lambda x: np.cov(x[:, 0], x[:, 1], aweights=np.abs(x[:, 2])),
    "average": lambda x: np.average(x, weights=np.abs(x)),
}


@pytest.mark.parametrize("name", MASKED)
def test_masks_change_on_a_replay(name):
    compiled = pf.compile(lambda x: np.sum(MASKED[name](x) ** 2))
    for _ in range(6):
        x = RNG.normal(size=(6, 4))
        value, gradient = compiled.value_and_grad(x)
        np.testing.assert_allclose(value, np.sum(MASKED[name](x) ** 2), rtol=1e-12)
        want = scalarised.difference_gradient(lambda x: np.sum(MASKED[name](x) ** 2), [x], 1e-5)[0]
        np.testing.assert_allclose(gradient, want, rtol=1e-5, atol=1e-6)


# -- singular points and refusals ---------------------------------------------------------------


@pytest.mark.parametrize("x", [np.ones(4), np.zeros(3), np.full(3, 0.1), np.ones(1)])
def test_the_deviation_of_equal_numbers_is_flat(x):
    np.testing.assert_allclose(pf.grad(np.std)(x), 0.0, atol=1e-15)
    np.testing.assert_allclose(pf.jvp(np.std, (x,), (np.ones_like(x),))[1], 0.0, atol=1e-15)
    both = pf.grad(lambda x: np.sum(np.std(np.stack([x, x * np.arange(len(x))]), axis=1)))(x)
    assert np.isfinite(both).all()


def test_medians_of_ties_follow_a_stable_order():
    assert pf.grad(np.median)(np.array([1.0, 1.0, 1.0])).tolist() == [0.0, 1.0, 0.0]
    assert pf.grad(np.median)(np.array([2.0, 1.0, 1.0, 0.0])).tolist() == [0.0, 0.5, 0.5, 0.0]


@pytest.mark.parametrize("name", ["mean", "var", "std", "median", "nanmean", "nanmedian"])
def test_empty_arrays(name):
    called = getattr(np, name)
    with pytest.warns(RuntimeWarning, match="empty slice|Degrees of freedom"):
        value, gradient = pf.value_and_grad(called)(np.zeros(0))
    assert np.isnan(value)
    assert gradient.shape == (0,)
    with pytest.warns(RuntimeWarning):
        made = pf.jvp(lambda x: called(x, axis=0), (np.zeros((0, 2)),), (np.zeros((0, 2)),))[0]
    assert np.isnan(made).all()
    assert made.shape == (2,)


def test_warnings_name_the_users_line():
    for f in (np.mean, np.var, lambda x: np.nanstd(x, axis=0)):
        with pytest.warns(RuntimeWarning) as seen:
            pf.grad(lambda x, f=f: np.sum(f(x)))(np.zeros((0, 2)))
        assert seen[0].filename == __file__


def test_nan_of_nothing_but_nan():
    x = np.array([[np.nan, np.nan], [1.0, np.nan]])
    for f in (np.nanmax, np.nanmin, np.nanmedian):
        with pytest.warns(RuntimeWarning, match="All-NaN"):
            value = pf.jvp(lambda x, f=f: f(x, axis=1), (x,), (np.ones_like(x),))[0]
        np.testing.assert_array_equal(value, [np.nan, 1.0])
    with pytest.raises(ParameterError, match="all-NaN"):
        pf.jvp(lambda x: np.nanargmax(x, axis=1), (x,), (np.ones_like(x),))


@pytest.mark.parametrize(
    ("f", "error", "text"),
    [
        (lambda x: np.quantile(x, 1.5), ParameterError, "between 0 and 1"),
        (lambda x: np.quantile(x, 0.5, method="best"), ParameterError, "method"),
        (lambda x: np.quantile(x, 0.5, weights=x), ParameterError, "inverted_cdf"),
        (lambda x: np.quantile(x[:, :0], 0.5), ShapeError, "empty"),
        (lambda x: np.var(x, ddof=1, correction=1), ParameterError, "not both"),
        (lambda x: np.average(x, weights=np.ones(4)), DTypeError, "axis="),
        (lambda x: np.average(x, axis=1, weights=np.ones(5)), ShapeError, "do not fit"),
        (lambda x: np.average(x, weights=0 * x), ZeroDivisionError, "sum to zero"),
        (lambda x: np.cov(x, fweights=np.ones(4)), DTypeError, "integers"),
        (lambda x: np.cov(x, aweights=-np.ones(4)), ParameterError, "negative"),
        (lambda x: np.cov(x[None]), ShapeError, "axes"),
        (lambda x: np.diff(x, -1), ParameterError, "negative"),
        (lambda x: np.diff(x[0, 0]), ShapeError, "number"),
        (lambda x: np.gradient(x[:, :1]), ShapeError, "edge_order"),
        (lambda x: np.gradient(x, 1, 2, 3), ParameterTypeError, "spacings"),
        (lambda x: np.gradient(x, edge_order=3), ParameterError, "edge_order"),
        (lambda x: np.gradient(x, [1.0, 2.0], axis=1), ShapeError, "coordinates"),
        (lambda x: np.convolve(x, x), ShapeError, "sequences"),
        (lambda x: np.convolve(x[0], x[0], "wide"), ParameterError, "mode"),
        (lambda x: np.convolve(x[0], x[0, :0]), ShapeError, "empty"),
        (lambda x: np.histogram(x, 0), ParameterError, "positive"),
        (lambda x: np.histogram(x, [2, 1]), ParameterError, "increase"),
    ],
)
def test_refusals(f, error, text):
    x = np.arange(12.0).reshape(3, 4)
    with pytest.raises(error, match=text):
        pf.jvp(f, (x,), (np.ones_like(x),))


HISTOGRAMS = [
    {}, {"bins": 5}, {"bins": [-1, 0, 0.5, 1]}, {"bins": 7, "range": (-1, 1)}, {"density": True},
    {"weights": X.ravel()[:40]}, {"bins": "auto"}, {"bins": "fd"},
    {"weights": WEIGHTS.ravel()[:40], "density": True, "bins": [-2, 0, 1.0, 3]},
]  # fmt: skip


def test_histograms_are_numpys():
    x = X.ravel()[:40]
    for options in HISTOGRAMS:
        same(lambda x, o=options: np.histogram(x, **o), x, what=f"{options}")
    same(lambda x: np.histogram_bin_edges(x, 6), x)
    same(lambda x: np.bincount((x > 0) * 3, minlength=6), x)
    planes = (
        {}, {"bins": 4}, {"bins": [3, 4]}, {"bins": [[-1, 0, 1], 3]}, {"density": True},
        {"weights": WEIGHTS.ravel()[:20]}, {"range": [(-1, 1), (-2, 2)]},
        {"bins": [-2, -1, 0, 1.0]},
    )  # fmt: skip
    for options in planes:
        same(lambda x, o=options: np.histogram2d(x[:20], x[20:], **o), x, what=f"{options}")
    same(lambda x: np.histogramdd(x.reshape(10, 4), bins=2, density=True)[0], x)
    same(lambda x: np.histogramdd([x[:10], x[10:20]], bins=2)[1][1], x)


def test_lists_of_traced_numbers_as_weights():
    x = np.array([1.0, 2.0, 3.0])
    counted = pf.grad(lambda x: np.average(x, weights=[x[0], x[1], x[2]]))(x)
    np.testing.assert_allclose(counted, 2 * x / 6 - 14 / 36)
    # Of one box for all: 1 over the area (x1 - x0)/2 (x2 - x1)/2.
    density = pf.grad(lambda x: np.sum(np.histogram2d(x[:2], x[1:], 2, density=True)[0]))(x)
    np.testing.assert_allclose(density, [4.0, 0.0, -4.0], atol=1e-14)
