"""What the documentation shows is what happens."""

import doctest
import re
from importlib import import_module
from pathlib import Path

import matplotlib as mpl
import pytest

mpl.use("Agg")

ROOT = Path(__file__).parents[1]


def modules():
    """The modules whose docstrings have examples."""
    for path in sorted((ROOT / "pyframe").rglob("*.py")):
        place = path.relative_to(ROOT).with_suffix("")
        if "template" not in place.parts and ">>> " in path.read_text(encoding="utf-8"):
            parts = place.parts[:-1] if place.name == "__init__" else place.parts
            yield ".".join(parts)


def blocks(page, fence):
    """The code of a page of Markdown, with the page's own line numbers."""
    text = (ROOT / page).read_text(encoding="utf-8")
    for found in re.finditer(
        rf"^```{re.escape(fence)}\n(.*?)^```$", text, re.DOTALL | re.MULTILINE
    ):
        options = re.match(r"(:tags: .*\n)?", found[1])[0]
        if "remove-input" not in options:
            code = found[1].removeprefix(options)
            yield "\n" * text[: found.start()].count("\n") + code


@pytest.mark.parametrize("name", list(modules()))
def test_docstrings(name):
    failures = doctest.testmod(import_module(name), optionflags=doctest.NORMALIZE_WHITESPACE)
    assert failures.attempted
    assert failures.failed == 0


@pytest.mark.parametrize(
    ("page", "fence"), [("README.md", "python"), ("docs/derivatives.md", "{code-cell}")]
)
def test_pages(page, fence, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    names = {"__name__": "__main__"}
    found = list(blocks(page, fence))
    assert found
    for code in found:
        exec(compile(code, page, "exec"), names)
