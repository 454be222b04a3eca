"""Computational graphs: the lecture's tables, the layout, the text, and what is refused."""

import math
import subprocess
import sys
from xml.etree import ElementTree as ET

import numpy as np
import pytest

import pyframe as pf
from pyframe.draw import ComputationalGraph, draw_graph
from pyframe.draw.layers import arranged
from pyframe.errors import ParameterError, ParameterTypeError, ShapeError

W1, W2 = 2.0, 3.0
V1 = math.log(W1)
V2 = W2 * V1
V3 = math.sqrt(V2)
SLOPE = 1 / (2 * V3)
LECTURE = {
    # formula, value, along w1, along w2, adjoint
    "w1": ("", W1, 1.0, 0.0, W2 / W1 * (1 + SLOPE)),
    "w2": ("", W2, 0.0, 1.0, V1 * (1 + SLOPE)),
    "v1": ("log(w1)", V1, 1 / W1, 0.0, W2 * (1 + SLOPE)),
    "v2": ("w2 · v1", V2, W2 / W1, V1, 1 + SLOPE),
    "v3": ("sqrt(v2)", V3, W2 / W1 * SLOPE, V1 * SLOPE, 1.0),
    "L": ("v2 + v3", V2 + V3, W2 / W1 * (1 + SLOPE), V1 * (1 + SLOPE), 1.0),
}


def L(w1, w2):
    return w2 * np.log(w1) + np.sqrt(w2 * np.log(w1))


def boxes(graph):
    """Left, top, width and height of each node in the picture."""
    root = ET.fromstring(graph.svg)
    rectangles = root.findall("{http://www.w3.org/2000/svg}rect")
    outlines = [r for r in rectangles if r.get("stroke")]
    return [[float(r.get(k)) for k in ("x", "y", "width", "height")] for r in outlines]


@pytest.mark.parametrize("f", [L, pf.compile(L)])
def test_the_tables_of_the_lecture(f):
    graph = pf.draw(f, W1, W2)
    assert [node.name for node in graph.nodes] == list(LECTURE)
    assert graph.directions == ("along w1", "along w2")
    for name, (formula, value, *tangents, adjoint) in LECTURE.items():
        node = graph[name]
        assert node.formula == formula
        assert node.value == pytest.approx(value, rel=1e-15)
        assert node.tangents == pytest.approx(tuple(tangents), rel=1e-15)
        assert node.adjoint == pytest.approx(adjoint, rel=1e-15)
        assert node.is_argument == (not formula)
        assert node.is_result == (name == "L")
    parents = {n.name: [graph.nodes[k].name for k in n.operands] for n in graph.nodes}
    assert parents["v2"] == ["w2", "v1"]
    assert parents["L"] == ["v2", "v3"]


def test_the_picture_is_xml_with_every_number_and_no_two_nodes_on_each_other():
    graph = pf.draw(L, W1, W2)
    text = "".join(ET.fromstring(graph.svg).itertext())
    for name, (formula, *_) in LECTURE.items():
        assert name in text
        assert formula in text
    for number in ("0.6931", "1.347", "4.04", "0.2403"):
        assert number in text
    assert graph._repr_svg_() == graph.svg
    found = boxes(graph)
    assert len(found) == 6
    for k, (x, y, w, h) in enumerate(found):
        for left, top, width, height in found[k + 1 :]:
            apart = x + w < left or left + width < x or y + h < top or top + height < y
            assert apart


def test_the_text_for_graphviz():
    lines = pf.draw(L, W1, W2, show="value").dot.splitlines()
    assert lines[0] == "digraph {"
    assert lines[-1] == "}"
    edges = [line.strip() for line in lines if "->" in line]
    assert edges == [f"n{a} -> n{b}" for a, b in [(0, 2), (1, 3), (2, 3), (3, 4), (3, 5), (4, 5)]]
    assert sum("adjoint" in line for line in lines) == 0


