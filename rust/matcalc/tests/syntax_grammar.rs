//! How texts are read: precedence, numbers, names, limits.

use pyframe_matcalc::Domain;
use pyframe_matcalc::syntax::{
    FUNCTIONS, Function, Kind, Meaning, Operator, Syntax, Tree, functions, names, parse,
};

/// A tree with all its parentheses.
fn spelled(tree: &Tree) -> String {
    let mut texts: Vec<String> = Vec::new();
    for node in &tree.nodes {
        let of = |place: u32| &texts[place as usize];
        texts.push(match node {
            Syntax::Number(number) => number.to_string(),
            Syntax::Name(name) => tree.names[*name as usize].clone(),
            Syntax::Same(x) => of(*x).clone(),
            Syntax::Negative(x) => format!("(-{})", of(*x)),
            Syntax::Transpose(x) => format!("{}'", of(*x)),
            Syntax::Binary(operator, a, b) => {
                let sign = match operator {
                    Operator::Add => "+",
                    Operator::Subtract => "-",
                    Operator::Multiply => "*",
                    Operator::Divide => "/",
                    Operator::Hadamard => ".*",
                    Operator::DivideEach => "./",
                    Operator::Power => "^",
                    Operator::PowerEach => ".^",
                };
                format!("({}{sign}{})", of(*a), of(*b))
            }
            Syntax::Call(function, arguments) => {
                let arguments: Vec<_> = arguments.iter().map(|&place| of(place).as_str()).collect();
                format!("{}({})", tree.name_of(*function), arguments.join(","))
            }
        });
    }
    texts.pop().unwrap_or_default()
}

fn read(text: &str) -> String {
    parse(text).map_or_else(|error| error.message, |tree| spelled(&tree))
}

