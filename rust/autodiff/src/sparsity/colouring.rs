//! Colours for columns, so that few passes recover all entries.

use super::Pattern;
use crate::{GoOn, Raised};

/// A pattern read from both sides.
#[derive(Clone, Debug)]
pub struct Adjacency {
    rows: Pattern,
    columns: Pattern,
}

impl Adjacency {
    /// Of a pattern.
    pub fn new(rows: Pattern) -> Self {
        let columns = rows.transposed();
        Self { rows, columns }
    }

    /// Rows for columns.
    #[must_use]
    pub fn transposed(self) -> Self {
        Self { rows: self.columns, columns: self.rows }
    }

    /// The columns that share a row with a column, that one too.
    fn beside(&self, column: usize) -> impl Iterator<Item = usize> + '_ {
        let rows = self.columns.row(column).iter();
        rows.flat_map(|&row| self.rows.row(row as usize)).map(|&other| other as usize)
    }
}

const NONE: u32 = u32::MAX;
/// So many columns get their colours between two questions whether to go on.
const BREATH: usize = 64;

/// A colour for each column such that no row has two columns of one colour, and how many
/// there are: greedy, in natural order and in that of falling length, whichever is less.
///
/// Columns without entries get colour 0.
pub fn columns(pattern: &Adjacency, go_on: GoOn<'_>) -> Result<(Vec<u32>, usize), Raised> {
    let count = pattern.columns.rows();
    let least = (0..pattern.rows.rows()).map(|row| pattern.rows.row(row).len()).max().unwrap_or(0);
    let natural: Vec<usize> = (0..count).collect();
    // A row of all columns leaves nothing to group.
    if least == count {
        return Ok((natural.iter().map(|&column| column as u32).collect(), count));
    }
    let first = greedy(pattern, &natural, go_on)?;
    if first.1 <= least {
        return Ok(first);
    }
    let mut longest = natural;
    longest.sort_by_key(|&column| std::cmp::Reverse(pattern.columns.row(column).len()));
    let second = greedy(pattern, &longest, go_on)?;
    Ok(if second.1 < first.1 { second } else { first })
}

fn greedy(pattern: &Adjacency, order: &[usize], go_on: GoOn<'_>) -> Result<(Vec<u32>, usize), Raised> {
    let mut colours = vec![NONE; order.len()];
    let mut forbidden: Vec<usize> = vec![usize::MAX; order.len() + 1];
    let mut used = 0;
    for (step, &column) in order.iter().enumerate() {
        if step % BREATH == 0 {
            go_on()?;
        }
        if pattern.columns.row(column).is_empty() {
            continue;
        }
        for other in pattern.beside(column) {
            if colours[other] != NONE {
                forbidden[colours[other] as usize] = column;
            }
        }
        let free = (0..=used).find(|&colour| forbidden[colour] != column).unwrap_or(used);
        colours[column] = free as u32;
        used = used.max(free + 1);
    }
    colours.iter_mut().filter(|colour| **colour == NONE).for_each(|colour| *colour = 0);
    Ok((colours, used))
}

/// A star colouring of a symmetric pattern, and how many colours there are: neighbours differ,
/// and no path of four vertices has two colours, so that every entry stands alone in one of its
/// two compressed places.
///
/// Gebremedhin, Tarafdar, Manne, Pothen 2007, algorithm 4.1, with natural order.
pub fn star(pattern: &Pattern, go_on: GoOn<'_>) -> Result<(Vec<u32>, usize), Raised> {
    let count = pattern.rows();
    // More than half full: each for itself, as nearly every order would end.
    if 2 * pattern.indices.len() > count * count {
        return Ok(((0..count as u32).collect(), count));
    }
    let mut stars = Stars::new(pattern);
    for vertex in 0..count {
        if vertex % BREATH == 0 {
            go_on()?;
        }
        if pattern.row(vertex).is_empty() {
            stars.colours[vertex] = 0;
        } else {
            stars.colour(vertex as u32);
        }
    }
    Ok((stars.colours, stars.forbidden.len()))
}

/// For each entry of a symmetric pattern, its place among the products with the groups of a
/// star colouring, one row for each: its own, or that of its mirror image where it is not alone.
pub fn alone(pattern: &Pattern, colours: &[u32], used: usize) -> Vec<i64> {
    let count = pattern.rows();
    let colour = |column: u32| colours[column as usize] as usize;
    let mut places = Vec::with_capacity(pattern.indices.len());
    let mut sharing = vec![0_u32; used];
    for row in 0..count as u32 {
        let columns = pattern.row(row as usize);
        for &column in columns {
            sharing[colour(column)] += 1;
        }
        places.extend(columns.iter().map(|&column| {
            let (at, group) = if sharing[colour(column)] == 1 { (row, column) } else { (column, row) };
            (colour(group) * count + at as usize) as i64
        }));
        for &column in columns {
            sharing[colour(column)] = 0;
        }
    }
    places
}

