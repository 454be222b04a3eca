"""A primitive with a rule of one line in all six uses: forward, reverse, differential, gradient,
Hessian and compiled."""

import pickle

import numpy as np
import pytest

import pyframe as pf
from pyframe.errors import (
    FormulaError,
    MissingRule,
    ParameterError,
    ShapeError,
    UnsupportedOperation,
)
from pyframe.matcalc.expression import Expression


@pf.primitive("cube-each")
def cube(x):
    return x**3


pf.rule(cube)(lambda y, x, dx: 3 * x**2 * dx)

A = np.array([[1.0, 2.0, -1.0], [0.5, 0.0, 3.0]])
X = np.array([0.3, -1.2, 2.0])


def plain(x):
    return np.sum((A @ x) ** 3)


def traced(x):
    return np.sum(cube(A @ x))


@pytest.fixture(name="e")
def formula():
    return pf.matrix(lambda x, A: np.sum(cube(A @ x)), x="n", A="m,n")


def test_forward_and_reverse():
    wanted = pf.grad(plain)(X)
    assert np.allclose(pf.grad(traced, mode="forward")(X), wanted, rtol=1e-14)
    assert np.allclose(pf.grad(traced, mode="reverse")(X), wanted, rtol=1e-14)


def test_differential_gradient_and_hessian(e):
    assert str(e.gradient("x")) == "3*A'*(A*x).^2"
    assert str(e.hessian("x")) == "6*A'*diag(A*x)*A"
    dx = np.array([1.0, 0.5, -2.0])
    assert np.isclose(e.differential("x")(A=A, x=X, dx=dx), pf.grad(plain)(X) @ dx, rtol=1e-14)
    assert np.allclose(e.gradient("x")(A=A, x=X), pf.grad(plain)(X), rtol=1e-14)
    assert np.allclose(e.hessian("x")(A=A, x=X), pf.hessian(plain)(X), rtol=1e-13)


@pf.primitive("least-squares", shape=lambda a, b: (a[1],), shapes=((3, 2), (3,)))
def least_squares(a, b):
    return np.linalg.lstsq(a, b)[0]


def test_in_text(e):
    with pytest.raises(FormulaError, match="unknown function 'cube_each'"):
        pf.matrix("sum(cube_each(A*x))", A="m,n", x="n")
    with pf.register(cube), pf.register(least_squares):
        text = pf.matrix("sum(cube_each(A*x))", A="m,n", x="n")
        assert str(text) == str(e) == "sum(cube_each(A*x))"
        assert str(text.gradient("x")) == "3*A'*(A*x).^2"
        assert np.isclose(text(A=A, x=X), plain(X))
        solved = pf.matrix("c'*least_squares(A*B, y)", A="m,n")
        assert list(solved.symbols) == ["c", "A", "B", "y"]
        with pytest.raises(FormulaError, match="least_squares takes something of shape"):
            pf.matrix("least_squares(A, y)", A="m,n", y="n")
        with pytest.raises(FormulaError, match="did you mean 'cube_each'"):
            pf.matrix("cube_eac(x) + cube_each(x)", x="n")


def test_compiled(e):
    value, gradient, hessian = e.compile("x", order=2)(A=A, x=X)
    assert np.isclose(value, plain(X))
    assert np.allclose(gradient, pf.grad(plain)(X), rtol=1e-14)
    assert np.allclose(hessian, pf.hessian(plain)(X), rtol=1e-13)


def test_an_operator_without_a_rule_is_named():
    @pf.primitive("nothing-known")
    def unknown(x):
        return np.sin(x)

    e = pf.matrix(lambda x: np.sum(unknown(x)), x="n")
    assert str(e) == "sum(nothing_known(x))"
    assert np.isclose(e(x=np.ones(2)), 2 * np.sin(1.0))
    with pytest.raises(MissingRule, match=r"nothing.known"):
        e.gradient("x")


