//! Numbers, text and arrays as bytes, and the envelope of a file.
//!
//! Everything is little-endian.  An envelope is eight bytes of magic, the version of the format
//! and a word of zeros (`u32` each), the length of the content and a checksum (`u64` each), then
//! the content.  The checksum is FNV-1a over all the rest, so a file that changed in transit is
//! refused before anything is made of it; lengths are compared with the bytes that are left
//! before memory is asked for.

use crate::array::{Array, Data, Element};
use crate::dtype::DType;
use crate::error::GraphError;
use crate::graph::Type;
use crate::shape::{MAX_RANK, Shape, element_count};

/// The version of the format that is written, and the newest that is read.
///
/// A reader knows all versions up to its own.  What a version adds may not change what the
/// bytes of an older one mean; a new primitive needs no new version, since files name them.
pub const VERSION: u32 = 1;

const MAGIC: [u8; 8] = *b"pyframe\n";
const HEADER: usize = 32;
/// Where the checksum stands in the header.
const CHECKSUM: usize = 24;

/// Bytes being written.
#[derive(Clone, Debug)]
pub struct Writer {
    bytes: Vec<u8>,
}

impl Default for Writer {
    fn default() -> Self {
        Self { bytes: vec![0; HEADER] }
    }
}

impl Writer {
    /// One byte.
    pub fn u8(&mut self, number: u8) {
        self.bytes.push(number);
    }

    /// Two bytes.
    pub fn u16(&mut self, number: u16) {
        self.bytes.extend(number.to_le_bytes());
    }

    /// Four bytes.
    pub fn u32(&mut self, number: u32) {
        self.bytes.extend(number.to_le_bytes());
    }

    /// Eight bytes.
    pub fn u64(&mut self, number: u64) {
        self.bytes.extend(number.to_le_bytes());
    }

    /// A length, which takes four bytes.
    pub fn count(&mut self, count: usize) {
        self.u32(count as u32);
    }

    /// Text with its length in front.
    pub fn text(&mut self, text: &str) {
        self.u64(text.len() as u64);
        self.bytes.extend(text.as_bytes());
    }

    /// A kind of number and a shape.
    pub fn ty(&mut self, ty: &Type) {
        self.u8(ty.dtype as u8);
        self.u8(ty.shape.len() as u8);
        for &length in &ty.shape {
            self.u64(length as u64);
        }
    }

    /// An array with its type in front.
    pub fn array(&mut self, array: &Array) {
        self.ty(&Type::of(array));
        let places = array.places();
        match array.data() {
            Data::Bool(v) => self.bytes.extend(places.map(|place| u8::from(v[place]))),
            Data::Int64(v) => self.bytes.extend(places.flat_map(|place| v[place].to_le_bytes())),
            Data::Float32(v) => self.bytes.extend(places.flat_map(|place| v[place].to_le_bytes())),
            Data::Float64(v) => self.bytes.extend(places.flat_map(|place| v[place].to_le_bytes())),
        }
    }

    /// The whole file.
    pub fn sealed(mut self) -> Vec<u8> {
        let length = (self.bytes.len() - HEADER) as u64;
        self.bytes[..8].copy_from_slice(&MAGIC);
        self.bytes[8..12].copy_from_slice(&VERSION.to_le_bytes());
        self.bytes[16..24].copy_from_slice(&length.to_le_bytes());
        let sum = checksum(&self.bytes);
        self.bytes[CHECKSUM..HEADER].copy_from_slice(&sum.to_le_bytes());
        self.bytes
    }
}

/// FNV-1a of a file without the word that holds it.
pub(crate) fn checksum(file: &[u8]) -> u64 {
    let step = |sum: u64, byte: &u8| (sum ^ u64::from(*byte)).wrapping_mul(0x0000_0100_0000_01b3);
    file[..CHECKSUM].iter().chain(&file[HEADER..]).fold(0xcbf2_9ce4_8422_2325, step)
}

