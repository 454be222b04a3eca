//! The type of a node, worked out from its operands; a node that makes no sense is refused.

use smallvec::SmallVec;

use crate::attribute::{Attribute, Labels, Sliced};
use crate::dtype::DType;
use crate::error::{GraphError, tuple};
use crate::graph::{Graph, Type};
use crate::node::NodeId;
use crate::primitive::{Factor, Gap, Part, Primitive, Reduction, Test};
use crate::shape::{MAX_RANK, Shape, broadcast_shapes, element_count};

type Inferred = Result<Type, GraphError>;

fn shape_error(text: impl Into<String>) -> GraphError {
    GraphError::Shape(text.into())
}

/// The type of a node with these operands and this attribute.
pub fn infer(
    graph: &Graph,
    primitive: Primitive,
    operands: &[NodeId],
    attribute: &Attribute,
    wanted: Option<&Type>,
) -> Inferred {
    let types: SmallVec<[&Type; 4]> = operands.iter().map(|&id| graph.ty(id)).collect();
    let ty = infer_from(graph, primitive, operands, &types, attribute, wanted)?;
    if ty.shape.len() > MAX_RANK {
        return Err(shape_error(format!("{} axes are more than {MAX_RANK}", ty.shape.len())));
    }
    element_count(&ty.shape)?;
    Ok(ty)
}

impl Graph {
    /// The type of an elementwise node that has the type of an operand, as most have; nothing
    /// where [`infer`] has to be asked.
    #[inline]
    pub(crate) fn usual_type(
        &self,
        primitive: Primitive,
        operands: &[NodeId],
        attribute: &Attribute,
    ) -> Option<u32> {
        let ty = |x: NodeId| self.nodes[x.index()].ty;
        let dtype = |ty: u32| self.types[ty as usize].dtype;
        let found = match (primitive, operands) {
            (Primitive::Unary(_), &[x]) => ty(x),
            (Primitive::Binary(_), &[a, b]) => match (ty(a), ty(b)) {
                (a, b) if a == b => a,
                (a, 0) if dtype(a) == DType::Float64 => a,
                (0, b) if dtype(b) == DType::Float64 => b,
                _ => return None,
            },
            _ => return None,
        };
        (matches!(attribute, Attribute::None) && dtype(found) != DType::Bool).then_some(found)
    }
}

