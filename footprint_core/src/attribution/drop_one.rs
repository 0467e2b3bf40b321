//! Drop-one: what the conversion rate of a path loses without one of its touches.
//!
//! Weight of position i = max(0, rate(path) - rate(path without i)), scaled to 1 per path; a path
//! that never occurs has rate 0; all to the last touch when no weight is above 0. The rate is the
//! share of journeys with exactly that path that convert.

use super::credit::Credit;
use super::paths::{Path, PathTable};

/// Credit of all conversions of `paths`.
#[must_use]
pub fn credit(paths: &PathTable, touches: usize) -> Credit {
    let mut credit = Credit::zero(touches);
    let mut weights = Vec::new();
    for (path, counts) in paths.iter().filter(|(_, counts)| counts.conversions > 0) {
        weigh(paths, path, &mut weights);
        credit.add_path(path, &weights, counts.conversions as f64, counts.value as f64);
    }
    credit
}

fn rate(paths: &PathTable, path: &Path) -> f64 {
    paths.find(path).map_or(0.0, |counts| counts.conversions as f64 / counts.journeys() as f64)
}

fn weigh(paths: &PathTable, path: &Path, weights: &mut Vec<f64>) {
    let whole = rate(paths, path);
    let mut shorter = Vec::with_capacity(path.len());
    weights.clear();
    for without in 0..path.len() {
        shorter.clear();
        shorter.extend_from_slice(&path[..without]);
        shorter.extend_from_slice(&path[without + 1..]);
        weights.push((whole - rate(paths, &shorter)).max(0.0));
    }
    let sum: f64 = weights.iter().sum();
    if sum > 0.0 {
        weights.iter_mut().for_each(|weight| *weight /= sum);
    } else if let Some(last) = weights.last_mut() {
        *last = 1.0;
    }
}
