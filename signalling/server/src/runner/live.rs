//! The live stream of one conference: let out while the committed state says so.
//!
//! Part of the runner's task. How each way out does is logged and counted; it is no fact of the meeting.

use super::task::Task;
use media_control::{MediaCommand, Outlet, OutletState, ParticipantId};

impl Task {
    /// After each round: lets the composed picture out, or no longer.
    pub(super) fn tell_recorder(&mut self) {
        let is_live = self.state.live().is_some();
        if std::mem::replace(&mut self.is_live, is_live) == is_live {
            return;
        }
        let conference = self.state.id().clone();
        self.orders.push(if is_live {
            MediaCommand::OpenLive { conference, programme: ParticipantId::FIRST_PROGRAMME }
        } else {
            MediaCommand::CloseLive { conference }
        });
    }

    pub(super) fn stop_live(&mut self) {
        if std::mem::take(&mut self.is_live) {
            let conference = self.state.id().clone();
            self.orders.push(MediaCommand::CloseLive { conference });
        }
    }

    /// The recorder or its supervisor tells of a way out.
    pub(super) fn take_live(&self, outlet: Outlet, state: OutletState) {
        let (conference, outlet) = (self.state.id(), outlet.name());
        match state {
            OutletState::Waiting => {}
            OutletState::Running => tracing::info!(%conference, outlet, "live stream goes out"),
            OutletState::Failed => tracing::warn!(%conference, outlet, "live stream fails, tried again"),
            OutletState::Taken => {
                tracing::warn!(%conference, outlet, "live stream does not go out, the way is taken");
            }
        }
    }
}
