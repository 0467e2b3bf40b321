//! Routes: the codes each user passed on the way to (or after) a goal.

use super::codes::{Codes, MISSING};
use super::tags::{Roles, Tags};
use crate::attribution::{Counts, PathTable};
use crate::error::{Result, input};
use crate::layout::Layout;
use crate::task::Task;

/// Role of rows whose codes make the route.
pub const NODE: u32 = 1;
/// Role of the goal; the user's first one counts.
pub const GOAL: u32 = 2;

/// Which side of the goal a route lies on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Up to the goal, its own row included when it is a node.
    Before,
    /// After the goal.
    After,
}

/// The question.
#[derive(Debug, Clone, Copy)]
pub struct Routes<'a> {
    /// The dimension of the nodes.
    pub codes: Codes<'a>,
    /// Number of codes, at most 65,535.
    pub size: usize,
    /// Which rows make the route.
    pub side: Side,
    /// Equal neighbours count as one node.
    pub collapse: bool,
    /// Nodes nearest to the goal that are kept.
    pub longest: usize,
}

/// Distinct routes of the users who reached the goal; `conversions` counts users, in ascending
/// order of the codes. Users without a node on that side have an empty route.
///
/// # Errors
/// Too many codes, codes out of range, cancellation.
pub fn routes(
    layout: &Layout,
    tags: &Tags<'_>,
    ask: &Routes<'_>,
    task: &Task,
) -> Result<PathTable> {
    if ask.size > usize::from(u16::MAX) {
        return Err(input(format!("{} codes; at most {} make routes", ask.size, u16::MAX)));
    }
    ask.codes.check(layout, ask.size)?;
    match tags.by_event() {
        Some(table) => table_of(layout, table, ask, task),
        None => table_of(layout, tags, ask, task),
    }
}

fn table_of(
    layout: &Layout,
    tags: &impl Roles,
    ask: &Routes<'_>,
    task: &Task,
) -> Result<PathTable> {
    let one = Counts { conversions: 1, ..Counts::default() };
    let table = layout.fold(
        task,
        || (PathTable::default(), Vec::new()),
        |(table, nodes), user| {
            if let Some(route) = route(layout, tags, ask, user, nodes) {
                table.add(route, one);
            }
        },
        |(table, _), (part, _)| part.iter().for_each(|(route, counts)| table.add(route, counts)),
    )?;
    Ok(table.0.sorted())
}

/// Users whose route is `path`, in ascending order of their codes.
///
/// # Errors
/// Those of [`routes`].
pub fn travellers(
    layout: &Layout,
    tags: &Tags<'_>,
    ask: &Routes<'_>,
    path: &[u16],
    task: &Task,
) -> Result<Vec<u32>> {
    ask.codes.check(layout, ask.size)?;
    let parts = layout.map_blocks(task, |users| {
        let mut nodes = Vec::new();
        let same = |&user: &usize| {
            route(layout, tags, ask, user, &mut nodes).is_some_and(|found| found == path)
        };
        Ok(users.filter(same).map(|user| user as u32).collect::<Vec<_>>())
    })?;
    Ok(parts.concat())
}

/// The route of one user, who has none without the goal; most users never reach it.
fn route<'n>(
    layout: &Layout,
    tags: &impl Roles,
    ask: &Routes<'_>,
    user: usize,
    nodes: &'n mut Vec<u16>,
) -> Option<&'n [u16]> {
    nodes.clear();
    let range = layout.range(user);
    let goal = range.clone().find(|&at| tags.at(layout, at).1 & GOAL != 0)?;
    let side = match ask.side {
        Side::Before => range.start..goal + 1,
        Side::After => goal + 1..range.end,
    };
    for at in side {
        let (row, roles) = tags.at(layout, at);
        if roles & NODE == 0 {
            continue;
        }
        let code = match ask.codes {
            Codes::Rows(_) => ask.codes.of(row, layout.source[at]),
            _ => ask.codes.of(row, 0),
        };
        let repeat = ask.collapse && nodes.last().is_some_and(|&last| u32::from(last) == code);
        if code != MISSING && !repeat {
            nodes.push(code as u16);
        }
        if ask.side == Side::After && nodes.len() >= ask.longest {
            break;
        }
    }
    let extra = nodes.len().saturating_sub(ask.longest);
    match ask.side {
        Side::Before => drop(nodes.drain(..extra)),
        Side::After => nodes.truncate(ask.longest),
    }
    Some(&nodes[..])
}
