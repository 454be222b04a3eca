"""NumPy source, run, against plain NumPy and compiled evaluation; text is read back."""

import inspect

import numpy as np
import pytest
from matcalc.plain import evaluate, names
from matcalc.random_expressions import SIZES, generate
from matcalc.sources import source

import pyframe as pf


def run(e, values):
    """The value that the source of an expression gives."""
    namespace = {}
    exec(e.numpy("f"), namespace)
    f = namespace["f"]
    return f(*(values.get(name, SIZES.get(name)) for name in inspect.signature(f).parameters))


def drawn_expression(seed):
    """What was drawn, its symbols, and the expression; nothing where no value has a size."""
    drawn = generate(seed)
    known = {size for own in drawn.symbols.values() for size in own.sizes.split(",")}
    if not {name for name in names(drawn.text) if name in SIZES} <= known:
        return drawn, {}, None
    symbols = {}
    for name, own in drawn.symbols.items():
        space = None if own.space == "general" else own.space
        symbols[name] = pf.Symbol(own.sizes, space=space, **dict.fromkeys(own.properties, True))
    return drawn, symbols, pf.matrix(drawn.text, **symbols)


def agree(found, wanted):
    scale = max(1.0, float(np.max(np.abs(wanted), initial=0.0)))
    close = np.allclose(found, wanted, rtol=1e-8, atol=1e-9 * scale)
    return np.shape(found) == np.shape(wanted) and close


@pytest.mark.parametrize("block", range(5))
def test_source_of_random_expressions_against_plain_numpy(block):
    for seed in range(100 * block, 100 * block + 100):
        drawn, _, e = drawn_expression(seed)
        if e is None:
            continue
        with np.errstate(all="ignore"):
            found, wanted = run(e, drawn.values), evaluate(drawn.text, drawn.values, SIZES)
        assert agree(found, np.reshape(wanted, np.shape(found))), f"{drawn}\n{e.numpy()}"
        assert np.shape(found) == e(**drawn.values).shape, f"{drawn}\n{e.numpy()}"


@pytest.mark.parametrize("block", range(5))
def test_text_of_random_expressions_is_read_back(block):
    for seed in range(100 * block, 100 * block + 100):
        drawn, symbols, e = drawn_expression(seed)
        if e is None:
            continue
        known = {size for name in e.symbols for size in drawn.symbols[name].sizes.split(",")}
        if not {name for name in names(str(e)) if name in SIZES} <= known:
            continue
        back = pf.matrix(str(e), **{name: symbols[name] for name in e.symbols})
        values = {name: drawn.values[name] for name in e.symbols}
        with np.errstate(all="ignore"):
            assert agree(back(**values), e(**values)), f"{drawn}\n{e}"


VALUES = {
    "x": np.array([0.3, -1.2, 0.7]),
    "y": np.array([1.0, -1.0, 1.0]),
    "b": np.array([0.4, 2.0]),
    "A": np.array([[0.5, 1.5, -0.3], [2.0, 0.1, 0.9]]),
    "X": np.array([[2.0, 0.3, -0.4], [0.1, 1.5, 0.2], [-0.3, 0.6, 1.8]]),
    "S": np.array([[1.0, 0.2, 0.5], [-0.2, 2.0, 0.1], [0.7, 0.3, 1.0]]),
}
SHAPES = {"x": "n", "y": "n", "b": "m", "A": "m,n", "X": "n,n", "S": "n,n"}


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("inner(x, X*x) - y'*x + 2", "x"),
        ("ln(inner(x, X*x)^2 + 1)", "x"),
        ("inner(S, X) - logdet(X)", "X"),
        ("sum(log(1 + exp(-y.*x)))", "x"),
        ("norm2(A*x - b)^2", "x"),
        ("norm2(A*x - b)", "A"),
        ("norm1(A*x - b)", "x"),
        ("det(X)", "X"),
        ("tr(inv(X)*S)", "X"),
        ("inner(S, expm(X))", "X"),
        ("nuc(A)", "A"),
        ("norms(A)", "A"),
        ("lmax(X + X')", "X"),
        ("lmin(X*X')", "X"),
        ("max(A)", "A"),
        ("min(x)", "x"),
        ("logsumexp(X*x)", "x"),
        ("y'*softmax(X*x)", "x"),
        ("sum(max(x, y).^2)", "x"),
        ("sum(relu(A*x - b))", "A"),
        ("normp(x, 3)", "x"),
        ("y'*inv(X)'*inv(X)*y", "X"),
        ("tr(X^3) + tr(X^-2)", "X"),
        ("sum(A'*b)", "A"),
        ("sum(diagv(X*S).*x)", "X"),
        ("inner(S, diag(x)*X*diag(x))", "x"),
        ("tr(pinv(A)*A*X)", "X"),
    ],
)
def test_source_of_gradients(text, name):
    value = pf.matrix(text, **{own: shape for own, shape in SHAPES.items() if own in names(text)})
    gradient = value.gradient(name)
    values = {own: VALUES[own] for own in value.symbols}
    for e in (value, gradient):
        assert agree(run(e, VALUES), e(**values)), e.numpy()


def test_source_uses_solve_and_shares():
    e = pf.matrix("inner(S, X) - logdet(X)", S="n,n", X="n,n")
    assert e.gradient("X").numpy("gradient") == (
        "import numpy as np\n\n\ndef gradient(S, X):\n    return S - np.linalg.inv(X).T\n"
    )
    e = pf.matrix("b'*inv(X)*b", b="n", X="n,n")
    assert "inv" not in e.numpy()


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("x^1.5", {"x": -2.0}),
        ("abs(x^1.5)", {"x": -2.0}),
        ("1/x", {"x": 0.0}),
        ("x^y", {"x": 10.0, "y": 400.0}),
    ],
)
def test_numbers_of_python_are_numpys(text, values):
    e = pf.matrix(text, **dict.fromkeys(values, ""))
    np.testing.assert_array_equal(source(e)(**values), e(**values))
    for derivative in (e.gradient("x"), e.derivative("x", "x")):
        np.testing.assert_array_equal(source(derivative)(**values), derivative(**values))


def test_columns_of_nothing():
    gradient = pf.matrix("sum(kron(eye(n), z')*vec(C))", C="m,n", z="m").gradient("C")
    assert source(gradient)(C=np.zeros((0, 3)), z=np.zeros(0)).shape == (0, 3)
