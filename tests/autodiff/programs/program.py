"""A program: statements in order, what it returns, and the inputs it is tried at.

The text uses only ``numpy as np`` and ``scipy.special as sp``, so it can be pasted anywhere; the
callable is the same text with other modules under these two names.

A statement is a template: ``{0}, {1}`` are its operands, ``{out}`` its name, and what stands
between ``<<`` and ``>>`` is a condition on traced values, which ``Program.path`` listens to.
"""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass, field, replace
from types import SimpleNamespace

import numpy as np
import scipy.special

CONDITION = re.compile("<<(.*?)>>")
SPECIAL_NAMES = ("erf", "erfc", "expit", "gammaln", "logsumexp")
SPECIAL_NAMES += ("ndtr", "digamma", "entr", "logit", "xlogy")
SPECIAL = SimpleNamespace(**{name: getattr(scipy.special, name) for name in SPECIAL_NAMES})


@dataclass(frozen=True)
class Statement:
    """One bound name: ``lines`` is what is written, ``ops`` what it makes use of."""

    name: str
    lines: tuple[str, ...]
    operands: tuple[str, ...]
    ops: tuple[str, ...]

    @property
    def nodes(self) -> int:
        return len(self.ops)

    def written(self) -> list[str]:
        if len(self.lines) == 1 and "{out}" not in self.lines[0]:
            return [f"{self.name} = {self.lines[0].format(*self.operands)}"]
        return [line.format(*self.operands, out=self.name) for line in self.lines]


@dataclass(frozen=True)
class Program:
    """``parameters`` and ``inputs`` go together; the value is the weighted sum of ``returns``."""

    parameters: tuple[str, ...]
    inputs: tuple
    statements: tuple[Statement, ...]
    returns: tuple[tuple[float, str], ...]
    seed: int = 0
    kind: str = "plain"  # of the inputs: plain, corner or wild
    flags: frozenset[str] = frozenset()
    _made: dict = field(default_factory=dict, repr=False, compare=False, hash=False)

    @property
    def ops(self) -> frozenset[str]:
        return frozenset(op for s in self.statements for op in s.ops)

    @property
    def nodes(self) -> int:
        return sum(s.nodes for s in self.statements)

    @property
    def conditions(self) -> tuple[str, ...]:
        """The branch conditions, in the order of the text."""
        return tuple(
            found
            for s in self.statements
            for line in s.written()
            for found in CONDITION.findall(line)
        )

    def _text(self, listen: bool, noisy: bool) -> str:
        lines = [f"def program({', '.join(self.parameters)}):"]
        for s in self.statements:
            lines += [f"    {line}" for line in s.written()]
            if noisy:
                lines.append(f"    {s.name} = _noise({s.name})")
        terms = [
            f"np.sum({name})" if weight == 1.0 else f"{weight!r} * np.sum({name})"
            for weight, name in self.returns
        ]
        lines.append(f"    return {' + '.join(terms)}")
        return CONDITION.sub(r"_take(\1)" if listen else r"\1", "\n".join(lines) + "\n")

    @property
    def source(self) -> str:
        """The function alone."""
        return self._text(listen=False, noisy=False)

    def reproducer(self) -> str:
        """A script that defines the program and its inputs."""
        arguments = ", ".join(literal(x) for x in self.inputs)
        special = "import scipy.special as sp\n" if "sp." in self.source else ""
        return (
            f"# program {self.seed}, {self.nodes} nodes, {self.kind} inputs\nimport numpy as np\n"
            f"{special}from numpy import array, inf, nan\n\n\n{self.source}\n\n"
            f"inputs = ({arguments},)\nprint(program(*inputs))\n"
        )

    def function(self, np_=np, sp_=SPECIAL, take=None, noise=None):
        """The callable over these modules; ``take`` hears conditions, ``noise`` changes values."""
        key = (take is not None, noise is not None)
        if key not in self._made:
            text = self._text(*key)
            self._made[key] = compile(text, f"<program {self.seed}>", "exec")
        names = {"np": np_, "sp": sp_, "_take": take, "_noise": noise}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            exec(self._made[key], names)
        return names["program"]

    def arguments(self) -> tuple:
        """The sample inputs, copied."""
        return tuple(x.copy() if isinstance(x, np.ndarray) else x for x in self.inputs)

    def value(self, *inputs) -> float:
        """On plain floats."""
        with quiet():
            return float(self.function()(*(inputs or self.arguments())))

    def path(self, *inputs) -> tuple[bool, ...]:
        """The outcomes of the conditions, in the order in which they are met, on plain floats."""
        outcomes = []

        def take(condition):
            outcomes.append(bool(condition))
            return outcomes[-1]

        with quiet():
            self.function(take=take)(*(inputs or self.arguments()))
        return tuple(outcomes)

    def at(self, inputs) -> Program:
        """The same program with other sample inputs."""
        return replace(self, inputs=tuple(inputs))

    def __reduce__(self):
        parts = (self.parameters, self.inputs, self.statements, self.returns)
        return Program, (*parts, self.seed, self.kind, self.flags)


class quiet:  # noqa: N801 - reads as a statement
    """No floating-point complaint inside: programs meet infinities on purpose."""

    def __enter__(self):
        self._errors = np.errstate(all="ignore")
        self._warnings = warnings.catch_warnings()
        self._errors.__enter__()
        self._warnings.__enter__()
        warnings.simplefilter("ignore")

    def __exit__(self, *raised):
        self._warnings.__exit__(*raised)
        self._errors.__exit__(*raised)


def literal(value) -> str:
    """Text that evaluates to the value, bit for bit, with ``np`` and ``inf``, ``nan`` known."""
    if isinstance(value, np.ndarray):
        inner = repr(value.tolist())
        if value.size == 0 and value.ndim > 1:
            return f"np.zeros({value.shape})"
        return f"np.array({inner})"
    return repr(float(value))
