//! What is printed is read back as the same expression.

use proptest::prelude::*;
use proptest::sample::Index;
use pyframe_graph::Unary;
use pyframe_matcalc::notation::text;
use pyframe_matcalc::syntax::read;
use pyframe_matcalc::{Declaration, Dim, Facts, Function, Id, Map, Place, Real, Store, Type};

const DECLARED: [(&str, &str); 10] = [
    ("s", ""),
    ("t", ""),
    ("x", "n"),
    ("y", "n"),
    ("u", "m"),
    ("A", "n,n"),
    ("B", "m,n"),
    ("C", "n,m"),
    ("X", "n,n"),
    ("r", "1,n"),
];

fn symbols(store: &mut Store) -> Vec<Id> {
    let mut all = Vec::new();
    for (name, shape) in DECLARED {
        let mut dim = |size: &str| if size == "1" { Dim::ONE } else { store.sizes.name(size) };
        let ty = match shape.split_once(',') {
            Some((rows, columns)) => Type::new(dim(rows), dim(columns)),
            None if shape.is_empty() => Type::SCALAR,
            None => Type::vector(dim(shape)),
        };
        let facts = Facts::NONE.closed(ty);
        all.push(store.symbol(Declaration { name: name.into(), ty, facts, differential: None }));
    }
    all
}

/// Whether nothing is known to be zero in it.
fn divides(store: &Store, id: Id) -> bool {
    !store.is_zero(id)
        && (store.ty(id).is_scalar() || !store.is(id, Facts::UPPER) && !store.is(id, Facts::LOWER))
}

/// One more expression made of those in a list.
fn grow(store: &mut Store, all: &mut Vec<Id>, kind: u8, first: Index, second: Index, number: u8) {
    let pick = |store: &Store, index: Index, fits: &dyn Fn(Type) -> bool| {
        let fitting: Vec<_> = all.iter().copied().filter(|&id| fits(store.ty(id))).collect();
        (!fitting.is_empty()).then(|| *index.get(&fitting))
    };
    let Some(a) = pick(store, first, &|_| true) else { return };
    let ty = store.ty(a);
    let like = |other: Type| other == ty || other.is_scalar() || ty.is_scalar();
    let square = |other: Type| other.is_square();
    let maps = [
        Map::Relu,
        Map::Step,
        Map::Unary(Unary::Exp),
        Map::Unary(Unary::Log),
        Map::Unary(Unary::Sin),
        Map::Unary(Unary::Tanh),
        Map::Unary(Unary::Expit),
        Map::Unary(Unary::Softplus),
        Map::Unary(Unary::Abs),
        Map::Unary(Unary::Sqrt),
    ];
    let wholes = [
        Function::Total,
        Function::Norm1,
        Function::Norm2,
        Function::NormP(Real::new(3.0)),
        Function::Nuclear,
        Function::Spectral,
        Function::Max,
        Function::Vec,
        Function::PseudoInverse,
    ];
    let squares = [
        Function::Trace,
        Function::Det,
        Function::LogDet,
        Function::Expm,
        Function::Diagonal,
        Function::LargestEigenvalue,
    ];
    let vectors = [Function::Diag, Function::Softmax, Function::Logsumexp];
    let place = usize::from(number);
    let constant = f64::from(number % 7) + 1.0;
    let made = match kind {
        0 => pick(store, second, &like).map(|b| store.add(a, b)),
        1 => pick(store, second, &like).map(|b| store.sub(a, b)),
        2 => pick(store, second, &like).map(|b| store.hadamard(a, b)),
        3 => pick(store, second, &like).filter(|&b| divides(store, b)).map(|b| store.divide(a, b)),
        4 | 5 => pick(store, second, &|b| b.rows == ty.columns || b.is_scalar() || ty.is_scalar())
            .map(|b| store.mul(a, b)),
        6 => Some(store.transpose(a)),
        7 => Some(store.map(maps[place % maps.len()], a)),
        8 => Some(store.function(wholes[place % wholes.len()], a)),
        9 => pick(store, first, &square).map(|a| store.function(squares[place % squares.len()], a)),
        10 => pick(store, first, &square)
            .filter(|a| !store.is_zero(*a))
            .map(|a| store.matrix_power(a, [-1, -2, 2, 3][place % 4])),
        11 => Some(store.times([constant, -1.0, 1.0 / constant, -constant / 8.0][place % 4], a)),
        12 if divides(store, a) => {
            Some(store.hadamard_of(&[(a, [0.5, -0.5, 2.0, -2.0, 1.5, 1.0 / 3.0, -1.0, 0.3][place % 8])]))
        }
        13 => pick(store, first, &Type::is_column).map(|a| store.function(vectors[place % 3], a)),
        14 => pick(store, second, &like).map(|b| store.larger(a, b)),
        15 => pick(store, second, &like).map(|b| store.smaller(a, b)),
        16 => pick(store, second, &like).map(|b| store.power(a, b)),
        17 => pick(store, second, &|_| true).map(|b| store.kron(a, b)),
        18 => Some(store.ones(ty)),
        19 => {
            let (one, size) = (store.number(1.0), store.size(ty.rows));
            Some(if place % 2 == 0 { size } else { one })
        }
        20 => Some(store.eye(ty.rows)),
        21 => pick(store, second, &|other| other == ty).filter(|_| ty.is_square()).map(|b| match place % 3 {
            0 => store.sylvester(a, a, b),
            1 => store.expm_frechet(a, &[b]),
            _ => store.expm_frechet(a, &[b, a]),
        }),
        22 => pick(store, second, &|_| true).map(|b| {
            let whole = store.kron(a, b);
            let whole = store.map(maps[place % maps.len()], whole);
            if place % 2 == 0 {
                store.kron_factor(Place::Left, whole, b)
            } else {
                store.kron_factor(Place::Right, whole, a)
            }
        }),
        _ => None,
    };
    all.extend(made);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 2_000, rng_seed: proptest::test_runner::RngSeed::Fixed(1), failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn text_is_read_back(steps in prop::collection::vec((0..23_u8, any::<Index>(), any::<Index>(), any::<u8>()), 1..14)) {
        let mut store = Store::default();
        let mut all = symbols(&mut store);
        for (kind, first, second, number) in steps {
            grow(&mut store, &mut all, kind, first, second, number);
        }
        for id in all {
            let printed = text(&store, id);
            let regular = store.reachable(&[id]).iter().all(|&part| store.as_number(part).is_none_or(f64::is_finite));
            if printed.len() > 2_000 || !regular {
                continue;
            }
            match read(&printed, &DECLARED, &mut store) {
                Ok(back) => prop_assert_eq!(back, id, "{} is read as {}", printed, text(&store, back)),
                Err(error) => prop_assert!(false, "{}\n{}", printed, error),
            }
        }
    }
}
