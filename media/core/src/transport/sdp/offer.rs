//! Writes the offer: four lines that the browser sends on, then the fixed pool that we send on.
//!
//! Called by `PeerTransport::offer`. Pure text from values; the same plan always gives the same
//! offer, so that an ICE restart changes nothing but credentials and version.

use super::EXTENSION_URIS;
use crate::packet::negotiated::{
    AUDIO_SLOTS, CAMERA_RIDS, EXT_ABS_SEND_TIME, EXT_AUDIO_LEVEL, EXT_DEPENDENCY, EXT_MID, EXT_REPAIRED_RID,
    EXT_RID, EXT_TRANSPORT_CC, MID_CAMERA, MID_MICROPHONE, MID_SCREEN, MID_SCREEN_AUDIO, OPUS_STEREO_BPS,
    PT_AV1, PT_H264, PT_H265, PT_OPUS, PT_OPUS_STEREO, PT_RED, PT_VP8, PT_VP9, SCREEN_AUDIO_SLOT,
    VIDEO_FORMATS, VIDEO_SLOTS, rtx_of,
};
use crate::transport::types::{IceCredentials, LocalCandidate, Proto};
use std::fmt::Write;

/// Canonical name of every source of ours; one name lets the browser synchronise them.
pub const CNAME: &str = "diemcau";

/// Video codecs with their names and parameters: what every encoder and decoder of them can do.
const VIDEO_CODECS: [(u8, &str, Option<&str>); 5] = [
    (PT_VP8, "VP8", None),
    (PT_H264, "H264", Some("level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42e01f")),
    (PT_VP9, "VP9", Some("profile-id=0")),
    (PT_AV1, "AV1", Some("level-idx=5;profile=0;tier=0")),
    (PT_H265, "H265", Some("level-id=93;profile-id=1;tier-flag=0;tx-mode=SRST")),
];

/// Sources of one outgoing video slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SlotSources {
    /// SSRC of the media packets.
    pub media: u32,
    /// SSRC of the retransmissions.
    pub rtx: u32,
}

/// What varies between offers of one leg.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OfferPlan {
    /// Session id of the `o=` line; constant for the leg, below 2^62.
    pub session_id: u64,
    /// Session version of the `o=` line; one more for every offer.
    pub version: u64,
    /// Sources of `v0`..`v27`.
    pub video: [SlotSources; VIDEO_SLOTS],
    /// Sources of `a0`..`a3`.
    pub audio: [u32; AUDIO_SLOTS],
}

/// What the leg itself puts into its offer.
pub(in crate::transport) struct OfferTransport<'a> {
    pub(in crate::transport) ice: &'a IceCredentials,
    pub(in crate::transport) fingerprint: &'a str,
    pub(in crate::transport) candidates: &'a [LocalCandidate],
}

/// What one m-line is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum LineUse {
    Camera,
    Microphone,
    Screen,
    ScreenAudio,
    VideoSlot(usize),
    AudioSlot(usize),
}

