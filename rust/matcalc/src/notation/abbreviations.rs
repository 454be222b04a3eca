//! Letters for parts of a long formula that are read in several places: "where R = A X - B".

use rustc_hash::FxHashSet;

use super::shared::Shared;
use super::squares::{Root, root};
use crate::node::Id;
use crate::size::Type;
use crate::store::Store;

/// A part of fewer names and operations than this is read as quickly as a letter.
const SMALL: usize = 4;

/// Letters for columns, for matrices and for scalars, in the order in which they are given.
const COLUMNS: [&str; 8] = ["r", "s", "u", "v", "w", "z", "p", "q"];
const MATRICES: [&str; 10] = ["R", "S", "T", "U", "V", "W", "P", "Q", "M", "N"];
const SCALARS: [&str; 8] =
    ["\\rho", "\\sigma", "\\tau", "\\alpha", "\\beta", "\\gamma", "\\kappa", "\\theta"];

/// Names of symbols in the language for the letters of scalars.
fn plain(letter: &str) -> &str {
    letter.trim_start_matches('\\')
}

impl Shared {
    /// Letters for the largest parts that are read in more than one place.
    pub(super) fn letters(store: &Store, whole: Id) -> Self {
        let taken: FxHashSet<&str> = store.symbols().map(|(own, _)| &*own.name).collect();
        let is_free = |letter: &&str| !taken.contains(plain(letter)) && !store.sizes.has(plain(letter));
        let free = |letters: &[&'static str]| letters.iter().copied().filter(is_free).collect::<Vec<_>>();
        let (columns, matrices, scalars) = (free(&COLUMNS), free(&MATRICES), free(&SCALARS));
        let [mut columns, mut matrices, mut scalars] = [columns, matrices, scalars].map(Vec::into_iter);
        let mut letter = |ty: Type| match () {
            () if ty.is_scalar() => scalars.next(),
            () if ty.is_column() || ty.is_row() => columns.next(),
            () => matrices.next(),
        };
        let mut shared = Self::default();
        for part in read_often(store, whole) {
            if let Some(letter) = letter(store.ty(part)) {
                shared.insert(part, letter.to_owned());
            }
        }
        shared
    }
}

/// Parts that are read in more than one place when larger ones have letters, the largest first.
fn read_often(store: &Store, whole: Id) -> Vec<Id> {
    let reachable = store.reachable(&[whole]);
    let mut weights = vec![0_usize; whole.index() + 1];
    for &id in &reachable {
        let parts = store.node(id).children();
        let inside = parts.iter().map(|part| weights[part.index()]);
        weights[id.index()] = inside.fold(1, usize::saturating_add);
    }
    let mut read = vec![0_usize; whole.index() + 1];
    read[whole.index()] = 1;
    let mut found = Vec::new();
    for &id in reachable.iter().rev() {
        let mut times = read[id.index()];
        if times > 1 && weights[id.index()] >= SMALL {
            found.push(id);
            times = 1;
        }
        // A square of a norm is read as one R.
        let parts = match root(store, &Shared::default(), id) {
            Some(Root::Chain(chain)) => chain.iter().map(|factor| factor.0).collect(),
            _ => store.node(id).children(),
        };
        for part in parts {
            read[part.index()] = read[part.index()].saturating_add(times);
        }
    }
    found
}
