"""Formulas as LaTeX and as the source of a function."""

from __future__ import annotations

from keyword import iskeyword
from typing import Any

from pyframe._checks import shown, text
from pyframe.errors import ParameterError


class Written:
    """What has a formula, which is written."""

    __slots__ = ()

    formula: Any

    def latex(self, abbreviate: bool = False) -> str:
        """As LaTeX, without the dollar signs.

        Parameters
        ----------
        abbreviate : bool
            Whether parts that stand several times in a long formula have letters, which are
            defined below it: "where R = A X - B".
        """
        return self.formula.latex(abbreviate)

    def _repr_latex_(self) -> str:
        return f"${self.latex(abbreviate=True)}$"

    def numpy(self, name: str = "f") -> str:
        """The source of a function in plain NumPy.

        Operators from outside are imported from where they are defined.

        Parameters
        ----------
        name : str
            The function's name, a plain name of Python.

        Raises
        ------
        ParameterError
            When the name is none.
        UnsupportedOperation
            When an operator from outside cannot be imported.

        Examples
        --------
        >>> import numpy as np, pyframe as pf
        >>> namespace = {}
        >>> exec(pf.matrix("x'*A*x").numpy("quadratic"), namespace)
        >>> float(namespace["quadratic"](A=np.eye(2), x=np.ones(2)))
        2.0
        """
        from pyframe.matcalc.outside import imports  # noqa: PLC0415  it builds on this class

        if not (text(name, "name").isascii() and name.isidentifier()) or iskeyword(name):
            raise ParameterError(f"name must be the name of a function, got {shown(name)}")
        source = self.formula.numpy(name)
        source = imports(self.formula, source) + source
        if f"\ndef {name}(" not in source:
            raise ParameterError(f"name must be another one than {name!r}, which the source needs")
        return source
