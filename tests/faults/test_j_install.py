"""FAULTS.md, group J: building, installing and versions.  One test a row, named by it."""

# Rows that wait for what is not built yet, and what is tested in their place:
#
# row   waits for                                 tested now
# J1    a clean machine (its time and memory)     the wheel from a checkout, in a new place
# J7    aarch64                                   a processor without AVX, emulated
# J8    the build of the wheels to publish        the wheel says which C library it needs
# J10   machine code made at run time             no memory is ever made executable

import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tomllib
import zipfile
from importlib import metadata
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.specifiers import SpecifierSet
from packaging.tags import compatible_tags, cpython_tags
from packaging.utils import parse_wheel_filename

import pyframe as pf

ROOT = Path(__file__).parents[2]
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
WORKSPACE = tomllib.loads((ROOT / "Cargo.toml").read_text("utf-8"))
CARGO = shutil.which("cargo")
EMULATOR = shutil.which("qemu-x86_64")
with_cargo = pytest.mark.skipif(CARGO is None, reason="takes cargo")
USE = "import math, pyframe as pf; print(pf.minimize_scalar(math.cosh, (-1, 2)).success)"


def run(*command, cwd=ROOT, **environment):
    return subprocess.run(
        [str(part) for part in command],
        env={**os.environ, **{k: str(v) for k, v in environment.items()}},
        cwd=cwd,
        capture_output=True,
        text=True,
        timeout=110,
    )


@pytest.fixture(scope="module")
def wheel(tmp_path_factory):
    """The wheel, built without the network from what `make` has compiled."""
    if CARGO is None:
        pytest.skip("takes cargo")
    folder = tmp_path_factory.mktemp("wheel")
    command = ("maturin", "build", "--release", "--locked", "--offline", "--out", folder)
    done = run(sys.executable, "-m", *command)
    assert done.returncode == 0, done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """A folder with the wheel in it and nothing else of this project."""
    folder = tmp_path_factory.mktemp("site")
    options = ("--no-index", "--no-deps", "--quiet", "--target", folder)
    done = run(sys.executable, "-m", "pip", "install", *options, wheel)
    assert done.returncode == 0, done.stderr
    return folder


def tags(wheel):
    return parse_wheel_filename(wheel.name)[3]


def test_j01_a_wheel_from_the_checkout_works_elsewhere(installed, tmp_path):
    code = USE + "; print(pf.__file__)"
    done = run(sys.executable, "-c", code, cwd=tmp_path, PYTHONPATH=installed)
    works, where = done.stdout.splitlines()
    assert (works, Path(where).parent.parent) == ("True", installed)


def test_j01_the_wheel_holds_what_is_needed_and_nothing_else(wheel):
    names = zipfile.ZipFile(wheel).namelist()
    wanted = {"pyframe/_core.abi3.so", "pyframe/py.typed", "pyframe/_core.pyi"}
    wanted |= {"pyframe/__init__.pyi", "pyframe/demo/data/breast_cancer.csv"}
    assert wanted <= set(names)
    data = r"registry/template/.*|.*\.(py|pyi|typed|so|csv(\.gz)?|md)"
    ours = rf"pyframe/({data})|pyframe-[\d.]+\.dist-info/.*"
    assert [name for name in names if not re.fullmatch(ours, name)] == []


def test_j01_little_is_needed():
    assert [Requirement(r).name for r in PROJECT["build-system"]["requires"]] == ["maturin"]
    needed = {Requirement(r).name for r in PROJECT["project"]["dependencies"]}
    assert needed == {"lazy-loader", "numpy", "pluggy"}
    assert (ROOT / "Cargo.lock").exists()


@with_cargo
def test_j02_without_the_network_and_without_crates_the_text_is_clear(tmp_path):
    command = (CARGO, "metadata", "--offline", "--locked", "--format-version", "1")
    done = run(*command, CARGO_HOME=tmp_path)
    assert done.returncode != 0
    assert "you're using offline mode (--offline)" in done.stderr


@with_cargo
def test_j03_every_crate_says_the_oldest_compiler():
    done = run(CARGO, "metadata", "--no-deps", "--offline", "--locked", "--format-version", "1")
    versions = {p["name"]: p["rust_version"] for p in json.loads(done.stdout)["packages"]}
    assert len(versions) == len(WORKSPACE["workspace"]["members"])
    assert set(versions.values()) == {WORKSPACE["workspace"]["package"]["rust-version"]}


