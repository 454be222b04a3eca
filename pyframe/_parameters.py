"""Parameter objects: frozen dataclasses with a compiled counterpart made at construction."""

from __future__ import annotations

from dataclasses import fields
from typing import Any, ClassVar

from pyframe._checks import shown, text
from pyframe.errors import ParameterError, ParameterTypeError, PluginError


class Parameters:
    """Base of the parameter objects.

    A subclass is a frozen dataclass whose ``_build`` hands its fields to the compiled core,
    which checks them: an object that exists is valid.
    """

    kind: ClassVar[str]
    """Which sort of thing this is: ``"criterion"``, ``"strategy"``, ..."""
    name: ClassVar[str]
    """The name by which it is known with its defaults."""

    compiled: Any

    def _build(self) -> Any:
        raise PluginError(
            f"{type(self).__name__} has no _build that hands it to the compiled core: define it, "
            f"or write the {self.kind} as a function, with a decorator of pyframe"
        )

    def __post_init__(self) -> None:
        for field in fields(self):  # pyright: ignore[reportArgumentType]
            value = getattr(self, field.name)
            if isinstance(value, str):
                text(value, f"{type(self).__name__}: {field.name}")
        try:
            handle = self._build()
        except OverflowError as error:
            raise ParameterError(f"{type(self).__name__}: {error}, got {self._shown()}") from None
        except TypeError as error:
            if isinstance(error, ParameterTypeError):
                raise
            raise ParameterTypeError(
                f"{type(self).__name__}: {error}, got {self._shown()}"
            ) from None
        object.__setattr__(self, "compiled", handle)

    def _values(self) -> tuple[Any, ...]:
        return tuple(getattr(self, field.name) for field in fields(self))  # pyright: ignore[reportArgumentType]

    def _shown(self) -> str:
        names = [field.name for field in fields(self)]  # pyright: ignore[reportArgumentType]
        return ", ".join(
            f"{name}={shown(value)}" for name, value in zip(names, self._values(), strict=True)
        )

    def __reduce__(self) -> tuple[type[Parameters], tuple[Any, ...]]:
        return type(self), self._values()
