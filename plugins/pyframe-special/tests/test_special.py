# ruff: noqa: E501  (a table with a line for each function)
"""Values, first and second derivatives against mpmath at 30 digits, through SciPy's own names."""

from __future__ import annotations

from importlib import metadata

import mpmath as mp
import numpy as np
import pyframe_special
import pytest
import scipy.special as sp
from pyframe_special.plugin import pyframe_primitives

import pyframe as pf
from pyframe.autodiff.foreign.primitive import Primitive
from pyframe.errors import MissingRule, UnsupportedOperation

POINTS = 7
PLACES = np.linspace(0.07, 0.93, POINTS)


@pytest.fixture(autouse=True, scope="module")
def registered():
    undo = [pf.register(record) for record in pyframe_primitives()]
    yield
    for each in undo:
        each.undo()


def between(low, high):
    return low + (high - low) * PLACES


def owens_t(h, a):
    return mp.quad(lambda t: mp.exp(-h * h * (1 + t * t) / 2) / (1 + t * t), [0, a]) / (2 * mp.pi)


def voigt(x, sigma, gamma):
    z = (x + 1j * gamma) / (sigma * mp.sqrt(2))
    w = mp.exp(-z * z) * mp.erfc(-1j * z)
    return mp.re(w) / (sigma * mp.sqrt(2 * mp.pi))


def struve_l(v, x):
    return mp.struvel(v, x)


def student(df, t):
    inside = mp.betainc(mp.mpf(df) / 2, mp.mpf(1) / 2, 0, df / (df + t * t), regularized=True) / 2
    return 1 - inside if t > 0 else inside