/// Bytes being read.
#[derive(Clone, Debug)]
pub struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Reader<'a> {
    /// The content of a file that is whole.
    pub fn open(file: &'a [u8]) -> Result<Self, GraphError> {
        let mut header = Self { bytes: file, at: 0 };
        if header.take(8).is_ok_and(|magic| magic != MAGIC) {
            return Err(GraphError::Unreadable { at: 0, what: "this is no file of pyframe's".into() });
        }
        let version = header.u32()?;
        if version == 0 || version > VERSION {
            return Err(GraphError::Version { found: version, known: VERSION });
        }
        let zeros = header.u32()?;
        let length = header.u64()?;
        let sum = header.u64()?;
        if length != header.left() as u64 {
            let left = header.left();
            return Err(header.wrong(format!("{length} bytes should follow, and {left} do")));
        }
        if zeros != 0 || sum != checksum(file) {
            return Err(header.wrong("the checksum does not fit: the file is damaged"));
        }
        Ok(header)
    }

    /// What is wrong where the reader stands.
    pub fn wrong(&self, what: impl Into<String>) -> GraphError {
        GraphError::Unreadable { at: self.at, what: what.into() }
    }

    fn left(&self) -> usize {
        self.bytes.len() - self.at
    }

    fn take(&mut self, count: usize) -> Result<&'a [u8], GraphError> {
        if count > self.left() {
            return Err(self.wrong(format!("{count} bytes are missing, {} are left", self.left())));
        }
        self.at += count;
        Ok(&self.bytes[self.at - count..self.at])
    }

    fn word<const N: usize>(&mut self) -> Result<[u8; N], GraphError> {
        let mut word = [0; N];
        word.copy_from_slice(self.take(N)?);
        Ok(word)
    }

    /// One byte.
    pub fn u8(&mut self) -> Result<u8, GraphError> {
        self.word().map(u8::from_le_bytes)
    }

    /// Two bytes.
    pub fn u16(&mut self) -> Result<u16, GraphError> {
        self.word().map(u16::from_le_bytes)
    }

    /// Four bytes.
    pub fn u32(&mut self) -> Result<u32, GraphError> {
        self.word().map(u32::from_le_bytes)
    }

    /// Eight bytes.
    pub fn u64(&mut self) -> Result<u64, GraphError> {
        self.word().map(u64::from_le_bytes)
    }

    /// A length of things that take at least `each` bytes.
    pub fn count(&mut self, each: usize) -> Result<usize, GraphError> {
        let count = self.u32()? as usize;
        if count.saturating_mul(each) > self.left() {
            return Err(self.wrong(format!("{count} entries do not fit into {} bytes", self.left())));
        }
        Ok(count)
    }

    /// A truth value.
    pub fn truth(&mut self) -> Result<bool, GraphError> {
        match self.u8()? {
            0 => Ok(false),
            1 => Ok(true),
            other => Err(self.wrong(format!("{other} is no truth value"))),
        }
    }

    /// A number that this machine can index with.
    pub fn size(&mut self) -> Result<usize, GraphError> {
        let number = self.u64()?;
        usize::try_from(number).map_err(|_| self.wrong(format!("{number} is too large a number")))
    }

    /// Text.
    pub fn text(&mut self) -> Result<&'a str, GraphError> {
        let length = self.size()?;
        let bytes = self.take(length)?;
        std::str::from_utf8(bytes).map_err(|_| self.wrong("text that is not UTF-8"))
    }

    /// A kind of number and a shape.
    pub fn ty(&mut self) -> Result<Type, GraphError> {
        let code = self.u8()?;
        let dtype =
            DType::from_code(code).ok_or_else(|| self.wrong(format!("no dtype has number {code}")))?;
        let rank = usize::from(self.u8()?);
        if rank > MAX_RANK {
            return Err(self.wrong(format!("{rank} axes are more than {MAX_RANK}")));
        }
        let shape = (0..rank).map(|_| self.size()).collect::<Result<Shape, _>>()?;
        element_count(&shape)?;
        Ok(Type { dtype, shape })
    }

    /// An array.
    pub fn array(&mut self) -> Result<Array, GraphError> {
        let ty = self.ty()?;
        match ty.dtype {
            DType::Bool => {
                let bytes = self.take(element_count(&ty.shape)?)?;
                if let Some(other) = bytes.iter().find(|&&byte| byte > 1) {
                    return Err(self.wrong(format!("{other} is no truth value")));
                }
                Array::new(bytes.iter().map(|&byte| byte == 1).collect(), ty.shape)
            }
            DType::Int64 => self.numbers(ty.shape, i64::from_le_bytes),
            DType::Float32 => self.numbers(ty.shape, f32::from_le_bytes),
            DType::Float64 => self.numbers(ty.shape, f64::from_le_bytes),
        }
    }

    fn numbers<T: Element, const N: usize>(
        &mut self,
        shape: Shape,
        number: fn([u8; N]) -> T,
    ) -> Result<Array, GraphError> {
        let bytes = self.take(element_count(&shape)? * N)?;
        let numbers = bytes.as_chunks::<N>().0.iter().map(|&word| number(word)).collect();
        Array::new::<T>(numbers, shape)
    }

    /// Nothing may be left.
    pub fn finish(self) -> Result<(), GraphError> {
        match self.left() {
            0 => Ok(()),
            left => Err(self.wrong(format!("{left} bytes too many"))),
        }
    }
}
