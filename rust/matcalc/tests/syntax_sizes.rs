//! Sizes that are inferred, as a table.

use pyframe_matcalc::syntax::{check, parse};
use pyframe_matcalc::{Shown, Sizes};

/// The types of the symbols and of the whole, as text.
fn inferred(text: &str, declared: &[(&str, &str)]) -> String {
    let mut sizes = Sizes::default();
    let tree = parse(text).unwrap_or_else(|error| panic!("{error}"));
    let checked = check(&tree, declared, &mut sizes).unwrap_or_else(|error| panic!("{error}"));
    let symbols = checked.symbols.iter().map(|found| format!("{}: {}", found.name, Shown(&sizes, found.ty)));
    let whole = Shown(&sizes, checked.types[tree.root()]).to_string();
    format!("{} -> {whole}", symbols.collect::<Vec<_>>().join(", "))
}

#[test]
fn without_declarations() {
    let mut wrong = Vec::new();
    for (text, expected) in [
        // The lecture's three, and what a textbook has.
        ("inner(x, A*x) - b'*x + c", "x: n, A: n x n, b: n, c: scalar -> scalar"),
        ("c - b'*x + inner(x, A*x)", "c: scalar, b: n, x: n, A: n x n -> scalar"),
        ("ln(inner(x, A*x))", "x: n, A: n x n -> scalar"),
        ("inner(S, X) - logdet(X)", "S: n x n, X: n x n -> scalar"),
        ("norm2(A*x-b)^2", "A: m x n, x: n, b: m -> scalar"),
        ("sum(log(1+exp(-y.*(A*x))))", "y: m, A: m x n, x: n -> scalar"),
        ("sum(log(1+exp(-y.*(X*w)))) + lambda/2*w'*w", "y: m, X: m x n, w: n, lambda: scalar -> scalar"),
        ("norm2(M.*(U*V' - Y))^2", "M: m x n, U: m x k, V: n x k, Y: m x n -> scalar"),
        ("A*x", "A: m x n, x: n -> m"),
        ("A'*y", "A: m x n, y: m -> n"),
        ("x'*A*y", "x: m, A: m x n, y: n -> scalar"),
        ("x'*A*x", "x: n, A: n x n -> scalar"),
        ("ln(x'*A*x)", "x: n, A: n x n -> scalar"),
        ("x'*A*x / (x'*x)", "x: n, A: n x n -> scalar"),
        ("tr(A*X*B)", "A: m x n, X: n x k, B: k x m -> scalar"),
        ("(x - mu)'*inv(S)*(x - mu)", "x: n, mu: scalar, S: n x n -> scalar"),
        ("relu(W2*relu(W1*x + b1) + b2)", "W2: m x n, W1: n x k, x: k, b1: n, b2: m -> m"),
        ("softmax(W*x + b)", "W: m x n, x: n, b: m -> m"),
        ("logsumexp(A*x) - b'*x", "A: m x n, x: n, b: n -> scalar"),
        // Names by their looks.
        ("x", "x: n -> n"),
        ("X", "X: m x n -> m x n"),
        ("alpha", "alpha: scalar -> scalar"),
        ("sigma_2", "sigma_2: scalar -> scalar"),
        ("theta'*x", "theta: n, x: n -> scalar"),
        ("x + 1", "x: n -> n"),
        ("alpha + x", "alpha: scalar, x: n -> n"),
        ("alpha*x + y", "alpha: scalar, x: n, y: n -> n"),
        ("x + y", "x: n, y: n -> n"),
        ("sum(x + c) + d", "x: n, c: n, d: scalar -> scalar"),
        ("norm2(A*x - b)^2 + c*norm1(x)", "A: m x n, x: n, b: m, c: scalar -> scalar"),
        ("x/t", "x: n, t: scalar -> n"),
        ("x/norm2(x)", "x: n -> n"),
        ("x*y'", "x: n, y: m -> n x m"),
        ("inv(a)", "a: n x n -> n x n"),
        ("X^2", "X: n x n -> n x n"),
        ("det(X)*inv(X)'", "X: n x n -> n x n"),
        ("pinv(X)*y", "X: m x n, y: m -> n"),
        ("expm(X)*v", "X: n x n, v: n -> n"),
        ("2^x", "x: scalar -> scalar"),
        ("x.^p", "x: n, p: n -> n"),
        ("max(x, 0)", "x: n -> n"),
        ("max(X)", "X: m x n -> scalar"),
        // Diagonals, columns, Kronecker products.
        ("diag(x)*y", "x: n, y: n -> n"),
        ("diag(x)*A", "x: m, A: m x n -> m x n"),
        ("diagv(A)", "A: n x n -> n"),
        ("tr(diag(x))", "x: n -> scalar"),
        ("vec(X)", "X: m x n -> m*n"),
        ("vec(X)'*y", "X: m x n, y: m*n -> scalar"),
        ("kron(A, B)", "A: m x n, B: p x k -> m*p x k*n"),
        ("kron(A, B)*vec(X)", "A: m x n, B: p x k, X: k x n -> m*p"),
        ("kron(x, y)", "x: n, y: m -> m*n"),
        ("det(kron(A, B))", "A: n x n, B: m x m -> scalar"),
        ("unvec(x, m)", "x: m*n -> m x n"),
        ("unvec(vec(X), 3) + X", "X: 3 x n -> 3 x n"),
        ("unvec(A*x, m)*y", "A: k*m x n, x: n, y: k -> m"),
        ("dexpm(A, B)", "A: n x n, B: n x n -> n x n"),
        ("cof(X)", "X: n x n -> n x n"),
        ("polar(X)", "X: m x n -> m x n"),
        ("gamma*erf(x)", "gamma: scalar, x: n -> n"),
        // Sizes in the text.
        ("eye(n) - x*x'", "x: n -> n x n"),
        ("x - ones(n)*(ones(n)'*x)/n", "x: n -> n"),
        ("X + zeros(2, 3)", "X: 2 x 3 -> 2 x 3"),
        ("ones(2*n)'*x", "x: 2*n -> scalar"),
        ("eye(1)", " -> scalar"),
        ("X*Y*ones(m)", "X: k x n, Y: n x m -> k"),
    ] {
        let own = inferred(text, &[]);
        if own != expected {
            wrong.push(format!("{text}\n  {own}\n  {expected}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn with_declarations() {
    for (text, declared, expected) in [
        ("A*x", &[("A", "m,n")][..], "A: m x n, x: n -> m"),
        ("a*X", &[("a", "")], "a: scalar, X: m x n -> m x n"),
        ("t", &[("t", "")], "t: scalar -> scalar"),
        ("a^2 + b^2", &[("a", ""), ("b", "")], "a: scalar, b: scalar -> scalar"),
        ("x + y", &[("x", ""), ("y", "3")], "x: scalar, y: 3 -> 3"),
        ("A*x", &[("A", "3,n")], "A: 3 x n, x: n -> 3"),
        ("a*x", &[("a", "1,n")], "a: 1 x n, x: n -> scalar"),
        ("x/n", &[("x", "n")], "x: n -> n"),
        ("sum(x)/n", &[("X", "n,n")], "x: m -> scalar"),
        ("vec(X)", &[("X", "2,3")], "X: 2 x 3 -> 6"),
        ("vec(X) + y", &[("X", "n,m")], "X: n x m, y: m*n -> m*n"),
        ("vec(X) + y", &[("y", "6"), ("X", "2,3")], "X: 2 x 3, y: 6 -> 6"),
        ("kron(A, B)*x", &[("A", "2,3"), ("x", "6")], "A: 2 x 3, B: n x 2, x: 6 -> 2*n"),
        ("x", &[("x", "2*k")], "x: 2*k -> 2*k"),
        ("X", &[("X", "1,1")], "X: scalar -> scalar"),
        ("x + y", &[("y", "n")], "x: n, y: n -> n"),
        ("alpha*x", &[("alpha", "n,n")], "alpha: n x n, x: n -> n"),
        ("x'*x*y", &[("y", "m")], "x: n, y: m -> m"),
    ] {
        assert_eq!(inferred(text, declared), expected, "{text}");
    }
}
