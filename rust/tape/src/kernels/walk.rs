//! Walking over several strided arrays of one shape at once, a row at a time.

use smallvec::SmallVec;

/// Call `row(starts, strides, count)` for every row of the shape, in order.  Axes that run on
/// from one another in all arrays are walked as one.
pub fn rows<const N: usize>(
    shape: &[usize],
    strides: [&[isize]; N],
    offsets: [usize; N],
    mut row: impl FnMut([isize; N], [isize; N], usize),
) {
    if shape.contains(&0) {
        return;
    }
    let mut lengths: SmallVec<[usize; 8]> = SmallVec::new();
    let mut steps: SmallVec<[[isize; N]; 8]> = SmallVec::new();
    for axis in 0..shape.len() {
        if shape[axis] == 1 {
            continue;
        }
        let own = strides.map(|s| s[axis]);
        if let (Some(length), Some(outer)) = (lengths.last_mut(), steps.last_mut())
            && (0..N).all(|k| outer[k] == own[k] * shape[axis] as isize)
        {
            *length *= shape[axis];
            *outer = own;
            continue;
        }
        lengths.push(shape[axis]);
        steps.push(own);
    }
    let inner = lengths.pop().unwrap_or(1);
    let inner_steps = steps.pop().unwrap_or([0; N]);
    // Rows of one length after another have a loop of their own: there may be many short ones.
    let (many, down) = (lengths.pop().unwrap_or(1), steps.pop().unwrap_or([0; N]));
    let mut starts = offsets.map(|o| o as isize);
    let mut index: SmallVec<[usize; 8]> = smallvec::smallvec![0; lengths.len()];
    loop {
        let mut first = starts;
        for _ in 0..many {
            row(first, inner_steps, inner);
            for k in 0..N {
                first[k] += down[k];
            }
        }
        let mut axis = lengths.len();
        loop {
            let Some(next) = axis.checked_sub(1) else { return };
            axis = next;
            index[axis] += 1;
            for k in 0..N {
                starts[k] += steps[axis][k];
            }
            if index[axis] < lengths[axis] {
                break;
            }
            for k in 0..N {
                starts[k] -= steps[axis][k] * lengths[axis] as isize;
            }
            index[axis] = 0;
        }
    }
}

/// Strides of an array stretched to a shape.
pub fn stretched(shape: &[usize], strides: &[isize], to: &[usize]) -> SmallVec<[isize; 4]> {
    let added = to.len() - shape.len();
    let own = |axis: usize| {
        let k = axis.checked_sub(added)?;
        (shape[k] != 1 || to[axis] == 1).then_some(strides[k])
    };
    (0..to.len()).map(|axis| own(axis).unwrap_or(0)).collect()
}
