//! One client's side of offer and answer, in either direction.
//!
//! Held by the driver of a server (`peer`) for as long as its client is to stay; what was agreed goes
//! to the crowd's thread. Never touches the client's socket.

use super::crowd::Order;
use super::identity::Identity;
use super::sdp::{
    ABS_SEND_TIME, AUDIO_LEVEL, EXTENSIONS, Format, Line, MID, REPAIRED_RID, RID, Remote, TRANSPORT_CC,
    candidate,
};
use crate::error::Failure;
use crate::peer::Wish;
use std::fmt::Write as _;
use std::net::SocketAddr;
use std::sync::mpsc::Sender;

/// A video codec that the material exists in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Codec {
    Vp8,
    H264,
}

impl Codec {
    /// As `sdp` and people write it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Vp8 => "vp8",
            Self::H264 => "h264",
        }
    }
}

/// What a client is there for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// Receives one picture and one voice, or whatever the server's offer holds.
    Viewer,
    /// Sends a microphone and a camera. One layer without a rid when `rids` is empty.
    Sender { codec: Codec, rids: &'static [&'static str] },
}

/// Where and how a client sends one kind of media.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SentLine {
    pub payload_type: u8,
    pub repair_type: Option<u8>,
    pub mid: String,
    pub mid_extension: Option<u8>,
    pub rid_extension: Option<u8>,
    pub transport_cc: Option<u8>,
    pub audio_level: Option<u8>,
    /// Layers in use, smallest first; empty for a single one.
    pub rids: Vec<String>,
}

/// What a packet of some payload type is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    #[default]
    Unknown,
    Audio,
    Video(Codec),
    /// Repeats packets of the payload type given.
    Repair(u8),
}

/// All that offer and answer settled.
#[derive(Clone, Debug)]
pub struct Agreed {
    pub remote: Remote,
    pub is_controlling: bool,
    /// By payload type.
    pub kinds: [Kind; 128],
    /// Number of the transport-wide sequence number on incoming packets.
    pub transport_cc: Option<u8>,
    pub video: Option<SentLine>,
    pub audio: Option<SentLine>,
}

/// A client that is not one of ours and describes itself.
pub(crate) trait Outside: Send + Sync {
    fn offer(&mut self) -> Result<String, Failure>;
    fn take_answer(&mut self, sdp: &str) -> Result<(), Failure>;
    fn answer(&mut self, offer: &str) -> Result<String, Failure>;
}

/// The describing half of one client. Its client leaves when this is dropped.
pub struct Description {
    number: usize,
    part: Part,
    ufrag: String,
    pwd: String,
    local: Vec<SocketAddr>,
    identity: Identity,
    orders: Sender<Order>,
    version: u32,
    outside: Option<Box<dyn Outside>>,
    /// What it looks at, and its place among those who are alike.
    pub wish: Wish,
    pub place: usize,
}

impl Drop for Description {
    fn drop(&mut self) {
        // A crowd that has ended knows no clients any more.
        let _ = self.orders.send(Order::Leave { number: self.number });
    }
}

impl Description {
    /// A client that nobody has heard of yet: its ICE credentials, and the addresses of its socket.
    pub(crate) fn new(
        number: usize,
        part: Part,
        credentials: (String, String),
        local: Vec<SocketAddr>,
        identity: Identity,
        orders: Sender<Order>,
    ) -> Self {
        let (ufrag, pwd) = credentials;
        let wish = Wish::default();
        Self { number, part, ufrag, pwd, local, identity, orders, version: 0, outside: None, wish, place: 0 }
    }

    /// A viewer that is led by somebody else and belongs to no crowd.
    pub(crate) fn outside(outside: Box<dyn Outside>, identity: Identity) -> Self {
        // Nobody listens to what it orders.
        let (orders, _) = std::sync::mpsc::channel();
        let credentials = (String::new(), String::new());
        let mut own = Self::new(usize::MAX, Part::Viewer, credentials, Vec::new(), identity, orders);
        own.outside = Some(outside);
        own
    }

    /// Number of this client in the crowd, from 0 in the order of making.
    #[must_use]
    pub const fn number(&self) -> usize {
        self.number
    }

    #[must_use]
    pub const fn part(&self) -> &Part {
        &self.part
    }

