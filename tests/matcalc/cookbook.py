"""Derivatives as a textbook gives them: The Matrix Cookbook's sections 2.1 to 2.8 as a table.

K. B. Petersen, M. S. Pedersen: The Matrix Cookbook, version of 15 November 2012; the first column
is its equation's number. Each row has a function, what the textbook says its derivative is (both
in the library's language) and the declarations of names, of which the first is the variable;
names that are not declared are as ``USUAL`` says. Where the Cookbook assumes an inverse or
symmetry, it is declared. Of a differential ``df`` the direction of X is ``dX``.

Section 2.8 has its derivatives in spaces: there a gradient lies in the space itself (as the
projection of the general one), and the Cookbook's view, one derivative for each independent
entry, is the space ``symmetric-entries``.
"""

from __future__ import annotations

from dataclasses import dataclass

from matcalc.plain import names

# Names that a row does not declare.
USUAL = {
    **dict.fromkeys("abcdsx", "n"),
    **dict.fromkeys("ABCDW", "n,n"),
    "t": "",
}

PROPERTIES = {
    "invertible",
    "symmetric",
    "skew",
    "diagonal",
    "orthogonal",
    "upper_triangular",
    "positive",
    "positive_definite",
}


@dataclass(frozen=True)
class Symbol:
    """A declaration: its sizes, what is assumed of it, and its space."""

    sizes: str
    properties: frozenset[str] = frozenset()
    space: str = "general"


@dataclass(frozen=True, eq=False)
class Row:
    """One line of the table; ``kind`` says which derivative is given."""

    equation: str
    function: str
    textbook: str
    symbols: dict[str, Symbol]
    kind: str

    @property
    def variable(self):
        return next(iter(self.symbols))

    def __str__(self):
        return f"({self.equation}) {self.kind} of {self.function} in {self.variable}"


def symbol(text):
    """``n,n symmetric in symmetric-entries``: sizes, properties, a space after ``in``."""
    words, _, space = text.partition(" in ")
    properties = PROPERTIES.intersection(words.split())
    sizes = "".join(word for word in words.split() if word not in properties)
    return Symbol(sizes, frozenset(properties), space or "general")


def row(kind, equation, function, textbook, declared):
    """A row of the table, with the usual declarations of names that are in it."""
    symbols = {}
    for part in declared.split("; "):
        name, _, text = part.partition(":")
        symbols[name] = symbol(text.strip())
    sizes = {size for own in symbols.values() for size in own.sizes.split(",")}
    for name in names(function):
        if name not in symbols and name in USUAL:
            symbols[name] = symbol(USUAL[name])
    for name in names(function) + names(textbook):
        if name not in symbols and name not in sizes | {"n"} and name[0] != "d":
            raise ValueError(f"{name} of {function!r} is not declared")
    return Row(equation, function, textbook, symbols, kind)


INVERTIBLE = "X: n,n invertible"
BOTH_INVERTIBLE = "X: n,n invertible; A: n,n invertible"
ALL_INVERTIBLE = f"{BOTH_INVERTIBLE}; B: n,n invertible"
DEFINITE_LINE = "t: positive; A: n,n positive_definite; B: n,n positive_definite"

