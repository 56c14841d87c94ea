//! Programs that bring their own offer, among browsers: one sends, one watches, each by numbers of its own.

use super::common::answer::Offer;
use super::common::browser::{Browser, USUAL};
use super::common::{Meeting, browser};
use media_control::{
    ConferenceId, Errand, LegId, LegRefusal, MediaCommand, MediaEvent, ParticipantId, ShardId, Source,
    SourceSet,
};

/// The other side of a program's offer: what [`Browser::answer`] turns into one.
const MIRROR: &str = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\na=group:BUNDLE 0 1\r\n\
    m=video 9 UDP/TLS/RTP/SAVPF VIDEO RTX\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:none\r\na=ice-pwd:none\r\n\
    a=fingerprint:sha-256 00\r\na=setup:actpass\r\na=mid:0\r\na=candidate:1 1 udp 1 127.0.0.1 9 typ host\r\n\
    a=candidate:2 1 tcp 1 127.0.0.1 9 typ host\r\nEXTENSIONSa=WAY\r\na=rtcp-mux\r\na=rtpmap:VIDEO VP8/90000\r\n\
    a=rtpmap:RTX rtx/90000\r\na=fmtp:RTX apt=VIDEO\r\nLAYERS\
    m=audio 9 UDP/TLS/RTP/SAVPF SOUND\r\nc=IN IP4 0.0.0.0\r\na=ice-ufrag:none\r\na=ice-pwd:none\r\n\
    a=fingerprint:sha-256 00\r\na=setup:actpass\r\na=mid:1\r\nEXTENSIONSa=WAY\r\na=rtcp-mux\r\n\
    a=rtpmap:SOUND opus/48000/2\r\n";
const LAYERS: &str = "a=rid:q recv\r\na=rid:h recv\r\na=rid:f recv\r\na=simulcast:recv q;h;f\r\n";

fn extensions(first: u8) -> String {
    [
        "urn:ietf:params:rtp-hdrext:ssrc-audio-level",
        "http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time",
        "http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01",
        "urn:ietf:params:rtp-hdrext:sdes:mid",
        "urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id",
    ]
    .into_iter()
    .zip(first..)
    .map(|(uri, id)| format!("a=extmap:{id} {uri}\r\n"))
    .collect()
}

/// What tells one program's numbers from another's.
struct Numbers {
    video: u8,
    sound: u8,
    first_extension: u8,
}

/// A connected program of participant `number`.
fn visit(meeting: &mut Meeting, number: u32, shard: u16, errand: Errand, numbers: &Numbers) -> usize {
    let leg = LegId(u64::from(number));
    let sends = errand == Errand::Publish;
    let mirror = MIRROR
        .replace("VIDEO", &numbers.video.to_string())
        .replace("RTX", &(numbers.video + 1).to_string())
        .replace("SOUND", &numbers.sound.to_string())
        .replace("EXTENSIONS", &extensions(numbers.first_extension))
        .replace("WAY", if sends { "recvonly" } else { "sendonly\r\na=ssrc:1 cname:x" })
        .replace("LAYERS", if sends { LAYERS } else { "" });
    let mut program = Browser::new(leg, &mirror, USUAL);
    meeting.send(MediaCommand::TakeOffer {
        leg,
        conference: ConferenceId::new("demo").expect("good name"),
        participant: ParticipantId(number),
        allowed: if sends { SourceSet::ALL } else { SourceSet::NONE },
        shard: Some(ShardId(shard)),
        errand,
        sdp: program.answer(),
    });
    let answer = meeting.until("an answer", |m| {
        m.events.iter().find_map(|event| match event {
            MediaEvent::LegAnswer { leg: of, sdp, .. } if *of == leg => Some(sdp.clone()),
            MediaEvent::LegRefused { refusal, .. } => panic!("{refusal}"),
            _ => None,
        })
    });
    program.offer = Offer::parse(&answer, false);
    program.move_port();
    meeting.browsers.push(program);
    let index = meeting.browsers.len() - 1;
    meeting.until("the program to connect", |m| m.browsers[index].is_connected().then_some(()));
    index
}

