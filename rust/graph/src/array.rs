//! An array: shared numbers, and how a shape walks over them.

use std::any::Any;
use std::ops::Deref;
use std::sync::Arc;

use smallvec::SmallVec;

use crate::dtype::DType;
use crate::error::GraphError;
use crate::shape::{Shape, element_count, row_major_strides};

/// Numbers in a row: our own, or somebody else's who keeps them in place.
pub enum Storage<T> {
    /// Our own.
    Owned(Vec<T>),
    /// A single one.
    One(T),
    /// Another's.
    Lent(Lent<T>),
}

/// Numbers of another owner, who is held for as long as they are read.
pub struct Lent<T> {
    first: *const T,
    count: usize,
    _owner: Box<dyn Any + Send + Sync>,
}

// SAFETY: the numbers are only read, and `Lent::new` asks that they stay as they are.
#[expect(unsafe_code, reason = "a pointer that is only read from")]
unsafe impl<T: Sync> Send for Lent<T> {}
// SAFETY: as above.
#[expect(unsafe_code, reason = "a pointer that is only read from")]
unsafe impl<T: Sync> Sync for Lent<T> {}

impl<T> Lent<T> {
    /// Numbers that `owner` keeps.
    ///
    /// # Safety
    ///
    /// From `first` on there are `count` numbers, aligned and written, and they neither move
    /// nor change while `owner` lives.
    #[expect(unsafe_code, reason = "the caller vouches for the memory")]
    pub unsafe fn new(first: *const T, count: usize, owner: Box<dyn Any + Send + Sync>) -> Self {
        Self { first, count, _owner: owner }
    }
}

impl<T> Deref for Storage<T> {
    type Target = [T];

    fn deref(&self) -> &[T] {
        match self {
            Self::Owned(numbers) => numbers,
            Self::One(number) => std::slice::from_ref(number),
            // SAFETY: `Lent::new` was told that they are there while the owner lives.
            #[expect(unsafe_code, reason = "the owner keeps the numbers in place")]
            Self::Lent(lent) => unsafe { std::slice::from_raw_parts(lent.first, lent.count) },
        }
    }
}

impl<T: std::fmt::Debug> std::fmt::Debug for Storage<T> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

/// The numbers of an array, shared by all its views.
#[derive(Clone, Debug)]
pub enum Data {
    /// Truth values.
    Bool(Arc<Storage<bool>>),
    /// Integers.
    Int64(Arc<Storage<i64>>),
    /// Single precision.
    Float32(Arc<Storage<f32>>),
    /// Double precision.
    Float64(Arc<Storage<f64>>),
}

impl Data {
    /// What the numbers are.
    pub const fn dtype(&self) -> DType {
        match self {
            Self::Bool(_) => DType::Bool,
            Self::Int64(_) => DType::Int64,
            Self::Float32(_) => DType::Float32,
            Self::Float64(_) => DType::Float64,
        }
    }

    /// How many numbers are kept.
    pub fn len(&self) -> usize {
        match self {
            Self::Bool(v) => v.len(),
            Self::Int64(v) => v.len(),
            Self::Float32(v) => v.len(),
            Self::Float64(v) => v.len(),
        }
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }
}

/// A kind of number that arrays hold.
pub trait Element: Copy + PartialEq + Send + Sync + std::fmt::Debug + 'static {
    /// Its name.
    const DTYPE: DType;
    /// Zero.
    const ZERO: Self;
    /// Wrap shared numbers.
    fn wrap(numbers: Arc<Storage<Self>>) -> Data;
    /// The numbers, if they are of this kind.
    fn unwrap(data: &Data) -> Option<&Arc<Storage<Self>>>;
    /// The numbers taken out, if they are of this kind; else all as it was.
    fn take(data: Data) -> Result<Arc<Storage<Self>>, Data>;
}

macro_rules! element {
    ($type:ty, $variant:ident, $zero:expr) => {
        impl Element for $type {
            const DTYPE: DType = DType::$variant;
            const ZERO: Self = $zero;
            fn wrap(numbers: Arc<Storage<Self>>) -> Data {
                Data::$variant(numbers)
            }
            fn unwrap(data: &Data) -> Option<&Arc<Storage<Self>>> {
                match data {
                    Data::$variant(numbers) => Some(numbers),
                    _ => None,
                }
            }
            fn take(data: Data) -> Result<Arc<Storage<Self>>, Data> {
                match data {
                    Data::$variant(numbers) => Ok(numbers),
                    other => Err(other),
                }
            }
        }
    };
}
element!(bool, Bool, false);
element!(i64, Int64, 0);
element!(f32, Float32, 0.0);
element!(f64, Float64, 0.0);

/// An array: numbers, a shape, and strides (in elements) over the numbers.
///
/// Views share their numbers, which nobody changes while they are shared.
#[derive(Debug)]
pub struct Array {
    data: Data,
    shape: Shape,
    strides: SmallVec<[isize; 4]>,
    offset: usize,
}