GRADIENTS = [
    # 2.1 Determinants
    ("46", "det(A + t*B)", "det(A + t*B)*tr(inv(A + t*B)*B)", DEFINITE_LINE),
    ("49", "det(X)", "det(X)*inv(X)'", INVERTIBLE),
    ("51", "det(A*X*B)", "det(A*X*B)*inv(X)'", ALL_INVERTIBLE),
    ("51", "det(A*X)", "det(A*X)*inv(X)'", BOTH_INVERTIBLE),
    ("51", "det(A*X*B)", "det(A*X*B)*inv(X)'", "X: n,n invertible; A: n,n; B: n,n"),
    ("52", "det(X'*A*X)", "2*det(X'*A*X)*inv(X)'", BOTH_INVERTIBLE),
    ("52", "det(X'*X)", "2*det(X'*X)*inv(X)'", INVERTIBLE),
    ("53", "det(X'*A*X)", "2*det(X'*A*X)*A*X*inv(X'*A*X)", "X: m,n; A: m,m positive_definite"),
    (
        "54",
        "det(X'*A*X)",
        "det(X'*A*X)*(A*X*inv(X'*A*X) + A'*X*inv(X'*A'*X))",
        "X: m,n; A: m,m",
    ),
    ("55", "log(det(X'*X))", "2*pinv(X)'", "X: m,n"),
    ("55", "logdet(X'*X)", "2*inv(X)'", INVERTIBLE),
    ("56", "-logdet(X*X')", "-2*pinv(X)'", "X: n,m"),
    ("57", "log(abs(det(X)))", "inv(X)'", INVERTIBLE),
    ("57", "logdet(X)", "inv(X)'", INVERTIBLE),
    ("58", "det(X^2)", "2*det(X^2)*inv(X)'", INVERTIBLE),
    ("58", "det(X^3)", "3*det(X^3)*inv(X)'", INVERTIBLE),
    ("58", "logdet(A*X^3)", "3*inv(X)'", BOTH_INVERTIBLE),
    # 2.2 The inverse
    ("61", "a'*inv(X)*b", "-inv(X)'*a*b'*inv(X)'", INVERTIBLE),
    ("61", "a'*inv(X)*a", "-inv(X)*a*a'*inv(X)", "X: n,n positive_definite"),
    ("62", "det(inv(X))", "-det(inv(X))*inv(X)'", INVERTIBLE),
    ("63", "tr(A*inv(X)*B)", "-(inv(X)*B*A*inv(X))'", INVERTIBLE),
    ("64", "tr(inv(X + A))", "-(inv(X + A)*inv(X + A))'", "X: n,n; A: n,n"),
    ("65", "inner(C, inv(X))", "-inv(X)'*C*inv(X)'", INVERTIBLE),
    ("65", "a'*inv(A + t*B)*b", "-a'*inv(A + t*B)*B*inv(A + t*B)*b", DEFINITE_LINE),
    # 2.3 Eigenvalues
    ("65", "tr(X)", "eye(n)", "X: n,n"),
    ("66", "det(X)", "det(X)*inv(X)'", INVERTIBLE),
    ("67", "lmax(X)", "pmax(X)", "X: n,n symmetric"),
    ("67", "lmin(X)", "pmin(X)", "X: n,n symmetric"),
    # 2.4 Matrices, vectors and scalars: first order
    ("69", "x'*a", "a", "x: n"),
    ("69", "a'*x", "a", "x: n"),
    ("70", "a'*X*b", "a*b'", "X: m,n; a: m"),
    ("71", "a'*X'*b", "b*a'", "X: m,n; b: m"),
    ("72", "a'*X*a", "a*a'", "X: n,n"),
    ("72", "a'*X'*a", "a*a'", "X: n,n"),
    # second order
    ("76", "sum(X)^2", "2*sum(X)*ones(m, n)", "X: m,n"),
    ("77", "b'*X'*X*c", "X*(b*c' + c*b')", "X: m,n"),
    ("78", "(B*x + b)'*C*(D*x + d)", "B'*C*(D*x + d) + D'*C'*(B*x + b)", "x: n"),
    (
        "78",
        "(B*x + b)'*C*(D*x + d)",
        "B'*C*(D*x + d) + D'*C'*(B*x + b)",
        "x: n; B: m,n; b: m; C: m,k; D: k,n; d: k",
    ),
    ("81", "x'*B*x", "(B + B')*x", "x: n"),
    ("81", "x'*B*x", "2*B*x", "x: n; B: n,n symmetric"),
    ("82", "b'*X'*D*X*c", "D'*X*b*c' + D*X*c*b'", "X: m,n; D: m,m"),
    ("83", "(X*b + c)'*D*(X*b + c)", "(D + D')*(X*b + c)*b'", "X: m,n; c: m; D: m,m"),
    ("84", "(x - A*s)'*W*(x - A*s)", "-2*A'*W*(x - A*s)", "s: n; A: k,n; x: k; W: k,k symmetric"),
    ("85", "(x - s)'*W*(x - s)", "2*W*(x - s)", "x: n; W: n,n symmetric"),
    ("86", "(x - s)'*W*(x - s)", "-2*W*(x - s)", "s: n; W: n,n symmetric"),
    ("87", "(x - A*s)'*W*(x - A*s)", "2*W*(x - A*s)", "x: k; A: k,n; W: k,k symmetric"),
    ("88", "(x - A*s)'*W*(x - A*s)", "-2*W*(x - A*s)*s'", "A: k,n; x: k; W: k,k symmetric"),
    # higher order and not linear
    ("91", "a'*X^2*b", "a*b'*X' + X'*a*b'", "X: n,n"),
    ("91", "a'*X^3*b", "a*b'*(X^2)' + X'*a*b'*X' + (X^2)'*a*b'", "X: n,n"),
    (
        "92",
        "a'*(X^2)'*X^2*b",
        "X^2*b*a'*X' + X'*X^2*b*a' + X^2*a*b'*X' + X'*X^2*a*b'",  # the print transposes two
        "X: n,n",
    ),
    ("94", "sin(x)'*A*cos(x)", "cos(x).*(A*cos(x)) - sin(x).*(A'*sin(x))", "x: n"),
    ("94", "exp(x)'*A*x", "exp(x).*(A*x) + A'*exp(x)", "x: n"),
    (
        "95",
        "(A*x)'*(A*x)/((B*x)'*(B*x))",
        "2*A'*A*x/(x'*B'*B*x) - 2*x'*A'*A*x/(x'*B'*B*x)^2*B'*B*x",
        "x: n",
    ),
    ("95", "x'*A*x/(x'*x)", "(A + A')*x/(x'*x) - 2*x'*A*x/(x'*x)^2*x", "x: n"),
    ("97", "x'*A*x + b'*x", "(A + A')*x + b", "x: n"),
    # 2.5 Traces: first order
    ("99", "tr(X)", "eye(n)", "X: n,n"),
    ("100", "tr(X*A)", "A'", "X: m,n; A: n,m"),
    ("101", "tr(A*X*B)", "A'*B'", "X: m,n; A: k,m; B: n,k"),
    ("102", "tr(A*X'*B)", "B*A", "X: m,n; A: k,n; B: m,k"),
    ("103", "tr(X'*A)", "A", "X: m,n; A: m,n"),
    ("104", "tr(A*X')", "A", "X: m,n; A: m,n"),
    ("105", "tr(kron(A, X))", "tr(A)*eye(n)", "X: n,n; A: m,m"),
    # second order
    ("106", "tr(X^2)", "2*X'", "X: n,n"),
    ("107", "tr(X^2*B)", "(X*B + B*X)'", "X: n,n"),
    ("108", "tr(X'*B*X)", "B*X + B'*X", "X: m,n; B: m,m"),
    ("109", "tr(B*X*X')", "B*X + B'*X", "X: m,n; B: m,m"),
    ("110", "tr(X*X'*B)", "B*X + B'*X", "X: m,n; B: m,m"),
    ("111", "tr(X*B*X')", "X*B' + X*B", "X: m,n; B: n,n"),
    ("112", "tr(B*X'*X)", "X*B' + X*B", "X: m,n; B: n,n"),
    ("113", "tr(X'*X*B)", "X*B' + X*B", "X: m,n; B: n,n"),
    ("114", "tr(A*X*B*X)", "A'*X'*B' + B'*X'*A'", "X: m,n; A: n,m; B: n,m"),
    ("115", "tr(X'*X)", "2*X", "X: m,n"),
    ("115", "tr(X*X')", "2*X", "X: m,n"),
    ("116", "tr(B'*X'*C*X*B)", "C'*X*B*B' + C*X*B*B'", "X: m,n; C: m,m; B: n,k"),
    ("117", "tr(X'*B*X*C)", "B*X*C + B'*X*C'", "X: m,n; B: m,m; C: n,n"),
    ("118", "tr(A*X*B*X'*C)", "A'*C'*X*B' + C*A*X*B", "X: m,n; A: k,m; B: n,n; C: m,k"),
    (
        "119",
        "tr((A*X*B + C)*(A*X*B + C)')",
        "2*A'*(A*X*B + C)*B'",
        "X: m,n; A: k,m; B: n,k; C: k,k",
    ),
    ("120", "tr(kron(X, X))", "2*tr(X)*eye(n)", "X: n,n"),
    # higher order
    ("121", "tr(X^3)", "3*(X^2)'", "X: n,n"),
    ("121", "tr(X^4)", "4*(X^3)'", "X: n,n"),
    ("122", "tr(A*X^2)", "(A*X)' + (X*A)'", "X: n,n"),
    ("122", "tr(A*X^3)", "(X^2*A + X*A*X + A*X^2)'", "X: n,n"),
    (
        "123",
        "tr(B'*X'*C*X*X'*C*X*B)",
        "C*X*X'*C*X*B*B' + C'*X*B*B'*X'*C'*X + C*X*B*B'*X'*C*X + C'*X*X'*C'*X*B*B'",
        "X: m,n; B: n,k; C: m,m",
    ),
    # others
    ("124", "tr(A*inv(X)*B)", "-inv(X)'*A'*B'*inv(X)'", INVERTIBLE),
    (
        "125",
        "tr(inv(X'*C*X)*A)",
        "-C*X*inv(X'*C*X)*(A + A')*inv(X'*C*X)",
        "X: m,n; C: m,m positive_definite",
    ),
    (
        "126",
        "tr(inv(X'*C*X)*(X'*B*X))",
        "-2*C*X*inv(X'*C*X)*X'*B*X*inv(X'*C*X) + 2*B*X*inv(X'*C*X)",
        "X: m,n; B: m,m symmetric; C: m,m positive_definite",
    ),
    (
        "127",
        "tr(inv(A + X'*C*X)*(X'*B*X))",
        "-2*C*X*inv(A + X'*C*X)*X'*B*X*inv(A + X'*C*X) + 2*B*X*inv(A + X'*C*X)",
        "X: m,n; A: n,n positive_definite; B: m,m symmetric; C: m,m positive_definite",
    ),
    ("128", "tr(expm(X))", "expm(X)'", "X: n,n"),
    # 2.6 Norms of vectors
    ("129", "norm2(x - a)", "(x - a)/norm2(x - a)", "x: n"),
    ("129", "norm2(A*x - b)", "A'*(A*x - b)/norm2(A*x - b)", "x: n; A: m,n; b: m"),
    ("131", "norm2(x)^2", "2*x", "x: n"),
    ("131", "norm2(x'*x)", "2*x", "x: n"),
    ("131", "norm2(A*x - b)^2", "2*A'*(A*x - b)", "x: n; A: m,n; b: m"),
    # 2.7 Norms of matrices
    ("132", "norm2(X)^2", "2*X", "X: m,n"),
    ("132", "tr(X*X')", "2*X", "X: m,n"),
    ("132", "norm2(A*X - B)^2", "2*A'*(A*X - B)", "X: m,n; A: k,m; B: k,n"),
    ("132", "norm2(X)", "X/norm2(X)", "X: m,n"),
    # 2.8 Structured matrices: symmetric, the Cookbook's view
    ("139", "tr(A*X)", "A + A' - A.*eye(n)", "X: n,n in symmetric-entries"),
    (
        "140",
        "det(X)",
        "det(X)*(2*inv(X) - inv(X).*eye(n))",
        "X: n,n positive_definite in symmetric-entries",
    ),
    (
        "141",
        "logdet(X)",
        "2*inv(X) - inv(X).*eye(n)",
        "X: n,n positive_definite in symmetric-entries",
    ),
    # the gradient in the space
    ("139", "tr(A*X)", "(A + A')/2", "X: n,n in symmetric"),
    ("140", "det(X)", "det(X)*inv(X)", "X: n,n positive_definite in symmetric"),
    ("141", "logdet(X)", "inv(X)", "X: n,n positive_definite in symmetric"),
    ("141", "inner(A, X) - logdet(X)", "(A + A')/2 - inv(X)", "X: n,n invertible in symmetric"),
    ("142", "tr(A*X)", "A.*eye(n)", "X: n,n in diagonal"),
    ("143", "tr(A*X)", "toeplitz(A')", "X: n,n in toeplitz"),
]

