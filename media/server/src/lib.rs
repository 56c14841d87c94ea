//! The media plane of the process: shards that carry packets from socket to socket.
//!
//! The program starts one [`MediaServer`], gives it [`media_control::MediaCommand`]s and gets
//! [`media_control::MediaEvent`]s back through its sink. No HTTP, no database and no knowledge of
//! roles here: signalling decides, media carries out.

mod config;
mod counters;
mod directory;
mod error;
mod opening;
mod processes;
mod relay;
mod server;
mod shard;
mod sys;
pub mod workers;

pub use config::{MAX_SHARDS, MediaConfig};
pub use error::{MailboxFull, MediaFailure};
pub use media_relay::{Address as RelayAddress, Fingerprint, TlsIdentity, Trust, WayFailure as TrustFailure};
pub use opening::{OPENING_BYTES, Opening};
pub use processes::{MediaProcesses, WorkerSettings, run_media_worker};
pub use relay::RelayConfig;
pub use server::MediaServer;
