//! Sound without a gap: what was said where something was said, silence everywhere else.
//!
//! Players and muxers stop when sound stops, and the mixer sends none while nobody speaks.

use super::timeline::Timeline;
use media_relay::{Codec, PacketHead};
use std::collections::VecDeque;

pub const SAMPLE_RATE: u32 = 48_000;
pub const CHANNELS: usize = 2;
/// Samples of each channel in 20 ms.
pub const FRAME_SAMPLES: usize = 960;
const FRAME_US: u64 = 20_000;
/// Sound that comes later than this is silence.
const LATE_US: u64 = 300_000;
/// Longest packet of Opus: 120 ms.
const PACKET_SAMPLES: usize = 5_760;
/// Most that waits: a packet so far ahead of the clock is of a stream that lies.
const AHEAD_SAMPLES: usize = 2 * SAMPLE_RATE as usize;

/// See the module's text.
pub struct Sound {
    decoder: opus::Decoder,
    timeline: Timeline,
    epoch: Option<u32>,
    /// Time of the first sample that waits.
    from_us: u64,
    waiting: VecDeque<i16>,
    decoded: Vec<i16>,
}

impl Sound {
    /// Sound from `now_us` on.
    ///
    /// # Errors
    /// The library has no memory.
    pub fn new(now_us: u64) -> Result<Self, opus::Error> {
        Ok(Self {
            decoder: opus::Decoder::new(SAMPLE_RATE, opus::Channels::Stereo)?,
            timeline: Timeline::new(u64::from(SAMPLE_RATE)),
            epoch: None,
            from_us: now_us.saturating_sub(LATE_US),
            waiting: VecDeque::new(),
            decoded: vec![0; PACKET_SAMPLES * CHANNELS],
        })
    }

    /// Takes a packet; what cannot be decoded is silence.
    pub fn put(&mut self, head: &PacketHead, payload: &[u8]) {
        if !matches!(head.codec, Codec::Opus | Codec::OpusStereo) {
            return;
        }
        if self.epoch.replace(head.epoch) != Some(head.epoch) {
            self.timeline.restart();
        }
        let at_us = self.timeline.at(head.arrived_us, head.timestamp);
        let Ok(samples) = self.decoder.decode(payload, &mut self.decoded, false) else { return };
        // Rounded, because times are kept in whole µs.
        let place = (at_us.saturating_sub(self.from_us) * u64::from(SAMPLE_RATE) + 500_000) / 1_000_000;
        let (place, waiting) = (place as usize, self.waiting.len() / CHANNELS);
        if at_us < self.from_us || place + samples > AHEAD_SAMPLES {
            return;
        }
        // A sample more or less is no gap but the rounding of a clock.
        let gap = if place > waiting + 1 { place - waiting } else { 0 };
        let known = if place + 1 < waiting { waiting - place } else { 0 };
        self.waiting.extend(std::iter::repeat_n(0, gap * CHANNELS));
        self.waiting.extend(self.decoded[..samples * CHANNELS].iter().skip(known * CHANNELS));
    }

    /// The next 20 ms that nothing more is waited for, with their time.
    pub fn next(&mut self, now_us: u64) -> Option<(u64, Vec<i16>)> {
        let at_us = self.from_us;
        if now_us < at_us + FRAME_US + LATE_US {
            return None;
        }
        self.from_us += FRAME_US;
        let count = self.waiting.len().min(FRAME_SAMPLES * CHANNELS);
        let mut frame: Vec<i16> = self.waiting.drain(..count).collect();
        frame.resize(FRAME_SAMPLES * CHANNELS, 0);
        Some((at_us, frame))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use media_control::{LegId, Rid, Source};
    use media_relay::{Audience, StreamName};

    fn head(number: u64, arrived_us: u64) -> PacketHead {
        PacketHead {
            stream: StreamName { leg: LegId(1), source: Source::Microphone, layer: Rid::Q },
            arrived_us,
            sequence: number,
            epoch: 1,
            timestamp: number as u32 * 960,
            marker: false,
            codec: Codec::Opus,
            descriptor_len: 0,
            audio_level: None,
            audience: Audience::ALL,
        }
    }

    fn loudness(frame: &[i16]) -> u64 {
        frame.iter().map(|it| u64::from(it.unsigned_abs())).sum::<u64>() / frame.len() as u64
    }

    #[test]
    fn silence_stands_where_nobody_spoke_and_time_has_no_gap() {
        let mut encoder = opus::Encoder::new(SAMPLE_RATE, opus::Channels::Mono, opus::Application::Voip)
            .expect("an encoder");
        let tone: Vec<i16> =
            (0..FRAME_SAMPLES).map(|n| if n / 48 % 2 == 0 { 9_000 } else { -9_000 }).collect();
        let start = 10_000_000;
        let mut sound = Sound::new(start).expect("a decoder");
        let (mut times, mut loud) = (Vec::new(), Vec::new());
        for number in 0..150_u64 {
            let now = start + number * FRAME_US;
            // Spoken from one second to two.
            if (50..100).contains(&number) {
                let packet = encoder.encode_vec(&tone, 1_000).expect("a packet");
                // Each is up to 15 ms late.
                sound.put(&head(number, now + number % 4 * 5_000), &packet);
            }
            while let Some((at, frame)) = sound.next(now) {
                times.push(at);
                loud.push(loudness(&frame) > 1_000);
            }
        }
        assert!(times.windows(2).all(|it| it[1] == it[0] + FRAME_US));
        let first = loud.iter().position(|it| *it).expect("heard");
        assert!(times[first].abs_diff(start + 1_000_000) <= 20_000, "{}", times[first]);
        assert!((48..=52).contains(&loud.iter().filter(|it| **it).count()));
    }

    #[test]
    fn nonsense_is_silence() {
        let mut sound = Sound::new(1_000_000).expect("a decoder");
        sound.put(&head(0, 1_000_000), &[0xff; 3]);
        sound.put(&head(1, 90_000_000), &[0x08; 60]);
        let (_, frame) = sound.next(2_000_000).expect("a frame");
        assert_eq!(loudness(&frame), 0);
    }
}
