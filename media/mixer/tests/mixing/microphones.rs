//! Microphones that send plain tones, and ears that find them in what comes back: the media server's end of the
//! mixer's connection for sound.
//!
//! Held by `hall`, used by the tests of voices.

use crate::hall::{VOICE_LEG, demo};
use media_control::{LegId, ParticipantId, Rid, Source};
use media_relay::{Audience, Codec, ConferenceWord, LegWord, News, PacketHead, RelayClient, StreamName};
use opus::{Application, Channels, Decoder, Encoder};
use std::collections::{BTreeMap, VecDeque};
use std::f32::consts::TAU;
use std::time::{Duration, Instant};

const RATE: u32 = 48_000;
const FRAME: usize = 960;
const TICK: Duration = Duration::from_millis(20);
/// Newest samples that an ear remembers: 400 ms.
const REMEMBERED: usize = 19_200;
/// A tone that is less strong is not there: microphones send a fifth of full scale.
const AUDIBLE: f32 = 0.02;

/// Somebody's microphone: one tone, coded.
pub struct Microphone {
    pub participant: ParticipantId,
    pub leg: LegId,
    pub hertz: f32,
    /// 127 where the sender says nothing of it.
    pub level: Option<u8>,
    pub is_on: bool,
    encoder: Encoder,
    packets: u64,
    /// What becomes of its packets on the way: number of the packet, payload.
    pub spoils: fn(u64, &[u8]) -> Option<Vec<u8>>,
}

impl Microphone {
    pub fn new(number: u32, hertz: f32) -> Self {
        Self {
            participant: ParticipantId(number),
            leg: LegId(u64::from(number) + 100),
            hertz,
            level: Some(20),
            is_on: true,
            encoder: Encoder::new(RATE, Channels::Mono, Application::Voip).expect("an encoder"),
            packets: 0,
            spoils: |_, payload| Some(payload.to_vec()),
        }
    }

    /// The next 20 ms.
    pub fn send(&mut self, relay: &mut RelayClient) {
        let number = self.packets;
        self.packets += 1;
        let sample = |at: usize| {
            let at = number * FRAME as u64 + at as u64;
            // Whole turns are left out, so that no precision is lost.
            let turns = (at as f64 * f64::from(self.hertz) / f64::from(RATE)).fract();
            0.2 * (turns as f32 * TAU).sin()
        };
        let frame: [f32; FRAME] = std::array::from_fn(sample);
        let coded = self.encoder.encode_vec_float(&frame, 1_275).expect("a packet");
        let head = PacketHead {
            stream: StreamName { leg: self.leg, source: Source::Microphone, layer: Rid::Q },
            arrived_us: relay.now_us(),
            sequence: number,
            epoch: 1,
            timestamp: (number * FRAME as u64) as u32,
            marker: false,
            codec: Codec::Opus,
            descriptor_len: 0,
            audio_level: self.level.map(|level| (level, true)),
            audience: Audience::ALL,
        };
        if let Some(payload) = (self.spoils)(number, &coded) {
            relay.send(head, &payload);
        }
    }
}

/// Somebody who hears mixed sound.
pub struct Ear {
    decoder: Decoder,
    heard: VecDeque<f32>,
    pub packets: u64,
    /// Packets whose number or time does not follow from those of the one before.
    pub jumps: u64,
    /// Of the newest packet.
    pub sequence: u64,
    pub timestamp: u32,
}

impl Default for Ear {
    fn default() -> Self {
        let decoder = Decoder::new(RATE, Channels::Mono).expect("a decoder");
        Self { decoder, heard: VecDeque::new(), packets: 0, jumps: 0, sequence: 0, timestamp: 0 }
    }
}

