"""Functions from outside: opaque to the trace, with a differential rule of their own.

`primitive.py` makes them, `tracing.py` turns a rule into a graph, `proof.py` tries it,
`table.py` answers the core, `replacing.py` finds those that stand in for a function of SciPy.
"""
