//! What one client sends: its camera in one or more layers, its microphone, reports about both, repairs.
//!
//! Owned by a session, which seals and sends. Deals in clear packets and times; never touches a socket.

use super::description::{Agreed, Codec, SentLine, VOICE, sources};
use crate::material::{MAX_PAYLOAD_BYTES, Reel, Size, Stock, VOICE_TICKS};
use media_core::packet::rtcp::SenderReport;
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Sent packets that can be repeated, of each layer: two seconds.
const HISTORY: usize = 1_024;
/// Shortest time between two key frames that were asked for, as libwebrtc has it.
const KEY_INTERVAL: Duration = Duration::from_millis(300);
/// A browser's pacer sends this many times as fast as the encoder's rate.
const PACING: f64 = 2.5;
/// Between the NTP epoch and that of the system, in seconds.
const NTP_OFFSET_S: u64 = 2_208_988_800;
/// Pictures a second of every film, and the length of a packet of speech.
const FRAME_INTERVAL: Duration = Duration::from_millis(40);
const VOICE_INTERVAL: Duration = Duration::from_millis(20);
/// Layers by the names that servers give them.
const LAYERS: [(&str, Size); 3] = [("q", Size::Small), ("h", Size::Middle), ("f", Size::Large)];

/// How a picture's packets go out.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Profile {
    /// At once.
    #[default]
    Bursts,
    /// One by one, as a browser paces them.
    Spaced,
}

/// A packet to seal and send.
pub struct Clear {
    /// Packet index of its source.
    pub index: u64,
    pub header: Vec<u8>,
    pub payload: Arc<[u8]>,
    /// Not a repeat.
    pub is_first: bool,
}

struct Due {
    at: Instant,
    stream: usize,
    timestamp: u32,
    is_last: bool,
    /// Of a voice.
    level: u8,
    payload: Arc<[u8]>,
}

struct Sent {
    sequence: u16,
    timestamp: u32,
    is_last: bool,
    payload: Arc<[u8]>,
}

/// When the packets of one stream go out.
#[derive(Debug, Default)]
struct Pace {
    free_at: Option<Instant>,
}

impl Pace {
    /// The time of the next packet, of `len` bytes, whose picture is due at `due`: spaced, one behind the other,
    /// and a picture that takes longer than the distance of two holds up the next one.
    fn place(&mut self, profile: Profile, due: Instant, len: usize, rate_bps: u64) -> Instant {
        if profile != Profile::Spaced {
            return due;
        }
        let at = self.free_at.map_or(due, |free_at| free_at.max(due));
        self.free_at = Some(at + Duration::from_secs_f64(len as f64 * 8.0 / (rate_bps as f64 * PACING)));
        at
    }
}

/// One source.
struct Stream {
    ssrc: u32,
    repair_ssrc: u32,
    /// The picture; none for the voice.
    reel: Option<Reel>,
    rate_bps: u64,
    rid: Option<String>,
    next_index: u64,
    next_repair: u64,
    /// Of the voice.
    spoken: usize,
    timestamp: u32,
    clock_hz: u32,
    /// When the timestamp was true, for reports.
    timestamp_at: Instant,
    next_frame: Instant,
    wants_key: bool,
    last_key: Option<Instant>,
    pace: Pace,
    packets: u32,
    octets: u32,
    history: VecDeque<Sent>,
}

/// All that one client sends.
pub struct Sending {
    number: usize,
    stock: Arc<Stock>,
    profile: Profile,
    video: Option<SentLine>,
    audio: Option<SentLine>,
    streams: Vec<Stream>,
    queue: VecDeque<Due>,
    transport_sequence: u16,
    held_since: Option<Instant>,
    /// Layers that somebody watches, when the server tells.
    needed: Option<Vec<String>>,
    /// Key frames made because somebody asked.
    pub keys_asked: u64,
    /// Packets repeated.
    pub repeated: u64,
    /// Number of the client, and of its next packet, when packets are marked.
    mark: Option<(u32, u32)>,
}

/// Bytes of a mark.
const MARK_BYTES: usize = 8;

