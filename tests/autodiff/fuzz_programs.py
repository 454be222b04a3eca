"""Many random programs through one library, and what came of them.

    from autodiff.fuzz_programs import run
    print(run("pyframe", range(2000)).text())

The library is a name that ``libraries.library`` knows (so that other processes can make it) or an
object with its face. Each program's gradient is compared with the reference's; what differs is
put to the other oracles for a second opinion, shrunk, and reported as plain source.
"""

from __future__ import annotations

import gc
import multiprocessing
import time
import traceback
from collections import Counter
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from autodiff.comparing import ROUNDED, compare, out_of_range, unlike
from autodiff.libraries import Library, library
from autodiff.oracles import (
    Answer,
    NotApplicable,
    ask,
    conditioning,
    reference,
    rounding_decides,
    touched,
    zeros_decide,
)
from autodiff.programs import Program, generate, quiet, shrink

CHECKS = ("grad",)  # and "jvp", "hvp"
SLOW = {"fifty-digits", "richardson"}
LIMITS = {"complex-step", *SLOW}  # of sinc(arccosh(x)) at 1 they find the limit of 0 times infinity


@dataclass
class Disagreement:
    """One program: what differs, what other oracles say, and the shortest text found."""

    seed: int
    why: str
    source: str
    opinions: dict = field(default_factory=dict)

    def text(self):
        said = "".join(f"\n#   {who}: {what}" for who, what in self.opinions.items())
        return f"# seed {self.seed}: {self.why}{said}\n{self.source}"


@dataclass
class Report:
    """How many programs ended how.

    ``refused`` are exceptions of the library, by their text; ``asked`` counts the answers that
    each oracle gave beside the reference.
    """

    library: str
    counts: Counter = field(default_factory=Counter)
    refused: Counter = field(default_factory=Counter)
    skipped: Counter = field(default_factory=Counter)
    asked: Counter = field(default_factory=Counter)
    disagreements: list = field(default_factory=list)
    seconds: float = 0.0
    keep: int = 20

    @property
    def programs(self):
        return self.counts["programs"]

    @property
    def unexplained(self):
        """Disagreements and refusals: what must be zero."""
        return self.counts["disagree"] + self.counts["refused"]

    def merge(self, other):
        self.counts += other.counts
        self.refused += other.refused
        self.skipped += other.skipped
        self.asked += other.asked
        room = self.keep - len(self.disagreements)
        self.disagreements += other.disagreements[: max(room, 0)]

    def summary(self):
        """In one line."""
        agree = sum(n for what, n in self.counts.items() if what.endswith("agree"))
        asked = sum(self.asked.values())
        return (
            f"{self.programs} programs, {agree} checks agree, {asked} answers of other oracles, "
            f"{self.unexplained} unexplained, in {self.seconds:.0f} s"
        )

    def text(self):
        rate = self.programs / self.seconds if self.seconds else 0.0
        lines = [f"{self.library}: {self.programs} programs in {self.seconds:.0f} s, {rate:.0f}/s"]
        lines += [
            f"  {count:7d} {what}"
            for what, count in self.counts.most_common()
            if what != "programs"
        ]
        lines += [f"  {count:7d} refused: {what}" for what, count in self.refused.most_common(20)]
        lines += [f"  {count:7d} answers of {who}" for who, count in self.asked.most_common()]
        lines += [f"  {count:7d} skipped: {what}" for what, count in self.skipped.most_common(8)]
        return "\n".join([*lines, *(d.text() for d in self.disagreements)])


def answer(made: Library, program: Program) -> Answer:
    """The library's; its exceptions pass."""
    with quiet():
        value, grads = made.value_and_grad(program.function(made.np, made.sp), program.arguments())
    return Answer(made.name, float(value), tuple(np.asarray(g) for g in grads))


def light(program):
    """Whether its derivative is soon had by evaluating it over and over in fifty digits."""
    return program.nodes * sum(np.size(x) for x in program.inputs) <= 40


def _grad(made, program, base, oracles, asked):
    own = answer(made, program)
    verdict = compare(program, own, base, base, made.differs)
    for name in oracles:
        if verdict.name == "disagree" or name == "reference":
            continue
        if name in SLOW and not light(program):
            continue
        try:
            other = ask(name, program, base.kinks)
        except NotApplicable:
            continue
        asked[name] += 1
        allowed = made.differs
        if name in {"autograd", "jax"}:
            allowed = allowed | library(name).differs
        elif name in LIMITS:
            allowed = allowed | {"K1 strong zero"}
        verdict = compare(program, own, other, base, allowed)
    return verdict.name, verdict.why


def _tangents(program):
    rng = np.random.default_rng(program.seed)
    drawn = [rng.choice([-1.0, -0.5, 0.5, 1.0], size=np.shape(x)) for x in program.inputs]
    return tuple(
        t if isinstance(x, np.ndarray) else float(t)
        for t, x in zip(drawn, program.inputs, strict=True)
    )


