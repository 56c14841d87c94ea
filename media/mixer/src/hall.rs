//! One conference as the mixer takes part in it: who is there over which connection, whose pictures are decoded,
//! who speaks.
//!
//! Owned by `process`. Pure but for the decoders inside: what is to be said to the media servers leaves as
//! values, time is a parameter.

use crate::camera::Camera;
use crate::clock::SenderClock;
use crate::lips::Lips;
use crate::reorder::Arrived;
use crate::tally::Tally;
use bytes::Bytes;
use media_control::{ConferenceId, LegId, ParticipantId, ProgrammeFigures, Rid, Source};
use media_mix::compose::{Scaler, Sources};
use media_mix::layout::Layer;
use media_mix::seating::{Loudness, SourceId};
use media_relay::{ConferenceWord, LegWord, PacketHead, StreamName};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::time::Duration;

/// Most connections of one conference that are remembered; nobody beyond is seen.
const LEG_LIMIT: usize = 2_048;
/// A voice of which nothing came for so long is silent.
const VOICE_FRESH: Duration = Duration::from_millis(400);

/// What a media server is to be told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Say {
    /// To all.
    Conference(ConferenceWord),
    /// To the one that has the leg.
    Leg { link: usize, leg: LegId, word: LegWord },
}

/// The number of a source among those of its conference.
#[must_use]
pub const fn source_id(participant: ParticipantId, source: Source) -> SourceId {
    SourceId((participant.0 as u64) << 1 | matches!(source, Source::Screen) as u64)
}

const fn owner(id: SourceId) -> (ParticipantId, Source) {
    let source = if id.0 & 1 == 1 { Source::Screen } else { Source::Camera };
    (ParticipantId((id.0 >> 1) as u32), source)
}

/// See the module's text.
pub struct Hall {
    pub conference: ConferenceId,
    /// Whose each connection is, and the number of the media server that has it.
    legs: HashMap<LegId, (ParticipantId, usize)>,
    clocks: HashMap<LegId, SenderClock>,
    cameras: BTreeMap<SourceId, Camera>,
    /// How loud people say that they are, and how loud they were when their sound was mixed.
    voices: HashMap<ParticipantId, (Loudness, Duration)>,
    mixed: HashMap<ParticipantId, (Loudness, Duration)>,
    /// How long its voices or pictures wait for each other.
    pub lips: Lips,
    pub scaler: Scaler,
    /// What its sources took since the last report.
    pub figures: ProgrammeFigures,
}

impl Hall {
    #[must_use]
    pub fn new(conference: ConferenceId) -> Self {
        Self {
            conference,
            legs: HashMap::new(),
            clocks: HashMap::new(),
            cameras: BTreeMap::new(),
            voices: HashMap::new(),
            mixed: HashMap::new(),
            lips: Lips::default(),
            scaler: Scaler::default(),
            figures: ProgrammeFigures::default(),
        }
    }

    /// A connection has come; what to say so that its picture comes too.
    pub fn joined(&mut self, now: Duration, link: usize, leg: LegId, participant: ParticipantId) -> Vec<Say> {
        if participant.is_programme() || (self.legs.len() >= LEG_LIMIT && !self.legs.contains_key(&leg)) {
            return Vec::new();
        }
        let is_known = self.legs.insert(leg, (participant, link)).is_some();
        let mut said = Vec::new();
        for source in [Source::Camera, Source::Screen] {
            let Some(camera) = self.cameras.get_mut(&source_id(participant, source)) else { continue };
            if !is_known && camera.leg != Some(leg) {
                camera.moves(now, leg);
            }
            let word = LegWord::LayersNeeded { source, layers: camera.bits() };
            said.push(Say::Leg { link, leg, word });
        }
        said
    }

    pub fn left(&mut self, leg: LegId) {
        self.clocks.remove(&leg);
        let Some((participant, _)) = self.legs.remove(&leg) else { return };
        if !self.legs.values().any(|(of, _)| *of == participant) {
            self.voices.remove(&participant);
            self.mixed.remove(&participant);
        }
        for camera in self.cameras.values_mut().filter(|camera| camera.leg == Some(leg)) {
            camera.leg = None;
        }
    }

    /// What a sender says of its clock: RTP time `timestamp` was captured at `ntp`, told at `at_us`.
    pub fn note_clock(&mut self, at_us: u64, stream: StreamName, ntp: u64, timestamp: u32) {
        let StreamName { leg, source, layer } = stream;
        if self.legs.contains_key(&leg) {
            self.clocks.entry(leg).or_default().note(at_us, source, layer, ntp, timestamp);
        }
    }

    /// When the picture of a source was captured, by its sender's reports or else by its arrival.
    pub fn captured_us(&self, source: SourceId) -> Option<u64> {
        self.cameras.get(&source)?.captured_us
    }

