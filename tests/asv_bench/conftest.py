"""The scripts of asv_bench are no package: they are loaded by their path."""

from importlib.util import find_spec, module_from_spec, spec_from_file_location
from pathlib import Path

import pytest

FOLDER = Path(__file__).parents[2] / "asv_bench"


@pytest.fixture
def script():
    def load(name):
        spec = spec_from_file_location(f"asv_bench_{name}", FOLDER / f"{name}.py")
        module = module_from_spec(spec)
        spec.loader.exec_module(module)
        return module

    return load


@pytest.fixture
def asv():
    """The folder of asv, which is never imported here.

    It would bring importlib_metadata, whose finder makes every later look for distributions
    in this process five times as slow.
    """
    found = find_spec("asv")
    if found is None:
        pytest.skip("asv is not installed")
    return Path(found.origin).parent