def _jvp(made, program, base, oracles, asked):
    """Against the gradient times the tangents, where that is finite."""
    if not all(np.all(np.isfinite(g)) for g in base.grads) or not np.isfinite(base.value):
        return "jvp: nonfinite", ""
    tangents = _tangents(program)
    parts = [np.sum(g * t) for g, t in zip(base.grads, tangents, strict=True)]
    size = sum(np.sum(np.abs(g * t)) for g, t in zip(base.grads, tangents, strict=True))
    with quiet():
        _, slope = made.jvp(program.function(made.np, made.sp), program.arguments(), tangents)
    if unlike(slope, sum(parts), 1e-9 * size + 1e-12):
        spread = conditioning(program, base)[1]
        if unlike(slope, sum(parts), 1e-9 * size + 1e-12 + sum(np.sum(s) for s in spread)):
            if base.kinks & (made.differs | ROUNDED):
                return "jvp: on a kink", ""
            if "K1 strong zero" in base.kinks and not np.isfinite(slope):
                return "jvp: past an infinite slope", ""  # no adjoint of zero stops a tangent
            if program.kind == "wild" and out_of_range(program):
                return "jvp: out of range", ""
            if rounding_decides(program, base):
                return "jvp: rounding decides", ""
            if zeros_decide(program):
                return "jvp: sign of a zero", ""
            return "disagree", f"jvp {slope!r}, not {sum(parts)!r}"
    return "jvp: agree", ""


def _better(coarse, fine, factor):
    """Extrapolated from one step and its half."""
    return [(factor * b - a) / (factor - 1) for a, b in zip(coarse, fine, strict=True)]


def _alike(got, wanted, largest):
    """To six digits of the largest."""
    scale = max((np.max(np.abs(w), initial=0.0) for w in wanted), default=0.0)
    allowed = 1e-6 * scale + 1e-8 * largest
    return not any(np.any(unlike(g, w, allowed)) for g, w in zip(got, wanted, strict=True))


def _hvp(made, program, base, oracles, asked, h=2.0**-10):
    """Against central differences of the reference's gradients, off kinks."""
    if base.kinks or program.flags & {"nan", "inf", "huge"}:
        return "hvp: on a kink", ""
    tangents = _tangents(program)

    def moved(step):
        return program.at([x + step * t for x, t in zip(program.inputs, tangents, strict=True)])

    def gradient(step):
        made_there = reference(moved(step))
        return [np.asarray(g) for g in made_there.grads], made_there.kinks

    with quiet():
        got = made.hvp(program.function(made.np, made.sp), program.arguments(), tangents)
    largest = max((np.max(np.abs(g), initial=0.0) for g in base.grads), default=0.0)
    rows, kinks = [], set()
    for step in (h, h / 2, h / 4):
        try:
            (above, k1), (below, k2) = gradient(step), gradient(-step)
        except (IndexError, ValueError):  # a mask takes another number of elements
            return "hvp: shapes change within the step", ""
        kinks |= k1 | k2
        rows.append([(a - b) / (2 * step) for a, b in zip(above, below, strict=True)])
        if step == h / 2 and not kinks and _alike(got, _better(rows[0], rows[1], 4), largest):
            return "hvp: agree", ""
    first = [_better(rows[0], rows[1], 4), _better(rows[1], rows[2], 4)]
    best = _better(*first, 16)
    scale = max((np.max(np.abs(b), initial=0.0) for b in best), default=0.0)
    for k, (mine, want) in enumerate(zip(got, best, strict=True)):
        error = np.abs(first[1][k] - want) + np.abs(first[0][k] - first[1][k])
        if kinks or np.any(error > 1e-3 * scale + 1e-6):
            return "hvp: the gradient turns within the step", ""
        allowed = 100 * error + 1e-6 * scale + 1e-8 * largest
        if np.any(unlike(mine, want, allowed)):
            for there in (program, moved(h)):
                spread = conditioning(there, reference(there))[1]
                rounding = max(np.max(s, initial=0.0) for s in spread)
                if rounding > 1e-8 * largest > 0 and np.all(np.isfinite(mine)):
                    return "hvp: rounding decides", ""  # the gradient has eight digits, this fewer
                allowed = allowed + rounding / h
        if np.any(unlike(mine, want, allowed)):
            if program.kind == "wild" and out_of_range(program):
                return "hvp: out of range", ""
            if touched(program):
                return "hvp: a kink within the step", ""
            return "disagree", f"hvp {np.asarray(mine).tolist()}, not {want.tolist()}"
    return "hvp: agree", ""


RUN = {"grad": _grad, "jvp": _jvp, "hvp": _hvp}


