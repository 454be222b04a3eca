"""``make bench``: measure the last two commits, publish the page, and pass the gate.

    python asv_bench/run.py [--full] [--commits 2]

Needs the extra "bench" (asv, virtualenv), cargo, and a git checkout.  Both commits are
built in an environment of asv's own; cargo's target directory is kept in ``target/asv``, so
that all builds but the first take seconds.  The quick mode takes every deterministic figure
and the wall times with few repeats, those of pairs of strategy and criterion only in
``--full``.  Everything written is below ``asv_bench/env``, ``results`` and ``html``; all
that asv says is in ``env/asv.log``, and what is shown of it is a line for each benchmark.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import time
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parent
FEW = ["repeat=3", "rounds=1", "sample_time=0.005", "warmup_time=0.005"]
QUICK = r"^(?!line_search\.TimeOverhead|minimize\.TimeOverhead.*, (10|1000)\))"
ASV = [sys.executable, "-m", "asv", "--config", str(HERE / "asv.conf.json")]
LOG = HERE / "env" / "asv.log"


def environment() -> dict[str, str]:
    """What asv's builds see of the caller's environment."""
    env = dict(os.environ)
    env.setdefault("CARGO_TARGET_DIR", str(ROOT / "target" / "asv"))
    # A relative path of a constraints file means nothing in asv's working directories.
    constraint = env.get("PIP_CONSTRAINT")
    if constraint:
        env["PIP_CONSTRAINT"] = str(ROOT / constraint)
    # One thread: a count must not depend on it, and a time should not.
    return env | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}


def commits(number: int) -> list[str]:
    """The last commits of the current branch, oldest first."""
    command = [
        "git",
        "-C",
        str(ROOT),
        "rev-list",
        "--first-parent",
        f"--max-count={number}",
        "HEAD",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise SystemExit(
            f"asv measures commits, and there is no git history: {done.stderr.strip()}"
        )
    return done.stdout.split()[::-1]


def asv(*arguments: str) -> int:
    """Run asv, which never waits for an answer; show its progress and log the rest."""
    with (
        LOG.open("a", encoding="utf-8") as log,
        subprocess.Popen(
            [*ASV, *arguments],
            env=environment() | {"PYTHONUNBUFFERED": "1"},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
        ) as process,
    ):
        for line in process.stdout or ():
            log.write(line)
            if is_progress(line):
                print(line.rstrip(), flush=True)
    return process.returncode


def is_progress(line: str) -> bool:
    """Whether a line says what asv does, and is no part of a table, which begins with ====."""
    return line.startswith("·") or (line.startswith("[") and not line.rstrip().endswith("="))


def measure(chosen: list[str], *, full: bool) -> int:
    """Run the benchmarks on these commits; 0 when asv could build and run them."""
    # asv reads the revisions one a line from a file, which takes any history.
    listed = HERE / "env" / "commits"
    # The newest first: asv lists the benchmarks with the first commit it can build.
    listed.write_text("\n".join(reversed(chosen)) + "\n")
    options = [f"HASHFILE:{listed}", "--launch-method", "forkserver"]
    if not full:
        options += [word for few in FEW for word in ("--attribute", few)] + ["--bench", QUICK]
    return asv("run", *options)


def main(arguments: list[str] | None = None) -> int:
    """Measure, publish, compare; the exit code is the gate's."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--full", action="store_true", help="every benchmark, asv's own repeats")
    parser.add_argument("--commits", type=int, default=2, help="how many of the last commits")
    options = parser.parse_args(arguments)
    began = time.monotonic()
    chosen = commits(max(1, options.commits))
    LOG.parent.mkdir(exist_ok=True)
    LOG.unlink(missing_ok=True)
    subprocess.run([*ASV, "machine", "--yes"], stdout=subprocess.DEVNULL, check=False)
    failed = measure(chosen, full=options.full)
    if failed not in (0, 2):  # 2: some benchmark failed, which the gate will say by name
        print(f"asv failed, see {LOG}", file=sys.stderr)
        return failed
    if failed:
        print(f"a benchmark failed, see {LOG}", file=sys.stderr)
    for script in (["publish.py"], ["gate.py", *chosen[-2:]]):
        if script[0] == "gate.py" and len(chosen) < 2:
            print("gate: one commit, nothing to compare")
            continue
        code = subprocess.run(
            [sys.executable, str(HERE / script[0]), *script[1:]], env=environment(), check=False
        ).returncode
        if code:
            break
    print(f"{time.monotonic() - began:.0f} s for {len(chosen)} commits")
    return code


if __name__ == "__main__":
    sys.exit(main())
