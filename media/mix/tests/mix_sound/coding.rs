//! What rooms and viewers get, read by decoders of others.

use super::hall::{tone, voice};
use super::{Hall, Microphone, power_at};
use media_mix::codec::Bitrate;
use media_mix::sound::{Encoders, FRAME, Form, SourceId, Take};
use std::io::Write as _;
use std::process::{Command, Stdio};

const TONE: f32 = 1_000.0;

fn encoded(form: Form, rounds: usize) -> Vec<Vec<u8>> {
    let mut hall = Hall::plain(vec![Microphone::new(1, tone(TONE, 0.3))]);
    let mut encoders = Encoders::default();
    let takes = [Take { form, own: None }];
    hall.rounds(20);
    let payloads = (0..rounds).map(|_| {
        let round = hall.tick();
        encoders.encode(&round, &takes).expect("encodes").remove(0).payload
    });
    payloads.collect()
}

/// Decoded by the program `ffmpeg`.
fn by_ffmpeg(name: &str, rate: &str, payloads: &[Vec<u8>]) -> Vec<f32> {
    let raw = ["-f", name, "-ar", rate, "-ac", "1"];
    let input: &[&str] = if name == "g722" { &["-f", "g722"] } else { &raw };
    let mut ffmpeg = Command::new("ffmpeg")
        .args(["-v", "error"])
        .args(input)
        .args(["-i", "pipe:0", "-f", "f32le", "pipe:1"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .expect("ffmpeg is installed for tests");
    let bytes = payloads.concat();
    let mut stdin = ffmpeg.stdin.take().expect("a pipe");
    let writer = std::thread::spawn(move || stdin.write_all(&bytes).expect("ffmpeg reads"));
    let output = ffmpeg.wait_with_output().expect("ends");
    writer.join().expect("wrote");
    output.stdout.chunks_exact(4).map(|it| f32::from_le_bytes([it[0], it[1], it[2], it[3]])).collect()
}

fn check(form: Form, name: &str, rate: &str, length: usize) {
    let payloads = encoded(form, 100);
    assert!(payloads.iter().all(|it| it.len() == length), "{form:?}: {:?}", payloads[0].len());
    let samples = by_ffmpeg(name, rate, &payloads);
    let hertz: f32 = rate.parse().expect("a number");
    assert_eq!(samples.len(), 2 * hertz as usize);
    let steady = &samples[hertz as usize / 2..];
    let (tone, other) = (power_at(steady, hertz, TONE), power_at(steady, hertz, 2.0 * TONE));
    assert!((0.25..0.35).contains(&tone) && other < 0.01, "{form:?}: {tone} {other}");
}

#[test]
fn g711_is_read_by_another_decoder() {
    check(Form::Alaw, "alaw", "8000", 160);
    check(Form::Ulaw, "mulaw", "8000", 160);
}

#[test]
fn g722_is_read_by_another_decoder() {
    check(Form::G722, "g722", "16000", 160);
}

#[test]
fn what_a_telephone_cannot_carry_does_not_come_back_as_something_else() {
    let mut hall = Hall::plain(vec![Microphone::new(1, tone(5_000.0, 0.3))]);
    let mut encoders = Encoders::default();
    let takes = [Take { form: Form::Alaw, own: None }];
    let payloads =
        (0..100).map(|_| encoders.encode(&hall.tick(), &takes).expect("encodes").remove(0).payload);
    let samples = by_ffmpeg("alaw", "8000", &payloads.collect::<Vec<_>>());
    // 5 kHz folds to 3 kHz when nothing filters it.
    assert!(power_at(&samples[4_000..], 8_000.0, 3_000.0) < 0.005);
}

#[test]
fn opus_is_read_back() {
    let payloads = encoded(Form::OPUS, 100);
    let mut decoder = opus::Decoder::new(48_000, opus::Channels::Mono).expect("a decoder");
    let mut samples = Vec::new();
    let mut frame = [0.0; 5_760];
    for payload in &payloads {
        let length = decoder.decode_float(payload, &mut frame, false).expect("is Opus");
        samples.extend_from_slice(&frame[..length]);
    }
    assert_eq!(samples.len(), 96_000);
    assert!((0.2..0.4).contains(&power_at(&samples[24_000..], 48_000.0, TONE)));
}

/// Loudness of a tone in each 10 ms of a sound.
fn powers(samples: &[f32], hertz: f32) -> Vec<f32> {
    samples.chunks_exact(FRAME / 2).map(|it| power_at(it, 48_000.0, hertz)).collect()
}

#[test]
fn who_begins_and_ceases_to_be_heard_changes_mixes_without_a_click_and_never_hears_himself() {
    // One speaks on end, the other a second of three.
    let burst = |at: usize| if at % 144_000 < 48_000 { tone(900.0, 0.3)(at) } else { 0.0 };
    let microphones = vec![Microphone::new(1, tone(500.0, 0.3)), Microphone::new(2, Box::new(burst))];
    let mut hall = Hall::plain(microphones);
    let mut encoders = Encoders::default();
    let own = Some(SourceId(2));
    let takes = [None, own].map(|own| Take { form: Form::OPUS, own });
    let mut decoder = opus::Decoder::new(48_000, opus::Channels::Mono).expect("a decoder");
    let (mut heard, mut changes, mut was_apart) = (Vec::new(), 0, false);
    for _ in 0..600 {
        let sent = encoders.encode(&hall.tick(), &takes).expect("encodes");
        let is_apart = sent.iter().any(|it| it.only == own);
        changes += u32::from(is_apart != was_apart);
        was_apart = is_apart;
        let packet = sent.iter().find(|it| it.only == own).unwrap_or(&sent[0]);
        let mut frame = [0.0; FRAME];
        assert_eq!(decoder.decode_float(&packet.payload, &mut frame, false).expect("is Opus"), FRAME);
        heard.extend_from_slice(&frame);
    }
    assert!(changes >= 6, "{changes}");
    let heard = &heard[50 * FRAME..];
    let own = powers(heard, 900.0).into_iter().fold(0.0, f32::max);
    assert!(own < 0.03, "himself: {own}");
    // The decoder has followed another encoder: 20 ms to find its feet, in which nothing is lost.
    let other = powers(heard, 500.0);
    let least = other.iter().copied().fold(f32::MAX, f32::min);
    let is_off = |power: &f32| !(0.24..0.36).contains(power);
    assert!(least > 0.1 && !other.windows(3).any(|it| it.iter().all(is_off)), "{least}");
    let steepest = heard.windows(2).map(|it| (it[1] - it[0]).abs()).fold(0.0, f32::max);
    // The tone itself has steps of 0.02.
    assert!(steepest < 0.06, "{steepest}");
}

#[test]
fn all_who_hear_the_same_share_one_encode() {
    let mut hall = Hall::plain((0..2).map(|it| Microphone::new(it, tone(500.0, 0.2))).collect());
    let mut encoders = Encoders::default();
    hall.rounds(20);
    let take = |own: u64| Take { form: Form::OPUS, own: Some(SourceId(own)) };
    // 277 listeners, of whom two are heard.
    let takes: Vec<Take> = (0..277).map(take).collect();
    let sent = encoders.encode(&hall.tick(), &takes).expect("encodes");
    let only: Vec<Option<u64>> = sent.iter().map(|it| it.only.map(|it| it.0)).collect();
    assert_eq!(only, [Some(0), Some(1), None]);
    // Who takes nothing any more costs nothing soon.
    for _ in 0..60 {
        encoders.encode(&hall.tick(), &takes[10..]).expect("encodes");
    }
    assert_eq!(encoders.len(), 1);
}

#[test]
fn encoders_are_bounded() {
    let mut hall = Hall::plain(Vec::new());
    let mut encoders = Encoders::default();
    let take =
        |bits: u32| Take { form: Form::Opus { rate: Bitrate(16_000 + bits), is_lossy: false }, own: None };
    let takes: Vec<Take> = (0..129).map(take).collect();
    let failure = encoders.encode(&hall.tick(), &takes).expect_err("too many");
    assert_eq!(failure.to_string(), "128 sound encoders are running, which is the limit");
}

#[test]
fn who_begins_to_speak_changes_encoders_without_a_jolt() {
    // One hums all the time; the other, who listens by one stream, begins to speak in between.
    let speaks = |at: usize| if at > 48_000 { tone(1_500.0, 0.2)(at) } else { 0.0 };
    let microphones = vec![Microphone::new(1, tone(300.0, 0.3)), Microphone::new(2, Box::new(speaks))];
    let mut hall = Hall::plain(microphones);
    let mut encoders = Encoders::default();
    let mut decoder = opus::Decoder::new(48_000, opus::Channels::Mono).expect("a decoder");
    let (mut heard, mut frame, mut changes) = (Vec::new(), [0.0; 960], 0);
    let mut was_own = false;
    for _ in 0..100 {
        let takes = [Take { form: Form::OPUS, own: Some(SourceId(2)) }];
        let sent = encoders.encode(&hall.tick(), &takes).expect("encodes").remove(0);
        changes += usize::from(sent.only.is_some() != was_own);
        was_own = sent.only.is_some();
        decoder.decode_float(&sent.payload, &mut frame, false).expect("is Opus");
        heard.extend_from_slice(&frame);
    }
    assert_eq!(changes, 1);
    let steepest = heard[24_000..].windows(2).map(|it| (it[1] - it[0]).abs()).fold(0.0, f32::max);
    // The hum itself has steps of 0.012.
    assert!(steepest < 0.03, "{steepest}");
    assert!(power_at(&heard[60_000..], 48_000.0, 1_500.0) < 0.01);
}

/// Error of what is heard when every eighth packet is lost, in dB below what was meant.
fn error_with_losses(form: Form) -> f32 {
    let mut hall = Hall::plain(vec![Microphone::new(1, voice())]);
    let mut encoders = Encoders::default();
    let decoder = || opus::Decoder::new(48_000, opus::Channels::Mono).expect("a decoder");
    let (mut whole, mut lossy) = (decoder(), decoder());
    let (mut error, mut power) = (0.0_f64, 0.0_f64);
    let mut decode = |number: usize, payload: &[u8], is_lost: bool, next: &[u8]| {
        let (mut meant, mut heard) = ([0.0; 960], [0.0; 960]);
        whole.decode_float(payload, &mut meant, false).expect("is Opus");
        lossy.decode_float(if is_lost { next } else { payload }, &mut heard, is_lost).expect("is Opus");
        for (meant, heard) in meant.iter().zip(heard).filter(|_| number > 50) {
            error += f64::from((meant - heard).powi(2));
            power += f64::from(meant.powi(2));
        }
    };
    hall.rounds(20);
    let takes = [Take { form, own: None }];
    let payloads: Vec<Vec<u8>> =
        (0..200).map(|_| encoders.encode(&hall.tick(), &takes).expect("encodes").remove(0).payload).collect();
    for (number, pair) in payloads.windows(2).enumerate() {
        decode(number, &pair[0], number % 8 == 7, &pair[1]);
    }
    (10.0 * (error / power).log10()) as f32
}

#[test]
fn viewers_on_bad_lines_get_copies_that_bridge_losses() {
    let rate = Bitrate::kbit(40);
    let with = error_with_losses(Form::Opus { rate, is_lossy: true });
    let without = error_with_losses(Form::Opus { rate, is_lossy: false });
    println!("every eighth packet lost: {with:.1} dB with copies, {without:.1} dB without");
    assert!(with < without - 3.0, "{with} {without}");
}
