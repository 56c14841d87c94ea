//! The numbers our offer fixes once for every leg: payload types, extension ids, mids.
//!
//! Read by `transport::sdp` (which writes them into the offer) and by `stream` and the shard
//! (which meet them in packets). Nothing here may vary per leg: a browser that wants other numbers
//! is refused when it answers.

/// VP8 video, 90 kHz.
pub const PT_VP8: u8 = 96;
/// Retransmission of VP8 (RFC 4588).
pub const PT_VP8_RTX: u8 = 97;
/// H.264 constrained baseline 3.1, packetization mode 1, 90 kHz.
pub const PT_H264: u8 = 102;
/// Retransmission of H.264.
pub const PT_H264_RTX: u8 = 103;
/// VP9, 90 kHz.
pub const PT_VP9: u8 = 98;
/// Retransmission of VP9.
pub const PT_VP9_RTX: u8 = 99;
/// AV1 main profile, 90 kHz.
pub const PT_AV1: u8 = 100;
/// Retransmission of AV1.
pub const PT_AV1_RTX: u8 = 101;
/// H.265 main profile 3.1, 90 kHz.
pub const PT_H265: u8 = 104;
/// Retransmission of H.265.
pub const PT_H265_RTX: u8 = 105;
/// Opus for voices, coded in one channel.
pub const PT_OPUS: u8 = 111;
/// Opus for the sound of a shared screen, coded in two channels. A number of its own, because
/// Chromium keeps one set of coder parameters for each payload type of a bundle: under 111 the
/// microphone's mono would hold for the screen as well.
pub const PT_OPUS_STEREO: u8 = 112;
/// Redundant Opus (RFC 2198): each packet repeats what went before. For voices alone.
pub const PT_RED: u8 = 113;
/// Bit rate of the screen's sound: music in two channels needs about three times a voice.
pub const OPUS_STEREO_BPS: u32 = 96_000;

/// RTP clock of every video payload type, in Hz.
pub const VIDEO_CLOCK_HZ: u32 = 90_000;
/// RTP clock of Opus, in Hz (RFC 7587 fixes it whatever the coded bandwidth).
pub const AUDIO_CLOCK_HZ: u32 = 48_000;

/// Client-to-mixer audio level (RFC 6464).
pub const EXT_AUDIO_LEVEL: u8 = 1;
/// Absolute send time, 6.18 fixed point seconds.
pub const EXT_ABS_SEND_TIME: u8 = 2;
/// Transport-wide sequence number (draft-holmer-rmcat-transport-wide-cc-extensions-01).
pub const EXT_TRANSPORT_CC: u8 = 3;
/// Media identification (RFC 9143).
pub const EXT_MID: u8 = 4;
/// RTP stream id, the simulcast layer (RFC 8852).
pub const EXT_RID: u8 = 5;
/// RTP stream id of the stream that a retransmission repairs (RFC 8852).
pub const EXT_REPAIRED_RID: u8 = 6;

/// Dependency descriptor (RTP payload format for AV1, appendix A).
pub const EXT_DEPENDENCY: u8 = 7;

/// Payload types of a video line, most widely decoded codecs first: a browser sends the first that it
/// can code. Those behind H.264 are for senders that choose them.
pub const VIDEO_FORMATS: [u8; 10] =
    [PT_VP8, PT_VP8_RTX, PT_H264, PT_H264_RTX, PT_VP9, PT_VP9_RTX, PT_AV1, PT_AV1_RTX, PT_H265, PT_H265_RTX];

/// The browser's camera, simulcast by [`CAMERA_RIDS`].
pub const MID_CAMERA: &str = "cam";
/// The browser's microphone.
pub const MID_MICROPHONE: &str = "mic";
/// The browser's shared screen.
pub const MID_SCREEN: &str = "scr";
/// The sound of the browser's shared screen.
pub const MID_SCREEN_AUDIO: &str = "sca";

/// Simulcast layers from small to large: a quarter, a half and the full picture.
pub const CAMERA_RIDS: [&str; 3] = ["q", "h", "f"];

/// Video lines that the server sends on, `v0`..`v27`.
pub const VIDEO_SLOTS: usize = 28;
/// Audio lines that the server sends on, `a0`..`a3`.
pub const AUDIO_SLOTS: usize = 4;
/// The audio line that carries the sound of a shared screen; the others carry voices.
pub const SCREEN_AUDIO_SLOT: usize = AUDIO_SLOTS - 1;

/// The retransmission payload type that belongs to a video payload type.
#[must_use]
pub const fn rtx_of(payload_type: u8) -> Option<u8> {
    match payload_type {
        PT_VP8 => Some(PT_VP8_RTX),
        PT_H264 => Some(PT_H264_RTX),
        PT_VP9 => Some(PT_VP9_RTX),
        PT_AV1 => Some(PT_AV1_RTX),
        PT_H265 => Some(PT_H265_RTX),
        _ => None,
    }
}

/// The media payload type that a retransmission payload type repairs.
#[must_use]
pub const fn repaired_by(rtx_payload_type: u8) -> Option<u8> {
    match rtx_payload_type {
        PT_VP8_RTX => Some(PT_VP8),
        PT_H264_RTX => Some(PT_H264),
        PT_VP9_RTX => Some(PT_VP9),
        PT_AV1_RTX => Some(PT_AV1),
        PT_H265_RTX => Some(PT_H265),
        _ => None,
    }
}
