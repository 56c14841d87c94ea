//! A short, seeded fuzz run of every parser of outside bytes, on the stable compiler.
//!
//! Starts from `media/fuzz/corpus/<target>/`, mutates, and feeds the same functions as the libFuzzer
//! targets. A crash found anywhere becomes a corpus file, and this run then repeats it for ever.
#![allow(clippy::disallowed_methods)]

mod simulation;

use media_core::fuzz::TARGETS;
use media_core::packet::rtcp_write::RtcpWriter;
use media_core::packet::twcc::Arrival;
use media_core::transport::SrtpProfile;
use media_core::transport::srtp::SrtpSender;
use simulation::browser::BrowserKind;
use simulation::hello::hello_datagrams;
use simulation::network::{Network, answer};
use std::fs;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// Longest input, and inputs per target. Those of `sdp_answer`, `sdp_offer` and `room` cost half a
/// millisecond each.
const MAX_INPUT_LEN: usize = 64 * 1024;
const ROUNDS: usize = 20_000;
const SLOW_ROUNDS: usize = 1_500;

struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides.max(1) as u64) as usize
    }

    fn mutate(&mut self, input: &mut Vec<u8>, other: &[u8]) {
        for _ in 0..=self.roll(4) {
            let at = self.roll(input.len() + 1);
            match self.roll(7) {
                0 if at < input.len() => input[at] ^= 1 << self.roll(8),
                1 if at < input.len() => input[at] = [0, 1, 0x7f, 0x80, 0xff][self.roll(5)],
                2 => input.truncate(at),
                3 => input.insert(at, self.roll(256) as u8),
                4 if at < input.len() => {
                    let end = (at + 1 + self.roll(16)).min(input.len());
                    input.drain(at..end);
                }
                5 => {
                    let from = self.roll(other.len() + 1);
                    let to = (from + self.roll(64)).min(other.len());
                    let _ = input.splice(at..at, other[from..to].iter().copied());
                }
                _ => {
                    let end = (at + self.roll(32)).min(input.len());
                    input.extend_from_within(at..end);
                }
            }
        }
        input.truncate(MAX_INPUT_LEN);
    }
}

fn corpus_folder(target: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../fuzz/corpus").join(target)
}

fn corpus(target: &str) -> Vec<Vec<u8>> {
    let folder = corpus_folder(target);
    let mut paths: Vec<PathBuf> = fs::read_dir(&folder)
        .unwrap_or_else(|_| panic!("{} has no corpus", folder.display()))
        .map(|entry| entry.unwrap().path())
        .collect();
    // The order of a folder is not defined; the run must be the same everywhere.
    paths.sort();
    paths.iter().map(|path| fs::read(path).unwrap()).collect()
}

#[test]
fn no_parser_of_outside_bytes_panics() {
    let now = Instant::now();
    for (name, target) in TARGETS {
        let corpus = corpus(name);
        assert!(!corpus.is_empty(), "{name} has an empty corpus");
        let mut dice = Dice(0x1234_5678_9abc_def1);
        let run = |input: &[u8]| {
            if catch_unwind(AssertUnwindSafe(|| target(now, input))).is_err() {
                let hex: String = input.iter().map(|byte| format!("{byte:02x}")).collect();
                panic!("{name} panicked; make this a corpus file: {hex}");
            }
        };
        corpus.iter().for_each(|input| run(input));
        run(&[]);
        let is_slow = matches!(name, "sdp_answer" | "sdp_offer" | "client_hello" | "room");
        for _ in 0..if is_slow { SLOW_ROUNDS } else { ROUNDS } {
            let mut input = corpus[dice.roll(corpus.len())].clone();
            let other = &corpus[dice.roll(corpus.len())];
            dice.mutate(&mut input, other);
            run(&input);
        }
    }
}

fn framed(datagrams: &[Vec<u8>]) -> Vec<u8> {
    let with_len = |bytes: &Vec<u8>| [&(bytes.len() as u16).to_be_bytes()[..], bytes].concat();
    datagrams.iter().flat_map(with_len).collect()
}

fn control_compound() -> Vec<u8> {
    let mut buffer = [0; 512];
    let mut writer = RtcpWriter::new(&mut buffer);
    let arrivals: Vec<Arrival> =
        (0..20).map(|i| Arrival { sequence: i * 3, at_ticks: u64::from(i) * 400 }).collect();
    writer.receiver_report(9, &[]).unwrap();
    writer.canonical_name(9, "diemcau").unwrap();
    writer.nack(9, 7, &[1, 2, 18, 40]).unwrap();
    writer.pli(9, 7).unwrap();
    writer.transport_feedback(9, 7, 0, 3, &arrivals).unwrap();
    writer.goodbye(&[9]).unwrap();
    let len = writer.len();
    buffer[..len].to_vec()
}

