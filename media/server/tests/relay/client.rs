//! A relay client beside a media server: it takes streams with their times, publishes its own, and is
//! held to what it may say. Hostile ones are cut and touch nobody.

use crate::common::Meeting;
use crate::common::browser::USUAL;
use crate::common::free_ports;
use crate::{Folder, identity, needed, relaying, trust};
use media_control::{ConferenceId, LegId, ParticipantId, Rid, Source};
use media_relay::{
    Address, Audience, Codec, ConferenceWord, Cut, Frame, Greeting, LegWord, Line, News, PacketHead, Refusal,
    RelayClient, StreamName, VERSION,
};
use media_server::{MediaConfig, RelayConfig};
use std::io::{Read, Write};
use std::net::{Ipv4Addr, SocketAddr};
use std::os::unix::net::UnixStream;
use std::time::Duration;

const CLIENT_LEG: LegId = LegId(900);
const CLIENT: u32 = 90;

fn demo() -> ConferenceId {
    ConferenceId::new("demo").expect("a good name")
}

fn connect(folder: &Folder) -> RelayClient {
    RelayClient::connect(&Address::Unix(folder.socket()), "mixer").expect("the relay listens")
}

fn news(client: &mut RelayClient) -> Vec<News> {
    let mut all = Vec::new();
    while let Some(one) = client.next(Duration::ZERO).expect("the connection stands") {
        all.push(one);
    }
    all
}

/// A VP8 picture of 720 lines; the descriptor is the shortest that RFC 7741 knows.
fn picture(is_key: bool) -> Vec<u8> {
    let mut payload = vec![0x10];
    if is_key {
        payload.extend_from_slice(&[0x10, 0, 0, 0x9d, 0x01, 0x2a, 0, 5, 0xd0, 2]);
    } else {
        payload.extend_from_slice(&[0x11, 0, 0]);
    }
    payload.resize(600, 0x5a);
    payload
}

fn head(leg: LegId, sequence: u64, arrived_us: u64) -> PacketHead {
    PacketHead {
        stream: StreamName { leg, source: Source::Camera, layer: Rid::Q },
        arrived_us,
        sequence,
        epoch: 1,
        timestamp: sequence as u32 * 3000,
        marker: true,
        codec: Codec::Vp8,
        descriptor_len: 0,
        audio_level: None,
        audience: Audience::ALL,
    }
}

#[test]
fn client_takes_streams_with_their_times_and_its_wishes_travel_back() {
    let folder = Folder::make();
    let mut a = Meeting::with(relaying("a", Some(folder.socket()), Vec::new()));
    let one = a.join(1, 0, USUAL);
    a.browsers[one].start_media(20);
    let leg = a.browsers[one].leg;
    let mut client = connect(&folder);
    client.attend(&demo(), true);
    let mut seen: Vec<News> = Vec::new();
    a.until("the leg to be told and its voice to come, the clock to be measured", |_| {
        seen.extend(news(&mut client));
        let joined = seen.iter().any(|n| {
            matches!(n, News::Conference { word: ConferenceWord::Joined { leg: of, .. }, .. } if *of == leg)
        });
        let voice = seen
            .iter()
            .any(|n| matches!(n, News::Packet { head, .. } if head.stream.source == Source::Microphone));
        (joined && voice && client.clock_offset_us().is_some()).then_some(())
    });
    let pictures = |seen: &[News]| {
        seen.iter()
            .filter(|n| matches!(n, News::Packet { head, .. } if head.stream.source == Source::Camera))
            .count()
    };
    assert_eq!(pictures(&seen), 0, "nobody wanted a picture");
    client.want(&demo(), ParticipantId(1), Source::Camera, true);
    client.need_layers(leg, Source::Camera, 0b010);
    let keyframes = |m: &Meeting| m.browsers[one].streams.iter().map(|s| s.keyframes).sum::<u64>();
    a.until("pictures, and only the layer that is needed", |m| {
        seen.extend(news(&mut client));
        (pictures(&seen) > 20 && needed(m) == [Rid::H]).then_some(())
    });
    let before = keyframes(&a);
    client.ask_keyframe(leg, Source::Camera);
    a.until("a key frame", |m| {
        seen.extend(news(&mut client));
        (keyframes(m) > before).then_some(())
    });
    // One clock, one machine: every packet arrived in the past, within the last seconds.
    let offset = client.clock_offset_us().expect("measured");
    assert!(offset.abs() < 1_000_000, "{offset}");
    let now = client.now_us();
    for packet in &seen {
        let News::Packet { head, .. } = packet else { continue };
        let age = now as i64 - head.arrived_us as i64;
        assert!((-1_000_000..60_000_000).contains(&age), "{age}");
    }
    // A sender report: half of 2^32 ticks of 2036.
    let ssrc = a.browsers[one].streams[0].ssrc.to_be_bytes();
    let report = [
        &[0x80, 200, 0, 6][..],
        &ssrc,
        &[0xe9, 0, 0, 0, 0x80, 0, 0, 0, 0, 1, 0x5f, 0x90, 0, 0, 0, 9, 0, 0, 0, 9],
    ];
    a.browsers[one].send_report(&report.concat());
    a.until("the clock map of the stream", |_| {
        seen.extend(news(&mut client));
        let is_map = |word: &LegWord| {
            matches!(word, LegWord::ClockMap { ntp: 0xe900_0000_8000_0000, timestamp: 90_000, .. })
        };
        seen.iter()
            .any(|n| matches!(n, News::Leg { leg: of, word, .. } if *of == leg && is_map(word)))
            .then_some(())
    });
}