impl Ear {
    pub fn take(&mut self, head: &PacketHead, payload: &[u8]) {
        assert_eq!((head.codec, head.stream.source), (Codec::Opus, Source::Microphone));
        let mut frame = [0.0; FRAME];
        let samples = self.decoder.decode_float(payload, &mut frame, false).expect("well coded");
        self.heard.extend(&frame[..samples]);
        let old = self.heard.len().saturating_sub(REMEMBERED);
        self.heard.drain(..old);
        let steps = head.sequence.wrapping_sub(self.sequence);
        let time = head.timestamp.wrapping_sub(self.timestamp);
        // To the microsecond; a round that comes late says so in its time.
        let follows = steps == 1 && time > 900 && (time + 2) % FRAME as u32 <= 4;
        self.jumps += u64::from(self.packets > 0 && !follows);
        self.packets += 1;
        (self.sequence, self.timestamp) = (head.sequence, head.timestamp);
    }

    /// Whether the tone is in what was heard last.
    pub fn hears(&mut self, hertz: f32) -> bool {
        let samples = self.heard.make_contiguous();
        samples.len() == REMEMBERED && strength(samples, hertz) > AUDIBLE
    }
}

/// All sound of the hall.
#[derive(Default)]
pub struct Sounds {
    relay: Option<RelayClient>,
    pub microphones: Vec<Microphone>,
    /// What is published as sound, as somebody hears it who is nobody.
    pub ears: BTreeMap<LegId, Ear>,
    /// As each owner of a microphone hears it.
    pub own_ears: BTreeMap<ParticipantId, Ear>,
    /// What is published as sound, by whose it is.
    pub published: BTreeMap<LegId, ParticipantId>,
    /// The mixer attends the conference.
    is_attended: bool,
    next: Option<Instant>,
}

impl Sounds {
    /// The mixer has connected, or is gone.
    pub fn meet(&mut self, relay: Option<RelayClient>) {
        (self.relay, self.is_attended) = (relay, false);
    }

    /// One turn: hears what was said, sends what is due.
    pub fn run(&mut self) {
        self.listen();
        let due = self.next.get_or_insert_with(Instant::now);
        while Instant::now() >= *due {
            *due += TICK;
            if let Some(relay) = self.relay.as_mut().filter(|_| self.is_attended) {
                self.microphones.iter_mut().filter(|it| it.is_on).for_each(|it| it.send(relay));
            }
        }
    }

    fn listen(&mut self) {
        let Some(open) = &mut self.relay else { return };
        for _ in 0..500 {
            match open.next(Duration::ZERO) {
                Ok(None) => return,
                Err(_) => return self.relay = None,
                Ok(Some(News::Conference { word: ConferenceWord::Attends { is_attending }, .. })) => {
                    self.is_attended = is_attending;
                    for microphone in self.microphones.iter().filter(|_| is_attending) {
                        open.publish(&demo(), microphone.leg, microphone.participant);
                    }
                }
                Ok(Some(News::Conference { word: ConferenceWord::Joined { leg, participant }, .. })) => {
                    self.published.insert(leg, participant);
                }
                Ok(Some(News::Leg { leg, word: LegWord::Left, .. })) => {
                    self.published.remove(&leg);
                }
                Ok(Some(News::Packet { head, payload })) => {
                    let audience = head.audience;
                    let has = |who: &ParticipantId| audience.named().contains(who) == audience.is_only();
                    if !audience.is_only() {
                        self.ears.entry(head.stream.leg).or_default().take(&head, &payload);
                    }
                    let owners = self.microphones.iter().map(|it| it.participant);
                    for owner in owners.filter(|it| has(it) && head.stream.leg == VOICE_LEG) {
                        self.own_ears.entry(owner).or_default().take(&head, &payload);
                    }
                }
                Ok(Some(_)) => {}
            }
        }
    }

    /// Whether the mixed sound for all holds these tones.
    pub fn hears(&mut self, tones: &[f32]) -> bool {
        let ear = self.ears.entry(VOICE_LEG).or_default();
        tones.iter().all(|hertz| ear.hears(*hertz))
    }
}

/// Amplitude of one frequency (Goertzel).
fn strength(samples: &[f32], hertz: f32) -> f32 {
    let step = TAU * hertz / RATE as f32;
    let (mut before, mut last) = (0.0, 0.0);
    for sample in samples {
        (before, last) = (last, sample + 2.0 * step.cos() * last - before);
    }
    let power = last * last + before * before - 2.0 * step.cos() * last * before;
    2.0 * power.max(0.0).sqrt() / samples.len() as f32
}
