"""Every primitive by every way: the families of the table, and that the table lacks none."""

import re
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from autodiff.op_arrays import ARRAYS
from autodiff.op_elementwise import ELEMENTWISE
from autodiff.scalarised import close, one_number

import pyframe as pf
from pyframe.errors import MissingRule

TABLE = {entry.name: entry for entry in [*ELEMENTWISE, *ARRAYS]}
SOURCE = Path(__file__).parents[2] / "rust/graph/src/primitive.rs"
PLUMBING = {"input", "constant"}
DONE = Counter()


def every(xs):
    return tuple(range(len(xs)))


def gradient(entry, xs):
    return pf.grad(one_number(entry.call), argnums=every(xs))(*xs)


def product(entry, xs, vs, outer):
    """The second derivative times the directions, by forward or reverse mode over reverse."""
    g = pf.grad(one_number(entry.call), argnums=every(xs))
    if outer == "forward":
        return pf.jvp(g, xs, vs)[1]
    return pf.grad(
        lambda *a: sum(np.sum(p * v) for p, v in zip(g(*a), vs, strict=True)), argnums=every(xs)
    )(*xs)


def value(entry):
    want = entry.expected()
    made = pf.jvp(entry.call, want.xs, want.vs)[0]
    close(made, want.value, entry.rtol, "value")
    close(made, entry.plain(*want.xs), max(entry.rtol, 1e-12), "NumPy's value")


def jvp(entry):
    want = entry.expected()
    close(pf.jvp(entry.call, want.xs, want.vs)[1], want.tangent, 10 * entry.rtol, "tangent")


def vjp(entry):
    want = entry.expected()
    for k, got in enumerate(gradient(entry, want.xs)):
        close(got, want.gradient[k], 10 * entry.rtol, f"gradient in {k}")


def second(outer):
    def family(entry):
        want = entry.expected()
        if entry.once:
            with pytest.raises(MissingRule, match="no rule for the derivative"):
                product(entry, want.xs, want.vs, outer)
            return
        tolerance = max(1e-10 if entry.elementwise else 1e-7, 1e3 * entry.rtol)
        for k, got in enumerate(product(entry, want.xs, want.vs, outer)):
            close(got, want.product[k], tolerance, f"second derivative in {k}")

    family.__name__ = f"{outer}_over_reverse"
    return family


def single(entry):
    """In float32, against the derivatives at the numbers that float32 has."""
    low = entry.arrays(np.float32)
    want = entry.expected(tuple(x.astype(float) for x in low))
    value, tangent = pf.jvp(entry.call, low, entry.directions(low))
    for what, got, exact in (("value", value, want.value), ("tangent", tangent, want.tangent)):
        assert got.dtype == np.float32
        close(got, exact, entry.single, what)
    for k, got in enumerate(gradient(entry, low)):
        assert got.dtype == np.float32
        close(got, want.gradient[k], entry.single, f"gradient in {k}")


def strided(entry):
    """Every other element, from the end, in column order: the bits of contiguous arrays."""
    xs = entry.arrays()
    plain = gradient(entry, xs)
    twice = [np.repeat(x, 2, axis=-1)[..., ::2] if x.ndim else x for x in xs]
    backwards = [x[..., ::-1].copy()[..., ::-1] if x.ndim else x for x in xs]
    for other in (twice, backwards, [np.asfortranarray(x) for x in xs]):
        for got, want in zip(gradient(entry, tuple(other)), plain, strict=True):
            np.testing.assert_array_equal(got, want)


def broadcast(entry):
    """Stretched arrays, whose strides are 0, are only more of the same."""
    xs = entry.arrays()
    if not entry.stacked:
        same = [np.broadcast_to(x.flat[0], x.shape) for x in xs]
        for got, want in zip(
            pf.vjp(entry.call, *same)[1](np.ones(np.shape(entry.plain(*same)))),
            pf.vjp(entry.call, *(x.copy() for x in same))[1](np.ones(np.shape(entry.plain(*same)))),
            strict=True,
        ):
            np.testing.assert_array_equal(got, want)
        return
    ones = pf.grad(lambda *a: np.sum(entry.call(*a)), argnums=every(xs))
    plain = ones(*xs)
    stacks = [np.broadcast_to(x, (2, *x.shape)) for x in xs]
    for got, want in zip(ones(*stacks), plain, strict=True):
        close(got, np.broadcast_to(want, got.shape), 1e-13, "of a stack")
    if len(xs) == 2 and xs[0].shape == xs[1].shape:
        for got, want in zip(ones(stacks[0], xs[1]), plain, strict=True):
            total = 2 * want if got.shape == want.shape else np.broadcast_to(want, got.shape)
            close(got, total, 1e-13, "of a stretched operand")


