"""Elementwise operations, each with the texts that carry any value into its domain."""

from __future__ import annotations

import numpy as np
from autodiff.programs.ops import op

# domain: (what a value must satisfy to go in as it is, texts that make one that does)
DOMAINS = {
    "all": (lambda v: True, ["{0}"]),
    "small": (lambda v: np.all(np.abs(v) < 4), ["np.tanh({0})", "np.sin({0})", "0.1 * {0}"]),
    "positive": (lambda v: np.all(v > 0.01), ["np.abs({0}) + 0.5", "{0} ** 2 + 0.25"]),
    "above -1": (lambda v: np.all(v > -0.9), ["np.abs({0})", "{0} * {0}"]),
    "unit": (lambda v: np.all(np.abs(v) < 0.95), ["0.9 * np.tanh({0})", "0.8 * np.cos({0})"]),
    "above 1": (lambda v: np.all(v > 1.05), ["np.abs({0}) + 1.5", "np.exp(np.tanh({0})) + 1.0"]),
    "nonzero": (lambda v: np.all(np.abs(v) > 0.05), ["np.abs({0}) + 0.5", "1.0 + {0} * {0}"]),
    "up to 20": (lambda v: np.all(np.abs(v) < 20), ["np.arctan({0})", "0.01 * {0}"]),
}

UNARY = {
    "np.sin": "all",
    "np.cos": "all",
    "np.tan": "unit",
    "np.arcsin": "unit",
    "np.arccos": "unit",
    "np.arctan": "all",
    "np.sinh": "small",
    "np.cosh": "small",
    "np.tanh": "all",
    "np.arcsinh": "all",
    "np.arccosh": "above 1",
    "np.arctanh": "unit",
    "np.exp": "small",
    "np.exp2": "small",
    "np.expm1": "small",
    "np.log": "positive",
    "np.log2": "positive",
    "np.log10": "positive",
    "np.log1p": "above -1",
    "np.sqrt": "positive",
    "np.cbrt": "nonzero",
    "np.square": "all",
    "np.reciprocal": "nonzero",
    "np.negative": "all",
    "np.positive": "all",
    "np.abs": "all",
    "np.absolute": "all",
    "np.fabs": "all",
    "np.sign": "all",
    "np.floor": "all",
    "np.ceil": "all",
    "np.rint": "all",
    "np.trunc": "all",
    "np.deg2rad": "all",
    "np.rad2deg": "all",
    "np.degrees": "all",
    "np.radians": "all",
    "np.sinc": "small",
    "sp.erf": "all",
    "sp.erfc": "small",
    "sp.expit": "all",
    "sp.gammaln": "positive",
}
RARE = {
    "np.sign",
    "np.floor",
    "np.ceil",
    "np.rint",
    "np.trunc",
    "np.rad2deg",
    "np.degrees",
    "np.absolute",
    "np.fabs",
    "np.positive",
}


def into(draft, domain, slot="0", name=None):
    """Text of the operand within the domain, mostly."""
    holds, texts = DOMAINS[domain]
    value = draft.values[name]
    legal = np.size(value) == 0 or bool(holds(np.asarray(value)))
    if legal or draft.wild or draft.chance(0.03):
        return "{" + slot + "}"
    return draft.one(*texts).replace("{0}", "{" + slot + "}")


def _unary(name, domain):
    @op(name, 0.35 if name in RARE else 1.0)
    def propose(draft):
        x = draft.pick()
        return (f"{name}({into(draft, domain, '0', x)})",), (x,)


for _name, _domain in UNARY.items():
    _unary(_name, _domain)


def pair(draft):
    """Two names of shapes that broadcast, or a name and a literal: ``(texts, operands)``."""
    x = draft.pick()
    shape = np.shape(draft.values[x])
    if draft.chance(0.3):
        texts = ["{0}", draft.number()]
        if shape and draft.chance(0.5):
            texts[1] = draft.constant(shape[draft.rng.integers(len(shape)) :])
        return (texts[::-1] if draft.chance(0.3) else texts), (x,)

    def broadcasts(v):
        return all(
            a == b or 1 in {a, b} for a, b in zip(np.shape(v)[::-1], shape[::-1], strict=False)
        )

    y = draft.pick(broadcasts)
    if draft.chance(0.05):
        y = x
    return (["{0}", "{1}"] if draft.chance(0.5) else ["{1}", "{0}"]), (x, y)


BINARY = {
    "operator.add": ("{a} + {b}", 2.0),
    "operator.sub": ("{a} - {b}", 1.5),
    "operator.mul": ("{a} * {b}", 2.5),
    "np.add": ("np.add({a}, {b})", 0.5),
    "np.subtract": ("np.subtract({a}, {b})", 0.5),
    "np.multiply": ("np.multiply({a}, {b})", 0.5),
    "np.maximum": ("np.maximum({a}, {b})", 1.0),
    "np.minimum": ("np.minimum({a}, {b})", 1.0),
    "np.fmax": ("np.fmax({a}, {b})", 0.5),
    "np.fmin": ("np.fmin({a}, {b})", 0.5),
    "np.hypot": ("np.hypot({a}, {b})", 1.0),
    "np.arctan2": ("np.arctan2({a}, {b})", 1.0),
    "np.logaddexp": ("np.logaddexp({a}, {b})", 1.0),
    "np.logaddexp2": ("np.logaddexp2({a}, {b})", 0.6),
    "np.copysign": ("np.copysign({a}, {b})", 0.5),
}


