//! Participants hear and see one another, on one shard and across two, over UDP and TCP.

use crate::common::browser::{Kind, USUAL};
use crate::common::{Meeting, config};
use media_control::{MediaEvent, ParticipantId, Source, SrtpProfile, Via};
use media_server::MediaConfig;
use std::net::{Ipv4Addr, Ipv6Addr, UdpSocket};

/// Two participants of these kinds on these shards see and hear each other.
fn check(shards: [u16; 2], kinds: [Kind; 2]) -> Meeting {
    check_with(config(shards[0].max(shards[1]) + 1), shards, kinds)
}

fn check_with(config: MediaConfig, shards: [u16; 2], kinds: [Kind; 2]) -> Meeting {
    let mut meeting = Meeting::with(config);
    let a = meeting.join(1, shards[0], kinds[0]);
    let b = meeting.join(2, shards[1], kinds[1]);
    meeting.browsers[a].start_media(20);
    meeting.browsers[b].start_media(30);
    meeting.watch(a, &[2], 720);
    meeting.watch(b, &[1], 180);
    for (viewer, other) in [(a, 2), (b, 1)] {
        meeting.until_more(viewer, other, Source::Camera, 20);
        meeting.until_more(viewer, other, Source::Microphone, 20);
    }
    assert!(meeting.browsers.iter().all(|b| b.broken == 0));
    meeting
}

#[test]
fn two_on_one_shard_see_and_hear_each_other() {
    let mut meeting = check([0, 0], [USUAL, USUAL]);
    let profiles: Vec<_> = meeting.browsers.iter().map(|b| b.profile()).collect();
    assert!(profiles.iter().all(|p| *p == Some(SrtpProfile::AeadAes128Gcm)), "{profiles:?}");
    meeting.until("both sources of both and the speakers to be told", |m| {
        let started = |number, source| {
            m.events.iter().any(|e| matches!(e, MediaEvent::SourceStarted { participant, source: s, .. } if *participant == ParticipantId(number) && *s == source))
        };
        let all = [1, 2].iter().all(|n| started(*n, Source::Camera) && started(*n, Source::Microphone));
        let speakers = m.events.iter().any(|e| matches!(e, MediaEvent::Speakers { speakers, .. } if speakers.len() == 2));
        let stats = m.events.iter().any(|e| matches!(e, MediaEvent::Stats { stats, .. } if stats.uplink_bps > 100_000 && stats.downlink_bps > 50_000));
        (all && speakers && stats).then_some(())
    });
}

#[test]
fn two_on_two_shards_see_and_hear_each_other() {
    check([0, 1], [USUAL, USUAL]);
}

#[test]
fn participant_over_tcp_sees_and_hears_the_others() {
    let meeting = check([0, 0], [Kind { over_tcp: true, ..USUAL }, USUAL]);
    assert!(meeting.events.iter().any(|e| matches!(e, MediaEvent::LegConnected { via: Via::Tcp, .. })));
}

#[test]
fn participant_over_ipv6_sees_and_hears_the_others() {
    if UdpSocket::bind("[::1]:0").is_err() {
        return;
    }
    let config = MediaConfig {
        bind_v6: Some(Ipv6Addr::UNSPECIFIED),
        advertised: vec![Ipv4Addr::LOCALHOST.into(), Ipv6Addr::LOCALHOST.into()],
        ..config(1)
    };
    check_with(config.clone(), [0, 0], [Kind { over_ipv6: true, ..USUAL }, USUAL]).server.shutdown();
    let over_tcp = Kind { over_ipv6: true, over_tcp: true, ..USUAL };
    check_with(config, [0, 0], [over_tcp, USUAL]);
}

#[test]
fn browser_without_gcm_gets_in() {
    let meeting = check([0, 0], [Kind { sha1_only: true, ..USUAL }, USUAL]);
    assert_eq!(meeting.browsers[0].profile(), Some(SrtpProfile::Aes128CmSha1_80));
    assert_eq!(meeting.browsers[1].profile(), Some(SrtpProfile::AeadAes128Gcm));
}
