//! Locks a user name after five failed logins in a row, for 15 minutes.
//!
//! Called by `auth::login` before and after each verification. Counts names that do not exist
//! like names that do, so that a lock tells nothing; bounded, because anybody can invent names.

use std::collections::HashMap;
use std::time::{Duration, Instant};

/// Failures in a row that lock.
pub const FAILURE_LIMIT: u32 = 5;
/// How long a lock holds, and how long failures are remembered.
pub const LOCK_DURATION: Duration = Duration::from_secs(15 * 60);
/// Names remembered at once; above it the one that failed longest ago is forgotten and counted.
pub const NAME_LIMIT: usize = 65_536;

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last: Instant,
}

/// Recent failures by user name.
#[derive(Debug, Default)]
pub struct Lockout {
    names: HashMap<String, Failures>,
}

impl Lockout {
    /// Claims one attempt for `user`: it counts as failed until [`Lockout::succeeded`]. So many
    /// attempts at once do not get past the limit while their hashes are computed.
    ///
    /// # Errors
    /// The time that is left when the name is locked.
    pub fn begin(&mut self, now: Instant, user: &str) -> Result<(), Duration> {
        if let Some(failures) = self.names.get_mut(user) {
            let age = now.saturating_duration_since(failures.last);
            if age >= LOCK_DURATION {
                failures.count = 0;
            } else if failures.count >= FAILURE_LIMIT {
                return Err(LOCK_DURATION - age);
            }
            failures.count += 1;
            failures.last = now;
            return Ok(());
        }
        self.make_room(now);
        self.names.insert(
            user.to_owned(),
            Failures {
                count: 1,
                last: now,
            },
        );
        Ok(())
    }

    /// Forgets the failures of `user` after a right password.
    pub fn succeeded(&mut self, user: &str) {
        self.names.remove(user);
    }

    /// Takes back an attempt that was never verified, because the server was busy.
    pub fn withdrawn(&mut self, user: &str) {
        if let Some(failures) = self.names.get_mut(user) {
            failures.count = failures.count.saturating_sub(1);
        }
    }

    fn make_room(&mut self, now: Instant) {
        if self.names.len() < NAME_LIMIT {
            return;
        }
        self.names
            .retain(|_, f| now.saturating_duration_since(f.last) < LOCK_DURATION);
        if self.names.len() >= NAME_LIMIT {
            metrics::counter!("vc_auth_lockout_evictions_total").increment(1);
            let oldest = self
                .names
                .iter()
                .min_by_key(|(_, f)| f.last)
                .map(|(name, _)| name.clone());
            oldest.map(|name| self.names.remove(&name));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixth_attempt_after_five_failures_waits_fifteen_minutes() {
        let (mut lockout, start) = (Lockout::default(), Instant::now());
        for _ in 0..FAILURE_LIMIT {
            assert_eq!(lockout.begin(start, "bi_thu"), Ok(()));
        }
        assert_eq!(lockout.begin(start, "bi_thu"), Err(LOCK_DURATION));
        let later = start + Duration::from_secs(60);
        assert_eq!(
            lockout.begin(later, "bi_thu"),
            Err(LOCK_DURATION - Duration::from_secs(60))
        );
        assert_eq!(lockout.begin(start + LOCK_DURATION, "bi_thu"), Ok(()));
        assert_eq!(
            lockout.begin(start, "chu_tich"),
            Ok(()),
            "another name is not touched"
        );
    }

    #[test]
    fn right_password_forgets_earlier_failures() {
        let (mut lockout, now) = (Lockout::default(), Instant::now());
        for _ in 0..3 {
            for _ in 0..FAILURE_LIMIT - 1 {
                assert_eq!(lockout.begin(now, "bi_thu"), Ok(()));
            }
            lockout.succeeded("bi_thu");
        }
    }

    #[test]
    fn invented_names_do_not_grow_the_table_past_its_limit() {
        let (mut lockout, now) = (Lockout::default(), Instant::now());
        for name in 0..NAME_LIMIT + 3 {
            let _ = lockout.begin(now, &name.to_string());
        }
        assert_eq!(lockout.names.len(), NAME_LIMIT);
    }
}