fn infer_from(
    graph: &Graph,
    primitive: Primitive,
    operands: &[NodeId],
    types: &[&Type],
    attribute: &Attribute,
    wanted: Option<&Type>,
) -> Inferred {
    use Primitive as P;
    let name = primitive.name();
    let wrong = || shape_error(format!("{name} takes other operands than these {}", types.len()));
    match (primitive, types, attribute) {
        (P::Input, [], Attribute::None) => wanted.cloned().ok_or_else(wrong),
        (P::Constant, [], Attribute::Value(array)) => Ok(Type::of(array)),
        (P::Unary(_), [x], Attribute::None) => numeric(name, x),
        (P::Order(_), [x], Attribute::Integer(0..=MAX_ORDER)) => floating(name, x).cloned(),
        (P::Binary(_), [a, b], Attribute::None) => {
            numeric(name, a)?;
            Ok(Type { dtype: same_dtype(name, a, b)?, shape: broadcast_shapes(&a.shape, &b.shape)? })
        }
        (P::Compare(_), [a, b], Attribute::None) => {
            same_dtype(name, a, b)?;
            Ok(Type { dtype: DType::Bool, shape: broadcast_shapes(&a.shape, &b.shape)? })
        }
        (P::Logical(_), [a, b], Attribute::None) => {
            truth(name, a)?;
            truth(name, b)?;
            Ok(Type { dtype: DType::Bool, shape: broadcast_shapes(&a.shape, &b.shape)? })
        }
        (P::Test(Test::Not), [x], Attribute::None) => truth(name, x).cloned(),
        (P::Test(_), [x], Attribute::None) => Ok(floating(name, x)?.with_dtype(DType::Bool)),
        (P::Select, [c, a, b], Attribute::None) => {
            truth(name, c)?;
            let shape = broadcast_shapes(&c.shape, &broadcast_shapes(&a.shape, &b.shape)?)?;
            Ok(Type { dtype: same_dtype(name, a, b)?, shape })
        }
        (P::Convert, [x], Attribute::None) => {
            wanted.filter(|w| w.shape == x.shape).cloned().ok_or_else(wrong)
        }
        (P::Reduce(f), [x], Attribute::Axes(axes)) => reduced(f, x, axes),
        (P::Cumsum | P::CumsumReverse, [x], Attribute::Axis(axis)) => {
            axis_of(name, x, *axis)?;
            numeric(name, x)
        }
        (P::Reshape, [x], Attribute::None) => {
            let to = wanted.filter(|w| w.dtype == x.dtype).ok_or_else(wrong)?;
            if element_count(&to.shape)? != element_count(&x.shape)? {
                let (from, to) = (tuple(&x.shape), tuple(&to.shape));
                return Err(shape_error(format!("cannot reshape an array of shape {from} into {to}")));
            }
            Ok(to.clone())
        }
        (P::Transpose, [x], Attribute::Axes(axes)) => transposed(x, axes),
        (P::Broadcast, [x], Attribute::None) => {
            let to = wanted.filter(|w| w.dtype == x.dtype).ok_or_else(wrong)?;
            if broadcast_shapes(&x.shape, &to.shape)? == to.shape {
                Ok(to.clone())
            } else {
                let (from, to) = (tuple(&x.shape), tuple(&to.shape));
                Err(shape_error(format!("cannot broadcast an array of shape {from} to {to}")))
            }
        }
        (P::Slice, [x], Attribute::Slices(slices)) => {
            let to = wanted.filter(|w| w.dtype == x.dtype).ok_or_else(wrong)?;
            check_slices(slices, &to.shape, &x.shape)?;
            Ok(to.clone())
        }
        (P::Unslice, [x], Attribute::Slices(slices)) => {
            let to = wanted.filter(|w| w.dtype == x.dtype).ok_or_else(wrong)?;
            check_slices(slices, &x.shape, &to.shape)?;
            Ok(to.clone())
        }
        (P::Concatenate, [first, rest @ ..], Attribute::Axis(axis)) => concatenated(first, rest, *axis),
        (P::Element, [x], Attribute::None) => Ok(Type { dtype: x.dtype, shape: Shape::new() }),
        (P::Stack, [first, rest @ ..], Attribute::Integer(0)) => {
            if let Some(other) = rest.iter().find(|row| *row != first) {
                let (a, b) = (tuple(&first.shape), tuple(&other.shape));
                return Err(shape_error(format!("arrays of shapes {a} and {b} do not stack")));
            }
            let shape = std::iter::once(types.len()).chain(first.shape.iter().copied()).collect();
            Ok(Type { dtype: first.dtype, shape })
        }
        (P::Gather, [x, places], Attribute::Axis(axis)) => {
            axis_of(name, x, *axis)?;
            integers(name, places)?;
            Ok(Type { dtype: x.dtype, shape: replaced(&x.shape, *axis, &places.shape) })
        }
        (P::ScatterAdd, [x, places], Attribute::Axis(axis)) => {
            let to = wanted.filter(|w| w.dtype == x.dtype).ok_or_else(wrong)?;
            axis_of(name, to, *axis)?;
            integers(name, places)?;
            if x.shape == replaced(&to.shape, *axis, &places.shape) { Ok(to.clone()) } else { Err(wrong()) }
        }
        (P::Put, [x, places, values], Attribute::None) => {
            integers(name, places)?;
            same_dtype(name, x, values)?;
            if values.shape == places.shape { Ok((*x).clone()) } else { Err(wrong()) }
        }
        (P::Argsort, [x], Attribute::Axis(axis)) => {
            axis_of(name, x, *axis)?;
            Ok(x.with_dtype(DType::Int64))
        }
        (P::Contract | P::StrongContract, [a, b], Attribute::Contraction(labels)) => contracted(a, b, labels),
        (P::Factor(f), [x], Attribute::None) => {
            let [rows, columns] = matrix(name, x)?;
            if matches!(f, Factor::Lu | Factor::Eigh) && rows != columns {
                return Err(not_square(name, x));
            }
            Ok((*x).clone())
        }
        (P::Part(part), [_, rest @ ..], Attribute::None) => {
            let P::Factor(factor) = graph.primitive(operands[0]) else { return Err(wrong()) };
            part_of(name, part, factor, types[0], rest)
        }
        (P::Cholesky | P::Cofactor | P::Expm, [x], Attribute::None) => square(name, x).cloned(),
        (P::OverGaps(gap), [e, w], Attribute::None | Attribute::Axes(_)) => over_gaps(name, gap, e, w),
        (P::CofactorFrechet, [a, along @ ..], Attribute::None) if !along.is_empty() => {
            square(name, a)?;
            for e in along {
                same_dtype(name, a, e)?;
            }
            if along.iter().all(|e| e.shape == a.shape) { Ok((*a).clone()) } else { Err(wrong()) }
        }
        (P::ExpmFrechet, [a, e], Attribute::None) => {
            square(name, a)?;
            same_dtype(name, a, e)?;
            if a.shape == e.shape { Ok((*e).clone()) } else { Err(wrong()) }
        }
        (P::TriangularSolve | P::TriangularSolveTransposed, [l, b], Attribute::None) => {
            square(name, l)?;
            solved(name, l, b)
        }
        (P::Foreign, _, Attribute::Foreign { .. }) => wanted.cloned().ok_or_else(wrong),
        _ => Err(wrong()),
    }
}

