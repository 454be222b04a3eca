"""JAX with its primitives evaluated by NumPy gives what JAX as it is gives."""

import json
import subprocess
import sys

import numpy as np
import pytest
from autodiff.libraries import library
from autodiff.programs import generate, quiet

SEEDS = range(700_000, 700_012)
AS_IT_IS = """
import json, sys
import jax
from autodiff import jax_numpy
jax_numpy.install = lambda: None
from autodiff.test_jax_numpy import answers
print(json.dumps(answers()))
"""


def answers():
    """Value and gradients of each program; None where JAX has no say."""
    jax, found = library("jax"), []
    for seed in SEEDS:
        program = generate(seed, nodes=8, kind="plain")
        f = program.function(jax.np, jax.sp)
        try:
            with quiet():
                value, grads = jax.value_and_grad(f, program.arguments())
            found.append([value, *(np.asarray(g).tolist() for g in grads)])
        except Exception:  # noqa: BLE001 - the other way must have none either
            found.append(None)
    return found


@pytest.mark.fuzz
@pytest.mark.timeout(600)
def test_primitives_by_numpy_are_those_of_xla():
    pytest.importorskip("jax")
    told = subprocess.run(
        [sys.executable, "-c", AS_IT_IS],
        env={"PYTHONPATH": ":".join(p for p in sys.path if p)},
        capture_output=True,
        text=True,
        check=True,
        timeout=600,
    )
    compiled = json.loads(told.stdout.splitlines()[-1])
    for mine, theirs in zip(answers(), compiled, strict=True):
        assert (mine is None) == (theirs is None)
        for a, b in zip(mine or [], theirs or [], strict=True):
            np.testing.assert_allclose(a, b, rtol=1e-9, atol=1e-12)
    assert sum(a is not None for a in compiled) >= 6
