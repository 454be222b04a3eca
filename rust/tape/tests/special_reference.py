# A script beside Rust tests, no package; names say what a function of one formula is.
# ruff: noqa: D103, INP001, S311
"""Write `special_reference.csv`: reference values of `pyframe_tape::special`, by mpmath.

Run `python special_reference.py` beside this file with mpmath installed. Each row is
`function,x,y,value,size`: the nearest double to the value, computed with 60 digits or more,
and the size in whose ulp the error is to be counted where the value is smaller than it (near a
zero, where the condition number is infinite); 0 where the value itself is the measure.
The integer order of `polygamma` and `sinc_derivative` is `x`; one argument leaves `y` at 0.
"""

import csv
import random
from collections.abc import Callable, Iterable
from pathlib import Path

import mpmath as mp
from mpmath import mpf

mp.mp.dps = 60
RANDOM = random.Random(20240229)
POINTS = 40

Row = tuple[str, float, float, float, float]


def log_uniform(low: float, high: float, n: int) -> list[float]:
    """`n` numbers whose decimal logarithm is uniform in `[low, high]`."""
    return [10 ** RANDOM.uniform(low, high) for _ in range(n)]


def uniform(low: float, high: float, n: int) -> list[float]:
    return [RANDOM.uniform(low, high) for _ in range(n)]


def both_signs(xs: Iterable[float]) -> list[float]:
    return [x if i % 2 else -x for i, x in enumerate(xs)]


def around(points: Iterable[float], n: int) -> list[float]:
    """Each point, and `n` more at distances from 1e-14 to 1e-1 of it."""
    return [p + d for p in points for d in [0.0, *both_signs(log_uniform(-14, -1, n))]]


def hurwitz(s: float, q: float) -> mpf:
    """`zeta(s, q)` by Euler-Maclaurin (DLMF 25.11.28); `mpmath.zeta` loses digits for large `q`.

    For `q < 0` and integer `s` the terms left of zero come first.
    """
    s, q = mpf(s), mpf(q)
    total = mpf(0)
    while q < 150:
        total += q ** -(int(s) if s == int(s) else s)
        q += 1
    total += q ** (1 - s) / (s - 1) + q**-s / 2
    factor = s / q ** (s + 1)
    for j in range(1, 50):
        total += mp.bernoulli(2 * j) / mp.factorial(2 * j) * factor
        factor *= (s + 2 * j - 1) * (s + 2 * j) / q**2
    return total


def polygamma(n: float, x: float) -> mpf:
    if n == 0:
        return mp.digamma(x)
    return (-1) ** (int(n) + 1) * mp.factorial(n) * hurwitz(n + 1, x)


def nearest_term(n: float, x: float) -> float:
    """The largest term of `polygamma`'s sum: near its zeros, what cancels."""
    distance = abs(x - round(x)) if x < 0 else x
    return float(mp.factorial(n) * mpf(distance) ** -(n + 1)) if n > 1 and x < 0 else 0.0


def erfcinv(y: float | mpf) -> mpf:
    if y > 0.1:
        return mp.erfinv(1 - mpf(y))
    y = mpf(y)
    z = mp.sqrt(-mp.log(y))
    for _ in range(60):
        e = mp.erfc(z)
        step = (mp.log(e) - mp.log(y)) * mp.sqrt(mp.pi) * e * mp.exp(z * z) / -2
        z -= step
        if abs(step) < mpf(10) ** -45:
            break
    return z


def beta(a: float, b: float) -> mpf:
    with mp.workdps(800):
        return mp.gammaprod([a, b], [mpf(a) + mpf(b)])


def log_beta(a: float, b: float) -> mpf:
    with mp.workdps(800):
        return mp.loggamma(a) + mp.loggamma(b) - mp.loggamma(mpf(a) + mpf(b))


