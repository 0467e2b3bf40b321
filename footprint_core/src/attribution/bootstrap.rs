//! Bootstrap over the 256 buckets of users.
//!
//! A replicate draws 256 buckets with replacement; users of a bucket stay together, so that all
//! journeys of a user do. The same draws serve every model, so that models can be compared.

use rayon::prelude::*;

use super::credit::Credit;
use crate::error::Result;
use crate::layout::BUCKETS;

/// Low and high end.
pub type Interval = (f64, f64);

/// The draws: how often each bucket is in each replicate.
#[derive(Debug, Clone)]
pub struct Replicates {
    weights: Vec<Vec<u16>>,
    level: f64,
}

impl Replicates {
    /// `count` draws for two-sided intervals of `level` (0..1), the same for the same seed.
    #[must_use]
    pub fn draw(count: usize, level: f64, seed: u64) -> Self {
        let mut state = seed;
        let weights = (0..count)
            .map(|_| {
                let mut weights = vec![0_u16; BUCKETS];
                (0..BUCKETS).for_each(|_| weights[(split_mix(&mut state) >> 56) as usize] += 1);
                weights
            })
            .collect();
        Self { weights, level }
    }

    /// Whether there is no draw.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.weights.is_empty()
    }

    /// The first `count` draws, all of them when there are fewer.
    #[must_use]
    pub fn first(&self, count: usize) -> Self {
        let kept = count.min(self.weights.len());
        Self { weights: self.weights[..kept].to_vec(), level: self.level }
    }

    /// Number of draws.
    #[must_use]
    pub fn len(&self) -> usize {
        self.weights.len()
    }

    /// Percentile intervals of `credit` over the draws, by touch; none without draws.
    pub fn intervals(
        &self,
        touches: usize,
        credit: impl Fn(&[u16]) -> Credit + Sync,
    ) -> Option<(Vec<Interval>, Vec<Interval>)> {
        self.try_intervals(touches, |weights| Ok(credit(weights))).ok().flatten()
    }

    /// As [`Replicates::intervals`], of a credit that may fail.
    ///
    /// # Errors
    /// The first error in the order of the draws.
    pub fn try_intervals(
        &self,
        touches: usize,
        credit: impl Fn(&[u16]) -> Result<Credit> + Sync,
    ) -> Result<Option<(Vec<Interval>, Vec<Interval>)>> {
        if self.is_empty() {
            return Ok(None);
        }
        let all: Vec<Result<Credit>> =
            self.weights.par_iter().map(|weights| credit(weights)).collect();
        let all = all.into_iter().collect::<Result<Vec<Credit>>>()?;
        let of = |pick: fn(&Credit) -> &Vec<f64>| -> Vec<Interval> {
            (0..touches)
                .into_par_iter()
                .map(|touch| {
                    let mut values: Vec<f64> = all.iter().map(|one| pick(one)[touch]).collect();
                    values.sort_unstable_by(f64::total_cmp);
                    let tail = (1.0 - self.level) / 2.0;
                    (quantile(&values, tail), quantile(&values, 1.0 - tail))
                })
                .collect()
        };
        Ok(Some((of(|one| &one.conversions), of(|one| &one.value))))
    }
}

/// Linear interpolation between order statistics (type 7).
fn quantile(sorted: &[f64], share: f64) -> f64 {
    let place = share * (sorted.len() - 1) as f64;
    let (low, part) = (place.floor() as usize, place.fract());
    let high = (low + 1).min(sorted.len() - 1);
    sorted[low] + part * (sorted[high] - sorted[low])
}

/// `SplitMix64` (Steele, Lea, Flood 2014).
pub(super) fn split_mix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}
