//! Steps in order with nothing between them but repeats of the step just done.
//!
//! A later clean run counts. Rows are read in layout order; of one instant, in source order.

use super::{Best, Chain, Funnel, MAX_STEPS, NEVER, NO_CHAIN, NOTHING, Seen};

/// The furthest run of one user; `seen` holds every row that exists.
pub fn read(ask: &Funnel, seen: &[Seen]) -> Best {
    // Latest start of a run whose last row did step i.
    let mut runs = [NO_CHAIN; MAX_STEPS];
    let mut best = NOTHING;
    for row in seen {
        let before = runs;
        for step in 0..ask.steps {
            runs[step] = NO_CHAIN;
            if row.roles >> step & 1 == 0 {
                continue;
            }
            let from = if step == 0 { fresh(ask, row) } else { before[step - 1] };
            if from.at != NEVER && row.at.saturating_sub(from.at) <= ask.window {
                runs[step] = from;
                let level = step + 1;
                let same = level == best.level && row.at == best.end;
                if level > best.level || (same && from.at > best.start.at) {
                    best = Best { level, start: from, end: row.at, end_row: row.source };
                }
            }
            // A repeat of the step just done keeps the run alive.
            if before[step].at > runs[step].at {
                runs[step] = before[step];
            }
        }
        if best.level == ask.steps {
            break;
        }
    }
    best
}

fn fresh(ask: &Funnel, row: &Seen) -> Chain {
    if row.at >= ask.starts.0 && row.at < ask.starts.1 {
        Chain::begin(row.at, row.source)
    } else {
        NO_CHAIN
    }
}
