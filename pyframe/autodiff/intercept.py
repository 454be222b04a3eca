"""What would let a value leave the trace without notice, and what is done about it.

Three ways lead out of a trace unseen, since they ask a traced object for a plain float:
``math.sin(x)``, ``np.array([x, y])`` and ``a[0] = x`` for a plain array ``a``.  While a
function is recorded, the functions of :mod:`math` and those that make arrays are replaced in
their modules by wrappers that know traced values (and change nothing for others); a value that
asks for a float in any other way but ``float(x)`` itself is refused with the place and a way
out.  ``float(x)`` and ``int(x)`` are honoured: whoever writes them wants a number.
"""

from __future__ import annotations

import dis
import functools
import inspect
import math
import sys
import threading
from collections.abc import Callable
from types import FrameType, FunctionType
from typing import Any

import numpy as np

from pyframe import _core
from pyframe.autodiff.refusals import restated
from pyframe.errors import ConcretizationError

LEAVES_BY = {"float", "int", "complex", "round", "bool", "str", "repr", "format", "print", "hash"}
"""Callables whose very purpose is a plain value."""

_seen: dict[tuple[Any, int], str | None] = {}
_lock = threading.Lock()


def leaving(kind: str) -> None:
    """Refuse to make a float of a traced value, unless the user's code says so.

    Called by the traced objects; the frame is the user's.
    """
    # The only way to know who asks.
    frame = sys._getframe(1)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    key = (frame.f_code, frame.f_lasti)
    if key not in _seen:
        if len(_seen) > 10_000:
            _seen.clear()
        _seen[key] = _obstacle(frame)
    what = _seen[key]
    if what is not None:
        line = f"{frame.f_code.co_filename}, line {frame.f_lineno}"
        raise ConcretizationError(
            f"{what} asks a traced value for a plain {kind}, which would drop its derivative "
            f"({line}). {_remedy(what)}"
        )


def _remedy(what: str) -> str:
    if what == "an assignment to a plain array":
        return (
            "Assign to an array made with np.zeros_like(x) or x.copy(), "
            "or join the parts with np.stack"
        )
    if what.startswith("math."):
        name = what.removeprefix("math.")
        return f"Use np.{name}, or call it through its module: math.{name}(x)"
    return "Use NumPy's function of that name, or float(x) where a constant is meant"


def _obstacle(frame: FrameType) -> str | None:
    """What asks for a float, or None when the code itself says that a float is wanted."""
    before: list[dis.Instruction] = []
    for instruction in dis.get_instructions(frame.f_code):
        if instruction.offset > frame.f_lasti:
            break
        before.append(instruction)
    name = before[-1].opname if before else ""
    if name == "STORE_SUBSCR":
        return "an assignment to a plain array"
    if name in {"BINARY_OP", "FORMAT_VALUE", "BINARY_MODULO", "FORMAT_SIMPLE", "FORMAT_WITH_SPEC"}:
        return None  # "%f" % x
    if not name.startswith("CALL"):
        return "this expression"
    called = _called(frame, before)
    if called is None:
        return "this call"
    if called in {float, int, complex, round, bool, str, repr, format, print}:
        return None
    name = getattr(called, "__name__", type(called).__name__)
    module = getattr(called, "__module__", None) or ""
    return f"{module}.{name}" if module not in {"", "builtins", "__main__"} else f"{name}()"


def _called(frame: FrameType, before: list[dis.Instruction]) -> Any:
    """The object that the last instruction calls, found by undoing the stack."""
    call = before[-1]
    if call.opname == "CALL_FUNCTION_EX":
        return None
    depth = (call.arg or 0) + (2 if sys.version_info >= (3, 11) else 1)
    place = len(before) - 2
    while place >= 0:
        instruction = before[place]
        if instruction.opname in {"PRECALL", "CACHE", "KW_NAMES", "NOP", "EXTENDED_ARG", "RESUME"}:
            place -= 1
            continue
        if "JUMP" in instruction.opname:
            return None
        try:
            effect = dis.stack_effect(instruction.opcode, instruction.arg)
        except ValueError:
            return None
        depth -= effect
        if depth <= 1:
            return _loaded(frame, before, place)
        place -= 1
    return None


def _loaded(frame: FrameType, before: list[dis.Instruction], place: int) -> Any:
    """The object that an instruction loads by name."""
    instruction = before[place]
    name = instruction.argval
    if instruction.opname in {"LOAD_GLOBAL", "LOAD_NAME"}:
        for names in (frame.f_locals, frame.f_globals, frame.f_builtins):
            if name in names:
                return names[name]
    if instruction.opname in {"LOAD_FAST", "LOAD_DEREF", "LOAD_CLASSDEREF", "LOAD_FAST_BORROW"}:
        return frame.f_locals.get(name)
    if instruction.opname in {"LOAD_ATTR", "LOAD_METHOD"} and place > 0:
        owner = _loaded(frame, before, place - 1)
        return None if owner is None else getattr(owner, name, None)
    return None


