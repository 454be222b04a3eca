//! Functions of several matrices in NumPy and SciPy.

use super::Numpy;
use super::value::Value;
use crate::node::{Id, Place};

impl Numpy<'_> {
    /// The Kronecker product; what is one row or one column is an array of one axis.
    pub(super) fn kron(&mut self, x: Id, y: Id) -> Value {
        let types = [self.store.ty(x), self.store.ty(y)];
        let flat = types.iter().all(|ty| ty.is_column()) || types.iter().all(|ty| ty.is_row());
        let mut value = |id: Id| {
            let (value, ty) = (self.part(id), self.store.ty(id));
            match () {
                () if flat => value,
                () if ty.is_column() => value.suffixed("[:, None]"),
                () if ty.is_row() => value.suffixed("[None, :]"),
                () => value,
            }
        };
        let (x, y) = (value(x), value(y));
        Value::call("np.kron", &[&x, &y])
    }
    /// One factor of what stands in the place of a Kronecker product.
    pub(super) fn kron_factor(&mut self, place: Place, id: Id, whole: Id, other: Id) -> Value {
        let types = [self.store.ty(id), self.store.ty(other)];
        let [own, beside] = types.map(|ty| [self.size(ty.rows), self.size(ty.columns)]);
        let ([a, c], [b, d], labels) = match place {
            Place::Left => (own, &beside, "ikjl,kl->ij"),
            Place::Right => (beside.clone(), &own, "kilj,kl->ij"),
        };
        let whole = self.part(whole);
        let shape = Value::atom(format!("({}, {}, {}, {})", a.text(), b.text(), c.text(), d.text()));
        let blocks = Value::call("np.reshape", &[&whole, &shape]);
        let other = self.part(other);
        let shape = Value::atom(format!("({}, {})", beside[0].text(), beside[1].text()));
        let other = Value::call("np.reshape", &[&other, &shape]);
        let factor = Value::call("np.einsum", &[&Value::atom(format!("\"{labels}\"")), &blocks, &other]);
        if types[0].is_column() || types[0].is_row() { factor.suffixed(".reshape(-1)") } else { factor }
    }

    /// The derivative of the matrix exponential.
    pub(super) fn expm_frechet(&mut self, x: Id, along: &[Id]) -> Value {
        let operands: Vec<_> = std::iter::once(&x).chain(along).map(|&operand| self.part(operand)).collect();
        let mut operands: Vec<_> = operands.iter().collect();
        if along.len() > 1 {
            return Value::call("dexpm", &operands);
        }
        let only = Value::atom("compute_expm=False");
        operands.push(&only);
        Value::call("scipy.linalg.expm_frechet", &operands)
    }

    /// The derivative of the matrix of cofactors.
    pub(super) fn cofactor_frechet(&mut self, x: Id, along: &[Id]) -> Value {
        let operands: Vec<_> = std::iter::once(&x).chain(along).map(|&operand| self.part(operand)).collect();
        let name = if along.len() == 1 { "dcof" } else { "dcof_along" };
        Value::call(name, &operands.iter().collect::<Vec<_>>())
    }

    /// The solution of an equation of Sylvester; a column or a row stands as a matrix.
    pub(super) fn sylvester(&mut self, operands: [Id; 3]) -> Value {
        let [a, b, c] = operands.map(|operand| self.part(operand));
        Value::call("scipy.linalg.solve_sylvester", &[&a, &b, &c])
    }
}