@pf.primitive(
    "backslash",
    linear="b",
    shape=lambda a, b: b,
    shapes=((3, 3), (3,)),
    sample=lambda rng, a, b: (
        rng.standard_normal(a) + 4 * np.eye(3),
        rng.standard_normal(b),
    ),
)
def backslash(a, b):
    return np.linalg.solve(a, b)


backslash.transpose(lambda a, v: backslash(a.T, v))
backslash.rule(lambda y, a, b, da, db: backslash(a, db - da @ y))


def test_an_operator_that_is_linear_in_an_operand():
    e = pf.matrix(lambda c, A, b: c @ backslash(A, b), c="n", A="n,n", b="n")
    assert str(e.gradient("A")) == "-backslash(A', c)*backslash(A, b)'"
    assert str(e.gradient("b")) == "backslash(A', c)"
    rng = np.random.default_rng(1)
    values = {"c": rng.random(3), "A": rng.random((3, 3)) + 3 * np.eye(3), "b": rng.random(3)}
    plain = pf.matrix("c'*inv(A)*b", c="n", A="n,n", b="n")
    for name in ("A", "b", "c"):
        wanted = plain.gradient(name)(**values)
        assert np.allclose(e.gradient(name)(**values), wanted, rtol=1e-12)
        assert e.gradient(name).check()
    whole = plain.hessian("A")(**values)
    assert np.allclose(e.hessian("A")(**values), whole, rtol=1e-11)

    def traced(A):
        return values["c"] @ backslash(A, values["b"])

    for mode in ("forward", "reverse"):
        assert np.allclose(
            pf.grad(traced, mode=mode)(values["A"]), plain.gradient("A")(**values), rtol=1e-12
        )
    assert np.allclose(pf.hessian(traced)(values["A"]), whole, rtol=1e-11)


def test_an_operator_without_a_transpose_is_named():
    unfinished = pf.primitive(
        "unfinished-solve",
        linear="b",
        shape=lambda a, b: b,
        shapes=((3, 3), (3,)),
        proof="on-first-use",
    )(np.linalg.solve)
    e = pf.matrix(lambda A, b: np.sum(unfinished(A, b)), A="n,n", b="n")
    assert e.differential("b")(A=np.eye(2), b=np.ones(2), db=np.ones(2)) == 2
    with pytest.raises(MissingRule, match=r"unfinished_solve \(it has no transpose\)"):
        e.gradient("b")
    with pytest.raises(MissingRule, match="has no transpose in 'b'"):
        pf.grad(lambda b: np.sum(unfinished(np.eye(2), b)))(np.ones(2))


def test_the_source_in_numpy_imports_what_it_calls(e):
    source = e.numpy()
    assert f"from {__name__} import cube as cube_each\n" in source
    namespace = {}
    exec(source, namespace)
    assert np.isclose(namespace["f"](x=X, A=A), plain(X))

    @pf.primitive("within-a-test")
    def hidden(x):
        return np.sin(x)

    with pytest.raises(UnsupportedOperation, match="within_a_test has no source"):
        pf.matrix(lambda x: np.sum(hidden(x)), x="n").numpy()


def test_compiled_with_a_hessian_of_four_axes():
    e = pf.matrix(lambda c, A, b: c @ backslash(A, b), c="n", A="n,n", b="n")
    values = {"c": np.array([1.0, -2.0]), "A": np.array([[3.0, 1.0], [0.5, 2.0]]), "b": np.ones(2)}
    value, gradient, hessian = e.compile("A", order=2)(**values)
    assert np.isclose(value, e(**values))
    assert np.array_equal(gradient, e.gradient("A")(**values))
    assert np.array_equal(hessian, e.hessian("A")(**values))
    again = pickle.loads(pickle.dumps(pf.matrix("logdet(X)", X="n,n").compile("X", order=2)))
    assert again(X=np.eye(2))[2].shape == (2, 2, 2, 2)


def test_an_interrupted_rule_is_no_rule():
    broken = pf.primitive("interrupted", proof="on-first-use")(lambda x: np.sin(x))

    @broken.rule
    def rule(y, x, dx):
        if isinstance(x, Expression):
            raise KeyboardInterrupt
        return np.cos(x) * dx

    x = pf.Symbol("n", name="x")
    for _ in range(2):
        with pytest.raises(KeyboardInterrupt):
            broken(x)


