//! A browser whose network changes stays in its call: another port, other ICE credentials.

use crate::common::Meeting;
use crate::common::browser::{Kind, USUAL};
use media_control::{MediaCommand, MediaEvent, Source};

fn two(kind: Kind) -> Meeting {
    let mut meeting = Meeting::new(1);
    for number in 1..=2 {
        let index = meeting.join(number, 0, if number == 1 { kind } else { USUAL });
        meeting.browsers[index].start_media(20);
    }
    meeting.watch(0, &[2], 360);
    meeting.watch(1, &[1], 360);
    both_ways(&mut meeting);
    meeting
}

fn both_ways(meeting: &mut Meeting) {
    meeting.until_more(0, 2, Source::Camera, 10);
    meeting.until_more(1, 1, Source::Camera, 10);
    meeting.until_more(1, 1, Source::Microphone, 10);
}

fn check_same_legs(meeting: &Meeting) {
    let connected = meeting.events.iter().filter(|e| matches!(e, MediaEvent::LegConnected { .. })).count();
    assert_eq!(connected, 2);
    assert!(!meeting.events.iter().any(|e| matches!(e, MediaEvent::LegLost { .. })));
}

#[test]
fn call_goes_on_from_another_port() {
    let mut meeting = two(USUAL);
    meeting.browsers[0].move_port();
    both_ways(&mut meeting);
    check_same_legs(&meeting);
}

#[test]
fn call_goes_on_over_another_tcp_connection() {
    let mut meeting = two(Kind { over_tcp: true, ..USUAL });
    meeting.browsers[0].move_port();
    both_ways(&mut meeting);
    check_same_legs(&meeting);
}

#[test]
fn call_goes_on_through_an_ice_restart() {
    let mut meeting = two(USUAL);
    let leg = meeting.browsers[0].leg;
    let before = meeting.browsers[0].offer.ufrag.clone();
    meeting.send(MediaCommand::RestartIce { leg });
    let offer = meeting.offer(leg);
    // The old path carries media until the new one works.
    both_ways(&mut meeting);
    let sdp = meeting.browsers[0].restart(&offer);
    assert_ne!(meeting.browsers[0].offer.ufrag, before);
    meeting.send(MediaCommand::Answer { leg, sdp });
    meeting.browsers[0].move_port();
    meeting.until("checks with the new credentials to be answered", |m| {
        (m.browsers[0].answered_checks > 0).then_some(())
    });
    both_ways(&mut meeting);
    check_same_legs(&meeting);
}
