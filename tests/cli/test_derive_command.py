"""``pyframe derive``."""

import pytest

from pyframe.cli import main

GOOD = [
    (["ln(x'*A*x)", "--wrt", "x"], "(A + A')*x/(x'*A*x)"),
    (["x'*A*x", "--wrt", "x", "--order", "2"], "A + A'"),
    (["A*x", "--wrt", "x"], "A"),
    (["sum(exp(x))"], "exp(x)"),
    (["-x'*x", "--wrt", "x"], "-2*x"),
    (["logdet(X)", "--wrt", "X", "--format", "latex"], r"X^{-\top}"),
    (["logdet(X)", "--format", "markdown"], r"$$X^{-\top}$$"),
    (["x'*x", "--format", "numpy"], "def derivative(x):"),
    (["x'*A*x", "--wrt", "x", "--symbol", "A=n,n:symmetric"], "2*A*x"),
    (["logdet(X)", "--steps"], "certified"),
    (["logdet(X)", "--steps", "--format", "latex"], r"\begin{aligned}"),
    (["logdet(X)", "--steps", "--format", "markdown"], "**Derivative in X**"),
]


@pytest.mark.parametrize(("arguments", "wanted"), GOOD)
def test_derivatives(arguments, wanted, capsys):
    assert main(["derive", *arguments]) == 0
    assert wanted in capsys.readouterr().out


def test_the_symmetric_space(capsys):
    text = "inner(S,X) - logdet(X)"
    assert main(["derive", text, "--wrt", "X", "--space", "symmetric"]) == 0
    found = capsys.readouterr().out
    assert "inv(X)" in found and "inv(X)'" not in found


BAD = [
    ["x'*"],
    ["x'*A*x"],
    ["x'*A*x", "--wrt", "q"],
    ["A*x + b", "--wrt", "x", "--symbol", "A=m,n", "--symbol", "b=k"],
    ["logdet(X)", "--space", "nowhere"],
    ["x", "--symbol", "x"],
    ["x", "--symbol", "x=n", "--symbol", "x=m"],
    ["x", "--symbol", "=n"],
    ["x", "--symbol", "x=n:wide"],
    ["__import__('os')"],
]


@pytest.mark.parametrize("arguments", BAD)
def test_bad_input_ends_with_code_2(arguments, capsys):
    assert main(["derive", *arguments]) == 2
    said = capsys.readouterr().err
    assert said.startswith("pyframe: ") and "Traceback" not in said


def test_bad_options_show_the_usage(capsys):
    with pytest.raises(SystemExit) as ended:
        main(["derive", "x", "--order", "7"])
    assert ended.value.code == 2
    assert "usage" in capsys.readouterr().err
