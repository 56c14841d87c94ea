//! A short, seeded fuzz run of the parser of relay streams, on the stable compiler.
//!
//! Starts from `media/fuzz/corpus/relay_stream/`, mutates, and feeds the function of the libFuzzer
//! target. A crash found anywhere becomes a corpus file, and this run then repeats it for ever.

use media_control::{ConferenceId, LegId, ParticipantId, Rid, Source};
use media_relay::{Audience, Codec, ConferenceWord, Frame, LegWord, PacketHead, Route, StreamName};
use std::fs;
use std::panic::catch_unwind;
use std::path::PathBuf;

const ROUNDS: usize = 30_000;
/// Set to 1 to write the seeds again, when the wire format has changed.
const UPDATE: &str = "UPDATE_CORPUS";

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }

    fn mutate(&mut self, input: &mut Vec<u8>) {
        for _ in 0..=self.roll(4) {
            let at = self.roll(input.len() + 1);
            match self.roll(5) {
                0 if at < input.len() => input[at] ^= 1 << self.roll(8),
                1 if at < input.len() => input[at] = [0, 1, 0x7f, 0x80, 0xff][self.roll(5)],
                2 => input.truncate(at.max(1)),
                3 => input.insert(at, self.roll(256) as u8),
                _ => {
                    let end = (at + self.roll(32)).min(input.len());
                    input.extend_from_within(at..end);
                }
            }
        }
        input.truncate(16 << 10);
    }
}

/// One of each frame; also what the corpus is made of.
fn frames() -> Vec<Frame<'static>> {
    let route = Route { from: 1, to: 5 };
    let conference = ConferenceId::new("demo").expect("a good name");
    let (source, leg) = (Source::Camera, LegId(7));
    let participant = ParticipantId(3);
    let of_leg = |word| Frame::Leg { route, leg, word };
    let of_conference = |word| Frame::Conference { route, conference: conference.clone(), word };
    let head = PacketHead {
        stream: StreamName { leg, source: Source::Microphone, layer: Rid::Q },
        arrived_us: 1_700_000_000_000_000,
        sequence: 70_000,
        epoch: 2,
        timestamp: 960,
        marker: true,
        codec: Codec::Opus,
        descriptor_len: 0,
        audio_level: Some((30, true)),
        audience: Audience::ALL,
    };
    let mixed =
        |audience| Frame::Packet { route, head: PacketHead { audience, ..head }, payload: &[1, 2, 3] };
    vec![
        Frame::Ping { sent_us: 5 },
        Frame::Pong { sent_us: 5, received_us: 6, answered_us: 7 },
        of_leg(LegWord::Left),
        of_leg(LegWord::KeyframeNeeded { source }),
        of_leg(LegWord::LayersNeeded { source, layers: 5 }),
        of_leg(LegWord::ClockMap { source, layer: Rid::F, ntp: 9, timestamp: 8, arrived_us: 7 }),
        of_conference(ConferenceWord::Joined { leg, participant }),
        of_conference(ConferenceWord::Wanted { participant, source, is_wanted: true }),
        of_conference(ConferenceWord::Attends { is_attending: true }),
        Frame::Packet { route, head, payload: &[1, 2, 3] },
        mixed(Audience::only(participant)),
        mixed(Audience::all_but([participant, ParticipantId(9)])),
    ]
}

fn seeds() -> Vec<(&'static str, Vec<u8>)> {
    let hello = Frame::Hello { shards: 1, first_shard: Some(4), name: "node" };
    let stream = |piece: u8, frames: &[Frame<'_>]| {
        let mut bytes = vec![piece];
        hello.write(&mut bytes);
        frames.iter().for_each(|frame| frame.write(&mut bytes));
        bytes
    };
    let mut other_version = stream(255, &[]);
    other_version[9] = 9;
    vec![
        ("every-frame", stream(255, &frames())),
        ("in-small-pieces", stream(3, &frames())),
        ("other-version", other_version),
        ("no-relay", b"\xffGET / HTTP/1.1\r\n\r\n".to_vec()),
        ("too-long", [&stream(255, &[])[..], &[0xff; 20]].concat()),
    ]
}

#[test]
fn every_frame_comes_back_as_it_was_written() {
    for frame in frames() {
        let mut bytes = Vec::new();
        frame.write(&mut bytes);
        assert_eq!(Frame::read(&bytes[2..]), Ok(frame));
        for cut in 2..bytes.len().min(20) {
            let _ = Frame::read(&bytes[2..cut]);
        }
    }
}

#[test]
fn relay_streams_survive_a_short_fuzz_run() {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus/relay_stream");
    for (name, bytes) in seeds() {
        let path = folder.join(name);
        if std::env::var_os(UPDATE).is_some_and(|value| value == "1") {
            fs::create_dir_all(&folder).expect("the folder can be made");
            fs::write(&path, &bytes).expect("the seed can be written");
        }
        assert_eq!(fs::read(&path).ok(), Some(bytes), "{name}: run once with {UPDATE}=1");
    }
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .expect("the corpus is in the repository")
        .map(|entry| entry.expect("an entry").path())
        .collect();
    paths.sort();
    let seeds: Vec<Vec<u8>> = paths.iter().map(|path| fs::read(path).expect("a file")).collect();
    let mut dice = Dice(0x5eed_1234_5678_9abc);
    for round in 0..ROUNDS {
        let mut input = seeds[round % seeds.len()].clone();
        if round >= seeds.len() {
            dice.mutate(&mut input);
        }
        let kept = input.clone();
        let result = catch_unwind(move || media_relay::fuzz::relay_stream(&input));
        assert!(result.is_ok(), "round {round}: {kept:?}");
    }
}
