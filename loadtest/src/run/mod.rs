//! Runs: what is done to a server, step by step, and what is read off meanwhile.
//!
//! Called by the program. Each run starts its own crowd and server, so that none inherits the state
//! of another.

pub mod forward;
pub mod progress;
pub mod sites;

use crate::client::{Crowd, Description, Look, Part};
use crate::error::Failure;
use crate::peer::{Peer, Seat};
use progress::Progress;
use std::time::{Duration, Instant};

/// Between two looks at the crowd while waiting.
const LOOK_EVERY: Duration = Duration::from_millis(20);
/// Longest until a client is connected and has its first frame.
const CONNECT: Duration = Duration::from_secs(60);
/// Longest until what was on its way has arrived.
const QUIET: Duration = Duration::from_millis(1_500);

/// Waits until `count` of the crowd reaches `of`, or somebody stops the run.
pub(crate) fn wait_until(
    crowd: &Crowd,
    progress: &Progress,
    what: &str,
    of: usize,
    count: impl Fn(&Look) -> usize,
) -> Result<Look, Failure> {
    let until = Instant::now() + CONNECT;
    loop {
        let look = crowd.look();
        let there = count(&look);
        progress.show(what, there, of);
        if there >= of || progress.is_stopped() {
            return Ok(look);
        }
        if Instant::now() > until {
            return Err(Failure::NotConnected { waiting: of - there, of, seconds: CONNECT.as_secs() });
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

/// Brings one client in.
pub(crate) fn enter(crowd: &Crowd, peer: &dyn Peer, part: Part) -> Result<Box<dyn Seat>, Failure> {
    let client: Description = crowd.client(part)?;
    peer.join(client)
}
