//! Names in LaTeX, whatever characters they are made of.

/// Names that stand for Greek letters.
const GREEK: [&str; 36] = [
    "alpha",
    "beta",
    "gamma",
    "delta",
    "epsilon",
    "zeta",
    "eta",
    "theta",
    "iota",
    "kappa",
    "lambda",
    "mu",
    "nu",
    "xi",
    "pi",
    "rho",
    "sigma",
    "tau",
    "upsilon",
    "phi",
    "chi",
    "psi",
    "omega",
    "Gamma",
    "Delta",
    "Theta",
    "Lambda",
    "Xi",
    "Pi",
    "Sigma",
    "Upsilon",
    "Phi",
    "Psi",
    "Omega",
    "varepsilon",
    "varphi",
];

/// A name in mathematics: Greek letters by their names, digits at the end and what follows `_`
/// as subscripts.
pub(super) fn name(name: &str) -> String {
    let mut parts = name.split('_').filter(|part| !part.is_empty());
    let first = parts.next().unwrap_or(name);
    let letters = first.trim_end_matches(|c: char| c.is_ascii_digit());
    let (head, digits) = if letters.is_empty() { (first, "") } else { first.split_at(letters.len()) };
    let subscripts: Vec<_> =
        std::iter::once(digits).filter(|digits| !digits.is_empty()).chain(parts).map(word).collect();
    if subscripts.is_empty() { word(head) } else { format!("{}_{{{}}}", word(head), subscripts.join(",")) }
}

/// A word: upright when it has several letters.
fn word(word: &str) -> String {
    if GREEK.contains(&word) {
        return format!("\\{word}");
    }
    if word == "eps" {
        return "\\varepsilon".to_owned();
    }
    let plain = word.chars().count() == 1 || word.chars().all(|c| c.is_ascii_digit());
    if plain { escaped(word) } else { format!("\\mathrm{{{}}}", escaped(word)) }
}

/// Characters with a meaning of their own in LaTeX or HTML, as they look.
pub(super) fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\\' => out.push_str("\\backslash{}"),
            '{' | '}' | '$' | '&' | '%' | '#' | '_' => out.extend(['\\', c]),
            '^' => out.push_str("\\wedge{}"),
            '~' => out.push_str("\\sim{}"),
            '<' | '>' | '\'' | '"' | '`' => out.extend(['{', c, '}']),
            c if c.is_control() || is_invisible(c) => out.push(' '),
            c => out.push(c),
        }
    }
    out
}

/// Marks that turn the direction of text or take no room.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}
