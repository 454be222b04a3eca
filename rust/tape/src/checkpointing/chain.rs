//! A recording as a chain of segments; equal ones in a row take no room of their own.

use std::collections::HashMap;

use pyframe_graph::{Array, Type};
use rustc_hash::FxHashMap;

use super::kind::Kinds;
use super::segment::{Segment, bytes};

/// A value: an output of a segment (producer k + 1 is segment k), or an argument (producer 0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Place {
    /// Who makes it.
    pub producer: u32,
    /// Which of what it makes.
    pub output: u32,
}

/// Where an input of a run of segments comes from.
#[derive(Clone, Copy, Debug)]
enum Wire {
    /// There is one segment yet.
    Once(Place),
    /// The same value for all.
    Fixed(Place),
    /// An output of a segment so many before.
    Back { distance: u32, output: u32 },
}

/// The values of a constant over a run of segments.
#[derive(Debug)]
enum Constant {
    Same(Array),
    Numbers(Vec<f64>),
    Arrays(Vec<Array>),
}

/// Segments of one kind in a row.
#[derive(Debug)]
struct Run {
    first: u32,
    count: u32,
    kind: u32,
    wires: Vec<Wire>,
    constants: Vec<Constant>,
}

/// The chain.
#[derive(Debug, Default)]
pub struct Chain {
    /// What segments share.
    pub kinds: Kinds,
    runs: Vec<Run>,
    steps: u32,
    /// The last segment that reads a value, where the wires of a run do not say it.
    last_use: FxHashMap<Place, u32>,
    /// The distances that occur in runs.
    distances: Vec<u32>,
}

impl Chain {
    /// How many segments there are.
    pub fn steps(&self) -> usize {
        self.steps as usize
    }

    /// The kind of the last segment, if the one before is of the same.
    pub fn repeating(&self) -> Option<u32> {
        self.runs.last().map(|run| run.kind)
    }

    /// Add a segment whose inputs are these values; its number.
    pub fn push(&mut self, segment: Segment, inputs: &[Place]) -> u32 {
        let values = segment.parameters();
        let kind = self.kinds.of(segment);
        let number = self.steps;
        self.steps += 1;
        if let Some(run) = self.runs.last_mut()
            && let Some(wires) = run.continued(kind, number, inputs)
        {
            run.wires = wires;
            for (constant, value) in run.constants.iter_mut().zip(values) {
                constant.push(run.count as usize, value);
            }
            run.count += 1;
            return number;
        }
        let wires = inputs.iter().map(|&place| Wire::Once(place)).collect();
        let constants = values.into_iter().map(Constant::Same).collect();
        self.runs.push(Run { first: number, count: 1, kind, wires, constants });
        number
    }

    /// Work out how long values are needed, when the outputs are these.
    pub fn seal(&mut self, outputs: impl Iterator<Item = Place>) {
        self.last_use.clear();
        self.distances.clear();
        for run in &self.runs {
            for wire in &run.wires {
                match *wire {
                    Wire::Once(place) | Wire::Fixed(place) => {
                        let last = self.last_use.entry(place).or_default();
                        *last = (*last).max(run.first + run.count - 1);
                    }
                    Wire::Back { distance, .. } => {
                        if !self.distances.contains(&distance) {
                            self.distances.push(distance);
                        }
                    }
                }
            }
        }
        for place in outputs {
            self.last_use.insert(place, self.steps);
        }
    }

    /// The last segment that reads a value.
    pub fn last_use(&self, place: Place) -> u32 {
        let mut last = self.last_use.get(&place).copied().unwrap_or(0);
        for &distance in &self.distances {
            let reader = place.producer + distance - 1;
            if reader > last && reader < self.steps {
                let run = self.run(reader);
                let reads = |wire: &Wire| matches!(wire, Wire::Back { distance: d, output } if (*d, *output) == (distance, place.output));
                if run.wires.iter().any(reads) {
                    last = reader;
                }
            }
        }
        last
    }

    /// Whether a value is read by all segments of a run: it stays where it is.
    pub fn stays(&self, place: Place) -> bool {
        const LONG: u32 = 32;
        self.last_use.get(&place).is_some_and(|&last| last >= place.producer + LONG)
    }

    fn run(&self, segment: u32) -> &Run {
        let place = self.runs.partition_point(|run| run.first <= segment);
        &self.runs[place - 1]
    }

    /// The kind of a segment.
    pub fn kind(&self, segment: usize) -> u32 {
        self.run(segment as u32).kind
    }

