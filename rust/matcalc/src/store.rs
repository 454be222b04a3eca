//! Where expressions live: each once, so that equal ones are the same.

use std::cmp::Ordering;

use rustc_hash::FxHashMap;

use crate::facts::Facts;
use crate::limits::{made, worked};
use crate::node::{Function, Id, Node, Real, Terms};
use crate::size::{Sizes, Type};

/// What is known of a name.
#[derive(Clone, Debug, PartialEq)]
pub struct Declaration {
    /// The name in text.
    pub name: Box<str>,
    /// Rows and columns.
    pub ty: Type,
    /// What is assumed.
    pub facts: Facts,
    /// The symbol that this is the differential of, and which of its differentials.
    pub differential: Option<(Id, u32)>,
}

/// Expressions, in the order in which they were made.
#[derive(Debug, Default)]
pub struct Store {
    /// Their sizes.
    pub sizes: Sizes,
    nodes: Vec<Node>,
    types: Vec<Type>,
    facts: Vec<Facts>,
    symbols: Vec<(Declaration, Id)>,
    known: FxHashMap<Node, Id>,
    /// Transposes made before, and the number in front of each.
    pub(crate) transposed: FxHashMap<Id, (Id, f64)>,
    /// Operators from outside.
    operators: Vec<Operator>,
}

/// An operator from outside, for operands of these types.
#[derive(Clone, Debug, PartialEq)]
pub struct Operator {
    /// The name in text.
    pub name: Box<str>,
    /// The number it was registered under in this process.
    pub function: u64,
    /// Symbols that stand for its operands, which have their types.
    pub operands: Vec<Id>,
    /// The type of its result.
    pub ty: Type,
    /// What is known of its result.
    pub facts: Facts,
    /// Its differential along each operand: a symbol that stands for that operand's, and an
    /// expression that is linear in it; nothing is zero.  As many as operands, or none when
    /// there is no rule.
    pub rules: Vec<Option<(Id, Id)>>,
    /// The operand in which it is linear, when there is one: its differential along that is the
    /// operator itself.
    pub linear: Option<usize>,
    /// The adjoint in that operand: a symbol that stands for the adjoint of the result, and an
    /// expression that is linear in it.
    pub transposed: Option<(Id, Id)>,
}

impl Store {
    /// How many expressions there are.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// What it is made of.
    pub fn node(&self, id: Id) -> &Node {
        &self.nodes[id.index()]
    }

    /// Rows and columns.
    pub fn ty(&self, id: Id) -> Type {
        self.types[id.index()]
    }

    /// What is known of it.
    pub fn facts(&self, id: Id) -> Facts {
        self.facts[id.index()]
    }

    /// Whether it is known to be so.
    pub fn is(&self, id: Id, facts: Facts) -> bool {
        self.facts[id.index()].contains(facts)
    }

    /// The expression of this form, made if there is none.
    pub(crate) fn intern(&mut self, node: Node, ty: Type) -> Id {
        let operands = node.arity();
        worked(operands);
        if let Some(&id) = self.known.get(&node) {
            return id;
        }
        made(operands);
        let id = Id(self.nodes.len() as u32);
        let facts = Facts::of(self, &node, ty);
        self.nodes.push(node.clone());
        self.types.push(ty);
        self.facts.push(facts);
        self.known.insert(node, id);
        id
    }

    /// A name; the same declaration gives the same expression.
    pub fn symbol(&mut self, declaration: Declaration) -> Id {
        if let Some((_, id)) = self.symbols.iter().find(|(own, _)| *own == declaration) {
            return *id;
        }
        let (ty, place) = (declaration.ty, self.symbols.len() as u32);
        self.symbols.push((declaration, Id(0)));
        let id = self.intern(Node::Symbol(place), ty);
        self.symbols[place as usize].1 = id;
        id
    }

    /// What was declared of the symbol with this place.
    pub fn declaration(&self, symbol: u32) -> &Declaration {
        &self.symbols[symbol as usize].0
    }

    /// What was declared of an expression that is a name.
    pub fn named(&self, id: Id) -> Option<&Declaration> {
        match self.node(id) {
            Node::Symbol(symbol) => Some(self.declaration(*symbol)),
            _ => None,
        }
    }

    /// All names that are declared.
    pub fn symbols(&self) -> impl Iterator<Item = (&Declaration, Id)> {
        self.symbols.iter().map(|(declaration, id)| (declaration, *id))
    }

    /// Whether a symbol or a size has this name.
    pub fn is_taken(&self, name: &str) -> bool {
        self.symbols.iter().any(|(own, _)| &*own.name == name) || self.sizes.has(name)
    }

