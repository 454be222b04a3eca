//! Matrix expressions: wrappers of `pyframe_matcalc`.

mod building;
mod declared;
mod deriving;
mod formula;
mod keeping;
mod outside;
mod pauses;
mod reading;
mod running;
mod showing;

pub use formula::Formula;
pub use pauses::look_up;
pub use running::contraction;
pub use showing::Listed;
