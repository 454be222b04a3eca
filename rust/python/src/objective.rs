//! A Python function of several variables with its derivatives, as an `Objective`.

use std::cell::Cell;

use numpy::PyArray1;
use pyframe_optimize::{Curvature, Fault, Objective, memory};
use pyo3::intern;
use pyo3::prelude::*;
use pyo3::types::{PyTuple, PyTupleMethods};

use crate::call;
use crate::callables::{Derivative, Function};
use crate::errors;
use crate::float_environment::kept;
use crate::numbers::{self, FLOAT32, describe, real, vector_into};
use crate::recording::Numeric;

/// What the caller gave.
pub struct PyObjective<'a, 'py> {
    pub py: Python<'py>,
    pub f: &'a Function<'a, 'py>,
    pub grad: Derivative<'a, 'py>,
    pub hess: Option<&'a Bound<'py, PyAny>>,
    pub hessp: Option<&'a Bound<'py, PyAny>>,
    pub args: Option<&'a Bound<'py, PyTuple>>,
    /// The same without Python, for a compiled function.
    pub numeric: Option<Numeric<'py>>,
    /// Shape in which the functions see x.
    pub shape: Vec<usize>,
    /// Whether x is handed over as float32.
    pub single: bool,
    /// Relative rounding error of the values.
    pub unit: f64,
    /// The array that the last call was given, for the next one if nobody kept it.
    pub argument: Cell<Option<Bound<'py, PyArray1<f64>>>>,
    /// Whether the function has had a value somewhere.
    pub begun: Cell<bool>,
}

/// Whether a Hessian solves by itself.
fn solves(hessian: &Bound<'_, PyAny>) -> PyResult<bool> {
    hessian.hasattr(intern!(hessian.py(), "newton_direction"))
}

fn fault(error: PyErr) -> Fault {
    Box::new(error)
}

impl<'py> PyObjective<'_, 'py> {
    /// The same functions, for use while this one is borrowed.
    pub fn twin(&self) -> Self {
        Self {
            shape: self.shape.clone(),
            argument: Cell::default(),
            numeric: None,
            begun: Cell::new(true),
            ..*self
        }
    }

    /// An array for the user, who may keep or change it.
    pub fn array(&self, x: &[f64]) -> PyResult<Bound<'py, PyAny>> {
        let py = self.py;
        let flat = if self.single {
            memory::room("an array", x.len()).map_err(errors::too_large)?;
            #[expect(clippy::cast_possible_truncation, reason = "x was rounded to float32 before")]
            let single = PyArray1::from_iter(py, x.iter().map(|&x| x as f32));
            single.into_any()
        } else {
            self.fresh(x)?.into_any()
        };
        if self.shape.len() == 1 {
            return Ok(flat);
        }
        flat.call_method1(intern!(py, "reshape"), (PyTuple::new(py, &self.shape)?,))
    }

    /// An array that nobody else knows: that of the last call, written over, if it is one.
    fn fresh(&self, x: &[f64]) -> PyResult<Bound<'py, PyArray1<f64>>> {
        if let Some(last) = self.argument.take()
            && call::is_unshared(last.as_any())
            && let Ok(last) = last.cast_into::<PyArray1<f64>>()
            && numbers::overwrite(&last, x)
        {
            return Ok(last);
        }
        memory::room("an array", x.len()).map_err(errors::too_large)?;
        Ok(PyArray1::from_slice(self.py, x))
    }

    fn call(&self, f: &Bound<'py, PyAny>, x: &[f64], v: Option<&[f64]>) -> PyResult<Bound<'py, PyAny>> {
        self.py.check_signals()?;
        if v.is_none() && self.args.is_none() && self.shape.len() == 1 && !self.single {
            let argument = self.fresh(x)?;
            let answer = call::with_one(f, argument.as_any());
            self.argument.set(Some(argument));
            return answer;
        }
        let mut all = vec![self.array(x)?];
        if let Some(v) = v {
            all.push(self.array(v)?);
        }
        if let Some(args) = self.args {
            all.extend(args.iter());
        }
        kept(|| f.call1(PyTuple::new(self.py, all)?))
    }

    /// f(x) by Python; a compiled function may have another trace afterwards.
    fn call_long(&mut self, x: &[f64]) -> PyResult<Bound<'py, PyAny>> {
        let answer = self.call(self.f.called()?, x, None)?;
        if let Some(numeric) = &mut self.numeric {
            numeric.refresh()?;
        }
        Ok(answer)
    }

    /// What a trace of the compiled function answers.
    fn without_python(&mut self, x: &[f64], g: &mut [f64]) -> PyResult<Option<f64>> {
        self.numeric.as_mut().map_or(Ok(None), |numeric| numeric.value(x, g))
    }

    /// Whether a trial point is infeasible: a formula called there refuses a value that contradicts
    /// what is declared, after it has had others.
    fn is_infeasible(&self, error: &PyErr) -> bool {
        self.begun.get() && errors::is_domain(self.py, error)
    }

    fn number(&mut self, answer: &Bound<'py, PyAny>) -> PyResult<f64> {
        let number = real(answer, "f")?;
        self.unit = self.unit.max(number.unit);
        self.begun.set(true);
        Ok(number.value)
    }
}

