//! Every allocation of the module, each able to fail: arrays, faer's scratch, the product's workspace.

use std::cell::Cell;
use std::mem::size_of;

use faer::dyn_stack::{MemBuffer, StackReq};

use super::DenseError;

/// `rows`·`cols` copies of `value`.
pub(super) fn try_vec<T: Clone>(rows: usize, cols: usize, value: T) -> Result<Vec<T>, DenseError> {
    let len = entries(rows, cols)?;
    let mut out = Vec::new();
    out.try_reserve_exact(len).map_err(|_| refused::<T>(len))?;
    out.resize(len, value);
    Ok(out)
}

/// Makes room for `more` numbers behind those that a list holds.
pub(super) fn try_reserve<T>(list: &mut Vec<T>, more: usize) -> Result<(), DenseError> {
    list.try_reserve(more).map_err(|_| refused::<T>(more))
}

/// How many entries a matrix has; an error where they cannot be counted.
pub(super) fn entries(rows: usize, cols: usize) -> Result<usize, DenseError> {
    rows.checked_mul(cols).ok_or(DenseError::OutOfMemory { bytes: usize::MAX, what: "matrix" })
}

fn refused<T>(len: usize) -> DenseError {
    DenseError::OutOfMemory { bytes: len.saturating_mul(size_of::<T>()), what: "matrix" }
}

/// The scratch memory of a faer routine, asked for by its `_scratch` function.
pub(super) fn scratch(request: StackReq) -> Result<MemBuffer, DenseError> {
    product_workspace()?;
    MemBuffer::try_new(request)
        .map_err(|_| DenseError::OutOfMemory { bytes: request.size_bytes(), what: "scratch memory" })
}

/// Makes sure that the matrix product's packing buffers can be had on this thread.
///
/// faer's product keeps two buffers of the size of the last-level cache per thread and gets them,
/// the first time, from an allocator call that ends the process when refused.  Their size is not
/// public, so as much is asked for and given back here, where a refusal is an error.
pub(super) fn product_workspace() -> Result<(), DenseError> {
    thread_local! { static KNOWN: Cell<bool> = const { Cell::new(false) } }
    if KNOWN.get() {
        return Ok(());
    }
    let bytes = 2 * last_level_cache() + (1 << 16);
    let mut probe = Vec::<u8>::new();
    probe
        .try_reserve_exact(bytes)
        .map_err(|_| DenseError::OutOfMemory { bytes, what: "workspace of the matrix product" })?;
    // Without a use of its address the compiler may leave the allocation out.
    std::hint::black_box(probe.as_mut_ptr());
    drop(probe);
    KNOWN.set(true);
    Ok(())
}

/// Bytes of the last-level cache as Linux tells them; elsewhere a common size.
fn last_level_cache() -> usize {
    const COMMON: usize = 32 << 20;
    std::fs::read_to_string("/sys/devices/system/cpu/cpu0/cache/index3/size")
        .ok()
        .and_then(|text| {
            let text = text.trim();
            let (digits, unit) = match text.as_bytes().last()? {
                b'K' => (&text[..text.len() - 1], 1 << 10),
                b'M' => (&text[..text.len() - 1], 1 << 20),
                b'G' => (&text[..text.len() - 1], 1 << 30),
                _ => (text, 1),
            };
            digits.parse::<usize>().ok()?.checked_mul(unit)
        })
        .unwrap_or(COMMON)
        .min(1 << 30)
}
