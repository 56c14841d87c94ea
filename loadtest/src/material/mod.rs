//! What clients send: a camera film in several sizes, and a voice, ready as RTP payloads.
//!
//! Read once at the start of a run from the folder that `deploy/setup/material.sh` fills, shared by all
//! senders; each plays it through a [`Reel`] of its own. Never encodes, and allocates nothing while
//! playing.

mod annex_b;
mod ivf;
mod made_up;
mod ogg;
mod payload;
mod stock;
mod units;

pub use payload::MAX_PAYLOAD_BYTES;
pub use stock::Stock;
pub use units::access_units;

use crate::client::Codec;
use crate::error::Failure;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

/// Ticks of the 90 kHz picture clock between two frames: 25 a second.
pub const FRAME_TICKS: u32 = 3_600;
/// Ticks of the 48 kHz sound clock in one packet of 20 ms.
pub const VOICE_TICKS: u32 = 960;
/// Samples of the level track in one packet of 20 ms, at 8 kHz.
const LEVEL_SAMPLES: usize = 160;
/// Level above which a packet counts as voice, in dB below the loudest (RFC 6464 section 3).
const VOICE_LEVEL: u8 = 45;
/// Bytes of a packet of a viewer beside its payload: RTP with two extensions, the tag, UDP and IP.
const PACKET_HEADERS: usize = 12 + 8 + 16 + 28;
/// What set-up makes when it is called.
const ADVICE: &str = "run `make setup-bench`";

/// The sizes that set-up makes, by the name in their files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Size {
    /// 180 lines, 150 kbit/s.
    Small,
    /// 360 lines, 500 kbit/s.
    Middle,
    /// 720 lines, 2,000 kbit/s.
    Large,
    /// 720 lines, 2,500 kbit/s: the one sender of the forwarding figure.
    Full,
}

impl Size {
    /// Layers of a simulcast camera, smallest first.
    pub const LAYERS: [Self; 3] = [Self::Small, Self::Middle, Self::Large];

    const fn stem(self) -> &'static str {
        match self {
            Self::Small => "180",
            Self::Middle => "360",
            Self::Large => "720",
            Self::Full => "720-2500",
        }
    }
}

/// One encoded frame, cut into payloads.
#[derive(Debug)]
struct Frame {
    is_key: bool,
    payloads: Vec<Box<[u8]>>,
}

/// One size of the film.
#[derive(Debug)]
pub struct Film {
    codec: Codec,
    frames: Vec<Frame>,
}

impl Film {
    /// Reads one size from the folder of set-up.
    ///
    /// # Errors
    /// `File`.
    pub fn open(folder: &Path, codec: Codec, size: Size) -> Result<Self, Failure> {
        let ending = if codec == Codec::Vp8 { "ivf" } else { "h264" };
        Self::read(&folder.join(format!("{}-{}.{ending}", codec.name(), size.stem())), codec)
    }

    /// Reads a file: VP8 in IVF, or H.264 as a byte stream with access unit delimiters.
    ///
    /// # Errors
    /// `File` when it cannot be read, is cut off, or does not begin with a key frame.
    pub fn read(file: &Path, codec: Codec) -> Result<Self, Failure> {
        let bytes = contents(file)?;
        let frames: Option<Vec<Frame>> = match codec {
            Codec::Vp8 => ivf::frames(&bytes).map(|frames| frames.into_iter().map(vp8_frame).collect()),
            Codec::H264 => {
                annex_b::pictures(&bytes).map(|pictures| pictures.iter().map(|it| h264_frame(it)).collect())
            }
        };
        match frames {
            Some(frames) if frames.first().is_some_and(|it| it.is_key) => Ok(Self { codec, frames }),
            _ => Err(failed(file, format!("no {} film that begins with a key frame", codec.name()))),
        }
    }

    /// Frames until it begins again.
    #[must_use]
    pub fn len(&self) -> usize {
        self.frames.len()
    }

    /// Never: a film has its first key frame.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.frames.is_empty()
    }

    #[must_use]
    pub const fn codec(&self) -> Codec {
        self.codec
    }

    /// Bits a second over the whole film on the wire of a viewer: with headers of RTP, SRTP, UDP and IP.
    #[must_use]
    pub fn wire_bits_per_second(&self) -> u64 {
        let packets: usize = self.frames.iter().map(|it| it.payloads.len()).sum();
        self.bits_per_second() + (packets * PACKET_HEADERS) as u64 * 8 * 25 / self.frames.len() as u64
    }

    /// Bits a second over the whole film, RTP headers not counted.
    #[must_use]
    pub fn bits_per_second(&self) -> u64 {
        let bytes: usize = self.frames.iter().flat_map(|it| &it.payloads).map(|it| it.len()).sum();
        bytes as u64 * 8 * 25 / self.frames.len() as u64
    }
}