DIFFERENTIALS = [
    ("34", "t*X", "t*dX", "X: m,n"),
    ("36", "tr(X)", "tr(dX)", "X: n,n"),
    ("37", "X*A*X", "dX*A*X + X*A*dX", "X: n,n"),
    ("38", "A.*X", "A.*dX", "X: m,n; A: m,n"),
    ("39", "kron(A, X)", "kron(A, dX)", "X: m,n"),
    ("40", "inv(X)", "-inv(X)*dX*inv(X)", INVERTIBLE),
    ("42", "det(X)", "det(X)*tr(inv(X)*dX)", INVERTIBLE),
    ("43", "logdet(X)", "tr(inv(X)*dX)", INVERTIBLE),
    ("44", "X'", "dX'", "X: m,n"),
    ("59", "A*inv(X)*B", "-A*inv(X)*dX*inv(X)*B", INVERTIBLE),
    ("75", "X'*A", "dX'*A", "X: m,n; A: m,k"),
    ("80", "X'*B*X", "X'*B*dX + dX'*B*X", "X: m,n; B: m,m"),
    ("89", "X^3", "dX*X^2 + X*dX*X + X^2*dX", "X: n,n"),
]

JACOBIANS = [
    ("73", "x", "eye(n)", "x: n"),
    ("74", "A*x", "A", "x: n; A: m,n"),
    (
        "130",
        "(x - a)/norm2(x - a)",
        "eye(n)/norm2(x - a) - (x - a)*(x - a)'/norm2(x - a)^3",
        "x: n",
    ),
    ("94", "sin(A*x)", "diag(cos(A*x))*A", "x: n; A: m,n"),
    ("59", "inv(A + t*B)*a", "-inv(A + t*B)*B*inv(A + t*B)*a", DEFINITE_LINE),
]

