//! Locks a user name after five failed logins in a row, for 15 minutes.
//!
//! Called by `auth::login`. Counts names that do not exist like names that do, so that a lock
//! tells nothing; bounded, because anybody can invent names. The store counts real accounts as
//! well, so that a restart forgives nobody.

use std::collections::HashMap;
use std::time::Duration;

/// Failures in a row that lock.
pub const FAILURE_LIMIT: u32 = 5;
/// How long a lock holds, and how long failures are remembered.
pub const LOCK_DURATION: Duration = Duration::from_secs(15 * 60);
const LOCK_MS: i64 = 15 * 60 * 1000;
/// Names remembered at once; above it the one that failed longest ago is forgotten and counted.
pub const NAME_LIMIT: usize = 65_536;

#[derive(Clone, Copy, Debug)]
struct Failures {
    count: u32,
    last_ms: i64,
}

/// Recent failures by user name.
#[derive(Debug, Default)]
pub struct Lockout {
    names: HashMap<String, Failures>,
}

impl Lockout {
    /// Whether `user` may try.
    ///
    /// # Errors
    /// The time that is left when the name is locked.
    pub fn check(&self, now_ms: i64, user: &str) -> Result<(), Duration> {
        let Some(failures) = self.names.get(user).filter(|f| f.count >= FAILURE_LIMIT) else {
            return Ok(());
        };
        let left_ms = LOCK_MS - now_ms.saturating_sub(failures.last_ms);
        if left_ms <= 0 {
            return Ok(());
        }
        Err(Duration::from_millis(left_ms.unsigned_abs()).min(LOCK_DURATION))
    }

    /// Counts a wrong password or an unknown name.
    pub fn failed(&mut self, now_ms: i64, user: &str) {
        if let Some(failures) = self.names.get_mut(user) {
            let is_old = now_ms.saturating_sub(failures.last_ms) >= LOCK_MS;
            failures.count = if is_old { 1 } else { failures.count + 1 };
            failures.last_ms = now_ms;
            return;
        }
        self.make_room(now_ms);
        self.names.insert(user.to_owned(), Failures { count: 1, last_ms: now_ms });
    }

    /// Forgets the failures of `user` after a right password.
    pub fn succeeded(&mut self, user: &str) {
        self.names.remove(user);
    }

    fn make_room(&mut self, now_ms: i64) {
        if self.names.len() < NAME_LIMIT {
            return;
        }
        self.names.retain(|_, f| now_ms.saturating_sub(f.last_ms) < LOCK_MS);
        if self.names.len() >= NAME_LIMIT {
            metrics::counter!("vc_auth_lockout_evictions_total").increment(1);
            let oldest = self.names.iter().min_by_key(|(_, f)| f.last_ms);
            if let Some(name) = oldest.map(|(name, _)| name.clone()) {
                self.names.remove(&name);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sixth_attempt_after_five_failures_waits_fifteen_minutes() {
        let (mut lockout, start) = (Lockout::default(), 1_000_000);
        for _ in 0..FAILURE_LIMIT {
            assert_eq!(lockout.check(start, "bi_thu"), Ok(()));
            lockout.failed(start, "bi_thu");
        }
        assert_eq!(lockout.check(start, "bi_thu"), Err(LOCK_DURATION));
        let later = start + 60_000;
        assert_eq!(lockout.check(later, "bi_thu"), Err(LOCK_DURATION - Duration::from_secs(60)));
        assert_eq!(lockout.check(start, "chu_tich"), Ok(()), "another name is not touched");
        let after = start + LOCK_MS;
        assert_eq!(lockout.check(after, "bi_thu"), Ok(()));
        lockout.failed(after, "bi_thu");
        assert_eq!(lockout.check(after, "bi_thu"), Ok(()), "counting starts again");
    }

    #[test]
    fn right_password_forgets_earlier_failures() {
        let (mut lockout, now) = (Lockout::default(), 1_000_000);
        for _ in 0..3 {
            for _ in 0..FAILURE_LIMIT - 1 {
                lockout.failed(now, "bi_thu");
            }
            lockout.succeeded("bi_thu");
            assert_eq!(lockout.check(now, "bi_thu"), Ok(()));
        }
    }

    #[test]
    fn invented_names_do_not_grow_the_table_past_its_limit() {
        let (mut lockout, now) = (Lockout::default(), 1_000_000);
        for name in 0..NAME_LIMIT + 3 {
            lockout.failed(now, &name.to_string());
        }
        assert_eq!(lockout.names.len(), NAME_LIMIT);
    }
}
