//! Offers of real programs and of hostile ones: what is taken of them, and what they are told.
//!
//! Test only. Where the recordings come from stands in `tests/outside/README.md`.

use super::*;
use crate::error::OfferRefused;
use crate::packet::negotiated::{PT_H264, PT_OPUS, PT_VP8};
use crate::packet::rtp::{Extensions, RtpHeader};
use crate::payload::Codec;
use crate::transport::sdp::offer::{OfferPlan, OfferTransport, SlotSources};
use crate::transport::types::{IceCredentials, LocalCandidate, Proto};
use proptest::prelude::*;

const FFMPEG: &str = include_str!("../../../../tests/outside/ffmpeg-8-whip.offer.sdp");
const AIORTC_WHIP: &str = include_str!("../../../../tests/outside/aiortc-whip.offer.sdp");
const AIORTC_WHEP: &str = include_str!("../../../../tests/outside/aiortc-whep.offer.sdp");
const CHROMIUM_WHIP: &str = include_str!("../../../../tests/outside/chromium-whip.offer.sdp");
const CHROMIUM_WHEP: &str = include_str!("../../../../tests/outside/chromium-whep.offer.sdp");
const SIMULCAST: &str = include_str!("../../../../tests/outside/chromium-simulcast.offer.sdp");

fn answer(offer: &OutsideOffer) -> String {
    let ice = IceCredentials { ufrag: "srvA".into(), pwd: "p".repeat(24) };
    let candidate =
        LocalCandidate { addr: "10.0.0.1:7000".parse().unwrap(), proto: Proto::Udp, preference: 65_535 };
    let plan = OfferPlan {
        session_id: 1,
        version: 1,
        video: std::array::from_fn(|i| SlotSources { media: 10 + i as u32, rtx: 110 + i as u32 }),
        audio: std::array::from_fn(|i| 210 + i as u32),
    };
    let transport = OfferTransport { ice: &ice, fingerprint: "AA:BB", candidates: &[candidate] };
    write_outside_answer(offer, &plan, &transport)
}

/// The lines of an answer that tell what was agreed, without what is the same in all of them.
fn agreed(offer: &str, wanted: Wanted) -> String {
    let common = [
        "v=",
        "s=",
        "t=",
        "c=",
        "o=",
        "a=rtcp",
        "a=ice-",
        "a=fingerprint",
        "a=candidate",
        "a=end",
        "a=msid-s",
    ];
    let answer = answer(&parse_outside_offer(offer, wanted).unwrap());
    answer
        .lines()
        .filter(|line| !common.iter().any(|start| line.starts_with(start)))
        .collect::<Vec<_>>()
        .join("\n")
}

fn refused(change: impl FnOnce(String) -> String) -> OfferRefused {
    parse_outside_offer(&change(FFMPEG.to_owned()), Wanted::Publish).expect_err("the change must be refused")
}

#[test]
fn ffmpeg_is_answered_by_a_dtls_client_with_its_own_numbers() {
    let offer = parse_outside_offer(FFMPEG, Wanted::Publish).unwrap();
    assert_eq!(offer.role, OurRole::Client);
    assert!(offer.has_audio() && offer.has_video());
    let expected = "a=group:BUNDLE 0 1
a=extmap-allow-mixed
m=audio 9 UDP/TLS/RTP/SAVPF 111
a=setup:active
a=mid:0
a=recvonly
a=rtpmap:111 opus/48000/2
a=fmtp:111 minptime=10;useinbandfec=1
m=video 9 UDP/TLS/RTP/SAVPF 106 105
a=setup:active
a=mid:1
a=recvonly
a=rtpmap:106 H264/90000
a=fmtp:106 level-asymmetry-allowed=1;packetization-mode=1;profile-level-id=42000c
a=rtpmap:105 rtx/90000
a=fmtp:105 apt=106";
    assert_eq!(agreed(FFMPEG, Wanted::Publish), expected);
    let text = answer(&offer);
    assert!(text.contains("a=rtcp-fb:106 nack\r\n") && !text.contains("nack pli"), "only what it offered");
    assert_eq!(text.matches("a=candidate:").count(), 1);
    let numbers = offer.numbers();
    assert!(
        numbers.takes().has(Codec::H264)
            && numbers.takes().has(Codec::Opus)
            && !numbers.takes().has(Codec::Vp8)
    );
}

