//! Refusals at construction: which parameter, what was seen, what is accepted.

use thiserror::Error;

/// A parameter lies outside the values it may take.
#[derive(Clone, Debug, Error, PartialEq)]
#[error("{name} must satisfy {accepted}, got {seen}")]
pub struct ParameterError {
    /// The parameter's name.
    pub name: &'static str,
    /// The values accepted, as an inequality.
    pub accepted: &'static str,
    /// What was given.
    pub seen: String,
}

impl ParameterError {
    /// `Ok(value)` if `holds`, the error otherwise.
    pub fn check<T: std::fmt::Debug>(
        holds: bool,
        name: &'static str,
        accepted: &'static str,
        value: T,
    ) -> Result<T, Self> {
        if holds { Ok(value) } else { Err(Self { name, accepted, seen: format!("{value:?}") }) }
    }
}
