//! Line-search methods for several variables: directions and the outer iteration.
//!
//! * [`Objective`]: the function, its gradient and, where a direction wants it, its Hessian;
//! * [`Line`]: phi(alpha) = f(x + alpha d), evaluated on demand, cached and counted;
//! * [`directions`]: gradient descent, momentum, conjugate gradients, BFGS, L-BFGS, Newton;
//! * [`minimize`]: the outer iteration with its stopping rules and report.
//!
//! ```
//! use pyframe_linesearch::criteria::Wolfe;
//! use pyframe_linesearch::initial::Unit;
//! use pyframe_linesearch::search::{Limits, LineSearch};
//! use pyframe_linesearch::strategies::Interpolation;
//! use pyframe_optimize::{Fault, Objective, Options, directions::Lbfgs, minimize};
//!
//! struct Sphere;
//! impl Objective for Sphere {
//!     fn value(&mut self, x: &[f64]) -> Result<f64, Fault> {
//!         Ok(x.iter().map(|x| x * x).sum())
//!     }
//!     fn gradient(&mut self, x: &[f64], g: &mut [f64]) -> Result<(), Fault> {
//!         g.iter_mut().zip(x).for_each(|(g, x)| *g = 2.0 * x);
//!         Ok(())
//!     }
//! }
//!
//! let criterion = Box::new(Wolfe::new(1e-4, 0.9).unwrap());
//! let mut search = LineSearch::new(criterion, Box::<Interpolation>::default(), Limits::default()).unwrap();
//! let report = minimize(
//!     &mut Sphere,
//!     &[3.0, -4.0],
//!     &mut Lbfgs::new(10).unwrap(),
//!     &mut search,
//!     &mut Unit,
//!     &Options::default(),
//!     &mut |_| Ok(false),
//! )
//! .unwrap();
//! assert!(report.x.iter().all(|x| x.abs() < 1e-5));
//! ```

pub mod directions;
mod line;
pub mod memory;
mod minimize;
mod objective;
pub mod vector;

pub use line::Line;
pub use minimize::{Options, Progress, Report, minimize};
use objective::Work;
pub use objective::{Counts, Curvature, Objective};
pub use pyframe_linesearch::Fault;