# Of vec(f) in vec(X), column by column.
KRONECKERS = [
    ("60", "inv(X)", "-kron(inv(X)', inv(X))", INVERTIBLE),
    ("73", "X", "eye(m*n)", "X: m,n"),
    ("74", "X*A", "kron(A', eye(m))", "X: m,n; A: n,k"),
    ("74", "A*X*B", "kron(B', A)", "X: m,n; A: k,m; B: n,p"),
    ("89", "X^2", "kron(X', eye(n)) + kron(eye(n), X)", "X: n,n"),
    ("89", "X^3", "kron((X^2)', eye(n)) + kron(X', X) + kron(eye(n), X^2)", "X: n,n"),
]

HESSIANS = [
    (
        "48",
        "det(A + t*B)",
        "det(A + t*B)*(tr(inv(A + t*B)*B)^2 - tr(inv(A + t*B)*B*inv(A + t*B)*B))",
        DEFINITE_LINE,
    ),
    ("98", "x'*A*x + b'*x", "A + A'", "x: n"),
    ("98", "x'*A*x", "2*A", "x: n; A: n,n symmetric"),
    ("130", "norm2(x - a)^2", "2*eye(n)", "x: n"),
    ("130", "norm2(x - a)", "eye(n)/norm2(x - a) - (x - a)*(x - a)'/norm2(x - a)^3", "x: n"),
]

TABLE = [
    row(kind, *entries)
    for kind, rows in [
        ("gradient", GRADIENTS),
        ("differential", DIFFERENTIALS),
        ("jacobian", JACOBIANS),
        ("kronecker", KRONECKERS),
        ("hessian", HESSIANS),
    ]
    for entries in rows
]
