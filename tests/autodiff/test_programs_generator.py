"""The random programs and the oracles, before any library is put to them."""

from __future__ import annotations

import contextlib
import warnings
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from autodiff import composed, fuzz_programs, oracles, reference_ad
from autodiff.comparing import compare
from autodiff.libraries import broken, library
from autodiff.programs import OPS, Statement, generate

MANY, SOME = 2000, 500


@pytest.fixture(scope="module")
def programs():
    return [generate(seed) for seed in range(MANY)]


@pytest.fixture(scope="module")
def branchy():
    return [generate(seed, branchy=True) for seed in range(SOME)]


def same(a, b):
    return a == b or (np.isnan(a) and np.isnan(b))


def test_a_seed_makes_one_program(programs):
    for p in programs[:100]:
        again = generate(p.seed)
        assert (again.source, again.kind) == (p.source, p.kind)
        assert again.reproducer() == p.reproducer()
    assert len({p.source for p in programs}) > 0.99 * MANY


def test_the_printed_program_runs_alone_and_gives_the_same_value(programs, branchy, capsys):
    for p in [*programs[:150], *branchy[:50]]:
        with warnings.catch_warnings(), np.errstate(all="ignore"):
            warnings.simplefilter("ignore")
            exec(p.reproducer(), {})
        assert same(float(capsys.readouterr().out), p.value()), p.reproducer()


def test_sizes(programs):
    nodes = [p.nodes for p in programs]
    assert min(nodes) >= 5 and max(nodes) > 150
    assert np.median(nodes) < 15
    assert 200 <= generate(7, nodes=200).nodes < 205
    shapes = {np.shape(x) for p in programs for x in p.inputs}
    assert {len(s) for s in shapes} == {0, 1, 2, 3}
    assert {n for s in shapes for n in s} == {0, 1, 2, 3, 5}
    assert any(isinstance(x, float) for p in programs for x in p.inputs)


def test_kinds_of_inputs(programs):
    kinds = Counter(p.kind for p in programs)
    assert kinds["corner"] > 0.4 * MANY and 0.03 * MANY < kinds["wild"] < 0.08 * MANY
    assert all(p.kind == "wild" or not p.flags & {"nan", "inf", "huge"} for p in programs)


def test_every_operation_comes_often(programs, branchy):
    seen = Counter(op for p in programs for op in p.ops)
    seen += Counter(op for p in branchy for op in p.ops if op.startswith("branch."))
    rare = {name: seen[name] for name in OPS if seen[name] < 25}
    assert not rare


@pytest.mark.parametrize(
    "text",
    [
        ".copy()",
        "+=",
        "*=",
        ".T",
        "axis=(",
        "keepdims=True",
        "sp.",
        "np.where(",
        "ddof=1",
        "[None",
        "::-1",
        ".std(",
        "@",
    ],
)
def test_every_way_of_writing_comes(programs, text):
    assert sum(text in p.source for p in programs) >= 5


def test_paths_follow_the_conditions(branchy):
    with_branches = [p for p in branchy if p.conditions]
    assert len(with_branches) > 0.9 * SOME
    outcomes = Counter(outcome for p in with_branches for outcome in p.path())
    assert min(outcomes[True], outcomes[False]) > 0.2 * outcomes.total()
    for p in with_branches[:100]:
        assert p.path() == p.path(*p.arguments())
        assert "_take" not in p.source and "<<" not in p.source


def test_other_inputs_take_other_paths(branchy):
    rng = np.random.default_rng(1)
    several = 0
    for p in branchy[:100]:
        paths = set()
        for _ in range(6):
            with contextlib.suppress(IndexError, ValueError):  # a mask took another number
                paths.add(p.path(*(x + rng.normal(size=np.shape(x)) for x in p.inputs)))
        several += len(paths) > 1
    assert several > 25


@pytest.mark.parametrize(
    ("name", "least"),
    [("autograd", 120), ("complex-step", 200), ("fifty-digits", 50), ("richardson", 50)],
)
def test_oracles_agree_on_500_programs(programs, name, least):
    allowed = library(name).differs if name == "autograd" else frozenset()
    counts = Counter()
    for p in programs[:SOME]:
        if name in {"fifty-digits", "richardson"} and not fuzz_programs.light(p):
            continue
        base = oracles.reference(p)
        try:
            answer = oracles.ask(name, p, base.kinks)
        except oracles.NotApplicable:
            continue
        verdict = compare(p, answer, base, base, allowed)
        assert verdict.name != "disagree", f"{verdict.why}\n{p.reproducer()}"
        counts[verdict.name] += 1
    assert counts["agree"] >= least
    assert counts["agree"] > 0.9 * counts.total()


def test_oracles_agree_on_branchy_programs(branchy):
    count = 0
    for p in branchy[:200]:
        base = oracles.reference(p)
        try:
            answer = oracles.ask("complex-step", p, base.kinks)
        except oracles.NotApplicable:
            continue
        assert compare(p, answer, base, base).agrees, p.reproducer()
        count += 1
    assert count > 40


def test_jax_agrees():
    pytest.importorskip("jax")
    for seed in range(2):
        p = generate(seed, nodes=5)
        base = oracles.reference(p)
        try:
            answer = oracles.ask("jax", p)
        except oracles.NotApplicable:
            continue
        verdict = compare(p, answer, base, base, library("jax").differs)
        assert verdict.name != "disagree", f"{verdict.why}\n{p.reproducer()}"


