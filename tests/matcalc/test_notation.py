"""What formulas look like: each printed as a textbook has it, and read back as the same."""

import pytest

import pyframe as pf


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
