//! Wall time for stamps, expiries and deadlines.
//!
//! Held by every part that must know the time; pure parts get the value as `now`. Tests hold the
//! hand of a clock and move it, so that no test waits.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};
use tokio::sync::watch;

/// Where the time comes from.
#[derive(Clone, Debug, Default)]
pub enum Clock {
    /// The system's clock.
    #[default]
    Wall,
    /// A clock that stands still until its [`ClockHand`] moves it.
    Set(watch::Receiver<i64>),
}

/// Moves a [`Clock::Set`].
#[derive(Clone, Debug)]
pub struct ClockHand(Arc<watch::Sender<i64>>);

impl Clock {
    /// A clock that stands at `start_ms`, and its hand.
    #[must_use]
    pub fn standing(start_ms: i64) -> (ClockHand, Self) {
        let (hand, clock) = watch::channel(start_ms);
        (ClockHand(Arc::new(hand)), Self::Set(clock))
    }

    /// Milliseconds since 1970-01-01 UTC.
    #[must_use]
    pub fn now_ms(&self) -> i64 {
        match self {
            Self::Wall => {
                let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
                i64::try_from(since.as_millis()).unwrap_or(i64::MAX)
            }
            Self::Set(clock) => *clock.borrow(),
        }
    }

    /// Returns when it is `at_ms` or later.
    pub async fn reached(&self, at_ms: i64) {
        match self {
            Self::Wall => {
                let left_ms = u64::try_from(at_ms.saturating_sub(self.now_ms())).unwrap_or(0);
                tokio::time::sleep(Duration::from_millis(left_ms)).await;
            }
            Self::Set(clock) => {
                // Without a hand the clock stands for ever.
                if clock.clone().wait_for(|now_ms| *now_ms >= at_ms).await.is_err() {
                    std::future::pending::<()>().await;
                }
            }
        }
    }
}

impl ClockHand {
    /// Moves the clock on.
    pub fn advance(&self, by: Duration) {
        let by_ms = i64::try_from(by.as_millis()).unwrap_or(i64::MAX);
        self.0.send_modify(|now_ms| *now_ms = now_ms.saturating_add(by_ms));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn moved_clock_reaches_what_lies_behind_its_hand() {
        let (hand, clock) = Clock::standing(1_000);
        hand.advance(Duration::from_secs(5));
        assert_eq!(clock.now_ms(), 6_000);
        clock.reached(6_000).await;
    }
}
