//! A chain reversed: states kept and computed again as a schedule says.

use pyframe_autodiff::ForeignRules;
use pyframe_graph::{Array, Binary, Type};
use rustc_hash::FxHashMap;

use super::chain::{Chain, Place};
use super::kind::Known;
use super::ledger::{ENTRY, KEPT, Ledger, SHARED};
use super::optimal::Optimal;
use super::revolve::Revolve;
use super::schedule::{Action, Schedule};
use super::square_root::{Level, SquareRoot};
use crate::error::TapeError;
use crate::evaluate::Host;
use crate::kernels::elementwise;
use crate::program::{Datum, Stop};

/// Which states are kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plan {
    /// All.
    StoreAll,
    /// Two roots of the number of steps.
    SquareRoot,
    /// So many, the first included.
    Revolve(usize),
    /// As many as fit into so many bytes, with all else that is held.
    Optimal(usize),
}

/// What was done.
#[derive(Clone, Copy, Debug, Default)]
pub struct Report {
    /// Steps of the chain.
    pub steps: usize,
    /// Steps computed on the way.
    pub advanced: usize,
    /// Steps computed and reversed.
    pub reversed: usize,
    /// The most states kept at once, the first included.
    pub kept: usize,
    /// The most bytes of values at once.
    pub peak: usize,
    /// Bytes of the chain.
    pub structure: usize,
    /// Bytes of values and nodes that the recording held at once.
    pub window: usize,
    /// Segments that differ.
    pub kinds: usize,
}

type State = FxHashMap<Place, Datum>;
type Kept = Box<[(Place, Datum)]>;

/// Adjoints flowing against a chain.
pub struct Pull<'a> {
    chain: &'a mut Chain,
    arguments: &'a [Datum],
    host: &'a dyn Host,
    rules: &'a dyn ForeignRules,
    /// Asked now and then whether to go on.
    go_on: &'a dyn Fn() -> Result<(), TapeError>,
    present: usize,
    state: State,
    kept: Vec<(usize, Kept)>,
    adjoints: State,
    ledger: Ledger,
    report: Report,
    asked: std::time::Instant,
}

impl<'a> Pull<'a> {
    /// Before anything is done.
    pub fn new(
        chain: &'a mut Chain,
        arguments: &'a [Datum],
        host: &'a dyn Host,
        rules: &'a dyn ForeignRules,
        go_on: &'a dyn Fn() -> Result<(), TapeError>,
    ) -> Self {
        let mut ledger = Ledger::default();
        for argument in arguments {
            ledger.add(argument);
        }
        Self {
            chain,
            arguments,
            host,
            rules,
            go_on,
            present: 0,
            state: State::default(),
            kept: vec![(0, Box::default())],
            adjoints: State::default(),
            ledger,
            report: Report::default(),
            asked: std::time::Instant::now(),
        }
    }

    /// The adjoints of the arguments, given those of some values; absent ones are zero.
    pub fn run(
        mut self,
        seeds: Vec<(Place, Datum)>,
        plan: Plan,
    ) -> Result<(Vec<Option<Datum>>, Report), TapeError> {
        self.chain.seal(seeds.iter().map(|seed| seed.0));
        for (place, seed) in seeds {
            let sum = match self.adjoints.remove(&place) {
                Some(before) => {
                    self.ledger.remove(&before);
                    plus(&before, &seed)?
                }
                None => seed,
            };
            self.ledger.add(&sum);
            self.adjoints.insert(place, sum);
        }
        let steps = self.chain.steps();
        self.report.steps = steps;
        self.report.structure = self.chain.memory();
        self.report.kinds = self.chain.kinds.len();
        self.report.kept = 1;
        match plan {
            Plan::StoreAll => self.play(Schedule::new(Revolve, steps, steps.max(1)))?,
            Plan::SquareRoot => self.play(Schedule::new(SquareRoot::new(steps), steps, Level::Blocks))?,
            Plan::Revolve(slots) => self.play(Schedule::new(Revolve, steps, slots))?,
            Plan::Optimal(bytes) => match self.choose(bytes)? {
                Choice::Slots(slots) => {
                    self.kept.reserve_exact(slots);
                    self.play(Schedule::new(Revolve, steps, slots))?;
                }
                Choice::Sizes(optimal) => {
                    let room = optimal.room();
                    self.play(Schedule::new(optimal, steps, room))?;
                }
            },
        }
        self.report.peak = self.ledger.peak;
        let of = |k: usize| Place { producer: 0, output: k as u32 };
        let found = (0..self.arguments.len()).map(|k| self.adjoints.remove(&of(k))).collect();
        Ok((found, self.report))
    }

