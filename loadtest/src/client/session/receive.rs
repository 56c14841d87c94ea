//! What a client does with the media that comes to it.
//!
//! Called by [`Session::take`] for each RTP packet, those of repairs included.

use super::{Common, KEY_PATIENCE, MAX_TRACKS, Session};
use crate::client::Codec;
use crate::client::description::Kind;
use crate::client::frames::Piece;
use crate::client::link::OVERHEAD;
use crate::client::track::Track;
use media_core::packet::rtp::RtpHeader;
use media_core::payload;
use media_core::stream::feedback::TransportRecorder;
use std::time::Instant;

/// Padding and the tag behind it (RFC 3550 section 5.1, RFC 7714).
const LONGEST_PADDING: usize = 255 + 16;

/// Whether a key frame begins with a payload.
fn starts_key(kind: Kind, clear: &[u8]) -> bool {
    let codec = match kind {
        Kind::Video(Codec::Vp8) => payload::Codec::Vp8,
        Kind::Video(Codec::H264) => payload::Codec::H264,
        _ => return false,
    };
    payload::look(codec, &[], clear).is_some_and(|it| it.starts_keyframe)
}

impl Session {
    pub(super) fn take_rtp(&mut self, at: Instant, at_ns: u64, bytes: &[u8], common: &mut Common) {
        let Ok(header) = RtpHeader::parse(bytes) else { return self.seen.broken += 1 };
        let (Some(agreed), Some(halves)) = (&self.agreed, &mut self.halves) else { return };
        if let Some(id) = agreed.transport_cc {
            let number = header.extensions(bytes).find(|(it, _)| *it == id).map(|(_, value)| value);
            if let Some(&[high, low]) = number {
                let recorder = self.recorder.get_or_insert_with(|| TransportRecorder::new(at));
                recorder.note(at, u16::from_be_bytes([high, low]));
            }
        }
        let kind = agreed.kinds[usize::from(header.payload_type)];
        let repairs = match kind {
            Kind::Repair(of) => Some(agreed.kinds[usize::from(of & 127)]),
            _ => None,
        };
        let is_video = matches!(kind, Kind::Video(_));
        let needs_key = is_video && self.seen.first_frame_after.is_none();
        let mut opened = None;
        // Only what is short can be padding and nothing else.
        let may_be_empty = header.has_padding && bytes.len() <= header.header_len + LONGEST_PADDING;
        if self.is_sampled || needs_key || repairs.is_some() || may_be_empty {
            match halves.receiver.open_rtp(&header, bytes, &mut common.scratch[..]) {
                Ok(it) => opened = header.unpadded_len(&common.scratch[..it.payload_len]).ok(),
                Err(_) => self.seen.broken += 1,
            }
        }
        if let (Some(of), Some(len)) = (repairs, opened) {
            if len > 2 {
                self.take_repair(at, at_ns, of, &header, len, common);
            }
            return;
        }
        if repairs.is_some() {
            return;
        }
        if opened == Some(0) {
            // Takes a number among the media's, and carries nothing.
            if is_video && let Some((place, Some(number))) = self.track_of(&header, kind, at) {
                self.seen.padding += 1;
                self.tracks[place].frames.skip(number, at);
            }
            return;
        }
        let Some((place, number)) = self.track_of(&header, kind, at) else { return };
        let clock_hz = if kind == Kind::Audio { 48_000 } else { 90_000 };
        self.tracks[place].note_time(at_ns, header.timestamp, clock_hz);
        if number.is_some() {
            self.seen.packets += 1;
            self.seen.bytes += bytes.len() as u64;
            self.seen.video_wire_bytes += if is_video { (bytes.len() + OVERHEAD) as u64 } else { 0 };
        }
        let since = self.agreed_at.unwrap_or(at);
        self.seen.first_packet_after.get_or_insert(at.saturating_duration_since(since));
        let Some(len) = opened else { return };
        let starts_key = starts_key(kind, &common.scratch[..len]);
        if needs_key {
            self.look_for_key(at, since, (header.ssrc, header.timestamp), header.marker, starts_key);
        }
        if self.is_sampled {
            self.look_inside(at, at_ns, place, number, &header, (starts_key, 0, len), common);
        }
    }

