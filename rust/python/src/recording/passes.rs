//! The passes over a recording, as its methods.

use pyframe_autodiff::{batch, forward, pass_work, reverse};
use pyframe_graph::NodeId;
use pyframe_tape::{TapeError, sweep};
use pyo3::prelude::*;
use pyo3::types::PyList;

use super::convert::{into_numpy, to_numpy};
use super::foreign::Outside;
use super::recording::{Recording, nodes};
use super::refused::refused;
use super::wrap::wrap;
use crate::errors::guard;

#[pymethods]
impl Recording {
    /// `outputs` recomputed with each seed replaced by one with an axis more in front; None
    /// where nothing depends on the seeds.
    fn batch<'py>(
        slf: &Bound<'py, Self>,
        seeds: Vec<Bound<'py, PyAny>>,
        stacked: Vec<Bound<'py, PyAny>>,
        outputs: Vec<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        guard("Recording.batch", || {
            slf.get().expect_whole()?;
            let outputs = nodes(slf, &outputs)?;
            let stacked = nodes(slf, &stacked)?;
            let seeds = nodes(slf, &seeds)?;
            let pairs: Vec<_> = seeds.into_iter().zip(stacked).collect();
            let found =
                slf.get().with(|tape| tape.record(&Outside, |graph| Ok(batch(graph, &pairs, &outputs)?)))?;
            all(slf, &found)
        })
    }

    /// Adjoints of `inputs`, given those of `outputs` (all are traced objects of this
    /// recording); None where nothing flows back.
    fn reverse<'py>(
        slf: &Bound<'py, Self>,
        outputs: Vec<Bound<'py, PyAny>>,
        seeds: Vec<Bound<'py, PyAny>>,
        inputs: Vec<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        guard("Recording.reverse", || {
            slf.get().expect_whole()?;
            let outputs = nodes(slf, &outputs)?;
            let seeds = nodes(slf, &seeds)?;
            let inputs = nodes(slf, &inputs)?;
            let pairs: Vec<_> = outputs.into_iter().zip(seeds).collect();
            let found = slf
                .get()
                .with(|tape| tape.record(&Outside, |graph| Ok(reverse(graph, &pairs, &inputs, &Outside)?)))?;
            all(slf, &found)
        })
    }

    /// Adjoints of `inputs` in numbers, given those of `outputs`; None where nothing flows back.
    /// The recording is as before.
    fn pull<'py>(
        slf: &Bound<'py, Self>,
        outputs: Vec<Bound<'py, PyAny>>,
        seeds: Vec<Bound<'py, PyAny>>,
        inputs: Vec<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        guard("Recording.pull", || {
            slf.get().expect_whole()?;
            let py = slf.py();
            let outputs = nodes(slf, &outputs)?;
            let seeds = nodes(slf, &seeds)?;
            let inputs = nodes(slf, &inputs)?;
            let pairs: Vec<_> = outputs.into_iter().zip(seeds).collect();
            let found = slf.get().with(|tape| tape.pull(&pairs, &inputs, &Outside, &Outside))?;
            let list = PyList::empty(py);
            for adjoint in &found {
                match adjoint {
                    Some(array) => list.append(to_numpy(py, array)?)?,
                    None => list.append(py.None())?,
                }
            }
            Ok(list)
        })
    }

    /// Let go the values of the nodes from `start` on, but for those of `kept`; they are
    /// computed again when they are read.
    fn let_go(slf: &Bound<'_, Self>, start: usize, kept: Vec<Bound<'_, PyAny>>) -> PyResult<()> {
        guard("Recording.let_go", || {
            let kept = nodes(slf, &kept)?;
            slf.get().with(|tape| {
                tape.let_go(start, &kept);
                Ok(())
            })
        })
    }

    /// Tangents of `outputs`, given those of `inputs`; None where nothing flows.
    fn forward<'py>(
        slf: &Bound<'py, Self>,
        inputs: Vec<Bound<'py, PyAny>>,
        seeds: Vec<Bound<'py, PyAny>>,
        outputs: Vec<Bound<'py, PyAny>>,
    ) -> PyResult<Bound<'py, PyList>> {
        guard("Recording.forward", || {
            slf.get().expect_whole()?;
            let outputs = nodes(slf, &outputs)?;
            let seeds = nodes(slf, &seeds)?;
            let inputs = nodes(slf, &inputs)?;
            let pairs: Vec<_> = inputs.into_iter().zip(seeds).collect();
            let found = slf.get().with(|tape| {
                tape.record(&Outside, |graph| Ok(forward(graph, &pairs, &outputs, &Outside)?))
            })?;
            all(slf, &found)
        })
    }

    /// The gradient of a scalar in numbers, by the sweep over scalars; None where the recording
    /// holds something else between the output and the inputs.
    fn sweep<'py>(
        slf: &Bound<'py, Self>,
        output: &Bound<'py, PyAny>,
        inputs: Vec<Bound<'py, PyAny>>,
    ) -> PyResult<Option<Bound<'py, PyList>>> {
        guard("Recording.sweep", || {
            slf.get().expect_whole()?;
            let py = slf.py();
            let output = nodes(slf, std::slice::from_ref(output))?[0];
            let inputs = nodes(slf, &inputs)?;
            let list = PyList::empty(py);
            let first = inputs.iter().copied().min().unwrap_or(output);
            let found = slf.get().with(|tape| {
                let graph = tape.graph();
                if !graph.nodes()[output.index()].is_scalar() {
                    return Ok(None);
                }
                let Some(adjoints) = sweep(graph, tape.scalars(), output, first, &inputs) else {
                    return Ok(None);
                };
                let each = inputs.iter().map(|&id| {
                    let node = graph.nodes()[id.index()];
                    if node.scalar_constant().is_some() {
                        return Ok((None, 0.0));
                    }
                    if node.is_scalar() {
                        return Ok((None, adjoints.scalar(id)));
                    }
                    let shape = graph.shape(id);
                    if graph.dtype(id) != pyframe_graph::DType::Float64 {
                        return Err(TapeError::Internal("float32"));
                    }
                    let mut numbers = vec![0.0; shape.iter().product()];
                    adjoints.add_to(id, &mut numbers);
                    Ok((Some(pyframe_graph::Array::new(numbers, shape)?), 0.0))
                });
                match each.collect::<Result<Vec<_>, TapeError>>() {
                    Ok(found) => Ok(Some(found)),
                    Err(TapeError::Internal(_)) => Ok(None),
                    Err(error) => Err(error),
                }
            })?;
            let Some(found) = found else { return Ok(None) };
            for (array, number) in found {
                match array {
                    Some(array) => list.append(into_numpy(py, array)?)?,
                    None => list.append(number)?,
                }
            }
            Ok(Some(list))
        })
    }

    /// Operations of a pass forward and of one back, each as what is done once and what is done
    /// for each direction.  Nothing is run.
    fn pass_work(
        slf: &Bound<'_, Self>,
        inputs: Vec<Bound<'_, PyAny>>,
        outputs: Vec<Bound<'_, PyAny>>,
    ) -> PyResult<[(usize, usize); 2]> {
        guard("Recording.pass_work", || {
            let (inputs, outputs) = (nodes(slf, &inputs)?, nodes(slf, &outputs)?);
            let found = slf.get().with(|tape| Ok(pass_work(tape.graph(), &inputs, &outputs, &Outside)))?;
            let (ahead, back) = found.map_err(|error| refused(TapeError::Derivative(error)))?;
            Ok([(ahead.once, ahead.each), (back.once, back.each)])
        })
    }
}

fn all<'py>(recording: &Bound<'py, Recording>, found: &[Option<NodeId>]) -> PyResult<Bound<'py, PyList>> {
    let list = PyList::empty(recording.py());
    for node in found {
        match node {
            Some(node) => list.append(wrap(recording, *node, false)?)?,
            None => list.append(recording.py().None())?,
        }
    }
    Ok(list)
}
