//! What an array holds: four kinds of number.

use std::fmt;

/// The kind of number in an array.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum DType {
    /// Truth values.
    Bool = 0,
    /// 64-bit signed integers: indices and counts.
    Int64 = 1,
    /// IEEE binary32.
    Float32 = 2,
    /// IEEE binary64.
    Float64 = 3,
}

impl DType {
    /// Bytes of one number.
    pub const fn size(self) -> usize {
        match self {
            Self::Bool => 1,
            Self::Float32 => 4,
            Self::Int64 | Self::Float64 => 8,
        }
    }

    /// Whether derivatives are taken with respect to such numbers.
    pub const fn is_float(self) -> bool {
        matches!(self, Self::Float32 | Self::Float64)
    }

    /// The dtype with this number in the byte form.
    pub const fn from_code(code: u8) -> Option<Self> {
        match code {
            0 => Some(Self::Bool),
            1 => Some(Self::Int64),
            2 => Some(Self::Float32),
            3 => Some(Self::Float64),
            _ => None,
        }
    }

    /// NumPy's name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int64 => "int64",
            Self::Float32 => "float32",
            Self::Float64 => "float64",
        }
    }

    /// The name in the text form.
    pub const fn short(self) -> &'static str {
        match self {
            Self::Bool => "bool",
            Self::Int64 => "i64",
            Self::Float32 => "f32",
            Self::Float64 => "f64",
        }
    }
}

impl fmt::Display for DType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