#[test]
fn chromium_sends_vp8_in_three_layers_when_it_offers_them() {
    let answer = agreed(SIMULCAST, Wanted::Publish);
    for line in
        ["m=video 9 UDP/TLS/RTP/SAVPF 96 97", "a=setup:passive", "a=simulcast:recv q;h;f", "a=rid:h recv"]
    {
        assert!(answer.lines().any(|it| it == line), "{line} is missing in {answer}");
    }
    let ids = parse_outside_offer(SIMULCAST, Wanted::Publish).unwrap().numbers().extensions;
    assert_eq!((ids.abs_send_time, ids.transport_cc, ids.mid, ids.rid, ids.audio_level), (2, 4, 9, 10, 12));
    let single = agreed(CHROMIUM_WHIP, Wanted::Publish);
    assert!(!single.contains("simulcast") && !single.contains("repaired"));
}

#[test]
fn viewers_get_every_codec_of_the_meeting_and_one_stream() {
    for offer in [CHROMIUM_WHEP, AIORTC_WHEP] {
        let read = parse_outside_offer(offer, Wanted::View).unwrap();
        let numbers = read.numbers();
        assert!(
            numbers.takes().has(Codec::Vp8)
                && numbers.takes().has(Codec::H264)
                && numbers.takes().has(Codec::Opus)
        );
        let text = answer(&read);
        assert!(text.contains("a=sendonly\r\n") && text.contains("a=ssrc-group:FID 10 110\r\n"), "{text}");
        assert!(text.contains("a=ssrc:210 cname:diemcau\r\n"), "{text}");
        assert_eq!(text.matches("a=msid:diemcau ").count(), 2);
    }
}

#[test]
fn baseline_is_chosen_among_the_profiles_of_h264() {
    let answer = agreed(AIORTC_WHEP, Wanted::View);
    assert!(answer.contains("a=rtpmap:101 H264/90000"), "{answer}");
    let only_high = FFMPEG.replace("42000c", "640c1f");
    assert!(agreed(&only_high, Wanted::Publish).contains("profile-level-id=640c1f"));
    let single_units = FFMPEG.replace("packetization-mode=1", "packetization-mode=0");
    let left = parse_outside_offer(&single_units, Wanted::Publish).unwrap();
    assert!(!left.has_video() && left.has_audio());
}

#[test]
fn one_kind_alone_is_enough() {
    let cut = FFMPEG.find("m=video").unwrap();
    let sound = FFMPEG[..cut].replace("BUNDLE 0 1", "BUNDLE 0");
    let offer = parse_outside_offer(&sound, Wanted::Publish).unwrap();
    assert!(offer.has_audio() && !offer.has_video());
    let start = FFMPEG.find("m=audio").unwrap();
    let picture = format!("{}{}", &FFMPEG[..start], &FFMPEG[cut..]);
    let offer = parse_outside_offer(&picture, Wanted::Publish).unwrap();
    assert!(!offer.has_audio() && offer.has_video());
    assert!(answer(&offer).contains("a=group:BUNDLE 1\r\n"));
}

#[test]
fn lines_of_the_wrong_direction_and_unknown_kind_are_rejected_not_refused() {
    let both = AIORTC_WHIP.replacen("a=sendonly", "a=recvonly", 1);
    let offer = parse_outside_offer(&both, Wanted::Publish).unwrap();
    assert!(!offer.has_video() && offer.has_audio());
    assert!(answer(&offer).contains("m=video 0 UDP/TLS/RTP/SAVPF 97 98 99 100 101 102\r\n"));
    let data =
        FFMPEG.to_owned() + "m=application 9 UDP/DTLS/SCTP webrtc-datachannel\na=mid:2\na=sctp-port:5000\n";
    assert!(agreed(&data, Wanted::Publish).contains("m=application 0 UDP/DTLS/SCTP webrtc-datachannel"));
    assert_eq!(parse_outside_offer(FFMPEG, Wanted::View), Err(OfferRefused::NothingUsable));
}

