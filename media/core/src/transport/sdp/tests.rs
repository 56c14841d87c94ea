//! Offer and answer against each other and against answers of any hostile shape.
//!
//! Test only.

use super::answer::{MAX_ANSWER_LEN, MAX_ANSWER_LINE_LEN, MAX_ANSWER_LINES};
use super::*;
use crate::error::AnswerRefused;
use crate::payload::Codec;
use crate::transport::types::{IceCredentials, LocalCandidate, Proto};
use proptest::prelude::*;

const FINGERPRINT: &str = "00:11:22:33:44:55:66:77:88:99:AA:BB:CC:DD:EE:FF:\
                           00:11:22:33:44:55:66:77:88:99:aa:bb:cc:dd:ee:ff";

pub(super) fn offer() -> String {
    let ice = IceCredentials { ufrag: "srvA".into(), pwd: "p".repeat(24) };
    let candidate =
        |addr: &str, proto| LocalCandidate { addr: addr.parse().unwrap(), proto, preference: 65_535 };
    let candidates = [
        candidate("10.0.0.1:7000", Proto::Udp),
        candidate("[2001:db8::1]:7000", Proto::Udp),
        candidate("10.0.0.1:7000", Proto::Tcp),
    ];
    let plan = OfferPlan {
        session_id: 1,
        version: 2,
        video: std::array::from_fn(|i| SlotSources { media: 10 + i as u32, rtx: 110 + i as u32 }),
        audio: std::array::from_fn(|i| 210 + i as u32),
    };
    let transport = OfferTransport { ice: &ice, fingerprint: FINGERPRINT, candidates: &candidates };
    write_offer(&plan, &transport)
}

/// The answer of a willing browser, made from the offer's own text.
fn answer() -> String {
    let mut text = offer()
        .replace("a=setup:actpass", "a=setup:active")
        .replace("a=recvonly", "a=SEND")
        .replace("a=sendonly", "a=recvonly")
        .replace("a=SEND", "a=sendonly")
        .replace("a=ice-lite\r\n", "");
    for rid in ["q", "h", "f"] {
        text = text.replace(&format!("a=rid:{rid} recv"), &format!("a=rid:{rid} send"));
    }
    text.replace("a=simulcast:recv", "a=simulcast:send")
}

fn refused(change: impl FnOnce(String) -> String) -> AnswerRefused {
    parse_answer(&change(answer())).expect_err("the change must be refused")
}

#[test]
fn offer_carries_the_fixed_lines_and_every_address() {
    let offer = offer();
    assert_eq!(offer.matches("\r\nm=").count(), 36);
    assert!(offer.contains("a=candidate:1 1 udp 2130706431 10.0.0.1 7000 typ host\r\n"));
    assert!(offer.contains("a=candidate:2 1 udp 2130706431 2001:db8::1 7000 typ host\r\n"));
    assert!(offer.contains("a=candidate:3 1 tcp 1526726655 10.0.0.1 7000 typ host tcptype passive\r\n"));
    assert!(offer.contains("a=simulcast:recv q;h;f\r\n"));
    assert!(offer.contains("a=ssrc-group:FID 37 137\r\n") && offer.contains("a=msid:v27 v27\r\n"));
    assert!(offer.contains("a=ssrc:213 cname:diemcau\r\n"));
    assert!(offer.len() < 48 * 1024, "{} bytes", offer.len());
    // Nothing of the lines we receive on leaks into the pool, and the reverse.
    assert_eq!(offer.matches("a=recvonly").count(), 4);
    assert_eq!(offer.matches("a=sendonly").count(), 32);
    assert_eq!(offer.matches("a=end-of-candidates").count(), 1);
}

#[test]
fn screen_sound_alone_is_in_stereo() {
    let offer = offer();
    let section = |mid: &str| {
        let found = offer.split("\r\nm=").find(|section| section.contains(&format!("a=mid:{mid}\r\n")));
        found.expect("a line of the offer").to_owned()
    };
    for mid in ["sca", "a3"] {
        assert!(section(mid).starts_with("audio 9 UDP/TLS/RTP/SAVPF 112\r\n"), "{mid}");
        assert!(
            section(mid).contains("a=fmtp:112 minptime=10;useinbandfec=1;stereo=1;sprop-stereo=1;"),
            "{mid}"
        );
    }
    for mid in ["mic", "a0", "a1", "a2"] {
        assert!(section(mid).starts_with("audio 9 UDP/TLS/RTP/SAVPF 111 113\r\n"), "{mid}");
        assert!(section(mid).contains("a=fmtp:113 111/111"), "{mid}");
        assert!(!section(mid).contains("stereo"), "{mid}");
    }
}