@pytest.mark.parametrize(("suffix", "start"), [(".svg", "<svg"), (".dot", "digraph"), (".gv", "d")])
def test_save(tmp_path, suffix, start):
    path = pf.draw(L, W1, W2).save(tmp_path / f"graph{suffix}")
    assert path.read_text(encoding="utf-8").startswith(start)


def test_save_refuses_other_suffixes(tmp_path):
    with pytest.raises(ParameterError, match=r"\.svg, \.dot or \.gv, got 'graph.png'"):
        pf.draw(L, W1, W2).save(tmp_path / "graph.png")


def test_signs_that_mean_something_to_xml():
    graph = pf.draw(lambda x: np.where(x < 2.0, x, 0.0), np.array([1.0, 3.0]))
    assert graph["v1"].formula == "x < 2"
    assert "x < 2" in "".join(ET.fromstring(graph.svg).itertext())
    assert "x &lt; 2" in graph.dot


def test_trees_elements_and_slices_are_named_as_users_write_them():
    def f(p, x):
        return p["w"][0] * x[1] * x[1] + np.sum(x[::-1][:2]) + p["b"][1] + np.sum(x[1:] ** 2)

    args = {"w": (2.0, 3.0), "b": [0.5, 1.5]}, np.array([1.0, 2.0, 4.0])
    graph = draw_graph(f, *args)
    names = [node.name for node in graph.nodes if node.is_argument]
    assert names == ["p['w'][0]", "p['w'][1]", "p['b'][0]", "p['b'][1]", "x"]
    formulas = [node.formula for node in graph.nodes]
    assert formulas.count("x[1]") == 1
    assert "x[2::-1]" in formulas or "x[2:-1:-1]" in formulas
    assert "x[1:3]" in formulas
    gradient = pf.grad(f, (0, 1))(*args)
    assert graph["x"].adjoint == pytest.approx(gradient[1])
    assert graph["p['w'][1]"].adjoint == 0.0 == gradient[0]["w"][1]
    assert graph["p['b'][1]"].adjoint == 1.0


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
def test_arrays(dtype):
    rng = np.random.default_rng(0)
    W = rng.normal(size=(4, 3)).astype(dtype)
    x = rng.normal(size=3).astype(dtype)
    v = rng.normal(size=3).astype(dtype)
    graph = draw_graph(
        lambda W, x: np.tanh(W @ x), W, x, tangents=(0 * W, v), adjoint=np.ones(4, dtype)
    )
    assert [node.formula for node in graph.nodes] == ["", "", "W @ x", "tanh(v1)"]
    d = 1 - np.tanh(W @ x) ** 2
    precision = 1e-13 if dtype is np.float64 else 1e-4
    assert graph["v2"].tangents[0] == pytest.approx(d * (W @ v), rel=precision)
    assert graph["W"].adjoint == pytest.approx(np.outer(d, x), rel=precision)
    assert graph["v1"].adjoint == pytest.approx(d, rel=precision)
    assert graph["W"].adjoint.dtype == dtype
    assert "4×3, norm" in str(graph)


def test_equal_computations_are_one_node_whose_adjoint_is_the_sum():
    graph = draw_graph(lambda x: np.exp(x) * np.exp(x) + 3 * x + 3.0 * x, 0.5)
    assert [node.formula for node in graph.nodes].count("exp(x)") == 1
    assert graph["x"].adjoint == pytest.approx(2 * math.exp(1) + 6, rel=1e-15)
    (e,) = [node for node in graph.nodes if node.formula == "exp(x)"]
    assert e.adjoint == pytest.approx(2 * math.exp(0.5), rel=1e-15)


def test_a_result_that_is_no_single_number_has_no_adjoint_unless_it_is_given():
    graph = draw_graph(lambda x: (x * x, 3.0 * x), 2.0)
    assert graph.show == ("value", "tangent")
    assert [node.is_result for node in graph.nodes] == [False, True, True]
    graph = draw_graph(lambda x: (x * x, 3.0 * x), 2.0, adjoint=(1.0, 10.0))
    assert graph["x"].adjoint == 34.0


