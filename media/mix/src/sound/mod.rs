//! Mixed sound: the loudest are heard, each speaker gets everybody but himself.
//!
//! Called by the mixer process, which hands in packets of all microphones and a tick every 20 ms. [`Mixer`]
//! turns them into one [`Round`] of plain frames, [`Encoders`] turn a round into what rooms and viewers take.
//! Pure like the rest of the crate: no clock, no thread, no socket; moments are microseconds of whatever
//! clock the caller keeps. What senders do is counted, never an error (docs/adr/0028).

mod arrivals;
mod encoders;
mod jitter;
mod limit;
mod loudest;
mod mixer;
mod prompt;
mod stretch;
mod voice;
mod volume;

pub use crate::seating::SourceId;
pub use encoders::{Encoders, Form, Sent, Take};
pub use jitter::{Jitter, JitterCounts, Step};
pub use loudest::{Level, Loudest};
pub use mixer::{Captured, Clock, Counts, Heard, Mixer, Mixing, Round, Trouble};
pub use prompt::Prompt;
pub use voice::VoiceCounts;

use std::time::Duration;

/// Samples a second of everything in here, one channel.
pub const RATE: u32 = 48_000;
/// Samples of one tick.
pub const FRAME: usize = 960;
/// Between two ticks.
pub const TICK: Duration = Duration::from_millis(20);

/// 20 ms of sound, full scale at one.
pub type Frame = [f32; FRAME];

/// One Opus packet as it came.
#[derive(Clone, Copy, Debug)]
pub struct Packet<'a> {
    pub payload: &'a [u8],
    /// Without the turns of 16 bits.
    pub sequence: u64,
    /// As in the packet, of the 48 kHz clock.
    pub timestamp: u32,
    pub arrival_us: u64,
    /// What the sender says of its loudness (RFC 6464), where it does.
    pub level: Option<Level>,
}

/// A length in samples.
const fn ms(length: i64) -> i64 {
    length * RATE as i64 / 1_000
}

/// A moment in samples.
const fn ticks(moment_us: u64) -> i64 {
    (moment_us as i64).saturating_mul(RATE as i64 / 1_000) / 1_000
}

/// Root of the mean square, in dB of full scale.
fn decibels(samples: &[f32]) -> f32 {
    let power = samples.iter().map(|it| it * it).sum::<f32>() / samples.len().max(1) as f32;
    10.0 * power.max(1e-13).log10()
}

/// The same as RFC 6464 counts it.
fn level(samples: &[f32]) -> Level {
    Level((-decibels(samples)).clamp(0.0, 127.0) as u8)
}
