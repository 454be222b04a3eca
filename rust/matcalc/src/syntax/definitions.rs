//! Definitions after `where`: names that stand for parts of the expression.

use rustc_hash::FxHashMap;

use super::error::{Span, SyntaxError};
use super::functions;
use super::tree::{Syntax, Tree};

/// How many symbols and sizes a text may name.
const MOST_NAMES: usize = 300;

/// One of the expressions of a text: the whole, which comes first and has no name, or a definition.
#[derive(Clone, Copy, Debug)]
pub struct Body {
    /// The name and where it is defined.
    pub name: Option<(u32, Span)>,
    /// The last node.
    pub root: u32,
}

/// Puts what is defined before what uses it, and the whole last.
pub fn link(mut tree: Tree, bodies: &[Body]) -> Result<Tree, SyntaxError> {
    if bodies.len() > 1 {
        let order = in_order(&tree, bodies)?;
        rebuild(&mut tree, bodies, &order);
    }
    if tree.names.len() > MOST_NAMES {
        let late = |node: &Syntax| matches!(*node, Syntax::Name(name) if name as usize >= MOST_NAMES);
        let place = tree.nodes.iter().position(late).unwrap_or_default();
        return Err(tree.error(place as u32, format!("more than {MOST_NAMES} names")));
    }
    tree.find_sizes();
    Ok(tree)
}

/// The definition of each name that has one.
fn definitions(tree: &Tree, bodies: &[Body]) -> Result<FxHashMap<u32, u32>, SyntaxError> {
    let mut defined = FxHashMap::default();
    for (place, body) in bodies.iter().enumerate() {
        let Some((name, span)) = body.name else { continue };
        let text = &tree.names[name as usize];
        if functions::is_reserved(text) {
            return Err(SyntaxError::new(&tree.text, span, format!("{text} is a function")));
        }
        if defined.insert(name, place as u32).is_some() {
            return Err(SyntaxError::new(&tree.text, span, format!("'{text}' is defined twice")));
        }
    }
    Ok(defined)
}

/// The nodes of a body.
fn range(bodies: &[Body], place: usize) -> std::ops::Range<u32> {
    let start = place.checked_sub(1).map_or(0, |before| bodies[before].root + 1);
    start..bodies[place].root + 1
}

/// Places of bodies, each after those that it names; the whole comes last.
fn in_order(tree: &Tree, bodies: &[Body]) -> Result<Vec<usize>, SyntaxError> {
    let defined = definitions(tree, bodies)?;
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); bodies.len()];
    let mut missing = vec![0_usize; bodies.len()];
    for (place, missing) in missing.iter_mut().enumerate() {
        for node in range(bodies, place) {
            if let Syntax::Name(name) = tree.nodes[node as usize]
                && let Some(&used) = defined.get(&name)
            {
                users[used as usize].push(place);
                *missing += 1;
            }
        }
    }
    let mut order: Vec<usize> = (1..bodies.len()).filter(|&place| missing[place] == 0).collect();
    let mut next = 0;
    while let Some(&place) = order.get(next) {
        next += 1;
        for &user in &users[place] {
            missing[user] -= 1;
            if missing[user] == 0 && user != 0 {
                order.push(user);
            }
        }
    }
    if let Some((name, span)) =
        (1..bodies.len()).find(|&place| missing[place] > 0).and_then(|at| bodies[at].name)
    {
        let text = &tree.names[name as usize];
        return Err(SyntaxError::new(&tree.text, span, format!("'{text}' is defined by itself")));
    }
    order.push(0);
    Ok(order)
}

/// The nodes in a new order of bodies; names that are defined stand for their definitions.
fn rebuild(tree: &mut Tree, bodies: &[Body], order: &[usize]) {
    let defined: FxHashMap<u32, u32> =
        bodies.iter().filter_map(|body| Some((body.name?.0, body.root))).collect();
    let own = |&(name, span): &(u32, Span)| (tree.names[name as usize].clone(), span);
    tree.defined = bodies.iter().filter_map(|body| body.name.as_ref().map(own)).collect();
    let mut kept: Vec<Option<u32>> = Vec::with_capacity(tree.names.len());
    let mut names = Vec::new();
    for (place, name) in std::mem::take(&mut tree.names).into_iter().enumerate() {
        kept.push(if defined.contains_key(&(place as u32)) {
            None
        } else {
            names.push(name);
            Some(names.len() as u32 - 1)
        });
    }
    let mut moved = vec![0_u32; tree.nodes.len()];
    let (mut nodes, mut marks, mut spans) = (Vec::new(), Vec::new(), Vec::new());
    for &body in order {
        for node in range(bodies, body) {
            let to = |place: u32| moved[place as usize];
            nodes.push(match tree.nodes[node as usize].clone() {
                Syntax::Name(name) => match (kept[name as usize], defined.get(&name)) {
                    (None, Some(&root)) => Syntax::Same(to(root)),
                    (place, _) => Syntax::Name(place.unwrap_or(name)),
                },
                Syntax::Negative(x) => Syntax::Negative(to(x)),
                Syntax::Transpose(x) => Syntax::Transpose(to(x)),
                Syntax::Binary(operator, left, right) => Syntax::Binary(operator, to(left), to(right)),
                Syntax::Call(head, arguments) => Syntax::Call(head, arguments.into_iter().map(to).collect()),
                other => other,
            });
            moved[node as usize] = nodes.len() as u32 - 1;
            marks.push(tree.marks[node as usize]);
            spans.push(tree.spans[node as usize]);
        }
    }
    (tree.nodes, tree.marks, tree.spans, tree.names) = (nodes, marks, spans, names);
}