/// The largest order of polygamma and of the derivatives of sinc.
const MAX_ORDER: i64 = 64;

fn numeric(name: &'static str, x: &Type) -> Inferred {
    match x.dtype {
        DType::Bool => Err(GraphError::DType { primitive: name, seen: x.dtype }),
        _ => Ok(x.clone()),
    }
}

fn floating<'a>(name: &'static str, x: &'a Type) -> Result<&'a Type, GraphError> {
    if x.dtype.is_float() { Ok(x) } else { Err(GraphError::DType { primitive: name, seen: x.dtype }) }
}

fn truth<'a>(name: &'static str, x: &'a Type) -> Result<&'a Type, GraphError> {
    match x.dtype {
        DType::Bool => Ok(x),
        seen => Err(GraphError::DType { primitive: name, seen }),
    }
}

fn integers(name: &'static str, x: &Type) -> Result<(), GraphError> {
    match x.dtype {
        DType::Int64 => Ok(()),
        seen => Err(GraphError::DType { primitive: name, seen }),
    }
}

fn same_dtype(name: &'static str, a: &Type, b: &Type) -> Result<DType, GraphError> {
    if a.dtype == b.dtype { Ok(a.dtype) } else { Err(GraphError::DType { primitive: name, seen: b.dtype }) }
}

fn axis_of(name: &str, x: &Type, axis: usize) -> Result<(), GraphError> {
    if axis < x.shape.len() {
        return Ok(());
    }
    let shape = tuple(&x.shape);
    Err(shape_error(format!("{name}: axis {axis} is out of bounds for an array of shape {shape}")))
}

fn reduced(f: Reduction, x: &Type, axes: &[usize]) -> Inferred {
    let name = f.name();
    let dtype = match f {
        Reduction::Any | Reduction::All => truth(name, x)?.dtype,
        Reduction::Argmax | Reduction::Argmin => DType::Int64,
        Reduction::Logsumexp | Reduction::Norm => floating(name, x)?.dtype,
        Reduction::Sum | Reduction::Max | Reduction::Min => numeric(name, x)?.dtype,
    };
    if !axes.is_sorted_by(|a, b| a < b) {
        return Err(shape_error(format!("{name}: axes {axes:?} are not distinct")));
    }
    for &axis in axes {
        axis_of(name, x, axis)?;
        let needs_one = !matches!(
            f,
            Reduction::Sum | Reduction::Any | Reduction::All | Reduction::Norm | Reduction::Logsumexp
        );
        if needs_one && x.shape[axis] == 0 {
            let shape = tuple(&x.shape);
            return Err(shape_error(format!(
                "{name} of an empty array (shape {shape}, axis {axis}) has no value"
            )));
        }
    }
    let kept = x.shape.iter().enumerate().filter(|(k, _)| !axes.contains(k)).map(|(_, &n)| n);
    Ok(Type { dtype, shape: kept.collect() })
}

