//! Expressions as they are written.

use pyframe_graph::Unary;
use pyframe_matcalc::notation::{self, text};
use pyframe_matcalc::{Declaration, Dim, Facts, Function, Id, Map, Place, Store, Type};

struct Names {
    store: Store,
    n: Dim,
    m: Dim,
}

impl Names {
    fn new() -> Self {
        let mut store = Store::default();
        let (n, m) = (store.sizes.name("n"), store.sizes.name("m"));
        Self { store, n, m }
    }

    fn name(&mut self, name: &str, ty: Type, facts: Facts) -> Id {
        let facts = facts.closed(ty);
        self.store.symbol(Declaration { name: name.into(), ty, facts, differential: None })
    }

    fn scalar(&mut self, name: &str) -> Id {
        self.name(name, Type::SCALAR, Facts::NONE)
    }

    fn vector(&mut self, name: &str) -> Id {
        self.name(name, Type::vector(self.n), Facts::NONE)
    }

    fn square(&mut self, name: &str) -> Id {
        self.name(name, Type::new(self.n, self.n), Facts::NONE)
    }
}

/// Formulas, and how they read in the language.
fn formulas() -> (Store, Vec<(Id, &'static str)>) {
    let mut names = Names::new();
    let (n, m) = (names.n, names.m);
    let (s, t) = (names.scalar("s"), names.scalar("t"));
    let [b, x, y, z] = ["b", "x", "y", "z"].map(|name| names.vector(name));
    let [big_s, w, a] = ["S", "X", "A"].map(|name| names.square(name));
    let square = Type::new(n, n);
    let q = names.name("Q", square, Facts::ORTHOGONAL);
    let p = names.name("P", square, Facts::POSITIVE_DEFINITE);
    let wide = names.name("B", Type::new(m, n), Facts::NONE);
    let e = &mut names.store;
    let mut all: Vec<(Id, &'static str)> = Vec::new();
    let map = |e: &mut Store, map, x| e.map(Map::Unary(map), x);

    // (A + A') x - b, and it over <x, A x>.
    let flipped = e.transpose(a);
    let both = e.add(a, flipped);
    let twice = e.mul(both, x);
    let gradient = e.sub(twice, b);
    let row = e.transpose(x);
    let form = e.product(1.0, &[], &[(row, 1), (a, 1), (x, 1)]);
    all.push((form, "x'*A*x"));
    all.push((gradient, "(A + A')*x - b"));
    all.push((e.divide(twice, form), "(A + A')*x/(x'*A*x)"));
    all.push((map(e, Unary::Log, form), "log(x'*A*x)"));

    // Inverses and powers.
    let inverse = e.inverse(w);
    let inverse_flipped = e.transpose(inverse);
    all.push((inverse, "inv(X)"));
    all.push((inverse_flipped, "inv(X)'"));
    all.push((e.sub(big_s, inverse_flipped), "S - inv(X)'"));
    all.push((e.mul(inverse_flipped, big_s), "inv(X)'*S"));
    all.push((e.matrix_power(w, 3), "X^3"));
    all.push((e.matrix_power(w, -2), "X^-2"));
    all.push((e.inverse(both), "inv(A + A')"));
    let inner = e.inner(big_s, w);
    let logdet = e.function(Function::LogDet, w);
    all.push((inner, "inner(S, X)"));
    all.push((e.sub(inner, logdet), "inner(S, X) - logdet(X)"));
    let through = e.product(1.0, &[], &[(w, -1), (a, 1), (w, -1), (big_s, 1)]);
    all.push((e.function(Function::Trace, through), "tr(A*inv(X)*S*inv(X))"));
    all.push((e.function(Function::Trace, w), "tr(X)"));
    let back = e.transpose(q);
    all.push((e.product(1.0, &[], &[(back, 1), (a, 1), (q, 1)]), "Q'*A*Q"));
    all.push((e.product(1.0, &[], &[(p, 1), (wide, 1), (x, 1)]), "P*B*x"));

    // Numbers.
    all.push((e.times(0.5, form), "x'*A*x/2"));
    all.push((e.times(-1.5, x), "-3*x/2"));
    all.push((e.times(5.0 / 3.0, x), "5*x/3"));
    all.push((e.times(0.1, x), "x/10"));
    all.push((e.times(1e-3, x), "0.001*x"));
    all.push((e.times(1e300, x), "1e300*x"));
    all.push((e.number(-0.5), "-1/2"));
    all.push((e.sub(x, y), "x - y"));
    all.push((e.sum(&[(x, -1.0), (y, 2.0), (z, -0.5)]), "2*y - x - z/2"));
    all.push((e.sum(&[(x, -1.0), (y, -2.0)]), "-x - 2*y"));

    // Scalars.
    all.push((e.product(1.0, &[(s, -1.0)], &[]), "1/s"));
    all.push((e.product(3.0, &[(s, -2.0), (t, 1.0)], &[]), "3*t/s^2"));
    all.push((e.product(3.0, &[(s, 0.5), (t, -0.5)], &[(x, 1)]), "3*sqrt(s)*x/sqrt(t)"));
    all.push((e.product(0.5, &[(s, -1.0), (t, -1.5)], &[(x, 1)]), "x/(2*s*t^(3/2))"));
    let other = e.inner(b, x);
    all.push((e.mul(other, x), "(b'*x)*x"));
    let sum = e.add(s, t);
    all.push((e.mul(sum, x), "(s + t)*x"));
    all.push((e.divide(sum, other), "(s + t)/(b'*x)"));
    let one = e.number(1.0);
    let square_of = e.mul(s, s);
    all.push((e.add(one, square_of), "s^2 + 1"));
    let power = map(e, Unary::Exp, x);
    let plus = e.add(one, power);
    all.push((plus, "1 + exp(x)"));
    all.push((e.sub(one, x), "1 - x"));
    all.push((e.sub(x, s), "x - s"));
    let size = e.size(n);
    all.push((e.divide(inner, size), "inner(S, X)/n"));
    let count = e.sizes.product(m, n);
    let count = e.size(count);
    all.push((e.divide(x, count), "x/(n*tr(eye(m)))"));
    let two = e.number(2.0);
    all.push((e.power(two, size), "2^tr(eye(n))"));

    // Elements.
    let product = e.hadamard(x, y);
    all.push((product, "x.*y"));
    all.push((e.divide(product, z), "x.*y./z"));
    all.push((e.hadamard_of(&[(x, 2.0)]), "x.^2"));
    all.push((e.hadamard_of(&[(x, -1.0)]), "1./x"));
    all.push((e.hadamard_of(&[(x, -1.0), (y, -2.0)]), "1./(x.*y.^2)"));
    all.push((e.hadamard_of(&[(x, 0.5)]), "sqrt(x)"));
    all.push((e.hadamard_of(&[(x, -0.5), (s, 1.0)]), "s./sqrt(x)"));
    all.push((e.product(2.0, &[(s, 1.0)], &[(product, 1)]), "2*s*x.*y"));
    all.push((e.divide(product, s), "x.*y/s"));
    let column = e.mul(a, x);
    all.push((e.hadamard(column, y), "y.*(A*x)"));
    all.push((e.mul(a, product), "A*(x.*y)"));
    let dependent = e.hadamard(y, x);
    all.push((e.transpose(dependent), "(x.*y)'"));
    all.push((e.power(x, s), "x.^s"));
    all.push((e.power(x, y), "x.^y"));
    all.push((e.power(two, y), "2.^y"));
    all.push((e.larger(x, s), "max(x, s)"));
    let sigmoid = map(e, Unary::Expit, x);
    let rest = e.sub(one, sigmoid);
    all.push((e.hadamard(sigmoid, rest), "sigmoid(x).*(1 - sigmoid(x))"));
    let diag = e.function(Function::Diag, x);
    all.push((e.mul(diag, a), "diag(x)*A"));
    all.push((e.function(Function::Diagonal, a), "diagv(A)"));
    all.push((e.function(Function::Total, power), "sum(exp(x))"));
    all.push((e.function(Function::NormP(pyframe_matcalc::Real::new(3.0)), x), "normp(x, 3)"));
    all.push((e.function(Function::Unvec(n), x), "x"));

    // Shapes.
    let ones = e.ones(Type::vector(n));
    all.push((ones, "ones(n)"));
    all.push((e.times(2.0, ones), "2*ones(n)"));
    let flat = e.transpose(ones);
    all.push((flat, "ones(n)'"));
    all.push((e.mul(wide, ones), "B*ones(n)"));
    all.push((e.ones(Type::new(m, n)), "ones(m, n)"));
    all.push((e.zeros(Type::vector(m)), "zeros(m)"));
    all.push((e.mul(sum, ones), "(s + t)*ones(n)"));
    let eye = e.eye(n);
    all.push((e.add(a, eye), "A + eye(n)"));
    let outer = e.mul(x, row);
    all.push((outer, "x*x'"));
    all.push((e.sub(diag, outer), "diag(x) - x*x'"));
    all.push((e.kron(a, wide), "kron(A, B)"));
    all.push((e.expm_frechet(a, &[w]), "dexpm(A, X)"));
    all.push((e.expm_frechet(a, &[w, a]), "dexpm(A, X, A)"));
    let whole = e.kron(a, wide);
    let whole = e.map(Map::Unary(Unary::Sin), whole);
    all.push((e.kron_factor(Place::Left, whole, wide), "kronl(sin(kron(A, B)), B)"));
    all.push((e.kron_factor(Place::Right, whole, a), "kronr(sin(kron(A, B)), A)"));
    all.push((e.sylvester(a, a, w), "sylv(A, A, X)"));
    let norm = e.function(Function::Norm2, x);
    all.push((e.divide(x, norm), "x/norm2(x)"));
    (names.store, all)
}

#[test]
fn text_reads_as_a_textbook() {
    let (store, all) = formulas();
    let wrong: Vec<_> = all
        .iter()
        .map(|&(id, wanted)| (text(&store, id), wanted))
        .filter(|(got, wanted)| got != wanted)
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn long_expressions_name_their_parts() {
    let mut names = Names::new();
    let mut x = names.vector("t1");
    for _ in 0..60 {
        let sine = names.store.map(Map::Unary(Unary::Sin), x);
        let cosine = names.store.map(Map::Unary(Unary::Cos), x);
        x = names.store.hadamard(sine, cosine);
    }
    let text = text(&names.store, x);
    assert!(text.starts_with("sin(t60).*cos(t60)\nwhere t2 = sin(t1).*cos(t1)\n      t3 = "), "{text}");
    assert!(text.len() < 3_000, "{text}");
}

#[test]
fn deep_expressions_are_cut_off() {
    let mut names = Names::new();
    let mut x = names.vector("x");
    for _ in 0..100_000 {
        x = names.store.map(Map::Unary(Unary::Sin), x);
    }
    let text = text(&names.store, x);
    assert!(text.ends_with("... (cut off: 100001 parts)"), "{text}");
}

#[test]
fn latex_reads_as_a_textbook() {
    let (store, all) = formulas();
    let wanted = [
        ("(A + A')*x - b", r"(A + A^{\top}) x - b"),
        ("(A + A')*x/(x'*A*x)", r"\frac{(A + A^{\top}) x}{x^{\top} A x}"),
        ("S - inv(X)'", r"S - X^{-\top}"),
        ("inner(S, X) - logdet(X)", r"\langle S, X\rangle - \log\det X"),
        ("tr(A*inv(X)*S*inv(X))", r"\operatorname{tr}(A X^{-1} S X^{-1})"),
        ("inv(A + A')", r"(A + A^{\top})^{-1}"),
        ("Q'*A*Q", r"Q^{\top} A Q"),
        ("x'*A*x/2", r"\frac{1}{2} x^{\top} A x"),
        ("1e300*x", r"10^{300} x"),
        ("x/(2*s*t^(3/2))", r"\frac{x}{2 s t^{3/2}}"),
        ("(s + t)/(b'*x)", r"\frac{s + t}{b^{\top} x}"),
        ("1./(x.*y.^2)", r"1 \oslash (x \odot y^{\odot 2})"),
        ("s./sqrt(x)", r"s \oslash \sqrt{x}"),
        ("sigmoid(x).*(1 - sigmoid(x))", r"\sigma(x) \odot (1 - \sigma(x))"),
        ("(x.*y)'", r"(x \odot y)^{\top}"),
        ("sum(exp(x))", r"\mathbf{1}^{\top} \exp(x)"),
        ("B*ones(n)", r"B \mathbf{1}_{n}"),
        ("A + eye(n)", r"A + I_{n}"),
        ("kron(A, B)", r"A \otimes B"),
        ("x/norm2(x)", r"\frac{x}{\left\Vert x\right\Vert_{2}}"),
    ];
    for (text, latex) in wanted {
        let id = all.iter().find(|(_, own)| *own == text).map(|(id, _)| *id);
        assert_eq!(id.map(|id| notation::latex(&store, id)).as_deref(), Some(latex), "{text}");
    }
}

#[test]
fn names_in_latex() {
    let mut names = Names::new();
    for (name, wanted) in [
        ("x", "x"),
        ("x1", "x_{1}"),
        ("alpha", r"\alpha"),
        ("lambda2", r"\lambda_{2}"),
        ("w_out", r"w_{\mathrm{out}}"),
        ("w1_out", r"w_{1,\mathrm{out}}"),
        ("sigma_x", r"\sigma_{x}"),
        ("loss", r"\mathrm{loss}"),
        ("x_12", "x_{12}"),
        ("$\\input{x}", r"\mathrm{\$\backslash{}input\{x\}}"),
        ("<script>", r"\mathrm{{<}script{>}}"),
        ("a\nb\u{202e}", r"\mathrm{a b }"),
        ("%", r"\%"),
    ] {
        let symbol = names.scalar(name);
        assert_eq!(notation::latex(&names.store, symbol), wanted, "{name}");
    }
    let x1 = names.square("x1");
    let one = names.store.differential_symbol(x1, 1, false);
    let two = names.store.differential_symbol(x1, 2, true);
    let product = names.store.mul(one, two);
    let product = names.store.transpose(product);
    assert_eq!(notation::latex(&names.store, product), r"\mathrm{d}x_{1,2}^{\top} \, \mathrm{d}x_{1}^{\top}");
    assert_eq!(notation::text(&names.store, product), "dx1_2'*dx1'");
}

#[test]
fn differentials_stand_last_in_inner_products() {
    let mut names = Names::new();
    let [big_s, x] = ["S", "X"].map(|name| names.square(name));
    let e = &mut names.store;
    let d = e.differential_symbol(x, 1, false);
    let inverse = e.inverse(x);
    let product = e.mul(inverse, d);
    let logdet = e.function(Function::Trace, product);
    let inner = e.inner(d, big_s);
    let cofactor = e.function(Function::Cofactor, x);
    let det = e.inner(cofactor, d);
    let second = e.inner(d, d);
    for (id, text, latex) in [
        (logdet, "inner(inv(X)', dX)", r"\langle X^{-\top}, \mathrm{d}X\rangle"),
        (inner, "inner(S, dX)", r"\langle S, \mathrm{d}X\rangle"),
        (det, "inner(cof(X), dX)", r"\langle \operatorname{cof}(X), \mathrm{d}X\rangle"),
        (second, "inner(dX, dX)", r"\langle \mathrm{d}X, \mathrm{d}X\rangle"),
        (product, "inv(X)*dX", r"X^{-1} \, \mathrm{d}X"),
    ] {
        assert_eq!(notation::text(e, id), text);
        assert_eq!(notation::latex(e, id), latex);
    }
}

#[test]
fn numpy_source_is_what_one_would_write() {
    let (store, all) = formulas();
    let wanted = [
        ("x'*A*x", "def f(x, A):\n    return x @ (A @ x)\n"),
        ("(A + A')*x/(x'*A*x)", "def f(x, A):\n    return ((A + A.T) @ x) / (x @ (A @ x))\n"),
        ("inv(X)'*S", "def f(S, X):\n    return np.linalg.solve(X.T, S)\n"),
        ("inner(S, X) - logdet(X)", "def f(S, X):\n    return np.sum(S * X) - np.linalg.slogdet(X)[1]\n"),
        (
            "x/(n*tr(eye(m)))",
            "def f(x, B):\n    m = B.shape[0]\n    n = x.shape[0]\n    return x / (n * m)\n",
        ),
        (
            "sigmoid(x).*(1 - sigmoid(x))",
            "def f(x):\n    t1 = scipy.special.expit(x)\n    return t1 * (1 - t1)\n",
        ),
        ("diag(x)*A", "def f(x, A):\n    return x[:, None] * A\n"),
        ("B*ones(n)", "def f(B):\n    return np.sum(B, axis=1)\n"),
        ("ones(n)'", "def f(b):\n    n = b.shape[0]\n    return np.ones(n)[None, :]\n"),
        ("x*x'", "def f(x):\n    return np.outer(x, x)\n"),
    ];
    for (text, source) in wanted {
        let id = all.iter().find(|(_, own)| *own == text).map(|(id, _)| *id);
        let written = id.map(|id| notation::numpy(&store, id, "f")).unwrap_or_default();
        assert!(
            written.starts_with("import numpy as np\n") && written.ends_with(source),
            "{text}: {written}"
        );
    }
}

#[test]
fn numpy_names_are_names_in_python() {
    let mut names = Names::new();
    let [lambda, np, n] = ["lambda", "np", "n"].map(|name| names.scalar(name));
    let size = names.store.size(names.n);
    let x = names.vector("x");
    let product = names.store.product(1.0, &[(lambda, 1.0), (np, 1.0), (n, 1.0), (size, 1.0)], &[(x, 1)]);
    let source = notation::numpy(&names.store, product, "for");
    let wanted =
        "def for_(lambda_, np_, n, x):\n    n_ = x.shape[0]\n    return lambda_ * np_ * n * n_ * x\n";
    assert!(source.ends_with(wanted), "{source}");
}

#[test]
fn numpy_source_of_shared_and_deep_expressions_is_short() {
    let mut names = Names::new();
    let mut x = names.vector("x");
    for _ in 0..2_000 {
        let sine = names.store.map(Map::Unary(Unary::Sin), x);
        let cosine = names.store.map(Map::Unary(Unary::Cos), x);
        x = names.store.hadamard(sine, cosine);
    }
    let source = notation::numpy(&names.store, x, "f");
    assert!(source.len() < 2_000 * 80);
    assert!(source.lines().all(|line| line.len() < 120));
}
