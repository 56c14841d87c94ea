//! A hall of microphones that all send, of which a few are heard.
//!
//! Called by `main`. Every ten seconds others speak. Packets come with up to 20 ms of jitter, one in a hundred
//! not at all.

use super::{Failure, spent};
use clap::Args;
use loadtest::material::{VOICE_TICKS, Voice};
use media_mix::sound::{Encoders, Form, Level, Mixer, Mixing, Packet, SourceId, TICK, Take};
use serde_json::json;
use std::path::PathBuf;
use std::time::Duration;

const TURN_TICKS: u64 = 500;
const JITTER_US: u64 = 20_000;
const LOST_OF: u64 = 100;
/// Levels of who speaks and of a hall with an open microphone, below the loudest possible.
const SPEAKING: Level = Level(30);
const OPEN: Level = Level(70);

#[derive(Debug, Args)]
pub struct Flags {
    /// Microphones in the hall
    #[arg(long)]
    sources: u64,
    /// How many of them speak at once
    #[arg(long)]
    heard: usize,
    /// Encodes: one for all, the others for speakers
    #[arg(long)]
    encodes: usize,
    /// Seconds of media
    #[arg(long)]
    seconds: u32,
    /// Folder of the prepared speech
    #[arg(long)]
    material: PathBuf,
}

pub fn measure(flags: &Flags) -> Result<serde_json::Value, Failure> {
    let voice = Voice::open(&flags.material)?;
    let mut mixer = Mixer::new(Mixing { heard: flags.heard, ..Mixing::default() })?;
    let mut encoders = Encoders::default();
    let started = spent();
    let (mut mixed, mut encoded) = (Duration::ZERO, Duration::ZERO);
    let (mut heard, mut encodes, mut bytes) = (0_usize, 0_usize, 0_usize);
    let ticks = u64::from(flags.seconds) * 50;
    for number in 0..ticks {
        let now_us = (number + 100) * TICK.as_micros() as u64;
        let first = number / TURN_TICKS * flags.heard as u64;
        let before = spent();
        for source in 0..flags.sources {
            let dice = (number * flags.sources + source).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 32;
            if dice.is_multiple_of(LOST_OF) {
                continue;
            }
            let place = (source + flags.sources - first % flags.sources) % flags.sources;
            let spoken = voice.packet((number + source * 37) as usize);
            let level = if place < flags.heard as u64 { SPEAKING } else { OPEN };
            let packet = Packet {
                payload: &spoken.payload,
                sequence: number,
                timestamp: (number as u32).wrapping_mul(VOICE_TICKS),
                arrival_us: now_us - dice % JITTER_US,
                level: Some(level),
            };
            mixer.receive(SourceId(source), &packet);
        }
        let round = mixer.tick(now_us);
        let after = spent();
        heard += round.heard.len();
        let own = round.heard.iter().map(|it| Some(it.source)).take(flags.encodes.saturating_sub(1));
        let takes: Vec<Take> = own.chain([None]).map(|own| Take { form: Form::OPUS, own }).collect();
        let sent = encoders.encode(&round, &takes)?;
        encodes += sent.len();
        bytes += sent.iter().map(|it| it.payload.len()).sum::<usize>();
        mixed += after - before;
        encoded += spent() - after;
    }
    let media_s = f64::from(flags.seconds);
    let share = |time: Duration| 100.0 * time.as_secs_f64() / media_s;
    let mean = |count: usize| count as f64 / ticks as f64;
    Ok(json!({
        "ticks": ticks,
        "heard": mean(heard),
        "encodes": mean(encodes),
        "kbit_per_s": (bytes * 8) as f64 / media_s / 1_000.0 / mean(encodes).max(1.0),
        "percent_core": {
            "start": share(started),
            "receive_decode_and_mix": share(mixed),
            "encode": share(encoded),
        },
    }))
}
