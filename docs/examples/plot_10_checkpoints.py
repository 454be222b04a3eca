"""
Memory against time
===================

A gradient of a long recurrence that keeps some states and computes the others again; the
numbers are the states that revolve may keep.
"""

from pyframe.draw import draw_checkpoints

ax = draw_checkpoints()
