//! One client at work: its socket, ICE, DTLS, keys, the streams that it gets and those that it sends.
//!
//! Owned by the crowd's thread, which reads its socket and calls [`Session::tick`] a hundred times a
//! second. Behaves as a browser does: consent, reports every second, transport-wide feedback every
//! 50 ms, repairs asked for after 10 ms, a key frame asked for while there is none.

use super::delays::Delays;
use super::description::{Agreed, Kind, Part, VOICE, sources};
use super::dtls::{Dtls, Step};
use super::ice::{Ice, Outgoing};
use super::identity::Identity;
use super::seen::Seen;
use super::send::{Profile, Sending};
use super::socket;
use super::track::Track;
use crate::material::Stock;
use media_core::packet::demux::{PacketClass, classify};
use media_core::packet::rtcp::{ReportBlock, RtcpPacket, compound};
use media_core::packet::rtcp_write::{MAX_REPORT_BLOCKS, RtcpWriter};
use media_core::packet::rtp::RtpHeader;
use media_core::payload;
use media_core::stream::feedback::TransportRecorder;
use media_core::transport::srtp::SrtpHalves;
use socket2::Socket;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Between two reports.
const REPORT_EVERY: Duration = Duration::from_secs(1);
/// How long a new picture may be without a key frame before one is asked for, and then again.
const KEY_PATIENCE: Duration = Duration::from_millis(200);
/// Streams of one client: as many as it can decrypt.
const MAX_TRACKS: usize = 64;
const SCRATCH: usize = 2_048;

/// What all sessions of a crowd use.
pub struct Common {
    pub stock: Arc<Stock>,
    pub profile: Profile,
    pub delays: Delays,
    /// Whether the phase that is measured is on.
    pub is_counted: bool,
    /// Whether senders hold.
    pub is_held: bool,
    scratch: Box<[u8; SCRATCH]>,
    out: Vec<Outgoing>,
    lost: Vec<u16>,
}

impl Common {
    pub fn new(stock: Arc<Stock>, profile: Profile) -> Self {
        Self {
            stock,
            profile,
            delays: Delays::default(),
            is_counted: false,
            is_held: false,
            scratch: Box::new([0; SCRATCH]),
            out: Vec::new(),
            lost: Vec::new(),
        }
    }
}

/// One client.
pub struct Session {
    pub number: usize,
    pub socket: Socket,
    pub seen: Seen,
    part: Part,
    credentials: (String, String),
    identity: Identity,
    is_sampled: bool,
    agreed_at: Option<Instant>,
    agreed: Option<Box<Agreed>>,
    ice: Option<Ice>,
    dtls: Option<Dtls>,
    halves: Option<Box<SrtpHalves>>,
    tracks: Vec<Track>,
    last_track: usize,
    recorder: Option<TransportRecorder>,
    sending: Option<Sending>,
    needed: Option<Vec<String>>,
    next_report: Instant,
    next_key_request: Option<Instant>,
    key_started: Option<(u32, u32)>,
    given_up: u64,
}

impl Session {
    pub fn new(
        number: usize,
        part: Part,
        socket: Socket,
        credentials: (String, String),
        identity: Identity,
        is_sampled: bool,
        now: Instant,
    ) -> Self {
        Self {
            number,
            socket,
            seen: Seen::default(),
            part,
            credentials,
            identity,
            is_sampled,
            agreed_at: None,
            agreed: None,
            ice: None,
            dtls: None,
            halves: None,
            tracks: Vec::new(),
            last_track: 0,
            recorder: None,
            sending: None,
            needed: None,
            // Reports of many clients do not all come at once.
            next_report: now + REPORT_EVERY * (number as u32 % 64) / 64,
            next_key_request: None,
            key_started: None,
            given_up: 0,
        }
    }

    /// Takes what offer and answer settled, the first time or again.
    pub fn agree(&mut self, now: Instant, agreed: Box<Agreed>) {
        self.agreed_at.get_or_insert(now);
        let remote = (agreed.remote.ufrag.clone(), agreed.remote.pwd.clone());
        let ice = self.ice.get_or_insert_with(|| {
            let tie_breaker = 0x6c6f_6164_0000_0000 | self.number as u64;
            let (identity, own) = (self.identity.clone(), self.credentials.clone());
            Ice::new(now, identity, own, remote, agreed.is_controlling, tie_breaker)
        });
        agreed.remote.candidates.iter().for_each(|address| ice.add_candidate(*address));
        self.agreed = Some(agreed);
    }

    pub fn add_candidate(&mut self, address: SocketAddr) {
        if let Some(ice) = &mut self.ice {
            ice.add_candidate(address);
        }
    }

