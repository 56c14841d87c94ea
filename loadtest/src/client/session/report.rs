//! What clients and servers tell each other beside the media: reports, feedback, wishes (RTCP).
//!
//! Called by the session for what comes, and at each of its ticks.

use super::{Common, KEY_PATIENCE, Session};
use crate::client::description::{Kind, VOICE, sources};
use crate::client::ice::Ice;
use crate::client::socket;
use crate::client::track::Track;
use media_core::packet::rtcp::{ReportBlock, RtcpPacket, compound};
use media_core::packet::rtcp_write::{MAX_REPORT_BLOCKS, RtcpWriter};
use std::time::Instant;

impl Session {
    pub(super) fn take_rtcp(&mut self, at: Instant, bytes: &[u8], common: &mut Common) {
        let Some(halves) = &mut self.halves else { return };
        let Ok(len) = halves.receiver.open_rtcp(bytes, &mut common.scratch[..]) else {
            return self.seen.broken += 1;
        };
        let clear = common.scratch[..len].to_vec();
        for packet in compound(&clear) {
            match packet {
                RtcpPacket::SenderReport(report, _) => {
                    if let Some(track) = self.tracks.iter_mut().find(|it| it.ssrc == report.ssrc) {
                        track.note_report(at, report.ntp);
                    }
                }
                RtcpPacket::Nack(ssrc, lost) => {
                    for sequence in lost {
                        if let Some(packet) = self.sending.as_mut().and_then(|it| it.repeat(ssrc, sequence)) {
                            self.send_media(&packet, common);
                        }
                    }
                }
                RtcpPacket::Pli(ssrc) => self.ask_key(ssrc),
                RtcpPacket::Fir(targets) => targets.for_each(|(ssrc, _)| self.ask_key(ssrc)),
                _ => {}
            }
        }
    }

    fn ask_key(&mut self, ssrc: u32) {
        self.seen.keys_asked += 1;
        if let Some(sending) = &mut self.sending {
            sending.ask_key(ssrc);
        }
    }

    /// Transport-wide feedback, repairs and key frames wanted, as reduced-size RTCP (RFC 5506).
    pub(super) fn feed_back(&mut self, now: Instant, common: &mut Common) {
        let own = self.own_source();
        let mut compound = [0; 1_200];
        let mut writer = RtcpWriter::new(&mut compound);
        let media = self.tracks.first().map_or(0, |it| it.ssrc);
        if let Some(report) = self.recorder.as_mut().and_then(|it| it.due(now)) {
            let _ = writer.transport_feedback(
                own,
                media,
                report.base_sequence,
                report.feedback_count,
                report.arrivals,
            );
        }
        let mut given_up = 0;
        for track in &mut self.tracks {
            given_up += track.missing.given_up();
            if matches!(track.kind, Kind::Video(_)) && !track.missing.is_empty() {
                common.lost.clear();
                track.missing.due(now, &mut common.lost);
                if !common.lost.is_empty() {
                    let _ = writer.nack(own, track.ssrc, &common.lost);
                }
            }
        }
        // A picture that cannot be repaired any more is begun anew.
        if given_up > self.given_up {
            self.given_up = given_up;
            self.next_key_request.get_or_insert(now);
        }
        if self.next_key_request.is_some_and(|at| at <= now)
            && let Some(track) = self.tracks.iter().find(|it| matches!(it.kind, Kind::Video(_)))
        {
            let _ = writer.pli(own, track.ssrc);
            self.seen.key_requests += 1;
            let still_none = self.seen.first_frame_after.is_none();
            self.next_key_request = still_none.then(|| now + KEY_PATIENCE * 2);
        }
        let len = writer.len();
        if len > 0 {
            self.send_rtcp(&compound[..len], common);
        }
    }

    fn own_source(&self) -> u32 {
        sources(self.number, VOICE).1
    }

    /// Sender reports and receiver reports, and our name.
    pub(super) fn report(&mut self, now: Instant, common: &mut Common) {
        let own = self.own_source();
        let mut compound = [0; 1_400];
        let mut writer = RtcpWriter::new(&mut compound);
        let sent = self.sending.as_ref().map(|it| it.reports(now, socket::wall_ns())).unwrap_or_default();
        for report in &sent {
            let _ = writer.sender_report(report);
        }
        let repaired = |track: &mut Track| track.report(now);
        let blocks: Vec<ReportBlock> = self.tracks.iter_mut().take(MAX_REPORT_BLOCKS).map(repaired).collect();
        if sent.is_empty() || !blocks.is_empty() {
            let _ = writer.receiver_report(own, &blocks);
        }
        let _ = writer.canonical_name(sent.first().map_or(own, |it| it.ssrc), "loadtest");
        let len = writer.len();
        self.send_rtcp(&compound[..len], common);
    }

    fn send_rtcp(&mut self, compound: &[u8], common: &mut Common) {
        let (Some(halves), Some(to)) = (&mut self.halves, self.ice.as_ref().and_then(Ice::selected)) else {
            return;
        };
        if let Ok(len) = halves.sender.seal_rtcp(compound, &mut common.scratch[..]) {
            self.transmit(to, &common.scratch[..len]);
        }
    }
}
