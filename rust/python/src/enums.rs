//! The enumerations that Python and the core share: `Status` and `Verdict`.

use pyframe_linesearch::{Status, Verdict};
use pyo3::prelude::*;
use pyo3::sync::PyOnceLock;
use pyo3::types::PyString;

use crate::errors;

type Members = Vec<Py<PyAny>>;

static STATUSES: PyOnceLock<Members> = PyOnceLock::new();
static VERDICTS: PyOnceLock<Members> = PyOnceLock::new();

const ALL_VERDICTS: [Verdict; 4] = [Verdict::Accept, Verdict::TooLong, Verdict::TooShort, Verdict::Stall];

fn members(py: Python<'_>, class: &str, names: impl Iterator<Item = &'static str>) -> PyResult<Members> {
    let class = py.import("pyframe.results")?.getattr(class)?;
    names.map(|name| Ok(class.call1((name,))?.unbind())).collect()
}

/// The member of `pyframe.Status`.
pub fn status(py: Python<'_>, status: Status) -> PyResult<Py<PyAny>> {
    let all = STATUSES.get_or_try_init(py, || members(py, "Status", Status::ALL.iter().map(|s| s.name())))?;
    let index = Status::ALL.iter().position(|&s| s == status).unwrap_or(0);
    Ok(all[index].clone_ref(py))
}

/// The status with this name.
pub fn status_named(name: &str) -> Option<Status> {
    Status::ALL.into_iter().find(|status| status.name() == name)
}

fn verdicts(py: Python<'_>) -> PyResult<&Members> {
    VERDICTS.get_or_try_init(py, || members(py, "Verdict", ALL_VERDICTS.iter().map(|v| v.name())))
}

/// The member of `pyframe.Verdict`.
pub fn verdict(py: Python<'_>, verdict: Verdict) -> PyResult<Py<PyAny>> {
    let all = verdicts(py)?;
    let index = ALL_VERDICTS.iter().position(|&v| v == verdict).unwrap_or(0);
    Ok(all[index].clone_ref(py))
}

/// The verdict that a criterion written in Python returned.
pub fn verdict_from(answer: &Bound<'_, PyAny>) -> PyResult<Verdict> {
    let all = verdicts(answer.py())?;
    let known = all.iter().position(|member| member.is(answer));
    let known = known.or_else(|| {
        let text = answer.cast::<PyString>().ok()?.to_str().ok()?.to_owned();
        ALL_VERDICTS.iter().position(|v| v.name() == text)
    });
    known.map(|index| ALL_VERDICTS[index]).ok_or_else(|| {
        errors::plugin(format!(
            "a criterion must return ACCEPT, TOO_LONG, TOO_SHORT or STALL (pyframe.Verdict), got {}",
            crate::numbers::describe(answer)
        ))
    })
}