    /// What only clients do that decrypt everything; `content` lies in the scratch.
    #[allow(clippy::too_many_arguments)]
    fn look_inside(
        &mut self,
        at: Instant,
        at_ns: u64,
        place: usize,
        number: Option<u64>,
        header: &RtpHeader,
        (starts_key, begins, ends): (bool, usize, usize),
        common: &mut Common,
    ) {
        let clear = &common.scratch[begins..ends];
        let is_counted = common.is_counted && number.is_some();
        // A repaired packet tells of the network and not of the server.
        let sender = common.delays.note_received(clear, at_ns, is_counted && begins == 0);
        if is_counted {
            self.seen.contents = self.seen.contents.wrapping_add(content_hash(clear));
        }
        let Some(number) = number.filter(|_| matches!(self.tracks[place].kind, Kind::Video(_))) else {
            return;
        };
        self.tracks[place].frames.note(Piece {
            number,
            timestamp: header.timestamp,
            is_last: header.marker,
            starts_key,
            at,
        });
        if let (Some(awaited), Some(sender)) = (common.awaited, sender)
            && awaited.sender == sender
            && self.saw_awaited < awaited.turn
        {
            if starts_key {
                self.awaited_key = Some((header.ssrc, header.timestamp));
            }
            if header.marker && self.awaited_key == Some((header.ssrc, header.timestamp)) {
                self.saw_awaited = awaited.turn;
                common.arrivals.note(at.saturating_duration_since(awaited.since).as_micros() as u64);
            }
        }
    }

    /// The track of a packet, which is noted there, and its number if it was new.
    fn track_of(&mut self, header: &RtpHeader, kind: Kind, at: Instant) -> Option<(usize, Option<u64>)> {
        if self.tracks.get(self.last_track).is_none_or(|it| it.ssrc != header.ssrc) {
            match self.tracks.iter().position(|it| it.ssrc == header.ssrc) {
                Some(place) => self.last_track = place,
                None if self.tracks.len() == MAX_TRACKS => return None,
                None => {
                    let track = Track::new(header.ssrc, kind, header.sequence);
                    let first = track.newest();
                    self.tracks.push(track);
                    self.last_track = self.tracks.len() - 1;
                    if matches!(kind, Kind::Video(_)) && self.seen.first_frame_after.is_none() {
                        self.next_key_request.get_or_insert(at + KEY_PATIENCE);
                    }
                    return Some((self.last_track, Some(first)));
                }
            }
        }
        let number = self.tracks[self.last_track].note(at, header.sequence);
        Some((self.last_track, number))
    }

    /// A packet of repairs of `len` clear bytes, which lie in the scratch: number and payload of what it repeats.
    fn take_repair(
        &mut self,
        at: Instant,
        at_ns: u64,
        of: Kind,
        header: &RtpHeader,
        len: usize,
        common: &mut Common,
    ) {
        let sequence = u16::from_be_bytes([common.scratch[0], common.scratch[1]]);
        let missed = |it: &Track| it.kind == of && it.missing.has(sequence);
        let Some(place) = self.tracks.iter().position(missed) else { return };
        let number = self.tracks[place].note(at, sequence);
        self.seen.packets += 1;
        self.seen.bytes += (header.header_len + len) as u64;
        self.seen.video_wire_bytes += (header.header_len + len + OVERHEAD) as u64;
        let starts_key = starts_key(of, &common.scratch[2..len]);
        if self.seen.first_frame_after.is_none() {
            let (since, ssrc) = (self.agreed_at.unwrap_or(at), self.tracks[place].ssrc);
            self.look_for_key(at, since, (ssrc, header.timestamp), header.marker, starts_key);
        }
        if self.is_sampled {
            self.look_inside(at, at_ns, place, number, header, (starts_key, 2, len), common);
        }
    }

    /// The first frame is there with the last packet of the first key frame.
    fn look_for_key(
        &mut self,
        at: Instant,
        since: Instant,
        picture: (u32, u32),
        is_last: bool,
        starts_key: bool,
    ) {
        if starts_key {
            self.key_started = Some(picture);
        }
        if is_last && self.key_started == Some(picture) {
            self.seen.first_frame_after = Some(at.saturating_duration_since(since));
            self.seen.framed_at = Some(at);
            self.next_key_request = None;
        }
    }
}

/// FNV-1a of the end of a payload, as the probe computes it: servers change what stands before.
#[must_use]
pub fn content_hash(payload: &[u8]) -> u64 {
    let end = &payload[payload.len().saturating_sub(24)..];
    end.iter()
        .fold(0xcbf2_9ce4_8422_2325, |hash, byte| (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3))
}
