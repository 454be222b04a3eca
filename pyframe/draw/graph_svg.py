"""A computational graph as SVG and as text for graphviz."""

from __future__ import annotations

from html import escape
from itertools import pairwise
from typing import TYPE_CHECKING

from pyframe.draw.layers import Layout, arranged
from pyframe.draw.style import BLACK, BLUE, GREEN, GREY, LIGHT, RED

if TYPE_CHECKING:
    from pyframe.draw.graph import ComputationalGraph, GraphNode

HEAD, ROW, PAD = 26.0, 17.0, 10.0
"""Heights of a node's title and rows, and the space around text."""

BETWEEN, GAP, MARGIN = 56.0, 22.0, 18.0
"""Space between columns, between nodes of one, and around the picture."""

TITLE, NUMBER = 7.6, 6.7
"""Widths of a letter of the title and of the rows."""

COLOURS = {"value": BLACK, "tangent": BLUE, "adjoint": RED}
ARGUMENT, INNER, RESULT = "#dcecf7", "#f1f1f1", "#d9efe6"
SANS = "Helvetica, Arial, 'DejaVu Sans', sans-serif"
MONO = "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace"


def svg(graph: ComputationalGraph) -> str:
    """The picture: columns of nodes from the arguments to the result."""
    rows = [graph.rows(node) for node in graph.nodes]
    heights = [HEAD + (ROW * len(each) + PAD if each else 0.0) for each in rows]
    layout = arranged([node.operands for node in graph.nodes], heights, GAP)
    widths = [
        max(_width(graph, k) for k in layer if k < len(graph.nodes)) for layer in layout.layers
    ]
    lefts = [MARGIN + sum(widths[:k]) + BETWEEN * k for k in range(len(widths))]
    top = min(spot.y - spot.height / 2 for spot in layout.spots) - MARGIN
    bottom = max(spot.y + spot.height / 2 for spot in layout.spots) + MARGIN
    for spot in layout.spots:
        spot.y -= top
    width, height = lefts[-1] + widths[-1] + MARGIN, bottom - top
    parts = [
        (
            f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
            f'viewBox="0 0 {width:.1f} {height:.1f}" font-family="{SANS}" font-size="13">'
        ),
        "<title>Computational graph</title>",
        f'<rect width="{width:.1f}" height="{height:.1f}" rx="8" fill="#ffffff"/>',
        *_edges(graph, layout, lefts, widths),
    ]
    for place, node in enumerate(graph.nodes):
        spot = layout.spots[place]
        parts += _card(
            node, rows[place], lefts[spot.layer], spot.y, widths[spot.layer], spot.height
        )
    return "\n".join([*parts, "</svg>", ""])


def _width(graph: ComputationalGraph, place: int) -> float:
    node = graph.nodes[place]
    title = TITLE * (len(node.name) + len(node.formula) + 2 * bool(node.formula))
    rows = [NUMBER * (len(label) + len(number) + 2) for _, label, number in graph.rows(node)]
    return max([title, *rows]) + 2 * PAD


def _card(
    node: GraphNode,
    rows: list[tuple[str, str, str]],
    left: float,
    middle: float,
    width: float,
    height: float,
) -> list[str]:
    """A node: its title, and below it the rows of numbers."""
    top = middle - height / 2
    fill = ARGUMENT if node.is_argument else RESULT if node.is_result else INNER
    border, stroke = (GREEN, 2) if node.is_result else (GREY, 1)
    box = f'x="{left:.1f}" y="{top:.1f}" width="{width:.1f}"'
    low = top + HEAD
    parts = [
        f'<rect {box} height="{height:.1f}" rx="6" fill="#ffffff"/>',
        (
            f'<path d="M{left:.1f},{low:.1f} v{6 - HEAD:.1f} q0,-6 6,-6 h{width - 12:.1f} '
            f'q6,0 6,6 v{HEAD - 6:.1f} z" fill="{fill}"/>'
            if rows
            else f'<rect {box} height="{height:.1f}" rx="6" fill="{fill}"/>'
        ),
        (
            f'<rect {box} height="{height:.1f}" rx="6" fill="none" stroke="{border}" '
            f'stroke-width="{stroke}"/>'
        ),
        (
            f'<text x="{left + PAD:.1f}" y="{top + 17.5:.1f}" font-weight="bold" '
            f'fill="{BLACK}">{escape(node.name)}</text>'
        ),
    ]
    if node.formula:
        parts.append(
            f'<text x="{left + width - PAD:.1f}" y="{top + 17.5:.1f}" text-anchor="end" '
            f'fill="{BLACK}">{escape(node.formula)}</text>'
        )
    for k, (kind, label, number) in enumerate(rows):
        line = low + ROW * (k + 1) - 1
        colour = COLOURS[kind]
        parts += [
            (
                f'<text x="{left + PAD:.1f}" y="{line:.1f}" font-size="11" '
                f'fill="{colour if kind != "value" else GREY}">{escape(label)}</text>'
            ),
            (
                f'<text x="{left + width - PAD:.1f}" y="{line:.1f}" font-size="11" '
                f'font-family="{MONO}" text-anchor="end" fill="{colour}">{escape(number)}</text>'
            ),
        ]
    return parts