    /// An offer: one line of sound, one of picture.
    pub fn offer(&mut self) -> String {
        if let Some(outside) = &mut self.outside {
            // Whoever gets an empty offer refuses it, and that is told.
            return outside.offer().unwrap_or_default();
        }
        let mut text = self.head("0 1");
        for kind in ["audio", "video"] {
            self.offer_line(&mut text, kind);
        }
        text
    }

    /// Takes the answer to [`Self::offer`]; the client then begins to connect.
    ///
    /// # Errors
    /// `Description`.
    pub fn take_answer(&mut self, sdp: &str) -> Result<(), Failure> {
        if let Some(outside) = &mut self.outside {
            return outside.take_answer(sdp);
        }
        let remote = Remote::read(sdp)?;
        let sends = matches!(self.part, Part::Sender { .. });
        let agreed = self.settle(remote, true, |line| sends && line.port != 0);
        self.tell(agreed);
        Ok(())
    }

    /// Answers an offer, the first or a later one of the same session.
    ///
    /// # Errors
    /// `Description`.
    pub fn answer(&mut self, offer: &str) -> Result<String, Failure> {
        if let Some(outside) = &mut self.outside {
            return outside.answer(offer);
        }
        let remote = Remote::read(offer)?;
        let mids: Vec<&str> = remote.lines.iter().map(|line| line.mid.as_str()).collect();
        let mut text = self.head(&mids.join(" "));
        let sending = self.sending(&remote);
        for (place, line) in remote.lines.iter().enumerate() {
            self.answer_line(&mut text, line, sending.contains(&place), place == 0);
        }
        let is_controlling = remote.is_lite;
        let sent: Vec<String> = sending.iter().map(|place| remote.lines[*place].mid.clone()).collect();
        let agreed = self.settle(remote, is_controlling, |line| sent.contains(&line.mid));
        self.tell(agreed);
        Ok(text)
    }

    /// Takes a candidate that came by itself, as a candidate attribute or its value.
    pub fn add_candidate(&mut self, text: &str) {
        if let Some(address) = candidate(text) {
            let _ = self.orders.send(Order::Candidate { number: self.number, address });
        }
    }

    /// Tells which layers of the camera anybody watches; all are sent until then.
    pub fn need_layers(&self, rids: Vec<String>) {
        let _ = self.orders.send(Order::Need { number: self.number, rids });
    }

    fn tell(&self, agreed: Agreed) {
        let _ = self.orders.send(Order::Agreed { number: self.number, agreed: Box::new(agreed) });
    }

    /// Lines of a server's offer on which we send: the first of each kind that it only receives.
    fn sending(&self, remote: &Remote) -> Vec<usize> {
        let Part::Sender { .. } = self.part else { return Vec::new() };
        let takes = |kind: &str| {
            remote.lines.iter().position(|line| {
                line.kind == kind && matches!(line.direction.as_str(), "recvonly" | "sendrecv")
            })
        };
        [takes("audio"), takes("video")].into_iter().flatten().collect()
    }

    fn settle(&self, remote: Remote, is_controlling: bool, is_sent: impl Fn(&Line) -> bool) -> Agreed {
        let mut kinds = [Kind::Unknown; 128];
        let mut note = |number: u8, kind: Kind| kinds[usize::from(number & 127)] = kind;
        for line in &remote.lines {
            for format in &line.formats {
                match format.name.split('/').next() {
                    Some("opus") => note(format.number, Kind::Audio),
                    Some("vp8") => note(format.number, Kind::Video(Codec::Vp8)),
                    Some("h264") => note(format.number, Kind::Video(Codec::H264)),
                    Some("rtx") => note(format.number, Kind::Repair(format.repairs().unwrap_or(0))),
                    _ => {}
                }
            }
        }
        let transport_cc = remote.lines.iter().find_map(|line| line.extension(TRANSPORT_CC));
        let sent = |kind: &str| remote.lines.iter().find(|line| line.kind == kind && is_sent(line));
        let video = match &self.part {
            Part::Sender { codec, rids } => sent("video").and_then(|line| {
                let mut sent = sent_line(line, codec.name())?;
                let taken = |rid: &&&str| line.rids.iter().any(|it| it == *rid);
                sent.rids = rids.iter().filter(taken).map(|rid| (*rid).to_owned()).collect();
                Some(sent)
            }),
            Part::Viewer => None,
        };
        let audio = match &self.part {
            Part::Sender { .. } => sent("audio").and_then(|line| sent_line(line, "opus")),
            Part::Viewer => None,
        };
        Agreed { remote, is_controlling, kinds, transport_cc, video, audio }
    }

