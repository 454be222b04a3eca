//! Parts that stand in several places, under names of their own.

use rustc_hash::{FxHashMap, FxHashSet};

use crate::node::{Id, Node};
use crate::store::Store;

/// The names of shared parts, and the parts in the order in which they are made.
#[derive(Debug, Default)]
pub(super) struct Shared {
    names: FxHashMap<Id, String>,
    parts: Vec<Id>,
}

impl Shared {
    /// Names for all parts of an expression that stand in more than one place.
    pub(super) fn of(store: &Store, root: Id, name: impl Fn(usize) -> String) -> Self {
        let taken: FxHashSet<&str> = store.symbols().map(|(own, _)| &*own.name).collect();
        let mut free = (1..).map(name).filter(|name| !taken.contains(name.as_str()));
        let mut shared = Self::default();
        for part in repeated(store, root) {
            if let Some(name) = free.next() {
                shared.names.insert(part, name);
                shared.parts.push(part);
            }
        }
        shared
    }

    /// One more part that has a name, before those it is made of.
    pub(super) fn insert(&mut self, part: Id, name: String) {
        self.names.insert(part, name);
        self.parts.push(part);
    }

    /// With names written otherwise.
    pub(super) fn renamed(mut self, name: impl Fn(&str) -> String) -> Self {
        for own in self.names.values_mut() {
            *own = name(own);
        }
        self
    }

    /// An expression and then its parts that have names.
    pub(super) fn with_parts(&self, root: Id) -> impl Iterator<Item = Id> {
        std::iter::once(root).chain(self.parts.iter().copied())
    }

    /// Whether no part has a name.
    pub(super) fn is_empty(&self) -> bool {
        self.parts.is_empty()
    }

    /// The name of a part.
    pub(super) fn name(&self, id: Id) -> Option<&str> {
        self.names.get(&id).map(String::as_str)
    }
}

/// Parts that are more than a name and stand in more than one place.
pub(super) fn repeated(store: &Store, root: Id) -> Vec<Id> {
    let reachable = store.reachable(&[root]);
    let mut uses: FxHashMap<Id, usize> = FxHashMap::default();
    for &id in &reachable {
        for child in store.node(id).children() {
            *uses.entry(child).or_default() += 1;
        }
    }
    let small = |id: Id| match store.node(id) {
        Node::Transpose(x) => store.node(*x).children().is_empty(),
        node => node.children().is_empty(),
    };
    let often = |id: &Id| uses.get(id).is_some_and(|&count| count > 1) && !small(*id);
    reachable.into_iter().filter(often).collect()
}