# -- functions replaced while something is recorded ------------------------------------------

_depth = 0
_replaced: dict[str, tuple[Any, dict[str, Any], dict[str, Any]]] = {}
"""By module or class: its names, the originals and the wrappers."""


class _Members:
    """The members of a class, under the names that a dictionary has for its parts."""

    def __init__(self, owner: type) -> None:
        self._owner = owner
        self.items, self.get = vars(owner).items, vars(owner).get

    def update(self, members: dict[str, Any]) -> None:
        for name, member in members.items():
            setattr(self._owner, name, member)


def replace(module: Any, name: str, instead: Callable[..., Any]) -> None:
    """Have a function of a module or class replaced while something is recorded.

    `instead` is called when an argument is traced (also inside a list or tuple).
    """
    original = getattr(module, name)
    instead = restated(f"{module.__name__}.{name}", instead)

    @functools.wraps(original)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        if any(map(holds_traced, args)) or any(map(holds_traced, kwargs.values())):
            return instead(*args, **kwargs)
        return original(*args, **kwargs)

    _note(module, name, original, wrapper)


def _note(module: Any, name: str, original: Any, wrapper: Any) -> None:
    names = _Members(module) if isinstance(module, type) else vars(module)
    _, originals, wrappers = _replaced.setdefault(module.__name__, (names, {}, {}))
    originals[name], wrappers[name] = original, wrapper


def replace_elementary(module: Any, name: str, instead: Callable[..., Any], primitive: str) -> None:
    """The same for a function of one number, which is called in loops: as fast as can be.

    `primitive` is what it is of a traced number; the value is one of Python's.
    """
    original = getattr(module, name)
    scalar, unary, as_python_float = _core.Scalar, _core.unary, _core.as_python_float

    @functools.wraps(original)
    def wrapper(x: Any, /) -> Any:
        kind = type(x)
        if kind is scalar:
            made = unary(primitive, x)
            value = made.concrete
            if value - value != 0.0:
                original(x.concrete)  # where NumPy has NaN or inf, math may have an exception
            return as_python_float(made)
        if kind is float or not holds_traced(x):
            return original(x)
        return as_python_float(instead(x))

    _note(module, name, original, wrapper)


def replace_joining(
    module: Any,
    name: str,
    join: Callable[[Any], Any],
    method: Callable[..., Any] | None = None,
) -> None:
    """The same for a function of arrays, which NumPy calls a handler for unless they are in lists.

    Lists and tuples that hold traced values are joined first.  Where arrays have the function
    as a `method`, it is called at once.
    """
    original, array = getattr(module, name), _core.Array
    if method is not None:
        method = restated(f"{module.__name__}.{name}", method)

    @functools.wraps(original)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        for value in (*args, *kwargs.values()):
            if type(value) in _LISTS and holds_traced(value):
                named = {key: join(each) for key, each in kwargs.items()}
                return original(*map(join, args), **named)
        if method is not None and args and type(args[0]) is array:
            return method(*args, **kwargs)
        return original(*args, **kwargs)

    _note(module, name, original, wrapper)


_LISTS = {list, tuple}


def replace_body(
    function: FunctionType,
    instead: Callable[..., Any],
    wanted: Callable[[Any], bool] | None = None,
) -> None:
    """Have a function written in Python call `instead` when an argument is traced (is `wanted`).

    Its code is exchanged, once for each kind of argument, for names bound by ``from module
    import function``, which a replacement in the module would not reach.
    """
    old = function.__code__
    plain = FunctionType(
        old, function.__globals__, function.__name__, function.__defaults__, function.__closure__
    )
    plain.__kwdefaults__ = function.__kwdefaults__
    instead = restated(f"{function.__module__}.{function.__name__}", instead)
    wanted = wanted or holds_traced

    def answer(*args: Any, **kwargs: Any) -> Any:
        if any(map(wanted, args)) or any(map(wanted, kwargs.values())):
            return instead(*args, **kwargs)
        return plain(*args, **kwargs)

    name = f"_pyframe_{function.__name__}"
    while name in function.__globals__:
        name += "_"
    function.__globals__[name] = answer
    function.__signature__ = inspect.signature(function)  # pyright: ignore[reportFunctionMemberAccess]
    new = _forward.__code__
    function.__code__ = new.replace(
        co_names=tuple(name if each == "_answer" else each for each in new.co_names),
        co_name=old.co_name,
        co_freevars=old.co_freevars,
        co_filename=old.co_filename,
        co_firstlineno=old.co_firstlineno,
    )


