//! The graph of a recorded function: nodes, shapes, builder, verifier, text and bytes.