def _edges(
    graph: ComputationalGraph, layout: Layout, lefts: list[float], widths: list[float]
) -> list[str]:
    """Smooth lines that end in arrow heads at the left of their targets."""
    parts = [f'<g fill="none" stroke="{GREY}" stroke-width="1.3" stroke-linecap="round">']
    heads = [f'<g fill="{GREY}">']
    for target, node in enumerate(graph.nodes):
        # Arrows arrive in the order in which their last stretches come from above.
        arriving = sorted(
            node.operands, key=lambda s, t=target: layout.spots[layout.paths[s, t][-2]].y
        )
        for number, source in enumerate(arriving):
            spread = (number - (len(arriving) - 1) / 2) * min(14.0, HEAD / len(arriving))
            path = layout.paths[source, target]
            points = [(lefts[layout.spots[place].layer], layout.spots[place].y) for place in path]
            start = lefts[layout.spots[source].layer] + widths[layout.spots[source].layer]
            x, y = start, points[0][1]
            text = f"M{x:.1f},{y:.1f}"
            for (_, _), (left, end) in pairwise(points[:-1]):
                text += _curve(x, y, left, end)
                column = lefts.index(left)
                x, y = left + widths[column], end
                text += f" H{x:.1f}"
            left, end = points[-1][0] - 6, points[-1][1] + spread
            text += _curve(x, y, left, end)
            parts.append(f'<path d="{text}"/>')
            heads.append(f'<path d="M{left + 6:.1f},{end:.1f} l-8,-3.6 v7.2 z"/>')
    return [*parts, "</g>", *heads, "</g>"]


def _curve(x: float, y: float, left: float, end: float) -> str:
    middle = (x + left) / 2
    return f" C{middle:.1f},{y:.1f} {middle:.1f},{end:.1f} {left:.1f},{end:.1f}"


def dot(graph: ComputationalGraph) -> str:
    """The graph in the language of graphviz."""
    lines = [
        "digraph {",
        "  rankdir=LR",
        f'  node [shape=plain fontname="Helvetica" fontsize=11 fontcolor="{BLACK}"]',
        f'  edge [color="{GREY}" arrowsize=0.7]',
    ]
    for place, node in enumerate(graph.nodes):
        fill = ARGUMENT if node.is_argument else RESULT if node.is_result else INNER
        name = f"<b>{escape(node.name)}</b>"
        title = f"{name} = {escape(node.formula)}" if node.formula else name
        cells = [f'<tr><td colspan="2" bgcolor="{fill}">{title}</td></tr>']
        cells += [
            (
                f'<tr><td align="left"><font color="{COLOURS[kind]}">{escape(label)}</font></td>'
                f'<td align="right"><font color="{COLOURS[kind]}">{escape(number)}</font></td></tr>'
            )
            for kind, label, number in graph.rows(node)
        ]
        table = f'<table border="1" cellborder="0" cellspacing="0" cellpadding="4" color="{LIGHT}">'
        lines.append(f"  n{place} [label=<{table}{''.join(cells)}</table>>]")
    lines += [
        f"  n{source} -> n{target}"
        for target, node in enumerate(graph.nodes)
        for source in node.operands
    ]
    return "\n".join([*lines, "}", ""])
