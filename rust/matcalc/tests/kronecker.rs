//! Hessians in Kronecker form, as Magnus and Neudecker (2019) have them, and factor by factor.

use pyframe_matcalc::derivative::{Derivative, contractions, derivative, kronecker};
use pyframe_matcalc::notation::{latex, numpy, text};
use pyframe_matcalc::syntax::read;
use pyframe_matcalc::{Id, Store};

fn symbol(store: &Store, name: &str) -> Id {
    store.symbols().find(|(own, _)| *own.name == *name).map(|(_, id)| id).unwrap()
}

/// The second derivative of a text in a name.
fn second(store: &mut Store, written: &str, name: &str) -> Derivative {
    let f = read(written, &[], store).unwrap();
    let of = symbol(store, name);
    derivative(store, f, &[of, of]).unwrap()
}

#[test]
fn each_term_is_one_kronecker_product() {
    for (written, wanted) in [
        ("norm2(A*X*B)^2/2", "kron(B*B', A'*A)"),
        ("tr(X'*A*X*B)", "kron(B, A') + kron(B', A)"),
        ("logdet(X)", "-kron(inv(X), inv(X)')*commutation(n, n)"),
        ("norm2(X*X')^2/4", "kron(X', X)*commutation(m, n) + kron(eye(n), X*X') + kron(X'*X, eye(m))"),
        ("sum(exp(X))", "diag(vec(exp(X)))"),
        ("tr(A*X)", "zeros(m*n, m*n)"),
        ("sum(triu(X).^2)/2", "diag(vec(triu(ones(m, n))))"),
        (
            "sum(diagv(X).^3)/6",
            "diag(vec(eye(n)))*kron(ones(n), eye(n))*diag(diagv(X))*kron(ones(n)', eye(n))*diag(vec(eye(n)))",
        ),
    ] {
        let mut store = Store::default();
        let form = second(&mut store, written, "X");
        let matrix = kronecker(&mut store, &form).unwrap().unwrap();
        assert_eq!(text(&store, matrix), wanted, "{written}");
    }
}

#[test]
fn several_directions_and_other_functions_have_no_such_form() {
    let mut store = Store::default();
    let f = read("logdet(X)", &[], &mut store).unwrap();
    let x = symbol(&store, "X");
    let third = derivative(&mut store, f, &[x, x, x]).unwrap();
    assert_eq!(kronecker(&mut store, &third), Ok(None));
    let mut store = Store::default();
    let form = second(&mut store, "sum(toeplitz(X).^3)", "X");
    assert_eq!(kronecker(&mut store, &form), Ok(None));
}

#[test]
fn commutation_matrices() {
    for (written, wanted) in [
        ("commutation(m, n)*vec(X)", "vec(X')"),
        ("commutation(n, m)*vec(X)", "commutation(n, m)*vec(X)"),
        ("commutation(m, n)'", "commutation(n, m)"),
        ("inv(commutation(m, n))", "commutation(n, m)"),
        ("commutation(m, n)*commutation(n, m)", "eye(m*n)"),
        ("commutation(m, m)'", "commutation(m, m)"),
        ("commutation(m, m)^3", "commutation(m, m)"),
        ("commutation(m, 1)", "eye(m)"),
    ] {
        let mut store = Store::default();
        let id = read(written, &[("X", "m,n")], &mut store).unwrap();
        assert_eq!(text(&store, id), wanted, "{written}");
    }
    let mut store = Store::default();
    let id = read("commutation(m, 2*n)", &[], &mut store).unwrap();
    assert_eq!(text(&store, id), "commutation(m, 2*n)");
    assert_eq!(latex(&store, id), "K_{m,2 n}");
    assert!(numpy(&store, id, "f").contains("np.eye(m * 2 * n)"));
}

#[test]
fn products_stay_apart_where_that_is_asked_for() {
    let shown = |written: &str, apart: bool| {
        let mut store = Store::default();
        let form = second(&mut store, written, "x");
        let terms = contractions(&mut store, &form, apart).unwrap();
        let one = |factors: &[(Id, String)]| {
            let factors = factors.iter().map(|(id, labels)| format!("{}[{labels}]", text(&store, *id)));
            factors.collect::<Vec<_>>().join(" ")
        };
        let terms = terms.iter().map(|term| format!("{} {}", term.coefficient, one(&term.factors)));
        terms.collect::<Vec<_>>().join("; ")
    };
    assert_eq!(shown("norm2(A*x)^2/2", false), "1 A'*A[ij]");
    assert_eq!(shown("norm2(A*x)^2/2", true), "1 A[ki] A[kj]");
    assert_eq!(shown("x'*A'*diag(w)*A*x/2", true), "1 A[ki] w[k] A[kj]");
    // An inverse is not formed.
    assert_eq!(shown("x'*A'*inv(P*P')*A*x/2", true), "1 A'*inv(P*P')*A[ij]");
}
