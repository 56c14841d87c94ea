//! Token buckets by address or account, in a table of bounded size.
//!
//! Called by `http` before any work is done for a request, and by `session` for what one
//! connection sends. Knows no clock: `now` comes from the caller.

use std::collections::HashMap;
use std::hash::Hash;
use std::net::{IpAddr, Ipv6Addr};
use std::time::{Duration, Instant};

/// How much may come at once and how fast it may go on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rate {
    /// Tokens in a full bucket, ≥ 1.
    pub burst: u32,
    /// Tokens that come back in a second, > 0.
    pub per_second: f64,
}

/// One bucket.
#[derive(Clone, Copy, Debug)]
pub struct Bucket {
    tokens: f64,
    filled: Instant,
}

impl Bucket {
    /// A full bucket.
    #[must_use]
    pub fn full(rate: Rate, now: Instant) -> Self {
        Self { tokens: f64::from(rate.burst), filled: now }
    }

    fn fill(&mut self, rate: Rate, now: Instant) {
        let passed = now.saturating_duration_since(self.filled).as_secs_f64();
        self.tokens = (self.tokens + passed * rate.per_second).min(f64::from(rate.burst));
        self.filled = self.filled.max(now);
    }

    /// Takes `cost` tokens.
    ///
    /// # Errors
    /// How long to wait until there are enough.
    pub fn take(&mut self, rate: Rate, now: Instant, cost: u32) -> Result<(), Duration> {
        self.fill(rate, now);
        let missing = f64::from(cost) - self.tokens;
        if missing > 0.0 {
            return Err(Duration::from_secs_f64((missing / rate.per_second).min(3600.0)));
        }
        self.tokens -= f64::from(cost);
        Ok(())
    }

    fn is_full(&mut self, rate: Rate, now: Instant) -> bool {
        self.fill(rate, now);
        self.tokens >= f64::from(rate.burst)
    }
}

/// Buckets by key, at most `limit` of them.
#[derive(Debug)]
pub struct RateTable<K> {
    rate: Rate,
    limit: usize,
    buckets: HashMap<K, Bucket>,
    /// Shared by all keys that found the table full: many addresses do not buy free requests.
    overflow: Bucket,
}

impl<K: Hash + Eq> RateTable<K> {
    /// An empty table.
    #[must_use]
    pub fn new(rate: Rate, limit: usize, now: Instant) -> Self {
        Self { rate, limit, buckets: HashMap::new(), overflow: Bucket::full(rate, now) }
    }

    /// Takes `cost` tokens of `key`.
    ///
    /// # Errors
    /// How long to wait until there are enough.
    pub fn take(&mut self, now: Instant, key: K, cost: u32) -> Result<(), Duration> {
        let rate = self.rate;
        if !self.buckets.contains_key(&key) && self.buckets.len() >= self.limit {
            self.buckets.retain(|_, bucket| !bucket.is_full(rate, now));
            if self.buckets.len() >= self.limit {
                metrics::counter!("vc_http_rate_table_full_total").increment(1);
                return self.overflow.take(rate, now, cost);
            }
        }
        self.buckets.entry(key).or_insert_with(|| Bucket::full(rate, now)).take(rate, now, cost)
    }

    /// Buckets that are kept now.
    #[must_use]
    pub fn len(&self) -> usize {
        self.buckets.len()
    }

    /// Whether no bucket is kept.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.buckets.is_empty()
    }
}

/// What counts as one address: an IPv4 address, or the /64 that one IPv6 customer owns.
#[must_use]
pub fn address_key(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(v4) => IpAddr::V4(v4),
        IpAddr::V6(v6) => {
            let [a, b, c, d, ..] = v6.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const RATE: Rate = Rate { burst: 3, per_second: 2.0 };

    #[test]
    fn burst_passes_and_then_the_rate_holds() {
        let start = Instant::now();
        let mut table = RateTable::new(RATE, 10, start);
        for _ in 0..3 {
            assert_eq!(table.take(start, "a", 1), Ok(()));
        }
        assert_eq!(table.take(start, "a", 1), Err(Duration::from_millis(500)));
        assert_eq!(table.take(start, "b", 1), Ok(()), "another key has its own bucket");
        assert_eq!(table.take(start + Duration::from_millis(500), "a", 1), Ok(()));
    }

    #[test]
    fn full_table_forgets_the_idle_and_shares_one_bucket_among_the_rest() {
        let start = Instant::now();
        let mut table = RateTable::new(RATE, 2, start);
        assert_eq!(table.take(start, 1, 3), Ok(()));
        assert_eq!(table.take(start, 2, 3), Ok(()));
        for key in 3..6 {
            assert_eq!(table.take(start, key, 1), Ok(()));
        }
        assert!(table.take(start, 6, 1).is_err(), "the shared bucket is empty");
        assert_eq!(table.len(), 2);
        let later = start + Duration::from_secs(2);
        assert_eq!(table.take(later, 7, 1), Ok(()));
        assert_eq!(table.len(), 1, "full buckets were forgotten");
    }

    #[test]
    fn one_ipv6_customer_is_one_address() {
        let key = |text: &str| address_key(text.parse().expect("an address"));
        assert_eq!(key("2001:db8:1:2:3::1"), key("2001:db8:1:2:ffff::9"));
        assert_ne!(key("2001:db8:1:2::1"), key("2001:db8:1:3::1"));
        assert_eq!(key("::ffff:192.0.2.1"), key("192.0.2.1"));
    }
}
