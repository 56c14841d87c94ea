//! Check legs: media connections that carry nothing and only show whether the media port is reached.
//!
//! Opened by `http::check` for the connection test, one for UDP, one for TCP and one through TLS. Each stands in a room
//! of its own, may send nothing, and is closed after [`LIFE`] whatever happens. Never touches a
//! conference.

use super::Parts;
use crate::protocol::Relay;
use media_control::{ConferenceId, LegId, MediaCommand, MediaEvent, ParticipantId, SourceSet};
use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;
use tokio::sync::oneshot;

/// Check legs at once, so that a rush of tests never takes the place of participants.
pub(crate) const REACH_LIMIT: usize = 32;
/// How long a check leg lives: ICE over TCP through a slow proxy needs a few seconds.
const LIFE: Duration = Duration::from_secs(20);
/// How long the media server may take for an offer.
const OFFER_TIME: Duration = Duration::from_secs(5);

/// Why a check leg is not to be had.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum NoReach {
    #[error("{REACH_LIMIT} check legs are open, or the media server takes no more")]
    Busy,
    #[error("no such check leg")]
    Unknown,
}

struct Open {
    leg: LegId,
    /// Taken by the offer.
    offered: Option<oneshot::Sender<String>>,
}

/// The check legs of this process, by the secret key that their owner was given.
pub(crate) struct Reach {
    parts: Arc<Parts>,
    open: Mutex<HashMap<String, Open>>,
}

impl Reach {
    pub(super) fn new(parts: Arc<Parts>) -> Arc<Self> {
        Arc::new(Self { parts, open: Mutex::default() })
    }

    /// Opens a leg and waits for its offer: key, SDP, and the way through the HTTPS port.
    pub(crate) async fn open(self: &Arc<Self>) -> Result<(String, String, Option<Relay>), NoReach> {
        let key = hex::encode(rand::random::<[u8; 16]>());
        // Nobody's conference: names given by people are shorter or have no such number.
        let conference = ConferenceId::new(&format!("check-{key}")).map_err(|_| NoReach::Busy)?;
        let (offered, offer) = oneshot::channel();
        let leg = {
            let mut open = self.lock();
            if open.len() >= REACH_LIMIT {
                metrics::counter!("vc_check_refused_total").increment(1);
                return Err(NoReach::Busy);
            }
            let leg = self.parts.legs.open(&conference);
            open.insert(key.clone(), Open { leg, offered: Some(offered) });
            leg
        };
        let (participant, allowed) = (ParticipantId(1), SourceSet::NONE);
        let order = MediaCommand::OpenLeg { leg, conference, participant, allowed, shard: None };
        if self.parts.media.send(order).is_err() {
            self.close(&key);
            return Err(NoReach::Busy);
        }
        let (reach, owned) = (self.clone(), key.clone());
        tokio::spawn(async move {
            tokio::time::sleep(LIFE).await;
            reach.close(&owned);
        });
        match tokio::time::timeout(OFFER_TIME, offer).await {
            Ok(Ok(sdp)) => Ok((key, sdp, self.parts.media.relay(leg))),
            Ok(Err(_)) | Err(_) => {
                self.close(&key);
                Err(NoReach::Busy)
            }
        }
    }

    /// The browser's answer to the offer of `key`.
    pub(crate) fn answer(&self, key: &str, sdp: String) -> Result<(), NoReach> {
        let leg = self.lock().get(key).map(|open| open.leg).ok_or(NoReach::Unknown)?;
        self.parts.media.send(MediaCommand::Answer { leg, sdp }).map_err(|_| NoReach::Busy)
    }

    /// Ends the leg of `key`; nothing happens when it has ended.
    pub(crate) fn close(&self, key: &str) {
        let Some(open) = self.lock().remove(key) else { return };
        self.parts.legs.close(open.leg);
        // A media server that takes no orders ends a silent leg by itself.
        let _ = self.parts.media.send(MediaCommand::CloseLeg { leg: open.leg });
    }

    /// Takes what the media server tells of a check leg; false when `event` is of another leg.
    pub(super) fn take(&self, event: &MediaEvent) -> bool {
        let leg = match event {
            MediaEvent::LegOffer { leg, .. }
            | MediaEvent::LegAnswer { leg, .. }
            | MediaEvent::LegRestarted { leg, .. }
            | MediaEvent::LegRefused { leg, .. }
            | MediaEvent::LegConnected { leg, .. }
            | MediaEvent::LegLost { leg, .. }
            | MediaEvent::Slots { leg, .. }
            | MediaEvent::LayersNeeded { leg, .. }
            | MediaEvent::Stats { leg, .. } => *leg,
            MediaEvent::SourceStarted { .. }
            | MediaEvent::SourceStopped { .. }
            | MediaEvent::Speakers { .. }
            | MediaEvent::Programme { .. }
            | MediaEvent::Live { .. }
            | MediaEvent::Load { .. } => return false,
        };
        let mut open = self.lock();
        let Some(found) = open.values_mut().find(|open| open.leg == leg) else { return false };
        match event {
            MediaEvent::LegOffer { sdp, .. } => {
                if let Some(offered) = found.offered.take() {
                    // Who asked may have given up.
                    let _ = offered.send(sdp.clone());
                }
            }
            MediaEvent::LegConnected { .. } => {
                metrics::counter!("vc_check_legs_connected_total").increment(1);
            }
            // Dropping the sender tells who waits for the offer.
            MediaEvent::LegRefused { .. } => found.offered = None,
            _ => {}
        }
        true
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<String, Open>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
