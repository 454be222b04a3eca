//! Memory kept by each thread from one recording to the next.
//!
//! What the allocator gives back to the system must be mapped again page by page, which costs
//! more than writing to it.

use std::cell::Cell;

use pyframe_graph::Node;

/// Buffers above this many entries are not kept: 4 MB of nodes, and twice 2 MB of numbers.
const KEPT: usize = 1 << 18;

thread_local! {
    static NODES: Cell<Vec<Node>> = const { Cell::new(Vec::new()) };
    static NUMBERS: [Cell<Vec<f64>>; 2] = const { [Cell::new(Vec::new()), Cell::new(Vec::new())] };
}

/// An empty buffer for nodes.
pub fn nodes() -> Vec<Node> {
    NODES.try_with(Cell::take).unwrap_or_default()
}

/// Keep a buffer, unless a larger one is there.
pub fn keep_nodes(buffer: Vec<Node>) {
    let _ = NODES.try_with(|kept| keep(kept, buffer));
}

/// An empty buffer for numbers.
pub fn numbers() -> Vec<f64> {
    let taken = NUMBERS.try_with(|[first, second]| {
        let buffer = first.take();
        if buffer.capacity() > 0 { buffer } else { second.take() }
    });
    taken.unwrap_or_default()
}

/// Keep a buffer, unless larger ones are there.
pub fn keep_numbers(buffer: Vec<f64>) {
    let _ = NUMBERS.try_with(|[first, second]| keep(second, keep(first, buffer)));
}

/// Keep the larger one of two buffers, give back the other.
fn keep<T>(kept: &Cell<Vec<T>>, mut buffer: Vec<T>) -> Vec<T> {
    if buffer.capacity() > KEPT {
        return Vec::new();
    }
    buffer.clear();
    let before = kept.take();
    let (larger, smaller) =
        if before.capacity() < buffer.capacity() { (buffer, before) } else { (before, buffer) };
    kept.set(larger);
    smaller
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_larger_buffers_are_kept() {
        for capacity in [10, 1000, 100] {
            keep_numbers(Vec::with_capacity(capacity));
        }
        let found: Vec<usize> = (0..3).map(|_| numbers().capacity()).collect();
        assert_eq!(found, [1000, 100, 0]);
    }

    #[test]
    fn a_huge_buffer_is_not_kept() {
        keep_numbers(Vec::with_capacity(KEPT + 1));
        assert_eq!(numbers().capacity(), 0);
    }
}
