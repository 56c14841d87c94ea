//! How long a certificate holds, when it is renewed and when people are warned.
//!
//! Asked by the keeper, the sources and `check-config`. Pure: the time comes as `now_s`.

const DAY_S: i64 = 86_400;
/// People are warned so long before the end.
const WARNING_S: i64 = 30 * DAY_S;

/// First and last second in which a certificate is good, in Unix time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Life {
    pub from_s: i64,
    pub until_s: i64,
}

impl Life {
    /// Seconds until it ends; negative afterwards.
    pub const fn left_s(self, now_s: i64) -> i64 {
        self.until_s - now_s
    }

    /// Whether it is good now.
    pub const fn holds(self, now_s: i64) -> bool {
        self.from_s <= now_s && now_s < self.until_s
    }

    /// When it is renewed by itself: with a third of its life left.
    pub const fn renewal_s(self) -> i64 {
        self.until_s - (self.until_s - self.from_s) / 3
    }

    /// Whether somebody should hear that it ends: 30 days before, or with a quarter of its life
    /// left when it is a short one, so that renewal by itself has had its chance.
    pub fn ends_soon(self, now_s: i64) -> bool {
        self.left_s(now_s) <= WARNING_S.min((self.until_s - self.from_s) / 4)
    }

    /// Whole days that are left; 0 afterwards.
    pub const fn left_days(self, now_s: i64) -> i64 {
        let left = self.left_s(now_s);
        if left < 0 { 0 } else { left / DAY_S }
    }

    /// The last day, as `2027-03-01` (UTC).
    pub fn last_day(self) -> String {
        time::OffsetDateTime::from_unix_timestamp(self.until_s)
            .map_or_else(|_| "?".to_owned(), |moment| moment.date().to_string())
    }
}

/// Seconds since 1970.
pub fn unix_now_s() -> i64 {
    let since = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
    since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn renewal_comes_before_the_warning_and_the_warning_before_the_end() {
        for days in [6, 90, 398] {
            let life = Life { from_s: 0, until_s: days * DAY_S };
            assert!(!life.ends_soon(life.renewal_s()), "{days}");
            assert!(life.holds(life.until_s - 1) && life.ends_soon(life.until_s - 1), "{days}");
        }
        let year = Life { from_s: 0, until_s: 365 * DAY_S };
        assert!(year.ends_soon(335 * DAY_S) && !year.ends_soon(335 * DAY_S - 1));
        assert_eq!((year.left_days(335 * DAY_S), year.left_days(400 * DAY_S)), (30, 0));
        assert_eq!(Life { from_s: 0, until_s: 1_800_000_000 }.last_day(), "2027-01-15");
    }
}
