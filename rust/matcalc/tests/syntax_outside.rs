//! Functions from outside the language: their sizes, and what they become.

use pyframe_matcalc::syntax::{Outside, SyntaxError, check, elaborate, elaborate_with, parse_with};
use pyframe_matcalc::{Declaration, Facts, Id, Shown, Store, Type};

const SIGNATURES: &[(&str, &str)] = &[
    ("sqrtm", "n,n -> n,n"),
    ("solve", "n,n; n,k -> n,k"),
    ("schatten", "m,n; -> "),
    ("stack", "m,k; n,k -> m*n,k"),
    ("rotate", "3 -> 3"),
];

fn read(text: &str, declared: &[(&str, &str)], store: &mut Store) -> Result<(String, Id), SyntaxError> {
    let mut outside = Vec::new();
    for (name, signature) in SIGNATURES {
        outside.push(Outside::new(name, signature, &mut store.sizes)?);
    }
    let tree = parse_with(text, &outside)?;
    let checked = check(&tree, declared, &mut store.sizes)?;
    let types = checked.symbols.iter().map(|own| format!("{}: {}", own.name, Shown(&store.sizes, own.ty)));
    let types = types.collect::<Vec<_>>().join(", ");
    let mut symbols = Vec::new();
    for found in &checked.symbols {
        let name = found.name.as_str().into();
        symbols.push(store.symbol(Declaration {
            name,
            ty: found.ty,
            facts: Facts::NONE,
            differential: None,
        }));
    }
    // Functions of two operands stand for their product here, those of one for a refusal.
    let mut make = |store: &mut Store, place: usize, operands: &[Id], _: Type| match *operands {
        [a, b] if SIGNATURES[place].0 == "solve" => {
            let inverse = store.inverse(a);
            Ok(store.mul(inverse, b))
        }
        _ => Err(format!("{} has no rule", SIGNATURES[place].0)),
    };
    Ok((types, elaborate_with(&checked, &symbols, store, &mut make)?))
}

#[test]
fn sizes_follow_from_signatures() {
    for (text, declared, expected) in [
        ("solve(A*B, y)", &[][..], "A: m x n, B: n x m, y: m"),
        ("solve(X, Y) + solve(Z, y)*c'", &[], "X: n x n, Y: n x m, Z: n x n, y: n, c: m"),
        ("solve(A, b)", &[("b", "3")], "A: 3 x 3, b: 3"),
    ] {
        let mut store = Store::default();
        let (types, id) = read(text, declared, &mut store).unwrap();
        assert_eq!(types, expected, "{text}");
        let plain = text.replace("solve(", "inv(").replace(", ", ")*(");
        let shapes: Vec<(&str, &str)> =
            expected.split(", ").map(|own| own.split_once(": ").unwrap()).collect();
        let shapes: Vec<(&str, String)> =
            shapes.iter().map(|own| (own.0, own.1.replace(" x ", ","))).collect();
        let shapes: Vec<(&str, &str)> = shapes.iter().map(|own| (own.0, own.1.as_str())).collect();
        let other = pyframe_matcalc::syntax::read(&plain, &shapes, &mut store).unwrap();
        assert_eq!(id, other, "{text} and {plain}");
    }
}

#[test]
fn wrong_calls() {
    for (text, declared, column, fragment) in [
        ("sqrtm(A)", &[("A", "m,n")][..], 0, "sqrtm takes something of shape n x n: A is m x n"),
        ("solve(A, b)", &[("A", "n,n"), ("b", "k")], 0, "solve takes something of shape n x k: b is k"),
        ("rotate(x)", &[("x", "4")], 0, "rotate takes something of shape 3: x is 4"),
        ("solve(A)", &[], 0, "solve takes 2 arguments, not 1"),
        ("sqrtm(A, B)", &[], 0, "sqrtm takes 1 argument, not 2 or more"),
        ("1 + sqrtm(A)", &[], 4, "sqrtm has no rule"),
        ("sqrtn(A)", &[], 0, "unknown function 'sqrtn': did you mean 'sqrt'?"),
        ("slove(A)", &[], 0, "did you mean 'solve'?"),
        ("stack(A, B) + x", &[("A", "2,3"), ("B", "4,3"), ("x", "7,3")], 12, "the left side is 8 x 3"),
    ] {
        let mut store = Store::default();
        let error = read(text, declared, &mut store).unwrap_err();
        assert!(error.message.contains(fragment), "{error}");
        assert_eq!(error.span.start, column, "{error}");
    }
}

#[test]
fn signatures() {
    let mut store = Store::default();
    for (name, signature, fragment) in [
        ("exp", "n -> n", "cannot be the name of a function"),
        ("a b", "n -> n", "cannot be the name of a function"),
        ("f", "n,n", "the signature of 'f' has no ->"),
        ("f", "n -> m", "m is the size of no operand"),
        ("f", "n,n,n -> n", "more than rows and columns"),
        ("f", "n; -1 -> n", "a size is a name"),
    ] {
        let error = Outside::new(name, signature, &mut store.sizes).unwrap_err();
        assert!(error.message.contains(fragment), "{error}");
    }
    let root = Outside::new("f", "n -> n", &mut store.sizes).unwrap();
    let tree = parse_with("f(f)", &[root]).unwrap();
    let checked = check(&tree, &[("f", "n")], &mut store.sizes).unwrap();
    let x = store.number(1.0);
    let error = elaborate(&checked, &[x], &mut store).unwrap_err();
    assert!(error.message.contains("no meaning here"), "{error}");
}