impl LineUse {
    /// All lines in the order of the offer.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        [Self::Camera, Self::Microphone, Self::Screen, Self::ScreenAudio]
            .into_iter()
            .chain((0..VIDEO_SLOTS).map(Self::VideoSlot))
            .chain((0..AUDIO_SLOTS).map(Self::AudioSlot))
    }

    pub(super) fn mid(self) -> String {
        match self {
            Self::Camera => MID_CAMERA.to_owned(),
            Self::Microphone => MID_MICROPHONE.to_owned(),
            Self::Screen => MID_SCREEN.to_owned(),
            Self::ScreenAudio => MID_SCREEN_AUDIO.to_owned(),
            Self::VideoSlot(slot) => format!("v{slot}"),
            Self::AudioSlot(slot) => format!("a{slot}"),
        }
    }

    pub(super) const fn is_video(self) -> bool {
        matches!(self, Self::Camera | Self::Screen | Self::VideoSlot(_))
    }

    pub(super) const fn is_sent_by_browser(self) -> bool {
        !matches!(self, Self::VideoSlot(_) | Self::AudioSlot(_))
    }

    pub(super) const fn payload_types(self) -> &'static [u8] {
        match self {
            Self::Camera | Self::Screen | Self::VideoSlot(_) => &VIDEO_FORMATS,
            Self::ScreenAudio | Self::AudioSlot(SCREEN_AUDIO_SLOT) => &[PT_OPUS_STEREO],
            Self::Microphone | Self::AudioSlot(_) => &[PT_OPUS, PT_RED],
        }
    }

    const fn extensions(self) -> &'static [u8] {
        match self {
            Self::Camera => {
                &[EXT_ABS_SEND_TIME, EXT_TRANSPORT_CC, EXT_MID, EXT_RID, EXT_REPAIRED_RID, EXT_DEPENDENCY]
            }
            Self::Screen => &[EXT_ABS_SEND_TIME, EXT_TRANSPORT_CC, EXT_MID, EXT_DEPENDENCY],
            Self::Microphone | Self::ScreenAudio => {
                &[EXT_AUDIO_LEVEL, EXT_ABS_SEND_TIME, EXT_TRANSPORT_CC, EXT_MID]
            }
            Self::VideoSlot(_) => &[EXT_TRANSPORT_CC, EXT_DEPENDENCY],
            Self::AudioSlot(_) => &[EXT_AUDIO_LEVEL, EXT_TRANSPORT_CC],
        }
    }
}

/// The mids of all lines in the order of the offer.
pub fn mids() -> impl Iterator<Item = String> {
    LineUse::all().map(LineUse::mid)
}

/// Writes the whole offer, about 46 kB.
pub(in crate::transport) fn write_offer(plan: &OfferPlan, transport: &OfferTransport<'_>) -> String {
    let mut text = String::with_capacity(48 * 1024);
    let bundle: Vec<String> = mids().collect();
    line(&mut text, format_args!("v=0"));
    let (session, version) = (plan.session_id, plan.version);
    line(&mut text, format_args!("o=- {session} {version} IN IP4 127.0.0.1"));
    line(&mut text, format_args!("s=-"));
    line(&mut text, format_args!("t=0 0"));
    line(&mut text, format_args!("a=group:BUNDLE {}", bundle.join(" ")));
    line(&mut text, format_args!("a=extmap-allow-mixed"));
    line(&mut text, format_args!("a=msid-semantic: WMS *"));
    line(&mut text, format_args!("a=ice-lite"));
    // One certificate for all lines, said once: the offer must stay well below a frame of signalling.
    line(&mut text, format_args!("a=fingerprint:sha-256 {}", transport.fingerprint));
    for (place, media) in LineUse::all().enumerate() {
        write_line(&mut text, media, plan, transport, place == 0);
    }
    text
}