fn transposed(x: &Type, axes: &[usize]) -> Inferred {
    let mut seen: SmallVec<[bool; 8]> = smallvec::smallvec![false; x.shape.len()];
    let distinct = axes.iter().all(|&axis| axis < seen.len() && !std::mem::replace(&mut seen[axis], true));
    if axes.len() != x.shape.len() || !distinct {
        let shape = tuple(&x.shape);
        return Err(shape_error(format!("axes {axes:?} do not permute an array of shape {shape}")));
    }
    Ok(Type { dtype: x.dtype, shape: axes.iter().map(|&axis| x.shape[axis]).collect() })
}

pub fn check_slices(slices: &[Sliced], part: &[usize], whole: &[usize]) -> Result<(), GraphError> {
    let fits = |((slice, &count), &length): ((&Sliced, &usize), &usize)| {
        let reach = (count as i128 - 1) * slice.step as i128 + slice.start as i128;
        count == 0 || (slice.start < length && slice.step != 0 && (0..length as i128).contains(&reach))
    };
    let same_rank = slices.len() == whole.len() && part.len() == whole.len();
    if same_rank && slices.iter().zip(part).zip(whole).all(fits) {
        return Ok(());
    }
    Err(shape_error(format!("a slice of shape {} reaches outside {}", tuple(part), tuple(whole))))
}

fn concatenated(first: &Type, rest: &[&Type], axis: usize) -> Inferred {
    axis_of("concatenate", first, axis)?;
    let mut shape = first.shape.clone();
    for part in rest {
        same_dtype("concatenate", first, part)?;
        let fits = part.shape.len() == shape.len()
            && part.shape.iter().zip(&shape).enumerate().all(|(k, (n, m))| k == axis || n == m);
        if !fits {
            let (a, b) = (tuple(&first.shape), tuple(&part.shape));
            return Err(shape_error(format!("arrays of shapes {a} and {b} do not join along axis {axis}")));
        }
        let length = shape[axis].checked_add(part.shape[axis]);
        shape[axis] = length.ok_or_else(|| GraphError::TooLarge { shape: part.shape.clone() })?;
    }
    Ok(Type { dtype: first.dtype, shape })
}

/// A shape with one axis replaced by others.
fn replaced(shape: &[usize], axis: usize, by: &[usize]) -> Shape {
    shape[..axis].iter().chain(by).chain(&shape[axis + 1..]).copied().collect()
}

fn contracted(a: &Type, b: &Type, labels: &Labels) -> Inferred {
    let dtype = same_dtype("contract", a, b)?;
    numeric("contract", a)?;
    let distinct = |list: &[u8]| (1..list.len()).all(|k| !list[..k].contains(&list[k]));
    if labels.left.len() != a.shape.len()
        || labels.right.len() != b.shape.len()
        || ![&labels.left, &labels.right, &labels.out].iter().all(|list| distinct(list))
    {
        return Err(shape_error("the labels of a contraction do not fit its operands"));
    }
    let length = |label: &u8| {
        let at = |list: &[u8], ty: &Type| list.iter().position(|l| l == label).map(|k| ty.shape[k]);
        match (at(&labels.left, a), at(&labels.right, b)) {
            (Some(n), Some(m)) if n != m => {
                let (a, b) = (tuple(&a.shape), tuple(&b.shape));
                Err(shape_error(format!("operands of shapes {a} and {b} do not fit: {n} is not {m}")))
            }
            (Some(n), _) | (None, Some(n)) => Ok(n),
            (None, None) => Err(shape_error("a label of the result stands in no operand")),
        }
    };
    for label in labels.left.iter().chain(&labels.right) {
        length(label)?;
        let both = labels.left.contains(label) && labels.right.contains(label);
        if !both && !labels.out.contains(label) {
            return Err(shape_error("a label of one operand alone must stand in the result"));
        }
    }
    Ok(Type { dtype, shape: labels.out.iter().map(length).collect::<Result<_, _>>()? })
}

