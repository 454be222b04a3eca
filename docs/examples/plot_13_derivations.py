"""
Three derivations
=================

The lecture's examples of matrix calculus, line by line, each line with the rules it follows by:
:math:`\\langle x, A x\\rangle - b^\\top x + c`, :math:`\\ln\\langle x, A x\\rangle` and
:math:`\\langle S, X\\rangle - \\log\\det X`.
"""

import matplotlib.pyplot as plt

import pyframe as pf

EXAMPLES = [
    ("inner(x, A*x) - b'*x + c", "x"),
    ("ln(inner(x, A*x))", "x"),
    ("inner(S, X) - logdet(X)", "X"),
]

derivations = [pf.matrix(text).derivation(name, order=2) for text, name in EXAMPLES]
lines = [step for derivation in derivations for step in derivation.steps]
gaps = len(derivations) - 1

plt.rcParams["mathtext.fontset"] = "stix"
figure = plt.figure(figsize=(10, 0.45 * (len(lines) + gaps)))
row = 0
for derivation in derivations:
    for step in derivation.steps:
        height = 1 - (row + 0.5) / (len(lines) + gaps)
        figure.text(0.01, height, f"${step.latex()}$", va="center", fontsize=15)
        rules = r",\; ".join(rule.latex for rule in step.rules)
        figure.text(
            0.6, height, f"${rules}$" if rules else "", va="center", color="dimgray", fontsize=12
        )
        row += 1
    row += 1
plt.show()
