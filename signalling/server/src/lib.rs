//! Signalling: sessions, runners, store, HTTP and WebSocket around the pure `conference` crate.
//!
//! The binary binds a [`SignallingConfig`] and runs it beside the media server, which it reaches
//! only through [`MediaPort`]. Nothing is told to anybody before its journal row is committed.

pub mod auth;
mod clock;
mod config;
mod error;
mod folding;
#[doc(hidden)]
pub mod fuzz;
mod http;
mod invitations;
pub mod journal;
mod media_port;
mod meetings;
mod news;
mod outbox;
pub mod people;
mod private;
pub mod protocol;
pub mod rate;
mod reports;
mod runner;
mod schedule;
mod serve;
pub mod session;
pub mod store;
mod upkeep;
mod visitors;
mod webhooks;

pub use clock::{Clock, ClockHand};
pub use config::{Limits, LocalRoot, MailEncryption, MailSettings, SignallingConfig};
pub use error::ServeFailure;
pub use http::{LIVE_FOLDER, PortStream, ServedCertificate, metrics_handle};
pub use media_port::{Duplex, MediaBusy, MediaPort, RelayConnection};
pub use private::Private;
pub use serve::{Server, serve};

// Words of the crates below that the binary has to name; it may not use those crates itself.
pub use conference::{Role, Settings, SiteId, Timestamp};
pub use media_control::{
    Composition, ConferenceId, H264Encoder, LOGO_FILE_BYTES, LOGO_SIDE_PX, LegId, MediaCommand, MediaEvent,
    MixerFigures, MixerOrder, MixerReport, MixerStart, Outlet, OutletState, ParticipantId, ProgrammeNews,
    RecorderFigures, RecorderOrder, RecorderReport, RecorderStart, SoundFigures,
};
