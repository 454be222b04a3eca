"""FAULTS.md, rows H5 to H11: files that are damaged, forged or in the way."""

import ast
import pickle
import resource
import struct
from pathlib import Path

import numpy as np
import pytest

import pyframe as pf
from pyframe.autodiff.loaded import Loaded
from pyframe.errors import LoadError, ParameterError

X = np.array([0.5, -1.5])


@pytest.fixture(scope="module")
def data():
    c = pf.compile(lambda x, k: np.sum(np.sort(x)[::-1] * np.array([1.0, 2.0])) * x[k])
    c(X, 1)
    return c.to_bytes()


def test_h5_each_bit_flipped_and_each_truncation(data):
    for place in range(len(data)):
        with pytest.raises(LoadError):
            Loaded(data[:place])
        for bit in range(8):
            damaged = bytearray(data)
            damaged[place] ^= 1 << bit
            with pytest.raises(LoadError):
                Loaded(bytes(damaged))


def test_h5_random_bytes(data, tmp_path):
    rng = np.random.default_rng(1)
    path = tmp_path / "noise"
    for length in [*range(40), 1000, 100_000]:
        path.write_bytes(rng.bytes(length))
        with pytest.raises(LoadError, match="noise' cannot be loaded"):
            pf.load(path)
        with pytest.raises(LoadError):
            Loaded(data[:32] + rng.bytes(length))


def test_h5_memory_before_the_checksum_passes(tmp_path):
    size = 50 << 20
    path = tmp_path / "large"
    header = b"pyframe\n" + struct.pack("<IIQQ", 1, 0, size, 0)
    with path.open("wb") as file:
        file.write(header)
        file.truncate(size + 32)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with pytest.raises(LoadError, match="checksum"):
        pf.load(path)
    assert resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before < 2 * size / 1024


def test_h6_lengths_that_are_not_true(data):
    (length,) = struct.unpack_from("<Q", data, 16)
    for wrong in (0, length - 1, length + 1, 2**63, 2**64 - 1):
        with pytest.raises(LoadError, match="should follow"):
            Loaded(data[:16] + struct.pack("<Q", wrong) + data[24:])


def test_h8_a_newer_version(data):
    newer = data[:8] + struct.pack("<I", 2) + data[12:]
    with pytest.raises(LoadError, match="version 2, and version 1 is the newest"):
        Loaded(newer)


def test_h9_a_pickle_holds_the_byte_form_and_files_are_not_unpickled(tmp_path, data):
    loaded = Loaded(data)
    again = pickle.loads(pickle.dumps(loaded))
    assert again(X, 1) == loaded(X, 1)
    assert data[:8] in pickle.dumps(loaded)

    class Malicious:
        def __reduce__(self):
            return Path.touch, (tmp_path / "touched",)

    path = tmp_path / "pickle"
    path.write_bytes(pickle.dumps(Malicious()))
    with pytest.raises(LoadError):
        pf.load(path)
    assert not (tmp_path / "touched").exists()


def test_h10_nothing_is_unpickled_or_evaluated():
    package = Path(pf.__file__).parent
    for path in package.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import | ast.ImportFrom):
                named = {alias.name for alias in node.names} | {getattr(node, "module", None)}
                assert not named & {"pickle", "marshal", "shelve", "dill", "cloudpickle"}, path
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
                assert node.func.id not in {"eval", "exec"}, path
            if isinstance(node, ast.keyword):
                assert node.arg != "allow_pickle", path


def test_h11_device_files_are_refused():
    for name in ("/dev/null", "/dev/zero"):
        with pytest.raises(LoadError, match="not a regular file"):
            pf.load(name)
    c = pf.compile(np.sin)
    c(1.0)
    with pytest.raises(ParameterError, match="not a regular file"):
        c.save("/dev/null")
