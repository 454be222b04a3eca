"""NumPy source that is run."""

import inspect

import numpy as np


def source(result):
    """The function of a formula's NumPy source, which takes more values than it needs."""
    namespace = {}
    exec(result.numpy("f"), namespace)
    function = namespace["f"]
    names = inspect.signature(function).parameters

    def call(**values):
        with np.errstate(all="ignore"):
            return function(**{name: values[name] for name in names})

    return call
