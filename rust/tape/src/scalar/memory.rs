//! Memory kept by each thread from one recording to the next.
//!
//! What the allocator gives back to the system must be mapped again page by page, which costs
//! more than writing to it.

use std::cell::Cell;

use pyframe_graph::Memory;

use crate::value::Value;

/// Buffers above this many entries are not kept: 4 MB of nodes, and twice 2 MB of numbers.
const KEPT: usize = 1 << 18;
/// The same for values that are no scalars: 2 MB.
const KEPT_VALUES: usize = 1 << 14;

thread_local! {
    static NODES: Cell<Memory> = Cell::default();
    static VALUES: Cell<Vec<Value>> = const { Cell::new(Vec::new()) };
    static NUMBERS: [Cell<Vec<f64>>; 2] = const { [Cell::new(Vec::new()), Cell::new(Vec::new())] };
}

/// Empty memory for nodes.
pub fn nodes() -> Memory {
    NODES.try_with(Cell::take).unwrap_or_default()
}

/// Keep memory for nodes, unless there is more already.
pub fn keep_nodes(memory: Memory) {
    if memory.capacity() > KEPT {
        return;
    }
    let larger = |kept: Memory| if kept.capacity() < memory.capacity() { memory } else { kept };
    let _ = NODES.try_with(|kept| kept.set(larger(kept.take())));
}

/// An empty buffer for values.
pub fn values() -> Vec<Value> {
    VALUES.try_with(Cell::take).unwrap_or_default()
}

/// Keep a buffer, unless a larger one is there.
pub fn keep_values(mut buffer: Vec<Value>) {
    buffer.clear();
    if buffer.capacity() <= KEPT_VALUES {
        let _ = VALUES.try_with(|kept| keep(kept, buffer));
    }
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
