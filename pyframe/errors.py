"""The one exception tree.

Every refusal is a :class:`PyframeError` and also the built-in exception a NumPy or SciPy
user would catch (``ValueError``, ``TypeError``, ...).
"""

from __future__ import annotations


class PyframeError(Exception):
    """Root of every exception that pyframe raises on purpose."""


class ParameterError(PyframeError, ValueError):
    """A parameter lies outside the values it may take."""


class ParameterTypeError(PyframeError, TypeError):
    """A parameter is of a type that is not accepted."""


class ShapeError(PyframeError, ValueError):
    """An array's shape does not fit."""


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


class PluginWarning(UserWarning):
    """A plugin was skipped; the message says why and how to disable it."""


class InternalError(PyframeError, RuntimeError):
    """A bug in pyframe itself: a panic in the compiled module was caught at the border."""
