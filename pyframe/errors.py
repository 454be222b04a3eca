"""The one exception tree.

Every refusal is a :class:`PyframeError` and also the built-in exception a NumPy or SciPy
user would catch (``ValueError``, ``TypeError``, ...).
"""

from __future__ import annotations

from numpy.linalg import LinAlgError


class PyframeError(Exception):
    """Root of every exception that pyframe raises on purpose."""


class ParameterError(PyframeError, ValueError):
    """A parameter lies outside the values it may take."""


class ParameterOverflow(ParameterError, OverflowError):
    """A number is too large to be counted with."""


class DomainError(ParameterError):
    """A value contradicts what is declared of its symbol."""

    symbol: str = ""
    """The name of the symbol."""


class ParameterTypeError(PyframeError, TypeError):
    """A parameter is of a type that is not accepted."""


class ShapeError(PyframeError, ValueError):
    """An array's shape does not fit."""


class FormulaError(PyframeError, ValueError):
    """A text is no matrix expression; the message marks the place."""


class DTypeError(PyframeError, TypeError):
    """An array's dtype cannot be used."""


class BracketError(PyframeError, ValueError):
    """Three points do not bracket a minimum."""


class ReturnTypeError(PyframeError, TypeError):
    """A user's function returned something that is not the number or array expected."""


class MissingDerivative(PyframeError, ValueError):
    """A criterion, strategy or direction needs a derivative that was not given."""


class PairError(PyframeError, ValueError):
    """A strategy that cannot lengthen a step was paired with a criterion that may ask it to."""


class OutOfMemory(PyframeError, MemoryError):
    """A problem takes more memory than there is."""


class TooManyElements(PyframeError, OverflowError):
    """A shape has more elements than memory can number."""


class TapeLimitError(PyframeError, MemoryError):
    """A recording or a formula has grown to its limit."""


class LoadError(PyframeError, ValueError):
    """A file holds no saved function, or is damaged."""


class MissingTrace(PyframeError, LookupError):
    """A loaded function has no trace for a call."""


class LeakedTracerError(PyframeError, RuntimeError):
    """A traced value was used outside the function that it belongs to."""


class ConcretizationError(PyframeError, TypeError):
    """A traced value would leave the trace unnoticed, and its derivative with it."""


class UnsupportedOperation(PyframeError, NotImplementedError, TypeError):
    """A function that cannot be recorded was given a traced value."""


class UnknownMethod(UnsupportedOperation, AttributeError):
    """A method or attribute of arrays that an expression does not have."""


class MissingRule(PyframeError, NotImplementedError):
    """A function has no rule for the derivative asked for."""


class GradientMismatch(PyframeError, AssertionError):
    """A derivative differs from the differences of values."""


class RuleRefused(PyframeError, ValueError):
    """A differential rule fails its proof."""


class IndexOutOfBounds(PyframeError, IndexError):
    """An index lies outside an array."""


class SingularMatrixError(PyframeError, LinAlgError):
    """A matrix that must have an inverse has none."""


class NotPositiveDefiniteError(PyframeError, LinAlgError):
    """A matrix that must be positive definite is not."""


class DegenerateSpectrumError(PyframeError, LinAlgError):
    """A derivative divides by the difference of equal eigenvalues or singular values."""


class ConvergenceError(PyframeError, LinAlgError):
    """An iteration for eigenvalues or singular values did not converge."""


class UnknownNameError(PyframeError, LookupError, ValueError):
    """No built-in and no plugin answers to this name."""


class RegistryError(PyframeError):
    """Root of what goes wrong between pyframe and a plugin."""


class RecordError(RegistryError, TypeError, ValueError):
    """A record is malformed."""


class ConflictError(RegistryError, ValueError):
    """Two distributions give one name to different things."""


class PluginError(RegistryError, RuntimeError):
    """A plugin broke its contract while it was in use."""


class IllConditionedWarning(UserWarning):
    """A matrix is so nearly singular that a solution with it may have no right digit."""


class PluginWarning(UserWarning):
    """A plugin was skipped; the message says why and how to disable it."""


class RetraceWarning(UserWarning):
    """A compiled function was recorded so often that its traces are not all kept."""


class InternalError(PyframeError, RuntimeError):
    """A bug in pyframe itself: a panic in the compiled module was caught at the border."""