fn write_line(
    text: &mut String,
    media: LineUse,
    plan: &OfferPlan,
    transport: &OfferTransport<'_>,
    is_first: bool,
) {
    let kind = if media.is_video() { "video" } else { "audio" };
    let formats: Vec<String> = media.payload_types().iter().map(u8::to_string).collect();
    line(text, format_args!("m={kind} 9 UDP/TLS/RTP/SAVPF {}", formats.join(" ")));
    line(text, format_args!("c=IN IP4 0.0.0.0"));
    line(text, format_args!("a=ice-ufrag:{}", transport.ice.ufrag));
    line(text, format_args!("a=ice-pwd:{}", transport.ice.pwd));
    // Standard for an offer; browsers then answer "active", which makes us the DTLS server.
    line(text, format_args!("a=setup:actpass"));
    line(text, format_args!("a=mid:{}", media.mid()));
    if is_first {
        for (place, candidate) in transport.candidates.iter().enumerate() {
            write_candidate(text, place, candidate);
        }
        line(text, format_args!("a=end-of-candidates"));
    }
    for (id, uri) in EXTENSION_URIS {
        if media.extensions().contains(&id) {
            line(text, format_args!("a=extmap:{id} {uri}"));
        }
    }
    let mid = media.mid();
    if media.is_sent_by_browser() {
        line(text, format_args!("a=recvonly"));
    } else {
        line(text, format_args!("a=sendonly"));
        line(text, format_args!("a=msid:{mid} {mid}"));
    }
    line(text, format_args!("a=rtcp-mux"));
    line(text, format_args!("a=rtcp-rsize"));
    if media.is_video() {
        for (pt, name, parameters) in VIDEO_CODECS {
            write_video_codec(text, pt, name, parameters);
        }
    } else {
        let pt = media.payload_types()[0];
        line(text, format_args!("a=rtpmap:{pt} opus/48000/2"));
        line(text, format_args!("a=rtcp-fb:{pt} transport-cc"));
        let common = "minptime=10;useinbandfec=1";
        if pt == PT_OPUS_STEREO {
            let stereo = format_args!("stereo=1;sprop-stereo=1;maxaveragebitrate={OPUS_STEREO_BPS}");
            line(text, format_args!("a=fmtp:{pt} {common};{stereo}"));
        } else {
            line(text, format_args!("a=fmtp:{pt} {common}"));
            line(text, format_args!("a=rtpmap:{PT_RED} red/48000/2"));
            line(text, format_args!("a=fmtp:{PT_RED} {pt}/{pt}"));
        }
    }
    match media {
        LineUse::Camera => {
            for rid in CAMERA_RIDS {
                line(text, format_args!("a=rid:{rid} recv"));
            }
            line(text, format_args!("a=simulcast:recv {}", CAMERA_RIDS.join(";")));
        }
        LineUse::VideoSlot(slot) => {
            let SlotSources { media, rtx } = plan.video[slot];
            line(text, format_args!("a=ssrc-group:FID {media} {rtx}"));
            line(text, format_args!("a=ssrc:{media} cname:{CNAME}"));
            line(text, format_args!("a=ssrc:{rtx} cname:{CNAME}"));
        }
        LineUse::AudioSlot(slot) => {
            line(text, format_args!("a=ssrc:{} cname:{CNAME}", plan.audio[slot]));
        }
        LineUse::Microphone | LineUse::Screen | LineUse::ScreenAudio => {}
    }
}

fn write_video_codec(text: &mut String, pt: u8, name: &str, parameters: Option<&str>) {
    line(text, format_args!("a=rtpmap:{pt} {name}/90000"));
    // Whoever knows one of the newer codecs knows PLI, too.
    let is_old = matches!(pt, PT_VP8 | PT_H264);
    for feedback in ["ccm fir", "nack", "nack pli", "transport-cc"].into_iter().skip(usize::from(!is_old)) {
        line(text, format_args!("a=rtcp-fb:{pt} {feedback}"));
    }
    if let Some(parameters) = parameters {
        line(text, format_args!("a=fmtp:{pt} {parameters}"));
    }
    let rtx = rtx_of(pt).expect("every video codec of ours is repaired");
    line(text, format_args!("a=rtpmap:{rtx} rtx/90000"));
    line(text, format_args!("a=fmtp:{rtx} apt={pt}"));
}

pub(super) fn write_candidate(text: &mut String, place: usize, candidate: &LocalCandidate) {
    // RFC 8445 section 5.1.2.1 with type preference 126 for host; TCP gets 90, so that it is only
    // used where UDP does not pass. No two candidates share a base, so none share a foundation.
    let (protocol, type_preference, suffix) = match candidate.proto {
        Proto::Udp => ("udp", 126u32, ""),
        Proto::Tcp => ("tcp", 90u32, " tcptype passive"),
    };
    let priority = (type_preference << 24) | (u32::from(candidate.preference) << 8) | 255;
    let (ip, port) = (candidate.addr.ip(), candidate.addr.port());
    let foundation = place + 1;
    line(text, format_args!("a=candidate:{foundation} 1 {protocol} {priority} {ip} {port} typ host{suffix}"));
}

pub(super) fn line(text: &mut String, content: std::fmt::Arguments<'_>) {
    write!(text, "{content}\r\n").expect("writing to a string cannot fail");
}
