//! What is lost is sent again, and key frames are asked for once however many need them.

use crate::common::Meeting;
use crate::common::browser::USUAL;
use media_control::Source;

const NACK: [u8; 2] = [0x81, 205];
const PLI: [u8; 2] = [0x81, 206];
const TWCC: u8 = 0x8f;

fn two() -> (Meeting, u32, u32) {
    let mut meeting = Meeting::new(1);
    let sender = meeting.join(1, 0, USUAL);
    meeting.join(2, 0, USUAL);
    meeting.browsers[sender].start_media(20);
    meeting.watch(1, &[1], 720);
    meeting.until_more(1, 1, Source::Camera, 10);
    let mid = meeting.slot_of(1, 1, Source::Camera).expect("a slot");
    let (media, rtx) = meeting.browsers[1].offer.slots[&mid];
    (meeting, media, rtx.expect("video has repairs"))
}

/// A feedback packet about `media` with this control information.
fn feedback(kind: [u8; 2], media: u32, information: &[u8]) -> Vec<u8> {
    let mut packet = vec![kind[0], kind[1], 0, 2 + (information.len() / 4) as u8];
    packet.extend_from_slice(&7_u32.to_be_bytes());
    packet.extend_from_slice(&media.to_be_bytes());
    packet.extend_from_slice(information);
    packet
}

/// The packets of one type and format inside the compounds that a browser got.
pub fn found(reports: &[Vec<u8>], first: u8, kind: u8) -> Vec<Vec<u8>> {
    let mut all = Vec::new();
    for compound in reports {
        let mut rest = compound.as_slice();
        while rest.len() >= 4 {
            let len = (4 + 4 * usize::from(u16::from_be_bytes([rest[2], rest[3]]))).min(rest.len());
            // The padding bit does not matter here.
            if rest[0] & !0x20 == first & !0x20 && rest[1] == kind {
                all.push(rest[..len].to_vec());
            }
            rest = &rest[len..];
        }
    }
    all
}

#[test]
fn viewer_gets_a_lost_packet_again_as_rtx() {
    let (mut meeting, media, rtx) = two();
    let lost = meeting.browsers[1].got[&media].last().expect("a packet").clone();
    let item = [lost.sequence.to_be_bytes(), [0, 0]].concat();
    meeting.browsers[1].send_report(&feedback(NACK, media, &item));
    let repair = meeting.until("the repair", |m| {
        m.browsers[1]
            .got
            .get(&rtx)?
            .iter()
            .find(|g| g.payload.starts_with(&lost.sequence.to_be_bytes()))
            .cloned()
    });
    assert_eq!(repair.payload_type, 97);
    assert_eq!(repair.payload[2..], lost.payload);
}

#[test]
fn sender_is_asked_for_what_the_network_lost() {
    let (mut meeting, _, _) = two();
    let full = meeting.browsers[0].streams.iter().position(|s| s.ssrc % 10 == 2).expect("the largest layer");
    let (ssrc, lost) =
        (meeting.browsers[0].streams[full].ssrc, meeting.browsers[0].streams[full].next_sequence);
    // Made and never sent.
    let _ = meeting.browsers[0].streams[full].packet(0);
    meeting.until("a NACK for the packet", |m| {
        let nacks = found(&m.browsers[0].reports, NACK[0], NACK[1]);
        nacks.iter().any(|n| n[8..12] == ssrc.to_be_bytes() && n[12..14] == lost.to_be_bytes()).then_some(())
    });
}

#[test]
fn many_requests_for_a_key_frame_become_one() {
    let (mut meeting, media, _) = two();
    let asked = |m: &Meeting| found(&m.browsers[0].reports, PLI[0], PLI[1]).len();
    let before = asked(&meeting);
    for _ in 0..50 {
        meeting.browsers[1].send_report(&feedback(PLI, media, &[]));
    }
    meeting.until("a request upstream", |m| (asked(m) > before).then_some(()));
    meeting.until_more(1, 1, Source::Camera, 6);
    assert!(asked(&meeting) <= before + 2, "{} requests", asked(&meeting) - before);
}

#[test]
fn sender_gets_reports_and_transport_feedback() {
    let (mut meeting, _, _) = two();
    meeting.until("feedback about every stream", |m| {
        let reports = &m.browsers[0].reports;
        let transport = found(reports, TWCC, 205).len();
        let blocks: Vec<Vec<u8>> =
            reports.iter().filter(|r| r[1] == 201 && r[0] & 0x1f > 0).cloned().collect();
        (transport >= 5 && !blocks.is_empty()).then_some(())
    });
    meeting.until("sender reports to the viewer", |m| {
        (!found(&m.browsers[1].reports, 0x80, 200).is_empty()).then_some(())
    });
}
