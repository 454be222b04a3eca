//! Dense linear algebra: reconstructions, closed forms, odd shapes and bad input.

#[path = "dense/tools.rs"]
mod tools;

#[path = "dense/factorisations.rs"]
mod factorisations;
#[path = "dense/faults.rs"]
mod faults;
#[path = "dense/functions.rs"]
mod functions;
#[path = "dense/products.rs"]
mod products;
#[path = "dense/systems.rs"]
mod systems;