    /// Layers that somebody watches.
    pub fn need(&mut self, rids: Vec<String>) {
        if let Some(sending) = &mut self.sending {
            sending.need(rids.clone());
        }
        self.needed = Some(rids);
    }

    pub const fn is_sender(&self) -> bool {
        matches!(self.part, Part::Sender { .. })
    }

    pub fn sending(&mut self) -> Option<&mut Sending> {
        self.sending.as_mut()
    }

    /// Takes one datagram that came at `at_ns` (wall) or `at` (the same, by the other clock).
    pub fn take(&mut self, at: Instant, at_ns: u64, from: SocketAddr, bytes: &[u8], common: &mut Common) {
        match classify(bytes) {
            PacketClass::Rtp => self.take_rtp(at, at_ns, bytes, common),
            PacketClass::Rtcp => self.take_rtcp(at, bytes, common),
            PacketClass::Stun => {
                if let Some(ice) = &mut self.ice {
                    ice.handle(at, from, bytes, &mut common.out);
                    self.begin_dtls(at);
                }
                self.flush(common);
            }
            PacketClass::Dtls => self.take_dtls(at, bytes, common),
            PacketClass::Unknown => self.seen.broken += 1,
        }
    }

    fn begin_dtls(&mut self, now: Instant) {
        let is_time = self.dtls.is_none() && self.ice.as_ref().is_some_and(|ice| ice.selected().is_some());
        if let (true, Some(agreed)) = (is_time, &self.agreed) {
            self.dtls = Dtls::begin(now, &self.identity, agreed.remote.fingerprint.clone());
        }
    }

    fn take_dtls(&mut self, now: Instant, bytes: &[u8], common: &mut Common) {
        let Some(dtls) = &mut self.dtls else { return };
        match dtls.handle(now, bytes) {
            Step::Going => {}
            Step::Keys(halves) => {
                self.halves = Some(halves);
                self.seen.connected_after = self.agreed_at.map(|at| now.saturating_duration_since(at));
                self.begin_sending(now, common);
            }
            Step::Closed | Step::Failed => self.seen.has_ended = true,
        }
        self.flush(common);
    }

    fn begin_sending(&mut self, now: Instant, common: &Common) {
        let (Part::Sender { codec, .. }, Some(agreed)) = (&self.part, &self.agreed) else { return };
        let stock = Arc::clone(&common.stock);
        let mut sending = Sending::new(now, self.number, agreed, *codec, stock, common.profile);
        if common.is_held {
            sending.hold(now);
        }
        if let Some(rids) = self.needed.clone() {
            sending.need(rids);
        }
        self.sending = Some(sending);
    }

    /// Sends what ICE and DTLS have to say.
    fn flush(&mut self, common: &mut Common) {
        let selected = self.ice.as_ref().and_then(Ice::selected);
        if let (Some(dtls), Some(to)) = (&mut self.dtls, selected) {
            while let Some(bytes) = dtls.outgoing() {
                socket::send(&self.socket, &(to, bytes.to_vec()));
            }
        }
        for packet in common.out.drain(..) {
            socket::send(&self.socket, &packet);
        }
    }

    fn take_rtp(&mut self, at: Instant, at_ns: u64, bytes: &[u8], common: &mut Common) {
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
        let needs_key = matches!(kind, Kind::Video(_)) && self.seen.first_frame_after.is_none();
        let mut opened = None;
        if self.is_sampled || needs_key || repairs.is_some() {
            match halves.receiver.open_rtp(&header, bytes, &mut common.scratch[..]) {
                Ok(it) => opened = header.unpadded_len(&common.scratch[..it.payload_len]).ok(),
                Err(_) => self.seen.broken += 1,
            }
        }
        if let (Some(of), Some(len)) = (repairs, opened) {
            if len > 2 {
                let original = u16::from_be_bytes([common.scratch[0], common.scratch[1]]);
                self.take_repair(at, of, original, bytes.len());
            }
            return;
        }
        if repairs.is_some() || opened == Some(0) || (opened.is_none() && header.has_padding) {
            return;
        }
        let Some((place, is_new)) = self.track_of(&header, kind, at) else { return };
        let clock_hz = if kind == Kind::Audio { 48_000 } else { 90_000 };
        self.tracks[place].note_time(at_ns, header.timestamp, clock_hz);
        if is_new {
            self.seen.packets += 1;
            self.seen.bytes += bytes.len() as u64;
        }
        let since = self.agreed_at.unwrap_or(at);
        self.seen.first_packet_after.get_or_insert(at.saturating_duration_since(since));
        let Some(len) = opened else { return };
        let clear = &common.scratch[..len];
        if needs_key {
            self.look_for_key(at, since, &header, kind, clear);
        }
        if self.is_sampled {
            common.delays.note_received(clear, at_ns, common.is_counted && is_new);
        }
    }

