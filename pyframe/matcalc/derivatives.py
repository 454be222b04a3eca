"""Derivatives of any order: matrices, or forms that are linear in directions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from string import ascii_letters
from typing import Any

import numpy as np

from pyframe._checks import flag, shown
from pyframe.errors import ParameterError, ShapeError, UnsupportedOperation
from pyframe.matcalc.along import AlongElements
from pyframe.matcalc.binding import Array, length, named, named_values
from pyframe.matcalc.contracted import Contracted
from pyframe.matcalc.contractions import Contraction, merged
from pyframe.matcalc.expression import Expression, restored
from pyframe.matcalc.hessians.confined import Confined
from pyframe.matcalc.hessians.structured import Structured
from pyframe.matcalc.programs import Programs
from pyframe.matcalc.spaces import confining

MOST_AXES = 64
"""How many axes an array of NumPy has at most."""


class Derivative:
    """A derivative as a form that is linear in each of its directions.

    Its value is an array with the axes of the form, followed by those of each direction.

    Parameters
    ----------
    form : Expression
        Linear in ``dX``, or in ``dX_1``, ``dX_2`` and so on.
    directions : sequence of Expression
        The symbols that stand for the directions.

    Attributes
    ----------
    sizes : tuple of str
        The sizes of its axes as text.

    Examples
    --------
    >>> import numpy as np, pyframe as pf
    >>> h = pf.matrix("logdet(X)", X="n,n").hessian("X")
    >>> print(h)
    -inv(X)'*dX'*inv(X)'
    >>> h(X=np.eye(2)).shape
    (2, 2, 2, 2)
    """

    __slots__ = (
        "_along",
        "_apart",
        "_contractions",
        "_whole",
        "directions",
        "form",
        "origin",
        "several",
        "sizes",
        "space",
    )

    def __init__(self, form: Expression, directions: Sequence[Expression]) -> None:
        self.form = form
        self.origin: tuple[Expression, str] | None = None
        self.several: tuple[Expression, tuple[str, ...]] | None = None
        self.space: Any = None
        self.directions = tuple(directions)
        self.sizes: tuple[str, ...] = sum((part.sizes for part in (form, *directions)), ())
        found = form.formula.contractions([direction.formula for direction in directions])
        self._contractions: list[Any] | None = found and _of_all_axes(found, self.sizes)
        self._along: AlongElements | None = None
        self._apart: tuple[list[Any], Programs] | None = None
        self._whole: Contracted | None = None

    def __str__(self) -> str:
        return str(self.form)

    def __repr__(self) -> str:
        names = ", ".join(str(direction) for direction in self.directions)
        return f"<{' x '.join(self.sizes) or 'scalar'} derivative, linear in {names}: {self.form}>"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Derivative):
            return NotImplemented
        return self.form == other.form and self.directions == other.directions

    def __hash__(self) -> int:
        return hash(self.form)

    def __reduce__(self) -> tuple[Any, ...]:
        return _derivative_restored, (
            self.form,
            self.directions,
            self.origin,
            self.space,
            self.several,
        )

    def latex(self, abbreviate: bool = False) -> str:
        """The form as LaTeX; see :meth:`Expression.latex`."""
        return self.form.latex(abbreviate)

    def _repr_latex_(self) -> str:
        return f"${self.latex(abbreviate=True)}$"

    def numpy(self, name: str = "f") -> str:
        """The source of the form in plain NumPy: a function of the directions too."""
        return self.form.numpy(name)

    def einsum(self) -> str:
        """The array in index notation, such as ``inv(X)[il]*inv(X)[kj] -> ijkl``."""
        if self._contractions is None:
            raise UnsupportedOperation(f"{self.form} is no sum of contractions")
        lines: list[str] = []
        for coefficient, factors, output in self._contractions:
            parts = [
                f"({factor})[{labels}]" if labels else f"({factor})" for factor, labels in factors
            ]
            number = [] if coefficient == 1.0 and parts else [f"{coefficient!r}".removesuffix(".0")]
            lines.append(f"{'*'.join(number + parts)} -> {output}")
        return "\n".join(lines) or "0"

    def kronecker(self) -> Expression:
        """The matrix H with ``vec(form) = H vec(dX)``, where vec stacks columns.

        ``vec(A dX B) = (B' kron A) vec(dX)``, and ``vec(dX') = K vec(dX)`` with the commutation
        matrix ``K = commutation(m, n)`` of an m x n dX.

        Returns
        -------
        Expression
            Its value has the elements of the array in column-major order.

        Raises
        ------
        UnsupportedOperation
            When there are several directions, or the form is made of more than products, sums
            and transposes.

        References
        ----------
        Magnus and Neudecker (2019), chapters 2 and 3.

        Examples
        --------
        >>> import pyframe as pf
        >>> print(pf.matrix("logdet(X)", X="n,n").hessian("X").kronecker())
        -kron(inv(X), inv(X)')*commutation(n, n)
        """
        directions = [direction.formula for direction in self.directions]
        matrix = self.form.formula.kronecker(directions)
        if matrix is None:
            raise UnsupportedOperation(f"{self.form} has no Kronecker form")
        return self.form.derived(matrix)

    def __call__(self, /, *point: Any, **values: Any) -> Array:
        """The array for these values of the symbols; see :meth:`Expression.__call__`."""
        given, check = self._given(point, values)
        return self.evaluate(given, verify=check)

    def _given(
        self, point: tuple[Any, ...], values: dict[str, Any]
    ) -> tuple[Mapping[str, Any], bool]:
        """The values by name, and whether they are looked at."""
        known = self.form.known
        check = "verify" in known or flag(values.pop("verify", True), "verify")
        if not point:
            return values, check
        if self.origin:
            variable: str | None = self.origin[1]
        else:
            last = self.directions[-1]
            variable = last.known[str(last)].of
        return named(point, values, self._symbols(), variable), check

    def evaluate(self, values: Mapping[str, Any], verify: bool = True) -> Array:
        """The array for a mapping from names to array-likes; see :meth:`__call__`."""
        check = verify
        named_values(values)
        if len(self.sizes) > MOST_AXES:
            raise UnsupportedOperation(
                f"a derivative of {len(self.sizes)} axes is no array, which has at most "
                f"{MOST_AXES}: its form can be evaluated along directions"
            )
        if self._contractions is None:
            return self._by_elements(values, check)
        if self._whole is None:
            self._whole = Contracted(self._contractions, self._symbols(), self.form.formula)
        return self._whole.array(values, self.sizes, check)

    def check(self, points: int = 3) -> Any:
        """Compare with differences at random points; see :meth:`Expression.check`."""
        from pyframe.matcalc.certified import checked  # noqa: PLC0415  it builds on expressions

        return checked(self, points)

    def structured(self, /, *point: Any, **values: Any) -> Structured:
        """The array as a linear map that keeps its structure, such as a diagonal.

        Parameters
        ----------
        *point, **values
            Values of the symbols; see :meth:`Expression.__call__`.

        Returns
        -------
        Structured
            It is applied with ``@``, solved, and made dense; ``structure`` says what it is.
            The Hessian of a variable in a space is P H P with the projector P of the space.

        Raises
        ------
        ShapeError
            When the derivative is no map from the variable's space to itself.
        """
        half = len(self.sizes) // 2
        if len(self.sizes) % 2 or self.sizes[:half] != self.sizes[half:]:
            raise ShapeError(f"a derivative of shape {self.sizes} is no map of a space to itself")
        given, check = self._given(point, values)
        if self._contractions is None:
            whole = self._by_elements(given, check)
            labels = "ijklmnop"[: whole.ndim]
            terms = [Contraction(1.0, ((whole, labels),), labels)]
            return self._map(terms, whole.shape, whole.dtype)
        contractions, programs = self._factor_by_factor(self._contractions)
        terms, shape, dtype = self._terms(contractions, programs, given, check)
        return self._map(terms, shape, dtype)

    def _map(self, terms: Sequence[Contraction], shape: Sequence[int], dtype: Any) -> Structured:
        if self.space is None:
            return Structured(terms, shape, dtype)
        return Confined(terms, shape, dtype, self.space)

    def _factor_by_factor(self, together: list[Any]) -> tuple[list[Any], Programs]:
        """The contractions of a vector's Hessian with products such as A'A not multiplied out."""
        if self._apart is None:
            apart = None
            if self.form.ndim == 1:
                directions = [direction.formula for direction in self.directions]
                apart = self.form.formula.contractions(directions, apart=True)
            contractions = together if apart is None else apart
            self._apart = contractions, self._programs_of(contractions)
        return self._apart

    def _programs_of(self, contractions: Sequence[Any]) -> Programs:
        factors = [factor for _, parts, _ in contractions for factor, _ in parts]
        return Programs(factors, self._symbols(), [self.form.formula])

    def _terms(
        self,
        contractions: Sequence[Any],
        programs: Programs,
        values: Mapping[str, Any],
        check: bool,
    ) -> tuple[list[Contraction], list[int], Any]:
        bound, arrays = programs.evaluated(values, check)
        given, terms = iter(arrays), []
        for coefficient, parts, output in contractions:
            factors = [_factor(next(given), own) for _, own in parts]
            terms.append(Contraction(coefficient, tuple(factors), output))
        known = bound.sizes
        shape = [known[size] if size in known else length(size, known) for size in self.sizes]
        return merged(terms), shape, np.float32 if bound.single else np.float64

    def _symbols(self) -> dict[str, Any]:
        """What may be given: not the directions."""
        return {name: own for name, own in self.form.known.items() if own.of is None}

    def _by_elements(self, values: Mapping[str, Any], check: bool) -> Array:
        """The array by the values of the form along the elements of each direction."""
        if self._along is None:
            self._along = AlongElements(self.form, self.directions, self._symbols())
        return self._along.array(values, check)


def _of_all_axes(contractions: Sequence[Any], sizes: Sequence[str]) -> list[Any]:
    """With a label for the axes of length one too, which rows have: no factor holds it."""
    if "1" not in sizes:
        return list(contractions)
    completed: list[Any] = []
    for coefficient, factors, output in contractions:
        used = {label for _, labels in factors for label in labels} | set(output)
        fresh, own = (iter(label for label in ascii_letters if label not in used), iter(output))
        labels = "".join(next(fresh if size == "1" else own) for size in sizes)
        completed.append((coefficient, factors, labels))
    return completed


def _factor(array: Array, labels: str) -> tuple[Array, str]:
    """A factor with an axis for each label: a row has one."""
    return (array.reshape(-1) if array.ndim > len(labels) else array), labels


class Hessian(Expression):
    """A Hessian that is a matrix: of a scalar function of a vector.

    Examples
    --------
    >>> import pyframe as pf
    >>> h = pf.matrix("log(x'*A*x)", A=pf.Symbol("n,n", symmetric=True)).hessian("x")
    >>> print(h)
    2*A/(x'*A*x) - 4*A*x*x'*A/(x'*A*x)^2
    >>> print(h.form)
    2*A*(dx/(x'*A*x) - 2*(x'*A*dx)*x/(x'*A*x)^2)
    """

    __slots__ = ("derivative_form",)

    @property
    def form(self) -> Expression:
        """The Hessian applied to ``dx``."""
        form: Derivative = self.derivative_form
        return form.form

    @property
    def directions(self) -> tuple[Expression, ...]:
        """The symbol ``dx``."""
        form: Derivative = self.derivative_form
        return form.directions

    def einsum(self) -> str:
        """The matrix in index notation; see :meth:`Derivative.einsum`."""
        form: Derivative = self.derivative_form
        return form.einsum()

    def kronecker(self) -> Expression:
        """The matrix itself, since ``vec(dx) = dx``."""
        return self

    def structured(self, /, *point: Any, **values: Any) -> Structured:
        """The matrix as a linear map that keeps its structure; see `Derivative.structured`."""
        form: Derivative = self.derivative_form
        return form.structured(*point, **values)

    def __reduce__(self) -> tuple[Any, ...]:
        return _hessian_restored, (self.state(), self.derivative_form)


def _derivative_restored(
    form: Expression,
    directions: Sequence[Expression],
    origin: tuple[Expression, str] | None,
    space: Any,
    several: tuple[Expression, tuple[str, ...]] | None,
) -> Derivative:
    made = Derivative(form, directions)
    made.origin, made.space, made.several = origin, space, several
    return made


def _hessian_restored(state: tuple[Any, ...], form: Derivative) -> Hessian:
    made: Hessian = restored(Hessian, *state)
    made.derivative_form = form
    return made


def jacobian(f: Expression, name: str) -> Expression | Derivative:
    """The Jacobian of an expression."""
    if not f.ndim and len(f.known[name].shape) == 2:
        return f.gradient(name)
    matrix = f.formula.jacobian(name)
    found = linear_form(f, [name]) if matrix is None else f.derived(matrix)
    found.origin = f, name
    if isinstance(found, Derivative) and f.origin and not f.origin[0].ndim and f.origin[1] == name:
        found.space = confining(f.spaces.get(name))
    return found


def laid_out(jacobian: Expression | Derivative, layout: str) -> Expression | Derivative:
    """A Jacobian in a layout."""
    if isinstance(layout, str) and layout == "numerator":
        return jacobian
    shape = " x ".join(jacobian.sizes) or "scalar"
    if not isinstance(layout, str) or layout != "denominator":
        raise ParameterError(
            "layout is 'numerator' (J_ij = df_i/dx_j, "
            f"here {shape}) or 'denominator' (its transpose), got {shown(layout)}"
        )
    if isinstance(jacobian, Derivative):
        raise ParameterError(f"a derivative of shape {shape} is no matrix: it has no transpose")
    return jacobian.T


def hessian(f: Expression, name: str) -> Hessian | Derivative:
    """The Hessian of a scalar expression."""
    gradient = f.gradient(name)
    matrix = gradient.formula.jacobian(name)
    form = linear_form(gradient, [name])
    form.origin, form.space = (gradient, name), confining(f.spaces.get(name))
    if matrix is None:
        return form
    found = Hessian(matrix, f.spaces, f.known)
    found.derivative_form, found.origin = form, form.origin
    return found


def derivative(f: Expression, names: Sequence[str]) -> Expression | Derivative:
    """The derivative in several names."""
    while not f.ndim and names:
        f, names = f.gradient(names[0]), names[1:]
    if not names:
        return f
    if len(names) == 1:
        found = jacobian(f, names[0])
        if found.sizes == f.sizes + f.known[names[0]].shape:
            return found
        # Of a row in a column: the Jacobian is a matrix, without the axis of length one.
    form = linear_form(f, names)
    form.several = f, tuple(names)
    return form


def linear_form(f: Expression, names: Sequence[str]) -> Derivative:
    """The derivative in several names as a form."""
    for name in names:
        f.refuse_own_differential(name)
    form, directions = f.formula.derivative(list(names))
    return Derivative(f.derived(form), [f.derived(direction) for direction in directions])
