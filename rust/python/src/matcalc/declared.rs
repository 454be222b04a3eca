//! What is declared of symbols, as Python gives it.

use pyframe_matcalc::{Facts, Shown, Store, Type};
use pyo3::prelude::*;

use crate::errors;

/// A name, its shape as text unless that is left open, and the names of what is assumed.
pub type Declared = (String, Option<String>, Vec<String>);

/// What these names stand for, for a symbol of this type.
pub fn facts(store: &Store, name: &str, ty: Type, assumed: &[String]) -> PyResult<Facts> {
    let mut all = Facts::NONE;
    for wanted in assumed {
        let known = Facts::NAMES.iter().find(|(known, _)| known == wanted);
        let Some(&(known, fact)) = known else {
            let names: Vec<&str> = Facts::NAMES.iter().map(|(known, _)| *known).collect();
            return Err(errors::parameter(format!(
                "{name} is declared {wanted:?}, which is none of {}",
                names.join(", ")
            )));
        };
        if !ty.is_square() && !matches!(known, "positive" | "nonnegative") {
            let shown = Shown(&store.sizes, ty);
            return Err(errors::shape(format!(
                "{name} is declared {known}, and a matrix of {shown} cannot be so"
            )));
        }
        all = all | fact;
    }
    Ok(all.closed(ty))
}

/// The names of what is known.
pub fn names(facts: Facts) -> Vec<&'static str> {
    Facts::NAMES.iter().filter(|(_, fact)| facts.contains(*fact)).map(|(name, _)| *name).collect()
}
