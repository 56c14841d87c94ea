//! A round as rooms and viewers take it: one encode for all who hear the same in the same form.
//!
//! Turned by the mixer process after each tick. An encoder lives as long as somebody takes what it makes.

mod telephone;
mod wideband;

use super::{Frame, Round, SourceId};
use crate::codec::Bitrate;
use crate::error::Failure;
use std::collections::BTreeMap;
use telephone::Telephone;
use wideband::Wideband;

/// Most encoders at once. One more is an error: the caller asks for forms that nobody agreed on.
const MOST: usize = 128;
/// Rounds that an encoder is kept without a taker, so that a short pause does not begin a new stream.
const KEPT: u32 = 50;
/// What an encoder counts that has left out a round, or has had none.
const RESTED: u32 = 2;

/// The form of an output.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Form {
    /// At 48 kHz, with copies against losses where `is_lossy`.
    Opus {
        rate: Bitrate,
        is_lossy: bool,
    },
    /// G.711 with the European and the American law, 8 kHz.
    Alaw,
    Ulaw,
    /// G.722 at 64 kbit/s, 16 kHz.
    G722,
}

impl Form {
    /// For viewers on good lines.
    pub const OPUS: Self = Self::Opus { rate: Bitrate::kbit(40), is_lossy: false };

    /// By how much the RTP timestamp grows in a round. G.722 counts as if it had 8 kHz (RFC 3551 section
    /// 4.5.2).
    #[must_use]
    pub const fn timestamp_step(self) -> u32 {
        match self {
            Self::Opus { .. } => 960,
            Self::Alaw | Self::Ulaw | Self::G722 => 160,
        }
    }
}

/// Somebody wants the round in a form, without his own voice where he has one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Take {
    pub form: Form,
    pub own: Option<SourceId>,
}

/// 20 ms for all who take the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sent {
    pub form: Form,
    /// Only for this one; everybody else takes the one without a name.
    pub only: Option<SourceId>,
    pub payload: Vec<u8>,
}

trait Encode: Send {
    fn encode(&mut self, frame: &Frame) -> Result<Vec<u8>, Failure>;
}

struct Running {
    codec: Box<dyn Encode>,
    idle: u32,
}

/// The encoders of one conference.
#[derive(Default)]
pub struct Encoders {
    running: BTreeMap<Take, Running>,
    /// What all heard in the round before.
    before: Option<Box<Frame>>,
}

impl Encoders {
    /// What has to be sent so that all of `takes` get theirs.
    ///
    /// # Errors
    /// `SoundRefused`, `CodecAbsent`, `CodecRefused`, `EncodeFailed`, `TooManyEncoders`.
    pub fn encode(&mut self, round: &Round, takes: &[Take]) -> Result<Vec<Sent>, Failure> {
        self.running.retain(|_, it| {
            it.idle += 1;
            it.idle <= KEPT
        });
        let mut sent: Vec<Sent> = Vec::new();
        for take in takes {
            let only = take.own.filter(|it| round.is_personal(*it));
            if sent.iter().any(|it| it.form == take.form && it.only == only) {
                continue;
            }
            let payload = self.running(Take { own: only, ..*take })?.encode(round.frame_for(only))?;
            sent.push(Sent { form: take.form, only, payload });
        }
        match &mut self.before {
            Some(before) => before.copy_from_slice(&*round.common),
            None => self.before = Some(round.common.clone()),
        }
        Ok(sent)
    }

    /// How many encoders there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.running.len()
    }

    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.running.is_empty()
    }

    fn running(&mut self, take: Take) -> Result<&mut dyn Encode, Failure> {
        if !self.running.contains_key(&take) {
            if self.running.len() >= MOST {
                return Err(Failure::TooManyEncoders { limit: MOST });
            }
            let codec: Box<dyn Encode> = match take.form {
                Form::Opus { rate, is_lossy } => Box::new(Wideband::open(rate, is_lossy)?),
                Form::Alaw | Form::Ulaw | Form::G722 => Box::new(Telephone::open(take.form)?),
            };
            self.running.insert(take, Running { codec, idle: RESTED });
        }
        match self.running.get_mut(&take) {
            Some(running) => {
                // Whoever begins to speak changes to an encoder of his own in the middle of a stream: one that knows
                // what his decoder has just heard goes on without a jolt.
                if let Some(before) = self.before.as_ref().filter(|_| running.idle >= RESTED) {
                    running.codec.encode(before)?;
                }
                running.idle = 0;
                Ok(&mut *running.codec)
            }
            None => Err(Failure::TooManyEncoders { limit: MOST }),
        }
    }
}