@with_cargo
def test_j03_an_older_compiler_is_refused_before_anything_is_compiled(tmp_path):
    old = tmp_path / "rustc"
    old.write_text(
        '#!/bin/sh\ncase "$*" in *-vV*)\n'
        "rustc -vV | sed 's/^rustc 1[0-9.]*/rustc 1.70.0/; s/^release: .*/release: 1.70.0/';;\n"
        '*) exec rustc "$@";; esac\n',
        encoding="utf-8",
    )
    old.chmod(0o755)
    target = ("--target-dir", tmp_path / "target")
    done = run(CARGO, "check", "--offline", "--locked", *target, RUSTC=old)
    assert done.returncode != 0
    least = re.escape(WORKSPACE["workspace"]["package"]["rust-version"])
    assert re.search(r"rustc 1\.70\.0 is not supported", done.stderr)
    assert re.search(rf"pyframe-linesearch@[\d.]+ requires rustc {least}", done.stderr)
    assert "Compiling" not in done.stderr


def test_j04_no_rust_and_a_source_build_says_what_to_install(tmp_path):
    without = os.pathsep.join(
        folder
        for folder in os.environ["PATH"].split(os.pathsep)
        if not (Path(folder) / "cargo").exists()
    )
    options = ("--no-index", "--no-deps", "--no-build-isolation", "--wheel-dir", tmp_path)
    done = run(
        *(sys.executable, "-m", "pip", "wheel", *options, ROOT),
        PATH=without,
        MATURIN_NO_INSTALL_RUST="1",
    )
    assert done.returncode != 0
    said = " ".join((done.stdout + done.stderr).split())
    assert "This package requires Rust and Cargo to compile extensions." in said
    assert "https://rustup.rs/" in said


@pytest.fixture
def sources(tmp_path):
    """The Python part alone."""
    ignored = shutil.ignore_patterns("*.so", "__pycache__")
    shutil.copytree(ROOT / "pyframe", tmp_path / "pyframe", ignore=ignored)
    return tmp_path


def imported(folder):
    done = run(sys.executable, "-S", "-c", "import pyframe", cwd=folder, PYTHONPATH=site())
    assert done.returncode == 1
    return done.stderr.splitlines()[-1]


def site():
    """Where the libraries are, without the hooks of editable installations."""
    return next(path for path in sys.path if path.endswith("site-packages"))


def test_j04_without_the_compiled_part_the_text_says_how_to_build_it(sources):
    said = imported(sources)
    assert said.startswith("ImportError: the compiled part of pyframe cannot be loaded (")
    assert "build it with 'make demo' or 'pip install -e .'" in said
    assert "that takes cargo and a C compiler" in said
    assert "run Python from another directory than the source tree" in said


def requirement(name):
    given = map(Requirement, PROJECT["project"]["dependencies"])
    return next(r.specifier for r in given if r.name == name)


@pytest.mark.parametrize(
    ("version", "accepted"), [("1.26.4", False), ("2.0.0", True), ("2.4.6", True)]
)
def test_j05_numpy_2_is_supported_and_numpy_1_refused(version, accepted):
    assert requirement("numpy").contains(version) == accepted
    declared = map(Requirement, metadata.requires("pyframe") or ())
    assert next(r for r in declared if r.name == "numpy").specifier == requirement("numpy")


@pytest.mark.parametrize(
    ("version", "accepted"), [("3.10.14", False), ("3.11.0", True), ("3.14.1", True)]
)
def test_j06_older_pythons_are_refused(version, accepted):
    for declared in (
        PROJECT["project"]["requires-python"],
        metadata.metadata("pyframe")["Requires-Python"],
    ):
        assert SpecifierSet(declared).contains(version) == accepted


# Which Pythons the wheel is for: (version, ABIs) of CPython's, or those of another.
PYTHONS = {
    "3.10": (cpython_tags((3, 10), ["cp310"]), False),
    "3.11": (cpython_tags((3, 11), ["cp311"]), True),
    "3.11 debug build": (cpython_tags((3, 11), ["cp311d"]), True),
    "3.14": (cpython_tags((3, 14), ["cp314"]), True),
    "3.14 free-threaded": (cpython_tags((3, 14), ["cp314t"]), False),
    "PyPy 3.11": (compatible_tags((3, 11), "pp311"), False),
}


