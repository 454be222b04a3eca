"""Texts that are refused, each at its place and at once (FAULTS H1 to H4); sizes that follow."""

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import pyframe as pf
from pyframe.errors import FormulaError

SHAPES = {"A": "m,n", "S": "n,n", "x": "n", "y": "n", "b": "k", "c": ""}

# The text, what the caret stands under, and a part of the reason.
WRONG = [
    ("", "", "the text is empty"),
    ("(x + y", "(", "never closed"),
    ("x + y)", ")", "no parenthesis is open here"),
    ("x +", "", "an operand is missing after +"),
    ("x + * y", "*", "an operand is missing before *"),
    ("x y", "y", "an operator is missing between x and y"),
    ("2x", "2x", "a product is written with *"),
    ("S**x", "**", "a power is written ^ or .^"),
    ("S@x", "@", "the matrix product is written *"),
    ("c^c^c", "^", "write (a^b)^c or a^(b^c)"),
    ("9**9**9**9", "**", "a power is written"),
    ("9^9^9^9", "^", "can be read in two ways"),
    ("S^2'", "'", "write (a^b)' or a^(b')"),
    ("x == y", "=", "there are no comparisons"),
    ("[x, y]", "[", "matrices have names"),
    ("x.T", ".", "there are no attributes"),
    ("x.__class__.__bases__", ".", "a point begins a number"),
    ("__import__('os').system('id')", "_", "a name begins with a letter"),
    ("eval('1')", "eval", "unknown function 'eval'"),
    ("lambda t: t", "t", "an operator is missing between lambda and t"),
    ("f'{x}'", "{", "there are no brackets but ( )"),
    ('"x"', '"', "there are no strings"),
    ("x\x00", "?", "U+0000"),
    ("\u0430*x", "?", "U+0430"),
    ("x \u202e y", "?", "U+202E"),
    ("x + \ud800", "?", "has no meaning here"),
    ("\u03b1*x", "?", "write alpha"),
    ("1.2.3", "1.2.", "one decimal point"),
    ("1e999999999", "1e999999999", "too large"),
    ("1e-999", "1e-999", "too small"),
    ("c/0", "/", "the right side is zero"),
    ("9^999", "^", "no finite number"),
    ("log_det(S)", "log_det", "did you mean 'logdet'?"),
    ("exp + 1", "exp", "exp is a function"),
    ("inner(x)", "inner", "inner takes 2 arguments, not 1"),
    ("exp(x, y)", "exp", "exp takes 1 argument, not 2 or more"),
    ("A*x + b", "+", "the left side is m, the right side is k"),
    ("A*b", "*", "the left side is m x n, the right side is k"),
    ("x*y", "*", "the inner product is x'*y"),
    ("A.*S", ".*", "the left side is m x n, the right side is n x n"),
    ("max(x, b)", "max", "the first is n, the second is k"),
    ("x/S", "/", "a matrix is inverted by inv(...)"),
    ("x^2", "^", "the power of each element is .^"),
    ("S^0.5", "^", "whole powers"),
    ("c^x", "^", "the exponent of ^ is a scalar: x is n"),
    ("det(A)", "det", "det takes a square matrix: A is m x n"),
    ("inner(A, S)", "inner", "the first is m x n, the second is n x n"),
    ("diag(S)", "diag", "diag takes a vector"),
    ("vec(A) + b", "+", "the left side is m*n, the right side is k"),
    ("eye(c)", "c", "a size is needed here"),
    ("eye(n + 1)", "+", "a size is a name"),
    ("t*z", "*", "'t', whose size is not declared, is taken for a vector"),
    ("inv(zeros(n, n))", "inv", "zero has no inverse"),
    ("((S*S*A'*A)^1000)^1000", "^", "more than 10000 factors"),
]

LARGE = {
    "a megabyte": "x + " * 250_000,
    "ten megabytes of another alphabet": "\u0430" * 5_000_000,
    "a million parentheses": "(" * 1_000_000,
    "depth ten thousand": "(" * 10_000 + "x" + ")" * 10_000,
    "ten thousand signs": "-" * 10_000 + "x",
    "a hundred thousand digits": "9" * 100_000,
    "fifty thousand terms": "x+" * 49_999 + "x",
    "a long sum that ends badly": "A*x + " * 12_000 + "b",
    "a long product that ends badly": "x*y'*" * 10_000 + "b",
    "many names": "+".join(f"a{k}" for k in range(16_000)),
    "names in many terms": "+".join(f"a{k % 290}*2" for k in range(12_000)) + "+A*A",
}


@pytest.mark.parametrize(("text", "marked", "reason"), WRONG, ids=[repr(row[0]) for row in WRONG])
def test_the_reason_and_the_place(text, marked, reason):
    used = {name: shape for name, shape in SHAPES.items() if name in text}
    with pytest.raises(FormulaError) as error:
        pf.matrix(text, **used)
    message, line, caret = str(error.value).split("\n")
    assert reason in message
    start, end = caret.index("^"), len(caret)
    assert line[start:end].strip() == marked


def test_a_factor_that_is_taken_for_a_scalar_is_named():
    with pytest.raises(FormulaError, match=r"'theta', whose size .* is taken for a scalar"):
        pf.matrix("norm2(X*theta - y)^2")


@pytest.mark.parametrize("name", LARGE)
def test_large_texts_are_refused_at_once(name):
    pf.matrix("x'*x")
    used = {own: shape for own, shape in SHAPES.items() if own in LARGE[name]}
    seconds = []
    for _ in range(3):
        start = time.perf_counter()
        with pytest.raises(FormulaError) as error:
            pf.matrix(LARGE[name], **used)
        seconds.append(time.perf_counter() - start)
    assert min(seconds) < 0.1
    assert len(str(error.value)) < 600


@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), st.text("xyASbcn123.*/^'()+-, ", max_size=40)))
def test_any_text_is_read_or_refused_with_its_place(text):
    try:
        shown = str(pf.matrix(text))
    except FormulaError as error:
        shown = str(error)
        shown = shown if shown.endswith("^") else ""
    assert shown


@pytest.mark.parametrize(
    ("text", "shapes"),
    [
        ("inner(x, A*x) - b'*x + c", {"x": "n", "A": "n,n", "b": "n", "c": ""}),
        ("ln(x'*A*x)", {"x": "n", "A": "n,n"}),
        ("inner(S, X) - logdet(X)", {"S": "n,n", "X": "n,n"}),
        ("norm2(A*x - b)^2", {"A": "m,n", "x": "n", "b": "m"}),
        ("sum(log(1 + exp(-y.*(A*x))))", {"y": "m", "A": "m,n", "x": "n"}),
        ("kron(B', A)*vec(X)", {"B": "m,n", "A": "p,k", "X": "k,m"}),
    ],
)
def test_sizes_that_follow_are_those_that_would_be_declared(text, shapes):
    assert pf.matrix(text) == pf.matrix(text, **shapes)
