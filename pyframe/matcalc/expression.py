"""Matrix expressions: written, differentiated, shown and evaluated."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NoReturn, Self

import numpy as np

from pyframe._checks import flag, shown, text
from pyframe.errors import (
    ConcretizationError,
    ParameterError,
    ParameterTypeError,
    ShapeError,
    UnsupportedOperation,
)
from pyframe.matcalc.binding import Argument, Array, named, named_values
from pyframe.matcalc.operators import Operators, real
from pyframe.matcalc.programs import Programs, arguments
from pyframe.matcalc.written import Written


class Expression(Operators, Written):
    """A formula with symbolic sizes.

    Made by :func:`pyframe.matrix`, by operators on :class:`pyframe.Symbol` and by derivatives of
    other expressions; never changed.  Operators have NumPy's meaning: ``@`` is the matrix
    product, ``*`` the elementwise one, and a vector at the left of ``@`` stands for a row.
    ``x.T`` of a vector is a row.

    Parameters
    ----------
    formula : Formula
        What the compiled core holds.
    spaces : mapping, optional
        The spaces of those symbols that have one.
    known : mapping, optional
        Symbols that may be given when it is called, besides its own.
    complete : bool
        Whether its own are among these, so that the formula need not be looked through.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> e = pf.matrix("inner(S, X) - logdet(X)", S="n,n", X="n,n")
    >>> print(e.gradient("X"))
    S - inv(X)'
    >>> e.gradient("X")(S=np.eye(2), X=2 * np.eye(2))
    array([[0.5, 0. ],
           [0. , 0.5]])
    """

    __slots__ = ("__weakref__", "_programs", "formula", "known", "origin", "spaces")

    def __init__(
        self,
        formula: Any,
        spaces: Mapping[str, Any] | None = None,
        known: Mapping[str, Argument] | None = None,
        complete: bool = False,
    ) -> None:
        self.formula = formula
        self.spaces: Mapping[str, Any] = spaces or {}
        own = [] if complete else arguments(formula)
        self.known: Mapping[str, Argument] = {**(known or {}), **{one.name: one for one in own}}
        self.origin: tuple[Expression, str] | None = None
        self._programs: Programs | None = None

    # -- what it is ----------------------------------------------------------------------------

    @property
    def shape(self) -> tuple[Any, ...]:
        """Its sizes: numbers, or scalar expressions where they are names."""
        sizes = self.formula.shape()
        return tuple(
            int(size) if size.isdigit() else self.like(self.formula.size(axis))
            for axis, size in enumerate(sizes)
        )

    @property
    def sizes(self) -> tuple[str, ...]:
        """Its sizes as text."""
        return tuple(self.formula.shape())

    @property
    def ndim(self) -> int:
        """The number of its axes."""
        return len(self.formula.shape())

    @property
    def size(self) -> Any:
        """The number of its elements."""
        product: Any = 1
        for size in self.shape:
            product = product * size
        return product

    @property
    def symbols(self) -> tuple[str, ...]:
        """The names it is a function of."""
        return tuple(argument.name for argument in arguments(self.formula))

    @property
    def T(self) -> Self:  # noqa: N802  NumPy's name
        """The transpose; of a vector a row."""
        return self.like(self.formula.transpose())

    def __str__(self) -> str:
        return str(self.formula)

    def __repr__(self) -> str:
        shape = self.formula.type_text()
        return f"<{shape} expression {self}>"

    # -- values --------------------------------------------------------------------------------

    def __call__(self, /, *point: Any, **values: Any) -> Array:
        """The value for these values of the symbols.

        Parameters
        ----------
        *point
            At most one value without a name: of the symbol that this is a derivative in, or of
            the only one that no other value is given for.
        **values
            An array-like for each symbol; all symbols of the function that this is a derivative
            of are accepted.  ``verify=False`` leaves out the check of what was declared.

        Returns
        -------
        ndarray
            Of the shape of the expression; float32 when all values are, else float64.

        Raises
        ------
        ParameterError
            When a name is missing or unknown, or a value contradicts what was declared.
        ShapeError
            When shapes do not fit.
        """
        check = "verify" in self.known or flag(values.pop("verify", True), "verify")
        variable = self.origin[1] if self.origin else None
        return self.evaluate(named(point, values, self.known, variable), verify=check)

    def evaluate(self, values: Mapping[str, Any], verify: bool = True) -> Array:
        """The value for a mapping from names to array-likes; see :meth:`__call__`."""
        if self._programs is None:
            self._programs = Programs([self.formula], self.known)
        named_values(values)
        return self._programs(values, verify)[0]

    def compile(self, wrt: Any = None, order: int = 1) -> Callable[..., Any]:
        """A function of the symbols, which evaluates the expression with its derivatives.

        Parameters
        ----------
        wrt : str or Symbol, optional
            The variable of the derivatives; without it the value alone is given, or with
            ``order=2`` the derivatives in the only symbol.
        order : int
            1 for value and gradient, 2 for value, gradient and Hessian.

        Returns
        -------
        Compiled
            ``c(**values)`` gives the value, or the tuple; work is shared, such as one
            factorisation of a matrix whose determinant and inverse occur.

        Examples
        --------
        >>> import numpy as np, pyframe as pf
        >>> f = pf.matrix("x'*A*x/2", A=pf.Symbol("n,n", symmetric=True)).compile("x")
        >>> f(A=np.eye(2), x=np.ones(2))
        (array(1.), array([1., 1.]))
        """
        from pyframe.matcalc.compiled import compiled  # noqa: PLC0415  it builds on this class

        return compiled(self, wrt, order)

    def __float__(self) -> NoReturn:
        raise ConcretizationError("an expression has no value; call it with values of its symbols")

    __int__ = __index__ = __complex__ = __float__

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> NoReturn:
        raise ConcretizationError(
            "an expression cannot be made an array; call it with values of its symbols"
        )

    # -- derivatives ---------------------------------------------------------------------------

    def differential(self, wrt: Any = None) -> Expression:
        """The differential: linear in ``dX``, which is a symbol of its own."""
        name = self.variable(wrt)
        known = self.derived(self.formula.direction(name)).known
        differential = Expression(self.formula.differential(name), self.spaces, known)
        if not self.holds_differential(name):
            differential.origin = self, name
        return differential

    def holds_differential(self, name: str) -> bool:
        """Whether it depends on the differential of a symbol."""
        return any(self.known[own].of == name for own in self.symbols)

    def refuse_own_differential(self, name: str) -> None:
        """Refuse what would mix up a differential that is held with another of that symbol."""
        if self.holds_differential(name):
            raise ParameterError(
                f"this holds the differential of {name}, which would be mixed up with another one: "
                "take the differential once more, or the Hessian of the function itself"
            )

    def gradient(self, *wrt: Any) -> Any:
        """The gradient of a scalar in the space of the variable.

        Parameters
        ----------
        *wrt : str or Symbol
            The variable; it may be left out where there is only one.

        Returns
        -------
        Expression or tuple of them
            The gradient; in several variables one for each, in their order.

        Examples
        --------
        >>> import pyframe as pf
        >>> for gradient in pf.matrix("norm2(A*x - b)^2/2").gradient("x", "b"):
        ...     print(gradient)
        A'*(A*x - b)
        b - A*x
        """
        if len(wrt) > 1:
            names = [self.variable(one) for one in wrt]
            return tuple(self._gradient(name) for name in names)
        return self._gradient(self.variable(*wrt or (None,)))

    def _gradient(self, name: str) -> Expression:
        if self.ndim:
            raise ShapeError(
                f"a gradient is that of a scalar, and this has the shape ({', '.join(self.sizes)}):"
                f" see jacobian and differential. Its symbols are {self._symbols_shown()}; "
                "those that shall be scalars are declared by name='', as in C=''"
            )
        gradient = self._projected(self.derived(self.formula.gradient(name)), name)
        gradient.origin = self, name
        return gradient

    def _symbols_shown(self) -> str:
        own = [one for one in arguments(self.formula) if one.of is None]
        return ", ".join(f"{one.name} of shape {one.shown}" for one in own) or "none"

    def jacobian(self, wrt: Any = None, layout: str = "numerator") -> Any:
        """The Jacobian: a matrix, or a :class:`Derivative` where it is none.

        Parameters
        ----------
        wrt : str or Symbol, optional
            The variable.
        layout : str
            ``"numerator"``: J_ij = df_i/dx_j, or ``"denominator"``, its transpose.
        """
        from pyframe.matcalc.derivatives import jacobian, laid_out  # noqa: PLC0415

        return laid_out(jacobian(self, self.variable(wrt)), layout)

    def hessian(self, wrt: Any = None) -> Any:
        """The Hessian of a scalar: a matrix for a vector, else a :class:`Derivative`."""
        from pyframe.matcalc.derivatives import hessian  # noqa: PLC0415

        return hessian(self, self.variable(wrt))

    def derivative(self, *wrt: Any) -> Any:
        """The derivative in several names, one after the other.

        Parameters
        ----------
        *wrt : str or Symbol
            The variables; one may come more than once.

        Returns
        -------
        Expression or Derivative
            Its value has the shape of the expression, followed by those of the variables.
        """
        from pyframe.matcalc.derivatives import derivative  # noqa: PLC0415

        return derivative(self, [self.variable(name) for name in wrt] or [self.variable(None)])

    def derivation(self, wrt: Any = None, order: int = 1) -> Any:
        """The steps to the gradient or Jacobian, or on to the Hessian, with their rules."""
        from pyframe.matcalc.derivation import derivation  # noqa: PLC0415

        return derivation(self, self.variable(wrt), order)

    def substitute(self, **replaced: Any) -> Expression:
        """The same with other expressions in place of symbols, all at once.

        Parameters
        ----------
        **replaced : str, Expression or number
            For each symbol what stands in its place: of its shape, and with what is declared
            of it.  In a text the symbols of this expression keep their shapes; those of others
            follow.

        Raises
        ------
        ParameterError
            When there is no such symbol, or something was declared of it that does not hold of
            what replaces it.
        ShapeError
            When the shapes are not the same.

        Examples
        --------
        >>> import pyframe as pf
        >>> e = pf.matrix("norm2(A*x - b)^2")
        >>> print(e.substitute(x="x - alpha*g", b="A*x"))
        norm2(A*(x - alpha*g) - A*x)^2
        """
        from pyframe.matcalc.substitution import substituted  # noqa: PLC0415  it builds on this class

        return substituted(self, replaced)

    def check(self, points: int = 3) -> Any:
        """Compare with differences at random points.

        A derivative is compared with differences of what it is the derivative of; a function
        has its first derivatives compared.

        Parameters
        ----------
        points : int
            At how many points.

        Returns
        -------
        Certificate
            True when the derivative passes.

        Examples
        --------
        >>> import pyframe as pf
        >>> bool(pf.matrix("logdet(X)", X="n,n").gradient("X").check())
        True
        """
        from pyframe.matcalc.certified import checked  # noqa: PLC0415

        return checked(self, points)

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: Any) -> Self:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        return restored, (type(self), *self.state())

    def state(self) -> tuple[Any, ...]:
        """What it is made of again.

        The formula as bytes, the primitives that it calls, spaces, known symbols and origin.
        """
        data, primitives = self.formula.to_bytes(list(self.known))
        return data, primitives, dict(self.spaces), dict(self.known), self.origin

    # -- pieces --------------------------------------------------------------------------------

    def like(self, formula: Any, *others: Expression) -> Self:
        """An expression of the same kind, made of this one and others alone."""
        spaces, known = dict(self.spaces), dict(self.known)
        for other in others:
            _join(spaces, other.spaces)
            known |= other.known
        kind: Any = max((self.kind(), *(other.kind() for other in others)), key=_strictness)
        return kind(formula, spaces, known, complete=True)

    def kind(self) -> type[Expression]:
        return Expression

    follows_numpy = False
    """Whether it has the axes that an array would have; else those of its formula."""

    def shaped(self, formula: Any, axes: int, *others: Expression) -> Self:
        """One made of this one and others alone, with so many axes where it follows NumPy."""
        made = self.like(formula, *others)
        return made.with_axes(axes) if made.follows_numpy else made

    def mapped(self, formula: Any) -> Self:
        """One of the same shape, made of this one alone."""
        return self.shaped(formula, self.ndim)

    def derived(self, formula: Any) -> Expression:
        return Expression(formula, self.spaces, self.known)

    def _projected(self, gradient: Expression, name: str) -> Expression:
        if name not in self.spaces:
            return gradient
        from pyframe.matcalc.spaces import projected  # noqa: PLC0415

        return projected(self.spaces[name], gradient, name)

    def symbol(self, name: str) -> Expression:
        """The expression that is one of its symbols."""
        return self.derived(self.formula.named(text(name, "a symbol")))

    def variable(self, wrt: Any) -> str:
        """The name of a variable."""
        own = [name for name, argument in self.known.items() if argument.of is None]
        if wrt is None:
            if len(own) == 1:
                return own[0]
            raise ParameterError(
                f"say with respect to which symbol: {', '.join(own) or 'there is none'}"
            )
        name = wrt
        if isinstance(wrt, Expression):
            if len(wrt.symbols) != 1 or str(wrt) != wrt.symbols[0]:
                raise ParameterError(f"a derivative is taken with respect to a symbol, not {wrt}")
            name = wrt.symbols[0]
        if not isinstance(name, str):
            raise ParameterTypeError(f"a symbol or its name is wanted, got {shown(wrt)}")
        if name not in own:
            raise ParameterError(
                f"there is no symbol {shown(name)}; the symbols are {', '.join(own) or 'none'}"
            )
        return name

    def operand(self, other: Any) -> Any:
        """Another operand as an expression; None when it is nothing of the kind."""
        if isinstance(other, Expression):
            return other
        number = real(other)
        if number is not None:
            return self.like(self.formula.number(number))
        if isinstance(other, np.ndarray) and other.ndim:
            from pyframe.matcalc.creation import constant  # noqa: PLC0415  it builds on this class

            filled = constant(self, other)
            if filled is not None:
                return filled
            raise UnsupportedOperation(
                f"an array of shape {other.shape} cannot stand in an expression; "
                "give it a name with pf.Symbol, and its value when the expression is called"
            )
        return None


def _strictness(kind: type[Expression]) -> int:
    return len(kind.__mro__)


def _join(spaces: dict[str, Any], others: Mapping[str, Any]) -> None:
    for name, space in others.items():
        if spaces.setdefault(name, space) != space:
            raise ParameterError(f"{name} lives in the space {spaces[name]} and in {space}")


def restored(
    kind: Any,
    data: bytes,
    primitives: list[str],
    spaces: dict[str, Any],
    known: dict[str, Argument],
    origin: tuple[Expression, str] | None,
) -> Any:
    """An expression out of its :meth:`~Expression.state`."""
    from pyframe.matcalc.outside import read_bytes  # noqa: PLC0415  it builds on expressions

    made = read_bytes(data, primitives, lambda formula: kind(formula, spaces, known))
    made.origin = origin
    return made