def judge(made: Library, program: Program, check="grad", oracles=()):
    """``(verdict, why)`` of one check of one program; the library's exceptions pass."""
    return RUN[check](made, program, reference(program), oracles, Counter())


def _opinions(program, base):
    """What the independent oracles say of the reference on this program."""
    said = {}
    for name in ("complex-step", "fifty-digits", "richardson", "autograd"):
        try:
            verdict = compare(program, ask(name, program, base.kinks), base, base)
            said[name] = "with the reference" if verdict.agrees else verdict.why
        except (NotApplicable, ImportError) as none:
            said[name] = f"no say: {none}"
    said["kinks"] = ", ".join(sorted(base.kinks)) or "none"
    return said


def one(made: Library, program: Program, report: Report, checks, oracles, shrinking=True):
    """Try one program and enter it in the report."""
    report.counts["programs"] += 1
    missing = program.ops & made.lacks
    if missing:
        report.skipped[f"no {min(missing)}"] += 1
        return
    try:
        base = reference(program)
    except np.linalg.LinAlgError as singular:
        report.skipped[f"the reference: {singular}"] += 1
        return
    for check in checks:
        try:
            name, why = RUN[check](made, program, base, oracles, report.asked)
        except Exception as refusal:  # noqa: BLE001 - whatever the library says is the finding
            if "zero of sinc" in touched(program) and isinstance(refusal, (IndexError, ValueError)):
                # A mask takes what NumPy's sinc of a whole number is above 0.
                report.counts[f"{check}: explained: zero of sinc"] += 1
                continue
            singular = isinstance(refusal, np.linalg.LinAlgError) and program.kind == "wild"
            if singular and (check == "hvp" or out_of_range(program)):
                report.counts[f"{check}: explained: singular matrix"] += 1
                continue
            name, why = "refused", f"{type(refusal).__name__}: {refusal}".split("\n")[0][:100]
            report.refused[why] += 1
            if report.refused[why] > 1:
                report.counts[name] += 1
                continue
            told = "".join(traceback.format_exception(refusal, limit=-1, chain=False))
            why += "\n# " + told.strip().replace("\n", "\n# ")
        report.counts[name] += 1
        if name in {"disagree", "refused"} and len(report.disagreements) < report.keep:
            refusal = why.split(":")[0] if name == "refused" else None
            small = _shrunk(made, program, check, refusal, oracles) if shrinking else program
            opinions = _opinions(small, reference(small)) if name == "disagree" else {}
            report.disagreements.append(
                Disagreement(program.seed, why, small.reproducer(), opinions)
            )


def _shrunk(made, program, check, refusal, oracles):
    """Shrunk while it disagrees, or while the same exception is raised."""

    def still(candidate):
        try:
            return refusal is None and judge(made, candidate, check, oracles)[0] == "disagree"
        except Exception as raised:  # noqa: BLE001
            return type(raised).__name__ == refusal

    return shrink(program, still, most=400)


def _chunk(seeds, name, checks, oracles, options, shrinking, keep):
    """One chunk of seeds in this process."""
    made = library(name) if isinstance(name, str) else name
    report = Report(made.name, keep=keep)
    for seed in seeds:
        one(made, generate(seed, **options), report, checks, oracles, shrinking)
    gc.collect()
    return report


def run(
    tested,
    seeds,
    oracles=("reference",),
    checks=CHECKS,
    processes=1,
    chunk=250,
    progress=None,
    shrinking=True,
    keep=20,
    stop_at=None,
    **options,
) -> Report:
    """Try the programs of the seeds.

    ``oracles`` beside the reference, which always speaks; ``checks`` among grad, jvp, hvp;
    ``options`` go to ``generate`` (branchy, kind, nodes, only); ``progress(done, report)`` is
    called after each chunk; ``stop_at`` so many disagreements. With several processes the library
    must be given by name.
    """
    seeds = list(seeds)
    name = tested if isinstance(tested, str) else tested.name
    report = Report(name, keep=keep)
    work = partial(
        _chunk,
        name=tested,
        checks=checks,
        oracles=oracles,
        options=options,
        shrinking=shrinking,
        keep=keep,
    )
    pieces = [seeds[i : i + chunk] for i in range(0, len(seeds), chunk)]
    start = time.perf_counter()

    def enter(made):
        report.merge(made)
        report.seconds = time.perf_counter() - start
        if progress:
            progress(report.programs, report)
        return stop_at is not None and report.unexplained >= stop_at

    if processes == 1:
        for piece in pieces:
            if enter(work(piece)):
                break
        return report
    spawn = multiprocessing.get_context("spawn")
    with spawn.Pool(processes, maxtasksperchild=20) as pool:
        for made in pool.imap_unordered(work, pieces):
            if enter(made):
                break
    return report
