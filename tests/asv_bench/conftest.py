"""The scripts of asv_bench are no package: they are loaded by their path."""

from importlib.util import module_from_spec, spec_from_file_location
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