def test_an_argument_may_be_the_result_and_constants_are_no_nodes():
    graph = draw_graph(lambda x, n: x, 2.0, 3)
    assert [(n.name, n.is_argument, n.is_result) for n in graph.nodes] == [("x", True, True)]
    assert graph["x"].adjoint == 1.0
    ET.fromstring(graph.svg)


def test_whole_numbers_and_truth_values_have_no_derivatives():
    graph = draw_graph(lambda x: np.sum(np.where(x > 0, x, 0.0)), np.array([1.0, -1.0]))
    (condition,) = [node for node in graph.nodes if ">" in node.formula]
    assert condition.adjoint is None
    assert graph["x"].adjoint.tolist() == [1.0, 0.0]


def test_names_do_not_clash():
    graph = draw_graph(lambda v1, v2: np.sin(v1 * v2), 1.0, 2.0)
    assert [node.name for node in graph.nodes] == ["v1", "v2", "u1", "u2"]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: draw_graph(3.0, 1.0), ParameterTypeError, "of a function, got 3.0"),
        (lambda: draw_graph(L, 1, 2), ParameterError, "no argument is made of floats"),
        (lambda: draw_graph(lambda x: 1.0, 2.0), ParameterError, "depends on no argument"),
        (lambda: draw_graph(L, W1, W2, limit=5), ParameterError, "more than 5 nodes"),
        (lambda: draw_graph(L, W1, W2, limit=0), ParameterError, "limit must be an int >= 1"),
        (lambda: draw_graph(L, W1, W2, limit=9.0), ParameterTypeError, "limit must be an int >= 1"),
        (lambda: draw_graph(L, W1, W2, show="slope"), ParameterError, "show must be made of"),
        (lambda: draw_graph(np.sin, np.ones(2), show="adjoint"), ParameterError, "adjoint="),
        (lambda: draw_graph(np.sin, np.ones(2), show="tangent"), ParameterError, "tangents="),
        (lambda: draw_graph(L, W1, W2, tangents=(1.0,)), ShapeError, "structure of the arguments"),
        (lambda: draw_graph(np.sin, np.ones(2), tangents=(1.0,)), ShapeError, "must have shape"),
        (lambda: draw_graph(np.sin, np.ones(2), adjoint=(1.0, 2.0)), ShapeError, "of the result"),
        (
            lambda: pf.grad(lambda x: draw_graph(L, x, x))(1.0),
            ParameterTypeError,
            "plain arguments",
        ),
    ],
)
def test_what_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()


def test_deep_graphs_need_no_recursion():
    def f(x):
        for _ in range(1500):
            x = np.sin(x)
        return x

    graph = draw_graph(f, 1.0, limit=2000, show="value")
    assert len(graph.nodes) == 1501
    assert isinstance(graph, ComputationalGraph)


def test_layers_keep_their_distance_and_links_point_forwards():
    rng = np.random.default_rng(3)
    operands = [()] + [tuple({int(k) for k in rng.integers(0, n, size=2)}) for n in range(1, 60)]
    heights = rng.uniform(10, 50, size=60).tolist()
    layout = arranged(operands, heights, gap=7.0)
    for layer in layout.layers:
        for upper, lower in zip(layer, layer[1:], strict=False):
            a, b = layout.spots[upper], layout.spots[lower]
            assert b.y - a.y >= 7.0 + (a.height + b.height) / 2 - 1e-9
    for (source, target), path in layout.paths.items():
        assert (path[0], path[-1]) == (source, target)
        columns = [layout.spots[place].layer for place in path]
        assert columns == list(range(columns[0], columns[0] + len(columns)))


def test_a_graph_is_drawn_without_matplotlib():
    code = (
        "import sys, numpy as np, pyframe as pf\n"
        "sys.modules['matplotlib'] = None\n"
        "pf.draw(lambda x: np.sin(x), 1.0).svg"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
