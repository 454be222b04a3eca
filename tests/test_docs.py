"""Whoever has only the documentation finds every name, with its formula's source."""

import ast
import inspect
from pathlib import Path

import pytest

import pyframe as pf
from pyframe.results import Status

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
KINDS = ("criterion", "strategy", "initial-step", "direction", "scalar-method")
NEED_NO_SOURCE = {"any", "constant", "exact", "interpolation", "previous", "static", "unit"}
"""What needs no formula, or is our own."""


def described():
    for kind in KINDS:
        for known in pf.plugins(kind):
            if known.distribution == "pyframe" and isinstance(known.record.impl, str):
                yield pytest.param(known.record, id=f"{kind}-{known.name}")


@pytest.mark.parametrize("record", list(described()))
def test_every_built_in_name_has_a_parameter_object_that_says_its_source(record):
    documentation = record.load().__doc__
    assert record.summary
    assert record.name in NEED_NO_SOURCE or "References\n" in documentation


def test_every_module_of_parameter_objects_is_in_the_reference():
    text = (DOCS / "api.md").read_text()
    for module in (pf.criteria, pf.strategies, pf.scalar_methods, pf.initial_steps, pf.directions):
        assert f".. automodule:: {module.__name__}\n" in text


def test_every_public_function_is_on_a_page():
    text = "".join(page.read_text() for page in DOCS.glob("*.md"))
    for name in dir(pf):
        thing = getattr(pf, name)
        if inspect.isfunction(thing) or inspect.isclass(thing):
            whole = f".. automodule:: {thing.__module__}\n"
            assert whole in text or f"pyframe.{name}\n" in text or f"`{name}`" in text, name


def test_each_status_is_documented_by_the_sentence_that_users_see():
    tree = ast.parse((ROOT / "pyframe" / "results.py").read_text())
    (body,) = [node.body for node in tree.body if getattr(node, "name", "") == "Status"]
    sentences = [ast.literal_eval(n.value) for n in body if isinstance(n, ast.Expr)][1:]
    for status, sentence in zip(Status, sentences, strict=True):
        result = pf.ScalarResult(0.0, 0.0, None, 1, 0, 0, (0.0, 0.0), status.value, None, None)
        assert result.message == sentence