#[test]
fn layers_are_ordered_by_name_or_by_preference() {
    let check = |given: &[&str], expected: &[&str]| {
        let given: Vec<String> = given.iter().map(|rid| (*rid).to_owned()).collect();
        assert_eq!(lines::smallest_first(&given), expected);
    };
    check(&["f", "q", "h"], &["q", "h", "f"]);
    check(&["h", "m", "l"], &["l", "m", "h"]);
    check(&["high", "low"], &["low", "high"]);
    check(&["0", "1", "2"], &["2", "1", "0"]);
}

#[test]
fn candidates_of_any_kind_are_passed_over() {
    let odd = "a=candidate:1 1 TCP 2015363327 fe80::1%eth0 9 typ host tcptype active\na=candidate:nonsense\n";
    let text = FFMPEG.replacen("a=mid:0", &format!("{odd}a=x-unknown:1\na=mid:0"), 1);
    assert_eq!(agreed(&text, Wanted::Publish), agreed(FFMPEG, Wanted::Publish));
}

#[test]
fn each_wrong_offer_has_its_own_reason() {
    use OfferRefused::*;
    assert_eq!(refused(|o| o.replace("a=ice-ufrag:", "a=ice-ufrag:\"")), IceCredentials);
    assert_eq!(refused(|o| o.replace("a=ice-pwd:", "a=x:")), IceCredentials);
    assert_eq!(refused(|o| o.replace("sha-256", "sha-1")), Fingerprint);
    assert_eq!(refused(|o| o.replace("passive", "holdconn")), SetupRole);
    assert_eq!(refused(|o| o.replacen("a=setup:passive", "a=setup:actpass", 1)), NotBundled);
    assert_eq!(refused(|o| o.replace("a=rtcp-mux\n", "")), NothingUsable);
    assert_eq!(refused(|o| o.replace("BUNDLE 0 1", "LS 0 1")), NothingUsable);
    assert_eq!(refused(|o| o.replacen("t=0 0\n", "t=0 0\na=ice-lite\n", 1)), BothLite);
    assert_eq!(refused(|o| o.replace("a=mid:1", "a=mid:0")), Grammar);
    assert_eq!(refused(|o| o.replace("a=mid:1", "a=mid:1\u{7f}")), Grammar);
    assert_eq!(refused(|_| "hello".to_owned()), Grammar);
    assert_eq!(refused(|o| o + &"a=x\n".repeat(2048)), TooLarge);
    assert_eq!(refused(|o| o + "a=" + &"x".repeat(3000)), TooLarge);
    assert_eq!(refused(|o| o + &"m=audio 9 UDP/TLS/RTP/SAVPF 0\n".repeat(20)), TooLarge);
}

#[test]
fn numbers_lead_from_theirs_to_ours() {
    let numbers = parse_outside_offer(AIORTC_WHIP, Wanted::Publish).unwrap().numbers();
    let facts = |payload_type: u8| {
        let packet = [0x80, payload_type, 0, 1, 0, 0, 0, 2, 0, 0, 0, 3];
        let header = RtpHeader::parse(&packet).unwrap();
        numbers.facts(&header, &Extensions::default(), 12, 0, 12).payload_type
    };
    assert_eq!((facts(97), facts(96)), (PT_VP8, PT_OPUS));
    assert_ne!(facts(99), PT_H264, "one codec was agreed");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn damaged_offers_never_panic_and_answers_stay_lines_of_sdp(
        which in 0_usize..4,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..12),
    ) {
        let mut bytes = [FFMPEG, AIORTC_WHEP, SIMULCAST, CHROMIUM_WHEP][which].as_bytes().to_vec();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        for wanted in [Wanted::Publish, Wanted::View] {
            if let Ok(offer) = parse_outside_offer(&String::from_utf8_lossy(&bytes), wanted) {
                let text = answer(&offer);
                prop_assert!(text.split("\r\n").all(|line| line.is_empty() || line.as_bytes().get(1) == Some(&b'=')));
                let _ = offer.numbers();
            }
        }
    }
}
