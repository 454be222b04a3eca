"""A drawn computational graph: its nodes, its text, its picture."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pyframe import _checks
from pyframe.draw.graph_svg import dot, svg
from pyframe.draw.naming import shown
from pyframe.errors import ParameterError


@dataclass(frozen=True)
class GraphNode:
    """A node as it is drawn.

    Attributes
    ----------
    name : str
        The argument's name, v1, v2, ... or the function's name.
    formula : str
        What it computes of the nodes before it; empty for an argument.
    operands : tuple of int
        The places of those nodes in the graph.
    value : float or array
        What it is for these arguments.
    tangents : tuple
        Its derivative along each direction.
    adjoint : float, array or None
        The derivative of the result with respect to it.
    is_result : bool
        Whether the function returns it.
    """

    name: str
    formula: str
    operands: tuple[int, ...]
    value: Any
    tangents: tuple[Any, ...]
    adjoint: Any
    is_result: bool

    @property
    def is_argument(self) -> bool:
        """Whether the function was given it."""
        return not self.formula


@dataclass(frozen=True)
class ComputationalGraph:
    """A drawing of a graph, made by :func:`draw_graph`.

    Attributes
    ----------
    nodes : tuple of GraphNode
        In the order of computation, the arguments first.
    directions : tuple of str
        What the tangents are along.
    show : tuple of str
        Which numbers are drawn.
    """

    nodes: tuple[GraphNode, ...]
    directions: tuple[str, ...]
    show: tuple[str, ...]

    def __getitem__(self, name: str) -> GraphNode:
        """The node of a name."""
        for node in self.nodes:
            if node.name == name:
                return node
        raise KeyError(name)

    def rows(self, node: GraphNode) -> list[tuple[str, str, str]]:
        """What stands in a node: kind of number, label and number."""
        found: list[tuple[str, str, str]] = []
        if "value" in self.show:
            found.append(("value", "value", shown(node.value)))
        if "tangent" in self.show:
            found += [
                ("tangent", label, shown(tangent))
                for label, tangent in zip(self.directions, node.tangents, strict=True)
            ]
        if "adjoint" in self.show:
            found.append(("adjoint", "adjoint", shown(node.adjoint)))
        return found

    @property
    def dot(self) -> str:
        """The graph in the language of graphviz."""
        return dot(self)

    @property
    def svg(self) -> str:
        """The picture; a notebook shows it."""
        return svg(self)

    def _repr_svg_(self) -> str:
        return self.svg

    def _repr_html_(self) -> str:
        return self.svg

    def save(self, path: str | Path) -> Path:
        """Write the picture (``.svg``) or the text for graphviz (``.dot``, ``.gv``).

        Raises
        ------
        ParameterError
            For another suffix.
        """
        path = Path(path)
        if path.suffix not in {".svg", ".dot", ".gv"}:
            raise ParameterError(
                f"a graph is written as .svg, .dot or .gv, got {_checks.shown(path.name)}"
            )
        path.write_text(self.svg if path.suffix == ".svg" else self.dot, encoding="utf-8")
        return path

    def __str__(self) -> str:
        """A table with a line for each node."""
        head = ["", *(label for _, label, _ in self.rows(self.nodes[0]))]
        lines = [head]
        for node in self.nodes:
            named = f"{node.name} = {node.formula}" if node.formula else node.name
            lines.append([named, *(number for _, _, number in self.rows(node))])
        widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
        return "\n".join(
            "  ".join(
                [line[0].ljust(widths[0])]
                + [cell.rjust(w) for cell, w in zip(line[1:], widths[1:], strict=True)]
            ).rstrip()
            for line in lines
        )