def empty(entry):
    """No elements: derivatives without elements, or zeros."""
    xs = entry.empty
    if xs is None:
        pytest.skip("has no value of nothing")
    for got, x in zip(gradient(entry, xs), xs, strict=True):
        assert got.shape == x.shape
        np.testing.assert_array_equal(got, np.zeros(x.shape))
    assert np.shape(pf.jvp(entry.call, xs, xs)[0]) == np.shape(entry.plain(*xs))
    for got, x in zip(product(entry, xs, xs, "forward"), xs, strict=True):
        assert got.shape == x.shape


def one(entry):
    xs = entry.one or (entry.elementwise and tuple(x[:1] for x in entry.arrays()))
    if not xs:
        pytest.skip("wants more than one element")
    want = entry.expected(tuple(xs))
    close(pf.jvp(entry.call, want.xs, want.vs)[1], want.tangent, 10 * entry.rtol, "tangent")
    for k, got in enumerate(gradient(entry, xs)):
        close(got, want.gradient[k], 10 * entry.rtol, f"gradient in {k}")
    if entry.elementwise:
        numbers = tuple(float(x[0]) for x in xs)
        for k, got in enumerate(gradient(entry, numbers)):
            close(got, want.gradient[k][0], 10 * entry.rtol, f"of numbers, gradient in {k}")


def replayed(entry):
    """A compiled function gives the bits of the recorded one, where it was not recorded too."""
    g = one_number(entry.call)
    compiled = pf.compile(g)
    xs = entry.arrays()
    for moved in (xs, tuple(x + 1e-3 * v for x, v in zip(xs, entry.directions(xs), strict=True))):
        wanted = pf.value_and_grad(g, argnums=every(xs))(*moved)
        got = compiled.value_and_grad(*moved, argnums=every(xs))
        np.testing.assert_array_equal(got[0], wanted[0])
        np.testing.assert_array_equal(compiled(*moved), wanted[0])
        for a, b in zip(got[1], wanted[1], strict=True):
            np.testing.assert_array_equal(a, b)


def singular(entry):
    """On kinks and edges: the conventions; no adjoint, no derivative (K1)."""
    if not entry.singular:
        pytest.skip("smooth")
    for xs, slopes in entry.singular:
        with np.errstate(all="ignore"):
            pull = pf.vjp(entry.call, *xs)[1]
            for got, want in zip(pull(1.0), slopes, strict=True):
                np.testing.assert_allclose(got, want, rtol=1e-14, err_msg=f"at {xs}")
            for got in pull(0.0):
                assert np.all(np.asarray(got) == 0), f"at {xs}"


FAMILIES = {
    f.__name__: f
    for f in (
        value,
        jvp,
        vjp,
        second("forward"),
        second("reverse"),
        single,
        strided,
        broadcast,
        empty,
        one,
        replayed,
        singular,
    )
}


@pytest.mark.parametrize("name", TABLE)
@pytest.mark.parametrize("family", FAMILIES)
def test_family(family, name):
    DONE["tried"] += 1
    try:
        FAMILIES[family](TABLE[name])
    except pytest.skip.Exception:
        DONE["without"] += 1
        raise
    DONE["passed"] += 1


def primitives(entry):
    """The names of what is recorded for the function and its second derivative."""
    seen = set()

    def twice(*xs):
        g = one_number(entry.call)
        slopes = pf.grad(g, argnums=every(xs))(*xs)
        _, tangent = pf.jvp(g, xs, xs)
        seen.update(xs[0].recording.primitives())
        return sum(np.sum(s) for s in slopes) + tangent

    try:
        pf.grad(twice)(*entry.arrays())
    except MissingRule:
        assert entry.once
    return seen


@pytest.mark.parametrize("name", TABLE)
def test_an_entry_records_its_primitive(name):
    assert TABLE[name].primitive in primitives(TABLE[name])


def test_the_table_has_every_primitive(tell):
    families, primitive = SOURCE.read_text().split("impl Primitive", 1)
    names = set(re.findall(r'\w+ = "(\w+)"', families))
    names |= set(re.findall(r'Self::\w+ => "(\w+)"', primitive))
    assert names - {entry.primitive for entry in TABLE.values()} == PLUMBING
    failed = DONE["tried"] - DONE["passed"] - DONE["without"]
    tell(
        f"table of primitives: {len(TABLE)} entries x {len(FAMILIES)} families, "
        f"{DONE['passed']} passed, {DONE['without']} do not apply, {failed} failed"
    )
    assert failed == 0
