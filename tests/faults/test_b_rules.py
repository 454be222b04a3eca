"""FAULTS B53 to B56: rules from outside that are wrong."""

import numpy as np
import pytest

import pyframe as pf
from pyframe import testing
from pyframe.errors import DTypeError, RecordError, RuleRefused, ShapeError
from pyframe.testing import ConformanceError

X = np.array([0.3, 0.9, 1.4])


def sine(**options):
    return pf.primitive("sine", **options)(lambda x: np.sin(x))


@pytest.mark.parametrize(
    ("rule", "text"),
    [
        (lambda y, x, dx: np.zeros(5), r"a tangent of shape \(\d+,\), got \(5,\)"),
        (lambda y, x, dx: (np.cos(x) * dx).astype(np.float32), "float64, got float32"),
        (lambda y, x, dx: (np.cos(x) * dx, dx), "a tangent, got tuple"),
    ],
)
def test_b53_a_rule_that_returns_something_else(rule, text):
    with pytest.raises(RuleRefused, match=rf"'sine' \(.*test_b_rules\).*{text}"):
        sine().rule(rule)


def test_b53_adjoints_of_a_wrong_count():
    product = pf.primitive("product")(lambda a, b: np.multiply(a, b))
    with pytest.raises(RuleRefused, match="an adjoint for each of a, b, got 1"):
        product.vjp(lambda y, a, b, adjoint: adjoint * b)


@pytest.mark.parametrize(
    ("value", "error", "text"),
    [
        (lambda x: np.sum(x), ShapeError, r"of shape \(3,\), got \(\)"),
        (lambda x: np.sin(x).astype(int), DTypeError, "float64, got int64"),
    ],
)
def test_b53_a_function_that_returns_something_else(value, error, text):
    wrong = pf.primitive("wrong", arguments=("x",))(value)
    with pytest.raises(error, match=rf"'wrong' \(.*test_b_rules\) must return.*{text}"):
        pf.grad(lambda x: np.sum(wrong(x)))(X)


def test_b54_check_rules_finds_wrong_values():
    liar = sine(proof="on-first-use")
    liar.rules.clear()
    liar.rule(lambda y, x, dx: 1.001 * np.cos(x) * dx)
    with pytest.raises(RecordError, match=r"fails its check: RuleRefused: .* 0.001, tolerance"):
        pf.register(liar)
    lazy = pf.registry.records.PrimitiveRecord("sine", f"{__name__}:LIAR")
    with pf.register(lazy):
        reports = {report.title: report for report in testing.check_rules()}
        [mine] = [report for title, report in reports.items() if "primitive sine (local)" in title]
        assert not mine.passed
        assert "relative error 0.5" in str(mine)
        with pytest.raises(ConformanceError, match=r"relative error 0\.5"):
            testing.check_rules(strict=True)
        assert not testing.check(lazy).passed


LIAR = pf.primitive("sine", proof="on-first-use")(lambda x: np.sin(x))
LIAR.rule(lambda y, x, dx: 1.5 * np.cos(x) * dx)


def test_b54_honest_ones_pass():
    honest = sine()
    honest.rule(lambda y, x, dx: np.cos(x) * dx)
    report = testing.check(honest, strict=True)
    assert [finding.status for finding in report.findings] == ["ok"] * 3


def test_b54_a_rule_of_another_package():
    ruleless = sine()
    lie = pf.rule("sine")(lambda y, x, dx: -np.cos(x) * dx)
    truth = pf.rule("sine")(lambda y, x, dx: np.cos(x) * dx)
    with pf.register(ruleless):
        with pf.register(lie):
            assert not testing.check(lie).passed
            with pytest.raises(RuleRefused, match="relative error 2"):
                pf.derivative(ruleless)(0.5)
        with pf.register(truth):
            assert testing.check(truth).passed
            assert pf.derivative(ruleless)(0.5) == np.cos(0.5)


def test_b55_a_rule_that_is_not_linear():
    with pytest.raises(RuleRefused, match="not linear in the tangents or adjoints: abs"):
        sine().vjp(lambda y, x, adjoint: np.cos(x) * np.abs(adjoint))


def test_b56_readings_that_disagree():
    both = sine()
    both.rule(lambda y, x, dx: np.cos(x) * dx)
    with pytest.raises(RuleRefused, match=r"<L u, v> = .* but <u, L\* v> = "):
        both.vjp(lambda y, x, adjoint: (np.cos(x) + 1e-6) * adjoint)
    np.testing.assert_array_equal(pf.grad(lambda x: np.sum(both(x)))(X), np.cos(X))
