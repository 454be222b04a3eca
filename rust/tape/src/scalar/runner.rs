//! Code with a table of its own, for whoever runs it many times in a row: arguments that stay
//! the same are written once, and nothing is locked or allocated in between.

use std::sync::Arc;

use super::code::{Code, Table};
use crate::Program;

/// A program's code between its runs.
#[derive(Debug)]
pub struct Runner {
    program: Arc<Program>,
    table: Table,
}

impl Runner {
    /// Nothing when the program has no code.
    pub fn new(program: Arc<Program>) -> Option<Self> {
        let table = program.code()?.borrow();
        Some(Self { program, table })
    }

    #[inline]
    fn parts(&mut self) -> Option<(&Code, &mut Table)> {
        Some((self.program.code()?, &mut self.table))
    }

    /// Take these numbers for the elements of the arguments from the place `at` on, one
    /// argument after another.
    #[inline]
    pub fn set(&mut self, at: usize, numbers: &[f64]) {
        let Some((code, table)) = self.parts() else { return };
        let arguments = &mut table.values[code.constants..code.start.len()][at..][..numbers.len()];
        // A loop: there are few of them, and a call to copy memory costs more.
        arguments.iter_mut().zip(numbers).for_each(|(argument, &number)| *argument = number);
    }

    /// Compute; the first number of the results, or nothing when a guard fails.
    #[inline]
    pub fn run(&mut self) -> Option<f64> {
        let (code, table) = self.parts()?;
        code.forward::<false>(table);
        code.first(table)
    }

    /// Whether every guard holds when all arguments together are these numbers.
    #[inline(always)]
    pub fn holds(&mut self, numbers: &[f64]) -> bool {
        self.parts().is_some_and(|(code, table)| {
            let arguments = &mut table.values[code.constants..code.start.len()];
            arguments.iter_mut().zip(numbers).for_each(|(argument, &number)| *argument = number);
            code.forward::<false>(table);
            code.checked(table).is_ok()
        })
    }

    /// Compute forth and back, where the code [can](Code::has_gradient): the number, and the
    /// derivatives by the first argument into `g`; nothing when a guard fails.
    #[inline]
    pub fn sweep(&mut self, g: &mut [f64]) -> Option<f64> {
        let (code, table) = self.parts()?;
        code.forward::<true>(table);
        let value = code.first(table)?;
        code.back(table);
        g.copy_from_slice(&table.adjoints[code.arguments[0].clone()]);
        Some(value)
    }

    /// The elements of the result with this number, after a run.
    pub fn result(&self, number: usize) -> impl Iterator<Item = f64> {
        let places = self.program.code().map_or(&[][..], |code| &code.outputs[number]);
        places.iter().map(|&place| self.table.values[place as usize])
    }
}

impl Code {
    /// The first number of the results, when every guard holds.
    #[inline]
    fn first(&self, table: &Table) -> Option<f64> {
        self.checked(table).ok()?;
        let place = self.outputs.first()?.first()?;
        Some(table.values[*place as usize])
    }
}

/// Another one of the same program.
impl Clone for Runner {
    fn clone(&self) -> Self {
        let table = self.program.code().map(Code::borrow).unwrap_or_default();
        Self { program: self.program.clone(), table }
    }
}

impl Drop for Runner {
    fn drop(&mut self) {
        if let Some(code) = self.program.code() {
            code.give_back(std::mem::take(&mut self.table));
        }
    }
}
