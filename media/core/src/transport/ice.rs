//! The ICE side of one leg behind a trait of ours (RFC 8445, lite role).
//!
//! Used by `PeerTransport`. The library stays behind [`IceAgent`], because its interface changes
//! every few weeks. A lite agent has no timers: it answers checks and follows nominations.

use super::types::{IceCredentials, Path, Transmit, TransportCounters};
use crate::error::TransportFailure;
use std::time::Instant;

/// What one STUN message meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum StunOutcome {
    /// Dropped and counted.
    Dropped,
    /// Authentic: the peer lives and this path works.
    Authentic,
    /// Authentic, and the controlling side chose this path.
    Nominated,
}

/// The controlled, lite side of one ICE session.
pub(super) trait IceAgent {
    /// The credentials that the next offer carries: staged ones during a restart.
    fn offered_credentials(&self) -> &IceCredentials;

    /// Credentials that checks may name: the live ones and, during a restart, the staged ones.
    fn known_credentials(&self) -> (&IceCredentials, Option<&IceCredentials>);

    /// Stages new credentials; they become live with the next [`Self::set_remote`].
    ///
    /// # Errors
    /// `IceCredentials` when too short or outside the alphabet.
    fn stage_restart(&mut self, credentials: IceCredentials) -> Result<(), TransportFailure>;

    /// The peer's credentials from its answer; makes staged ones live.
    ///
    /// # Errors
    /// `Ice` when the library refuses.
    fn set_remote(&mut self, now: Instant, credentials: &IceCredentials) -> Result<(), TransportFailure>;

    /// Takes one STUN message. `path.local` is a candidate, or an address behind its NAT.
    fn handle_stun(
        &mut self,
        now: Instant,
        path: Path,
        message: &[u8],
        counters: &mut TransportCounters,
    ) -> StunOutcome;

    /// Whether an authentic check came over this path.
    fn is_validated(&self, path: &Path) -> bool;

    /// The next message to send.
    fn poll_transmit(&mut self) -> Option<Transmit>;
}
