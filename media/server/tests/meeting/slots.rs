//! What a window shows: slots are given, kept and taken, and what the chair mutes stays silent.

use crate::common::Meeting;
use crate::common::browser::USUAL;
use crate::common::media::picture_id;
use media_control::{LegLost, MediaCommand, MediaEvent, ParticipantId, Source, SourceSet};
use std::time::{Duration, Instant};

/// Three participants who send; the first looks at both others.
fn three() -> Meeting {
    let mut meeting = Meeting::new(1);
    for number in 1..=3 {
        let index = meeting.join(number, 0, USUAL);
        meeting.browsers[index].start_media(20 + number as u8);
    }
    meeting.watch(0, &[2, 3], 360);
    meeting.until_more(0, 2, Source::Camera, 10);
    meeting.until_more(0, 3, Source::Camera, 10);
    meeting
}

#[test]
fn picture_that_stays_keeps_its_slot() {
    let mut meeting = three();
    let before = meeting.slot_of(0, 3, Source::Camera);
    assert!(before.as_ref().is_some_and(|mid| mid.starts_with('v')));
    meeting.watch(0, &[3], 360);
    meeting.until("the other slot to be empty", |m| m.slot_of(0, 2, Source::Camera).is_none().then_some(()));
    assert_eq!(meeting.slot_of(0, 3, Source::Camera), before);
    meeting.until_more(0, 3, Source::Camera, 10);
}

#[test]
fn other_size_brings_another_layer_without_a_jump_in_picture_ids() {
    let mut meeting = three();
    let mid = meeting.slot_of(0, 2, Source::Camera).expect("a slot");
    let (ssrc, _) = meeting.browsers[0].offer.slots[&mid];
    let height = |payload: &[u8]| {
        let is_key = payload.len() > 15 && payload[5] & 1 == 0;
        is_key.then(|| u16::from_le_bytes([payload[13], payload[14]]))
    };
    for (wanted, shown) in [(720, 720), (120, 180)] {
        meeting.watch(0, &[2, 3], wanted);
        meeting.until("a key frame of the wished layer", |m| {
            m.browsers[0].got[&ssrc].iter().rev().find_map(|got| height(&got.payload)).filter(|h| *h == shown)
        });
    }
    let mut got = meeting.browsers[0].got[&ssrc].clone();
    got.sort_by_key(|g| g.sequence.wrapping_sub(meeting.browsers[0].got[&ssrc][0].sequence));
    for pair in got.windows(2) {
        assert_eq!(pair[1].sequence.wrapping_sub(pair[0].sequence), 1, "sequence numbers go on");
        let ids =
            [picture_id(&pair[0].payload), picture_id(&pair[1].payload)].map(|id| id.expect("picture id"));
        let step = ids[1].wrapping_sub(ids[0]) & 0x7fff;
        assert!((1..=2).contains(&step), "picture ids {ids:?} jump");
    }
}

#[test]
fn what_the_chair_mutes_is_not_heard_even_from_a_stubborn_browser() {
    let mut meeting = three();
    meeting.until_more(0, 2, Source::Microphone, 10);
    let leg = meeting.browsers[1].leg;
    meeting.send(MediaCommand::Allow { leg, allowed: SourceSet::ALL.without(Source::Microphone) });
    let stopped = |m: &mut Meeting| {
        let told = m.events.iter().any(|e| {
            matches!(
                e,
                MediaEvent::SourceStopped { participant: ParticipantId(2), source: Source::Microphone, .. }
            )
        });
        told.then_some(())
    };
    meeting.until("the voice to stop", stopped);
    let all_voice =
        |m: &Meeting| ["a0", "a1", "a2"].iter().map(|mid| m.browsers[0].packets_of(mid)).sum::<u64>();
    // The third voice goes on at 50 packets a second, so the camera gives the time here.
    let (voices, third) = (all_voice(&meeting), meeting.heard(0, 3, Source::Microphone));
    meeting.until_more(0, 2, Source::Camera, 60);
    let grown = all_voice(&meeting) - voices;
    let of_third = meeting.heard(0, 3, Source::Microphone) - third;
    assert!(grown <= of_third + 2, "{grown} packets of voice, {of_third} of them of the third");

    meeting.send(MediaCommand::Allow { leg, allowed: SourceSet::ALL });
    meeting.until_more(0, 2, Source::Microphone, 10);
}

#[test]
fn browser_that_closes_is_gone_at_once() {
    let mut meeting = three();
    let leg = meeting.browsers[1].leg;
    meeting.browsers[1].streams.clear();
    meeting.browsers[1].close();
    meeting.until("the leg to be lost", |m| {
        m.events
            .iter()
            .find(|e| matches!(e, MediaEvent::LegLost { leg: of, reason: LegLost::Closed } if *of == leg))
            .map(|_| ())
    });
    meeting.until("its camera to be stopped", |m| {
        let stopped = |e: &MediaEvent| {
            let MediaEvent::SourceStopped { participant, source, .. } = e else { return false };
            (*participant, *source) == (ParticipantId(2), Source::Camera)
        };
        m.events.iter().any(stopped).then_some(())
    });
    meeting.until_more(0, 3, Source::Camera, 10);
}

#[test]
fn leg_that_signalling_closes_hears_goodbye_and_no_event_follows() {
    let mut meeting = three();
    let leg = meeting.browsers[1].leg;
    meeting.send(MediaCommand::CloseLeg { leg });
    meeting.until("the browser to be told", |m| m.browsers[1].closed.then_some(()));
    meeting.until_more(0, 3, Source::Camera, 10);
    assert!(!meeting.events.iter().any(|e| matches!(e, MediaEvent::LegLost { leg: of, .. } if *of == leg)));
    // Orders for it are dropped, nobody else notices.
    meeting.send(MediaCommand::RestartIce { leg });
    meeting.until_more(0, 3, Source::Camera, 10);
}

#[test]
fn browser_that_falls_silent_is_given_up_after_fifteen_seconds() {
    let mut meeting = three();
    let silent = meeting.browsers.remove(1);
    let begun = Instant::now();
    meeting.until("the leg to be lost", |m| {
        let lost = |e: &MediaEvent| {
            let MediaEvent::LegLost { leg, reason } = e else { return false };
            (*leg, *reason) == (silent.leg, LegLost::Silent)
        };
        m.events.iter().any(lost).then_some(())
    });
    assert!(begun.elapsed() > Duration::from_secs(13), "{:?} is too soon", begun.elapsed());
    meeting.until_more(0, 3, Source::Camera, 10);
}
