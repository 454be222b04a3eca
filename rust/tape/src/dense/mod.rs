//! Dense linear algebra on one matrix at a time; factorisations and products from faer.
