"""The same work in other libraries: one interleaved run on one core, answers checked first.

    python asv_bench/peers/run.py                   # all of it, about a minute
    python asv_bench/peers/run.py --only brent,lbfgs --rounds 400

Exits 1 when a target is missed, and 2 when two libraries disagree on an answer.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections.abc import Sequence
from importlib import import_module

# Before anything loads NumPy: its thread pools read these once.
for _variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[_variable] = "1"

from comparison import HEAD, AnswersDifferError, Comparison  # noqa: E402
from timing import pin  # noqa: E402

# Name on the command line: module and function, imported when it is run.
SUITES = {
    "brent": ("scalar", "brent"),
    "compiled-brent": ("scalar", "compiled_brent"),
    "golden": ("scalar", "golden"),
    "batch": ("batch", "batch"),
    "line-search": ("line_search", "line_search"),
    "criterion": ("criterion", "criterion"),
    "lbfgs": ("lbfgs", "lbfgs"),
    "recording": ("recording", "recording"),
    "jacobian": ("jacobian", "jacobian"),
    "sparse": ("jacobian", "sparse_hessian"),
    "replay": ("gradients", "replay"),
    "training": ("gradients", "training"),
    "hessians": ("hessians", "hessians"),
    "matcalc": ("formulas", "derivatives"),
    "import": ("imports", "imports"),
}


LEGEND = """\
pyframe, peer   median seconds of the same work, in pyframe and in SciPy where no other peer is
                named: the same functions from the same start to the same accuracy, which is
                checked before anything is timed
peer/pyframe    how many times as long the peer takes: 2 means that pyframe takes half the time
minimize_scalar the whole call, the user's functions included (what one of them costs is said)
batch           one call that solves 100,000 problems; the peer is scipy.optimize.elementwise
line_search     what a search takes beyond its calls of f and grad, at n variables
Python criterion  Wolfe's conditions written in Python; the peer is the built-in criterion
L-BFGS          the same for one iteration of a whole run; the peer is SciPy's L-BFGS-B
value_and_grad  a loop over Python floats with its gradient; the peers are the function alone,
                autograd and PyTorch (where they are installed)
Jacobian        mode="auto" on 100 inputs; the peer is the faster one of forward and reverse
sparse Hessian  of 10,000 variables; the peer is one gradient, of which 20 are allowed
compiled        value and gradient of a compiled function of a few numbers, NumPy in and out
logistic, network  the same of a loss over many examples; by hand: NumPy, the formulas written out
formulas        median seconds of a derivative of the Cookbook's table, and in SymPy of those it
                answers; right, wrong and refused in pyframe|SymPy
import          pyframe: importing NumPy and pyframe; peer: importing NumPy alone
a|b             counts in pyframe and in the peer; f+grad: calls of f and of its gradient
"""


def _arguments(given: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Compare pyframe with other libraries.")
    parser.add_argument("--only", default=",".join(SUITES), help=f"some of {','.join(SUITES)}")
    parser.add_argument("--rounds", type=int, default=200, help="rounds of each (default 200)")
    options = parser.parse_args(given)
    options.only = [name.strip() for name in options.only.split(",") if name.strip()]
    unknown = [name for name in options.only if name not in SUITES]
    if unknown:
        parser.error(f"--only: unknown {unknown[0]!r}; there are {', '.join(SUITES)}")
    if options.rounds < 1:
        parser.error(f"--rounds must be at least 1, got {options.rounds}")
    return options


def main(given: Sequence[str] | None = None) -> int:
    """Run the suites and print the table."""
    options = _arguments(given)
    core = pin()
    import numpy as np
    import scipy

    print(
        f"Python {platform.python_version()}, NumPy {np.__version__}, SciPy "
        f"{scipy.__version__}; core {core}, one thread; medians of interleaved rounds\n\n"
        f"{LEGEND}\n{HEAD}",
        flush=True,
    )
    done: list[Comparison] = []
    wrong = False
    for name in options.only:
        module, function = SUITES[name]
        try:
            for comparison in getattr(import_module(module), function)(options.rounds):
                print(comparison.line(), flush=True)
                done.append(comparison)
        except AnswersDifferError as error:
            wrong = True
            print(f"{name}: not timed, the answers differ: {error}", flush=True)
    missed = [comparison.work for comparison in done if not comparison.met]
    print(f"\n{len(done) - len(missed)} of {len(done)} targets met (they want an idle machine)")
    return 2 if wrong else int(bool(missed))


if __name__ == "__main__":
    sys.exit(main())