#[test]
fn precedence() {
    for (text, expected) in [
        ("a+b*c", "(a+(b*c))"),
        ("a-b-c", "((a-b)-c)"),
        ("a/b*c", "((a/b)*c)"),
        ("a*b.*c./d", "(((a*b).*c)./d)"),
        ("-x^2", "(-(x^2))"),
        ("-x*y", "((-x)*y)"),
        ("-x + y", "((-x)+y)"),
        ("a*-b", "(a*(-b))"),
        ("a*-b^2", "(a*(-(b^2)))"),
        ("a--b", "(a-(-b))"),
        ("--a", "(-(-a))"),
        ("2^-1", "(2^(-1))"),
        ("2^-x*y", "((2^(-x))*y)"),
        ("-x'", "(-x')"),
        ("x'^2", "(x'^2)"),
        ("x'*A*x", "((x'*A)*x)"),
        ("x''", "x''"),
        ("(a+b)'*c", "((a+b)'*c)"),
        ("a.^b.*c", "((a.^b).*c)"),
        ("(a^b)^c", "((a^b)^c)"),
        ("a^(b^c)", "(a^(b^c))"),
        ("a^(b')", "(a^b')"),
        ("(a^b)'", "(a^b)'"),
        ("((x))", "x"),
        ("inner(a + b, -c)", "inner((a+b),(-c))"),
        ("max(x)", "max(x)"),
        ("max(x, y')", "max(x,y')"),
        ("inv (X)", "inv(X)"),
        ("ones(2*n, m)", "ones((2*n),m)"),
        (" a\n + \t b\r\n", "(a+b)"),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
}

#[test]
fn numbers() {
    for (text, expected) in [
        ("1", "1"),
        ("2.5", "2.5"),
        ("2.", "2"),
        (".5", "0.5"),
        ("1e-3", "0.001"),
        ("1E+3", "1000"),
        ("2.e1", "20"),
        ("2.*x", "(2.*x)"),
        ("2.^x", "(2.^x)"),
        ("1./x", "(1./x)"),
        ("2..*x", "(2.*x)"),
        ("2.5.*x", "(2.5.*x)"),
        ("2e1.*x", "(20.*x)"),
        ("0e5", "0"),
        ("2'", "2'"),
        ("0.1", "0.1"),
        ("123456789012345678901234567890", "123456789012345680000000000000"),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
    let digits = "7".repeat(300);
    assert!(parse(&digits).is_ok());
}

#[test]
fn names_in_the_order_of_the_text() {
    let tree = parse("b*a + eye(n)*x_1 - a + n").unwrap();
    let found: Vec<_> = names(&tree).iter().map(|(name, span)| (*name, span.start)).collect();
    assert_eq!(found, [("b", 0), ("a", 2), ("x_1", 13)]);
}

#[test]
fn every_function_can_be_called() {
    for function in functions() {
        for count in 0..4 {
            let sizes = matches!(function.name, "eye" | "ones" | "zeros" | "commutation");
            let argument = if sizes { "2" } else { "X" };
            let argument = if function.name == "unvec" { "2" } else { argument };
            let text = format!("{}({})", function.name, vec![argument; count].join(", "));
            match parse(&text) {
                Ok(tree) => assert_eq!(spelled(&tree), text.replace(' ', "")),
                Err(error) => assert!(
                    !function.arity.contains(&count) && error.message.contains("takes"),
                    "{text}: {error}"
                ),
            }
        }
        assert!(!function.summary.is_empty());
    }
    let mut known: Vec<_> = functions().iter().map(|function| function.name).collect();
    known.sort_unstable();
    known.dedup();
    assert_eq!(known.len(), functions().len());
}

#[test]
fn names_of_further_functions_are_free_for_symbols() {
    assert_eq!(read("gamma*erf(x) + leading"), "((gamma*erf(x))+leading)");
    assert_eq!(read("dexpm(A, gamma(B))"), "dexpm(A,gamma(B))");
    assert!(FUNCTIONS.iter().all(|function| function.reserved));
}

#[test]
fn parts_with_names() {
    for (text, expected) in [
        ("t*x where t = x'*x", "((x'*x)*x)"),
        ("t + s where s = t^2 t = a + b", "((a+b)+((a+b)^2))"),
        ("t\nwhere t = -u\n      u = sin(v)\n      v = 2", "(-sin(2))"),
        ("x where t = 1", "x"),
        ("where + 1", "(where+1)"),
        ("where where where = 2", "2"),
        ("f(x) where t = 1", "unknown function 'f'; a product is written with *"),
        ("(x where t = 1)", "an operator is missing between x and where"),
        ("x where", "a definition is written as where t = x'*x"),
        ("x where t", "a definition is written as where t = x'*x"),
        ("x where 2 = t", "a definition is written as where t = x'*x"),
        ("x where t = ", "an operand is missing after ="),
        ("x where t = 1 where s = 2", "an operator is missing between 1 and where"),
        ("x where t = 1 t = 2", "'t' is defined twice"),
        ("x where t = t + 1", "'t' is defined by itself"),
        ("x where t = s s = u u = t", "'t' is defined by itself"),
        ("x where exp = 2", "exp is a function"),
        ("x where t = 1, s = 2", "a comma stands between the arguments of a function only"),
        ("x where t == 1", "a definition is written as where t = x'*x"),
        ("x = 2", "there are no comparisons and no assignments"),
        ("= 2", "there are no comparisons and no assignments"),
    ] {
        assert_eq!(read(text), expected, "{text}");
    }
    let tree = parse("t + x where t = y*u u = z").unwrap();
    let found: Vec<_> = names(&tree).iter().map(|(name, _)| *name).collect();
    assert_eq!(found, ["x", "y", "z"]);
}

#[test]
fn long_and_deep_texts_within_the_limits() {
    let sum = vec!["x"; 24_000].join(" + ");
    assert_eq!(parse(&sum).unwrap().nodes.len(), 47_999);
    let deep = format!("{}x{}", "(".repeat(1_000), ")".repeat(1_000));
    assert_eq!(read(&deep), "x");
    let deep = format!("{}x{}", "exp(".repeat(1_000), ")".repeat(1_000));
    assert_eq!(parse(&deep).unwrap().nodes.len(), 1_001);
    let primes = format!("x{}", "'".repeat(40_000));
    assert_eq!(parse(&primes).unwrap().nodes.len(), 40_001);
}

#[test]
fn functions_of_a_whole_are_taken_of_the_same_matrices_in_the_language_and_outside() {
    for Function { name, kind, meaning, .. } in functions() {
        let Meaning::Whole(whole) = meaning else { continue };
        let wanted = match kind {
            Kind::OfSquare | Kind::OnSquare | Kind::DiagonalOf => Domain::Square,
            Kind::Diagonal => Domain::Columns,
            _ => Domain::All,
        };
        assert_eq!(whole.domain(), wanted, "{name}");
    }
}
