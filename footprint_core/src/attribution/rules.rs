//! Rules that share one conversion over the touches of its path; weights sum to 1.

use super::paths::Path;

/// A rule that needs nothing but the path.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// All to the first touch.
    First,
    /// All to the last touch.
    Last,
    /// All to the last touch that is not direct; to the last when all are.
    LastNonDirect,
    /// Equal parts.
    Linear,
    /// 40 / 20 / 40.
    UShape,
    /// Half as much per step before the last.
    StepDecay,
    /// Every distinct touch in full; the one rule whose weights sum to more than 1.
    Participation,
}

/// Weights of `rule` by position of `path` (not empty) into `weights`.
pub fn weigh(rule: Rule, path: &Path, direct: &[bool], weights: &mut Vec<f64>) {
    let last = path.len() - 1;
    weights.clear();
    weights.resize(path.len(), 0.0);
    match rule {
        Rule::First => weights[0] = 1.0,
        Rule::Last => weights[last] = 1.0,
        Rule::LastNonDirect => {
            let at = path.iter().rposition(|&code| !direct[code as usize]);
            weights[at.unwrap_or(last)] = 1.0;
        }
        Rule::Linear => weights.fill(1.0 / path.len() as f64),
        Rule::UShape => u_shape(weights),
        Rule::StepDecay => decay((0..path.len()).map(|at| (last - at) as f64), weights),
        Rule::Participation => {
            for at in 0..path.len() {
                weights[at] = if path[..at].contains(&path[at]) { 0.0 } else { 1.0 };
            }
        }
    }
}

/// 40 % first, 20 % over the middle, 40 % last; one touch 100 %, two 50 % each.
fn u_shape(weights: &mut [f64]) {
    match weights {
        [only] => *only = 1.0,
        [first, last] => (*first, *last) = (0.5, 0.5),
        [first, middle @ .., last] => {
            (*first, *last) = (0.4, 0.4);
            let part = 0.2 / middle.len() as f64;
            middle.fill(part);
        }
        [] => {}
    }
}

/// 30 % each on first, milestone and last, 10 % over the others, scaled to 1 when there are none;
/// the 40 / 20 / 40 shape without a milestone.
pub fn w_shape(length: usize, milestone: Option<usize>, weights: &mut Vec<f64>) {
    weights.clear();
    weights.resize(length, 0.0);
    let Some(middle) = milestone else {
        u_shape(weights);
        return;
    };
    let mut places = [0, middle, length - 1];
    places.sort_unstable();
    let distinct = 1 + places.windows(2).filter(|pair| pair[0] != pair[1]).count();
    if length > distinct {
        weights.fill(0.1 / (length - distinct) as f64);
        places.iter().for_each(|&place| weights[place] = 0.0);
        places.iter().for_each(|&place| weights[place] += 0.3);
    } else {
        places.iter().for_each(|&place| weights[place] += 1.0 / 3.0);
    }
}

/// `0.5 ** age` scaled to 1; ages in half-lives, the youngest 0.
pub fn decay(ages: impl Iterator<Item = f64>, weights: &mut Vec<f64>) {
    weights.clear();
    weights.extend(ages.map(|age| (-age).exp2()));
    let sum: f64 = weights.iter().sum();
    weights.iter_mut().for_each(|weight| *weight /= sum);
}
