"""More-Garbow-Hillstrom problems that fit a model to data or to an index t.

Source: More, Garbow and Hillstrom 1981, problems (6), (8) to (10), (12) and (15) to (18).
Minimisers with long decimals are refined, see the package.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from pyframe.testing.problems import Vector
from pyframe_problems.more_garbow_hillstrom.squares import sum_of_squares

_I = np.arange(1.0, 17.0)

# (6) Jennrich and Sampson, m = 10; at the minimum x1 = x2.
_I6 = _I[:10]
JENNRICH_SAMPSON = sum_of_squares(
    lambda x: (2 + 2 * _I6 - (np.exp(_I6 * x[0]) + np.exp(_I6 * x[1])),),
    lambda x: np.column_stack([-_I6 * np.exp(_I6 * x[0]), -_I6 * np.exp(_I6 * x[1])]),
    x0=(0.3, 0.4),
    minimum=124.36218235561485,
    minimizer=(0.2578252136703641, 0.2578252136703641),
)

# (8) Bard
_Y8 = np.array(
    [0.14, 0.18, 0.22, 0.25, 0.29, 0.32, 0.35, 0.39, 0.37, 0.58, 0.73, 0.96, 1.34, 2.10, 4.39]
)
_U8 = _I[:15]
_V8 = 16 - _U8
_W8 = np.minimum(_U8, _V8)


def _bard_jacobian(x: Vector) -> Any:
    q = _U8 / (_V8 * x[1] + _W8 * x[2]) ** 2
    return np.column_stack([-np.ones(15), _V8 * q, _W8 * q])


BARD = sum_of_squares(
    lambda x: (_Y8 - (x[0] + _U8 / (_V8 * x[1] + _W8 * x[2])),),
    _bard_jacobian,
    x0=(1.0, 1.0, 1.0),
    minimum=0.008214877306578975,
    minimizer=(0.08241055974978893, 1.1330360920297216, 2.343695178642537),
)

# (9) Gaussian; the data are symmetric, so x3 = 0 at the minimum.
_T9 = (8 - _I[:15]) / 2
_HALF9 = np.array([0.0009, 0.0044, 0.0175, 0.0540, 0.1295, 0.2420, 0.3521, 0.3989])
_Y9 = np.hstack([_HALF9, _HALF9[-2::-1]])


def _gaussian_jacobian(x: Vector) -> Any:
    d = _T9 - x[2]
    e = np.exp(-x[1] * d**2 / 2)
    return np.column_stack([e, -x[0] * e * d**2 / 2, x[0] * e * x[1] * d])


GAUSSIAN = sum_of_squares(
    lambda x: (x[0] * np.exp(-x[1] * (_T9 - x[2]) ** 2 / 2) - _Y9,),
    _gaussian_jacobian,
    x0=(0.4, 1.0, 0.0),
    minimum=1.127932769618648e-08,
    minimizer=(0.39895613783875666, 1.0000190844878056, 0.0),
)

# (10) Meyer
_T10 = 45 + 5 * _I
_Y10 = np.array(
    [34780, 28610, 23650, 19630, 16370, 13720, 11540, 9744]
    + [8261, 7030, 6005, 5147, 4427, 3820, 3307, 2872],
    dtype=np.float64,
)


def _meyer_jacobian(x: Vector) -> Any:
    s = _T10 + x[2]
    e = np.exp(x[1] / s)
    return np.column_stack([e, x[0] * e / s, -x[0] * e * x[1] / s**2])


MEYER = sum_of_squares(
    lambda x: (x[0] * np.exp(x[1] / (_T10 + x[2])) - _Y10,),
    _meyer_jacobian,
    x0=(0.02, 4000.0, 250.0),
    minimum=87.94585517085112,
    minimizer=(0.005609636471028053, 6181.346346286372, 345.2236346241365),
)

# (12) Box three-dimensional, m = 10
_T12 = _I[:10] / 10
_C12 = np.exp(-_T12) - np.exp(-10 * _T12)
BOX_3D = sum_of_squares(
    lambda x: (np.exp(-_T12 * x[0]) - np.exp(-_T12 * x[1]) - x[2] * _C12,),
    lambda x: np.column_stack([-_T12 * np.exp(-_T12 * x[0]), _T12 * np.exp(-_T12 * x[1]), -_C12]),
    x0=(0.0, 10.0, 20.0),
    minimizer=(1.0, 10.0, 1.0),
)

# (15) Kowalik and Osborne
_U15 = np.array([4, 2, 1, 0.5, 0.25, 0.167, 0.125, 0.1, 0.0833, 0.0714, 0.0625])
_Y15 = np.array(
    [0.1957, 0.1947, 0.1735, 0.1600, 0.0844, 0.0627, 0.0456, 0.0342, 0.0323, 0.0235, 0.0246]
)


def _kowalik_jacobian(x: Vector) -> Any:
    p = _U15 * (_U15 + x[1])
    q = _U15 * (_U15 + x[2]) + x[3]
    s = x[0] * p / q**2
    return np.column_stack([-p / q, -x[0] * _U15 / q, s * _U15, s])


KOWALIK_OSBORNE = sum_of_squares(
    lambda x: (_Y15 - x[0] * (_U15**2 + _U15 * x[1]) / (_U15**2 + _U15 * x[2] + x[3]),),
    _kowalik_jacobian,
    x0=(0.25, 0.39, 0.415, 0.39),
    minimum=0.00030750560384923745,
    minimizer=(0.19280693457903786, 0.19128232873436696, 0.12305650692632066, 0.13606233068379484),
)

# (16) Brown and Dennis, m = 20
_T16 = np.arange(1, 21) / 5


def _brown_dennis_jacobian(x: Vector) -> Any:
    a = x[0] + _T16 * x[1] - np.exp(_T16)
    b = x[2] + np.sin(_T16) * x[3] - np.cos(_T16)
    return 2 * np.column_stack([a, a * _T16, b, b * np.sin(_T16)])


BROWN_DENNIS = sum_of_squares(
    lambda x: (
        (x[0] + _T16 * x[1] - np.exp(_T16)) ** 2 + (x[2] + np.sin(_T16) * x[3] - np.cos(_T16)) ** 2,
    ),
    _brown_dennis_jacobian,
    x0=(25.0, 5.0, -5.0, -1.0),
    minimum=85822.20162635634,
    minimizer=(-11.594439904762165, 13.203630051207204, -0.40343948817685954, 0.2367787744557363),
)

# (17) Osborne 1
_T17 = 10 * np.arange(33.0)
_Y17 = np.array(
    [0.844, 0.908, 0.932, 0.936, 0.925, 0.908, 0.881, 0.850, 0.818, 0.784, 0.751]
    + [0.718, 0.685, 0.658, 0.628, 0.603, 0.580, 0.558, 0.538, 0.522, 0.506, 0.490]
    + [0.478, 0.467, 0.457, 0.448, 0.438, 0.431, 0.424, 0.420, 0.414, 0.411, 0.406]
)


def _osborne_jacobian(x: Vector) -> Any:
    e4, e5 = np.exp(-_T17 * x[3]), np.exp(-_T17 * x[4])
    return np.column_stack([-np.ones(33), -e4, -e5, _T17 * x[1] * e4, _T17 * x[2] * e5])


OSBORNE_1 = sum_of_squares(
    lambda x: (_Y17 - (x[0] + x[1] * np.exp(-_T17 * x[3]) + x[2] * np.exp(-_T17 * x[4])),),
    _osborne_jacobian,
    x0=(0.5, 1.5, -1.0, 0.01, 0.02),
    minimum=5.464894697482907e-05,
    minimizer=(
        0.37541005210695205,
        1.9358469127123674,
        -1.464687136613423,
        0.012867534640057288,
        0.02212269966167261,
    ),
)

# (18) Biggs EXP6, m = 13.  Quasi-Newton methods often end at a local minimum of 5.65565e-3.
_T18 = _I[:13] / 10
_Y18 = np.exp(-_T18) - 5 * np.exp(-10 * _T18) + 3 * np.exp(-4 * _T18)


def _biggs_jacobian(x: Vector) -> Any:
    e1, e2, e5 = (np.exp(-_T18 * x[j]) for j in (0, 1, 4))
    t = _T18
    return np.column_stack([-t * x[2] * e1, t * x[3] * e2, e1, -e2, -t * x[5] * e5, e5])


BIGGS_EXP6 = sum_of_squares(
    lambda x: (
        x[2] * np.exp(-_T18 * x[0])
        - x[3] * np.exp(-_T18 * x[1])
        + x[5] * np.exp(-_T18 * x[4])
        - _Y18,
    ),
    _biggs_jacobian,
    x0=(1.0, 2.0, 1.0, 1.0, 1.0, 1.0),
    minimizer=(1.0, 10.0, 1.0, 5.0, 4.0, 3.0),
)
