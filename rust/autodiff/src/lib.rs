//! One differential rule per primitive, linearise, transpose and the modes, graph to graph.