#[test]
fn what_a_program_sends_is_watched_by_browsers_and_by_programs() {
    let mut meeting = Meeting::new(2);
    let person = meeting.join(1, 0, browser::USUAL);
    // The streams of a test browser have the numbers of our offer; this program calls them the same.
    let sender =
        visit(&mut meeting, 2, 1, Errand::Publish, &Numbers { video: 96, sound: 111, first_extension: 1 });
    meeting.browsers[sender].start_media(20);
    meeting.watch(person, &[2], 180);
    meeting.until_more(person, 2, Source::Camera, 50);
    meeting.until_more(person, 2, Source::Microphone, 50);
    let hears = Some(ParticipantId(2));
    let own = Numbers { video: 120, sound: 97, first_extension: 7 };
    let viewer = visit(&mut meeting, 3, 0, Errand::View { hears }, &own);
    meeting.watch(viewer, &[2], 180);
    for (mid, payload_type) in [("0", own.video), ("1", own.sound)] {
        meeting.until(&format!("packets on line {mid}"), |m| {
            (m.browsers[viewer].packets_of(mid) >= 50).then_some(())
        });
        let (ssrc, _) = meeting.browsers[viewer].offer.slots[mid];
        let got = &meeting.browsers[viewer].got[&ssrc];
        assert!(got.iter().all(|packet| packet.payload_type == payload_type), "line {mid}");
    }
    assert!(meeting.browsers[sender].got.is_empty(), "who only sends is sent nothing");
    assert_eq!(meeting.browsers[viewer].broken, 0);
}

#[test]
fn loudest_voice_alone_is_heard_and_changes_with_who_speaks() {
    let mut meeting = Meeting::new(1);
    let (a, b) = (meeting.join(1, 0, browser::USUAL), meeting.join(2, 0, browser::USUAL));
    meeting.browsers[a].start_media(20);
    let own = Numbers { video: 120, sound: 97, first_extension: 7 };
    let viewer = visit(&mut meeting, 3, 0, Errand::View { hears: None }, &own);
    let packets = |m: &Meeting| m.browsers[viewer].packets_of("1");
    meeting.until("a voice", |m| (packets(m) >= 30).then_some(()));
    meeting.browsers[b].start_media(10);
    let voice_of = |m: &Meeting, number: u32| {
        m.slots(viewer).iter().any(|slot| slot.mid == "a0" && slot.participant == ParticipantId(number))
    };
    meeting.until("the louder voice", |m| voice_of(m, 2).then_some(()));
    let before = packets(&meeting);
    meeting.until("its packets", |m| (packets(m) >= before + 30).then_some(()));
    let (ssrc, _) = meeting.browsers[viewer].offer.slots["1"];
    let sequences: Vec<u16> =
        meeting.browsers[viewer].got[&ssrc].iter().map(|packet| packet.sequence).collect();
    assert!(sequences.windows(2).all(|pair| pair[1] == pair[0].wrapping_add(1)), "one stream without gaps");
}

#[test]
fn offer_that_cannot_be_used_says_why_and_leaves_nothing() {
    let mut meeting = Meeting::new(1);
    let leg = LegId(9);
    let empty = "v=0\r\no=- 1 1 IN IP4 0.0.0.0\r\ns=-\r\nt=0 0\r\n";
    for (sdp, is_malformed) in [("hello", true), (empty, false)] {
        meeting.send(MediaCommand::TakeOffer {
            leg,
            conference: ConferenceId::new("demo").expect("good name"),
            participant: ParticipantId(9),
            allowed: SourceSet::ALL,
            shard: None,
            errand: Errand::Publish,
            sdp: sdp.to_owned(),
        });
        let refusal = meeting.until("a refusal", |m| {
            let at = m.events.iter().position(|event| matches!(event, MediaEvent::LegRefused { .. }))?;
            match m.events.remove(at) {
                MediaEvent::LegRefused { refusal, .. } => Some(refusal),
                _ => None,
            }
        });
        assert_eq!(refusal == LegRefusal::MalformedOffer, is_malformed, "{refusal}");
    }
}
