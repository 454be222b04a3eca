//! Texts that mean the same are the same expression; long ones are made once.

use std::time::Instant;

use pyframe_matcalc::syntax::{SyntaxError, read};
use pyframe_matcalc::{Id, Node, Store};

const SHAPES: &[(&str, &str)] =
    &[("A", "m,n"), ("B", "n,k"), ("S", "n,n"), ("T", "n,n"), ("x", "n"), ("y", "n"), ("c", ""), ("t", "")];

fn made(store: &mut Store, text: &str) -> Id {
    read(text, SHAPES, store).unwrap_or_else(|error| panic!("{error}"))
}

#[test]
fn two_ways_to_write_one_thing() {
    let mut store = Store::default();
    for (one, other) in [
        ("x'*S*x", "inner(x, S*x)"),
        ("x + y - x", "y"),
        ("A*(B*(A*B)')", "A*B*(A*B)'"),
        ("c*t*S", "t*S*c"),
        ("S*x*c/t", "(c/t)*(S*x)"),
        ("x'*y*x", "x*(x'*y)"),
        ("x'*y*x'*S*y", "(x'*y)*(x'*S*y)"),
        ("x'*y*c*x'*x/t", "c/t*(x'*x)*(x'*y)"),
        ("x.*y./x", "y"),
        ("c.*x", "c*x"),
        ("x./c", "x/c"),
        ("x + c", "x + c*ones(n)"),
        ("c + t + x", "x + t*ones(n) + c*ones(n)"),
        ("S^-1*x", "inv(S)*x"),
        ("S^3", "S*S*S"),
        ("S^0", "eye(n)"),
        ("S^(-2)", "inv(S)*inv(S)"),
        ("c^-1", "1/c"),
        ("c^3", "c*c*c"),
        ("c^2.5", "c.^2.5"),
        ("-c^2", "-(c*c)"),
        ("ln(c)", "log(c)"),
        ("x.^2", "x.*x"),
        ("2.*x", "x + x"),
        ("eye(n)*S", "S"),
        ("x/n", "x*(1/n)"),
        ("sum(ones(n))", "n"),
        ("max(x, 0)", "relu(x)"),
        ("normp(x, 2)", "norm2(x)"),
        ("normp(x, 1)", "norm1(x)"),
        ("norm1(pinv(x))", "norm1(pinv(x)')"),
        ("norm2(x')", "norm2(x)"),
        ("vec(unvec(vec(A), m))", "vec(A)"),
        ("dexpm(S, zeros(n, n))", "zeros(n, n)"),
        ("square(x)", "x.^2"),
        ("expit(x)", "sigmoid(x)"),
        ("p*x + p*S*p*x where p = x'*y", "x'*y*x + x'*y*S*(x'*y)*x"),
        ("u + v where u = T*v v = S*x + y", "T*(S*x + y) + S*x + y"),
        ("S - S", "zeros(n, n)"),
        ("tr(diag(x)*S*diag(x))", "tr(diag(x.^2)*S)"),
        ("tr(expm(S)*T*expm(S))", "tr(expm(2*S)*T)"),
        ("1/(2*(0.04*t^2 + 1))", "1/(0.04*t^2 + 1)/2"),
        ("x/(17*(t^2 + 1))", "x/(17*t^2 + 17)"),
        ("eye(1)", "1"),
    ] {
        let (left, right) = (made(&mut store, one), made(&mut store, other));
        assert_eq!(left, right, "{one} is {:?}, {other} is {:?}", store.node(left), store.node(right));
    }
}

#[test]
fn types_are_those_of_the_store() {
    let mut store = Store::default();
    for text in
        ["A*B", "x'", "vec(A)", "kron(A, B)", "diag(x)", "diagv(S)", "pinv(A)", "ones(3)", "max(A)", "A'"]
    {
        let tree = pyframe_matcalc::syntax::parse(text).unwrap();
        let ty = pyframe_matcalc::syntax::check(&tree, SHAPES, &mut store.sizes).unwrap().types[tree.root()];
        let id = made(&mut store, text);
        assert_eq!(store.ty(id), ty, "{text}");
    }
}

#[test]
fn long_expressions_take_their_length() {
    let texts = [
        "x + ".repeat(24_000) + "y",
        (0..9_000).map(|number| format!("{number}*x - ")).collect::<Vec<_>>().concat() + "y",
        (0..5_000).map(|number| format!("sin({number}*x) + ")).collect::<Vec<_>>().concat() + "y",
        "S*".repeat(9_000) + "x",
        "S*T*".repeat(4_500) + "x",
        "c*t*".repeat(12_000) + "x",
        (1..4_000).map(|number| format!("sin({number}*c)*")).collect::<Vec<_>>().concat() + "x",
        (1..4_000).map(|number| format!("sin({number}*x).*")).collect::<Vec<_>>().concat() + "x",
        (1..4_000).map(|number| format!("sin({number}*c)/")).collect::<Vec<_>>().concat() + "c",
        "x'*y*".repeat(9_000) + "x",
        format!("x{}", "''".repeat(20_000)),
        format!("{}x{}", "exp(".repeat(1_000), ")".repeat(1_000)),
        format!("{}x{}", "x + sin(".repeat(1_000), ")".repeat(1_000)),
        format!("{}x{}", "S*(x - T*".repeat(990), ")".repeat(990)),
    ];
    for text in texts {
        let mut store = Store::default();
        let start = Instant::now();
        let id = made(&mut store, &text);
        assert!(start.elapsed().as_secs_f64() < 2.0, "{:?} for {text:.30}", start.elapsed());
        assert!(!matches!(store.node(id), Node::Number(_)));
    }
}

#[test]
fn parts_of_parts_are_made_once() {
    let chain = |step: &str, count: usize| {
        let steps =
            (1..count).map(|k| step.replace('_', &format!("u{k}")).replace('#', &format!("u{}", k + 1)));
        format!("u1 where {} u{count} = x", steps.collect::<Vec<_>>().join(" "))
    };
    let mut store = Store::default();
    made(&mut store, &chain("_ = sin(#) + cos(#)", 2_000));
    made(&mut store, &chain("_ = sin(#).*cos(#)", 12));
    let long = made(&mut store, &chain("_ = sin(#) + cos(#)", 20));
    let text = pyframe_matcalc::notation::text(&store, long);
    assert!(text.contains("where"), "{text}");
    assert_eq!(made(&mut store, &text), long);
    let error = read(&chain("_ = cos(#).*sin(#).*#", 2_000), SHAPES, &mut store).unwrap_err();
    assert!(error.message.contains("more than 10000 factors"), "{error}");
}

#[test]
fn powers_of_powers_are_bounded() -> Result<(), SyntaxError> {
    let mut store = Store::default();
    made(&mut store, "(S*T)^1000");
    let error = read("(((S*T)^1000)^1000)^1000", SHAPES, &mut store).unwrap_err();
    assert!(error.message.contains("more than 10000 factors"), "{error}");
    read("((c*t)^1000)^1000", SHAPES, &mut store).map(|_| ())
}
