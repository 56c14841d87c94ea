//! What comes after an attempt: done, refused for good, or tried again later and later.
//!
//! Called by the senders. Pure; the time comes from the caller.

use crate::store::{DispatchRow, Settled};
use conference::Timestamp;

/// Attempts before a row is given up; the last comes about 18 hours after the first.
const ATTEMPTS: u32 = 12;
/// Wait after the first failure; doubles each time.
const FIRST_WAIT_MS: i64 = 30_000;
/// Longest wait.
const LONGEST_WAIT_MS: i64 = 4 * 60 * 60 * 1000;
/// Longest sentence of the other side that is kept, in characters.
const SAID_LIMIT: usize = 300;

/// What came of an attempt.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    Sent {
        said: String,
    },
    /// The other side will not take it.
    Refused {
        said: String,
    },
    /// It did not work this time.
    Failed {
        said: String,
    },
    /// There is nothing to be told any more.
    Moot,
    /// It is not worth telling any more.
    TooLate,
}

/// The row after an attempt at `now`.
pub(crate) fn settled(row: &DispatchRow, outcome: Outcome, now: Timestamp) -> Settled {
    let attempts = row.attempts.saturating_add(1);
    let next = now.plus_ms(wait_ms(attempts, row.id));
    let (state, said) = match outcome {
        Outcome::Sent { said } => ("sent", said),
        Outcome::Refused { said } => ("refused", said),
        Outcome::Moot => ("given_up", "moot".to_owned()),
        Outcome::TooLate => {
            ("given_up", if row.said.is_empty() { "too_late".to_owned() } else { row.said.clone() })
        }
        Outcome::Failed { said } if attempts >= ATTEMPTS || row.ends <= next => ("given_up", said),
        Outcome::Failed { said } => ("waiting", said),
    };
    let plain = said.chars().map(|letter| if letter.is_control() { ' ' } else { letter });
    let said = plain.take(SAID_LIMIT).collect();
    Settled { id: row.id, held: row.next, state, attempts, next, touched: now, said }
}

/// Doubles up to the longest, less up to a quarter by the row's number, so that rows which failed
/// together do not all come back together.
fn wait_ms(attempts: u32, id: u64) -> i64 {
    let doubled = FIRST_WAIT_MS.saturating_mul(1 << attempts.saturating_sub(1).min(16));
    let longest = doubled.min(LONGEST_WAIT_MS);
    longest - longest / 100 * i64::try_from(id % 25).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(attempts: u32) -> DispatchRow {
        DispatchRow {
            id: 25,
            token: "inv-1".to_owned(),
            conference: "hop".to_owned(),
            target: "1".to_owned(),
            word: "invitation".to_owned(),
            state: "waiting".to_owned(),
            attempts,
            next: Timestamp(0),
            touched: Timestamp(0),
            ends: Timestamp(1_000_000_000),
            said: String::new(),
            body: String::new(),
        }
    }

    fn failed() -> Outcome {
        Outcome::Failed { said: "451 4.7.1 later\r\n".to_owned() }
    }

    #[test]
    fn waits_double_up_to_four_hours_and_then_it_is_given_up() {
        let mut waits = Vec::new();
        for attempts in 0..ATTEMPTS - 1 {
            let after = settled(&row(attempts), failed(), Timestamp(0));
            assert_eq!((after.state, after.said.as_str()), ("waiting", "451 4.7.1 later  "));
            waits.push(after.next.0 / 1000);
        }
        assert_eq!(waits, [30, 60, 120, 240, 480, 960, 1920, 3840, 7680, 14_400, 14_400]);
        assert_eq!(settled(&row(ATTEMPTS - 1), failed(), Timestamp(0)).state, "given_up");
    }

    #[test]
    fn refused_for_good_is_not_tried_again_and_late_is_given_up() {
        let refused = Outcome::Refused { said: "550 no such user".to_owned() };
        assert_eq!(settled(&row(0), refused, Timestamp(5)).state, "refused");
        let late = settled(&row(3), failed(), Timestamp(999_999_999));
        assert_eq!(late.state, "given_up");
    }
}