CASES = [
    # name, SciPy's function, mpmath's, values of the constants, points
    *(
        (f"{name}-{v}", lambda x, v=v, f=ours: f(v, x), lambda x, v=v, f=theirs: f(mp.mpf(v), x), between(0.1, 8))
        for v in (0, 0.5, 1, 3, 2.7)
        for name, ours, theirs in (
            ("jv", sp.jv, mp.besselj),
            ("yv", sp.yv, mp.bessely),
            ("iv", sp.iv, mp.besseli),
            ("kv", sp.kv, mp.besselk),
            ("ive", sp.ive, lambda v, x: mp.exp(-x) * mp.besseli(v, x)),
            ("kve", sp.kve, lambda v, x: mp.exp(x) * mp.besselk(v, x)),
            ("struve", sp.struve, mp.struveh),
            ("modstruve", sp.modstruve, struve_l),
        )
    ),
    *(
        (f"gamma-{a}-{name}", lambda x, a=a, f=ours: f(a, x), lambda x, a=a, f=theirs: f(a, x), between(0.1, 6))
        for a in (0.7, 1.0, 3.5)
        for name, ours, theirs in (
            ("gammainc", sp.gammainc, lambda a, x: mp.gammainc(a, 0, x, regularized=True)),
            ("gammaincc", sp.gammaincc, lambda a, x: mp.gammainc(a, x, mp.inf, regularized=True)),
        )
    ),
    *(
        (f"beta-{a}-{b}", lambda x, a=a, b=b: sp.betainc(a, b, x),
         lambda x, a=a, b=b: mp.betainc(a, b, 0, x, regularized=True), between(0.01, 0.99))
        for a, b in ((0.7, 2.5), (3.0, 1.0))
    ),
    ("betaincc", lambda x: sp.betaincc(2.0, 3.0, x),
     lambda x: 1 - mp.betainc(2, 3, 0, x, regularized=True), between(0.01, 0.99)),
    ("stdtr", lambda t: sp.stdtr(4.0, t), lambda t: student(4, t), between(-3, 3)),
    ("ellipk", sp.ellipk, mp.ellipk, np.append(between(-5, 0.95), 0.0)),
    ("ellipe", sp.ellipe, mp.ellipe, np.append(between(-5, 0.95), 0.0)),
    ("spence", sp.spence, lambda x: mp.polylog(2, 1 - x), np.append(between(0.05, 5), 1.0)),
    ("hyp0f1", lambda x: sp.hyp0f1(1.5, x), lambda x: mp.hyp0f1(1.5, x), between(-3, 3)),
    ("hyp1f1", lambda x: sp.hyp1f1(0.5, 1.5, x), lambda x: mp.hyp1f1(0.5, 1.5, x), between(-3, 3)),
    ("hyp2f1", lambda x: sp.hyp2f1(0.5, 1.5, 2.5, x), lambda x: mp.hyp2f1(0.5, 1.5, 2.5, x), between(-0.9, 0.9)),
    ("exp1", sp.exp1, mp.e1, between(0.1, 5)),
    ("expi", sp.expi, mp.ei, between(0.1, 5)),
    ("dawsn", sp.dawsn, lambda x: mp.sqrt(mp.pi) / 2 * mp.exp(-x * x) * mp.erfi(x), between(-3, 3)),
    ("erfcx", sp.erfcx, lambda x: mp.exp(x * x) * mp.erfc(x), between(-2, 3)),
    ("erfi", sp.erfi, mp.erfi, between(-2, 2)),
    ("fresnel-s", lambda x: sp.fresnel(x)[0], mp.fresnels, between(-2, 2)),
    ("fresnel-c", lambda x: sp.fresnel(x)[1], mp.fresnelc, between(-2, 2)),
    ("sici-s", lambda x: sp.sici(x)[0], mp.si, np.append(between(-4, 5), 0.0)),
    ("sici-c", lambda x: sp.sici(x)[1], mp.ci, between(0.1, 5)),
    *(
        (f"airy-{k}", lambda x, k=k: sp.airy(x)[k], f, between(-6, 3))
        for k, f in enumerate(
            (mp.airyai, lambda x: mp.airyai(x, derivative=1), mp.airybi, lambda x: mp.airybi(x, derivative=1))
        )
    ),
    ("lambertw", lambda x: sp.lambertw(x).real, lambda x: mp.re(mp.lambertw(x)), between(-0.3, 5)),
    ("lambertw-lower", lambda x: sp.lambertw(x, -1).real, lambda x: mp.re(mp.lambertw(x, -1)), between(-0.34, -0.02)),
    *(
        (f"zeta-{s}", lambda q, s=s: sp.zeta(s, q), lambda q, s=s: mp.zeta(s, q), between(0.2, 6))
        for s in (1.5, 2, 4.2)
    ),
    ("owens-t-h", lambda h: sp.owens_t(h, 0.7), lambda h: owens_t(h, mp.mpf("0.7")), between(-2, 2)),
    ("owens-t-a", lambda a: sp.owens_t(0.7, a), lambda a: owens_t(mp.mpf("0.7"), a), between(-2, 2)),
    ("voigt-x", lambda x: sp.voigt_profile(x, 0.8, 0.6), lambda x: voigt(x, mp.mpf("0.8"), mp.mpf("0.6")), between(-2, 2)),
    ("voigt-sigma", lambda s: sp.voigt_profile(0.5, s, 0.6), lambda s: voigt(mp.mpf("0.5"), s, mp.mpf("0.6")), between(0.4, 2)),
    ("voigt-gamma", lambda g: sp.voigt_profile(0.5, 0.8, g), lambda g: voigt(mp.mpf("0.5"), mp.mpf("0.8"), g), between(0.1, 2)),
]  # fmt: skip


def reference(f, x, order):
    mp.mp.dps = 30
    given = [mp.mpf(float(each)) for each in x]
    return np.array([float(mp.re(mp.diff(f, each, order))) for each in given])


@pytest.mark.parametrize(("ours", "theirs", "x"), [c[1:] for c in CASES], ids=[c[0] for c in CASES])
def test_derivatives(ours, theirs, x):
    first = pf.grad(lambda x: np.sum(ours(x)))(x)
    second = pf.grad(lambda x: np.sum(pf.grad(lambda x: np.sum(ours(x)))(x)))(x)
    pushed = pf.jvp(lambda x: pf.jvp(ours, (x,), (np.ones(len(x)),))[1], (x,), (np.ones(len(x)),))[
        1
    ]
    for order, found in ((1, first), (2, second), (2, pushed)):
        wanted = reference(theirs, x, order)
        scale = np.maximum(np.abs(wanted), 0.01 * np.max(np.abs(wanted)))
        assert np.max(np.abs(found - wanted) / scale) < 1e-10, order


