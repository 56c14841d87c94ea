//! The way in: every datagram and frame is classified, given to its leg, opened and handed to the
//! leg's room.
//!
//! The packet path: no allocation, no lock. Whatever is not understood, not authentic or not
//! allowed is dropped and counted, and touches no other leg.

use super::Shard;
use super::addresses::Place;
use super::path::Path;
use crate::sys::datagram::DATAGRAM_BYTES;
use media_core::packet::demux::{PacketClass, classify};
use media_core::packet::numbers::ExtensionIds;
use media_core::packet::rtcp::{RtcpPacket, compound};
use media_core::packet::rtp::{Extensions, RtpHeader};
use media_core::packet::stun;
use media_core::room::{Drop as Dropped, Verdict};
use media_core::stream::arrival::RtpFacts;
use media_core::transport::{self, Proto};
use std::time::Instant;

impl Shard {
    /// Takes one packet that arrived along `path` at `now`.
    pub(super) fn take_packet(&mut self, now: Instant, packet: &[u8], path: &Path) {
        self.counters.received_packets += 1;
        self.counters.received_bytes += packet.len() as u64;
        match classify(packet) {
            PacketClass::Rtp => self.take_rtp(now, packet, path),
            PacketClass::Rtcp => self.take_rtcp(now, packet, path),
            PacketClass::Stun => self.take_stun(now, packet, path),
            PacketClass::Dtls => match self.addresses.leg_at(path) {
                Some(place) => self.take_handshake(now, place, packet, path),
                None => self.counters.unknown_address += 1,
            },
            PacketClass::Unknown => self.counters.unknown_class += 1,
        }
    }

    fn take_stun(&mut self, now: Instant, packet: &[u8], path: &Path) {
        let Ok(seen) = stun::peek(packet) else {
            self.counters.stun_refused += 1;
            return;
        };
        // The user fragment decides, not the address: after a reload the same address can carry
        // checks for another leg. Answers carry none and go by address.
        let place = match seen.receiver_ufrag {
            Some(ufrag) => self.addresses.leg_of_ufrag(ufrag),
            None => self.addresses.leg_at(path),
        };
        match place {
            Some(place) => self.take_handshake(now, place, packet, path),
            None => self.counters.stun_refused += 1,
        }
    }

    /// Gives STUN or DTLS to a leg's transport and carries out what it answers.
    fn take_handshake(&mut self, now: Instant, place: Place, packet: &[u8], path: &Path) {
        let Some(leg) = self.legs.at_mut(place) else { return };
        let proto = if path.connection.is_some() { Proto::Tcp } else { Proto::Udp };
        let local = self.candidates.standing_for(path.local);
        leg.transport.handle_datagram(now, local, path.remote, proto, packet);
        if leg.transport.is_validated(&transport::Path { local, remote: path.remote, proto }) {
            self.addresses.learn_path(path, place);
            if let Some(connection) = path.connection {
                self.wire.tcp.belongs_to_leg(connection);
            }
        }
        self.serve_transport(now, place, Some(path));
    }

    /// Sends what a leg's transport wants sent and carries out its events. `from` is the path of
    /// the packet that is being answered.
    pub(super) fn serve_transport(&mut self, now: Instant, place: Place, from: Option<&Path>) {
        while let Some(transmit) = self.legs.at_mut(place).and_then(|leg| leg.transport.poll_transmit()) {
            let is_tcp = transmit.path.proto == Proto::Tcp;
            let answered =
                from.filter(|p| p.remote == transmit.path.remote && p.connection.is_some() == is_tcp);
            let known = answered.copied().or_else(|| self.addresses.path_to(transmit.path.remote, is_tcp));
            match known {
                Some(path) => self.wire.put(&transmit.bytes, &path, &mut self.counters),
                // A check of our own to an address that was never heard; over TCP there is
                // nobody to send it to.
                None if is_tcp => self.counters.send_refused += 1,
                None => {
                    let path = Path::unheard(transmit.path.remote);
                    self.wire.put(&transmit.bytes, &path, &mut self.counters);
                }
            }
        }
        while let Some(event) = self.legs.at_mut(place).and_then(|leg| leg.transport.poll_event()) {
            self.transport_event(now, place, event);
        }
        if let Some(leg) = self.legs.at_mut(place) {
            let told = leg.transport.counters();
            let drops = [
                told.stun_malformed + told.stun_early + told.stun_refused,
                told.dtls_malformed + told.dtls_unvalidated + told.dtls_refused,
            ];
            self.counters.stun_refused += drops[0] - leg.counted[0];
            self.counters.dtls_refused += drops[1] - leg.counted[1];
            leg.counted = drops;
        }
    }

