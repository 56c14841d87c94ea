//! One receiver more, on a stack that shares no code with ours: does it see what the bulk clients see?
//!
//! Called by the engine around the measured part. Where set-up has not built the probe the run goes on without
//! it, and says so.

use super::{Outcome, Play, Probed};
use crate::client::{Look, Probe, Seen};
use crate::error::Failure;
use crate::peer::{Seat, namespace};
use std::net::Ipv4Addr;
use std::time::{Duration, Instant};

/// Longest until it gets something, and how much that is: more than a second of sound alone.
const PATIENCE: Duration = Duration::from_secs(10);
const FLOWS: u64 = 120;
const LOOK_EVERY: Duration = Duration::from_millis(50);

/// The probe in its place, or why there is none.
pub(super) enum Probing {
    There { probe: Probe, _seat: Box<dyn Seat> },
    Not(String),
}

impl Probing {
    /// Brings it in as one more who watches.
    pub(super) fn begin(play: &Play<'_>) -> Self {
        let joined = || -> Result<(Probe, Box<dyn Seat>), Failure> {
            let mut addresses = vec![Ipv4Addr::LOCALHOST];
            addresses.extend(namespace::is_entered().then(namespace::address));
            let probe = Probe::start(play.programs, &addresses)?;
            play.peer.expect(1)?;
            let mut client = probe.client(play.crowd);
            client.wish = play.script.groups.iter().find_map(|it| it.watches).unwrap_or_default();
            let seat = play.peer.join(client)?;
            // Sound and picture flow before anything is counted.
            let until = Instant::now() + PATIENCE;
            while probe.count()?.0 < FLOWS && Instant::now() < until && !play.progress.is_stopped() {
                std::thread::sleep(LOOK_EVERY);
            }
            Ok((probe, seat))
        };
        match joined() {
            Ok((probe, seat)) => Self::There { probe, _seat: seat },
            Err(failure) => Self::Not(failure.to_string()),
        }
    }

    /// What it has counted so far.
    pub(super) fn count(&self) -> Option<(u64, u64)> {
        match self {
            Self::There { probe, .. } => probe.count().ok(),
            Self::Not(_) => None,
        }
    }

    /// Adds to the outcome what it saw since `before`; whether it was there.
    pub(super) fn conclude(
        &self,
        outcome: &mut Outcome,
        play: &Play<'_>,
        before: Option<(u64, u64)>,
        look: &Look,
    ) -> bool {
        let (packets, contents) = match (self, before, self.count()) {
            (Self::There { .. }, Some(before), Some(after)) => {
                (after.0 - before.0, after.1.wrapping_sub(before.1))
            }
            (Self::There { .. }, ..) => {
                outcome.probed = Some(failed("it ended"));
                return false;
            }
            (Self::Not(why), ..) => {
                outcome.probed =
                    Some(Probed { packets: 0, expected: 0, is_same: true, said: format!("skipped: {why}") });
                return false;
            }
        };
        let cpu = outcome.us_cpu_per_packet * outcome.packets_received as f64;
        outcome.us_cpu_per_packet = cpu / (outcome.packets_received + packets).max(1) as f64;
        outcome.probed = Some(if play.script.is_plain() {
            let sent = look.clients.iter().filter(|it| it.sent > 0).map(|it: &Seen| it.contents);
            let sent = sent.fold(0_u64, u64::wrapping_add);
            Probed {
                packets,
                expected: outcome.packets_sent,
                is_same: contents == sent,
                said: "on the webrtc-rs stack".to_owned(),
            }
        } else {
            // Layers are chosen for each receiver by itself.
            let said =
                "on the webrtc-rs stack; which layers it gets is its own, so its packets are not compared";
            Probed { packets, expected: packets, is_same: packets > 0, said: said.to_owned() }
        });
        true
    }
}

fn failed(why: &str) -> Probed {
    Probed { packets: 0, expected: 1, is_same: false, said: why.to_owned() }
}
