"""Random programs: pyframe's gradients, tangents and second derivatives against other ways.

2,000 programs, or as many as PYFRAME_FUZZ says, of which every fourth batch branches on traced
values; a tenth of them through JAX besides, where it is installed.
"""

import os

import pytest
from autodiff.fuzz_programs import run

MANY = int(os.environ.get("PYFRAME_FUZZ", "2000"))
BATCHES = 8
# In this process as long as it takes no minutes: others import everything anew.
PROCESSES = 1 if MANY <= 5000 else os.cpu_count()


def seeds(batch, many=MANY):
    return range(batch * many // BATCHES, (batch + 1) * many // BATCHES)


@pytest.mark.fuzz
@pytest.mark.parametrize("batch", range(BATCHES))
def test_agree_with_autograd_complex_steps_and_fifty_digits(batch, tell):
    report = run(
        "pyframe",
        seeds(batch),
        oracles=("reference", "autograd", "complex-step", "fifty-digits"),
        checks=("grad", "jvp", "hvp"),
        branchy=batch % 4 == 3,
        processes=PROCESSES,
    )
    tell(f"random programs, batch {batch}: {report.summary()}")
    assert report.unexplained == 0, report.text()
    assert report.programs == len(seeds(batch))
    assert report.counts["agree"] > 0.95 * report.programs
    assert report.counts["jvp: agree"] > 0.8 * report.programs
    assert report.counts["hvp: agree"] > 0.4 * report.programs


@pytest.mark.fuzz
@pytest.mark.parametrize("batch", range(BATCHES))
def test_agree_with_jax(batch, tell):
    pytest.importorskip("jax")
    report = run(
        "pyframe",
        seeds(batch, MANY // 10),
        oracles=("reference", "jax"),
        shrinking=False,
        processes=PROCESSES,
    )
    tell(f"random programs against JAX, batch {batch}: {report.summary()}")
    assert report.unexplained == 0, report.text()