    fn take_rtp(&mut self, now: Instant, packet: &[u8], path: &Path) {
        let Some(place) = self.addresses.leg_at(path) else {
            self.counters.unknown_address += 1;
            return;
        };
        let Some(leg) = self.legs.at_mut(place) else { return };
        let (Some(flow), Some(room)) = (&mut leg.flow, leg.room) else {
            self.counters.srtp_refused += 1;
            return;
        };
        let Ok(header) = RtpHeader::parse(packet) else {
            self.counters.srtp_refused += 1;
            return;
        };
        let Some(slot) = self.slab.take(now) else {
            self.counters.slab_full += 1;
            return;
        };
        // The payload lies where it lay in the datagram, so that an RTX prefix fits before it.
        let start = header.header_len;
        let bytes = self.slab.bytes_mut(&slot);
        let opened = match bytes.get_mut(start..) {
            Some(room) => flow.receiver.open_rtp(&header, packet, room).ok(),
            None => None,
        };
        let unpadded = opened.and_then(|o| header.unpadded_len(&bytes[start..start + o.payload_len]).ok());
        let Some(payload_len) = unpadded else {
            self.counters.srtp_refused += 1;
            self.slab.release(slot);
            return;
        };
        leg.transport.note_media(now);
        let ids = leg.outside.as_ref().map_or(&ExtensionIds::OURS, |outside| &outside.numbers.extensions);
        let extensions = Extensions::read_by(&header, packet, ids);
        self.slab.keep_descriptor(&slot, extensions.descriptor.unwrap_or_default());
        let facts = match &leg.outside {
            None => RtpFacts::new(&header, &extensions, start, payload_len, packet.len()),
            Some(outside) => outside.numbers.facts(&header, &extensions, start, payload_len, packet.len()),
        };
        let key = leg.key;
        let Some(seat) = self.rooms.at(room) else {
            self.slab.release(slot);
            return;
        };
        match seat.room.incoming(now, &mut self.slab, key, slot, &facts) {
            Verdict::Accepted { stream, packet, relay } => {
                seat.has_packets = true;
                if relay {
                    let participant = super::naming::participant_key(leg.participant);
                    self.relay(now, room, stream, participant, packet);
                }
            }
            Verdict::Dropped(reason) => self.count_drop(reason),
        }
    }

    pub(super) fn count_drop(&mut self, reason: Dropped) {
        let counter = match reason {
            Dropped::SsrcTaken | Dropped::Unlatched | Dropped::TooManySsrcs | Dropped::NoSuchLeg => {
                &mut self.counters.foreign_ssrc
            }
            Dropped::NotAllowed => &mut self.counters.not_allowed,
            Dropped::Padding => &mut self.counters.padding,
            Dropped::NotLoudest => &mut self.counters.not_loudest,
            Dropped::OverLimit => &mut self.counters.over_limit,
            Dropped::WrongCodec
            | Dropped::Malformed
            | Dropped::Duplicate
            | Dropped::TooOld
            | Dropped::Unconfirmed
            | Dropped::BatchFull => &mut self.counters.stream_refused,
        };
        *counter += 1;
    }

    fn take_rtcp(&mut self, now: Instant, packet: &[u8], path: &Path) {
        let Some(place) = self.addresses.leg_at(path) else {
            self.counters.unknown_address += 1;
            return;
        };
        let Some(leg) = self.legs.at_mut(place) else { return };
        let (Some(flow), Some(room)) = (&mut leg.flow, leg.room) else {
            self.counters.srtcp_refused += 1;
            return;
        };
        let mut clear = [0; DATAGRAM_BYTES];
        let Ok(len) = flow.receiver.open_rtcp(packet, &mut clear) else {
            self.counters.srtcp_refused += 1;
            return;
        };
        leg.transport.note_media(now);
        let key = leg.key;
        let ntp = self.clock.ntp(now);
        let has_others = self.links.others().next().is_some();
        let mut told = None;
        let Self { rooms, slab, legs, wire, counters, .. } = self;
        let Some(seat) = rooms.at(room) else { return };
        for piece in compound(&clear[..len]) {
            match piece {
                RtcpPacket::SenderReport(report, blocks) => {
                    told = Some(report).filter(|_| has_others);
                    seat.room.sender_report(now, key, &report);
                    blocks.for_each(|block| seat.room.receiver_report(now, ntp, key, &block));
                }
                RtcpPacket::ReceiverReport(_, blocks) => {
                    blocks.for_each(|block| seat.room.receiver_report(now, ntp, key, &block));
                }
                RtcpPacket::Nack(media, lost) => {
                    seat.room.nack(now, slab, key, media, lost, &mut |to, out| {
                        super::outlet::seal(legs, wire, counters, to, out);
                    });
                }
                RtcpPacket::Pli(media) => {
                    counters.keyframes_wanted += 1;
                    seat.room.keyframe_asked(now, key, media);
                }
                RtcpPacket::Fir(targets) => {
                    counters.keyframes_wanted += 1;
                    targets.for_each(|(media, _)| seat.room.keyframe_asked(now, key, media));
                }
                RtcpPacket::TransportFeedback(feedback) => {
                    let statuses = feedback.statuses().map(|s| (s.sequence, s.arrival_us));
                    seat.room.transport_feedback(now, key, statuses);
                }
                // A stream that says goodbye stops by itself: its packets cease.
                RtcpPacket::Goodbye(_) | RtcpPacket::SourceDescription => {}
                RtcpPacket::Remb(bps) => seat.room.receiver_estimate(key, bps),
                RtcpPacket::Other { .. } => {}
                RtcpPacket::Malformed => counters.srtcp_refused += 1,
            }
        }
        if let Some(report) = told {
            self.say_clock(now, place, &report);
        }
    }
}
