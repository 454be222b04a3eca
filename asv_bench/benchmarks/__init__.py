"""What asv measures, for every name in the registry.

Wall times are ``time_*``.  What is called ``track_*`` is deterministic: it counts, it uses
no clock, no memory address and no random number without a fixed seed, so two runs of one
commit on one machine give the same numbers and ``gate.py`` allows no rise at all.
"""
