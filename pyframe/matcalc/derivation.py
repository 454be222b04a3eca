"""Derivations: the steps from a function to its derivative, each with the rules it follows by."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

from pyframe._checks import choice
from pyframe.errors import ParameterError
from pyframe.matcalc.certificate import Certificate
from pyframe.matcalc.creation import symbolic_sizes
from pyframe.matcalc.expression import Expression
from pyframe.matcalc.spaces import find, is_linear
from pyframe.matcalc.symbols import Symbol
from pyframe.registry.records import SpaceRecord


@dataclass(frozen=True)
class Rule:
    """What a line follows by.

    Parameters
    ----------
    text, latex : str
        In the language and in LaTeX.
    """

    text: str
    latex: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True)
class Step:
    """One line.

    Parameters
    ----------
    left : str
        What the line says something of: ``f``, ``df``, ``G``, ``dG``, ``J``, ``H`` or ``d2f``.
    right : Expression
        What it is.
    rules : tuple of Rule
        By which rules it follows from the line before.
    along : Expression, optional
        The direction whose inner product with `right` the right side is.
    """

    left: str
    right: Expression
    rules: tuple[Rule, ...]
    along: Expression | None = None

    @property
    def has_value(self) -> bool:
        """Whether no differential in its right side is left to be taken."""
        listed = self.right.formula.listing()
        return self.along is None and all(own.operation != "d" for own in listed)

    @property
    def text(self) -> str:
        """The right side."""
        if self.along is None:
            return f"{self.right}"
        if not self.along.ndim:
            return f"({self.right})*{self.along}"
        return f"inner({self.right}, {self.along})"

    def __str__(self) -> str:
        return f"{self.left} = {self.text}"

    def latex(self) -> str:
        """The equation as LaTeX."""
        return f"{_LATEX[self.left]} = {self.right_latex()}"

    def right_latex(self) -> str:
        """The right side as LaTeX."""
        right = self.right.latex()
        if self.along is None:
            return right
        if not self.along.ndim:
            return rf"\left({right}\right) {self.along.latex()}"
        tall = r"\frac" in right
        opening, closing = (r"\left\langle", r"\right\rangle") if tall else (r"\langle", r"\rangle")
        return f"{opening} {right}, {self.along.latex()}{closing}"


_LATEX = {
    "f": "f",
    "df": r"\mathrm{d}f",
    "G": r"\nabla f",
    "dG": r"\mathrm{d}\nabla f",
    "J": "J",
    "H": r"\nabla^2 f",
    "d2f": r"\mathrm{d}^2 f",
}


class Derivation:
    """The steps to a derivative; made by :meth:`Expression.derivation`.

    Parameters
    ----------
    steps : tuple of Step
        The lines.
    result : Expression or Derivative
        What they lead to.
    variable : Expression
        The symbol in which the derivative is taken.
    origin : tuple, optional
        The function, the variable's name and the order: what it is made again of.

    Examples
    --------
    >>> import pyframe as pf
    >>> print(pf.matrix("logdet(X)").derivation("X"))  # doctest: +ELLIPSIS
    f  = logdet(X)
    df = d(logdet(X))
    df = inner(inv(X)', dX)  | d(logdet(X)) = inner(inv(X)', dX)
    G  = inv(X)'             | df = inner(G, dX) says what G is
    certified: relative error ... at 3 points (complex circle)
    """

    def __init__(
        self,
        steps: tuple[Step, ...],
        result: Any,
        variable: Expression,
        origin: tuple[Expression, str, int] | None = None,
    ) -> None:
        self.steps = steps
        self.result = result
        self.variable = variable
        self._origin = origin

    def __reduce__(self) -> Any:
        # The steps have differentials that are not taken yet, which no text stands for.
        return (derivation, self._origin) if self._origin else super().__reduce__()

    @cached_property
    def certificate(self) -> Certificate:
        """The result compared with differences of the function."""
        found: Certificate = self.result.check()
        return found

    def __str__(self) -> str:
        left = max(len(step.left) for step in self.steps)
        lines = [f"{step.left:<{left}} = {step.text}" for step in self.steps]
        short = [len(line) for line in lines if len(line) <= 60]
        width = max(short, default=0)
        for place, step in enumerate(self.steps):
            if step.rules:
                lines[place] = f"{lines[place]:<{width}}  | {'; '.join(map(str, step.rules))}"
        return "\n".join([*lines, str(self.certificate)])

    def latex(self) -> str:
        """The steps as LaTeX: an ``aligned`` environment."""
        rows: list[str] = []
        before = ""
        for step in self.steps:
            left = "" if step.left == before else f"{_LATEX[step.left]} "
            # A projected gradient is another one.
            before = "" if step.left == "G" else step.left
            rules = r",\; ".join(rule.latex for rule in step.rules)
            rows.append(f"{left}&= {step.right_latex()}{f' && {rules}' if rules else ''}")
        body = " \\\\\n".join(rows)
        return f"\\begin{{aligned}}\n{body}\n\\end{{aligned}}"

    def numpy(self) -> str:
        """The last line of each kind, as the source of functions of plain NumPy."""
        last = {step.left: step.right for step in self.steps if step.has_value}
        imports: dict[str, None] = {}
        functions: list[str] = []
        for name, right in last.items():
            head, _, function = right.numpy(name).partition("\n\n\n")
            imports |= dict.fromkeys(head.splitlines())
            functions.append(function.rstrip())
        return "\n\n\n".join(["\n".join(sorted(imports)), *functions])

    def _repr_latex_(self) -> str:
        return f"$${self.latex()}$$"

    def markdown(self) -> str:
        """The steps as Markdown: each an equation, with the rules it follows by."""
        lines = [f"**Derivative in {self.variable}**", ""]
        for step in self.steps:
            if step.rules:
                lines += [f"by {', '.join(f'${rule.latex}$' for rule in step.rules)}", ""]
            lines += [f"$${step.latex()}$$", ""]
        return "\n".join([*lines, f"*{self.certificate}*"])

    def _repr_markdown_(self) -> str:
        return f"{self._repr_latex_()}\n\n*{self.certificate}*"

    def __repr__(self) -> str:
        return f"<derivation of {self.result} in {len(self.steps)} steps>"


def derivation(f: Expression, name: str, order: int) -> Derivation:
    """The steps to the first or second derivative of an expression."""
    order = choice(order, "order", (1, 2))
    f.refuse_own_differential(name)
    if order == 2 and f.ndim:
        raise ParameterError("a second derivation is that of a scalar function")
    steps = _steps(f, name, _FIRST)
    result = f.gradient(name) if not f.ndim else f.jacobian(name)
    space = None if f.ndim or name not in f.spaces else find(f.spaces[name])
    if space is not None:
        steps.append(Step("G", result, (_projection(space, f, name),)))
    if order == 2:
        steps += [step for step in _steps(result, name, _SECOND) if step.left]
        if steps[-1].left != "H" and (space is None or is_linear(space)):
            form = f.derived(result.formula.second_differential(name, space is not None))
            steps.append(Step("d2f", form, (_second_rule(f, name),)))
        result = f.hessian(name)
    return Derivation(tuple(steps), result, f.symbol(name), (f, name, order))


_FIRST = {"function": "f", "differential": "df", "gradient": "G", "jacobian": "J"}
_SECOND = {"differential": "dG", "gradient": "H", "jacobian": "H"}


def _steps(f: Expression, name: str, letters: dict[str, str]) -> list[Step]:
    direction = f.derived(f.formula.direction(name))
    steps: list[Step] = []
    for said, form, given in f.formula.derivation(name):
        collected = said == "collected"
        rules = tuple(Rule(text, latex) for text, latex in given)
        left = letters.get("differential" if collected else said, "")
        if said in {"gradient", "jacobian"}:
            rules = (_definition(letters["differential"], left, direction),)
        steps.append(Step(left, f.derived(form), rules, direction if collected else None))
    return steps


def _definition(differential: str, name: str, direction: Expression) -> Rule:
    """What a derivative is: that by which the differential is linear in the direction."""
    inner = name == "G" and direction.ndim
    of = f"inner({name}, {direction})" if inner else f"{name}*{direction}"
    derivative, along = _LATEX[name], direction.latex()
    of_latex = rf"\langle {derivative}, {along}\rangle" if inner else rf"{derivative} \, {along}"
    return Rule(
        f"{differential} = {of} says what {name} is", f"{_LATEX[differential]} = {of_latex}"
    )


def _second_rule(f: Expression, name: str) -> Rule:
    """What the second differential is."""
    first, second = f"d{name}_1", f"d{name}_2"
    latex = f.derived(f.formula.direction(name)).latex()
    return Rule(
        f"d2f = inner(dG, {second}), where dG is along {first}",
        rf"\mathrm{{d}}^2 f = \langle \mathrm{{d}}\nabla f, {latex}_2\rangle",
    )


def _projection(space: SpaceRecord, f: Expression, name: str) -> Rule:
    """How a gradient is projected onto a space."""
    variable = f.symbol(name)
    any_gradient = Symbol(variable.sizes, name="G" if name != "G" else "Y")
    with symbolic_sizes():
        form = space.load()(any_gradient, variable)
    said = f"projected onto the space {space.name}"
    return Rule(
        f"{said}: {any_gradient} becomes {form}",
        rf"\text{{{said}: }} {any_gradient.latex()} \mapsto {form.latex()}",
    )