// The derived one copies shape and strides number by number.
impl Clone for Array {
    fn clone(&self) -> Self {
        Self {
            data: self.data.clone(),
            shape: Shape::from_slice(&self.shape),
            strides: SmallVec::from_slice(&self.strides),
            offset: self.offset,
        }
    }
}

impl Array {
    /// A contiguous array; the numbers must be as many as the shape says.
    pub fn new<T: Element>(numbers: Vec<T>, shape: impl AsRef<[usize]>) -> Result<Self, GraphError> {
        Self::of(Storage::Owned(numbers), shape)
    }

    /// A contiguous array over some numbers, as many as the shape says.
    pub fn of<T: Element>(numbers: Storage<T>, shape: impl AsRef<[usize]>) -> Result<Self, GraphError> {
        let shape = Shape::from_slice(shape.as_ref());
        if element_count(&shape)? != numbers.len() {
            return Err(GraphError::Shape(format!(
                "{} numbers do not fill an array of shape {}",
                numbers.len(),
                crate::error::tuple(&shape)
            )));
        }
        let strides = row_major_strides(&shape);
        Ok(Self { data: T::wrap(Arc::new(numbers)), shape, strides, offset: 0 })
    }

    /// An array without axes.
    pub fn scalar<T: Element>(number: T) -> Self {
        Self {
            data: T::wrap(Arc::new(Storage::One(number))),
            shape: Shape::new(),
            strides: SmallVec::new(),
            offset: 0,
        }
    }

    /// Another way to walk over the same numbers; every place it reaches must exist.
    pub fn view(
        &self,
        shape: impl AsRef<[usize]>,
        strides: impl AsRef<[isize]>,
        offset: usize,
    ) -> Result<Self, GraphError> {
        let (shape, strides) = (Shape::from_slice(shape.as_ref()), SmallVec::from_slice(strides.as_ref()));
        let view = Self { data: self.data.clone(), shape, strides, offset };
        view.check_reach()?;
        Ok(view)
    }

    /// The same numbers in order under another shape of as many elements; nothing when they do
    /// not lie in order.
    pub fn reshaped(&self, shape: &[usize]) -> Option<Self> {
        let fits = self.is_contiguous() && self.len() == shape.iter().product();
        fits.then(|| Self {
            data: self.data.clone(),
            shape: Shape::from_slice(shape),
            strides: row_major_strides(shape),
            offset: self.offset,
        })
    }

    fn check_reach(&self) -> Result<(), GraphError> {
        let outside = || GraphError::Shape("a view reaches outside its array".into());
        if self.shape.len() != self.strides.len() {
            return Err(outside());
        }
        if element_count(&self.shape)? == 0 {
            return Ok(());
        }
        let (mut low, mut high) = (self.offset as i128, self.offset as i128);
        for (&length, &stride) in self.shape.iter().zip(&self.strides) {
            let reach = (length as i128 - 1) * stride as i128;
            if reach < 0 { low += reach } else { high += reach }
        }
        if low < 0 || high >= self.data.len() as i128 { Err(outside()) } else { Ok(()) }
    }

    /// What the numbers are.
    pub fn dtype(&self) -> DType {
        self.data.dtype()
    }

    /// Lengths along each axis.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Steps along each axis, in elements.
    pub fn strides(&self) -> &[isize] {
        &self.strides
    }

    /// Where the first element lies.
    pub const fn offset(&self) -> usize {
        self.offset
    }

    /// The shared numbers.
    pub const fn data(&self) -> &Data {
        &self.data
    }

    /// How many elements the shape has.
    pub fn len(&self) -> usize {
        // The product of the others may be more than can be counted.
        if self.is_empty() { 0 } else { self.shape.iter().product() }
    }

    /// Whether the shape has no elements.
    pub fn is_empty(&self) -> bool {
        self.shape.contains(&0)
    }

    /// Whether the elements lie one after another, the last axis fastest.
    pub fn is_contiguous(&self) -> bool {
        let mut step = 1_isize;
        self.is_empty()
            || self.shape.iter().zip(&self.strides).rev().all(|(&length, &stride)| {
                let fits = length == 1 || stride == step;
                step *= length as isize;
                fits
            })
    }

    /// The elements in order, if they lie so and are of this kind.
    pub fn as_slice<T: Element>(&self) -> Option<&[T]> {
        let numbers = T::unwrap(&self.data)?;
        if self.is_empty() {
            return Some(&[]);
        }
        self.is_contiguous().then(|| &numbers[self.offset..self.offset + self.len()])
    }

    /// All numbers behind the view, if they are of this kind: index them with the offset and
    /// the strides.
    pub fn numbers<T: Element>(&self) -> Option<&[T]> {
        T::unwrap(&self.data).map(|numbers| &***numbers)
    }