fn matrix(name: &'static str, x: &Type) -> Result<[usize; 2], GraphError> {
    floating(name, x)?;
    if let [.., rows, columns] = x.shape[..] {
        return Ok([rows, columns]);
    }
    let shape = tuple(&x.shape);
    Err(shape_error(format!("{name} takes matrices, got an array of shape {shape}")))
}

fn not_square(name: &str, x: &Type) -> GraphError {
    shape_error(format!("{name} takes square matrices, got an array of shape {}", tuple(&x.shape)))
}

fn square<'a>(name: &'static str, x: &'a Type) -> Result<&'a Type, GraphError> {
    let [rows, columns] = matrix(name, x)?;
    if rows == columns { Ok(x) } else { Err(not_square(name, x)) }
}

/// The type of X in A X = B: a stack of matrices like B.
fn solved(name: &'static str, a: &Type, b: &Type) -> Inferred {
    same_dtype(name, a, b)?;
    let [rows, _] = matrix(name, b)?;
    let (stack_a, stack_b) = (&a.shape[..a.shape.len() - 2], &b.shape[..b.shape.len() - 2]);
    if stack_a != stack_b || rows != a.shape[a.shape.len() - 1] {
        let (a, b) = (tuple(&a.shape), tuple(&b.shape));
        return Err(shape_error(format!(
            "{name}: a matrix of shape {a} and right sides of shape {b} do not fit"
        )));
    }
    Ok(b.clone())
}

/// The type of a stack of matrices divided by gaps of a stack of spectra.
fn over_gaps(name: &'static str, gap: Gap, e: &Type, w: &Type) -> Inferred {
    same_dtype(name, e, w)?;
    let [rows, columns] = matrix(name, e)?;
    let wanted = [&e.shape[..e.shape.len() - 2], &[columns]].concat();
    if w.shape.as_slice() == wanted && (gap == Gap::Column || rows == columns) {
        return Ok(e.clone());
    }
    let (e, w) = (tuple(&e.shape), tuple(&w.shape));
    Err(shape_error(format!("{name}: matrices of shape {e} and spectra of shape {w} do not fit")))
}

fn part_of(name: &'static str, part: Part, factor: Factor, a: &Type, rest: &[&Type]) -> Inferred {
    let (stack, [rows, columns]) = (&a.shape[..a.shape.len() - 2], matrix(name, a)?);
    let small = rows.min(columns);
    let shaped = |last: &[usize]| Type::new(a.dtype, &[stack, last].concat());
    match (factor, part, rest) {
        (Factor::Lu, Part::Solve | Part::SolveTransposed, [b]) => solved(name, a, b),
        (Factor::Lu, Part::Inverse, []) => Ok(a.clone()),
        (Factor::Lu, Part::Det | Part::DetSign | Part::LogAbsDet, []) => Ok(shaped(&[])),
        (Factor::Qr, Part::Q, []) => Ok(shaped(&[rows, small])),
        (Factor::Qr, Part::R, []) => Ok(shaped(&[small, columns])),
        (Factor::QrComplete, Part::Q, []) => Ok(shaped(&[rows, rows])),
        (Factor::QrComplete, Part::R, []) => Ok(a.clone()),
        (Factor::Eigh, Part::Eigenvalues, []) => Ok(shaped(&[rows])),
        (Factor::Eigh, Part::Eigenvectors, []) => Ok(a.clone()),
        (Factor::Svd | Factor::SvdFull, Part::SingularValues, []) => Ok(shaped(&[small])),
        (Factor::Svd, Part::U, []) => Ok(shaped(&[rows, small])),
        (Factor::Svd, Part::Vt, []) => Ok(shaped(&[small, columns])),
        (Factor::Svd, Part::Vectors, []) => Ok(shaped(&[rows + columns, small])),
        (Factor::Svd, Part::PseudoInverse, [t]) if t.dtype == a.dtype && t.shape.as_slice() == stack => {
            Ok(shaped(&[columns, rows]))
        }
        (Factor::SvdFull, Part::U, []) => Ok(shaped(&[rows, rows])),
        (Factor::SvdFull, Part::Vt, []) => Ok(shaped(&[columns, columns])),
        _ => Err(shape_error(format!("a factorisation {} has no part {name}", factor.name()))),
    }
}
