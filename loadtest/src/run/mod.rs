//! Runs: what is done to a server, step by step, and what is read off meanwhile.
//!
//! Called by the program. Each run starts its own crowd and server, so that none inherits the state
//! of another.

pub mod engine;
pub mod forward;
pub mod lead;
pub mod mix;
pub mod progress;
pub mod scenario;
pub mod sites;
pub mod viewers;

use crate::client::{Crowd, Look};
use crate::error::Failure;
use crate::peer::process::Processes;
use progress::Progress;
use std::time::{Duration, Instant};

/// Between two looks at the crowd while waiting.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Longest until a client is connected and has its first frame.
const CONNECT: Duration = Duration::from_secs(60);
/// Longest until what was on its way has arrived.
const QUIET: Duration = Duration::from_millis(1_500);

/// Between two looks at a server's memory while it comes to rest, how many looks without a change are rest,
/// and how many there are at most.
const MEMORY_EVERY: Duration = Duration::from_millis(500);
const MEMORY_LOOKS: usize = 9;
const MAX_MEMORY_LOOKS: usize = 40;
/// A change of less than this share is none.
const MEMORY_STILL: f64 = 0.01;

/// Waits until the resident memory of a server no longer changes, and answers how much it is, bytes.
///
/// Servers give back what they needed for a moment some seconds later, and build up what they keep ready:
/// read before, the same server has a half more or less from run to run.
pub(crate) fn memory_at_rest(processes: &Processes, progress: &Progress) -> u64 {
    let mut seen = vec![processes.resident_bytes()];
    for look in 1..=MAX_MEMORY_LOOKS {
        progress.show("memory comes to rest", look, MAX_MEMORY_LOOKS);
        std::thread::sleep(MEMORY_EVERY);
        seen.push(processes.resident_bytes());
        let last = &seen[seen.len().saturating_sub(MEMORY_LOOKS)..];
        let (least, most) = last.iter().fold((u64::MAX, 0), |(a, b), it| (a.min(*it), b.max(*it)));
        let is_still = (most - least) as f64 <= most as f64 * MEMORY_STILL;
        if progress.is_stopped() || (last.len() >= MEMORY_LOOKS && is_still) {
            break;
        }
    }
    seen.last().copied().unwrap_or_default()
}

/// Waits until `count` of the crowd reaches `of`, or somebody stops the run.
pub(crate) fn wait_until(
    crowd: &Crowd,
    progress: &Progress,
    what: &str,
    of: usize,
    count: impl Fn(&Look) -> usize,
) -> Result<Look, Failure> {
    wait_for_most(crowd, progress, what, (of, of), count)
}

/// The same, but when time is up it goes on as long as `least` of the clients are there: that a server at its
/// limit does not serve all is a result, and those who are missing count as receivers of nothing.
pub(crate) fn wait_for_most(
    crowd: &Crowd,
    progress: &Progress,
    what: &str,
    (of, least): (usize, usize),
    count: impl Fn(&Look) -> usize,
) -> Result<Look, Failure> {
    let until = Instant::now() + CONNECT;
    loop {
        let look = crowd.look();
        let there = count(&look);
        progress.show(what, there, of);
        let is_late = Instant::now() > until;
        if there >= of || progress.is_stopped() || (is_late && there >= least) {
            return Ok(look);
        }
        if is_late {
            let (waiting, seconds) = (of - there, CONNECT.as_secs());
            return Err(Failure::NotConnected { waiting, of, seconds, stuck: look.stuck() });
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Stops all senders and waits until nothing is on its way any more.
pub(crate) fn settle(crowd: &Crowd) -> Look {
    crowd.hold(true);
    let until = Instant::now() + QUIET;
    loop {
        std::thread::sleep(LOOK_EVERY);
        let look = crowd.look();
        if look.is_quiet || Instant::now() > until {
            return look;
        }
    }
}
