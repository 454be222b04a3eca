"""Values while a function of NumPy is called: what arrays do, with the axes that arrays have."""

from __future__ import annotations

from typing import Any, Self

from pyframe._checks import is_whole, shown
from pyframe.errors import ShapeError, UnsupportedOperation
from pyframe.matcalc.broadcasting import MOST_AXES, rearranged
from pyframe.matcalc.expression import Expression
from pyframe.matcalc.methods import agree, is_open
from pyframe.matcalc.undecided import Undecided


class Traced(Undecided):
    """A value while a function of NumPy is called.

    A vector is its own transpose; a column or a row may have two axes, and a single element one
    or two.  ``x += y`` changes x for all who hold it, as it changes an array.
    """

    __slots__ = ("_axes", "_is_seen")

    follows_numpy = True

    def kind(self) -> type[Expression]:
        return Traced

    def with_axes(self, axes: int) -> Self:
        """The same with so many axes, where the formula has not got them itself."""
        self._axes = axes
        return self

    @property
    def sizes(self) -> tuple[str, ...]:
        """Its sizes as text, those of length one among them."""
        own = super().sizes
        return (*own, *["1"] * (getattr(self, "_axes", 0) - len(own)))

    @property
    def ndim(self) -> int:
        """The number of its axes."""
        return len(self.sizes)

    @property
    def shape(self) -> tuple[Any, ...]:
        """Its sizes: numbers, or scalar expressions where they are names."""
        own = super().shape
        return (*own, *[1] * (self.ndim - len(own)))

    @property
    def is_plain(self) -> bool:
        """Whether its axes are those of its formula."""
        return self.ndim == len(self.formula.shape())

    @property
    def T(self) -> Self:  # noqa: N802  NumPy's name
        """The transpose."""
        return self if self.ndim < 2 else self.view_as(self.shaped(self.formula.transpose(), 2))

    def __getitem__(self, index: Any) -> Any:
        """Axes of length one put in with None, or taken out with 0."""
        given = index if isinstance(index, tuple) else (index,)
        left = list(self.sizes)
        taken = sum(one is not None and one is not Ellipsis for one in given)
        if taken > len(left) or sum(one is Ellipsis for one in given) > 1:
            raise ShapeError(f"the index {shown(index)} of an expression with {len(left)} axes")
        rest = left[: len(left) - taken]
        sizes: list[str] = []
        ends = any(one is Ellipsis for one in given)
        for one in given if ends else (*given, Ellipsis):
            if one is None:
                sizes.append("1")
            elif one is Ellipsis:
                sizes += left[: len(rest)]
                del left[: len(rest)]
            elif isinstance(one, slice) and one == slice(None):
                sizes.append(left.pop(0))
            elif is_whole(one) and one in (0, -1) and left[0] == "1":
                del left[0]
            else:
                raise UnsupportedOperation(
                    "elements of an expression cannot be taken; an index may put in axes of "
                    f"length one, or take them out (x[:, None]), got {shown(index)}"
                )
        return self.view_as(self.arranged(sizes))

    def arranged(self, sizes: list[str]) -> Any:
        """The same elements with other axes of length one."""
        if len(sizes) > MOST_AXES:
            raise UnsupportedOperation(f"an expression has two axes at most, not {len(sizes)}")
        return rearranged(self, tuple(sizes))

    def view_as(self, made: Self) -> Self:
        """What shares its elements with this one, so that neither can be changed alone."""
        self._is_seen = made._is_seen = True
        return made

    def copy(self) -> Self:
        """As ``np.copy``."""
        return self.mapped(self.formula)

    __pos__ = copy

    def _changed(self, made: Self) -> Self:
        """Itself with other elements; a number, which is no array, keeps its value."""
        if not self.ndim:
            return made
        if made.sizes != self.sizes:
            raise ShapeError(
                f"an array of shape ({', '.join(self.sizes)}) is changed in place by one of shape "
                f"({', '.join(made.sizes)})"
            )
        if getattr(self, "_is_seen", False):
            raise UnsupportedOperation(
                "an array that another is a view of (x.T, x[:, None], x.reshape(...)) cannot be "
                "changed in place in a traced function: write x = x + y"
            )
        self.formula, self.spaces, self.known = made.formula, made.spaces, made.known
        return self

    def __iadd__(self, other: Any) -> Any:
        return self._changed(self + other)

    def __isub__(self, other: Any) -> Any:
        return self._changed(self - other)

    def __imul__(self, other: Any) -> Any:
        return self._changed(self * other)

    def __itruediv__(self, other: Any) -> Any:
        return self._changed(self / other)

    def __ipow__(self, other: Any) -> Any:
        return self._changed(self**other)

    def ravel(self, order: str = "C") -> Any:
        """As ``np.ravel``."""
        return self.view_as(self.flatten(order))

    def flatten(self, order: str = "C") -> Any:
        """As ``np.ndarray.flatten``."""
        long = self._long()
        return self.arranged(long or ["1"]) if len(long) < MOST_AXES else super().ravel(order)

    def squeeze(self, axis: Any = None) -> Any:
        """As ``np.squeeze``, of all axes of length one."""
        if axis is not None:
            raise UnsupportedOperation("np.squeeze of an expression along an axis is not known")
        return self.view_as(self.arranged(self._long()))

    def _long(self) -> list[str]:
        return [size for size in self.sizes if size != "1"]

    def reshape(self, *shape: Any, order: str = "C") -> Any:
        """As ``np.reshape``: to a vector, or with other axes of length one."""
        given = list(shape[0] if len(shape) == 1 and isinstance(shape[0], tuple | list) else shape)
        long = [length for length in given if not (is_whole(length) and length == 1)]
        if len(long) == 1 < len(self._long()) and agree(long[0], self.size):
            vector = self.ravel(order)
            return vector if vector.ndim == len(given) else vector.reshape(*given)
        sizes = self._sizes_of(given, sum(not is_open(length) for length in long))
        if sizes is None:
            return super().reshape(*shape, order=order)
        return self.view_as(self.arranged(sizes))

    def _sizes_of(self, given: list[Any], named: int) -> list[str] | None:
        """The sizes of a shape that differs in axes of length one; None where it is another."""
        own = [pair for pair in zip(self.sizes, self.shape, strict=True) if pair[0] != "1"]
        found: list[str] = []
        for length in given:
            if (is_whole(length) and length == 1) or (is_open(length) and named == len(own)):
                found.append("1")
            elif own and agree(length, own[0][1]):
                found.append(own.pop(0)[0])
            else:
                return None
        return None if own or sum(map(is_open, given)) > 1 else found
