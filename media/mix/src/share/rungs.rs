//! At most two rates for all viewers of a picture.
//!
//! Called by `programme` when a viewer's link has changed. A third rate would be a third encode for little:
//! what two rates cannot serve well is served by the lower one.

use crate::codec::Bitrate;

/// Most encodes of one content.
pub const RUNGS: usize = 2;

/// The rates at which to encode, lowest first: those that bring the most to all viewers together. None is
/// outside the bounds, whatever links are said to carry. Nobody there: one, at the lower bound.
#[must_use]
pub fn rungs(viewers: &[Bitrate], least: Bitrate, most: Bitrate) -> Vec<Bitrate> {
    let mut rates: Vec<u64> =
        viewers.iter().map(|it| u64::from(it.0.clamp(least.0, most.0.max(least.0)))).collect();
    rates.sort_unstable();
    let Some(&lowest) = rates.first() else { return vec![least] };
    let count = rates.len() as u64;
    // Everybody from `at` on gets the rate of `at`, the others the lowest.
    let brings = |at: usize| at as u64 * lowest + (count - at as u64) * rates[at];
    let best = (0..rates.len()).max_by_key(|at| (brings(*at), std::cmp::Reverse(*at))).unwrap_or(0);
    // A second encode must bring a fifth more to be worth its work.
    if brings(best) * 5 < count * lowest * 6 {
        return vec![Bitrate(lowest as u32)];
    }
    vec![Bitrate(lowest as u32), Bitrate(rates[best] as u32)]
}

/// The place of the rung for a viewer: the highest that the link carries, else the lowest.
#[must_use]
pub fn rung_of(viewer: Bitrate, rungs: &[Bitrate]) -> usize {
    rungs.iter().rposition(|it| *it <= viewer).unwrap_or(0)
}