/// Set to 1 to write the seeds again, when a wire format has changed.
const UPDATE: &str = "UPDATE_CORPUS";

#[test]
fn every_target_has_a_seed_and_the_formats_are_still_made() {
    let is_written = std::env::var_os(UPDATE).is_some_and(|value| value == "1");
    let mut network = Network::new(BrowserKind::default());
    network.record_stun(true);
    let text = answer(&network.browser.credentials(), &network.browser.fingerprint());
    network.answer();
    assert!(network.run(Duration::from_secs(20), Network::is_connected));
    let up: Vec<Vec<u8>> =
        network.dtls.iter().filter(|(up, _)| *up).map(|(_, bytes)| bytes.clone()).collect();
    let header = [0x90, 0xe0, 0, 5, 0, 0, 0, 1, 0, 0, 0, 9];
    let extensions = [0xbe, 0xde, 0, 3, 0x42, b'c', b'a', b'm', 0x31, 0, 7, 0x50, b'q', 0x10, 9, 0];
    let clear = [&header[..], &extensions, &[0x90, 0x80, 0x81, 2, 0x9d, 1, 0x2a]].concat();
    let two_byte = [&header[..], &[0x10, 0, 0, 1, 3, 2, 0, 9, b'x']].concat();
    let padded = [&[0xa0, 0x61][..], &header[2..], &[1, 2, 3, 4, 2]].concat();
    let mut rtp = Vec::new();
    let mut rtcp = Vec::new();
    for profile in SrtpProfile::PREFERENCE {
        let (key, salt) = (&[1; 32][..profile.key_len()], &[2; 14][..profile.salt_len()]);
        let mut sender = SrtpSender::new(profile, key, salt).unwrap();
        let mut out = [0; 1024];
        let head = header.len() + extensions.len();
        let len = sender.seal_rtp(5, &clear[..head], &[], &clear[head..], &mut out).unwrap();
        rtp.push(out[..len].to_vec());
        let len = sender.seal_rtcp(&control_compound(), &mut out).unwrap();
        rtcp.push(out[..len].to_vec());
    }
    let fast_hello = framed(&[hello_datagrams(0, &[]), hello_datagrams(1, &[5; 20])].concat());
    let vp8 = vec![0x90, 0xe0, 0x81, 0x02, 0x33, 0x20, 0x10, 2, 0, 0x9d, 1, 0x2a, 0, 5, 0xd0, 2];
    let h264 = vec![0x78, 0, 4, 0x67, 0x42, 0xe0, 0x1f, 0, 2, 0x68, 0xce, 0, 2, 0x65, 0x88];
    let vp9 = vec![0xaa, 0x80, 5, 0x10, 9, 0x50, 1, 64, 0, 180, 2, 128, 1, 104, 5, 0, 2, 208, 0xff];
    // A key frame of two layers as Chromium writes it, and two frames after it.
    let key = [
        0x80, 0, 1, 0x80, 2, 4, 0x4e, 0xaa, 0xaf, 0x28, 0x60, 0x41, 0x4d, 0x34, 0x53, 0x8a, 9, 0x40, 0x40,
        0x4f, 0xc0, 0x2c, 0xc0,
    ];
    let one = |layer: u8, bytes: &[u8]| [&[bytes.len() as u8, layer], bytes].concat();
    let descriptors =
        [one(0x12, &key), one(0x10, &[0xc5, 0, 5, 0x12, 0x20]), one(0x22, &[0xc3, 0, 7, 0x12, 0x40])]
            .concat();
    let fragment = vec![0x7c, 0x85, 0x88, 0x84];
    let stream = [&[3][..], &framed(&[b"frame".to_vec(), vec![], vec![7; 300]])].concat();
    for (target, inputs) in [
        ("rtp", vec![clear, two_byte, padded]),
        ("rtcp", vec![control_compound()]),
        ("stun", network.stun.iter().take(3).cloned().collect()),
        ("tcp_frame", vec![stream]),
        ("sdp_answer", vec![text.into_bytes()]),
        ("client_hello", vec![framed(&up), fast_hello]),
        ("srtp", rtp),
        ("srtcp", rtcp),
        ("payload", vec![vp8, h264, fragment, vp9]),
        ("descriptor", vec![descriptors]),
    ] {
        let folder = corpus_folder(target);
        for (place, input) in inputs.iter().enumerate() {
            let seed = folder.join(format!("seed-{place}"));
            if is_written {
                fs::create_dir_all(&folder).unwrap();
                fs::write(&seed, input).unwrap();
            }
            assert!(seed.exists(), "{} is missing: run this test with {UPDATE}=1", seed.display());
        }
    }
}
