//! Every attempt counts: an attempt begins at a first step and ends when it is complete or its
//! window has passed; the next one begins at the next first step. Attempts of a user never overlap.

use super::{Best, Chain, Funnel, Seen};

/// Hand every attempt of one user to `found`, in time order.
pub fn read(ask: &Funnel, seen: &mut [Seen], mut found: impl FnMut(Best)) {
    // Rows of one instant count in either order: lower steps first.
    seen.sort_by_key(|row| (row.at, row.roles & ask.step_bits()));
    let mut attempt: Option<Best> = None;
    for row in seen.iter() {
        if let Some(over) = attempt.take_if(|one| row.at.saturating_sub(one.start.at) > ask.window)
        {
            found(over);
        }
        match &mut attempt {
            None if row.roles & 1 == 1 && row.at >= ask.starts.0 && row.at < ask.starts.1 => {
                let start = Chain::begin(row.at, row.source);
                attempt = Some(Best { level: 1, start, end: row.at, end_row: row.source });
            }
            Some(one) if row.roles >> one.level & 1 == 1 => {
                one.level += 1;
                (one.end, one.end_row) = (row.at, row.source);
            }
            _ => {}
        }
        if let Some(complete) = attempt.take_if(|one| one.level == ask.steps) {
            found(complete);
        }
    }
    if let Some(open) = attempt {
        found(open);
    }
}
