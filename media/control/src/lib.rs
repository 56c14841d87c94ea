//! All that media and signalling share: ids, [`MediaCommand`] and [`MediaEvent`].
//!
//! Signalling decides who may send and what a window shows; media carries it out and tells what
//! happened. Nothing here touches a socket, a clock or a database.

mod command;
mod composing;
mod event;
mod figures;
mod id;
mod live;
mod source;

pub use command::{Errand, MediaCommand, Wish};
pub use composing::{
    Composed, Composition, H264Encoder, LOGO_FILE_BYTES, LOGO_SIDE_PX, MAX_COMPOSED, MixerFigures,
    MixerOrder, MixerReport, MixerStart, NoProgramme, PictureCodec, ProgrammeFigures, ProgrammeNews,
    SoundFigures, Tiling,
};
pub use event::{LegLost, LegRefusal, MediaEvent, Rid, SlotAssignment, Speaker, SrtpProfile, Via};
pub use figures::{LegStats, MAX_STREAMS, ShardLoad, StreamList, StreamStats};
pub use id::{BadId, ConferenceId, LegId, ParticipantId, ShardId};
pub use live::{Outlet, OutletState, RecorderFigures, RecorderOrder, RecorderReport, RecorderStart};
pub use source::{Source, SourceSet};

/// Video slots (m-lines `v0`…`v27`) that the server offers to every browser leg.
pub const VIDEO_SLOTS: usize = 28;
/// Audio slots (m-lines `a0`…`a3`) that the server offers to every browser leg.
/// Slots `a0`…`a2` carry the loudest voices, `a3` the sound of a shared screen.
pub const AUDIO_SLOTS: usize = 4;
/// Loudest voices forwarded at once; equals the voice slots.
pub const LOUDEST_VOICES: usize = AUDIO_SLOTS - 1;
/// Most wishes that one `Watch` may hold; more is refused.
pub const MAX_WISHES: usize = VIDEO_SLOTS;
