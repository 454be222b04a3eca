//! A Python function of one variable, with its derivatives where they are given.

use std::cell::OnceCell;

use pyframe_linesearch::{Needs, Sample};
use pyo3::prelude::*;
use pyo3::types::{PyFloat, PyTuple, PyTupleMethods};

use crate::call;
use crate::numbers::real;
use crate::recording::{Numeric, is_compiled};

/// A function of the user's, or the one that returns its derivative along with its value.
pub struct Function<'a, 'py> {
    given: &'a Bound<'py, PyAny>,
    /// What makes the one of the other, and by which argument the user could have given it.
    differentiate: Option<(&'a Bound<'py, PyAny>, &'static str)>,
    made: OnceCell<Bound<'py, PyAny>>,
}

impl<'a, 'py> Function<'a, 'py> {
    /// The function itself.
    pub const fn itself(given: &'a Bound<'py, PyAny>) -> Self {
        Self { given, differentiate: None, made: OnceCell::new() }
    }

    /// The function with its derivative, made by `differentiate(given, argument)`.
    pub fn with_derivative(
        given: &'a Bound<'py, PyAny>,
        differentiate: &'a Bound<'py, PyAny>,
        argument: &'static str,
    ) -> Self {
        Self { given, differentiate: Some((differentiate, argument)), made: OnceCell::new() }
    }

    /// What is called.
    pub fn called(&self) -> PyResult<&Bound<'py, PyAny>> {
        let Some(differentiate) = self.differentiate else { return Ok(self.given) };
        if self.made.get().is_none() {
            let (differentiate, argument) = differentiate;
            let _ = self.made.set(differentiate.call1((self.given, argument))?);
        }
        Ok(self.made.get().unwrap_or(self.given))
    }

    /// What may be compiled: a compiled function has its derivative without being called.
    pub fn recorded(&self) -> PyResult<&Bound<'py, PyAny>> {
        if is_compiled(self.given) { Ok(self.given) } else { self.called() }
    }

    /// Whether calling it looks for signals.
    pub fn sees_signals(&self) -> PyResult<bool> {
        Ok(self.differentiate.is_none() && call::runs_bytecode(self.given)?)
    }
}

/// f(x, *args) and, on demand, f' and f''.
pub struct ScalarFunction<'a, 'py> {
    pub f: Function<'a, 'py>,
    pub args: Option<&'a Bound<'py, PyTuple>>,
    pub derivative: Derivative<'a, 'py>,
    pub second: Option<&'a Bound<'py, PyAny>>,
    /// The same without Python, for a compiled function.
    pub numeric: Option<Numeric<'py>>,
    /// Whether calling it looks for signals.
    pub signals_are_seen: bool,
    /// Relative rounding error of the values seen.
    pub unit: f64,
    pub counts: Counts,
}

/// Where the first derivative comes from.
#[derive(Clone, Copy)]
pub enum Derivative<'a, 'py> {
    None,
    /// A function of its own.
    Function(&'a Bound<'py, PyAny>),
    /// f returns the pair (value, derivative).
    Fused,
}

/// Calls made.
#[derive(Clone, Copy, Debug, Default)]
pub struct Counts {
    pub values: usize,
    pub derivatives: usize,
}

/// The two things that a function with its derivative returned.
fn pair<'py>(answer: &Bound<'py, PyAny>) -> PyResult<(Bound<'py, PyAny>, Bound<'py, PyAny>)> {
    answer.extract().map_err(|_| {
        crate::errors::return_type(format!(
            "f must return the pair (value, derivative), got {}",
            crate::numbers::describe(answer)
        ))
    })
}

impl<'py> ScalarFunction<'_, 'py> {
    fn call(&self, f: &Bound<'py, PyAny>, x: f64) -> PyResult<Bound<'py, PyAny>> {
        match self.args {
            None => call::with_one(f, PyFloat::new(f.py(), x).as_any()),
            Some(args) => {
                let mut all = Vec::with_capacity(args.len() + 1);
                all.push(x.into_pyobject(f.py())?.into_any());
                all.extend(args.iter());
                crate::float_environment::kept(|| f.call1(PyTuple::new(f.py(), all)?))
            }
        }
    }

    /// The function at `x`, as far as `needs` says.
    #[inline]
    pub fn evaluate(&mut self, x: f64, needs: Needs) -> PyResult<Sample> {
        self.counts.values += 1;
        let mut sample = Sample::value(x, f64::NAN);
        if needs < Needs::Curvature && self.without_python(&mut sample, needs)? {
            return Ok(sample);
        }
        let answer = self.call(self.f.called()?, x)?;
        if !self.signals_are_seen {
            answer.py().check_signals()?;
        }
        if let Some(numeric) = &mut self.numeric {
            numeric.refresh()?;
        }
        if let Derivative::Fused = self.derivative {
            let (value, slope) = pair(&answer)?;
            self.counts.derivatives += 1;
            self.take(&mut sample, &value)?;
            sample.slope = real(&slope, "the derivative in f's pair")?.value;
        } else {
            self.take(&mut sample, &answer)?;
            if needs >= Needs::Slope
                && sample.value.is_finite()
                && let Derivative::Function(derivative) = self.derivative
            {
                self.counts.derivatives += 1;
                sample.slope = real(&self.call(derivative, x)?, "derivative")?.value;
            }
        }
        if needs >= Needs::Curvature && sample.slope.is_finite() {
            sample.curvature = self.curvature(x, sample.slope)?;
        }
        Ok(sample)
    }

    /// Whether a trace of the compiled function answered.
    #[inline]
    fn without_python(&mut self, sample: &mut Sample, needs: Needs) -> PyResult<bool> {
        let Some(numeric) = &mut self.numeric else { return Ok(false) };
        let fused = matches!(self.derivative, Derivative::Fused);
        if needs >= Needs::Slope && !fused {
            return Ok(false);
        }
        let found = numeric.value(&[sample.x], std::slice::from_mut(&mut sample.slope))?;
        let Some(value) = found else { return Ok(false) };
        sample.value = value;
        self.counts.derivatives += usize::from(fused);
        Ok(true)
    }

    fn take(&mut self, sample: &mut Sample, answer: &Bound<'py, PyAny>) -> PyResult<()> {
        let number = real(answer, "f")?;
        sample.value = number.value;
        self.unit = self.unit.max(number.unit);
        Ok(())
    }

    /// f''(x): given, or a difference of derivatives.
    fn curvature(&mut self, x: f64, slope: f64) -> PyResult<f64> {
        if let Some(second) = self.second {
            self.counts.derivatives += 1;
            return Ok(real(&self.call(second, x)?, "second_derivative")?.value);
        }
        let beside = x + f64::EPSILON.sqrt() * x.abs().max(f64::EPSILON.sqrt());
        let there = match self.derivative {
            Derivative::Function(derivative) => real(&self.call(derivative, beside)?, "derivative")?.value,
            Derivative::Fused => {
                self.counts.values += 1;
                real(&pair(&self.call(self.f.called()?, beside)?)?.1, "the derivative in f's pair")?.value
            }
            Derivative::None => f64::NAN,
        };
        self.counts.derivatives += 1;
        Ok((there - slope) / (beside - x))
    }
}
