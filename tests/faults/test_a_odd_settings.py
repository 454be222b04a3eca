"""Group A: odd objects as arguments of operators, searches, decorators and parameter objects."""

import inspect

import numpy as np
import pytest
from odd import ODD, refusal

import pyframe as pf
from pyframe.errors import (
    ParameterError,
    ParameterTypeError,
    PyframeError,
    UnknownNameError,
)

x = np.array([1.0, 2.0])


def f(x):
    return np.sum(x * x)


def phi(t):
    return (t - 1.0) * (t - 1.0)


OPERATORS = {
    name: (getattr(pf, name), x)
    for name in ("grad", "value_and_grad", "jacobian", "hessian", "laplacian")
} | {"derivative": (pf.derivative, 1.0)}

SETTINGS = {
    "minimize": (lambda **own: pf.minimize(f, x, **own), pf.minimize, ("f", "x0")),
    "line_search": (lambda **own: pf.line_search(f, x, -x, **own), pf.line_search, ("f", "x", "d")),
    "minimize_scalar": (lambda **own: pf.minimize_scalar(phi, **own), pf.minimize_scalar, ("f",)),
    "minimize_scalar_batch": (
        lambda **own: pf.minimize_scalar_batch(phi, np.zeros(2), np.full(2, 3.0), **own),
        pf.minimize_scalar_batch,
        ("f", "a", "b"),
    ),
    "check_grads": (lambda **own: pf.check_grads(f, (x,), **own), pf.check_grads, ("f", "args")),
    "compile": (lambda **own: pf.compile(f, **own)(x), pf.compile, ("function",)),
    "limits": (lambda **own: pf.limits(**own).__enter__(), pf.limits, ()),
    "Stepper": (lambda **own: pf.Stepper(**{"value": 1.0, "slope": -1.0} | own), pf.Stepper, ()),
}


def differentiated(operator, at):
    return lambda **own: operator(phi if at is not x else f, **own)(at)


def decorated(decorator):
    return lambda **own: decorator("odd-one", **own)(lambda *_: 1.0)


for _name, (_operator, _at) in OPERATORS.items():
    SETTINGS[_name] = (differentiated(_operator, _at), _operator, ("f",))
for _name in ("criterion", "strategy", "direction", "initial_step", "scalar_method", "mode"):
    SETTINGS[_name] = (decorated(getattr(pf, _name)), getattr(pf, _name), ("name",))
SETTINGS["space"] = (
    lambda **own: pf.space("odd-one", **own)(lambda g, _: g),
    pf.space,
    ("name",),
)
SETTINGS["primitive"] = (
    lambda **own: pf.primitive("odd-one", **own)(lambda x: x),
    pf.primitive,
    ("name",),
)
for _module in (pf.criteria, pf.strategies, pf.initial_steps, pf.directions, pf.modes):
    for _name, _class in vars(_module).items():
        if isinstance(_class, type) and hasattr(_class, "_build") and _name[0].isupper():
            SETTINGS[f"{_module.__name__}.{_name}"] = (_class, _class, ())

CASES = [
    (f"{name} {setting}", call, setting)
    for name, (call, signed, given) in SETTINGS.items()
    for setting in inspect.signature(signed).parameters
    # What a function of the user raises is the user's.
    if setting not in (*given, "args", "callback", "grad", "derivative", "second_derivative")
]


@pytest.mark.parametrize(("name", "call", "setting"), CASES, ids=[case[0] for case in CASES])
def test_an_odd_setting_is_taken_or_refused_on_purpose(name, call, setting):
    for odd, value in ODD.items():
        error = refusal(lambda value: call(**{setting: value}), value)
        assert error is None or isinstance(error, PyframeError), f"{name}={odd}: {error!r}"
        assert len(str(error)) < 2000, odd


NO_FUNCTION = {odd: value for odd, value in ODD.items() if not callable(value)}


@pytest.mark.parametrize("odd", NO_FUNCTION)
def test_what_is_no_function_cannot_be_differentiated(odd):
    calls = [
        *(lambda g, op=op: op(g) for op, _ in OPERATORS.values()),
        lambda g: pf.jvp(g, (x,), (x,)),
        lambda g: pf.hvp(g, (x,), (x,)),
        lambda g: pf.vjp(g, x),
        lambda g: pf.linearize(g, x),
        lambda g: pf.check_grads(g, (x,)),
        pf.compile,
        pf.checkpoint,
    ]
    for call in calls:
        with pytest.raises(ParameterTypeError, match="function"):
            call(NO_FUNCTION[odd])


@pytest.mark.parametrize(
    ("call", "error", "says"),
    [
        (lambda: pf.grad(f, argnums=None), ParameterTypeError, "argnums must be an int"),
        (lambda: pf.grad(f, argnums=(0, "x")), ParameterTypeError, r"got \(0, 'x'\)"),
        (lambda: pf.grad(f, argnames=3), ParameterTypeError, "argnames must be a text"),
        (lambda: pf.grad(f, has_aux="yes"), ParameterTypeError, "has_aux must be True or False"),
        (lambda: pf.check_grads(f, (x,), order=2**70), ParameterError, "from 1 to 10"),
        (lambda: pf.check_grads(f, (x,), rtol=-1.0), ParameterError, "rtol must be >= 0"),
        (lambda: pf.check_grads(f, (x,), rtol="a"), ParameterTypeError, "rtol must be a real"),
        (lambda: pf.check_grads(f, (x,), seed=-1), ParameterError, "seed must be an int >= 0"),
        (lambda: pf.plugins(["mode"]), UnknownNameError, "unknown kind"),
        (lambda: pf.modes.Sparse(pattern="a"), ParameterTypeError, "pattern must be a matrix"),
        (lambda: pf.modes.FiniteDifference(step=1j), ParameterTypeError, "step must be a real"),
        (lambda: pf.vjp(f, x)[1](10**400), ParameterError, "adjoint must be at most 1.8e308"),
    ],
)  # fmt: skip
def test_what_a_refusal_says(call, error, says):
    with pytest.raises(error, match=says):
        call()
