"""What formulas look like: each printed as a textbook has it, and read back as the same."""

import numpy as np
import pytest
from matcalc.plain import evaluate

import pyframe as pf

rng = np.random.default_rng(0)


def same_when_read(e):
    shapes = {name: ",".join(e.known[name].shape) for name in e.symbols}
    return pf.matrix(str(e), **shapes).formula.same(e.formula)


@pytest.mark.parametrize(
    ("text", "printed", "latex"),
    [
        ("norm2(A*x - b)^2", "norm2(A*x - b)^2", r"\left\Vert A x - b\right\Vert_{2}^{2}"),
        ("(A*x - b)'*(A*x - b)", "norm2(A*x - b)^2", r"\left\Vert A x - b\right\Vert_{2}^{2}"),
        ("sum((A*x - b).^2)", "norm2(A*x - b)^2", r"\left\Vert A x - b\right\Vert_{2}^{2}"),
        ("inner(A*x - b, A*x - b)", "norm2(A*x - b)^2", r"\left\Vert A x - b\right\Vert_{2}^{2}"),
        ("tr((A - B)*(A - B)')", "norm2(A - B)^2", r"\left\Vert A - B\right\Vert_{F}^{2}"),
        ("x'*A'*A*x", "norm2(A*x)^2", r"\left\Vert A x\right\Vert_{2}^{2}"),
        ("norm2(A*B')^2", "norm2(B*A')^2", r"\left\Vert B A^{\top}\right\Vert_{F}^{2}"),
        (
            "1/norm2(exp(x))^4",
            "1/norm2(exp(x))^4",
            r"\frac{1}{\left\Vert \exp(x)\right\Vert_{2}^{4}}",
        ),
        ("-t*norm2(A*x)^2/3", "-t*norm2(A*x)^2/3", None),
        ("(norm2(A*x)^2 + 1)^1.5", "(norm2(A*x)^2 + 1)^(3/2)", None),
        ("(norm2(A*x)^2)^0.75", "(norm2(A*x)^2)^(3/4)", None),
        # A plain name stays as the Cookbook has it.
        ("norm2(x)^2", "x'*x", r"x^{\top} x"),
        ("norm2(A)^2", "inner(A, A)", r"\langle A, A\rangle"),
        # No square: the factors are no transposes of each other.
        ("x'*A*A*x", "x'*A^2*x", r"x^{\top} A^{2} x"),
    ],
)
def test_squares_of_norms(text, printed, latex):
    shapes = {"A": "n,n", "B": "n,n", "x": "n", "b": "n", "t": ""}
    e = pf.matrix(text, **{name: shapes[name] for name in shapes if name in text.replace("tr", "")})
    assert str(e) == printed
    assert latex is None or e.latex() == latex
    assert same_when_read(e)


def test_residuals_of_symmetric_matrices():
    S, T = (pf.Symbol("n,n", name=name, symmetric=True) for name in "ST")
    e = pf.matrix("tr((S - T)^2)", S=S, T=T)
    assert str(e) == "norm2(S - T)^2"
    assert pf.matrix(str(e), S=S, T=T).formula.same(e.formula)


def test_a_sum_stands_upright_where_it_has_fewer_transposes():
    e = pf.matrix("norm2(A - U*V')^2", A="m,n", U="m,k", V="n,k")
    assert str(e) == "norm2(A - U*V')^2"
    assert str(e.gradient("V")) == "-2*(A - U*V')'*U"


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("sum(diagv(inv(X)))", "tr(inv(X))"),
        ("ones(n)'*diagv(X*inv(Y))", "tr(X*inv(Y))"),
        ("sum(2*diagv(X))", "2*tr(X)"),
        ("sum(diagv(kron(X, Y)))", "tr(X)*tr(Y)"),
        ("sum(diagv(X + Y'))", "tr(X) + tr(Y)"),
        # Terms stand in the order of the text.
        ("X*A + B*X", "X*A + B*X"),
        ("B*X + X*A", "B*X + X*A"),
        ("tr((X - Y)*ones(n, n))", "sum(X) - sum(Y)"),
        ("norm2(X - ones(n)*diagv(A)')^2", "norm2(X - ones(n)*diagv(A)')^2"),
        ("norm2(X.*(Y - A*B'))^2", "norm2(X.*(Y - A*B'))^2"),
        ("sum(A.^2.*B.^2)/3", "norm2(A.*B)^2/3"),
        ("sum(A.^2.*B.^4)", "sum(A.^2.*B.^4)"),
        # A column stands as it is.
        ("A'*B'*X'*diagv(Y) + diagv(X)", "A'*B'*X'*diagv(Y) + diagv(X)"),
        ("(A'*B'*X'*diagv(Y)).*diagv(X)", "diagv(X).*(A'*B'*X'*diagv(Y))"),
        ("A'*X'^2*B*X'^-2", "A'*(X^2)'*B*(X^-2)'"),
        ("(A - B)'*(B - A)", "-(A - B)'*(A - B)"),
        ("tr((A - B)'*(B - A))", "-norm2(A - B)^2"),
    ],
)
def test_values(text, printed):
    shapes = {name: "n,n" for name in "ABXY" if name in text}
    e = pf.matrix(text, **shapes)
    assert str(e) == printed
    assert same_when_read(e)


