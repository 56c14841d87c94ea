//! Our offer against what real browsers say of themselves: a recorded answer is read in full, and from
//! every recorded offer follows an answer in which everybody sees, hears and is seen.
//!
//! Test only. Where the recordings come from stands in `tests/browsers/README.md`.

use super::answer::{Answer, Direction, parse_answer};
use super::tests::offer as our_offer;
use super::{EXTENSION_URIS, mids};
use crate::packet::negotiated::{
    CAMERA_RIDS, PT_AV1, PT_H264, PT_H265, PT_OPUS, PT_OPUS_STEREO, PT_RED, PT_VP8, PT_VP9, rtx_of,
};

const FIREFOX: &[u8] = &[PT_VP8, PT_VP9, PT_AV1];
const CHROMIUM: &[u8] = &[PT_VP8, PT_H264, PT_VP9, PT_AV1];
const SAFARI_MACOS: &[u8] = &[PT_VP8, PT_H264, PT_VP9, PT_H265];
const SAFARI_IOS: &[u8] = &[PT_VP8, PT_H264, PT_VP9];

/// Answers of real browsers to our offer, with the video formats that each takes.
const ANSWERS: [(&str, &str, &[u8]); 2] = [
    ("Firefox", include_str!("../../../tests/browsers/firefox-153-linux.answer.sdp"), FIREFOX),
    ("Chromium", include_str!("../../../tests/browsers/chromium-156-linux.answer.sdp"), CHROMIUM),
];

/// Offers of real browsers, with the video formats that each must take of ours.
const OFFERS: [(&str, &str, &[u8]); 4] = [
    ("Firefox", include_str!("../../../tests/browsers/firefox-153-linux.offer.sdp"), FIREFOX),
    ("Chromium", include_str!("../../../tests/browsers/chromium-156-linux.offer.sdp"), CHROMIUM),
    ("Safari on macOS", include_str!("../../../tests/browsers/safari-18-macos.offer.sdp"), SAFARI_MACOS),
    ("Safari on iOS", include_str!("../../../tests/browsers/safari-2024-ios.offer.sdp"), SAFARI_IOS),
];

/// One m-line of a description with what stands below it.
struct Section<'a> {
    kind: &'a str,
    port: &'a str,
    formats: Vec<&'a str>,
    lines: Vec<&'a str>,
}

impl<'a> Section<'a> {
    fn all(sdp: &'a str) -> Vec<Self> {
        let mut sections: Vec<Self> = Vec::new();
        for line in sdp.lines() {
            if let Some(media) = line.strip_prefix("m=") {
                let mut words = media.split(' ');
                let (kind, port) = (words.next().unwrap(), words.next().unwrap());
                sections.push(Self { kind, port, formats: words.skip(1).collect(), lines: Vec::new() });
            } else if let Some(section) = sections.last_mut() {
                section.lines.push(line);
            }
        }
        sections
    }

    /// The values of all attributes `key`.
    fn values(&self, key: &str) -> Vec<&'a str> {
        let prefix = format!("a={key}:");
        self.lines.iter().filter_map(|line| line.strip_prefix(prefix.as_str())).collect()
    }

    fn has(&self, flag: &str) -> bool {
        self.lines.iter().any(|line| line.strip_prefix("a=") == Some(flag))
    }

    /// What attribute `key` says of the payload type.
    fn of_format(&self, key: &str, format: &str) -> Option<&'a str> {
        self.values(key).into_iter().find_map(|value| value.strip_prefix(format)?.strip_prefix(' '))
    }

    fn option(&self, format: &str, name: &str) -> Option<&'a str> {
        let options = self.of_format("fmtp", format)?;
        options.split(';').find_map(|option| option.trim().strip_prefix(name)?.strip_prefix('='))
    }

    /// Ids and URIs of header extensions; an id may name a direction (RFC 8285 section 8).
    fn extensions(&self) -> Vec<(u8, &'a str)> {
        let read = |value: &'a str| {
            let (id, uri) = value.split_once(' ').unwrap();
            (id.split('/').next().unwrap().parse().unwrap(), uri)
        };
        self.values("extmap").into_iter().map(read).collect()
    }
}

/// Whether a browser that offers `theirs` can take our format (RFC 6184 section 8.2.2 for H.264).
fn is_same_codec(ours: &Section<'_>, format: &str, theirs: &Section<'_>, their_format: &str) -> bool {
    let (Some(name), Some(their_name)) =
        (ours.of_format("rtpmap", format), theirs.of_format("rtpmap", their_format))
    else {
        return false;
    };
    let mode =
        |section: &Section<'_>, format| section.option(format, "packetization-mode").unwrap_or("0") == "1";
    // Without the level, which each side chooses for itself when level asymmetry is allowed.
    let profile = |section: &Section<'_>, format| {
        section.option(format, "profile-level-id").map(|id| id[..4].to_ascii_lowercase())
    };
    name.eq_ignore_ascii_case(their_name)
        && (!name.starts_with("H264/")
            || mode(ours, format) == mode(theirs, their_format)
                && profile(ours, format) == profile(theirs, their_format)
                && theirs.option(their_format, "level-asymmetry-allowed") == Some("1"))
}