impl Sending {
    /// Begins at `now` with what was agreed; `number` is the client's.
    pub fn new(
        now: Instant,
        number: usize,
        agreed: &Agreed,
        codec: Codec,
        stock: Arc<Stock>,
        profile: Profile,
    ) -> Self {
        let mut streams = Vec::new();
        let stream = |place: usize, size: Option<Size>, rid: Option<String>| {
            let (ssrc, repair_ssrc) = sources(number, place);
            let timestamp = ssrc.wrapping_mul(2_654_435_761);
            let film = size.and_then(|size| stock.film(codec, size));
            let rate_bps = film.as_ref().map_or(0, |it| it.bits_per_second());
            let reel = film.map(|film| Reel::new(film, timestamp).starting_behind(number * 61));
            let is_picture = size.is_some();
            (reel.is_some() || !is_picture).then(|| Stream {
                ssrc,
                repair_ssrc,
                reel,
                rate_bps,
                rid,
                next_index: 1_000,
                next_repair: 1_000,
                spoken: number * 61,
                timestamp,
                clock_hz: if is_picture { 90_000 } else { 48_000 },
                timestamp_at: now,
                next_frame: now + Duration::from_millis(number as u64 * 7 % 40),
                wants_key: false,
                last_key: None,
                pace: Pace::default(),
                packets: 0,
                octets: 0,
                history: VecDeque::new(),
            })
        };
        if let Some(video) = &agreed.video {
            if video.rids.is_empty() {
                streams.extend(stream(0, Some(Size::Full), None));
            }
            for (place, rid) in video.rids.iter().enumerate() {
                let known = LAYERS.iter().find(|(name, _)| name == rid);
                let size = known.or(LAYERS.get(place)).map(|(_, size)| *size);
                streams.extend(stream(place, size, Some(rid.clone())));
            }
        }
        if agreed.audio.is_some() {
            streams.extend(stream(VOICE, None, None));
        }
        Self {
            number,
            profile,
            video: agreed.video.clone(),
            audio: agreed.audio.clone(),
            streams,
            queue: VecDeque::new(),
            transport_sequence: 0,
            held_since: None,
            needed: None,
            keys_asked: 0,
            repeated: 0,
            mark: None,
            stock,
        }
    }

    /// Ends every packet with who sent it and which it is. Where many send one film, only so can a receiver
    /// tell whose packet it has; pictures then decode with flaws.
    pub fn marked(mut self, is_marked: bool) -> Self {
        self.mark = is_marked.then_some((self.number as u32, 0));
        self
    }

    fn put_mark(&mut self, payload: &mut [u8]) {
        let Some((number, next)) = &mut self.mark else { return };
        let begins = payload.len().saturating_sub(MARK_BYTES);
        // Headers that servers read stay as they are.
        if begins >= 2 * MARK_BYTES {
            payload[begins..begins + 4].copy_from_slice(&number.to_be_bytes());
            payload[begins + 4..].copy_from_slice(&next.to_be_bytes());
            *next = next.wrapping_add(1);
        }
    }

    /// When [`Self::next`] has something.
    pub fn due_at(&self) -> Option<Instant> {
        if let Some(first) = self.queue.front() {
            return Some(first.at);
        }
        if self.held_since.is_some() {
            return None;
        }
        self.streams.iter().map(|it| it.next_frame).min()
    }

    /// Stops sending new pictures and sounds until [`Self::go_on`].
    pub fn hold(&mut self, now: Instant) {
        self.held_since.get_or_insert(now);
    }

    /// Goes on where it stopped. The media clocks have gone on meanwhile, as those of a camera do: a server
    /// that lines up layers by their reports would see them apart otherwise.
    pub fn go_on(&mut self, now: Instant) {
        if let Some(since) = self.held_since.take() {
            let stood = now.saturating_duration_since(since);
            for stream in &mut self.streams {
                stream.next_frame += stood;
                let ticks = (stood.as_secs_f64() * f64::from(stream.clock_hz)) as u32;
                stream.timestamp = stream.timestamp.wrapping_add(ticks);
                if let Some(reel) = &mut stream.reel {
                    reel.stand(ticks);
                }
            }
        }
    }

    /// Sends only these layers from now on; one that comes back begins with a key frame.
    pub fn need(&mut self, rids: Vec<String>) {
        for stream in self.streams.iter_mut().filter(|it| it.rid.is_some()) {
            let was =
                self.needed.as_ref().is_none_or(|all| all.iter().any(|it| Some(it) == stream.rid.as_ref()));
            stream.wants_key |= !was;
        }
        self.needed = Some(rids);
    }

