//! What signalling asks of media.

use crate::{Composition, ConferenceId, LegId, ParticipantId, ShardId, Source, SourceSet};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// One order to the media server. Orders for one leg are carried out in the order sent; an order
/// for a leg that is not there is dropped and counted.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum MediaCommand {
    /// Makes a leg for a browser. Answered by [`crate::MediaEvent::LegOffer`] or
    /// [`crate::MediaEvent::LegRefused`].
    OpenLeg {
        leg: LegId,
        conference: ConferenceId,
        participant: ParticipantId,
        /// What this leg may send from the start; see [`MediaCommand::Allow`].
        allowed: SourceSet,
        /// Where the leg must live; `None` lets the media server choose the least loaded shard.
        shard: Option<ShardId>,
    },
    /// Makes a leg for a program that brings its own offer (WHIP, WHEP). Answered by
    /// [`crate::MediaEvent::LegAnswer`] or [`crate::MediaEvent::LegRefused`].
    TakeOffer {
        leg: LegId,
        conference: ConferenceId,
        participant: ParticipantId,
        /// As in [`MediaCommand::OpenLeg`].
        allowed: SourceSet,
        shard: Option<ShardId>,
        errand: Errand,
        sdp: String,
    },
    /// The program of a leg made by [`MediaCommand::TakeOffer`] restarts ICE with these credentials.
    /// Answered by [`crate::MediaEvent::LegRestarted`], or by nothing when they cannot be used; media
    /// goes on over the old path until the new one works.
    TakeRestart { leg: LegId, ufrag: String, pwd: String },
    /// The browser's SDP answer to the newest offer of `leg`.
    Answer { leg: LegId, sdp: String },
    /// New ICE credentials for a leg whose network changed (RFC 8445 section 9). Answered by a
    /// `LegOffer` with the same leg; media goes on over the old path until the new one works.
    RestartIce { leg: LegId },
    /// Ends a leg; no event follows.
    CloseLeg { leg: LegId },
    /// Replaces what `leg` may send. Packets of any other source are dropped and counted: this is
    /// how "muted by the chair" holds even against a changed client.
    Allow { leg: LegId, allowed: SourceSet },
    /// Replaces what `leg` looks at: at most [`crate::MAX_WISHES`], most important first. The
    /// media server picks slots (a source that stays keeps its slot) and layers, and answers by
    /// [`crate::MediaEvent::Slots`]. Voices need no wish.
    Watch { leg: LegId, wishes: Vec<Wish> },
    /// The program of `leg`, made by [`MediaCommand::TakeOffer`] to view, also speaks, by another leg and as this
    /// participant: it is to hear everybody but itself. `None` when it speaks no more. Its wish for a single
    /// participant stands above it.
    SpeaksAs { leg: LegId, participant: Option<ParticipantId> },
    /// Ends every leg of a conference.
    CloseConference { conference: ConferenceId },
    /// Composes a picture, or makes one so from now on: for the mixer, not the media server. Answered by
    /// [`crate::MediaEvent::Programme`].
    Compose { composition: Box<Composition> },
    /// Ends a composed picture; no event follows.
    StopComposing { conference: ConferenceId, programme: ParticipantId },
    /// Hands a composed picture on as a live stream: for the recorder. Answered by [`crate::MediaEvent::Live`].
    OpenLive { conference: ConferenceId, programme: ParticipantId },
    /// Ends a live stream; no event follows.
    CloseLive { conference: ConferenceId },
}

/// What a program with an offer of its own wants: one picture and one sound, in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "errand", rename_all = "snake_case")]
pub enum Errand {
    /// Sends a camera and a microphone.
    Publish,
    /// Receives the first picture of its wishes, and the voice of `hears` (of a composed picture: the mixed
    /// sound) or the loudest one.
    View { hears: Option<ParticipantId> },
}

/// One picture that a window shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Wish {
    pub participant: ParticipantId,
    /// `camera` or `screen`; `microphone` of a composed picture for the mixed sound instead of single voices.
    /// Any other sound is refused.
    pub source: Source,
    /// Height of the picture on the screen in physical pixels, 1–4320; the layer follows it. Means nothing for
    /// the mixed sound.
    pub height_px: u16,
}