    /// A packet of somebody here.
    pub fn packet(&mut self, now: Duration, head: &PacketHead, mut payload: Vec<u8>, tally: &mut Tally) {
        let leg = head.stream.leg;
        let Some((participant, _)) = self.legs.get(&leg) else { return };
        let source = head.stream.source;
        if source == Source::Microphone {
            // The voice activity bit is the browser's word and missing from many.
            if let Some((level, _)) = head.audio_level {
                self.voices.insert(*participant, (Loudness(level), now));
            }
            return;
        }
        let Some(camera) = self.cameras.get_mut(&source_id(*participant, source)) else { return };
        if camera.leg != Some(leg) {
            camera.moves(now, leg);
        }
        let start = usize::from(head.descriptor_len).min(payload.len());
        let packet = Arrived {
            epoch: head.epoch,
            sequence: head.sequence,
            timestamp: head.timestamp,
            marker: head.marker,
            codec: head.codec,
            payload: Bytes::from(payload.split_off(start)),
        };
        let StreamName { layer: rid, .. } = head.stream;
        let clock = self.clocks.get(&leg);
        let captured = clock.and_then(|it| it.captured_us(head.arrived_us, source, rid, head.timestamp));
        camera.put(now, layer(rid), packet, captured.unwrap_or(head.arrived_us), tally);
    }

    /// The pictures that are needed from now on.
    pub fn need(&mut self, now: Duration, needed: &BTreeMap<SourceId, BTreeSet<Layer>>) -> Vec<Say> {
        let mut said = Vec::new();
        let gone: Vec<SourceId> =
            self.cameras.keys().filter(|id| !needed.contains_key(id)).copied().collect();
        for id in gone {
            let camera = self.cameras.remove(&id);
            let (participant, source) = owner(id);
            if let Some((link, leg)) = camera.and_then(|it| self.way(it.leg?)) {
                said.push(Say::Leg { link, leg, word: LegWord::LayersNeeded { source, layers: 0 } });
            }
            let word = ConferenceWord::Wanted { participant, source, is_wanted: false };
            said.push(Say::Conference(word));
        }
        for (id, layers) in needed {
            let (participant, source) = owner(*id);
            if !self.cameras.contains_key(id) {
                let newest = self.legs.iter().filter(|(_, (of, _))| *of == participant).map(|(leg, _)| *leg);
                self.cameras.insert(*id, Camera::new(newest.max(), now));
                let word = ConferenceWord::Wanted { participant, source, is_wanted: true };
                said.push(Say::Conference(word));
            }
            let Some(camera) = self.cameras.get_mut(id) else { continue };
            if !camera.want(now, layers) {
                continue;
            }
            let (bits, leg) = (camera.bits(), camera.leg);
            if let Some((link, leg)) = leg.and_then(|leg| self.way(leg)) {
                said.push(Say::Leg { link, leg, word: LegWord::LayersNeeded { source, layers: bits } });
            }
        }
        said
    }

    /// Time has passed: what is late is given up, key frames are asked for.
    pub fn turn(&mut self, now: Duration, tally: &mut Tally) -> Vec<Say> {
        let mut said = Vec::new();
        for (id, camera) in &mut self.cameras {
            if !camera.turn(now, tally) {
                continue;
            }
            let way = camera.leg.and_then(|leg| Some((self.legs.get(&leg)?.1, leg)));
            if let Some((link, leg)) = way {
                tally.0.keyframes_asked += 1;
                said.push(Say::Leg { link, leg, word: LegWord::KeyframeNeeded { source: owner(*id).1 } });
            }
        }
        said
    }

    fn way(&self, leg: LegId) -> Option<(usize, LegId)> {
        self.legs.get(&leg).map(|(_, link)| (*link, leg))
    }

    /// The pictures of this moment.
    #[must_use]
    pub fn sources(&self, now: Duration) -> Sources {
        self.cameras.iter().map(|(id, camera)| (*id, camera.source(now))).collect()
    }

    /// How loud somebody is, where something was heard just now.
    #[must_use]
    pub fn loudness(&self, now: Duration, participant: ParticipantId) -> Option<Loudness> {
        let told = [&self.voices, &self.mixed].into_iter().filter_map(|it| it.get(&participant));
        let mut fresh = told.filter(|(_, at)| now.saturating_sub(*at) < VOICE_FRESH);
        fresh.next().map(|(loudness, _)| *loudness)
    }

    /// Who is heard in the mixed sound: senders that do not say how loud they are speak, too.
    pub fn mixes(&mut self, now: Duration, heard: &[(ParticipantId, Loudness)]) {
        for (participant, loudness) in heard {
            if self.legs.values().any(|(of, _)| of == participant) {
                self.mixed.insert(*participant, (*loudness, now));
            }
        }
    }

    /// Sources that are decoded, and packets that wait.
    #[must_use]
    pub fn load(&self) -> (usize, usize) {
        let decoded = self.cameras.values().filter(|it| it.is_decoded()).count();
        (decoded, self.cameras.values().map(Camera::waiting).sum())
    }
}

const fn layer(rid: Rid) -> Layer {
    match rid {
        Rid::Q => Layer::P180,
        Rid::H => Layer::P360,
        Rid::F => Layer::P720,
    }
}