fn vp8_frame(bytes: &[u8]) -> Frame {
    // The inverse key-frame bit (RFC 6386 section 9.1).
    Frame { is_key: bytes.first().is_some_and(|byte| byte & 1 == 0), payloads: payload::vp8(bytes) }
}

fn h264_frame(units: &[&[u8]]) -> Frame {
    Frame { is_key: units.iter().any(|it| it[0] & 0x1f == 5), payloads: payload::h264(units) }
}

/// A film being played by one sender, over and over.
///
/// Begins with a key frame, goes on to the next one after [`Self::want_key`] (the picture then jumps,
/// and decodes), numbers VP8 pictures without a gap.
#[derive(Clone, Debug)]
pub struct Reel {
    film: Arc<Film>,
    next: usize,
    picture: u16,
    timestamp: u32,
    is_key_wanted: bool,
}

impl Reel {
    /// `timestamp` is that of the first frame.
    #[must_use]
    pub fn new(film: Arc<Film>, timestamp: u32) -> Self {
        Self { film, next: 0, picture: 1, timestamp, is_key_wanted: false }
    }

    /// Begins at the first key frame behind `frames` others, so that senders of one film differ.
    #[must_use]
    pub fn starting_behind(mut self, frames: usize) -> Self {
        self.next = frames % self.film.len();
        self.is_key_wanted = true;
        self
    }

    /// The next frame shall be a key frame: a receiver asked for one (PLI or FIR).
    pub const fn want_key(&mut self) {
        self.is_key_wanted = true;
    }

    /// The film has stood still for so many ticks of the picture clock.
    pub const fn stand(&mut self, ticks: u32) {
        self.timestamp = self.timestamp.wrapping_add(ticks);
    }

    /// The frame that is due now.
    pub fn turn(&mut self) -> Turn<'_> {
        if std::mem::take(&mut self.is_key_wanted) {
            let frames = &self.film.frames;
            let later = (self.next..frames.len()).find(|at| frames[*at].is_key);
            self.next = later.unwrap_or(0);
        }
        let (at, timestamp, picture) = (self.next, self.timestamp, self.picture);
        self.next = (self.next + 1) % self.film.frames.len();
        self.timestamp = self.timestamp.wrapping_add(FRAME_TICKS);
        self.picture = (self.picture + 1) & 0x7fff;
        let frame = &self.film.frames[at];
        Turn { frame, timestamp, picture: (self.film.codec == Codec::Vp8).then_some(picture) }
    }
}

/// One frame on its way out.
#[derive(Clone, Copy, Debug)]
pub struct Turn<'a> {
    frame: &'a Frame,
    /// RTP timestamp of all its packets.
    pub timestamp: u32,
    picture: Option<u16>,
}

impl Turn<'_> {
    #[must_use]
    pub const fn is_key(&self) -> bool {
        self.frame.is_key
    }

    /// Packets of the frame; the last carries the marker.
    #[must_use]
    pub fn packets(&self) -> usize {
        self.frame.payloads.len()
    }

    /// Writes the payload of packet `number` to the start of `out`, which has room for
    /// [`MAX_PAYLOAD_BYTES`], and says how long it is.
    pub fn write(&self, number: usize, out: &mut [u8]) -> usize {
        let payload = &self.frame.payloads[number];
        out[..payload.len()].copy_from_slice(payload);
        if let Some(picture) = self.picture {
            payload::number_picture(out, picture);
        }
        payload.len()
    }
}

/// One packet of 20 ms of speech.
#[derive(Debug)]
pub struct Spoken {
    pub payload: Box<[u8]>,
    /// Voice bit and level, as the audio level extension has them (RFC 6464).
    pub level: u8,
}

/// Speech in Vietnamese, as Opus.
#[derive(Debug)]
pub struct Voice {
    packets: Vec<Spoken>,
}