/// What the algorithm keeps.
struct Stars<'a> {
    pattern: &'a Pattern,
    colours: Vec<u32>,
    /// For each colour, the last vertex that may not have it.
    forbidden: Vec<u32>,
    /// For each colour, the last vertex with a neighbour of it, that neighbour, and the place of
    /// the entry between them.
    first: Vec<(u32, u32, usize)>,
    /// For each vertex, the last one for which its neighbours' colours were forbidden.
    treated: Vec<u32>,
    /// For each entry, its edge; both entries of an edge have one number.
    edges: Vec<u32>,
    /// For each edge, its star; for each star, its hub.
    star: Vec<u32>,
    hub: Vec<u32>,
}

impl<'a> Stars<'a> {
    fn new(pattern: &'a Pattern) -> Self {
        let count = pattern.rows();
        let mut edges = vec![NONE; pattern.indices.len()];
        let mut next = pattern.starts.clone();
        let mut number = 0;
        for i in 0..count {
            for place in pattern.starts[i]..pattern.starts[i + 1] {
                let j = pattern.indices[place] as usize;
                if j > i {
                    // Rows ascend, so the next entry of row j that is not passed is (j, i).
                    while (pattern.indices[next[j]] as usize) < i {
                        next[j] += 1;
                    }
                    edges[place] = number;
                    edges[next[j]] = number;
                    number += 1;
                }
            }
        }
        Self {
            pattern,
            colours: vec![NONE; count],
            forbidden: Vec::new(),
            first: Vec::new(),
            treated: vec![NONE; count],
            edges,
            star: vec![NONE; number as usize],
            hub: Vec::new(),
        }
    }

    /// The neighbours of a vertex, with the places of the entries.
    fn neighbours(&self, vertex: u32) -> impl Iterator<Item = (u32, usize)> + use<'a> {
        let (row, from) = (self.pattern.row(vertex as usize), self.pattern.starts[vertex as usize]);
        row.iter().copied().zip(from..).filter(move |&(other, _)| other != vertex)
    }

    /// The colour of a vertex, if it has one.
    fn of(&self, vertex: u32) -> Option<usize> {
        let colour = self.colours[vertex as usize];
        (colour != NONE).then_some(colour as usize)
    }

    fn colour(&mut self, v: u32) {
        for (w, vw) in self.neighbours(v) {
            let Some(colour) = self.of(w) else { continue };
            self.forbidden[colour] = v;
            let (p, q, _) = self.first[colour];
            if p == v {
                // Two neighbours of one colour: v becomes a hub.
                for each in [q, w] {
                    if self.treated[each as usize] != v {
                        self.treat(v, each);
                    }
                }
            } else {
                self.first[colour] = (v, w, vw);
                for (x, wx) in self.neighbours(w).filter(|&(x, _)| x != v) {
                    if let Some(colour) = self.of(x).filter(|_| self.is_hub(x, wx)) {
                        self.forbidden[colour] = v;
                    }
                }
            }
        }
        let free = self.forbidden.iter().position(|&last| last != v).unwrap_or(self.forbidden.len());
        if free == self.forbidden.len() {
            self.forbidden.push(NONE);
            self.first.push((NONE, 0, 0));
        }
        self.colours[v as usize] = free as u32;
        self.join(v);
    }

    /// Whether a vertex is the hub of the star that one of its entries lies in.
    fn is_hub(&self, vertex: u32, place: usize) -> bool {
        let star = self.star[self.edges[place] as usize];
        star != NONE && self.hub[star as usize] == vertex
    }

    /// Forbid the colours of a vertex's neighbours.
    fn treat(&mut self, v: u32, vertex: u32) {
        for (x, _) in self.neighbours(vertex) {
            if let Some(colour) = self.of(x) {
                self.forbidden[colour] = v;
            }
        }
        self.treated[vertex as usize] = v;
    }

    /// Put the edges of a vertex that has just got its colour into stars.
    fn join(&mut self, v: u32) {
        let own = self.of(v);
        for (w, vw) in self.neighbours(v) {
            let Some(colour) = self.of(w) else { continue };
            let edge = self.edges[vw] as usize;
            let same = self.neighbours(w).find(|&(x, _)| x != v && self.of(x) == own);
            if let Some((_, wx)) = same {
                let star = self.star[self.edges[wx] as usize];
                self.hub[star as usize] = w;
                self.star[edge] = star;
                continue;
            }
            let (p, q, vq) = self.first[colour];
            if p == v && q != w {
                let star = self.star[self.edges[vq] as usize];
                self.hub[star as usize] = v;
                self.star[edge] = star;
            } else {
                self.star[edge] = self.hub.len() as u32;
                self.hub.push(NONE);
            }
        }
    }
}