def test_a_differential_has_no_factor_1():
    e = pf.matrix("exp(sum(G))*t", G="m,n", t="").differential("G")
    assert str(e) == "t*exp(sum(G))*sum(dG)"


def test_a_symmetric_product_stands_as_it_is():
    D = pf.Symbol("n,n", name="D", diagonal=True)
    for text in ("D.*(A'*B + B')", "D.*A'", "A'*B + (D.*A')"):
        e = pf.matrix(text, D=D, **{name: "n,n" for name in "AB" if name in text})
        assert e.formula.alone().same(e.formula)


def test_hessians_of_columns_far_inside():
    e = pf.matrix("sum(x.*(C'*F'*p).^3)", p="n", C="m,n", F="n,m", x="n").hessian("p")
    assert str(e) == "6*F*C*diag(x.*(C'*F'*p))*C'*F'"
    assert e.check()


def test_derivatives_of_powers():
    e = pf.matrix("sum(diagv(inv(X)))", X="n,n").gradient("X")
    assert str(e) == "-(X^-2)'"
    assert e.latex() == r"-(X^{-2})^{\top}"


# -- pi --------------------------------------------------------------------------------------------

PI = [
    ("pi", "pi", r"\pi", np.pi),
    ("2*pi*t", "2*pi*t", r"2 \pi t", 2 * np.pi * 0.5),
    ("3*pi/4", "3*pi/4", r"\frac{3 \pi}{4}", 3 * np.pi / 4),
    ("t/(2*pi)", "t/(2*pi)", r"\frac{1}{2 \pi} t", 0.5 / (2 * np.pi)),
    ("1/pi", "1/pi", r"\frac{1}{\pi}", 1 / np.pi),
    ("log(2*pi)*t/2", "log(2*pi)*t/2", r"\frac{\log(2 \pi)}{2} t", np.log(2 * np.pi) / 4),
    (f"{float(np.log(2 * np.pi) / 2)!r}*t", "log(2*pi)*t/2", None, np.log(2 * np.pi) / 4),
    ("t/sqrt(2*pi)", "t/sqrt(2*pi)", r"\frac{1}{\sqrt{2 \pi}} t", 0.5 / np.sqrt(2 * np.pi)),
    ("5*sqrt(pi)/3", "5*sqrt(pi)/3", None, 5 * np.sqrt(np.pi) / 3),
    ("pi^2*t", f"{float(np.pi**2)!r}*t", None, np.pi**2 / 2),
    ("(2*pi)^(-t/2)", "(2*pi)^(-t/2)", r"(2 \pi)^{-\frac{1}{2} t}", (2 * np.pi) ** -0.25),
    ("sin(pi*t)", "sin(pi*t)", r"\sin(\pi t)", 1.0),
    ("3.14159*t", "3.14159*t", None, 1.570795),
]


@pytest.mark.parametrize(("text", "printed", "latex", "value"), PI)
def test_pi_is_a_number(text, printed, latex, value):
    e = pf.matrix(text, **({"t": ""} if "t" in text.replace("sqrt", "") else {}))
    assert str(e) == printed
    assert latex is None or e.latex() == latex
    assert same_when_read(e)
    given = {"t": 0.5} if e.symbols else {}
    assert float(e(**given)) == pytest.approx(value, rel=1e-15)
    namespace = {}
    exec(e.numpy(), namespace)
    assert float(namespace["f"](**given)) == pytest.approx(value, rel=1e-15)


def test_source_has_numpy_s_pi():
    assert "np.log(2 * np.pi)" in pf.matrix("n*log(2*pi)/2 + sum(x)", x="n").numpy()


def test_every_multiple_of_pi_is_read_back():
    for above in range(1, 65):
        for below in range(1, 65):
            for text in (
                f"{above}*pi/{below}",
                f"{above}*log(2*pi)/{below}*t",
                f"{above}/({below}*pi)",
            ):
                e = pf.matrix(text)
                assert "pi" in str(e)
                assert same_when_read(e)


