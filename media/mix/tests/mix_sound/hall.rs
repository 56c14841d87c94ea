//! Microphones that send Opus over simulated ways, and what is heard of them.

use media_mix::sound::{Clock, FRAME, Level, Mixer, Mixing, Packet, Round, SourceId};
use opus::{Application, Channels, Encoder};
use std::f32::consts::TAU;

pub const RATE: f32 = 48_000.0;
pub const TICK_US: u64 = 20_000;

/// What a microphone hears: the sample at each place of its time.
pub type Sound = Box<dyn Fn(usize) -> f32>;

pub fn tone(hertz: f32, amplitude: f32) -> Sound {
    Box::new(move |at| amplitude * (at as f32 * TAU * hertz / RATE).sin())
}

/// Something like a voice: a pitch that moves, with overtones, in syllables.
pub fn voice() -> Sound {
    Box::new(|at| {
        let seconds = at as f32 / 48_000.0;
        let pitch = 130.0 + 25.0 * (seconds * 5.0).sin();
        let syllable = (seconds * std::f32::consts::PI * 3.0).sin().abs();
        let overtones = (1..12).map(|it| tone(pitch * it as f32, 0.25 / it as f32)(at));
        syllable * overtones.sum::<f32>() * 0.8
    })
}

/// One microphone and its way here.
pub struct Microphone {
    pub source: SourceId,
    sound: Sound,
    encoder: Encoder,
    samples: usize,
    at: usize,
    sequence: u64,
    /// Timestamp of its first sample.
    pub first_timestamp: u32,
    /// When the first sample was captured.
    pub began_us: u64,
    /// How long a packet is on its way, by its number; `None` when it gets lost.
    pub way_us: Box<dyn Fn(u64) -> Option<u64>>,
    pub says_level: bool,
    leaves_out: bool,
    /// Packets on their way, with their arrival.
    coming: Vec<(u64, Owned)>,
}

/// A packet on its way.
#[derive(Clone)]
pub struct Owned {
    pub payload: Vec<u8>,
    pub sequence: u64,
    pub timestamp: u32,
    pub level: Option<Level>,
}

impl Microphone {
    pub fn new(number: u64, sound: Sound) -> Self {
        let mut encoder = Encoder::new(48_000, Channels::Mono, Application::Voip).expect("an encoder");
        encoder.set_bitrate(opus::Bitrate::Bits(32_000)).expect("a rate");
        Self {
            source: SourceId(number),
            sound,
            encoder,
            samples: FRAME,
            at: 0,
            sequence: 70_000 * number,
            first_timestamp: 0xffff_0000_u32.wrapping_add(number as u32 * 77_777),
            began_us: 1_000_000,
            way_us: Box::new(|_| Some(10_000)),
            says_level: true,
            leaves_out: false,
            coming: Vec::new(),
        }
    }

    /// With copies of each packet in the next one.
    pub fn with_copies(mut self, percent: i32) -> Self {
        self.encoder.set_inband_fec(true).expect("takes it");
        self.encoder.set_packet_loss_perc(percent).expect("takes it");
        self
    }

    /// Leaves out what is silent, as browsers do when asked to (DTX).
    pub fn leaving_out(mut self) -> Self {
        self.encoder.set_dtx(true).expect("takes it");
        self.leaves_out = true;
        self
    }

    /// With packets of another length.
    pub fn with_packets_of(mut self, samples: usize) -> Self {
        self.samples = samples;
        self
    }

    /// Nothing where it is left out: the timestamp goes on, the number does not.
    fn make(&mut self) -> Option<Owned> {
        let pcm: Vec<f32> = (self.at..self.at + self.samples).map(|at| (self.sound)(at)).collect();
        let power = pcm.iter().map(|it| it * it).sum::<f32>() / pcm.len() as f32;
        let level = Level((-10.0 * power.max(1e-13).log10()).clamp(0.0, 127.0) as u8);
        let payload = self.encoder.encode_vec_float(&pcm, 1_500).expect("encodes");
        let timestamp = self.first_timestamp.wrapping_add(self.at as u32);
        let packet =
            Owned { payload, sequence: self.sequence, timestamp, level: self.says_level.then_some(level) };
        self.at += self.samples;
        if self.leaves_out && packet.payload.len() <= 2 {
            return None;
        }
        self.sequence += 1;
        Some(packet)
    }

    /// When its next packet is complete.
    fn next_us(&self) -> u64 {
        self.began_us + ((self.at + self.samples) as f64 / 0.048) as u64
    }

    /// What arrives up to a moment.
    pub fn arrived(&mut self, now_us: u64) -> Vec<(u64, Owned)> {
        let mut number = (self.at / self.samples) as u64;
        while self.next_us() <= now_us {
            let sent_us = self.next_us();
            let packet = self.make();
            if let (Some(packet), Some(way_us)) = (packet, (self.way_us)(number)) {
                self.coming.push((sent_us + way_us, packet));
            }
            number += 1;
        }
        self.coming.sort_by_key(|it| it.0);
        let count = self.coming.partition_point(|it| it.0 <= now_us);
        self.coming.drain(..count).collect()
    }

    pub fn clock(&self) -> Clock {
        Clock { timestamp: self.first_timestamp, at_us: self.began_us }
    }
}

impl Owned {
    pub fn at(&self, arrival_us: u64) -> Packet<'_> {
        Packet {
            payload: &self.payload,
            sequence: self.sequence,
            timestamp: self.timestamp,
            arrival_us,
            level: self.level,
        }
    }
}

/// Microphones and the mixer that they send to.
pub struct Hall {
    pub mixer: Mixer,
    pub microphones: Vec<Microphone>,
    pub now_us: u64,
}

impl Hall {
    pub fn new(mixing: Mixing, microphones: Vec<Microphone>) -> Self {
        Self { mixer: Mixer::new(mixing).expect("decoders"), microphones, now_us: 1_000_000 }
    }

    /// Without AGC, so that amplitudes can be compared.
    pub fn plain(microphones: Vec<Microphone>) -> Self {
        Self::new(Mixing { is_levelled: false, ..Mixing::default() }, microphones)
    }

    pub fn tick(&mut self) -> Round {
        self.now_us += TICK_US;
        for microphone in &mut self.microphones {
            for (arrival_us, packet) in microphone.arrived(self.now_us) {
                self.mixer.receive(microphone.source, &packet.at(arrival_us));
            }
        }
        self.mixer.tick(self.now_us)
    }

    pub fn rounds(&mut self, count: usize) -> Vec<Round> {
        (0..count).map(|_| self.tick()).collect()
    }
}

/// The common output of rounds, end to end.
pub fn common(rounds: &[Round]) -> Vec<f32> {
    rounds.iter().flat_map(|it| it.common.iter().copied()).collect()
}

/// What this one hears.
pub fn heard_by(rounds: &[Round], listener: u64) -> Vec<f32> {
    rounds.iter().flat_map(|it| it.frame_for(Some(SourceId(listener))).to_vec()).collect()
}

/// Amplitude of one frequency (Goertzel).
pub fn power_at(samples: &[f32], rate: f32, hertz: f32) -> f32 {
    let (mut sine, mut cosine) = (0.0_f64, 0.0_f64);
    for (at, sample) in samples.iter().enumerate() {
        let angle = at as f64 * f64::from(TAU * hertz / rate);
        sine += f64::from(*sample) * angle.sin();
        cosine += f64::from(*sample) * angle.cos();
    }
    (2.0 * sine.hypot(cosine) / samples.len() as f64) as f32
}