def _forward(*args: Any, **kwargs: Any) -> Any:
    return _answer(*args, **kwargs)


def _answer(*_: Any, **__: Any) -> None:
    """What the name in `_forward` stands for until it is exchanged."""


_awaited: dict[str, list[Callable[[Any], None]]] = {}


def when_imported(name: str, prepare: Callable[[Any], None]) -> None:
    """Have a module prepared once somebody has imported it, before something is recorded."""
    _awaited.setdefault(name, []).append(prepare)


def prepare_imported() -> None:
    """Prepare the modules that have been imported meanwhile."""
    for name in list(_awaited):
        module = sys.modules.get(name)
        if module is not None and not getattr(module.__spec__, "_initializing", False):
            for prepare in _awaited.pop(name, ()):
                prepare(module)


def holds_traced(value: Any) -> bool:
    """Whether a value is traced, or a list or tuple that holds a traced value."""
    if type(value) in (list, tuple):
        return any(map(holds_traced, value))
    return _core.is_traced(value)


def begin() -> None:
    """Something is recorded from here on."""
    global _depth  # noqa: PLW0603
    if _awaited:
        prepare_imported()
    with _lock:
        _depth += 1
        if _depth == 1:
            for names, _, wrappers in _replaced.values():
                names.update(wrappers)


def end() -> None:
    """It is recorded no more."""
    global _depth  # noqa: PLW0603
    with _lock:
        _depth -= 1
        if _depth == 0:
            for names, originals, wrappers in _replaced.values():
                if wrappers.items() <= names.items():
                    names.update(originals)
                else:
                    # Somebody else has replaced one meanwhile.
                    ours = (name for name in wrappers if names.get(name) is wrappers[name])
                    names.update({name: originals[name] for name in ours})


MATH = {
    "sqrt": np.sqrt, "exp": np.exp, "expm1": np.expm1, "log": None, "log1p": np.log1p,
    "log2": np.log2, "log10": np.log10, "sin": np.sin, "cos": np.cos, "tan": np.tan,
    "asin": np.arcsin, "acos": np.arccos, "atan": np.arctan, "atan2": np.arctan2,
    "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh, "asinh": np.arcsinh, "acosh": np.arccosh,
    "atanh": np.arctanh, "fabs": np.abs, "pow": np.power, "fmod": np.fmod, "degrees": np.degrees,
    "radians": np.radians, "copysign": np.copysign, "exp2": np.exp2, "cbrt": np.cbrt,
}  # fmt: skip
"""Functions of the module math that NumPy has, by name."""


def _log(x: Any, base: Any = math.e) -> Any:
    return np.log(x) if base == math.e else np.log(x) / np.log(base)


def _flat(called: Callable[..., Any]) -> Callable[..., Any]:
    """A function whose value is no float, or constant between jumps."""
    from pyframe.autodiff.dispatch import call_concrete  # noqa: PLC0415

    return functools.partial(call_concrete, called)


def _replace_in_math(name: str, instead: Callable[..., Any]) -> None:
    """Replace a function of math, which gives Python's numbers where NumPy's gives its own.

    Where NumPy has an infinity or NaN, math may have an exception, which is raised here, too.
    """
    original = getattr(math, name)

    def of_traced(*args: Any, **named: Any) -> Any:
        made = instead(*args, **named)
        value = float(made.concrete)
        if value - value != 0.0 and not any(isinstance(x, list | tuple) for x in args):
            original(*(x.concrete if _core.is_traced(x) else x for x in args))
        return _core.as_python_float(made)

    replace(math, name, of_traced)


def replace_math() -> None:
    """Have the functions of math know traced values."""
    from pyframe.autodiff.coverage.elementwise import UNARY  # noqa: PLC0415

    for name, instead in MATH.items():
        if hasattr(math, name) and instead in UNARY:
            replace_elementary(math, name, instead, UNARY[instead])
        elif hasattr(math, name):
            _replace_in_math(name, instead or _log)
    for name in ("isnan", "isinf", "isfinite", "floor", "ceil", "trunc", "isclose"):
        replace(math, name, _flat(getattr(math, name)))
    _replace_in_math("hypot", lambda *parts: np.linalg.norm(np.stack(parts)))
    _replace_in_math("fsum", lambda parts: np.sum(np.stack(list(parts))))
    _replace_in_math("prod", lambda parts, start=1: start * np.prod(np.stack(list(parts))))
    _replace_in_math("dist", lambda p, q: np.linalg.norm(np.stack(list(p)) - np.stack(list(q))))
    from pyframe.autodiff.coverage import special  # noqa: PLC0415

    _replace_in_math("erf", special.erf)
    _replace_in_math("erfc", special.erfc)
    _replace_in_math("gamma", special.gamma)
    _replace_in_math("lgamma", special.gammaln)