/// The answer that follows from RFC 8829 section 5.3.1 when a browser that can do `theirs` reads our offer.
fn derived_answer(ours: &str, theirs: &str) -> String {
    let browser = Section::all(theirs);
    let ours_read = Section::all(ours);
    let bundle = ours.lines().find(|line| line.starts_with("a=group:BUNDLE")).unwrap();
    let mut lines: Vec<String> = ["v=0", "o=- 7 2 IN IP4 0.0.0.0", "s=-", "t=0 0"].map(String::from).into();
    lines.push(bundle.to_owned());
    for section in &ours_read {
        let able: Vec<_> = browser.iter().filter(|one| one.kind == section.kind).collect();
        let is_able = |format: &&str| {
            able.iter().any(|one| one.formats.iter().any(|their| is_same_codec(section, format, one, their)))
        };
        let repairs = |format: &str| section.option(format, "apt").map(str::to_owned);
        let mut formats: Vec<&str> = section.formats.iter().copied().filter(is_able).collect();
        let coded = formats.clone();
        formats.retain(|format| repairs(format).is_none_or(|coder| coded.contains(&coder.as_str())));
        let port = if formats.is_empty() { 0 } else { 9 };
        lines.push(format!("m={} {port} UDP/TLS/RTP/SAVPF {}", section.kind, formats.join(" ")));
        lines.extend(
            ["c=IN IP4 0.0.0.0", "a=ice-ufrag:iky1", "a=ice-pwd:KhSxlGTghLVnRz63RivqhUwO"].map(String::from),
        );
        let fingerprint = browser[0].values("fingerprint").first().copied();
        let of_session = || theirs.lines().find_map(|line| line.strip_prefix("a=fingerprint:")).unwrap();
        lines.push(format!("a=fingerprint:{}", fingerprint.unwrap_or_else(of_session)));
        lines.push("a=setup:active".into());
        lines.push(format!("a=mid:{}", section.values("mid")[0]));
        let knows = |uri: &str| able.iter().any(|one| one.extensions().iter().any(|known| known.1 == uri));
        // Firefox sends dependency descriptors and reads none.
        let way = |uri: &str| if theirs.contains(&format!("/sendonly {uri}")) { "/sendonly" } else { "" };
        for (id, uri) in section.extensions().into_iter().filter(|one| knows(one.1)) {
            lines.push(format!("a=extmap:{id}{} {uri}", way(uri)));
        }
        lines.push(if section.has("recvonly") { "a=sendonly" } else { "a=recvonly" }.into());
        lines.extend(["a=rtcp-mux", "a=rtcp-rsize"].map(String::from));
        for format in &formats {
            lines.push(format!("a=rtpmap:{format} {}", section.of_format("rtpmap", format).unwrap()));
            lines.extend(
                section.of_format("fmtp", format).map(|options| format!("a=fmtp:{format} {options}")),
            );
        }
        if !section.values("simulcast").is_empty() && knows("urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id") {
            lines.extend(CAMERA_RIDS.map(|rid| format!("a=rid:{rid} send")));
            lines.push(format!("a=simulcast:send {}", CAMERA_RIDS.join(";")));
        }
    }
    lines.join("\r\n") + "\r\n"
}

/// Nothing in an answer that our offer does not allow.
fn check_against_our_offer(who: &str, answer: &str) {
    let offer = our_offer();
    let (offered, answered) = (Section::all(&offer), Section::all(answer));
    assert_eq!(answered.len(), offered.len(), "{who}");
    let is_offered_uri = |uri: &str| EXTENSION_URIS.iter().any(|known| known.1 == uri);
    for (ours, theirs) in offered.iter().zip(&answered) {
        let at = format!("{who}, line {}", ours.values("mid")[0]);
        assert_eq!((theirs.kind, theirs.values("mid")), (ours.kind, ours.values("mid")), "{at}");
        assert_ne!(theirs.port, "0", "{at}: refused");
        assert_eq!(theirs.values("setup"), ["active"], "{at}");
        assert!(theirs.has("rtcp-mux") && !theirs.has("ice-lite"), "{at}");
        assert_eq!(theirs.has("sendonly"), ours.has("recvonly"), "{at}");
        assert_eq!(theirs.has("recvonly"), ours.has("sendonly"), "{at}");
        assert!(!theirs.formats.is_empty(), "{at}");
        for format in &theirs.formats {
            assert!(ours.formats.contains(format), "{at}: {format} was not offered");
            let codec =
                |section: &Section<'_>| section.of_format("rtpmap", format).map(str::to_ascii_lowercase);
            assert_eq!(codec(theirs), codec(ours), "{at}: {format}");
            assert_eq!(theirs.option(format, "apt"), ours.option(format, "apt"), "{at}: {format}");
            if codec(ours).is_some_and(|name| name.starts_with("h264/")) {
                assert_eq!(theirs.option(format, "packetization-mode"), Some("1"), "{at}");
                assert_eq!(
                    theirs.option(format, "profile-level-id").map(|id| &id[..4]),
                    Some("42e0"),
                    "{at}"
                );
            }
        }
        for extension in theirs.extensions() {
            assert!(is_offered_uri(extension.1), "{at}: {extension:?}");
            assert!(ours.extensions().contains(&extension), "{at}: {extension:?} was not offered so");
        }
        let is_simulcast = !ours.values("simulcast").is_empty();
        assert!(
            is_simulcast || theirs.values("rid").is_empty() && theirs.values("simulcast").is_empty(),
            "{at}"
        );
    }
}