#[test]
fn stream_of_a_client_is_published_into_the_conference_and_its_wishes_come() {
    let folder = Folder::make();
    let mut a = Meeting::with(relaying("a", Some(folder.socket()), Vec::new()));
    let one = a.join(1, 0, USUAL);
    a.watch(one, &[CLIENT], 720);
    let mut client = connect(&folder);
    client.publish(&demo(), CLIENT_LEG, ParticipantId(CLIENT));
    let (mut sequence, mut asked, mut layers) = (0, 0, 0);
    a.until("pictures of the client, after it was asked for a key frame and a layer", |m| {
        let mut is_key = sequence == 0;
        for told in news(&mut client) {
            match told {
                News::Leg { leg: CLIENT_LEG, word: LegWord::KeyframeNeeded { .. }, .. } => {
                    asked += 1;
                    is_key = true;
                }
                News::Leg { leg: CLIENT_LEG, word: LegWord::LayersNeeded { layers: told, .. }, .. } => {
                    layers = told
                }
                _ => {}
            }
        }
        let head = head(CLIENT_LEG, sequence, client.now_us());
        client.send(head, &picture(is_key));
        sequence += 1;
        (m.heard(one, CLIENT, Source::Camera) > 20 && asked > 0 && layers & 1 == 1).then_some(())
    });
    // A leg that is not its own stays as it is.
    let leg = a.browsers[one].leg;
    client.publish(&demo(), leg, ParticipantId(7));
    client.withdraw(leg);
    a.browsers[one].start_media(20);
    client.attend(&demo(), true);
    a.until("the voice of the browser, whose leg is still there", |_| {
        let voice = |n: &News| matches!(n, News::Packet { head, .. } if head.stream.leg == leg);
        news(&mut client).iter().any(voice).then_some(())
    });
    drop(client);
    a.until("the client's picture to leave its slot when the connection is gone", |m| {
        let before = m.heard(one, CLIENT, Source::Camera);
        m.run();
        (m.heard(one, CLIENT, Source::Camera) == before).then_some(())
    });
}

#[test]
fn composed_picture_of_one_client_reaches_another_that_wants_it() {
    let folder = Folder::make();
    let mut a = Meeting::with(relaying("a", Some(folder.socket()), Vec::new()));
    let programme = ParticipantId::FIRST_PROGRAMME;
    let (mut mixer, mut recorder, mut other) = (connect(&folder), connect(&folder), connect(&folder));
    for client in [&mut mixer, &mut other] {
        client.attend(&demo(), true);
    }
    recorder.want(&demo(), programme, Source::Camera, true);
    mixer.publish(&demo(), CLIENT_LEG, programme);
    let (mut sequence, mut seen, mut asked) = (0, Vec::new(), 0);
    a.until("its pictures, and the request for a key picture on the way back", |_| {
        let is_asked =
            |it: &News| matches!(it, News::Leg { leg: CLIENT_LEG, word: LegWord::KeyframeNeeded { .. }, .. });
        asked += news(&mut mixer).iter().filter(|it| is_asked(it)).count();
        mixer.send(head(CLIENT_LEG, sequence, mixer.now_us()), &picture(sequence == 0));
        sequence += 1;
        seen.extend(news(&mut recorder));
        recorder.ask_keyframe(CLIENT_LEG, Source::Camera);
        let pictures = seen.iter().filter(|it| matches!(it, News::Packet { .. })).count();
        (pictures > 20 && asked > 0).then_some(())
    });
    let is_joined = |it: &News| {
        matches!(it, News::Conference { word: ConferenceWord::Joined { leg: CLIENT_LEG, .. }, .. })
    };
    assert!(seen.iter().any(is_joined));
    let untold = |it: &News| !matches!(it, News::Packet { .. }) && !is_joined(it);
    assert!(news(&mut other).iter().all(untold), "who did not ask for it gets nothing");
    // Who comes later is told of what is there; all are told of its end.
    let mut late = connect(&folder);
    late.want(&demo(), programme, Source::Camera, true);
    a.until("the latecomer to be told", |_| news(&mut late).iter().any(is_joined).then_some(()));
    drop(mixer);
    let has_left = |it: &News| matches!(it, News::Leg { leg: CLIENT_LEG, word: LegWord::Left, .. });
    for client in [&mut recorder, &mut late] {
        a.until("its end", |_| news(client).iter().any(has_left).then_some(()));
    }
}

