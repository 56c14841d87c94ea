//! Puts the RTCP of one leg together and seals it: reports, requests, feedback.
//!
//! Fed by the loop with what a room's tick gives, leg by leg. Never holds more than one compound
//! packet and never allocates.

use super::legs::Legs;
use super::wire::Wire;
use crate::counters::Counters;
use media_core::error::BufferFull;
use media_core::packet::rtcp_write::RtcpWriter;
use media_core::room::Feedback;
use media_core::stream::ids::LegKey;

/// Clear bytes of one compound packet; with SRTCP and headers it stays below 1,280 bytes.
const COMPOUND_BYTES: usize = 1180;
/// Canonical name of everything that we send; the offer says the same.
pub(crate) const CANONICAL_NAME: &str = "diemcau";

/// The compound packet that is being put together.
pub(crate) struct Reports {
    bytes: [u8; COMPOUND_BYTES],
    len: usize,
    leg: Option<LegKey>,
}

/// Everything that a finished compound needs on its way out.
pub(crate) struct Way<'a> {
    pub(crate) legs: &'a mut Legs,
    pub(crate) wire: &'a mut Wire,
    pub(crate) counters: &'a mut Counters,
}

impl Reports {
    pub(crate) const fn new() -> Self {
        Self { bytes: [0; COMPOUND_BYTES], len: 0, leg: None }
    }

    /// Adds one piece for `leg`; what was put together for another leg goes out first.
    pub(crate) fn add(&mut self, leg: LegKey, piece: &Feedback<'_>, way: &mut Way<'_>) {
        if self.leg != Some(leg) {
            self.finish(way);
            self.leg = Some(leg);
        }
        match piece {
            Feedback::KeyframeRequest { .. } => way.counters.keyframe_requests += 1,
            Feedback::Nack { lost, .. } => way.counters.asked_again += lost.len() as u64,
            _ => {}
        }
        if self.write(piece).is_err() {
            self.finish(way);
            self.leg = Some(leg);
            // Into an empty compound everything fits that a room makes.
            let written = self.write(piece);
            debug_assert!(written.is_ok(), "{piece:?}");
        }
    }

    fn write(&mut self, piece: &Feedback<'_>) -> Result<(), BufferFull> {
        let mut out = RtcpWriter::new(&mut self.bytes[self.len..]);
        match piece {
            Feedback::Reports { sender, blocks } => {
                out.receiver_report(*sender, blocks)?;
                out.canonical_name(*sender, CANONICAL_NAME)?;
            }
            Feedback::Sender(report) => {
                out.sender_report(report)?;
                out.canonical_name(report.ssrc, CANONICAL_NAME)?;
            }
            Feedback::Nack { sender, media, lost } => out.nack(*sender, *media, lost)?,
            Feedback::KeyframeRequest { sender, media } => out.pli(*sender, *media)?,
            Feedback::Transport { sender, media, base_sequence, feedback_count, arrivals } => {
                out.transport_feedback(*sender, *media, *base_sequence, *feedback_count, arrivals)?;
            }
        }
        self.len += out.len();
        Ok(())
    }

    /// Seals what was put together and queues it.
    pub(crate) fn finish(&mut self, way: &mut Way<'_>) {
        let (leg, len) = (self.leg.take(), std::mem::take(&mut self.len));
        let flow = leg.and_then(|leg| way.legs.by_key_mut(leg)).and_then(|leg| leg.flow.as_mut());
        let Some(flow) = flow.filter(|_| len > 0) else { return };
        let room = way.wire.room(way.counters);
        match flow.sender.seal_rtcp(&self.bytes[..len], room) {
            Ok(sealed) => way.wire.commit(sealed, &flow.path, way.counters),
            Err(_) => way.counters.send_refused += 1,
        }
    }
}
