"""More-Garbow-Hillstrom problems that are systems of n equations in n unknowns, or nearly.

Each function makes the problem for a given n; the constant below it is the registered
size.

Source: More, Garbow and Hillstrom 1981, problems (20), (27), (28), (30) to (33) and (35).
Minimisers with long decimals are refined, see the package.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pyframe.testing.problems import Vector, VectorProblem
from pyframe_problems.more_garbow_hillstrom.squares import sum_of_squares


def watson(n: int, minimum: float, minimizer: tuple[float, ...]) -> VectorProblem:
    """(20): a polynomial with coefficients x made to solve p' - p^2 = 1 at t = i / 29."""
    t = np.arange(1.0, 30.0)[:, None] / 29
    j = np.arange(float(n))
    power = t**j
    slope = j * t ** np.maximum(j - 1, 0)

    def jacobian(x: Vector) -> Any:
        first = np.zeros((2, n))
        first[0, 0], first[1, 0], first[1, 1] = 1.0, -2 * x[0], 1.0
        return np.vstack([slope - 2 * (power @ x)[:, None] * power, first])

    return sum_of_squares(
        lambda x: (slope @ x - (power @ x) ** 2 - 1, x[0], x[1] - x[0] ** 2 - 1),
        jacobian,
        (0.0,) * n,
        minimum,
        minimizer,
    )


WATSON = watson(
    6,
    0.0022876700535524363,
    (
        -0.015725086401458456,
        1.0124348693691099,
        -0.2329916259567377,
        1.2604300877996084,
        -1.5137289227222797,
        0.9929964324311346,
    ),
)


def brown_almost_linear(n: int) -> VectorProblem:
    """(27): n - 1 linear equations and one product; solved by x = 1."""
    rows = np.eye(n)[:-1] + 1.0

    def jacobian(x: Vector) -> Any:
        # Products of the other components, without dividing by one that may be zero.
        others = [np.prod(np.delete(x, j)) for j in range(n)]
        return np.vstack([rows, others])

    return sum_of_squares(
        lambda x: (rows @ x - (n + 1), np.prod(x) - 1),
        jacobian,
        x0=(0.5,) * n,
        minimizer=(1.0,) * n,
    )


BROWN_ALMOST_LINEAR = brown_almost_linear(10)


def discrete_boundary_value(n: int, minimizer: tuple[float, ...]) -> VectorProblem:
    """(28): u'' = (u + t + 1)^3 / 2 on [0, 1], u = 0 at both ends, by differences."""
    h = 1 / (n + 1)
    t = h * np.arange(1.0, n + 1)
    second_difference = 2 * np.eye(n) - np.eye(n, k=1) - np.eye(n, k=-1)

    return sum_of_squares(
        lambda x: (second_difference @ x + h**2 * (x + t + 1) ** 3 / 2,),
        lambda x: second_difference + np.diag(1.5 * h**2 * (x + t + 1) ** 2),
        x0=tuple((t * (t - 1)).tolist()),
        minimizer=minimizer,
    )


DISCRETE_BOUNDARY_VALUE = discrete_boundary_value(
    10,
    (
        -0.04316498251876487,
        -0.08157715653538689,
        -0.11448571438052929,
        -0.14097357686259668,
        -0.1599086961819831,
        -0.16987720231277492,
        -0.16908998378120835,
        -0.15524953522183182,
        -0.125355891678935,
        -0.07541653368589209,
    ),
)


def broyden_tridiagonal(n: int, minimizer: tuple[float, ...]) -> VectorProblem:
    """(30): (3 - 2 x_i) x_i - x_{i-1} - 2 x_{i+1} + 1 = 0."""
    neighbours = np.eye(n, k=-1) + 2 * np.eye(n, k=1)

    return sum_of_squares(
        lambda x: ((3 - 2 * x) * x - neighbours @ x + 1,),
        lambda x: np.diag(3 - 4 * x) - neighbours,
        x0=(-1.0,) * n,
        minimizer=minimizer,
    )