def test_a_declared_pi_is_the_user_s():
    e = pf.matrix("pi'*x + 3.141592653589793", pi="n", x="n")
    assert e.symbols == ("pi", "x")
    assert str(e) == "pi'*x + 3.141592653589793"
    assert str(pf.matrix("sum(x)*pi", x="pi")) == "sum(x)*pi"
    # Of a text, what is transposed is no number, and a definition is what it says.
    assert pf.matrix("pi'*x").symbols == ("pi", "x")
    assert str(pf.matrix("pi*x where pi = t + 1", t="", x="n")) == "(t + 1)*x"
    t = pf.Symbol("", name="t")
    assert str(t * np.pi) == "pi*t"
    assert str(t * np.pi + pf.Symbol("", name="pi")) == "3.141592653589793*t + pi"


def test_a_gaussian_s_logarithm():
    def log_density(x, m):
        r = x - m
        return -r @ r / 2 - np.log(2 * np.pi) * x.size / 2

    e = pf.matrix(log_density, x="n", m="n")
    assert str(e) == "-norm2(x - m)^2/2 - log(2*pi)*n/2"


# -- projectors ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("X*pinv(X)*X", "X"),
        ("pinv(X)*X*pinv(X)", "pinv(X)"),
        ("pinv(X)'*X'", "X*pinv(X)"),
        ("X'*pinv(X)'", "pinv(X)*X"),
        ("pinv(X')", "pinv(X)'"),
        ("X'*X*pinv(X)", "X'"),
        ("pinv(X)*X*X'", "X'"),
        ("X*pinv(X)*pinv(X)'", "pinv(X)'"),
        ("pinv(X)'*pinv(X)*X", "pinv(X)'"),
        ("(X*pinv(X))^3", "X*pinv(X)"),
        ("(eye(m) - X*pinv(X))'*(eye(m) - X*pinv(X))", "eye(m) - X*pinv(X)"),
        ("(eye(m) - X*pinv(X))*X", "zeros(m, n)"),
        ("(eye(n) - pinv(X)*X)*X'", "zeros(n, m)"),
        ("pinv(X)*(X*pinv(X)*Y - Y)", "zeros(n, n)"),
        ("(X*pinv(X)*Y - Y)'*X", "zeros(n, n)"),
        ("X*pinv(Y)", "X*pinv(Y)"),
        ("X*X*pinv(X)", "X^2*pinv(X)"),
    ],
)
def test_projectors(text, printed):
    rows = "n" if "X*X*" in text else "m"
    shapes = {name: f"{rows},n" for name in "XY" if name in text}
    e = pf.matrix(text, **shapes)
    assert str(e) == printed
    assert same_when_read(e)
    # The simpler form has the values of the text.
    given = {name: rng.normal(size=(5, 5 if rows == "n" else 3)) for name in shapes}
    sizes = {"m": 5, "n": 5 if rows == "n" else 3}
    assert np.allclose(
        e(**{k: given[k] for k in e.known}), evaluate(text, given, sizes), atol=1e-12
    )


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("tr(X*pinv(X))", "zeros(m, n)"),
        ("norm2(pinv(X))^2", "-2*pinv(X)'*pinv(X)*pinv(X)'"),
        ("norm2(Y - X*pinv(X)*Y)^2", "2*(X*pinv(X)*Y - Y)*Y'*pinv(X)'"),
        ("inner(X, X*pinv(X)*X)", "2*X"),
    ],
)
def test_gradients_of_pseudo_inverses(text, printed):
    gradient = pf.matrix(text, **{n: s for n, s in {"X": "m,n", "Y": "m,k"}.items() if n in text})
    gradient = gradient.gradient("X")
    assert str(gradient) == printed
    assert gradient.check()


def test_a_sum_beside_its_multiples_is_taken_out():
    e = pf.matrix("norm2(X - X*W*W')^2", X="m,n", W="n,k")
    assert str(e.gradient("X")) == "2*(X*W*W' - X)*(W*W' - eye(n))"
    assert str(e.gradient("W")) == "2*(X'*(X*W*W' - X) + (X*W*W' - X)'*X)*W"
    assert e.check()
    e = pf.matrix("norm2(X - A*X*B)^2/2", X="m,n", A="m,m", B="n,n").gradient("X")
    assert e.check()


# -- long formulas ---------------------------------------------------------------------------------


def test_long_formulas_are_abbreviated():
    e = pf.matrix("norm2(x/norm2(x) - a)^2", x="n", a="n")
    assert e.latex(abbreviate=True) == e.latex()
    long = e.hessian("x")
    short = long.latex(abbreviate=True)
    assert r"\text{where } \rho = x^{\top} r" in short
    assert r"r = a - s" in short
    assert len(short) < len(long.latex())
    assert long._repr_latex_() == f"${short}$"
    assert "where" not in long.latex()


