"""How SymPy's answers to the Cookbook's table are judged."""

import pytest
from matcalc.against_sympy import outcome
from matcalc.cookbook import TABLE


def row(function, kind="gradient"):
    return next(row for row in TABLE if (row.function, row.kind) == (function, kind))


@pytest.mark.parametrize(
    ("function", "kind", "verdict"),
    [
        ("x'*A*x + b'*x", "gradient", "right"),
        ("tr(A*inv(X)*B)", "gradient", "right"),
        ("A*X*B", "kronecker", "right"),
        ("logdet(X)", "gradient", "wrong"),
        ("x'*A*x/(x'*x)", "gradient", "wrong"),
        ("det(X)", "gradient", "refused"),
        ("norm2(x - a)", "gradient", "refused"),
    ],
)
@pytest.mark.filterwarnings("ignore")
def test_verdicts(function, kind, verdict):
    assert outcome(row(function, kind)).verdict == verdict