fn until_closed(stream: &mut UnixStream) -> Vec<u8> {
    stream.set_read_timeout(Some(Duration::from_secs(20))).expect("a timeout");
    let mut all = Vec::new();
    stream.read_to_end(&mut all).expect("closed, not broken");
    all
}

#[test]
fn hostile_peers_are_cut_and_the_meeting_goes_on() {
    let folder = Folder::make();
    let mut a = Meeting::with(relaying("a", Some(folder.socket()), Vec::new()));
    let one = a.join(1, 0, USUAL);
    let two = a.join(2, 0, USUAL);
    a.browsers[one].start_media(20);
    a.watch(two, &[1], 720);
    let raw = || UnixStream::connect(folder.socket()).expect("the relay listens");
    let own = Greeting { shards: 1, first_shard: None, name: "hostile".to_owned() };
    let hello = Line::new(0, &own).to_send().to_vec();

    // Another version: told which one is spoken here.
    let mut other = raw();
    let mut newer = hello.clone();
    newer[8] += 1;
    other.write_all(&newer).expect("written");
    let mut told = Line::new(0, &own);
    let bytes = until_closed(&mut other);
    told.room()[..bytes.len()].copy_from_slice(&bytes);
    told.received(bytes.len());
    assert!(told.next(0).expect("a greeting comes first").is_some());
    let refused = told.next(0);
    let is_told = matches!(refused, Err(Cut::RefusedByPeer(Refusal::Version { theirs: VERSION, ours })) if ours == VERSION + 1);
    assert!(is_told);

    // Garbage, silence before and after the greeting, and somebody who talks without end and never reads.
    let mut garbage = raw();
    garbage.write_all(b"GET / HTTP/1.1\r\n\r\n").expect("written");
    until_closed(&mut garbage);
    let mut silent = raw();
    let mut mute = raw();
    mute.write_all(&hello).expect("written");
    let mut endless = raw();
    let mut flood = hello;
    let conference = demo();
    for number in 0..2_000u64 {
        let route = media_relay::Route { from: 0, to: u64::MAX };
        let word = ConferenceWord::Joined { leg: LegId(10_000 + number), participant: ParticipantId(9) };
        Frame::Conference { route, conference: conference.clone(), word }.write(&mut flood);
        Frame::Ping { sent_us: number }.write(&mut flood);
    }
    endless.set_nonblocking(true).expect("non-blocking");
    let before = a.heard(two, 1, Source::Camera);
    let mut is_cut = false;
    let mut written = 0;
    a.until("the endless one to be cut while the meeting goes on", |m| {
        while !is_cut {
            let rest = &flood[written % flood.len()..];
            match endless.write(rest) {
                Ok(count) => {
                    written += count;
                    // From the second time on the greeting is no frame to be said.
                }
                Err(error) if error.kind() == std::io::ErrorKind::WouldBlock => break,
                Err(_) => is_cut = true,
            }
        }
        (is_cut && m.heard(two, 1, Source::Camera) > before + 60).then_some(())
    });
    until_closed(&mut silent);
    until_closed(&mut mute);
}

#[test]
fn stranger_without_a_pinned_certificate_gets_nothing() {
    let (own, friend, stranger) = (identity(), identity(), identity());
    let address: SocketAddr = (Ipv4Addr::LOCALHOST, free_ports(1)).into();
    let relay = RelayConfig {
        name: "a".to_owned(),
        listen_unix: None,
        listen_tls: Some((address, trust(&own, &[friend.fingerprint()]))),
        call: Vec::new(),
        together: 0..0,
    };
    let _a = Meeting::with(MediaConfig { relay: Some(relay), ..crate::common::config(1) });
    let outcome = |identity: &media_relay::TlsIdentity, pinned| {
        let to = Address::Tls(address, trust(identity, &[pinned]));
        let mut client = RelayClient::connect(&to, "node").expect("the port is open");
        loop {
            match client.next(Duration::from_secs(10)) {
                Ok(Some(News::Greeted(_))) => return true,
                Ok(_) => {}
                Err(_) => return false,
            }
        }
    };
    assert!(outcome(&friend, own.fingerprint()));
    assert!(!outcome(&stranger, own.fingerprint()), "the relay does not know the stranger");
    assert!(!outcome(&friend, stranger.fingerprint()), "the friend does not know this relay");
}
