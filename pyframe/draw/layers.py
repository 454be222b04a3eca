"""Where the nodes of a layered drawing go.

Nodes stand in columns by the length of the longest path that leads to them (Sugiyama, Tagawa
and Toda 1981): columns are put in an order with few crossings by barycentres, then each node
as near to its neighbours as the distances allow (isotonic regression, column by column).
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

SWEEPS = 60

STRAIGHT = (1.0, 2.0, 8.0)
"""How strongly a link pulls, by how many of its ends are passages."""


@dataclass
class Spot:
    """A node, or the passage of an edge through a column that it only crosses."""

    layer: int
    height: float
    node: int | None
    y: float = 0.0


@dataclass(frozen=True)
class Layout:
    """Columns of spots, the spot of each node, and the paths of the edges.

    Attributes
    ----------
    layers : list of list of int
        The spots of each column from top to bottom.
    spots : list of Spot
        The first ones are the nodes.
    paths : dict
        From (source, target) to the spots that the edge passes, both ends included.
    """

    layers: list[list[int]]
    spots: list[Spot]
    paths: dict[tuple[int, int], list[int]]


def arranged(operands: list[tuple[int, ...]], heights: list[float], gap: float) -> Layout:
    """Lay out a graph given in the order of computation."""
    depth: list[int] = []
    for sources in operands:
        depth.append(1 + max((depth[s] for s in sources), default=-1))
    spots = [Spot(d, h, k) for k, (d, h) in enumerate(zip(depth, heights, strict=True))]
    paths = _paths(operands, spots)
    links = sorted({pair for path in paths.values() for pair in pairwise(path)})
    layers: list[list[int]] = [[] for _ in range(max(depth) + 1)]
    for place, spot in enumerate(spots):
        layers[spot.layer].append(place)
    layers = _ordered(layers, links)
    _placed(layers, spots, links, gap)
    return Layout(layers, spots, paths)


def _paths(operands: list[tuple[int, ...]], spots: list[Spot]) -> dict[tuple[int, int], list[int]]:
    """The edges; those of one source share their passages."""
    passages: dict[tuple[int, int], int] = {}
    paths: dict[tuple[int, int], list[int]] = {}
    for target, sources in enumerate(operands):
        for source in sources:
            path = [source]
            for layer in range(spots[source].layer + 1, spots[target].layer):
                if (source, layer) not in passages:
                    passages[source, layer] = len(spots)
                    spots.append(Spot(layer, 0.0, None))
                path.append(passages[source, layer])
            paths[source, target] = [*path, target]
    return paths


def _ordered(layers: list[list[int]], links: list[tuple[int, int]]) -> list[list[int]]:
    """The columns in the order with the fewest crossings that was met."""
    before: dict[int, list[int]] = {}
    after: dict[int, list[int]] = {}
    for source, target in links:
        after.setdefault(source, []).append(target)
        before.setdefault(target, []).append(source)
    best, fewest = layers, _crossings(layers, links)
    current = [list(layer) for layer in layers]
    for sweep in range(SWEEPS):
        forward = sweep % 2 == 0
        near = before if forward else after
        columns = range(1, len(current)) if forward else range(len(current) - 2, -1, -1)
        for column in columns:
            fixed = current[column - 1 if forward else column + 1]
            rank = {place: k for k, place in enumerate(fixed)}
            own = {place: k for k, place in enumerate(current[column])}
            middle = {
                place: sum(rank[n] for n in near[place]) / len(near[place])
                if place in near
                else own[place] * len(fixed) / len(own)
                for place in current[column]
            }
            current[column].sort(key=middle.__getitem__)
        crossings = _crossings(current, links)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in current], crossings
    return best


def _crossings(layers: list[list[int]], links: list[tuple[int, int]]) -> int:
    """How many pairs of links cross: inversions, column by column."""
    rank = {place: k for layer in layers for k, place in enumerate(layer)}
    column = {place: k for k, layer in enumerate(layers) for place in layer}
    by_column: dict[int, list[tuple[int, int]]] = {}
    for source, target in links:
        by_column.setdefault(column[source], []).append((rank[source], rank[target]))
    total = 0
    for pairs in by_column.values():
        ends = [end for _, end in sorted(pairs)]
        total += sum(a > b for k, a in enumerate(ends) for b in ends[k + 1 :])
    return total


def _placed(
    layers: list[list[int]], spots: list[Spot], links: list[tuple[int, int]], gap: float
) -> None:
    """Heights near those of the neighbours."""
    near: dict[int, list[tuple[int, float]]] = {}
    for source, target in links:
        # Edges are as straight as can be where they pass other nodes (Gansner et al. 1993).
        pull = STRAIGHT[(spots[source].node is None) + (spots[target].node is None)]
        near.setdefault(source, []).append((target, pull))
        near.setdefault(target, []).append((source, pull))
    pulls = [sum(pull for _, pull in near.get(k, [(k, 1.0)])) for k in range(len(spots))]
    for layer in layers:
        _spread(layer, spots, [0.0] * len(layer), pulls, gap)
    for sweep in range(SWEEPS):
        for layer in layers if sweep % 2 == 0 else reversed(layers):
            wanted = [
                sum(spots[n].y * pull for n, pull in near.get(k, [(k, 1.0)])) / pulls[k]
                for k in layer
            ]
            _spread(layer, spots, wanted, pulls, gap)


def _spread(
    layer: list[int], spots: list[Spot], wanted: list[float], pulls: list[float], gap: float
) -> None:
    """The nearest heights, in the sense of least squares, that keep order and distances."""
    offsets = [0.0]
    for upper, lower in pairwise(layer):
        distance = gap + (spots[upper].height + spots[lower].height) / 2
        offsets.append(offsets[-1] + distance)
    blocks: list[tuple[float, float, int]] = []
    for place, want, offset in zip(layer, wanted, offsets, strict=True):
        total, weight, count = (want - offset) * pulls[place], pulls[place], 1
        while blocks and blocks[-1][0] / blocks[-1][1] > total / weight:
            above = blocks.pop()
            total, weight, count = total + above[0], weight + above[1], count + above[2]
        blocks.append((total, weight, count))
    levels = [total / weight for total, weight, count in blocks for _ in range(count)]
    for place, level, offset in zip(layer, levels, offsets, strict=True):
        spots[place].y = level + offset