def sinc_derivative(n: float, x: float) -> mpf:
    with mp.workdps(300):
        y = mp.pi * mpf(x)
        if y == 0:
            return mpf(0) if n % 2 else (-1) ** int(n // 2) * mp.pi ** int(n) / (n + 1)
        s = mp.sin(y) / y
        for k in range(1, int(n) + 1):
            s = (mp.sin(y + k * mp.pi / 2) - k * s) / y
        return s * mp.pi ** int(n)


def envelope(n: float, x: float) -> float:
    return float(mp.pi ** int(n) / max(n + 1, abs(x) * mp.pi))


def precise(function: Callable[..., mpf], digits: int = 800) -> Callable[..., mpf]:
    """For what cancels in the formula: enough digits for the whole range of doubles."""

    def wrapped(*arguments: float) -> mpf:
        with mp.workdps(digits):
            return +function(*map(mpf, arguments))

    return wrapped


def unary(
    name: str, function: Callable[..., mpf], xs: Iterable[float], size: float = 0.0
) -> list[Row]:
    return [(name, x, 0.0, float(function(mpf(x))), size) for x in xs]


def binary(
    name: str,
    function: Callable[..., mpf],
    pairs: Iterable[tuple[float, float]],
    size: Callable[[float, float], float] = lambda _x, _y: 0.0,
) -> list[Row]:
    return [(name, x, y, float(function(x, y)), size(x, y)) for x, y in pairs]


def ndtr(x: mpf) -> mpf:
    return mp.erfc(-x / mp.sqrt(2)) / 2


def rows() -> Iterable[list[Row]]:
    half = POINTS // 2
    unit = [
        *log_uniform(-307, 0, half),
        *uniform(0, 1, 10),
        *[1 - x for x in log_uniform(-15, -1, 10)],
    ]
    on_the_line = [*both_signs(log_uniform(-20, 1.5, half)), *uniform(-700, 700, half)]
    positive = [*log_uniform(-300, 300, half), *uniform(0, 3, half)]
    gamma_points = [
        *uniform(-20, 20, 15),
        *uniform(-170, 171, 10),
        *both_signs(log_uniform(-300, 0, 10)),
    ]
    near_poles = [p + d for p in (-1, -2, -7) for d in both_signs(log_uniform(-12, -2, 2))]
    yield unary("erf", mp.erf, both_signs([*log_uniform(-300, 0.8, half), *uniform(0, 6, half)]))
    yield unary("erfc", mp.erfc, [*uniform(-6, 26.5, 30), *both_signs(log_uniform(-20, 0, 10))])
    yield unary(
        "erfinv", mp.erfinv, both_signs([*unit[:10], *unit[half:], *log_uniform(-5, 0, 10)])
    )
    yield unary("erfcinv", erfcinv, [*unit, *[2 - x for x in log_uniform(-15, 0, 10)]])
    yield unary("gamma", mp.gamma, [*gamma_points, *near_poles])
    zeros_of_log_gamma = [1.0, 2.0, -2.4570247382208006, -3.955294284858598]
    log_gamma = precise(lambda x: mp.log(abs(mp.gamma(x))), 80)
    yield unary("gammaln", log_gamma, [*gamma_points, *near_poles])
    yield unary("gammaln", log_gamma, around(zeros_of_log_gamma, 4), 1e-3)
    yield unary("gammaln", mp.loggamma, log_uniform(2, 305, 10))
    yield unary("digamma", mp.digamma, [*gamma_points, *near_poles, *log_uniform(2, 305, 10)])
    zeros_of_digamma = [1.4616321449683623, -0.5040830082644554, -3.635293366436901]
    yield unary("digamma", mp.digamma, around(zeros_of_digamma, 4), 1e-3)
    trigamma_points = [x for x in gamma_points if abs(x) > 1e-150]
    yield unary(
        "trigamma",
        lambda x: mp.psi(1, x),
        [*trigamma_points, *near_poles, *log_uniform(2, 305, 10)],
    )
    orders = [2, 3, 4, 5, 8, 13, 30, 100]
    yield binary("polygamma", polygamma, [(n, x) for n in orders for x in log_uniform(-2, 3, 5)])
    yield binary(
        "polygamma",
        polygamma,
        [(n, x) for n in orders[:5] for x in uniform(-12, 0, 5)],
        nearest_term,
    )
    yield binary(
        "zeta",
        hurwitz,
        [(1 + s, q) for s, q in zip(log_uniform(-12, 2, 40), log_uniform(-3, 3, 40), strict=True)],
    )
    small = zip(log_uniform(-3, 2.2, 15), log_uniform(-3, 2, 15), strict=True)
    large = zip(log_uniform(1, 2.6, 15), log_uniform(1, 2.6, 15), strict=True)
    far = zip(log_uniform(-20, 1, 10), log_uniform(2, 25, 10), strict=True)
    pairs = [*small, *large, *far]
    yield binary("beta", beta, pairs)
    yield binary("beta", beta, zip(uniform(-30, 30, 15), uniform(-30, 30, 15), strict=True))
    yield binary("beta", beta, [(-200.3, 150.7), (-200.3, 260.9), (-150.2, -99.9), (-2.5, 1e10)])
    yield binary("betaln", log_beta, pairs, lambda _a, _b: 1.0)
    yield unary("expit", lambda x: 1 / (1 + mp.exp(-x)), on_the_line)
    yield unary("log_expit", precise(lambda x: -mp.log1p(mp.exp(-x))), on_the_line)
    yield unary("softplus", precise(lambda x: mp.log1p(mp.exp(x))), on_the_line)
    yield unary("logit", precise(lambda p: mp.log(p) - mp.log1p(-p)), [*unit, *around([0.5], 5)])
    sums = [(x, x + d) for x, d in zip(uniform(-300, 300, 40), uniform(-40, 40, 40), strict=True)]
    yield binary("logaddexp", precise(lambda x, y: mp.log(mp.exp(x) + mp.exp(y))), sums)
    yield binary("logaddexp2", precise(lambda x, y: mp.log(2**x + 2**y, 2)), sums)
    yield unary("exp2", lambda x: mpf(2) ** x, uniform(-1022, 1024, 40))
    factors = both_signs(log_uniform(-100, 100, 40))
    yield binary("xlogy", lambda x, y: x * mp.log(y), zip(factors, positive, strict=True))
    arguments = [*log_uniform(-100, 100, half), *[-x for x in log_uniform(-100, 0, half)]]
    yield binary("xlog1py", lambda x, y: x * mp.log1p(y), zip(factors, arguments, strict=True))
    yield unary("entr", lambda x: -x * mp.log(x), positive)
    bessel_points = both_signs([*log_uniform(-20, 1.3, half), *uniform(0, 700, half)])
    for order in (0, 1):
        yield unary(f"i{order}", lambda x, n=order: mp.besseli(n, x), bessel_points)
        yield unary(
            f"i{order}e", lambda x, n=order: mp.besseli(n, x) * mp.exp(-abs(x)), bessel_points
        )
        oscillating = both_signs([*log_uniform(-20, 6, half), *uniform(0, 100, half)])
        zeros = [float(mp.besseljzero(order, k)) for k in (1, 2, 5, 30)]
        yield unary(f"j{order}", lambda x, n=order: mp.besselj(n, x), oscillating)
        yield unary(f"j{order}", lambda x, n=order: mp.besselj(n, x), around(zeros, 3), 1e-6)
    yield unary(
        "ndtr",
        ndtr,
        [*uniform(-38, 9, 25), *uniform(-3, 3, 10), *both_signs(log_uniform(-20, 0, 5))],
    )
    yield unary(
        "log_ndtr", precise(lambda x: mp.log(ndtr(x))), [*uniform(-35, 35, 30), *uniform(-3, 3, 10)]
    )
    yield unary("ndtri", lambda p: -mp.sqrt(2) * erfcinv(2 * p), [*unit, *around([0.5], 5)])
    sinc_points = [*uniform(0, 10, 6), *log_uniform(-12, 0, 3), *log_uniform(0, 6, 2)]
    yield binary(
        "sinc_derivative",
        sinc_derivative,
        [(n, x) for n in range(9) for x in [0.0, 1.0, -2.0, *both_signs(sinc_points)]],
        envelope,
    )
    yield binary("hypot", mp.hypot, zip(factors, RANDOM.sample(factors, 40), strict=True))


def main() -> None:
    target = Path(__file__).with_suffix(".csv")
    with target.open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["function", "x", "y", "value", "size"])
        for table in rows():
            for name, x, y, value, size in table:
                writer.writerow([name, *(repr(float(v)) for v in (x, y, value, size))])


if __name__ == "__main__":
    main()