    /// The `k`-th differential of a name.
    pub fn differential_symbol(&mut self, of: Id, k: u32, several: bool) -> Id {
        let Some(own) = self.named(of) else { return of };
        let mut name = if several { format!("d{}_{}", own.name, k) } else { format!("d{}", own.name) };
        let is_taken = |name: &str| {
            self.symbols.iter().any(|(own, _)| *own.name == *name && own.differential != Some((of, k)))
        };
        while is_taken(&name) {
            name.push('_');
        }
        // Any direction: what lies in the variable's space is the space's to say.
        let (ty, facts) = (own.ty, Facts::NONE);
        let declaration = Declaration { name: name.into(), ty, facts, differential: Some((of, k)) };
        self.symbol(declaration)
    }

    /// The differential of an expression, not taken yet.
    pub fn differential_of(&mut self, id: Id) -> Id {
        let ty = self.ty(id);
        self.intern(Node::Differential(id), ty)
    }

    /// What expressions are made of, themselves among it, each after its own parts.
    pub fn reachable(&self, roots: &[Id]) -> Vec<Id> {
        let Some(last) = roots.iter().max() else { return Vec::new() };
        let mut wanted = vec![false; last.index() + 1];
        for root in roots {
            wanted[root.index()] = true;
        }
        worked(last.index());
        for place in (0..=last.index()).rev() {
            if wanted[place] {
                for child in self.nodes[place].children() {
                    wanted[child.index()] = true;
                }
            }
        }
        let places = 0..=last.0;
        places.filter(|&place| wanted[place as usize]).map(Id).collect()
    }

    /// Which expressions up to this one contain the symbol.
    pub(crate) fn containing(&self, symbol: Id, up_to: Id) -> Vec<bool> {
        let mut has = vec![false; up_to.index() + 1];
        for place in symbol.index()..=up_to.index() {
            has[place] = place == symbol.index()
                || self.nodes[place].children().iter().any(|child| has[child.index()]);
        }
        has
    }

    /// Whether an expression is a norm.
    pub(crate) fn is_norm(&self, id: Id) -> bool {
        matches!(self.node(id), Node::Function(f, _) if f.is_norm())
    }

    /// The degree of a scalar in what it is made of, as far as sizes of values go: 2 of an inner
    /// product, and 1 of others.
    pub(crate) fn degree(&self, scalar: Id) -> f64 {
        let inner = match self.node(scalar) {
            Node::Product { chain, .. } => !chain.is_empty(),
            Node::Function(f, _) => *f == Function::Trace,
            _ => false,
        };
        if inner { 2.0 } else { 1.0 }
    }

    /// How often scalars divide a product in all; sizes are no numbers out of range.
    pub(crate) fn divisions(&self, powers: impl IntoIterator<Item = (Id, f64)>) -> f64 {
        let divides = |&(s, e): &(Id, f64)| e < 0.0 && !matches!(self.node(s), Node::Size(_));
        powers.into_iter().filter(divides).map(|(_, e)| -e).sum()
    }

    /// How many symbols are in one of two groups of expressions and not in the other; nothing where
    /// they share none.
    pub(crate) fn unlike(&self, some: &[Id], others: &[Id]) -> Option<usize> {
        let symbols = |roots: &[Id]| -> Vec<Id> {
            let all = self.reachable(roots).into_iter();
            all.filter(|&id| matches!(self.node(id), Node::Symbol(_))).collect()
        };
        let (some, others) = (symbols(some), symbols(others));
        let common = some.iter().filter(|id| others.contains(id)).count();
        (common > 0).then(|| some.len() + others.len() - 2 * common)
    }

    /// Which of two divisors, each with the power that is left of it, an array is divided by first: that
    /// made of the same symbols or nearly, then an inner product, a norm, that of the highest power.
    pub(crate) fn nearer(&self, a: (Id, f64), b: (Id, f64), made_of: &[Id]) -> Ordering {
        let apart = |divisor: Id| self.unlike(&[divisor], made_of).unwrap_or(usize::MAX);
        let kinds = self.degree(b.0).total_cmp(&self.degree(a.0));
        let norms = self.is_norm(b.0).cmp(&self.is_norm(a.0));
        apart(a.0).cmp(&apart(b.0)).then(kinds).then(norms).then(b.1.total_cmp(&a.1))
    }

    /// Whether an expression is nothing but ones.
    pub(crate) fn is_ones(&self, id: Id) -> bool {
        matches!(self.node(id), Node::Ones(_))
    }

    /// Whether an expression contains a symbol.
    pub fn contains(&self, id: Id, symbol: Id) -> bool {
        symbol <= id && self.containing(symbol, id)[id.index()]
    }

    /// An operator from outside; the same one has the same place, whatever its rules are: those
    /// may name the operator itself, so they are set when it has its place.
    pub fn operator(&mut self, operator: Operator) -> u32 {
        let same = |own: &Operator| own.function == operator.function && own.operands == operator.operands;
        let known = self.operators.iter().position(same);
        known.unwrap_or_else(|| {
            self.operators.push(operator);
            self.operators.len() - 1
        }) as u32
    }

