//! The object that stands for an expression, and how two of them come into one store.

use std::sync::{Arc, Mutex, MutexGuard, TryLockError};

use pyframe_matcalc::{Declaration, Id, Shown, Store, import};
use pyo3::prelude::*;

use super::guard;
use super::pauses::wait_for;
use crate::errors;

/// An expression, and the store that it lives in.
#[pyclass(frozen, module = "pyframe._core")]
pub struct Formula {
    pub(super) store: Arc<Mutex<Store>>,
    pub(super) id: Id,
}

impl Formula {
    /// The store, for as long as it is worked in; no Python code runs meanwhile.
    pub(super) fn open(&self) -> MutexGuard<'_, Store> {
        loop {
            match self.store.try_lock() {
                Ok(store) => return store,
                Err(TryLockError::Poisoned(store)) => return store.into_inner(),
                Err(TryLockError::WouldBlock) => wait_for(&self.store),
            }
        }
    }

    /// Another expression of the same store.
    pub(super) fn sibling(&self, id: Id) -> Self {
        Self { store: self.store.clone(), id }
    }

    /// Another expression made in the same store.
    pub(super) fn make(&self, build: impl FnOnce(&mut Store, Id) -> Id) -> Self {
        let id = build(&mut self.open(), self.id);
        self.sibling(id)
    }

    /// Where another expression stands in this one's store.
    pub(super) fn take_in(&self, other: &Self) -> PyResult<Id> {
        if Arc::ptr_eq(&self.store, &other.store) {
            return Ok(other.id);
        }
        // Always in one order: two threads may take in each other's.
        let (mine, theirs) = if Arc::as_ptr(&self.store) < Arc::as_ptr(&other.store) {
            let mine = self.open();
            (mine, other.open())
        } else {
            let theirs = other.open();
            (self.open(), theirs)
        };
        let (mut mine, theirs) = (mine, theirs);
        for id in theirs.reachable(&[other.id]) {
            if let Some(declaration) = theirs.named(id) {
                same_or_new(&mine, &theirs, declaration)?;
            }
        }
        Ok(import(&theirs, other.id, &mut mine))
    }
}

/// Refuse a name that stands for something else in this store.
fn same_or_new(mine: &Store, theirs: &Store, declaration: &Declaration) -> PyResult<()> {
    for (own, _) in mine.symbols() {
        if own.name != declaration.name {
            continue;
        }
        let (left, right) =
            (Shown(&mine.sizes, own.ty).to_string(), Shown(&theirs.sizes, declaration.ty).to_string());
        if left != right {
            return Err(errors::shape(format!(
                "there are two symbols {}: one is {left}, one is {right}",
                own.name
            )));
        }
        if own.facts != declaration.facts {
            return Err(errors::parameter(format!(
                "there are two symbols {}, of which other things are declared",
                own.name
            )));
        }
    }
    Ok(())
}

#[pymethods]
impl Formula {
    /// Whether two expressions have one normal form.
    fn same(&self, other: &Self) -> PyResult<bool> {
        guard("Formula.same", || Ok(self.take_in(other).is_ok_and(|id| id == self.id)))
    }

    /// The same expression in a store of its own, with nothing else in it.
    fn alone(&self) -> PyResult<Self> {
        guard("Formula.alone", || {
            let mut store = Store::default();
            let id = import(&self.open(), self.id, &mut store);
            Ok(Self { store: Arc::new(Mutex::new(store)), id })
        })
    }
}