    /// The values that a segment reads.
    pub fn inputs(&self, segment: usize) -> impl Iterator<Item = Place> + '_ {
        let segment = segment as u32;
        self.run(segment).wires.iter().map(move |wire| match *wire {
            Wire::Once(place) | Wire::Fixed(place) => place,
            Wire::Back { distance, output } => Place { producer: segment + 1 - distance, output },
        })
    }

    /// The values of a segment's constants.
    pub fn constants(&self, segment: usize) -> impl Iterator<Item = Array> + '_ {
        let run = self.run(segment as u32);
        let place = segment - run.first as usize;
        run.constants.iter().map(move |constant| match constant {
            Constant::Same(array) => array.clone(),
            Constant::Numbers(numbers) => Array::scalar(numbers[place]),
            Constant::Arrays(arrays) => arrays[place].clone(),
        })
    }

    /// The type of a value that a segment makes.
    pub fn ty(&self, place: Place) -> &Type {
        let graph = &self.kinds.get(self.run(place.producer - 1).kind).segment.graph;
        graph.ty(graph.outputs()[place.output as usize])
    }

    /// Bytes held: what segments share, runs, and the constants that differ.
    pub fn memory(&self) -> usize {
        let mut seen: HashMap<*const (), usize> = HashMap::new();
        let mut total = self.kinds.memory()
            + self.runs.capacity() * size_of::<Run>()
            + self.last_use.capacity() * (size_of::<Place>() + 8);
        for run in &self.runs {
            total += run.wires.capacity() * size_of::<Wire>();
            total += run.constants.capacity() * size_of::<Constant>();
            for constant in &run.constants {
                let arrays = match constant {
                    Constant::Same(array) => std::slice::from_ref(array),
                    Constant::Numbers(numbers) => {
                        total += numbers.capacity() * size_of::<f64>();
                        &[]
                    }
                    Constant::Arrays(arrays) => {
                        total += arrays.capacity() * size_of::<Array>();
                        arrays
                    }
                };
                for array in arrays {
                    seen.insert(address(array), bytes(&Type::of(array)));
                }
            }
        }
        total + seen.values().sum::<usize>()
    }
}

impl Run {
    /// The wires when one more segment is added, if it fits.
    fn continued(&self, kind: u32, number: u32, inputs: &[Place]) -> Option<Vec<Wire>> {
        if self.kind != kind {
            return None;
        }
        let continued = |(wire, place): (&Wire, &Place)| {
            let distance = number + 1 - place.producer;
            match *wire {
                Wire::Once(first) | Wire::Fixed(first) if first == *place => Some(Wire::Fixed(first)),
                Wire::Once(first)
                    if first.output == place.output && self.first + 1 - first.producer == distance =>
                {
                    Some(Wire::Back { distance, output: place.output })
                }
                Wire::Back { distance: d, output } if (d, output) == (distance, place.output) => Some(*wire),
                _ => None,
            }
        };
        self.wires.iter().zip(inputs).map(continued).collect()
    }
}

impl Constant {
    /// Add the value of one more segment after `count` others.
    fn push(&mut self, count: usize, value: Array) {
        match self {
            Self::Same(array) if is_same(array, &value) => {}
            Self::Same(array) => {
                *self = if let (Some(before), Some(now)) = (number(array), number(&value)) {
                    let mut numbers = vec![before; count];
                    numbers.push(now);
                    Self::Numbers(numbers)
                } else {
                    let mut arrays = vec![array.clone(); count];
                    arrays.push(value);
                    Self::Arrays(arrays)
                };
            }
            Self::Numbers(numbers) => numbers.push(value.item().unwrap_or(f64::NAN)),
            Self::Arrays(arrays) => {
                let known = arrays.last().filter(|last| is_same(last, &value)).cloned();
                arrays.push(known.unwrap_or(value));
            }
        }
    }
}

/// A number in double precision.
fn number(array: &Array) -> Option<f64> {
    (Type::of(array) == Type::SCALAR).then(|| array.item()).flatten()
}

/// Whether two arrays have the same bits; fast where they lie in order.
pub fn is_same(a: &Array, b: &Array) -> bool {
    if address(a) == address(b)
        && (a.offset(), a.shape(), a.strides()) == (b.offset(), b.shape(), b.strides())
    {
        return true;
    }
    match (a.as_slice::<f64>(), b.as_slice::<f64>()) {
        (Some(x), Some(y)) if a.shape() == b.shape() => same_bits(x, y),
        _ => a == b,
    }
}

/// Whether as many numbers have the same bits.
pub fn same_bits(x: &[f64], y: &[f64]) -> bool {
    /// So many are compared at once.
    const BLOCK: usize = 16;
    let differ = |(x, y): (&f64, &f64)| x.to_bits() ^ y.to_bits();
    let same = |(x, y): (&[f64], &[f64])| x.iter().zip(y).map(differ).fold(0, |all, one| all | one) == 0;
    x.chunks(BLOCK).zip(y.chunks(BLOCK)).all(same)
}

/// Where the numbers of an array lie: the same for all its views.
pub fn address(array: &Array) -> *const () {
    use pyframe_graph::Data;
    match array.data() {
        Data::Bool(v) => std::sync::Arc::as_ptr(v).cast(),
        Data::Int64(v) => std::sync::Arc::as_ptr(v).cast(),
        Data::Float32(v) => std::sync::Arc::as_ptr(v).cast(),
        Data::Float64(v) => std::sync::Arc::as_ptr(v).cast(),
    }
}