BROYDEN_TRIDIAGONAL = broyden_tridiagonal(
    10,
    (
        -0.5707221320112248,
        -0.681806949984275,
        -0.7022100760176601,
        -0.7055106298950804,
        -0.7049061557287437,
        -0.7014966070298512,
        -0.6918893223547983,
        -0.6657965144058537,
        -0.5960351090263657,
        -0.4164122575286934,
    ),
)


def broyden_banded(n: int, minimizer: tuple[float, ...]) -> VectorProblem:
    """(31): x_i (2 + 5 x_i^2) + 1 = sum of x_j (1 + x_j), j from i - 5 to i + 1, not i."""
    band = np.eye(n, k=1) + sum(np.eye(n, k=-k) for k in range(1, 6))

    return sum_of_squares(
        lambda x: (x * (2 + 5 * x**2) + 1 - band @ (x * (1 + x)),),
        lambda x: np.diag(2 + 15 * x**2) - band * (1 + 2 * x),
        x0=(-1.0,) * n,
        minimizer=minimizer,
    )


BROYDEN_BANDED = broyden_banded(
    10,
    (
        -0.4283028635872503,
        -0.47659642435629024,
        -0.5196524636468617,
        -0.5580993248321809,
        -0.5925061568294574,
        -0.624503682199468,
        -0.6232394714405911,
        -0.6213938417965735,
        -0.6204535966590874,
        -0.5864692707204351,
    ),
)


def linear_full_rank(n: int, m: int) -> VectorProblem:
    """(32), m >= n: minimum m - n at x = -1; the Hessian is 2 I."""
    rows = np.eye(m, n) - 2 / m

    return sum_of_squares(
        lambda x: (rows @ x - 1,), lambda x: rows, (1.0,) * n, float(m - n), (-1.0,) * n
    )


LINEAR_FULL_RANK = linear_full_rank(5, 10)


def linear_rank_one(n: int, m: int) -> VectorProblem:
    """(33), m >= n: minimum m (m - 1) / (2 (2 m + 1)) on a hyperplane of minimisers."""
    j = np.arange(1.0, n + 1)
    rows = np.outer(np.arange(1.0, m + 1), j)
    # The minimisers have j . x = 3 / (2 m + 1); this is the one of least norm.
    nearest = j * (3 / (2 * m + 1) / (j @ j))

    return sum_of_squares(
        lambda x: (rows @ x - 1,),
        lambda x: rows,
        (1.0,) * n,
        m * (m - 1) / (2 * (2 * m + 1)),
        tuple(nearest.tolist()),
    )


LINEAR_RANK_ONE = linear_rank_one(5, 10)


def chebyquad(n: int, minimum: float, minimizer: tuple[float, ...]) -> VectorProblem:
    """(35): mean of T_i(2 x_j - 1) over j = integral of T_i(2 x - 1) over [0, 1], i = 1 .. n."""

    def residuals(x: Vector) -> tuple[Any, ...]:
        z = 2 * x - 1
        before, now = z * 0 + 1, z
        rows: list[Any] = []
        for i in range(1, n + 1):
            rows.append(np.sum(now) / n + (1 / (i * i - 1) if i % 2 == 0 else 0.0))
            before, now = now, 2 * z * now - before
        return tuple(rows)

    def jacobian(x: Vector) -> Any:
        # dT_i(2 x - 1)/dx = 2 i U_{i-1}(2 x - 1), U by the same recurrence from 1 and 2 z.
        z = 2 * x - 1
        before, now = np.zeros(n), np.ones(n)
        rows: list[Any] = []
        for i in range(1, n + 1):
            rows.append(2 * i * now / n)
            before, now = now, 2 * z * now - before
        return rows

    x0 = tuple((np.arange(1.0, n + 1) / (n + 1)).tolist())
    return sum_of_squares(residuals, jacobian, x0, minimum, minimizer)


CHEBYQUAD = chebyquad(
    8,
    0.0035168737256779316,
    (
        0.04315276015101663,
        0.1930908403841861,
        0.26632870689027294,
        0.5,
        0.5,
        0.7336712931097271,
        0.8069091596158139,
        0.9568472398489833,
    ),
)
