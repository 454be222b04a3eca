"""Group H: text from outside, and what is shown of it; files are in ``test_h_files``."""

import os
import re
import subprocess
import sys
import tomllib
import xml.etree.ElementTree as ET
from pathlib import Path

import numpy as np
import pytest

import pyframe as pf
from pyframe.autodiff.loaded import Loaded
from pyframe.errors import FormulaError, ParameterError, PyframeError, RecordError

ROOT = Path(__file__).parents[2]

CODE = [
    "x.__class__", "__import__('os')", "lambda x: x", "f'{x}'", "x[0]", "eval(x)", "exec('1')",
    "x if y else z", "x; y", "import os", "x.T", "np.sin(x)", "getattr(x, 'y')", "x := 1", "`ls`",
    "$(ls)", "x**2", "x@y", "{x}", "open('/etc/passwd')", "x\\y", "x == y", "not x", "x and y",
    "yield(x)", "print(x)", "os.system(x)", "#x", "x # y", "x = y", '"x"', "x\n;y", "%x", "x & y",
]  # fmt: skip


@pytest.mark.parametrize("text", CODE)
def test_h1_code_is_no_formula(text):
    with pytest.raises(FormulaError, match=r"\^"):
        pf.matrix(text)


LOOK_ALIKES = [
    "\u0430*x", "x\u202ey", "\u200bx", "x\uff0by", "\uff58", "x \u2212 y", "x\xd7y", "\ufeffx",
    "x\xa0+y", "x'\u2032", "x\x00y", "x\ud800", "\x1b[31mx", "x\u2028+y", "\U0001d465", "x\x7f",
]  # fmt: skip


@pytest.mark.parametrize("text", LOOK_ALIKES, ids=ascii)
def test_h3_look_alikes_and_marks_are_refused_with_their_place(text):
    with pytest.raises(FormulaError, match=r"the character U\+") as caught:
        pf.matrix(text)
    shown = str(caught.value)
    assert shown.isascii()
    _, line, caret = shown.split("\n")
    odd = next(place for place, sign in enumerate(text) if not " " <= sign <= "~")
    assert caret.index("^") - 4 == odd
    assert "?" in line


def test_h4_every_error_has_a_reason_a_place_and_a_caret():
    rng = np.random.default_rng(4)
    signs = [*"xyAB()'*+-^.,/ 12=%", "inv(", "tr(", ".*", "exp(", " where ", "eye(n)", "det"]
    refused = []
    for _ in range(3000):
        text = "".join(rng.choice(signs, rng.integers(1, 12)))
        try:
            pf.matrix(text)
        except FormulaError as error:
            refused.append(str(error))
    assert len(refused) > 1000
    for shown in refused:
        reason, line, caret = shown.rsplit("\n", 2)
        assert reason.strip()
        assert re.fullmatch(r" {4} *\^+", caret), shown
        assert caret.index("^") <= len(line), shown


def sealed(data):
    """A file whose checksum is right again."""
    total = 0xCBF29CE484222325
    for byte in data[:24] + data[32:]:
        total = ((total ^ byte) * 0x100000001B3) % 2**64
    return data[:24] + total.to_bytes(8, "little") + data[32:]


def test_h7_what_a_forged_file_says_is_verified():
    c = pf.compile(lambda x, k: np.sum(np.sort(x)[::-1] * np.array([1.0, 2.0])) * x[k])
    x = np.array([0.5, -1.5])
    c(x, 1)
    data = c.to_bytes()
    assert sealed(data) == data
    refused = 0
    for place in range(32, len(data)):
        for value in (0, 1, 127, 255, data[place] ^ 1):
            forged = sealed(data[:place] + bytes([value]) + data[place + 1 :])
            try:
                Loaded(forged)(x, 1)
            except PyframeError:
                refused += 1
    assert refused > len(data)


WORK = """
import numpy as np, pyframe as pf
c = pf.compile(lambda x: np.sum(np.exp(x) ** 2))
c(np.ones(3)), c.grad(np.ones(3))
pf.matrix("logdet(X)").compile("X")(X=np.eye(2))
"""


def run_in(folder, **variables):
    paths = [str(ROOT), *filter(None, [os.environ.get("PYTHONPATH")])]
    named = {key: str(folder) for key in ("HOME", "XDG_CACHE_HOME", "TMPDIR", "XDG_DATA_HOME")}
    fixed = {"PYTHONDONTWRITEBYTECODE": "1", "PYTHONPATH": os.pathsep.join(paths)}
    return subprocess.run(
        [sys.executable, "-c", WORK],
        env={**os.environ, **named, **fixed, **variables},
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
    )


def test_h12_nothing_that_is_compiled_is_kept_on_disk(tmp_path):
    found = run_in(tmp_path)
    assert not found.returncode, found.stderr
    assert not list(tmp_path.rglob("*"))


@pytest.mark.parametrize(
    "variable",
    ["PYFRAME_PLUGINS", "PYFRAME_DISABLE_PLUGINS", "PYFRAME_THREADS", "PYFRAME_TRACE_PLUGINS"],
)
def test_h13_no_environment_variable_is_executed(tmp_path, variable):
    touch = f"__import__('pathlib').Path({str(tmp_path / 'touched')!r}).touch()"
    for value in (touch, f"$(touch {tmp_path / 'touched'})", str(tmp_path / "plugin.py")):
        (tmp_path / "plugin.py").write_text(touch)
        run_in(tmp_path, **{variable: value})
        assert not (tmp_path / "touched").exists()


NAMES = ["<script>alert(1)</script>", 'x"y', "x\ny", "a\\b", "$x$", "x}{y", "é", "x y", ""]


@pytest.mark.parametrize("name", NAMES)
def test_h14_names_are_words(name):
    with pytest.raises(ParameterError, match="is no name"):
        pf.Symbol("n", name=name or " ")
    with pytest.raises(RecordError):
        pf.primitive(name)(np.sin)


def test_h14_pictures_are_well_formed():
    picture = pf.draw(lambda x: np.where(x < 2.0, x, 0.0), np.array([1.0, 3.0]))
    assert "x < 2" in "".join(ET.fromstring(picture.svg).itertext())
    assert "x &lt; 2" in picture.dot
    assert "x < 2" not in picture.dot + picture.svg


def test_h15_what_notebooks_show_is_escaped():
    e = pf.matrix("a_b_1'*X_2*a_b_1 + n*less_", a_b_1="n", X_2="n,n", less_="")
    for shown in (e._repr_latex_(), e.gradient("a_b_1").derivation("a_b_1")._repr_latex_()):
        assert "<" not in shown
        assert not re.search(r"(?<![\\{}\w])_[a-z]", shown)
        assert shown.count("{") - shown.count(r"\{") == shown.count("}") - shown.count(r"\}")
    assert "<script" not in e.derivation("a_b_1")._repr_markdown_()


def test_h20_what_the_build_takes_is_pinned():
    lock = tomllib.loads((ROOT / "Cargo.lock").read_text())
    for package in lock["package"]:
        if "source" in package:
            assert package["source"].startswith("registry+https://github.com/rust-lang/crates.io")
            assert len(package["checksum"]) == 64, package["name"]
    assert not list((ROOT / "rust").rglob("build.rs"))