impl Objective for PyObjective<'_, '_> {
    fn value(&mut self, x: &[f64]) -> Result<f64, Fault> {
        let mut scratch = Vec::new();
        if let Derivative::Fused = self.grad {
            memory::lengthen(&mut scratch, x.len())?;
            let value = self.value_and_gradient(x, &mut scratch)?;
            return Ok(value.unwrap_or(f64::NAN));
        }
        if let Some(value) = self.without_python(x, &mut []).map_err(fault)? {
            return Ok(value);
        }
        match self.call_long(x) {
            Ok(answer) => self.number(&answer).map_err(fault),
            Err(error) if self.is_infeasible(&error) => Ok(f64::INFINITY),
            Err(error) => Err(fault(error)),
        }
    }

    fn gradient(&mut self, x: &[f64], g: &mut [f64]) -> Result<(), Fault> {
        match self.grad {
            Derivative::Function(grad) => {
                let answer = self.call(grad, x, None).map_err(fault)?;
                vector_into(&answer, &self.shape, "grad", g).map_err(fault)
            }
            Derivative::Fused => self.value_and_gradient(x, g).map(|_| ()),
            Derivative::None => Err(fault(errors::missing_derivative("grad= was not given"))),
        }
    }

    fn value_and_gradient(&mut self, x: &[f64], g: &mut [f64]) -> Result<Option<f64>, Fault> {
        let Derivative::Fused = self.grad else { return Ok(None) };
        let found = self.without_python(x, g).map_err(fault)?;
        if found.is_some() {
            return Ok(found);
        }
        let answer = match self.call_long(x) {
            Err(error) if self.is_infeasible(&error) => {
                g.fill(0.0);
                return Ok(Some(f64::INFINITY));
            }
            answer => answer.map_err(fault)?,
        };
        let (value, gradient): (Bound<'_, PyAny>, Bound<'_, PyAny>) = answer.extract().map_err(|_| {
            let got = describe(&answer);
            fault(errors::return_type(format!("f must return the pair (value, gradient), got {got}")))
        })?;
        vector_into(&gradient, &self.shape, "the gradient in f's pair", g).map_err(fault)?;
        self.number(&value).map(Some).map_err(fault)
    }

    fn fused(&self) -> bool {
        matches!(self.grad, Derivative::Fused)
    }

    fn hessian_product(&mut self, x: &[f64], v: &[f64], out: &mut [f64]) -> Result<bool, Fault> {
        if let Some(hessp) = self.hessp {
            let answer = self.call(hessp, x, Some(v)).map_err(fault)?;
            vector_into(&answer, &self.shape, "hessp", out).map_err(fault)?;
            return Ok(true);
        }
        let Some(hess) = self.hess else { return Ok(false) };
        let answer = self.call(hess, x, None).map_err(fault)?;
        if solves(&answer).map_err(fault)? {
            let v = self.array(v).map_err(fault)?;
            let answer = kept(|| answer.matmul(v)).map_err(fault)?;
            vector_into(&answer, &self.shape, "hess @ v", out).map_err(fault)?;
            return Ok(true);
        }
        let n = x.len();
        let mut h = memory::square(n)?;
        vector_into(&answer, &[n, n], "hess", &mut h).map_err(fault)?;
        for (out, row) in out.iter_mut().zip(h.chunks_exact(n)) {
            *out = row.iter().zip(v).map(|(h, v)| h * v).sum();
        }
        Ok(true)
    }

    fn curvature(
        &mut self,
        x: &[f64],
        g: &[f64],
        h: &mut Vec<f64>,
        d: &mut [f64],
    ) -> Result<Curvature, Fault> {
        let Some(hess) = self.hess else { return Ok(Curvature::Unknown) };
        let mut answer = self.call(hess, x, None).map_err(fault)?;
        if solves(&answer).map_err(fault)? {
            let g = self.array(g).map_err(fault)?;
            let method = intern!(self.py, "newton_direction");
            let found = kept(|| answer.call_method1(method, (g,))).map_err(fault)?;
            if !found.is_none() {
                vector_into(&found, &self.shape, "hess.newton_direction", d).map_err(fault)?;
                return Ok(Curvature::Direction);
            }
            let method = intern!(self.py, "to_matrix");
            answer = kept(|| answer.call_method0(method)).map_err(fault)?;
        }
        let n = x.len();
        if h.len() != n * n {
            *h = memory::square(n)?;
        }
        vector_into(&answer, &[n, n], "hess", h).map_err(fault)?;
        Ok(Curvature::Matrix)
    }

    /// Signals are seen, and other threads have their turn.
    fn breathe(&mut self) -> Result<(), Fault> {
        self.py.detach(|| ());
        self.py.check_signals().map_err(fault)
    }

    #[expect(clippy::cast_possible_truncation, reason = "rounding is the purpose")]
    fn round(&self, x: &mut [f64]) {
        if self.single {
            for x in x.iter_mut() {
                *x = f64::from(*x as f32);
            }
        }
    }

    fn unit(&self) -> f64 {
        if self.single { self.unit.max(FLOAT32) } else { self.unit }
    }
}
