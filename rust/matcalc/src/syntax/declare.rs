//! Declared sizes: `""` is a scalar, `"n"` a vector, `"m,n"` a matrix.

use super::error::{Span, SyntaxError};
use super::functions;
use crate::size::{Dim, Sizes, Type};

/// The largest number that is a size.
pub(super) const LARGEST: usize = 1 << 40;

/// Whether a text is a name: ASCII letters, digits and underscores, a letter first.
pub fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

/// The shape that a declaration gives to a name.
///
/// # Examples
///
/// ```
/// use pyframe_matcalc::syntax::shape;
/// use pyframe_matcalc::{Shown, Sizes};
///
/// let mut sizes = Sizes::default();
/// let matrix = shape("A", "m, 2*n", &mut sizes).unwrap();
/// assert_eq!(Shown(&sizes, matrix).to_string(), "m x 2*n");
/// ```
pub fn shape(name: &str, text: &str, sizes: &mut Sizes) -> Result<Type, SyntaxError> {
    const LONGEST: usize = 1_000;
    let whole = Span::new(0, 0);
    if text.len() > LONGEST {
        return Err(SyntaxError::new(
            "",
            whole,
            format!("the shape of '{name}' is a text of {} bytes", text.len()),
        ));
    }
    if text.trim().is_empty() {
        return Ok(Type::SCALAR);
    }
    let mut dims = Vec::new();
    let mut start = 0;
    for part in text.split(',') {
        if dims.len() == 2 {
            let rest = Span::new(start, text.len());
            let message = format!("the shape of '{name}' has more than rows and columns");
            return Err(SyntaxError::new(text, rest, message));
        }
        dims.push(size(name, text, start, part, sizes)?);
        start += part.len() + 1;
    }
    Ok(match dims[..] {
        [rows, columns] => Type::new(rows, columns),
        _ => Type::vector(dims[0]),
    })
}

/// A product of names and numbers, a part of a shape that starts at a place.
fn size(name: &str, text: &str, start: usize, part: &str, sizes: &mut Sizes) -> Result<Dim, SyntaxError> {
    let mut dim = Dim::ONE;
    let mut place = start;
    for factor in part.split('*') {
        let own = factor.trim();
        let begin = place + (factor.len() - factor.trim_start().len());
        let error = |message: String| {
            let length = own.chars().next().map_or(0, |_| own.len());
            SyntaxError::new(
                text,
                Span::new(begin, begin + length),
                format!("the shape of '{name}': {message}"),
            )
        };
        let next = if is_name(own) {
            if functions::is_reserved(own) {
                return Err(error(format!("{own} is a function, not a size")));
            }
            sizes.name(own)
        } else {
            match own.parse::<usize>() {
                Ok(number) if (1..=LARGEST).contains(&number) => sizes.number(number),
                Ok(number) => return Err(error(format!("{number} is no size: sizes are from 1 to 2^40"))),
                Err(_) if own.is_empty() => return Err(error("a size is missing".to_owned())),
                Err(_) => {
                    return Err(error("a size is a name, a whole number or a product of them".to_owned()));
                }
            }
        };
        dim = product(dim, next, sizes).ok_or_else(|| error("the size is too large".to_owned()))?;
        place += factor.len() + 1;
    }
    Ok(dim)
}

/// The product of two sizes, unless its number or its count of names is beyond reason.
pub(super) fn product(a: Dim, b: Dim, sizes: &mut Sizes) -> Option<Dim> {
    const MOST_NAMES: usize = 64;
    let ((left, names), (right, others)) = (sizes.factors(a), sizes.factors(b));
    let small = left.checked_mul(right).is_some_and(|number| number <= LARGEST);
    (small && names.len() + others.len() <= MOST_NAMES).then(|| sizes.product(a, b))
}
