//! Memory whose size depends on the problem: what does not fit is an error, where a plain
//! `Vec` would end the process.

use thiserror::Error;

/// There is no memory for so many numbers.
#[derive(Clone, Copy, Debug, Error, PartialEq, Eq)]
#[error("not enough memory for {what}: {numbers} numbers of 8 bytes")]
pub struct OutOfMemory {
    /// What they were wanted for.
    pub what: &'static str,
    /// How many numbers were wanted at once.
    pub numbers: usize,
}

/// An empty vector with room for so many numbers.
pub fn reserved<T>(what: &'static str, numbers: usize) -> Result<Vec<T>, OutOfMemory> {
    let mut memory = Vec::new();
    match memory.try_reserve_exact(numbers) {
        Ok(()) => Ok(memory),
        Err(_) => Err(OutOfMemory { what, numbers }),
    }
}

/// n zeros.
pub fn zeros(n: usize) -> Result<Vec<f64>, OutOfMemory> {
    let mut vector = reserved("a vector", n)?;
    vector.resize(n, 0.0);
    Ok(vector)
}

/// n * n zeros.
pub fn square(n: usize) -> Result<Vec<f64>, OutOfMemory> {
    let numbers = n.saturating_mul(n);
    let mut matrix = reserved("an n x n matrix", numbers)?;
    matrix.resize(numbers, 0.0);
    Ok(matrix)
}

/// A copy of a vector.
pub fn copy(x: &[f64]) -> Result<Vec<f64>, OutOfMemory> {
    let mut vector = reserved("a vector", x.len())?;
    vector.extend_from_slice(x);
    Ok(vector)
}

/// Lengthen a vector with zeros, at least doubling what it reserves.
pub fn lengthen(vector: &mut Vec<f64>, n: usize) -> Result<(), OutOfMemory> {
    let more = n.saturating_sub(vector.len());
    vector.try_reserve(more).map_err(|_| OutOfMemory { what: "the history", numbers: n })?;
    vector.resize(n, 0.0);
    Ok(())
}

/// Whether so many numbers would find room, for memory that others take without asking.
///
/// Small amounts are not looked at: they come out of what the process has already.
pub fn room(what: &'static str, numbers: usize) -> Result<(), OutOfMemory> {
    const SMALL: usize = 1 << 13;
    if numbers > SMALL { reserved::<f64>(what, numbers).map(drop) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::{copy, lengthen, room, square, zeros};

    #[test]
    fn what_fits() {
        assert_eq!(zeros(3).unwrap(), [0.0; 3]);
        assert_eq!(square(2).unwrap(), [0.0; 4]);
        assert_eq!(copy(&[1.0, 2.0]).unwrap(), [1.0, 2.0]);
        let mut vector = vec![1.0];
        lengthen(&mut vector, 3).unwrap();
        assert_eq!(vector, [1.0, 0.0, 0.0]);
        assert!(room("a test", 10_000).is_ok());
    }

    #[test]
    fn what_does_not_fit() {
        let huge = usize::MAX / 32;
        let message = square(huge).unwrap_err().to_string();
        assert_eq!(
            message,
            format!("not enough memory for an n x n matrix: {} numbers of 8 bytes", usize::MAX)
        );
        assert!(zeros(huge).is_err());
        assert!(lengthen(&mut vec![1.0], huge).is_err());
        assert!(room("a test", huge).is_err());
    }
}