    /// Whether nothing is on its way out.
    pub fn is_quiet(&self) -> bool {
        self.held_since.is_some() && self.queue.is_empty()
    }

    /// The next packet that is due.
    pub fn next(&mut self, now: Instant) -> Option<Clear> {
        if self.held_since.is_none() {
            for at in 0..self.streams.len() {
                while self.streams[at].next_frame <= now {
                    self.make(at, now);
                }
            }
        }
        if self.queue.front()?.at > now {
            return None;
        }
        let Due { stream, timestamp, is_last, level, payload, .. } = self.queue.pop_front()?;
        let index = self.streams[stream].next_index;
        let header = self.header(stream, index as u16, (timestamp, level), is_last, false);
        let it = &mut self.streams[stream];
        it.next_index += 1;
        it.packets = it.packets.wrapping_add(1);
        it.octets = it.octets.wrapping_add(payload.len() as u32);
        if it.reel.is_some() {
            if it.history.len() == HISTORY {
                it.history.pop_front();
            }
            it.history.push_back(Sent {
                sequence: index as u16,
                timestamp,
                is_last,
                payload: payload.clone(),
            });
        }
        Some(Clear { index, header, payload, is_first: true })
    }

    /// Puts the next picture or sound of a stream into the queue.
    fn make(&mut self, at: usize, now: Instant) {
        let stream = &mut self.streams[at];
        let due = stream.next_frame;
        stream.timestamp_at = due;
        let Some(reel) = &mut stream.reel else {
            stream.next_frame += VOICE_INTERVAL;
            stream.timestamp = stream.timestamp.wrapping_add(VOICE_TICKS);
            let spoken = self.stock.voice.packet(stream.spoken);
            stream.spoken += 1;
            let (timestamp, level) = (stream.timestamp, spoken.level);
            let mut payload = spoken.payload.to_vec();
            self.put_mark(&mut payload);
            let payload: Arc<[u8]> = payload.into();
            let due = Due { at: due, stream: at, timestamp, is_last: false, level, payload };
            return self.enqueue(due);
        };
        if let (Some(needed), Some(rid)) = (&self.needed, &stream.rid)
            && !needed.contains(rid)
        {
            stream.next_frame += FRAME_INTERVAL;
            reel.turn();
            return;
        }
        let may = stream.last_key.is_none_or(|last| now.saturating_duration_since(last) >= KEY_INTERVAL);
        if stream.wants_key && may {
            stream.wants_key = false;
            self.keys_asked += 1;
            reel.want_key();
        }
        stream.next_frame += FRAME_INTERVAL;
        let turn = reel.turn();
        if turn.is_key() {
            stream.last_key = Some(now);
        }
        stream.timestamp = turn.timestamp;
        let mut dues = Vec::with_capacity(turn.packets());
        for place in 0..turn.packets() {
            let mut payload = [0; MAX_PAYLOAD_BYTES];
            let len = turn.write(place, &mut payload);
            let (timestamp, is_last) = (turn.timestamp, place + 1 == turn.packets());
            dues.push(Due {
                at: stream.pace.place(self.profile, due, len, stream.rate_bps),
                stream: at,
                timestamp,
                is_last,
                level: 0,
                payload: payload[..len].into(),
            });
        }
        for mut due in dues {
            if self.mark.is_some() {
                let mut payload = due.payload.to_vec();
                self.put_mark(&mut payload);
                due.payload = payload.into();
            }
            self.enqueue(due);
        }
    }

    fn enqueue(&mut self, due: Due) {
        // Sound does not wait behind a picture that is still going out.
        let at = self.queue.iter().rposition(|it| it.at <= due.at).map_or(0, |at| at + 1);
        self.queue.insert(at, due);
    }