/// What a meeting needs of every browser.
fn check_meets(who: &str, answer: &Answer, video: &[u8]) {
    assert_eq!(
        answer.lines.iter().map(|line| line.mid.clone()).collect::<Vec<_>>(),
        mids().collect::<Vec<_>>()
    );
    for line in &answer.lines {
        let at = format!("{who}, line {}", line.mid);
        let is_own = matches!(line.mid.as_str(), "cam" | "mic" | "scr" | "sca");
        assert_eq!(line.direction, if is_own { Direction::SendOnly } else { Direction::RecvOnly }, "{at}");
        let formats: &[u8] = match line.mid.as_str() {
            "sca" | "a3" => &[PT_OPUS_STEREO],
            // Firefox repeats no voices.
            "mic" | "a0" | "a1" | "a2" if who == "Firefox" => &[PT_OPUS],
            "mic" | "a0" | "a1" | "a2" => &[PT_OPUS, PT_RED],
            _ => video,
        };
        let with_repairs = formats.iter().flat_map(|pt| [Some(*pt), rtx_of(*pt)]).flatten();
        assert_eq!(line.payload_types, with_repairs.collect::<Vec<_>>(), "{at}");
        assert_eq!(line.rids, if line.mid == "cam" { CAMERA_RIDS.to_vec() } else { Vec::new() }, "{at}");
        let reads_descriptors = who == "Chromium" && line.mid.starts_with('v');
        assert!(line.has_descriptor || !reads_descriptors, "{at}");
        assert!(line.has_transport_cc, "{at}: its sender would not learn what the path carries");
    }
}

#[test]
fn recorded_answers_are_read_in_full() {
    for (who, text, video) in ANSWERS {
        let sdp = text.replace('\n', "\r\n");
        check_against_our_offer(who, &sdp);
        check_meets(who, &parse_answer(&sdp).unwrap_or_else(|refused| panic!("{who}: {refused}")), video);
    }
}

#[test]
fn every_browser_can_take_all_of_our_offer() {
    for (who, text, video) in OFFERS {
        let sdp = derived_answer(&our_offer(), text);
        check_against_our_offer(who, &sdp);
        check_meets(who, &parse_answer(&sdp).unwrap_or_else(|refused| panic!("{who}: {refused}")), video);
    }
}

#[test]
fn derived_answers_agree_with_what_the_same_browser_really_answered() {
    for ((who, text, _), (_, recorded, _)) in OFFERS.into_iter().zip(ANSWERS) {
        let derived = derived_answer(&our_offer(), text);
        let recorded = recorded.replace('\n', "\r\n");
        let facts = |sdp: &str| {
            let lines = parse_answer(sdp).unwrap().lines.into_iter();
            let extensions = Section::all(sdp).into_iter().map(|section| {
                let mut ids: Vec<u8> =
                    section.extensions().into_iter().map(|extension| extension.0).collect();
                ids.sort_unstable();
                ids
            });
            lines.zip(extensions).collect::<Vec<_>>()
        };
        assert_eq!(facts(&derived), facts(&recorded), "{who}");
    }
}

#[test]
fn firefox_gets_no_dependency_descriptors() {
    for (who, text, _) in ANSWERS {
        let answer = parse_answer(&text.replace('\n', "\r\n")).unwrap();
        let expected = if who == "Firefox" { (true, false) } else { (true, true) };
        let sends = answer.line("cam").unwrap().has_descriptor;
        assert_eq!((sends, answer.takes().descriptors), expected, "{who}");
    }
}

#[test]
fn microphones_of_every_browser_tell_their_loudness() {
    // The loudest voices are chosen, and speakers named, by this extension (RFC 6464) alone.
    for (who, text, _) in OFFERS {
        let sdp = derived_answer(&our_offer(), text);
        let microphone = Section::all(&sdp).into_iter().find(|section| section.values("mid") == ["mic"]);
        let uris: Vec<_> =
            microphone.unwrap().extensions().into_iter().map(|extension| extension.1).collect();
        assert!(uris.contains(&"urn:ietf:params:rtp-hdrext:ssrc-audio-level"), "{who}");
    }
}
