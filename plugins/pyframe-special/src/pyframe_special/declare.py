"""How the functions are declared: under SciPy's name, tried when first differentiated."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pyframe as pf


def special(
    name: str, summary: str, *arguments: str, scipy: str | None = None, **options: Any
) -> Callable[[Callable[..., Any]], Any]:
    """Declare the primitive for ``scipy.special.name``, or for `scipy` there.

    The function is one of its ufuncs, which do not tell the names of their arguments.
    """
    return pf.primitive(
        name.replace("_", "-"),
        arguments=arguments,
        replaces=f"scipy.special.{scipy or name}",
        proof="on-first-use",
        summary=summary,
        **options,
    )


def helper(
    name: str, summary: str, *arguments: str, **options: Any
) -> Callable[[Callable[..., Any]], Any]:
    """Declare a primitive that stands in for nothing: part of a function, or of a rule."""
    return pf.primitive(name, arguments=arguments, proof="on-first-use", summary=summary, **options)