@pytest.mark.parametrize(
    ("inverse", "forward", "p"),
    [
        (lambda p: sp.gammaincinv(1.7, p), lambda x: sp.gammainc(1.7, x), between(0.05, 0.95)),
        (lambda p: sp.betaincinv(1.7, 2.3, p), lambda x: sp.betainc(1.7, 2.3, x), between(0.05, 0.95)),
    ],
    ids=["gammaincinv", "betaincinv"],
)  # fmt: skip
def test_inverses(inverse, forward, p):
    """The identity has derivatives 1 and 0."""
    slope = pf.grad(lambda p: np.sum(forward(inverse(p))))(p)
    np.testing.assert_allclose(slope, 1, rtol=1e-11)
    bend = pf.grad(lambda p: np.sum(pf.grad(lambda p: np.sum(forward(inverse(p))))(p)))(p)
    np.testing.assert_allclose(bend, 0, atol=1e-9)


def test_mixed_second_derivatives():
    def profile(p):
        return sp.voigt_profile(p[0], p[1], p[2])

    h = pf.hessian(profile)(np.array([0.5, 0.8, 0.6]))
    np.testing.assert_allclose(h, h.T, rtol=1e-12)
    mp.mp.dps = 30
    at = (mp.mpf("0.5"), mp.mpf("0.8"), mp.mpf("0.6"))
    for i, j in ((0, 1), (0, 2), (1, 2)):
        orders = tuple(int(k in (i, j)) for k in range(3))
        assert h[i, j] == pytest.approx(float(mp.re(mp.diff(voigt, at, orders))), rel=1e-10)


PRIMITIVES = {
    name: getattr(pyframe_special, name)
    for names in pyframe_special.CATALOGUE.values()
    for name in names
    if isinstance(getattr(pyframe_special, name), Primitive)
}


@pytest.mark.parametrize("name", PRIMITIVES)
def test_every_rule_is_proved_to_second_order(name):
    assert PRIMITIVES[name].prove() == 2
    assert PRIMITIVES[name].summary


def test_the_records_name_what_they_load():
    records = pyframe_primitives()
    assert len({record.name for record in records}) == len(records) >= 30
    for record in records:
        record.check()
        assert callable(record.load())
        if isinstance(record.load(), Primitive):
            assert record.load().replaces == record.replaces
            assert record.load().name == record.name


def test_other_arguments_have_no_rule():
    with pytest.raises(MissingRule, match="with respect to 'v'"):
        pf.derivative(lambda v: sp.kv(v, 2.0))(1.0)
    with pytest.raises(MissingRule, match="with respect to 'a'"):
        pf.derivative(lambda a: sp.gammainc(a, 2.0))(1.0)


def test_other_branches_are_refused():
    with pytest.raises(UnsupportedOperation, match="got k = 2"):
        pf.derivative(lambda x: sp.lambertw(x, 2).real)(1.0)


def test_single_precision_and_broadcasting():
    x = np.linspace(0.5, 2, 4, dtype=np.float32)
    found = pf.grad(lambda x: np.sum(sp.kv(1, x)))(x)
    assert found.dtype == np.float32
    np.testing.assert_allclose(found, sp.kvp(1, x.astype(float)), rtol=1e-5)
    table = pf.jacobian(lambda x: np.sum(sp.jv(np.arange(3)[:, None], x), axis=1))(x.astype(float))
    np.testing.assert_allclose(table, sp.jvp(np.arange(3)[:, None], x.astype(float)), rtol=1e-12)


def test_compiled():
    f = pf.compile(lambda x: np.sum(sp.kv(1, x) * sp.exp1(x)))
    for shift in (0.0, 1.0):
        x = np.linspace(0.5, 2, 4) + shift
        value, gradient = f.value_and_grad(x)
        assert value == pytest.approx(np.sum(sp.kv(1, x) * sp.exp1(x)), rel=1e-15)
        np.testing.assert_allclose(
            gradient, sp.kvp(1, x) * sp.exp1(x) - sp.kv(1, x) * np.exp(-x) / x, rtol=1e-13
        )
    assert f.recordings == 1


def test_the_entry_point_is_declared():
    points = metadata.entry_points(group="pyframe", name="special")
    assert [point.value for point in points] in ([], ["pyframe_special.plugin"])