def test_letters_are_those_that_no_symbol_has():
    e = pf.matrix("norm2(r/norm2(r) - s)^2", r="n", s="n").hessian("r")
    short = e.latex(abbreviate=True)
    assert "u = s - v" in short


def test_short_formulas_have_no_letters():
    e = pf.matrix("norm2(A*x - b)^4", A="m,n").gradient("x")
    assert e.latex(abbreviate=True) == e.latex()


@pytest.mark.parametrize(
    ("text", "printed"),
    [
        ("sin(x)./cos(x)", "tan(x)"),
        ("cos(x)./sin(x)", "1./tan(x)"),
        ("sin(x).^2./cos(x)", "sin(x).*tan(x)"),
        ("cosh(x).^2./sinh(x).^3", "1./(sinh(x).*tanh(x).^2)"),
        ("tr(sinh(s)/cosh(s))", "tanh(s)"),
        ("log(1 - sigmoid(x))", "-softplus(x)"),
        ("log(sigmoid(x))", "-softplus(-x)"),
    ],
)
def test_functions_that_are_one_function(text, printed):
    declared = {"s": "1"} if "s)" in text and "x" not in text else {}
    e = pf.matrix(text, **declared)
    assert str(e) == printed
    if not declared:
        x = np.array([-0.7, 0.3, 1.1])
        np.testing.assert_allclose(e(x=x), evaluate(text, {"x": x}, {})[:, 0], rtol=1e-13)


def test_a_logarithm_of_a_cosh_is_finite_and_so_are_its_derivatives():
    e = pf.matrix("sum(log(cosh(x)))")
    x = np.array([-1000.0, -1.5, 0.0, 1e-9, 0.3, 800.0])
    small = np.abs(x) < 10
    exact = np.where(small, np.log(np.cosh(np.where(small, x, 0.0))), np.abs(x) - np.log(2))
    np.testing.assert_allclose(e(x=x), exact.sum(), rtol=1e-15)
    np.testing.assert_allclose(e.gradient("x")(x=x), np.tanh(x), rtol=1e-15)
    np.testing.assert_allclose(
        e.compile("x", order=2)(x=x)[2], np.diag(1 - np.tanh(x) ** 2), atol=1e-15
    )


@pytest.mark.parametrize(
    "text",
    [
        "-t'*log(sigmoid(A*x)) - (1 - t)'*log(1 - sigmoid(A*x))",
        "t'*softplus(-A*x) + (1 - t)'*softplus(A*x)",
        "sum(log(1 + exp(A*x))) - t'*A*x",
    ],
)
def test_a_logistic_loss_of_labels_0_and_1_has_the_textbook_s_derivatives(text):
    f = pf.matrix(text)
    assert str(f.gradient("x")) == "A'*(sigmoid(A*x) - t)"
    assert str(f.hessian("x")) == "A'*diag(sigmoid(A*x).*(1 - sigmoid(A*x)))*A"
    assert f.gradient("x").check().error < 1e-12


def test_numbers_beside_matrices_show_their_ones_in_latex():
    centred = pf.matrix("(eye(n) - ones(n,n)/n)*X")
    assert r"\frac{\mathbf{1}_{n \times n}}{n}" in centred.latex()
    assert pf.matrix("(1 - tanh(A).^2).*B", A="n,n").latex().count("mathbf") == 0
    assert pf.matrix("1 - y", y="n").latex() == "1 - y"


@pytest.mark.parametrize(
    ("text", "declared", "name", "printed"),
    [
        ("tr(A*log(A))", {"A": "n,n"}, "A", "A'./A + log(A)'"),
        (
            "sum(log(cosh(W*X)))/N - logdet(W)",
            {"X": "n,N", "W": "n,n"},
            "W",
            "tanh(W*X)*X'/N - inv(W)'",
        ),
        ("norm2(X*B' - Y')^2", {}, "X", "2*(B*X' - Y)'*B"),
    ],
)
def test_a_transposed_sum_is_read_term_by_term_where_that_takes_no_more_transposes(
    text, declared, name, printed
):
    gradient = pf.matrix(text, **declared).gradient(name)
    assert str(gradient) == printed
    assert gradient.check().error < 1e-12


def test_a_symmetric_residual_stands_as_one():
    symmetric = pf.Symbol("n,n", symmetric=True)
    X = pf.Symbol("n,n", space="symmetric")
    f = pf.matrix("norm2(A'*X + X*A - X*B*X + Q)^2/2", X=X, B=symmetric, Q=symmetric)
    gradient = f.gradient("X")
    residual = "X*A - X*B*X + A'*X + Q"
    against = "X*B*X - X*A - A'*X - Q"
    assert str(gradient) == (
        f"B*X*({against}) + ({against})*X*B + A*({residual}) + ({residual})*A'"
    )
    assert gradient.check().error < 1e-12
