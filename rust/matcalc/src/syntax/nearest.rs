//! The name that was meant by a wrong one.

use super::functions::all;

/// What other languages call a function, and what it is called here.
const ELSEWHERE: [(&str, &str); 9] = [
    ("trace", "tr"),
    ("norm", "norm2"),
    ("dot", "inner"),
    ("transpose", "'"),
    ("hadamard", ".*"),
    ("slogdet", "logdet"),
    ("expit", "sigmoid"),
    ("identity", "eye"),
    ("mean", "sum(x)/n"),
];

/// The known name that is nearest to a wrong one, when it is near.
pub fn nearest<'a>(name: &str, others: impl Iterator<Item = &'a str>) -> Option<&'a str> {
    let lower = name.to_ascii_lowercase();
    if let Some((_, ours)) = ELSEWHERE.iter().find(|(theirs, _)| *theirs == lower) {
        return Some(ours);
    }
    let known = all().iter().map(|function| function.name).chain(others);
    let (edits, near) =
        known.map(|known| (distance(&lower, known), known)).min_by_key(|(edits, _)| *edits)?;
    (edits <= name.len().div_ceil(3).min(2) && edits < near.len()).then_some(near)
}

/// Insertions, deletions, changes and exchanges of neighbours that make one name of another.
fn distance(a: &str, b: &str) -> usize {
    let (a, b) = (a.as_bytes(), b.as_bytes());
    let mut rows = [Vec::new(), Vec::new(), (0..=b.len()).collect::<Vec<_>>()];
    for i in 1..=a.len() {
        let mut row = vec![i];
        for j in 1..=b.len() {
            let changed = rows[2][j - 1] + usize::from(a[i - 1] != b[j - 1]);
            let mut least = changed.min(rows[2][j] + 1).min(row[j - 1] + 1);
            if i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1] {
                least = least.min(rows[1][j - 2] + 1);
            }
            row.push(least);
        }
        rows.rotate_left(1);
        rows[2] = row;
    }
    rows[2][b.len()]
}