    fn header(
        &mut self,
        stream: usize,
        sequence: u16,
        (timestamp, level): (u32, u8),
        is_last: bool,
        repeats: bool,
    ) -> Vec<u8> {
        let stream = &self.streams[stream];
        let line = if stream.reel.is_some() { &self.video } else { &self.audio };
        let line = line.as_ref().expect("a stream stands on a line that was agreed");
        let mut extension = Vec::with_capacity(20);
        let mut put = |id: Option<u8>, value: &[u8]| {
            if let Some(id) = id.filter(|it| (1..=14).contains(it) && !value.is_empty()) {
                extension.push(id << 4 | (value.len() as u8 - 1));
                extension.extend_from_slice(value);
            }
        };
        put(line.transport_cc, &self.transport_sequence.to_be_bytes());
        put(line.mid_extension, line.mid.as_bytes());
        if stream.reel.is_none() {
            put(line.audio_level, &[level]);
        }
        if !repeats && let Some(rid) = &stream.rid {
            put(line.rid_extension, rid.as_bytes());
        }
        self.transport_sequence =
            self.transport_sequence.wrapping_add(u16::from(line.transport_cc.is_some()));
        let payload_type = if repeats { line.repair_type.unwrap_or_default() } else { line.payload_type };
        let ssrc = if repeats { stream.repair_ssrc } else { stream.ssrc };
        extension.resize(extension.len().next_multiple_of(4), 0);
        let mut header = vec![if extension.is_empty() { 0x80 } else { 0x90 }];
        header.push(u8::from(is_last) << 7 | payload_type);
        header.extend_from_slice(&sequence.to_be_bytes());
        header.extend_from_slice(&timestamp.to_be_bytes());
        header.extend_from_slice(&ssrc.to_be_bytes());
        if !extension.is_empty() {
            header.extend_from_slice(&[0xbe, 0xde]);
            header.extend_from_slice(&(extension.len() as u16 / 4).to_be_bytes());
            header.extend_from_slice(&extension);
        }
        header
    }

    /// Repeats what was asked for (RFC 4588), if it is still there.
    pub fn repeat(&mut self, ssrc: u32, sequence: u16) -> Option<Clear> {
        let at = self.streams.iter().position(|it| it.ssrc == ssrc)?;
        self.video.as_ref()?.repair_type?;
        let sent = self.streams[at].history.iter().find(|it| it.sequence == sequence)?;
        let mut payload = sequence.to_be_bytes().to_vec();
        payload.extend_from_slice(&sent.payload);
        let (timestamp, is_last) = (sent.timestamp, sent.is_last);
        let index = self.streams[at].next_repair;
        self.streams[at].next_repair += 1;
        self.repeated += 1;
        let header = self.header(at, index as u16, (timestamp, 0), is_last, true);
        Some(Clear { index, header, payload: payload.into(), is_first: false })
    }

    /// Somebody needs a key frame of this source.
    pub fn ask_key(&mut self, ssrc: u32) {
        if let Some(stream) = self.streams.iter_mut().find(|it| it.ssrc == ssrc && it.reel.is_some()) {
            stream.wants_key = true;
        }
    }

    /// Reports about all sources that have sent.
    pub fn reports(&self, now: Instant, wall_ns: u64) -> Vec<SenderReport> {
        let ntp = ((wall_ns / 1_000_000_000 + NTP_OFFSET_S) << 32)
            | (((wall_ns % 1_000_000_000) << 32) / 1_000_000_000);
        let report = |stream: &Stream| {
            let since = now.saturating_duration_since(stream.timestamp_at).as_secs_f64();
            SenderReport {
                ssrc: stream.ssrc,
                ntp,
                rtp_time: stream.timestamp.wrapping_add((since * f64::from(stream.clock_hz)) as u32),
                packets: stream.packets,
                octets: stream.octets,
            }
        };
        self.streams.iter().filter(|it| it.packets > 0).map(report).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_picture_longer_than_its_time_goes_before_the_next_one() {
        let start = Instant::now();
        let at = |profile| {
            let mut pace = Pace::default();
            // At 2.5 times 150 kbit/s, 1,200 bytes take 25.6 ms: four of them more than two pictures have.
            let key =
                [0, 0, 0, 0].map(|ms| pace.place(profile, start + Duration::from_millis(ms), 1_200, 150_000));
            let next = pace.place(profile, start + FRAME_INTERVAL, 300, 150_000);
            let calm = pace.place(profile, start + FRAME_INTERVAL * 10, 300, 150_000);
            [key[0], key[3], next, calm].map(|it| (it - start).as_millis())
        };
        assert_eq!(at(Profile::Spaced), [0, 76, 102, 400]);
        assert_eq!(at(Profile::Bursts), [0, 0, 40, 400]);
    }
}
