//! Names that stand for numbers, unless the user gives them to something else.

use std::f64::consts::PI;

use super::tree::{Syntax, Tree};

const CONSTANTS: [(&str, f64); 1] = [("pi", PI)];

impl Tree {
    /// With numbers for the names of constants: for those that are not declared, neither as symbols
    /// nor as sizes, and stand nowhere as a size or transposed, as what they name does then.
    #[must_use]
    pub fn with_constants(mut self, declared: &[(&str, Option<&str>)]) -> Self {
        for (name, number) in CONSTANTS {
            let Some(place) = self.names.iter().position(|own| own == name) else { continue };
            let is_size = |shape: &str| shape.split([',', '*']).any(|size| size.trim() == name);
            let given = |&(own, shape): &(&str, Option<&str>)| own == name || shape.is_some_and(is_size);
            if !declared.iter().any(given) && !self.names_more_than_a_number(place) {
                self.replace(place, number);
            }
        }
        self
    }

    fn names_more_than_a_number(&self, place: usize) -> bool {
        let is_name = |node: u32| self.nodes[node as usize] == Syntax::Name(place as u32);
        (0..self.nodes.len() as u32).any(|node| match self.nodes[node as usize] {
            Syntax::Transpose(operand) => is_name(operand),
            _ => self.sizes[node as usize] && is_name(node),
        })
    }

    fn replace(&mut self, place: usize, number: f64) {
        self.names.remove(place);
        for node in &mut self.nodes {
            match node {
                Syntax::Name(name) if *name as usize == place => *node = Syntax::Number(number),
                Syntax::Name(name) if *name as usize > place => *name -= 1,
                _ => {}
            }
        }
    }
}