def _binary(name, text, weight):
    @op(name, weight)
    def propose(draft):
        (a, b), operands = pair(draft)
        return (text.format(a=a, b=b),), operands


for _name, (_text, _weight) in BINARY.items():
    _binary(_name, _text, _weight)


DIVIDING = {
    "operator.truediv": ("{a} / {b}", 1.5),
    "np.divide": ("np.divide({a}, {b})", 0.4),
    "np.true_divide": ("np.true_divide({a}, {b})", 0.4),
    "operator.mod": ("{a} % {b}", 0.4),
    "np.fmod": ("np.fmod({a}, {b})", 0.4),
    "np.remainder": ("np.remainder({a}, {b})", 0.4),
}


def _dividing(name, text, weight):
    @op(name, weight)
    def propose(draft):
        (a, b), operands = pair(draft)
        if b in {"{0}", "{1}"}:
            b = into(draft, "nonzero", b[1], operands[int(b[1])])
        if b.startswith("np.array") and "0.0" in b:
            return None
        return (text.format(a=a, b=f"({b})"),), operands


for _name, (_text, _weight) in DIVIDING.items():
    _dividing(_name, _text, _weight)


@op("operator.neg", 0.8)
def _neg(draft):
    return ("-{0}",), (draft.pick(),)


@op("operator.abs", 0.5)
def _abs(draft):
    return ("abs({0})",), (draft.pick(),)


@op("power.constant", 2.0)
def _power_constant(draft):
    x = draft.pick()
    exponent = draft.one(
        "2", "2", "3", "2.0", "4", "0", "1", "0.0", "-1", "-2.0", "0.5", "1.5", "-0.5", "3.0"
    )
    base = "{0}"
    if exponent in {"-1", "-2.0"}:
        base = into(draft, "nonzero", "0", x)
    elif exponent in {"0.5", "1.5", "-0.5"}:
        base = into(draft, "positive", "0", x)
    form = draft.one(
        "({base}) ** {exponent}",
        "np.power({base}, {exponent})",
        "np.float_power({base}, {exponent})",
    )
    if exponent[0] == "-":
        exponent = f"({exponent})"
    if "np.power" in form and "." not in exponent:
        exponent = exponent.replace(")", ".0)") if ")" in exponent else exponent + ".0"
    return (form.format(base=base, exponent=exponent),), (x,)


@op("power.variable", 1.2)
def _power_variable(draft):
    (a, b), operands = pair(draft)
    if a in {"{0}", "{1}"}:
        a = into(draft, "positive", a[1], operands[int(a[1])])
    elif "-" in a:
        a = "1.5"
    if b in {"{0}", "{1}"}:
        b = into(draft, "small", b[1], operands[int(b[1])])
    text = draft.one("({a}) ** ({b})", "np.power({a}, {b})", "np.float_power({a}, {b})")
    return (text.format(a=a, b=b),), operands


@op("np.clip", 1.0)
def _clip(draft):
    x = draft.pick()
    low, high = draft.one(
        ("-1.0", "1.0"), ("0.0", "2.0"), ("-0.5", "0.5"), ("0.0", "None"), ("None", "1.0")
    )
    return (draft.one("np.clip({0}, LOW, HIGH)").replace("LOW", low).replace("HIGH", high),), (x,)


@op("np.where", 2.0)
def _where(draft):
    (a, b), operands = pair(draft)
    c = draft.pick(lambda v: np.shape(v) == np.shape(draft.values[operands[0]]))
    sign = draft.one(">", "<", ">=", "<=", "==", "!=", ">")
    other = draft.one("0.0", "0.5", "1.0", "-1.0", a)
    k = len(operands)
    if draft.chance(0.15):  # the guarded form of a function with a boundary
        name, domain = draft.one(
            ("np.sqrt", "positive"), ("np.log", "positive"), ("np.reciprocal", "nonzero")
        )
        del domain
        return (f"np.where({{0}} > 0, {name}({{0}}), {draft.number()})",), operands[:1]
    text = f"np.where({{{k}}} {sign} {other}, {a}, {b})"
    if draft.chance(0.2):
        text = f"np.where(({{{k}}} {sign} {other}) & ({{{k}}} < 2.0), {a}, {b})"
    return (text,), (*operands, c)


@op("np.select", 0.7)
def _select(draft):
    (a, b), operands = pair(draft)
    c = draft.pick(lambda v: np.shape(v) == np.shape(draft.values[operands[0]]))
    slot = f"{{{len(operands)}}}"
    first = f"{slot} {draft.one('>', '<', '>=')} {draft.one('0.0', '0.5', '1.0')}"
    second = f"{slot} {draft.one('>', '<=')} {draft.one('0.0', '-0.5', '-1.0')}"
    return (f"np.select([{first}, {second}], [{a}, {b}], {draft.number()})",), (*operands, c)