#[test]
fn willing_answer_is_read_in_full() {
    let read = parse_answer(&answer()).unwrap();
    assert_eq!(read.ice.ufrag, "srvA");
    assert_eq!(read.fingerprint[..3], [0x00, 0x11, 0x22]);
    assert_eq!(read.fingerprint[31], 0xff);
    assert_eq!(read.lines.len(), 36);
    let camera = read.line("cam").unwrap();
    assert_eq!(camera.rids, ["q", "h", "f"]);
    assert_eq!(camera.payload_types, [96, 97, 102, 103, 98, 99, 100, 101, 104, 105]);
    assert_eq!(camera.direction, Direction::SendOnly);
    assert!(camera.has_transport_cc && camera.has_descriptor);
    let takes = read.takes();
    assert!(takes.descriptors && [Codec::H265, Codec::Av1, Codec::Red].into_iter().all(|it| takes.has(it)));
    assert_eq!(read.line("a3").unwrap().direction, Direction::RecvOnly);
    assert!(read.line("scr").unwrap().rids.is_empty());
}

#[test]
fn rejected_and_inactive_lines_are_accepted_as_inactive() {
    let text = answer();
    let start = text.find("m=video").unwrap();
    let rejected = format!("{}m=video 0{}", &text[..start], &text[start + "m=video 9".len()..]);
    let read = parse_answer(&rejected).unwrap();
    assert_eq!(read.line("cam").unwrap().direction, Direction::Inactive);
    let inactive = text.replacen("a=sendonly", "a=inactive", 1);
    let read = parse_answer(&inactive).unwrap();
    assert_eq!(read.line("cam").unwrap().direction, Direction::Inactive);
    assert_eq!(read.line("mic").unwrap().direction, Direction::SendOnly);
}

#[test]
fn payload_types_outside_the_offer_are_ignored() {
    let text = answer().replacen("SAVPF 96 97 102 103 98 99 100 101 104 105", "SAVPF 102 35 96 999 -1", 1);
    let read = parse_answer(&text).unwrap();
    assert_eq!(read.line("cam").unwrap().payload_types, [102, 96]);
    let poor = answer().replace("SAVPF 96 97 102 103 98 99 100 101 104 105", "SAVPF 96 97");
    let poor = parse_answer(&poor.replace("SAVPF 111 113", "SAVPF 111")).unwrap().takes();
    let refused = [Codec::H264, Codec::Vp9, Codec::Av1, Codec::H265, Codec::Red];
    assert!(poor.has(Codec::Vp8) && poor.has(Codec::Opus) && !refused.into_iter().any(|it| poor.has(it)));
}

#[test]
fn each_wrong_answer_has_its_own_reason() {
    use AnswerRefused::*;
    assert_eq!(refused(|a| a.replace("a=ice-ufrag:srvA", "a=ice-ufrag:x")), IceCredentials);
    assert_eq!(refused(|a| a.replace("a=ice-pwd:pppp", "a=ice-pwd:p\"pp")), IceCredentials);
    assert_eq!(refused(|a| a.replace("sha-256", "sha-1")), Fingerprint);
    assert_eq!(refused(|a| a.replace("00:11:22", "00:11")), Fingerprint);
    assert_eq!(refused(|a| a.replace("00:11:22", "+0:11:22")), Fingerprint);
    assert_eq!(refused(|a| a.replace("a=setup:active", "a=setup:passive")), SetupRole);
    assert_eq!(refused(|a| a.replacen("a=sendonly", "a=recvonly", 1)), Direction);
    assert_eq!(refused(|a| a.replacen("a=recvonly", "a=sendrecv", 1)), Direction);
    assert_eq!(refused(|a| a.replacen("a=mid:cam", "a=mid:mic", 1)), LinesMismatch);
    assert_eq!(refused(|a| a.replacen("m=audio", "m=video", 1)), LinesMismatch);
    assert_eq!(refused(|a| a.replacen("BUNDLE cam ", "BUNDLE ", 1)), NotBundled);
    assert_eq!(refused(|a| a.replacen("a=rtcp-mux\r\n", "", 1)), NotBundled);
    assert_eq!(refused(|a| a.replacen("a=ice-ufrag:srvA", "a=ice-ufrag:srvB", 1)), NotBundled);
    assert_eq!(
        refused(|a| a.replace("m=video 9 ", "m=video 0 ").replace("m=audio 9 ", "m=audio 0 ")),
        LinesMismatch
    );
    assert_eq!(refused(|a| a[..a.rfind("m=").unwrap()].to_owned()), LinesMismatch);
    assert_eq!(refused(|_| "hello".to_owned()), Grammar);
    assert_eq!(refused(|_| String::new()), Grammar);
}

#[test]
fn size_is_judged_before_grammar() {
    use AnswerRefused::TooLarge;
    assert_eq!(refused(|a| a + &"a=x\r\n".repeat(MAX_ANSWER_LINES)), TooLarge);
    assert_eq!(refused(|a| a + "a=" + &"x".repeat(MAX_ANSWER_LINE_LEN)), TooLarge);
    assert_eq!(
        refused(|a| a + &format!("a={}\r\n", "x".repeat(1000)).repeat(MAX_ANSWER_LEN / 1000)),
        TooLarge
    );
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn damaged_answers_never_panic(
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 1..20),
    ) {
        let mut bytes = answer().into_bytes();
        for (at, byte) in damage {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = parse_answer(&String::from_utf8_lossy(&bytes));
    }
}