    /// The numbers to write over, when nobody else holds or owns them and they lie in order.
    pub fn as_mut_slice<T: Element>(&mut self) -> Option<&mut [T]> {
        if !self.is_contiguous() || T::unwrap(&self.data).is_none() {
            return None;
        }
        let (from, to) = (self.offset, self.offset + self.len());
        let any: &mut dyn Any = match &mut self.data {
            Data::Bool(v) => v,
            Data::Int64(v) => v,
            Data::Float32(v) => v,
            Data::Float64(v) => v,
        };
        match Arc::get_mut(any.downcast_mut::<Arc<Storage<T>>>()?)? {
            Storage::Owned(numbers) => numbers.get_mut(from..to),
            Storage::One(number) => std::slice::from_mut(number).get_mut(from..to),
            Storage::Lent(_) => None,
        }
    }

    /// The numbers themselves, when they are ours alone, of this kind and all in order; else the
    /// array as it was.
    pub fn into_vec<T: Element>(self) -> Result<Vec<T>, Self> {
        let whole = self.is_contiguous() && self.offset == 0 && self.len() == self.data.len();
        if !whole {
            return Err(self);
        }
        let Self { data, shape, strides, offset } = self;
        let data = match T::take(data).map(Arc::try_unwrap) {
            Ok(Ok(Storage::Owned(numbers))) => return Ok(numbers),
            Ok(Ok(other)) => T::wrap(Arc::new(other)),
            Ok(Err(shared)) => T::wrap(shared),
            Err(data) => data,
        };
        Err(Self { data, shape, strides, offset })
    }

    /// The elements in order, copied.
    pub fn to_vec<T: Element>(&self) -> Option<Vec<T>> {
        if let Some(slice) = self.as_slice::<T>() {
            return Some(slice.to_vec());
        }
        let numbers = self.numbers::<T>()?;
        Some(self.places().map(|place| numbers[place]).collect())
    }

    /// The places of the elements among the numbers, in order.
    pub fn places(&self) -> Places<'_> {
        Places {
            array: self,
            index: smallvec::smallvec![0; self.shape.len().saturating_sub(1)],
            place: self.offset as isize,
            step: self.strides.last().copied().unwrap_or(0),
            run: self.shape.last().copied().unwrap_or(1),
            left: self.len(),
        }
    }

    /// The one element of an array of size one, as float64.
    pub fn item(&self) -> Option<f64> {
        if self.len() != 1 {
            return None;
        }
        Some(match &self.data {
            Data::Bool(v) => f64::from(u8::from(v[self.offset])),
            Data::Int64(v) => v[self.offset] as f64,
            Data::Float32(v) => f64::from(v[self.offset]),
            Data::Float64(v) => v[self.offset],
        })
    }
}

/// Bitwise equality of shapes and elements: NaN equals itself, 0.0 differs from -0.0.
impl PartialEq for Array {
    fn eq(&self, other: &Self) -> bool {
        if self.dtype() != other.dtype() || self.shape != other.shape {
            return false;
        }
        let mut pairs = self.places().zip(other.places());
        match (&self.data, &other.data) {
            (Data::Bool(a), Data::Bool(b)) => pairs.all(|(i, j)| a[i] == b[j]),
            (Data::Int64(a), Data::Int64(b)) => pairs.all(|(i, j)| a[i] == b[j]),
            (Data::Float32(a), Data::Float32(b)) => pairs.all(|(i, j)| a[i].to_bits() == b[j].to_bits()),
            (Data::Float64(a), Data::Float64(b)) => pairs.all(|(i, j)| a[i].to_bits() == b[j].to_bits()),
            _ => false,
        }
    }
}

/// The places of an array's elements, in order.
#[derive(Clone, Debug)]
pub struct Places<'a> {
    array: &'a Array,
    /// Along every axis but the last.
    index: SmallVec<[usize; 4]>,
    place: isize,
    /// Along the last axis.
    step: isize,
    /// How many are left along the last axis.
    run: usize,
    /// How many are left altogether.
    left: usize,
}

impl Places<'_> {
    /// From the last element along the last axis to the first of the next line.
    fn turn(&mut self) {
        let (shape, strides) = (&self.array.shape, &self.array.strides);
        let last = self.index.len();
        self.run = shape[last];
        self.place -= self.step * (self.run as isize - 1);
        for axis in (0..last).rev() {
            self.index[axis] += 1;
            self.place += strides[axis];
            if self.index[axis] < shape[axis] {
                break;
            }
            self.place -= strides[axis] * self.index[axis] as isize;
            self.index[axis] = 0;
        }
    }
}

impl Iterator for Places<'_> {
    type Item = usize;

    #[inline]
    fn next(&mut self) -> Option<usize> {
        self.left = self.left.checked_sub(1)?;
        let place = self.place as usize;
        self.run -= 1;
        if self.run > 0 {
            self.place += self.step;
        } else if self.left > 0 {
            self.turn();
        }
        Some(place)
    }

    fn size_hint(&self) -> (usize, Option<usize>) {
        (self.left, Some(self.left))
    }
}
