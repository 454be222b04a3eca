"""The list of the problems: name and summary, by the module that holds them.

The attribute in the module is the name in upper case with underscores: ``more-thuente-1``
is ``MORE_THUENTE_1``.
"""

from __future__ import annotations

from typing import NamedTuple


class Family(NamedTuple):
    """The problems of one module: summaries by name, `prefix` put before each name."""

    module: str
    reference: str
    problems: dict[str, str]
    prefix: str = ""


MGH = "More, Garbow and Hillstrom, ACM TOMS 7 (1981) 17-41"

CATALOGUE = (
    Family(
        "more_thuente",
        "More and Thuente, ACM TOMS 20 (1994) 286-307",
        {
            "more-thuente-1": "phi(a) = -a / (a^2 + 2), a long flat tail",
            "more-thuente-2": "phi(a) = (a + b)^5 - 2 (a + b)^4, flat at 0",
            "more-thuente-3": "phi(a): a rounded kink under small waves",
            "more-thuente-4": "phi(a): bends of radius 0.001 near 0 and 1",
            "more-thuente-5": "phi(a): bend of radius 0.01 near 0, 0.001 near 1",
            "more-thuente-6": "phi(a): bend of radius 0.001 near 0, 0.01 near 1",
        },
    ),
    Family(
        "more_garbow_hillstrom.few_variables",
        MGH,
        {
            "rosenbrock": "the banana valley, n = 2",
            "freudenstein-roth": "a local minimum in front of a ridge, n = 2",
            "powell-badly-scaled": "minimiser (1e-5, 9.1), n = 2",
            "brown-badly-scaled": "minimiser (1e6, 2e-6), n = 2",
            "beale": "a narrow curved valley, n = 2",
            "helical-valley": "an angle that jumps on a half-plane, n = 3",
            "powell-singular": "Hessian of rank 2 at the minimiser, n = 4",
            "wood": "a saddle on the way, n = 4",
        },
    ),
    Family(
        "more_garbow_hillstrom.data_fits",
        MGH,
        {
            "jennrich-sampson": "sums of two exponentials, n = 2",
            "bard": "rational model of 15 data, n = 3",
            "gaussian": "bell curve through 15 data, n = 3",
            "meyer": "badly scaled exponential through 16 data, n = 3",
            "box-3d": "differences of exponentials, n = 3",
            "kowalik-osborne": "rational model of 11 data, n = 4",
            "brown-dennis": "residuals that stay large, n = 4",
            "osborne-1": "two exponentials through 33 data, n = 5",
            "biggs-exp6": "three exponentials, several minima, n = 6",
        },
    ),
    Family(
        "more_garbow_hillstrom.any_dimension",
        MGH,
        {
            "extended-rosenbrock": "Rosenbrock in pairs, n = 10",
            "extended-powell": "Powell's singular function in fours, n = 12",
            "penalty-i": "1e-5 of a distance against a penalty, n = 10",
            "penalty-ii": "1e-5 of exponentials against two penalties, n = 4",
            "variably-dimensioned": "a quartic along one direction, n = 10",
            "trigonometric": "every residual sums all cosines, n = 10",
        },
    ),
    Family(
        "more_garbow_hillstrom.equations",
        MGH,
        {
            "watson": "a differential equation by polynomials, n = 6",
            "brown-almost-linear": "linear equations and one product, n = 10",
            "discrete-boundary-value": "u'' = (u + t + 1)^3 / 2 by differences, n = 10",
            "broyden-tridiagonal": "tridiagonal quadratic equations, n = 10",
            "broyden-banded": "banded cubic equations, n = 10",
            "linear-full-rank": "linear least squares, Hessian 2 I, n = 5",
            "linear-rank-one": "linear least squares of rank 1, n = 5",
            "chebyquad": "Chebyshev quadrature, n = 8",
        },
    ),
    Family(
        "classic.two_variables",
        "textbooks, see the comment at each problem",
        {
            "himmelblau": "four minima of value 0, n = 2",
            "cube": "a valley bent along a cubic, n = 2",
            "booth": "convex quadratic, n = 2",
            "matyas": "elongated convex quadratic, n = 2",
            "three-hump-camel": "three minima, n = 2",
            "six-hump-camel": "six minima, n = 2",
            "goldstein-price": "values from 3 to 1e6, n = 2",
            "cliff": "an exponential wall, 5e8 at the start, n = 2",
            "boyd-exponentials": "sum of three exponentials, n = 2",
        },
    ),
    Family(
        "classic.any_dimension",
        "Jamil and Yang, Int. J. Math. Modelling Numer. Optim. 4 (2013) 150-194",
        {
            "chained-rosenbrock": "Rosenbrock in a chain, n = 25",
            "dixon-price": "a chain of squares, n = 5",
            "zakharov": "a quartic along one direction, minimiser 0, n = 5",
            "styblinski-tang": "separable quartics, negative minimum, n = 4",
            "trid": "convex tridiagonal quadratic, n = 6",
            "singular-quartic": "Hessian 0 at the minimiser, n = 5",
        },
    ),
    Family(
        "classic.quadratic",
        "Kantorovich's bound; Hilbert; Nesterov 2018, section 2.1.2",
        {
            "quadratic-kappa-1e2": "condition number 1e2, n = 20",
            "quadratic-kappa-1e4": "condition number 1e4, n = 20",
            "quadratic-kappa-1e6": "condition number 1e6, n = 20",
            "hilbert": "the Hilbert matrix, condition number 1.5e10, n = 8",
            "nesterov-chain": "slow for every first-order method, n = 20",
        },
    ),
    Family(
        "classic.convex",
        "Boyd and Vandenberghe, Convex optimization, 2004",
        {
            "logistic-toy": "logistic regression of ten points, n = 3",
            "analytic-centre": "log barrier of a polytope, NaN outside, n = 2",
            "log-barrier-scaled": "log barriers, condition number 1e8, n = 5",
        },
    ),
    Family(
        "scalar.polynomial",
        "folklore",
        {
            "quadratic": "(x - 2)^2",
            "quadratic-at-zero": "x^2, minimiser 0",
            "quadratic-narrow": "1e8 (x - 1/4)^2",
            "quadratic-shallow": "1e-8 (x - 1)^2",
            "quadratic-wide": "(x - 3)^2 on a bracket of 2e6",
            "quadratic-tiny": "minimiser 3e-8",
            "quadratic-huge": "minimiser 3e12",
            "quadratic-offset": "1e6 + (x - 1)^2",
            "quadratic-left-end": "(x + 1)^2, minimiser at the left end",
            "quadratic-right-end": "(x - 5)^2, minimiser at the right end",
            "linear": "2 x, minimiser at the left end",
            "cubic": "x^3 - 3 x, with an inflection",
            "quartic": "x^4 / 4 - x",
            "quartic-flat": "(x - 1)^4",
            "quartic-tilted": "x^4 + x^2 - 3 x",
            "quadratic-plus-quartic": "(x - 1)^2 + (x - 2)^4",
            "stationary-inflection": "3 x^4 - 4 x^3, slope 0 also at 0",
            "sextic-flat": "(x - 2)^6",
            "octic": "x^8 - x",
            "tenth-power-flat": "x^10",
            "twentieth-power-wall": "x^20 - 20 x, a wall on the right",
        },
        "scalar-",
    ),
    Family(
        "scalar.exponential",
        "folklore; LECTURE_VALLEY after figure 18 of the lecture",
        {
            "cosh": "cosh(x - 1)",
            "cosh-tilted": "cosh x - x",
            "log-cosh": "log cosh x, straight far out",
            "exp-minus-line": "exp x - 2 x",
            "exp-at-zero": "exp x - x, minimiser 0",
            "exp-both-sides": "exp x + exp(-2 x)",
            "exp-wall": "exp(20 (x - 1)) - x, a wall on the right",
            "exp-left-end": "exp x, minimiser at the left end",
            "exp-plus-square": "exp(-x) + x^2",
            "exp-of-square": "exp(x^2) - x",
            "gaussian-well": "-exp(-(x - 1)^2)",
            "x-exp": "-x exp(-x)",
            "x-squared-exp": "-x^2 exp(-x), slope 0 also at the left end",
            "lecture-valley": "-x exp(-x^2 / 16) on [0, 6], minimiser 2.83",
            "planck": "-x^3 / (exp x - 1)",
            "morse": "(1 - exp(1 - x))^2",
            "softplus": "log(1 + exp x) - x / 4",
            "x-log-x": "x log x",
            "x-to-the-x": "x^x",
            "entropy": "x log x + (1 - x) log(1 - x)",
            "log-barrier": "x - log x",
            "log-barrier-sharp": "x - log(x) / 1024",
            "log-barrier-two-walls": "-log x - log(1 - x)",
            "square-minus-log": "x^2 - log x",
        },
        "scalar-",
    ),
    Family(
        "scalar.trigonometric",
        "folklore",
        {
            "sine": "sin x on [2, 7]",
            "cosine": "cos x on [1, 6]",
            "versine-at-zero": "1 - cos x, minimiser 0",
            "sine-and-cosine": "-sin x - cos x",
            "cosine-tilted": "x / 2 + cos x",
            "cosine-in-bowl": "x^2 / 8 + cos x",
            "cosine-damped": "exp(-x / 2) cos x",
            "sine-growing": "x sin x",
            "sinc": "sin(x) / x",
            "tangent-wall": "tan x - 2 x, a pole just beyond the bounds",
            "log-sine-barrier": "-log sin x",
            "arctangent-in-bowl": "x^2 / 2 - arctan x",
        },
        "scalar-",
    ),
    Family(
        "scalar.rational",
        "folklore",
        {
            "x-plus-reciprocal": "x + 1 / x",
            "x-plus-tiny-reciprocal": "x + 1e-12 / x, minimiser 1e-6",
            "x-plus-inverse-square": "x + 4 / x^2",
            "two-poles": "1 / x + 1 / (1 - x)",
            "quadratic-over-linear": "(x^2 + 3) / (x + 1)",
            "quadratic-over-quadratic": "(x^2 - x + 1) / (x^2 + 1)",
            "rational-tail": "-x / (x^2 + 2)",
            "witch-of-agnesi": "-1 / (1 + 25 (x - 1/4)^2)",
            "lennard-jones": "1 / x^12 - 2 / x^6",
            "hyperbola-tilted": "sqrt(1 + x^2) - x / 2",
            "heron": "the shortest path by way of a mirror",
            "fermat": "the fastest path through two media",
            "square-minus-root": "x^2 - sqrt x, infinite slope at the left end",
        },
        "scalar-",
    ),
    Family(
        "scalar.kinked",
        "folklore",
        {
            "absolute-value": "|x - 1|",
            "absolute-value-uneven": "slopes -1 and 1000",
            "kink-in-bowl": "|x - 1| + x^2 / 4, kink at the minimiser",
            "kink-beside-valley": "|x - 1| + x^2, kink beside it",
            "root-cusp": "sqrt |x - 1|",
            "three-halves": "|x|^1.5",
            "quadratic-uneven": "curvature jumps from 2 to 200",
            "huber": "parabola inside, straight outside",
        },
        "scalar-",
    ),
)
