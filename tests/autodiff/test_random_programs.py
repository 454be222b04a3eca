"""Random programs: pyframe's gradients, tangents and second derivatives against other ways.

2,000 programs, or as many as PYFRAME_FUZZ says, of which every fourth batch branches on traced
values. Of each program are compared

- value and gradient with the reference's, NaN with NaN, and with those of every other oracle that
  has a say: autograd, the complex step off kinks, fifty digits off kinks on programs so small that
  evaluating them over and over is soon done (``light``);
- the tangent along a drawn direction with the gradient times it, where that is finite;
- the Hessian times it with central differences of the reference's gradients, off kinks;

and of an eighth of them value and gradient with JAX's besides, where it is installed. What differs
counts as a fault unless a reason of ``comparing`` names it. ``pytest -s`` shows how far it is.
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


def teller():
    """Prints how far a run is, and each disagreement when it comes."""
    told = 0

    def said(done, report):
        nonlocal told
        news = report.disagreements[told:]
        told += len(news)
        print(report.summary(), *(d.text() for d in news), sep="\n", flush=True)

    return said


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
        progress=teller(),
    )
    print(report.text())
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
        seeds(batch, MANY // 8),
        oracles=("reference", "jax"),
        branchy=batch % 4 == 3,
        shrinking=False,
        processes=PROCESSES,
        progress=teller(),
    )
    print(report.text())
    tell(f"random programs against JAX, batch {batch}: {report.summary()}")
    assert report.unexplained == 0, report.text()