    /// The rules of an operator: its differential along each operand, nothing where it is zero.
    pub fn set_rules(&mut self, operator: u32, rules: Vec<Option<(Id, Id)>>) {
        self.operators[operator as usize].rules = rules;
    }

    /// The adjoint of an operator in the operand in which it is linear.
    pub fn set_transposed(&mut self, operator: u32, adjoint: Id, form: Id) {
        self.operators[operator as usize].transposed = Some((adjoint, form));
    }

    /// That the adjoint of an operator is not known after all.
    pub(crate) fn forget_transposed(&mut self, operator: u32) {
        self.operators[operator as usize].transposed = None;
    }

    /// The operator with this place.
    pub fn operator_at(&self, place: u32) -> &Operator {
        &self.operators[place as usize]
    }

    /// An operator from outside, of operands that have the types of its own; a number in front of
    /// the one in which it is linear comes out.
    pub fn apply(&mut self, operator: u32, operands: &[Id]) -> Id {
        let Operator { ty, linear, .. } = self.operators[operator as usize];
        if let Some(place) = linear {
            let (inner, number) = self.scaled(operands[place]);
            if self.is_zero(operands[place]) {
                return self.zeros(ty);
            }
            if number != 1.0 {
                let mut operands = operands.to_vec();
                operands[place] = inner;
                let plain = self.intern(Node::Apply(operator, operands.into()), ty);
                return self.sum(&[(plain, number)]);
            }
        }
        self.intern(Node::Apply(operator, operands.into()), ty)
    }

    /// A number.
    pub fn number(&mut self, number: f64) -> Id {
        self.intern(Node::Number(Real::new(number)), Type::SCALAR)
    }

    /// The number, when an expression is one.
    pub fn as_number(&self, id: Id) -> Option<f64> {
        match self.node(id) {
            Node::Number(number) => Some(number.get()),
            _ => None,
        }
    }

    /// A size as a number.
    pub fn size(&mut self, dim: crate::size::Dim) -> Id {
        match self.sizes.value(dim) {
            Some(number) => self.number(number as f64),
            None => match self.sizes.factors(dim) {
                (1, [_]) => self.intern(Node::Size(dim), Type::SCALAR),
                (number, names) => {
                    let (number, names) = (number as f64, names.to_vec());
                    let each = names.iter().map(|name| self.sizes.name(name)).collect::<Vec<_>>();
                    let each: Vec<_> = each
                        .into_iter()
                        .map(|dim| (self.intern(Node::Size(dim), Type::SCALAR), 1.0))
                        .collect();
                    self.product(number, &each, &[])
                }
            },
        }
    }

    /// The unit matrix.
    pub fn eye(&mut self, dim: crate::size::Dim) -> Id {
        if dim == crate::size::Dim::ONE {
            return self.number(1.0);
        }
        self.intern(Node::Eye(dim), Type::new(dim, dim))
    }

    /// Ones.
    pub fn ones(&mut self, ty: Type) -> Id {
        if ty.is_scalar() { self.number(1.0) } else { self.intern(Node::Ones(ty), ty) }
    }

    /// Zeros.
    pub fn zeros(&mut self, ty: Type) -> Id {
        if ty.is_scalar() { self.number(0.0) } else { self.intern(Node::Zeros(ty), ty) }
    }

    /// The commutation matrix: K vec(X) = vec(X') for X of this type.
    pub fn commutation(&mut self, ty: Type) -> Id {
        let dim = self.sizes.product(ty.rows, ty.columns);
        if ty.rows == crate::size::Dim::ONE || ty.columns == crate::size::Dim::ONE {
            return self.eye(dim);
        }
        self.intern(Node::Commutation(ty), Type::new(dim, dim))
    }

    /// Whether it is nothing but zeros.
    pub fn is_zero(&self, id: Id) -> bool {
        matches!(self.node(id), Node::Zeros(_)) || self.as_number(id) == Some(0.0)
    }

    /// The only term of a sum of one, and its coefficient; else the expression itself.
    pub fn scaled(&self, id: Id) -> (Id, f64) {
        match self.node(id) {
            Node::Sum(terms) if terms.len() == 1 => (terms[0].0, terms[0].1.get()),
            _ => (id, 1.0),
        }
    }

    /// The terms of a sum; else the expression itself.
    pub fn terms(&self, id: Id) -> Vec<(Id, f64)> {
        match self.node(id) {
            Node::Sum(terms) => terms.iter().map(|&(t, c)| (t, c.get())).collect(),
            _ => vec![(id, 1.0)],
        }
    }
}

/// Terms or factors in their place.
pub(crate) fn boxed(terms: &[(Id, f64)]) -> Terms {
    terms.iter().map(|&(id, c)| (id, Real::new(c))).collect()
}
