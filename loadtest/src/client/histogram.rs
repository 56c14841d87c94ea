//! Counts of values by size, for quantiles without keeping the values.
//!
//! Used wherever something is measured often. Steps of 1/32, so a quantile is right within 3 %.

/// Steps for each power of two.
const STEPS: u64 = 32;
const BUCKETS: usize = 64 * STEPS as usize;

/// Counts by size.
#[derive(Clone, Debug)]
pub struct Histogram {
    counts: Vec<u64>,
    count: u64,
    highest: u64,
}

impl Default for Histogram {
    fn default() -> Self {
        Self { counts: vec![0; BUCKETS], count: 0, highest: 0 }
    }
}

const fn bucket(value: u64) -> usize {
    if value < STEPS {
        return value as usize;
    }
    let exponent = value.ilog2() as u64 - STEPS.ilog2() as u64;
    (exponent * STEPS + (value >> exponent)) as usize
}

/// The middle of the values in a bucket.
const fn middle(bucket: usize) -> u64 {
    let bucket = bucket as u64;
    if bucket < 2 * STEPS {
        return bucket;
    }
    let exponent = bucket / STEPS - 1;
    let low = (bucket - exponent * STEPS) << exponent;
    low + (1 << exponent) / 2
}

impl Histogram {
    pub fn note(&mut self, value: u64) {
        self.counts[bucket(value)] += 1;
        self.count += 1;
        self.highest = self.highest.max(value);
    }

    #[must_use]
    pub const fn count(&self) -> u64 {
        self.count
    }

    #[must_use]
    pub const fn highest(&self) -> u64 {
        self.highest
    }

    /// The value that this share of all values does not exceed; 0 when there are none.
    #[must_use]
    pub fn quantile(&self, share: f64) -> u64 {
        let rank = (self.count as f64 * share).ceil().max(1.0) as u64;
        let mut below = 0;
        for (at, count) in self.counts.iter().enumerate() {
            below += count;
            if below >= rank {
                return middle(at).min(self.highest);
            }
        }
        self.highest
    }

    /// What was noted since `earlier`, a former state of the same; the highest value is that of all time.
    #[must_use]
    pub fn since(&self, earlier: &Self) -> Self {
        let counts = self.counts.iter().zip(&earlier.counts).map(|(now, then)| now.saturating_sub(*then));
        Self {
            counts: counts.collect(),
            count: self.count.saturating_sub(earlier.count),
            highest: self.highest,
        }
    }

    /// Adds the counts of another.
    pub fn add(&mut self, other: &Self) {
        for (count, more) in self.counts.iter_mut().zip(&other.counts) {
            *count += more;
        }
        self.count += other.count;
        self.highest = self.highest.max(other.highest);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_right_within_three_per_cent() {
        let mut histogram = Histogram::default();
        (1..=100_000).for_each(|value| histogram.note(value));
        for (share, wanted) in [(0.5, 50_000.0), (0.95, 95_000.0), (0.99, 99_000.0), (1.0, 100_000.0)] {
            let found = histogram.quantile(share) as f64;
            assert!((found - wanted).abs() / wanted < 0.03, "{share}: {found}");
        }
        assert_eq!(Histogram::default().quantile(0.99), 0);
    }

    #[test]
    fn what_was_noted_since_leaves_out_what_was_before() {
        let mut histogram = Histogram::default();
        histogram.note(5);
        let before = histogram.clone();
        (0..10).for_each(|_| histogram.note(20));
        let since = histogram.since(&before);
        assert_eq!((since.count(), since.quantile(0.1), since.quantile(1.0)), (10, 20, 20));
    }

    #[test]
    fn every_value_falls_into_a_bucket_of_its_size() {
        for value in [0, 1, 31, 32, 33, 63, 64, 65, 1000, 1 << 40, u64::MAX] {
            let near = middle(bucket(value));
            assert!(near.abs_diff(value) <= value / 32 + 1, "{value}: {near}");
        }
    }
}