    fn head(&mut self, mids: &str) -> String {
        self.version += 1;
        format!(
            "v=0\r\no=- {} {} IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\na=group:BUNDLE {mids}\r\n\
             a=msid-semantic: WMS *\r\n",
            4_000_000 + self.number,
            self.version
        )
    }

    fn transport(&self, text: &mut String, mid: &str, is_first: bool) {
        line(text, format_args!("c=IN IP4 127.0.0.1"));
        line(text, format_args!("a=rtcp:9 IN IP4 0.0.0.0"));
        line(text, format_args!("a=ice-ufrag:{}", self.ufrag));
        line(text, format_args!("a=ice-pwd:{}", self.pwd));
        line(text, format_args!("a=fingerprint:sha-256 {}", self.identity.fingerprint()));
        line(text, format_args!("a=setup:active"));
        line(text, format_args!("a=mid:{mid}"));
        // Once is enough for a bundle, and an answer to forty lines stays small.
        let candidates = if is_first { self.local.as_slice() } else { &[] };
        for (place, address) in candidates.iter().enumerate() {
            let priority = (126 << 24) | ((65_535 - place) << 8) | 255;
            let (ip, port) = (address.ip(), address.port());
            line(text, format_args!("a=candidate:{} 1 udp {priority} {ip} {port} typ host", place + 1));
        }
        if is_first {
            line(text, format_args!("a=end-of-candidates"));
        }
    }

    fn offer_line(&self, text: &mut String, kind: &str) {
        let is_video = kind == "video";
        let (mid, direction) = match self.part {
            Part::Viewer => (u8::from(is_video), "recvonly"),
            Part::Sender { .. } => (u8::from(is_video), "sendonly"),
        };
        let video = match self.part {
            Part::Sender { codec: Codec::Vp8, .. } => "96 97",
            Part::Sender { codec: Codec::H264, .. } => "102 103",
            Part::Viewer => "96 97 102 103",
        };
        let numbers = if is_video { video } else { "111" };
        line(text, format_args!("m={kind} 9 UDP/TLS/RTP/SAVPF {numbers}"));
        self.transport(text, &mid.to_string(), mid == 0);
        line(text, format_args!("a={direction}"));
        line(text, format_args!("a=rtcp-mux\r\na=rtcp-rsize"));
        let extensions: &[(u8, &str)] = match is_video {
            true => &[(2, ABS_SEND_TIME), (3, TRANSPORT_CC), (4, MID), (5, RID), (6, REPAIRED_RID)],
            false => &[(1, AUDIO_LEVEL), (3, TRANSPORT_CC), (4, MID)],
        };
        for (number, name) in extensions {
            line(text, format_args!("a=extmap:{number} {name}"));
        }
        for number in numbers.split(' ') {
            offer_format(text, number);
        }
        if let Part::Sender { rids, .. } = self.part {
            line(text, format_args!("a=msid:loadtest {kind}{}", self.number));
            if is_video && !rids.is_empty() {
                for rid in rids {
                    line(text, format_args!("a=rid:{rid} send"));
                }
                line(text, format_args!("a=simulcast:send {}", rids.join(";")));
            } else {
                let (media, repair) = sources(self.number, if is_video { 0 } else { VOICE });
                if is_video {
                    line(text, format_args!("a=ssrc-group:FID {media} {repair}"));
                    line(text, format_args!("a=ssrc:{repair} cname:loadtest"));
                }
                line(text, format_args!("a=ssrc:{media} cname:loadtest"));
            }
        }
    }