    /// The track of a packet, which is noted there, and whether it was new.
    fn track_of(&mut self, header: &RtpHeader, kind: Kind, at: Instant) -> Option<(usize, bool)> {
        if self.tracks.get(self.last_track).is_none_or(|it| it.ssrc != header.ssrc) {
            match self.tracks.iter().position(|it| it.ssrc == header.ssrc) {
                Some(place) => self.last_track = place,
                None if self.tracks.len() == MAX_TRACKS => return None,
                None => {
                    self.tracks.push(Track::new(header.ssrc, kind, header.sequence));
                    self.last_track = self.tracks.len() - 1;
                    if matches!(kind, Kind::Video(_)) && self.seen.first_frame_after.is_none() {
                        self.next_key_request.get_or_insert(at + KEY_PATIENCE);
                    }
                    return Some((self.last_track, true));
                }
            }
        }
        let is_new = self.tracks[self.last_track].note(at, header.sequence);
        Some((self.last_track, is_new))
    }

    fn take_repair(&mut self, at: Instant, of: Kind, sequence: u16, bytes: usize) {
        let missed = self.tracks.iter_mut().filter(|it| it.kind == of).find(|it| it.missing.has(sequence));
        if let Some(track) = missed {
            track.note(at, sequence);
            self.seen.packets += 1;
            self.seen.bytes += bytes as u64;
        }
    }

    /// The first frame is there with the last packet of the first key frame.
    fn look_for_key(&mut self, at: Instant, since: Instant, header: &RtpHeader, kind: Kind, clear: &[u8]) {
        let Kind::Video(codec) = kind else { return };
        let codec = match codec {
            super::Codec::Vp8 => payload::Codec::Vp8,
            super::Codec::H264 => payload::Codec::H264,
        };
        if payload::look(codec, &[], clear).is_some_and(|it| it.starts_keyframe) {
            self.key_started = Some((header.ssrc, header.timestamp));
        }
        if header.marker && self.key_started == Some((header.ssrc, header.timestamp)) {
            self.seen.first_frame_after = Some(at.saturating_duration_since(since));
            self.next_key_request = None;
        }
    }

    fn take_rtcp(&mut self, at: Instant, bytes: &[u8], common: &mut Common) {
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
        if let Some(sending) = &mut self.sending {
            sending.ask_key(ssrc);
        }
    }

    fn send_media(&mut self, packet: &super::send::Clear, common: &mut Common) {
        let (Some(halves), Some(to)) = (&mut self.halves, self.ice.as_ref().and_then(Ice::selected)) else {
            return;
        };
        let sealed = halves.sender.seal_rtp(
            packet.index,
            &packet.header,
            &[],
            &packet.payload,
            &mut common.scratch[..],
        );
        let Ok(len) = sealed else { return self.seen.broken += 1 };
        if packet.is_first {
            self.seen.sent += 1;
            common.delays.note_sent(&packet.payload, socket::wall_ns());
        }
        let _ = self.socket.send_to(&common.scratch[..len], &to.into());
    }

    /// Sends the media that is due.
    pub fn send_due(&mut self, now: Instant, common: &mut Common) {
        while let Some(packet) = self.sending.as_mut().and_then(|it| it.next(now)) {
            self.send_media(&packet, common);
        }
    }

    /// What comes of time passing.
    pub fn tick(&mut self, now: Instant, common: &mut Common) {
        if let Some(ice) = &mut self.ice {
            ice.poll(now, &mut common.out);
            self.seen.has_ended |= ice.is_lost(now);
            if let Some(dtls) = &mut self.dtls {
                dtls.poll(now);
            }
            self.flush(common);
        }
        if self.halves.is_some() {
            self.feed_back(now, common);
            if now >= self.next_report {
                self.next_report = now + REPORT_EVERY;
                self.report(now, common);
            }
        }
    }

    /// Transport-wide feedback, repairs and key frames wanted, as reduced-size RTCP (RFC 5506).
    fn feed_back(&mut self, now: Instant, common: &mut Common) {
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
    fn report(&mut self, now: Instant, common: &mut Common) {
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
            let _ = self.socket.send_to(&common.scratch[..len], &to.into());
        }
    }

    /// What it has seen, sums over its streams included.
    pub fn seen(&self) -> Seen {
        let mut seen = self.seen;
        for track in &self.tracks {
            seen.duplicates += track.duplicates;
            seen.repaired += track.repaired;
            seen.given_up += track.missing.given_up();
        }
        seen
    }

    /// Says goodbye.
    pub fn leave(&mut self, now: Instant, common: &mut Common) {
        if let Some(dtls) = &mut self.dtls {
            dtls.close(now);
        }
        self.flush(common);
    }
}
