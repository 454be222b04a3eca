"""Objects that no argument is meant to be, and how a call takes them."""

import numpy as np


class Unshowable:
    def __repr__(self):
        raise RuntimeError


ODD = {
    "None": None,
    "text": "a",
    "empty text": "",
    "long text": "a" * 100_000,
    "surrogate": "\ud800",
    "NUL": "a\0b",
    "list": [1],
    "ragged": [[1], [1, 2]],
    "huge": 2**70,
    "beyond floats": 10**400,
    "too many digits": 10**5000,
    "-1": -1,
    "0": 0,
    "1.5": 1.5,
    "nan": float("nan"),
    "inf": float("inf"),
    "complex": 1j,
    "True": True,
    "dict": {"a": 1},
    "set": {1},
    "mixed tuple": ("a", 1),
    "bytes": b"x",
    "class": Unshowable,
    "builtin class": int,
    "instance": Unshowable(),
    "generator": (k for k in ()),
    "slice": slice(None),
    "ellipsis": ...,
    "module": np,
    "function": lambda *_, **__: None,
    "objects": np.array([None, 1], dtype=object),
    "complex array": np.array([1j, 2]),
    "text array": np.array(["a", "b"]),
    "dates": np.array(["2020-01-01"], dtype="M8[D]"),
    "records": np.zeros(2, dtype=[("a", float)]),
    "masked": np.ma.masked_array([1.0, 2.0], [0, 1]),
    "nothing": np.zeros(0),
    "three axes": np.zeros((2, 2, 2)),
}


def refusal(call, odd):
    """What a call with one of them raises."""
    try:
        call(odd)
    except Exception as error:  # noqa: BLE001
        return error
    return None
