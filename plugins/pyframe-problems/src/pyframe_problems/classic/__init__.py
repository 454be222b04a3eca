"""Problems of several variables from textbooks and other collections, one file per family.

``two_variables`` holds those small enough to draw, ``any_dimension`` those whose number of
variables is free, ``quadratic`` those of known conditioning, ``convex`` a logistic
regression and two barriers.
"""
