//! One relay connection on a clock of the test: greeting, versions, bounds, hostile peers.

use media_control::{LegId, Rid, Source};
use media_relay::{
    Audience, Codec, Cut, Frame, Greeting, HELLO_WITHIN, LegWord, Line, PacketHead, Put, Refusal, Route,
    SILENCE, StreamName, Told, VERSION,
};

const START: u64 = 1_000_000_000;

fn greeting(name: &str) -> Greeting {
    Greeting { shards: 1, first_shard: None, name: name.to_owned() }
}

fn line(name: &str) -> Line {
    Line::new(START, &greeting(name))
}

/// Gives `bytes` to `to`, as far as it has room.
fn give(to: &mut Line, bytes: &[u8]) -> usize {
    let room = to.room();
    let count = bytes.len().min(room.len());
    room[..count].copy_from_slice(&bytes[..count]);
    to.received(count);
    count
}

fn carry(from: &mut Line, to: &mut Line, now_us: u64) {
    let count = give(to, from.to_send());
    from.sent(count, now_us);
}

/// Two lines that have greeted each other.
fn pair() -> (Line, Line) {
    let (mut a, mut b) = (line("a"), line("b"));
    carry(&mut a, &mut b, START);
    carry(&mut b, &mut a, START);
    assert_eq!(a.next(START).ok().flatten(), Some(Told::Greeted(greeting("b"))));
    assert_eq!(b.next(START).ok().flatten(), Some(Told::Greeted(greeting("a"))));
    (a, b)
}

fn packet(sequence: u64) -> Frame<'static> {
    let stream = StreamName { leg: LegId(1), source: Source::Camera, layer: Rid::F };
    let head = PacketHead {
        stream,
        arrived_us: START,
        sequence,
        epoch: 0,
        timestamp: 0,
        marker: false,
        codec: Codec::Vp8,
        descriptor_len: 0,
        audio_level: None,
        audience: Audience::ALL,
    };
    Frame::Packet { route: Route { from: 0, to: 1 }, head, payload: &[7; 1200] }
}

fn word() -> Frame<'static> {
    Frame::Leg { route: Route { from: 0, to: 1 }, leg: LegId(1), word: LegWord::Left }
}

#[test]
fn other_version_is_refused_with_both_numbers() {
    let (mut a, mut b) = (line("a"), line("b"));
    let mut hello = b.to_send().to_vec();
    hello[8] += 1;
    give(&mut a, &hello);
    let theirs = VERSION + 1;
    assert!(
        matches!(a.next(START), Err(Cut::Refused(Refusal::Version { theirs: t, ours: VERSION })) if t == theirs)
    );
    carry(&mut a, &mut b, START);
    assert!(matches!(b.next(START), Ok(Some(Told::Greeted(_)))));
    let said = b.next(START);
    assert!(
        matches!(said, Err(Cut::RefusedByPeer(Refusal::Version { theirs: VERSION, ours })) if ours == theirs)
    );
}

#[test]
fn whoever_is_no_relay_is_cut_at_the_first_frame() {
    for bytes in [&b"GET / HTTP/1.1\r\n"[..], &[0, 3, 9, 9, 9], &[0, 9, 1, 0, 0, 0, 0, 0, 1, 1, 1], &[0, 0]] {
        let mut a = line("a");
        give(&mut a, bytes);
        assert!(a.next(START).is_err(), "{bytes:?}");
    }
    let (mut a, _) = pair();
    give(&mut a, &[0, 1, 200]);
    assert!(matches!(a.next(START), Err(Cut::Malformed(_))));
}

#[test]
fn silent_peers_are_cut_and_pings_keep_the_others() {
    let mut mute = line("a");
    mute.sent(usize::MAX, START);
    assert!(mute.tick(START + HELLO_WITHIN - 1).is_ok());
    assert!(matches!(mute.tick(START + HELLO_WITHIN), Err(Cut::NoGreeting)));
    let (mut a, mut b) = pair();
    for step in 1..200 {
        let now = START + step * 100_000;
        assert!(a.tick(now).is_ok() && b.tick(now).is_ok(), "step {step}");
        carry(&mut a, &mut b, now);
        carry(&mut b, &mut a, now);
        assert!(matches!((a.next(now), b.next(now)), (Ok(None), Ok(None))));
    }
    let last = START + 199 * 100_000;
    a.sent(usize::MAX, last);
    assert!(a.tick(last + SILENCE / 2).is_ok());
    a.sent(usize::MAX, last + SILENCE / 2);
    assert!(matches!(a.tick(last + SILENCE), Err(Cut::Silent)));
}

#[test]
fn slow_reader_loses_packets_first_and_is_then_cut() {
    let (mut a, _) = pair();
    let taken = (0..10_000).take_while(|n| a.put(&packet(*n)) == Put::Taken).count();
    assert!((800..1000).contains(&taken), "{taken} packets of 1.2 KB wait in 1 MiB");
    assert_eq!(a.put(&word()), Put::Taken, "words still find room");
    assert!(a.tick(START + 1).is_ok());
    assert!(matches!(a.tick(START + 6_000_000), Err(Cut::Slow)));
    let (mut a, _) = pair();
    (0..10_000_000).take_while(|_| a.put(&word()) == Put::Taken).count();
    assert!(a.to_send().len() < 5 << 20);
    assert!(matches!(a.tick(START), Err(Cut::Slow)));
}

#[test]
fn endless_pings_cost_no_more_than_the_outbox_holds() {
    let (mut a, _) = pair();
    let mut pings = Vec::new();
    (0..5_000).for_each(|n| Frame::Ping { sent_us: n }.write(&mut pings));
    let mut cut = None;
    for _ in 0..1_000 {
        let mut rest = &pings[..];
        while !rest.is_empty() {
            rest = &rest[give(&mut a, rest)..];
            assert!(matches!(a.next(START), Ok(None)));
        }
        cut = a.tick(START).err();
        if cut.is_some() {
            break;
        }
    }
    assert!(matches!(cut, Some(Cut::Slow)));
    assert!(a.to_send().len() < 5 << 20);
}

#[test]
fn packets_come_whole_in_any_pieces_and_in_order() {
    let (mut a, mut b) = pair();
    let (mut seen, mut now) = (0, START);
    for round in 0..3_000u64 {
        assert_eq!(a.put(&packet(round)), Put::Taken);
        let piece = 1 + (round as usize * 37) % 3_000;
        let waiting = a.to_send();
        let count = give(&mut b, &waiting[..piece.min(waiting.len())]);
        now += 100;
        a.sent(count, now);
        while let Some(told) = b.next(now).expect("good frames") {
            if let Told::Frame(Frame::Packet { head, payload, .. }) = told {
                assert_eq!((head.sequence, payload.len()), (seen, 1200));
                seen += 1;
            }
        }
        if a.to_send().len() > 500_000 {
            carry(&mut a, &mut b, now);
        }
    }
    assert!(seen > 2_000);
}

#[test]
fn clocks_that_differ_are_measured() {
    let (mut a, mut b) = (line("a"), Line::new(START + 3_000_000, &greeting("b")));
    for step in 0..30 {
        let now = START + step * 100_000;
        let theirs = now + 3_000_000;
        assert!(a.tick(now).is_ok() && b.tick(theirs).is_ok());
        carry(&mut a, &mut b, now);
        while b.next(theirs).expect("good frames").is_some() {}
        carry(&mut b, &mut a, theirs);
        while a.next(now + 400).expect("good frames").is_some() {}
    }
    let offset = a.clock().offset_us().expect("measured");
    assert!((2_999_000..=3_001_000).contains(&offset), "{offset}");
}