@pytest.mark.parametrize("python", PYTHONS)
def test_j06_the_wheel_is_for_pythons_it_works_in(wheel, python):
    known, fits = PYTHONS[python]
    ours = {(tag.interpreter, tag.abi) for tag in tags(wheel)}
    assert bool(ours & {(tag.interpreter, tag.abi) for tag in known}) == fits


def test_j07_the_baseline_instructions_are_compiled_for():
    assert list(ROOT.glob("**/.cargo/config*")) == []
    built = [ROOT / name for name in ("Makefile", "pyproject.toml", "Cargo.toml", ".ci/run")]
    built += ROOT.glob("rust/**/Cargo.toml")
    built += ROOT.glob("rust/**/*.rs")
    special = r"target-cpu|target-feature|target_feature|RUSTFLAGS"
    assert [path for path in built if re.search(special, path.read_text("utf-8"))] == []


# Products and factorisations choose AVX kernels when the processor has it: run where it has not.
BASELINE_USE = """
import numpy as np, pyframe as pf
x = np.arange(1.0, 26.0).reshape(5, 5)
spd = x @ x.T + np.eye(5)
for f in (np.matmul, np.linalg.solve):
    found = pf.grad(lambda a: np.sum(np.exp(0.001 * f(a, x.T))))(spd)
    assert np.isfinite(found).all()
print(pf.minimize(lambda x: np.sum(np.cosh(x)), np.ones(40)).success)
"""


@pytest.mark.skipif(
    EMULATOR is None or platform.machine() != "x86_64",
    reason="takes qemu-x86_64 (Debian: qemu-user) on x86-64",
)
@pytest.mark.timeout(120)
def test_j07_a_processor_without_avx_will_do(installed):
    command = (EMULATOR, "-cpu", "Nehalem", sys.executable, "-c", BASELINE_USE)
    done = run(*command, cwd=installed)
    assert done.returncode == 0, done.stderr
    assert done.stdout == "True\n"


@pytest.mark.skipif(sys.platform != "linux", reason="of Linux")
def test_j08_the_wheel_says_which_c_library_it_needs(wheel):
    # A wheel that maturin's audit cannot vouch for is called "linux_...", and PyPI refuses it.
    platforms = [tag.platform for tag in tags(wheel)]
    assert [p for p in platforms if not re.match(r"(many|musl)linux_\d+_\d+_", p)] == []


@pytest.mark.skipif(sys.platform != "linux", reason="of Linux")
def test_j08_only_the_system_s_libraries_are_linked(wheel, tmp_path):
    library = Path(zipfile.ZipFile(wheel).extract("pyframe/_core.abi3.so", tmp_path))
    needed = set(re.findall(rb"\0(lib[\w+-]+|ld-[\w-]+)\.so[.\d]*(?=\0)", library.read_bytes()))
    assert (
        {b"libc"}
        <= needed
        <= {b"libc", b"libm", b"libgcc_s", b"libpthread", b"libdl"}
        | {name for name in needed if name.startswith(b"ld-")}
    )


@pytest.mark.parametrize("version", ["0.0.9", "99.0"])
def test_j09_two_versions_do_not_work_together(sources, version):
    (sources / "pyframe/_core.py").write_text(f"__version__ = {version!r}\n", encoding="utf-8")
    assert imported(sources) == (
        f"ImportError: the compiled part of pyframe is version {version}, the Python part "
        f"{pf.__version__}: reinstall pyframe, or rebuild with 'make demo' in a source tree"
    )


def test_j09_there_is_one_version():
    assert pf.__version__ == WORKSPACE["workspace"]["package"]["version"]
    assert pf._core.__version__ == metadata.version("pyframe") == pf.__version__


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_j10_no_memory_is_made_executable(tmp_path):
    code = f"""
def executable():
    maps = [line.split() for line in open("/proc/self/maps")]
    return {{line[0] for line in maps if "x" in line[1] and (len(line) < 6 or "w" in line[1])}}
import numpy
before = executable()
{USE}
pf.minimize(lambda x: float(x @ x), [1.0, 2.0], lambda x: 2 * x)
print(executable() - before)
"""
    done = run(sys.executable, "-c", code, cwd=tmp_path)
    assert done.stdout.splitlines() == ["True", "set()"]