impl Voice {
    /// Reads it from the folder of set-up.
    ///
    /// # Errors
    /// `File`.
    pub fn open(folder: &Path) -> Result<Self, Failure> {
        let file = folder.join("speech.ogg");
        let bytes = contents(&file)?;
        // The first two packets are the heading and the tags (RFC 7845 section 3).
        let packets = ogg::packets(&bytes).filter(|it| it.len() > 2);
        let Some(packets) = packets else { return Err(failed(&file, "no Opus in Ogg".to_owned())) };
        let levels = contents(&folder.join("speech.s16"))?;
        let mut levels = levels.chunks(LEVEL_SAMPLES * 2).map(level);
        let packets = packets.into_iter().skip(2);
        let packets = packets.map(|it| Spoken { payload: it.into(), level: levels.next().unwrap_or(127) });
        Ok(Self { packets: packets.collect() })
    }

    /// Until it begins again.
    #[must_use]
    pub fn length(&self) -> Duration {
        Duration::from_millis(20) * self.packets.len() as u32
    }

    /// Packet `number` of a sender that speaks without end.
    #[must_use]
    pub fn packet(&self, number: usize) -> &Spoken {
        &self.packets[number % self.packets.len()]
    }
}

/// Mean loudness of 16-bit samples below the loudest possible, and whether that is voice.
fn level(samples: &[u8]) -> u8 {
    let values = samples.chunks_exact(2).map(|it| f64::from(i16::from_le_bytes([it[0], it[1]])));
    let power = values.map(|it| it * it).sum::<f64>() / (samples.len() / 2).max(1) as f64;
    let below = -10.0 * (power / (32_768.0 * 32_768.0)).max(1e-13).log10();
    let level = below.round().clamp(0.0, 127.0) as u8;
    if level <= VOICE_LEVEL { level | 0x80 } else { level }
}

/// Where set-up puts things for this program: `name` in the target folder that the program itself
/// lies in, or the folder that the environment variable `DIEMCAU_BENCH` names.
#[must_use]
pub fn prepared(name: &str) -> PathBuf {
    if let Some(folder) = std::env::var_os("DIEMCAU_BENCH") {
        return PathBuf::from(folder).join(name);
    }
    let program = std::env::current_exe().unwrap_or_default();
    // target/PROFILE/loadtest, or target/PROFILE/deps/test-….
    let found = program.ancestors().skip(2).map(|it| it.join(name)).find(|it| it.is_dir());
    found.unwrap_or_else(|| PathBuf::from("target").join(name))
}

fn contents(file: &Path) -> Result<Vec<u8>, Failure> {
    std::fs::read(file).map_err(|failure| failed(file, format!("{failure}; {ADVICE}")))
}

fn failed(file: &Path, said: String) -> Failure {
    Failure::File { file: file.display().to_string(), said }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn film(keys: &[bool]) -> Arc<Film> {
        let frame =
            |is_key: &bool| Frame { is_key: *is_key, payloads: payload::vp8(&[u8::from(!is_key), 7]) };
        Arc::new(Film { codec: Codec::Vp8, frames: keys.iter().map(frame).collect() })
    }

    fn turns(reel: &mut Reel, count: usize) -> Vec<(bool, u32, u16)> {
        let one = |_| {
            let turn = reel.turn();
            let mut out = [0; MAX_PAYLOAD_BYTES];
            assert_eq!(turn.write(0, &mut out), 6);
            (turn.is_key(), turn.timestamp, u16::from_be_bytes([out[2], out[3]]) & 0x7fff)
        };
        (0..count).map(one).collect()
    }

    #[test]
    fn a_film_goes_on_from_its_end_without_a_gap_in_its_numbers() {
        let mut reel = Reel::new(film(&[true, false]), u32::MAX - FRAME_TICKS + 1);
        assert_eq!(turns(&mut reel, 3), [(true, u32::MAX - 3_599, 1), (false, 0, 2), (true, 3_600, 3)]);
    }

    #[test]
    fn a_wanted_key_frame_is_the_next_frame() {
        let mut reel = Reel::new(film(&[true, false, false, true, false]), 0);
        turns(&mut reel, 2);
        reel.want_key();
        assert_eq!(turns(&mut reel, 2), [(true, 7_200, 3), (false, 10_800, 4)]);
        reel.want_key();
        reel.stand(90_000);
        assert_eq!(turns(&mut reel.clone(), 1)[0].1, 14_400 + 90_000, "time goes on while it stands");
        assert!(turns(&mut reel, 1)[0].0, "from the start again when no later one is left");
    }

    #[test]
    fn loud_is_voice_and_silence_is_not() {
        let loud: Vec<u8> =
            (0..160).flat_map(|at| if at % 2 == 0 { 8_000_i16 } else { -8_000 }.to_le_bytes()).collect();
        assert_eq!(level(&loud), 0x80 | 12);
        assert_eq!(level(&[0; 320]), 127);
    }
}
