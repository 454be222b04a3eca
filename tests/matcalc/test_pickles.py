"""Formulas as bytes: what comes back is the same; forged bytes are refused (FAULTS H5 to H9)."""

import pickle

import numpy as np
import pytest
from matcalc.random_expressions import generate

import pyframe as pf
from pyframe import _core
from pyframe.errors import LoadError, UnknownNameError, UnsupportedOperation
from pyframe.matcalc.expression import Expression


def again(own):
    return pickle.loads(pickle.dumps(own))


def function(drawn):
    symbols = {
        name: pf.Symbol(own.sizes, **dict.fromkeys(own.properties, True))
        for name, own in drawn.symbols.items()
    }
    return pf.matrix(drawn.text, **symbols)


@pytest.mark.parametrize("batch", range(4))
def test_random_formulas_and_their_derivatives_come_back(batch):
    made = 0
    for seed in range(100 * batch, 100 * batch + 100):
        drawn = generate(seed)
        try:
            own = function(drawn)
            parts = [own, own.differential(drawn.variable), own.derivative(drawn.variable)]
        except UnsupportedOperation:
            continue
        made += 1
        for part in parts:
            back = again(part)
            assert str(back) == str(part), drawn
            assert back.sizes == part.sizes
            if isinstance(part, Expression):
                names = list(part.known)
                assert back.formula.to_bytes(names) == part.formula.to_bytes(names), drawn
        value = again(parts[2])(**drawn.values)
        np.testing.assert_allclose(
            value, parts[2](**drawn.values), 1e-12, 1e-12, err_msg=str(drawn)
        )
    assert made > 80


def test_the_differential_of_a_symbol_is_still_one():
    e = pf.matrix("x'*A*x", A="n,n", x="n")
    back = again(e.differential("x"))
    assert back.known["dx"].of == "x"
    assert back.holds_differential("x")
    assert str(back.differential("x")) == str(e.differential("x").differential("x"))
    assert str(back.gradient("A")) == str(e.differential("x").gradient("A"))
    alone = again(pf.matrix("c'*x", c="n", x="n").differential("x"))
    assert alone.known["dx"].of == "x"
    assert alone.check()


def test_what_it_is_the_derivative_of_comes_back():
    e = pf.matrix("logdet(X)", X=pf.Symbol("n,n", space="symmetric"))
    for own in (e.gradient("X"), e.hessian("X"), e.differential("X")):
        assert again(own).check().ok
        assert again(again(own)).origin[1] == "X"


def test_a_symbol_that_cancels_is_still_known():
    e = pf.matrix("x - x + y", x="n", y="n")
    back = again(e)
    assert back.known.keys() == e.known.keys()
    assert again(back.jacobian("x")) == e.jacobian("x")


def test_a_formula_whose_text_is_cut_off_pickles():
    large = pf.matrix("sin(" * 200 + "x" + ")" * 200, x="").hessian("x")
    assert str(large).endswith(" parts)")
    back = again(large)
    assert back == large
    assert back(x=0.3) == large(x=0.3)


def test_operators_from_outside_must_be_known():
    with pf.register(pf.primitive("halved-here")(lambda x: x / 2)):
        e = pf.matrix("sum(halved_here(x))", x="n")
        data = pickle.dumps(e)
        assert pickle.loads(data) == e
    with pytest.raises(UnknownNameError, match="calls 'halved_here', and no primitive"):
        pickle.loads(data)


def sealed(data):
    """Bytes whose checksum is right again."""
    total = 0xCBF29CE484222325
    for byte in data[:24] + data[32:]:
        total = ((total ^ byte) * 0x100000001B3) % 2**64
    return data[:24] + total.to_bytes(8, "little") + data[32:]


FORMULAS = (
    pf.matrix("x'*inv(A)*x + sum(exp(x)) + normp(x, 3)", A="n,n", x="n").hessian("x"),
    pf.matrix("logdet(kron(A, B)) + tr(expm(A))", A="n,n", B="n,n").gradient("A"),
)


def tried(data):
    """The formula of some bytes, if it is one; whatever they are, it can be shown and run."""
    try:
        formula, _ = _core.Formula.from_bytes(data, [])
    except LoadError:
        return None
    str(formula)
    formula.latex()
    return formula


@pytest.mark.parametrize("own", FORMULAS, ids=str)
def test_h5_bytes_that_are_cut_or_flipped(own):
    data, _ = own.formula.to_bytes([])
    assert tried(data).same(own.formula)
    assert all(tried(data[:end]) is None for end in range(len(data)))
    for place in range(len(data)):
        for bit in range(8):
            flipped = bytearray(data)
            flipped[place] ^= 1 << bit
            assert tried(bytes(flipped)) is None


@pytest.mark.parametrize("own", FORMULAS, ids=str)
def test_h7_forged_bytes_are_verified(own):
    data, _ = own.formula.to_bytes([])
    rng = np.random.default_rng(7)
    kept = 0
    for _ in range(3000):
        forged = bytearray(data)
        for place in rng.integers(32, len(data), rng.integers(1, 4)):
            forged[place] = rng.integers(256)
        kept += tried(sealed(bytes(forged))) is not None
    assert kept > 0


def test_h6_lengths_are_compared_with_what_is_left():
    data, _ = FORMULAS[0].formula.to_bytes([])
    many = data[:32] + (2**32 - 1).to_bytes(4, "little") + data[36:]
    with pytest.raises(LoadError, match="do not fit into"):
        _core.Formula.from_bytes(sealed(many), [])
    with pytest.raises(LoadError, match="no file of pyframe"):
        _core.Formula.from_bytes(b"\x80\x04cos\nsystem\n(S'true'\ntR." + bytes(40), [])