def test_formulas_with_functions_from_outside_pickle():
    own = pf.matrix("tr(sqrtm(A))")
    again = pickle.loads(pickle.dumps(own))
    assert again == own
    assert str(again.gradient("A")) == str(own.gradient("A"))


def test_names_of_symbols_and_operators_do_not_collide_in_the_source():
    values = {"A": np.diag([4.0, 9.0]), "sqrtm": 2.0}
    e = pf.matrix("sqrtm*tr(sqrtm(A))", sqrtm="")
    namespace = {}
    exec(e.numpy(), namespace)
    assert namespace["f"](A=values["A"], sqrtm_=2.0) == e(**values) == 10.0
    with pytest.raises(ParameterError, match="another one than 'sqrtm', which the source needs"):
        e.numpy("sqrtm")
    with pytest.raises(ParameterError, match="another one than 'np'"):
        pf.matrix("x'*x", x="n").numpy("np")


def twice(x):
    return 2 * x


NAMES = {"a+exp": "a___exp", "a.exp": "a__exp", "a-exp": "a_exp", "aexp": "aexp"}


def test_primitives_have_names_of_their_own_in_the_language():
    made = {name: pf.primitive(name)(twice) for name in NAMES}
    x, a = pf.Symbol("n", name="x"), pf.Symbol("", name="a")
    values = {"x": np.arange(3.0), "a": 1.0}
    for name, own in made.items():
        e = np.sum(own(x)) + a
        text = f"sum({NAMES[name]}(x)) + a"
        assert f"sum({NAMES[name]}(x))" in str(e) and e(**values) == 7
        with pytest.raises(FormulaError, match="unknown function"):
            pf.matrix(text, x="n", a="")
        with pf.register(own):
            assert pf.matrix(text, x="n", a="") == e
            again = pickle.loads(pickle.dumps(e))
            assert again == e and again(**values) == 7
        namespace = {}
        exec(e.numpy(), namespace)
        assert f"import twice as {NAMES[name]}\n" in e.numpy()
        assert namespace["f"](**values) == 7
    assert len({np.sum(own(x)) for own in made.values()}) == 4


@pytest.mark.parametrize("name", ["np", "scipy", "lambda", "len", "projector"])
def test_names_that_mean_something_else_in_python_stand_in_no_source(name):
    X = pf.Symbol("n,n", name="X")
    e = np.sum(pf.primitive(name)(twice)(X) + X.function("pmax"))
    assert f"{name}(X)" in str(e)
    with pytest.raises(UnsupportedOperation, match=f"{name} has another meaning"):
        e.numpy()


@pytest.mark.parametrize(
    ("shape", "says"),
    [
        (lambda a: (a[0] + 2,), None),
        (lambda a: (2 * a[0],), "2*n"),
        (lambda a: (a[0] * a[0],), "n*n"),
        (lambda a: (7,), "7"),
    ],
)
def test_the_shape_of_a_result_is_a_product_of_sizes(shape, says):
    own = pf.primitive("of-a-shape", shape=shape, shapes=((3,),))(lambda x: np.ones(shape(x.shape)))
    x = pf.Symbol("n", name="x")
    if says is None:
        with pytest.raises(ShapeError, match="no products of numbers and sizes"):
            own(x)
        with pf.register(own), pytest.raises(ShapeError, match="no products"):
            pf.matrix("sum(of_a_shape(x))", x="n")
        assert own(pf.Symbol("5", name="x")).sizes == ("7",)
        return
    assert own(x).sizes == (says,)
    with pf.register(own):
        e = pf.matrix("of_a_shape(x)'*y", x="n", y=says)
        values = {"x": np.ones(3), "y": np.ones(shape((3,)))}
        assert e(**values) == values["y"].size
        with pytest.raises(ShapeError):
            e(x=np.ones(3), y=np.ones(shape((3,))[0] + 1))
