//! Any text is read or refused: no panic, and every place lies in the text.

use proptest::prelude::*;
use pyframe_matcalc::Store;
use pyframe_matcalc::syntax::{SyntaxError, functions, read, shape};

fn survives(text: &str, declared: &[(&str, &str)]) -> Result<(), TestCaseError> {
    let mut store = Store::default();
    if let Err(error) = read(text, declared, &mut store) {
        has_a_place(&error)?;
    }
    Ok(())
}

fn has_a_place(error: &SyntaxError) -> Result<(), TestCaseError> {
    prop_assert!(error.span.start <= error.span.end);
    prop_assert!(error.text.get(error.span.start as usize..error.span.end as usize).is_some());
    prop_assert!(error.to_string().ends_with('^'));
    prop_assert!(!error.message.is_empty());
    Ok(())
}

fn token() -> impl Strategy<Value = String> {
    let names = ["x", "y", "A", "B", "c", "alpha", "n", "b'", "A'"];
    let signs = [
        "+", "-", "*", "/", ".*", "./", "^", ".^", "^2", "^-1", "'", "(", ")", ",", " ", "2", ".5", "1e3",
        " where ", " y = ", " c = ",
    ];
    prop_oneof![
        4 => prop::sample::select(names.to_vec()).prop_map(str::to_owned),
        6 => prop::sample::select(signs.to_vec()).prop_map(str::to_owned),
        1 => prop::sample::select(functions()).prop_map(|function| function.name.to_owned()),
        3 => prop::sample::select(functions()).prop_map(|function| format!("{}(", function.name)),
    ]
}

/// Well-formed texts, whose sizes may fit or not.
fn expression() -> impl Strategy<Value = String> {
    let leaf = prop::sample::select(vec![
        "x",
        "y",
        "A",
        "B",
        "S",
        "c",
        "alpha",
        "n",
        "2",
        "0.5",
        "eye(n)",
        "ones(n)",
        "zeros(n, n)",
        "b",
    ]);
    leaf.prop_map(str::to_owned).prop_recursive(6, 40, 2, |inner| {
        let signs = vec!["+", "-", "*", "*", "*", "/", ".*", "./", ".^"];
        let functions: Vec<_> = functions()
            .iter()
            .filter(|function| !["eye", "ones", "zeros", "unvec", "commutation"].contains(&function.name))
            .collect();
        prop_oneof![
            4 => (inner.clone(), prop::sample::select(signs), inner.clone())
                .prop_map(|(a, sign, b)| format!("({a}{sign}{b})")),
            1 => inner.clone().prop_map(|a| format!("({a})'")),
            1 => inner.clone().prop_map(|a| format!("(-{a})")),
            1 => (inner.clone(), -3..4).prop_map(|(a, power)| format!("({a})^{power}")),
            2 => (prop::sample::select(functions), inner.clone(), inner).prop_map(|(function, a, b)| {
                match (function.name, *function.arity.start()) {
                    ("normp", _) => format!("normp({a}, 3)"),
                    (name, 1) => format!("{name}({a})"),
                    (name, _) => format!("{name}({a}, {b})"),
                }
            }),
        ]
    })
}

const SHAPES: &[(&str, &str)] = &[("S", "n,n"), ("A", "m,n"), ("B", "n,m"), ("x", "n"), ("c", "")];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn any_characters(text in any::<String>()) {
        survives(&text, &[])?;
    }

    #[test]
    fn any_bytes(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
        survives(&String::from_utf8_lossy(&bytes), SHAPES)?;
    }

    #[test]
    fn any_tokens(tokens in prop::collection::vec(token(), 0..25)) {
        survives(&tokens.concat(), &[])?;
        survives(&tokens.concat(), SHAPES)?;
    }

    #[test]
    fn any_parts(whole in expression(), y in expression(), c in expression()) {
        survives(&format!("{whole} where y = {y} c = {c}"), &[])?;
        survives(&format!("{whole} where c = {c} y = {y}"), &[("S", "n,n"), ("A", "m,n"), ("x", "n")])?;
    }

    #[test]
    fn any_expression(text in expression()) {
        survives(&text, &[])?;
        survives(&text, SHAPES)?;
    }

    #[test]
    fn any_shape(text in any::<String>(), name in "[a-z*, 0-9]{0,12}") {
        let mut store = Store::default();
        for text in [text, name] {
            if let Err(error) = shape("x", &text, &mut store.sizes) {
                has_a_place(&error)?;
            }
        }
    }
}