    fn play(&mut self, schedule: impl Iterator<Item = Action>) -> Result<(), TapeError> {
        for action in schedule {
            match action {
                Action::Advance(to) => {
                    while self.present < to {
                        self.advance()?;
                    }
                }
                Action::Keep(k) => {
                    let state = self.state.iter().map(|(place, datum)| (*place, datum.clone()));
                    let state: Kept = state.collect();
                    self.ledger.keep(&state);
                    self.kept.push((k, state));
                    self.report.kept = self.report.kept.max(self.kept.len());
                }
                Action::Restore(k) => {
                    let kept = self.kept.iter().rfind(|kept| kept.0 == k);
                    let (_, state) = kept.ok_or(TapeError::Internal("a state that was not kept"))?;
                    let state: State = state.iter().cloned().collect();
                    for datum in state.values() {
                        self.ledger.add(datum);
                    }
                    self.leave();
                    (self.state, self.present) = (state, k);
                }
                Action::Release(_) => {
                    if let Some((_, state)) = self.kept.pop() {
                        self.ledger.release(&state);
                    }
                }
                Action::Reverse(k) => self.reverse(k)?,
            }
        }
        self.leave();
        Ok(())
    }

    /// Let the present state go.
    fn leave(&mut self) {
        for datum in std::mem::take(&mut self.state).values() {
            self.ledger.remove(datum);
        }
    }

    fn ask(&mut self) -> Result<(), TapeError> {
        const OFTEN: std::time::Duration = std::time::Duration::from_millis(20);
        if self.asked.elapsed() >= OFTEN {
            self.asked = std::time::Instant::now();
            (self.go_on)()?;
        }
        Ok(())
    }

    fn read(&self, place: Place) -> Result<Datum, TapeError> {
        let known = match place.producer {
            0 => self.arguments.get(place.output as usize),
            _ => self.state.get(&place),
        };
        known.cloned().ok_or(TapeError::Internal("a state lacks a value"))
    }

    fn advance(&mut self) -> Result<(), TapeError> {
        self.ask()?;
        let k = self.present;
        let inputs: Vec<Place> = self.chain.inputs(k).collect();
        let mut data = Vec::with_capacity(inputs.len());
        for &place in &inputs {
            data.push(self.read(place)?);
        }
        data.extend(self.chain.constants(k).map(as_datum));
        let kind = self.chain.kinds.get_mut(self.chain.kind(k));
        let program = kind.forward()?;
        self.ledger.work(kind.working);
        let made = program.run(&data, self.host).map_err(failed)?;
        for (output, datum) in made.into_iter().enumerate() {
            let place = Place { producer: k as u32 + 1, output: output as u32 };
            if self.chain.last_use(place) as usize > k {
                self.ledger.add(&datum);
                self.state.insert(place, datum);
            }
        }
        for place in inputs {
            if place.producer > 0
                && self.chain.last_use(place) as usize == k
                && let Some(datum) = self.state.remove(&place)
            {
                self.ledger.remove(&datum);
            }
        }
        self.present = k + 1;
        self.report.advanced += 1;
        Ok(())
    }

    fn reverse(&mut self, k: usize) -> Result<(), TapeError> {
        self.ask()?;
        self.report.reversed += 1;
        let inputs: Vec<Place> = self.chain.inputs(k).collect();
        let number = self.chain.kind(k);
        let count = self.chain.kinds.get(number).segment.outputs.len() as u32;
        let outputs = (0..count).map(|output| Place { producer: k as u32 + 1, output });
        let flowing: Vec<Option<Datum>> = outputs.map(|place| self.adjoints.remove(&place)).collect();
        if flowing.iter().all(Option::is_none) {
            return Ok(());
        }
        let before: Vec<Option<Datum>> =
            inputs.iter().map(|place| self.adjoints.get(place).cloned()).collect();
        let known = Known {
            outputs: flowing.iter().map(Option::is_some).collect(),
            inputs: before.iter().map(Option::is_some).collect(),
        };
        let mut data = Vec::with_capacity(inputs.len() + 2);
        for &place in &inputs {
            data.push(self.read(place)?);
        }
        data.extend(flowing.iter().chain(&before).flatten().cloned());
        data.extend(self.chain.constants(k).map(as_datum));
        let backward = self.chain.kinds.get_mut(number).backward(&known, self.rules)?;
        self.ledger.work(backward.working);
        let found = backward.program.run(&data, self.host).map_err(failed)?;
        for (datum, &input) in found.into_iter().zip(&backward.inputs) {
            self.ledger.add(&datum);
            if let Some(before) = self.adjoints.insert(inputs[input], datum) {
                self.ledger.remove(&before);
            }
        }
        flowing.iter().flatten().for_each(|datum| self.ledger.remove(datum));
        Ok(())
    }