@pytest.mark.parametrize(
    ("f", "x", "grad"),
    [
        (lambda x: np.abs(x), 0.0, 0.0),  # K2
        (lambda x: np.maximum(x, 0.0), 0.0, 0.0),
        (lambda x: np.sum(np.maximum(x[0], x[1])), [2.0, 2.0], [0.5, 0.5]),  # K3
        (lambda x: np.max(x), [1.0, 1.0, 0.0], [0.5, 0.5, 0.0]),
        (lambda x: np.sort(x)[0], [1.0, 1.0], [1.0, 0.0]),
        (lambda x: np.linalg.norm(x), [0.0, 0.0], [0.0, 0.0]),  # K4
        (lambda x: np.hypot(x[0], x[1]), [0.0, 0.0], [0.0, 0.0]),
        (lambda x: np.std(x), [2.0, 2.0], [0.0, 0.0]),
        (lambda x: x**0, 0.0, 0.0),  # K5
        (lambda x: 0.0**x, 2.0, 0.0),
        (lambda x: np.clip(x, 0.0, 1.0), 1.0, 1.0),  # K6
        (lambda x: np.where(x > 0, np.sqrt(x), 0.0), 0.0, 0.0),  # K1
        (lambda x: np.where(x > 0, np.log(x), 0.0), -1.0, 0.0),
        (lambda x: np.arctan2(x[0], x[1]), [0.0, 0.0], [0.0, 0.0]),
        (lambda x: np.prod(x), [0.0, 2.0, 3.0], [6.0, 0.0, 0.0]),
        (lambda x: np.sum(x[[0, 0, 1]]), [5.0, 7.0], [2.0, 1.0]),
        (lambda x: x % 1.0, 2.0, 1.0),
        (lambda x: np.sinc(x), 0.0, 0.0),
        (lambda x: np.sqrt(x), 0.0, np.inf),
        (lambda x: reference_ad.SPECIAL.logsumexp(x), [-np.inf, -np.inf], [0.0, 0.0]),
        (lambda x: np.linalg.det(x), [[1.0, 2.0], [2.0, 4.0]], [[4.0, -2.0], [-2.0, 1.0]]),
    ],
)
def test_the_reference_keeps_the_conventions(f, x, grad):
    with np.errstate(all="ignore"):
        _, (got,), _ = reference_ad.value_and_grad(f, [np.array(x)])
    np.testing.assert_allclose(got, grad, rtol=1e-14)


def test_a_kink_explains_only_where_it_is_met():
    p = generate(0, nodes=5, only={"np.sin"})
    base = oracles.reference(p)
    moved = oracles.Answer("moved", base.value, tuple(g + 1e-3 for g in base.grads))
    assert compare(p, moved, base, base, frozenset({"K2 abs"})).name == "disagree"
    met = oracles.Answer("reference", base.value, base.grads, None, frozenset({"K2 abs"}))
    assert compare(p, moved, base, met, frozenset({"K2 abs"})).name == "explained: K2 abs"
    assert compare(p, moved, base, met).name == "disagree"


def test_a_wrong_rule_is_found_and_shrunk():
    report = fuzz_programs.run(broken(), range(40), keep=4)
    assert report.counts["disagree"] >= 3 and not report.counts["refused"]
    smallest = min(report.disagreements, key=lambda d: len(d.source))
    assert "np.sin(" in smallest.source
    assert smallest.source.count("\n    v") <= 2
    assert smallest.opinions["complex-step"] == "with the reference"


def test_the_reference_passes_its_own_run():
    report = fuzz_programs.run("reference", range(60), checks=("grad", "jvp"), branchy=True)
    assert report.programs == 60 and report.unexplained == 0
    assert report.counts["agree"] == 60


@pytest.mark.parametrize(
    "text",
    [
        "{}.median(x, axis=1, keepdims=True)",
        "{}.median(x)",
        "{}.quantile(x, 0.3, axis=-1)",
        "{}.percentile(x, 90.0, axis=0)",
        "{}.percentile(x, 100.0, keepdims=True)",
        "{}.ptp(x, axis=0)",
        "{}.average(x, axis=1, weights=np.array([1.0, 0.5, 0.25]))",
        "{}.cross(x, x[::-1])",
        "{}.select([x > 0.5, x > -0.5], [x, 2 * x], 3.0)",
    ],
)
def test_forms_composed_of_others_are_numpys(text):
    x = np.random.default_rng(3).normal(size=(4, 3))
    names = {"np": np, "composed": composed, "x": x}
    want, got = (eval(text.format(name), names) for name in ("np", "composed"))
    np.testing.assert_allclose(got, want, rtol=1e-14)


def test_rounding_is_looked_for_at_every_number():
    some = np.concatenate([np.pi / np.arange(1, 13), np.sqrt(np.arange(2, 9)), np.exp([1.0, -1.0])])
    noise = [oracles.noise_of(some, 2.0**-38, salt) for salt in range(3)]
    moved = np.max(np.abs(np.array(noise) - 1), axis=0)
    assert np.all((moved > 2.0**-40) | (some * 64 == np.rint(some * 64)))


def test_which_zero_is_the_larger_decides_only_where_a_sign_is_read():
    def decides(source):
        program = generate(1, only={"np.negative"}, nodes=5)
        x = (np.array([-0.0, 0.0, 1.0]),)
        made = Statement("v", (source,), ("x0",), ("np.clip",))
        parts = {"parameters": ("x0",), "statements": (made,), "returns": ((1.0, "v"),)}
        return oracles.zeros_decide(replace(program, inputs=x, _made={}, **parts))

    assert decides("np.arctan2(np.clip({0}, 0.0, None), -1.0)")
    assert not decides("np.cos(np.clip({0}, 0.0, None))")