    fn answer_line(&self, text: &mut String, offered: &Line, sends: bool, is_first: bool) {
        let Line { kind, protocol, words, mid, .. } = offered;
        if kind == "application" {
            // Taken, so that a bundle which it heads stays whole; nobody here speaks SCTP.
            line(text, format_args!("m=application 9 {protocol} {words}"));
            self.transport(text, mid, is_first);
            return line(text, format_args!("a=sctp-port:5000"));
        }
        let known = |format: &&Format| {
            let codec = format.name.split('/').next().unwrap_or_default();
            let of = |number: u8| offered.formats.iter().find(|it| it.number == number);
            let repaired = format
                .repairs()
                .and_then(of)
                .is_some_and(|it| it.name.starts_with("vp8/") || it.name.starts_with("h264/"));
            matches!(codec, "opus" | "vp8" | "h264") || repaired
        };
        let formats: Vec<&Format> = offered.formats.iter().filter(known).collect();
        let direction = match offered.direction.as_str() {
            _ if formats.is_empty() => "inactive",
            _ if sends => "sendonly",
            "sendonly" | "sendrecv" => "recvonly",
            _ => "inactive",
        };
        let numbers: Vec<String> = formats.iter().map(|it| it.number.to_string()).collect();
        let numbers = if numbers.is_empty() { words.clone() } else { numbers.join(" ") };
        line(text, format_args!("m={kind} 9 {protocol} {numbers}"));
        self.transport(text, mid, is_first);
        line(text, format_args!("a={direction}"));
        line(text, format_args!("a=rtcp-mux\r\na=rtcp-rsize"));
        for (number, name) in offered.extensions.iter().filter(|(_, it)| EXTENSIONS.contains(&it.as_str())) {
            line(text, format_args!("a=extmap:{number} {name}"));
        }
        for format in formats {
            line(text, format_args!("a=rtpmap:{} {}", format.number, format.name));
            if let Some(parameters) = &format.parameters {
                line(text, format_args!("a=fmtp:{} {parameters}", format.number));
            }
            feedback(text, &format.number.to_string(), kind == "video" && format.repairs().is_none());
        }
        if let (true, Part::Sender { rids, .. }) = (sends, &self.part) {
            line(text, format_args!("a=msid:loadtest {kind}{}", self.number));
            let rids: Vec<&str> =
                rids.iter().copied().filter(|rid| offered.rids.iter().any(|it| it == rid)).collect();
            for rid in &rids {
                line(text, format_args!("a=rid:{rid} send"));
            }
            if !rids.is_empty() {
                line(text, format_args!("a=simulcast:send {}", rids.join(";")));
            }
        }
    }
}

/// Place of the voice among the sources of a client; layers of its camera come before.
pub const VOICE: usize = 7;

/// SSRCs of the media and of its repairs, for the layer at `place` of client `number`.
#[must_use]
pub const fn sources(number: usize, place: usize) -> (u32, u32) {
    let media = 0x1000_0000 + (number as u32) * 16 + place as u32;
    (media, media + 8)
}

fn sent_line(line: &Line, codec: &str) -> Option<SentLine> {
    let format = line.codec(codec)?;
    Some(SentLine {
        payload_type: format.number,
        repair_type: line.repair_of(format.number),
        mid: line.mid.clone(),
        mid_extension: line.extension(MID),
        rid_extension: line.extension(RID),
        transport_cc: line.extension(TRANSPORT_CC),
        audio_level: line.extension(AUDIO_LEVEL),
        rids: Vec::new(),
    })
}

fn line(text: &mut String, words: std::fmt::Arguments<'_>) {
    write!(text, "{words}\r\n").expect("a String takes everything");
}

fn offer_format(text: &mut String, number: &str) {
    let h264 = "level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f";
    let (name, parameters) = match number {
        "96" => ("VP8/90000", ""),
        "97" => ("rtx/90000", "apt=96"),
        "102" => ("H264/90000", h264),
        "103" => ("rtx/90000", "apt=102"),
        _ => ("opus/48000/2", "minptime=10;useinbandfec=1"),
    };
    line(text, format_args!("a=rtpmap:{number} {name}"));
    if !parameters.is_empty() {
        line(text, format_args!("a=fmtp:{number} {parameters}"));
    }
    feedback(text, number, matches!(number, "96" | "102"));
}

fn feedback(text: &mut String, number: &str, is_picture: bool) {
    let kinds: &[&str] =
        if is_picture { &["ccm fir", "nack", "nack pli", "transport-cc"] } else { &["transport-cc"] };
    for kind in kinds {
        line(text, format_args!("a=rtcp-fb:{number} {kind}"));
    }
}