    /// How the states are chosen that fit into so many bytes.
    fn choose(&mut self, bytes: usize) -> Result<Choice, TapeError> {
        let survey = Sizes::new(self.chain);
        let arguments: usize = self.arguments.iter().map(size).sum();
        // The arguments and their adjoints.
        let fixed = 2 * arguments + survey.overhead + self.report.structure;
        let Some(room) = bytes.checked_sub(fixed) else {
            return Err(TapeError::Budget { bytes, least: fixed });
        };
        let steps = self.report.steps;
        // Where nearly all states are alike revolve is best, and no table is needed.
        if survey.alike * 10 >= steps * 9 {
            return Ok(Choice::Slots((1 + room / (survey.largest + KEPT)).min(steps.max(1))));
        }
        let mut costs = Vec::with_capacity(steps);
        let mut states = Vec::with_capacity(steps);
        each_step(self.chain, |k, size| {
            // Moves of elements cost something as well.
            costs.push(self.chain.kinds.get(self.chain.kind(k)).work as f64 + 1.0);
            states.push(size + KEPT);
        });
        Ok(Choice::Sizes(Optimal::new(&costs, &states, room)))
    }
}

enum Choice {
    Slots(usize),
    Sizes(Optimal),
}

/// Sizes of the states of a chain.
struct Sizes {
    largest: usize,
    /// How many states have the size that most have.
    alike: usize,
    /// Bytes beside the states that are kept: what stays for long, the present state and its
    /// adjoint, and what steps work with.
    overhead: usize,
}

impl Sizes {
    fn new(chain: &Chain) -> Self {
        let mut counts: FxHashMap<usize, usize> = FxHashMap::default();
        let (mut largest, mut working) = (0, 0);
        let staying = each_step(chain, |k, size| {
            *counts.entry(size).or_default() += 1;
            largest = largest.max(size);
            // Reversing works with about thrice what computing does.
            let kind = chain.kinds.get(chain.kind(k));
            working = working.max(3 * kind.working + kind.made);
        });
        let alike = counts.values().copied().max().unwrap_or(0);
        Self { largest, alike, overhead: 3 * staying + 3 * largest + working }
    }
}

/// Look at the size of the state before each step, without what stays for long; how much that
/// is.
fn each_step(chain: &Chain, mut look: impl FnMut(usize, usize)) -> usize {
    let held = |place: Place| super::segment::bytes(chain.ty(place)) + ENTRY + SHARED;
    let (mut now, mut staying) = (0, 0);
    for k in 0..chain.steps() {
        look(k, now);
        let outputs = chain.kinds.get(chain.kind(k)).segment.outputs.len() as u32;
        for place in (0..outputs).map(|output| Place { producer: k as u32 + 1, output }) {
            match (chain.stays(place), chain.last_use(place) as usize > k) {
                (true, _) => staying += held(place),
                (false, true) => now += held(place),
                _ => {}
            }
        }
        for place in chain.inputs(k) {
            if place.producer > 0 && !chain.stays(place) && chain.last_use(place) as usize == k {
                now -= held(place);
            }
        }
    }
    staying
}

fn size(datum: &Datum) -> usize {
    match datum {
        Datum::Scalar(_) => ENTRY,
        Datum::Array(array) => super::segment::bytes(&Type::of(array)) + ENTRY + SHARED,
    }
}

/// An array as a program is given it: a number by itself.
pub fn as_datum(array: Array) -> Datum {
    match (Type::of(&array) == Type::SCALAR).then(|| array.item()).flatten() {
        Some(number) => Datum::Scalar(number),
        None => Datum::Array(array),
    }
}

fn plus(a: &Datum, b: &Datum) -> Result<Datum, TapeError> {
    let array = |datum: &Datum| match datum {
        Datum::Scalar(number) => Array::scalar(*number),
        Datum::Array(array) => array.clone(),
    };
    let (a, b) = (array(a), array(b));
    Ok(as_datum(elementwise::binary(Binary::Add, &a, &b, a.shape())?))
}

fn failed(stop: Stop) -> TapeError {
    match stop {
        Stop::Failed(error) => error,
        Stop::Guard(_) => TapeError::Internal("a guard in a segment"),
    }
}
