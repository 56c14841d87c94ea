//! One composed picture: from its order to the packets of its stream.
//!
//! Owned by `process`. Seats whoever the order names, writes their names, and cuts what the encoder makes.

use crate::clock::Age;
use crate::hall::{Hall, source_id};
use crate::ladder::Step;
use crate::payload::Cutter;
use crate::tally::{self, Tally, Work};
use bytes::Bytes;
use media_control::{
    Composed, Composition, H264Encoder, LegId, NoProgramme, PictureCodec, ProgrammeFigures, Rid, Source,
    Tiling,
};
use media_mix::caption::{Banner, Captions, Card, TileCaption};
use media_mix::codec::{Bitrate, Effort, EncoderKind, EncoderWish};
use media_mix::compose::{Scene, Seat, Sources};
use media_mix::layout::{Canvas, Layer, Layout};
use media_mix::programme::Programme;
use media_mix::seating::{Loudness, Present, Rule, Seating, SourceId, Timing};
use media_mix::share::{Rung, RungNeeds, Teller};
use media_relay::{Audience, PacketHead, StreamName};
use std::collections::{BTreeMap, BTreeSet};
use std::time::{Duration, Instant};

/// More lines than this are given up where the machine is too slow.
const LARGE: u16 = 720;
/// As loud as this counts as speaking, for the frame around a tile (as the media server tells voices).
const SPEAKING: Loudness = Loudness(45);
/// The frame stays so long after the last word.
const FRAME_STAYS: Duration = Duration::from_millis(800);
/// How old pictures are when they go out, until it was measured.
const FIRST_AGE_US: f32 = 40_000.0;
/// Bounds of what an order may ask for.
const RATES: (u32, u32) = (200_000, 8_000_000);

/// See the module's text.
pub struct Output {
    order: Composition,
    canvas: Canvas,
    seating: Seating,
    programme: Programme,
    scene: Scene,
    kind: EncoderKind,
    epoch: u32,
    needs: RungNeeds,
    /// The stream of each rung that was ever sent: numbers go on where a rung comes back.
    streams: BTreeMap<Rung, Stream>,
    /// Who spoke when.
    spoke: BTreeMap<SourceId, Duration>,
    age: Age,
    /// How long composing and encoding take, smoothed the same way.
    work: Age,
    /// Something was encoded.
    pub is_shown: bool,
    /// What it took since the last report.
    figures: ProgrammeFigures,
}

/// What goes on from one picture of a rung to the next.
struct Stream {
    cutter: Cutter,
    sequence: u64,
}

/// The rungs are the layers of the programme's camera.
const fn layer(rung: Rung) -> Rid {
    match rung {
        Rung::Low => Rid::Q,
        Rung::Middle => Rid::H,
        Rung::Full => Rid::F,
    }
}

const fn layout(tiling: Tiling) -> Layout {
    match tiling {
        Tiling::Full => Layout::Full,
        Tiling::OneAndOne => Layout::OneAndOne,
        Tiling::OneAndThree => Layout::OneAndThree,
        Tiling::OneAndFive => Layout::OneAndFive,
        Tiling::OneAndSeven => Layout::OneAndSeven,
        Tiling::Grid2 => Layout::Grid2,
        Tiling::Grid3 => Layout::Grid3,
        Tiling::Grid4 => Layout::Grid4,
        Tiling::Grid5 => Layout::Grid5,
        Tiling::ContentAndRow => Layout::ContentAndRow,
        Tiling::ContentOnly => Layout::ContentOnly,
    }
}

impl Output {
    /// Makes an output, H.264 by `encoder`, as `step` allows; `epoch` differs from that of any process before.
    ///
    /// # Errors
    /// [`NoProgramme`]: the order asks for what cannot be.
    pub fn new(
        order: Composition,
        encoder: H264Encoder,
        step: Step,
        epoch: u32,
    ) -> Result<Self, NoProgramme> {
        let (width, height) = size(&order, step);
        let canvas =
            Canvas::new(u32::from(width), u32::from(height)).ok_or(NoProgramme::BadSize { width, height })?;
        let kind = match (order.codec, encoder) {
            (PictureCodec::H264, H264Encoder::X264) => EncoderKind::X264,
            (PictureCodec::H264, H264Encoder::OpenH264) => EncoderKind::OpenH264,
            (PictureCodec::Vp8, _) => EncoderKind::Vp8,
        };
        let wish = EncoderWish {
            kind,
            size: canvas.size(),
            rate: rate(&order),
            pictures_per_second: Step::Usual.pictures_per_second(),
            effort: effort(step),
        };
        let programme = Programme::new(canvas, wish).map_err(|failure| {
            tracing::warn!(conference = %order.conference, %failure, "no encoder for a composed picture");
            NoProgramme::NoEncoder
        })?;
        let layout = layout(order.tiling);
        let scene = Scene { canvas, layout, seats: Vec::new(), banner: Banner::default() };
        Ok(Self {
            seating: Seating::new(layout, Timing::default()),
            order,
            canvas,
            programme,
            scene,
            kind,
            epoch,
            needs: RungNeeds::default(),
            streams: BTreeMap::new(),
            spoke: BTreeMap::new(),
            age: Age::new(FIRST_AGE_US, Step::Usual.pictures_per_second() as f32),
            work: Age::new(0.0, Step::Usual.pictures_per_second() as f32),
            is_shown: false,
            figures: ProgrammeFigures::default(),
        })
    }

    /// Goes on as another order says. `false` when that takes a new output.
    pub fn follow(&mut self, order: &Composition) -> bool {
        let stream = |it: &Composition| (it.width, it.height, it.leg, it.voice, it.codec);
        if stream(order) != stream(&self.order) {
            return false;
        }
        self.seating.change(layout(order.tiling));
        self.order.clone_from(order);
        true
    }

    /// Takes as much trouble as `step` allows. `false` when that takes a new output.
    pub fn ease(&mut self, step: Step) -> bool {
        let (width, height) = size(&self.order, step);
        if Canvas::new(u32::from(width), u32::from(height)) != Some(self.canvas) {
            return false;
        }
        if let Err(failure) = self.programme.set_effort(effort(step)) {
            tracing::warn!(conference = %self.order.conference, %failure, "effort of a composed picture stays");
        }
        true
    }

    /// Whether it would be smaller under overload.
    pub const fn is_large(&self) -> bool {
        self.order.height > LARGE
    }

    pub fn into_order(self) -> Composition {
        self.order
    }

    pub const fn leg(&self) -> LegId {
        self.order.leg
    }

    /// The leg of the sound that goes with it.
    pub const fn voice(&self) -> LegId {
        self.order.voice
    }

    /// A viewer cannot go on without a key frame.
    pub fn ask_key(&mut self) {
        self.figures.keyframes_wanted += 1;
        self.programme.ask_key();
    }

    /// The figures since the last report, which begin anew; of its hall, whose sources `share` pictures use.
    pub fn take_figures(&mut self, step: Step, hall: &ProgrammeFigures, share: u32) -> ProgrammeFigures {
        ProgrammeFigures {
            encoders: self.programme.rungs().len() as u8,
            ladder_step: step as u8,
            decode_us: hall.decode_us / share.max(1),
            waiting_packets: hall.waiting_packets,
            late_pictures: hall.late_pictures,
            keyframes_asked: hall.keyframes_asked,
            ..std::mem::take(&mut self.figures)
        }
    }

    /// The viewers behind `teller` need these layers, as bits q, h, f.
    pub fn note_needs(&mut self, now: Duration, teller: Teller, layers: u8) {
        self.needs.tell(now, teller, layers);
    }

    /// The layers that are sent.
    pub fn layers(&self) -> Vec<Rid> {
        self.programme.rungs().into_iter().map(|(rung, _)| layer(rung)).collect()
    }

    /// Makes the rungs that viewers need at this moment, at the rates of the order.
    fn choose_rungs(&mut self, now: Duration) {
        let full = rate(&self.order);
        let rungs: Vec<_> = self.needs.rungs(now).iter().map(|rung| (*rung, rung.rate(full))).collect();
        if rungs == self.programme.rungs() {
            return;
        }
        if let Err(failure) = self.programme.set_rungs(&rungs) {
            tracing::warn!(conference = %self.order.conference, %failure, "rates of a composed picture stay");
        }
    }

    /// Seats everybody for this moment.
    pub fn arrange(&mut self, now: Duration, hall: &Hall, clock: &str) {
        let id = |it: &Composed| source_id(it.participant, it.source);
        let sending: Vec<&Composed> = self.order.people.iter().filter(|it| it.is_sending).collect();
        let all: Vec<SourceId> = sending.iter().map(|it| id(it)).collect();
        let mut voices = Vec::new();
        for one in sending.iter().filter(|it| it.source == Source::Camera && !it.is_muted) {
            let Some(loudness) = hall.loudness(now, one.participant) else { continue };
            voices.push((id(one), loudness));
            if loudness <= SPEAKING {
                self.spoke.insert(id(one), now);
            }
        }
        self.spoke.retain(|_, at| now.saturating_sub(*at) < FRAME_STAYS);
        let place =
            |(seat, at): &(u8, u16)| Some((usize::from(*seat), self.order.people.get(usize::from(*at))?));
        let given: Vec<(usize, &Composed)> = self.order.pinned.iter().filter_map(place).collect();
        let pinned: Vec<(usize, SourceId)> = given.iter().map(|(seat, one)| (*seat, id(one))).collect();
        let present = Present { all: &all, voices: &voices, queue: &[], pinned: &pinned };
        let seated = self.seating.seat(now, Rule::Voice, &present);
        let seat = |(at, source): (usize, &Option<SourceId>)| {
            let who = source.and_then(|source| sending.iter().find(|it| id(it) == source));
            let absent = given.iter().find(|(seat, _)| *seat == at).map(|(_, one)| one.name.clone());
            Seat {
                source: *source,
                caption: who.map_or_else(TileCaption::default, |one| TileCaption {
                    site: one.name.clone(),
                    person: one.person.clone(),
                    is_muted: one.is_muted,
                    is_speaking: self.spoke.contains_key(&id(one)),
                }),
                empty: Card { title: absent.unwrap_or_default(), reason: String::new() },
            }
        };
        self.scene = Scene {
            canvas: self.canvas,
            layout: layout(self.order.tiling),
            seats: seated.for_all.iter().enumerate().map(seat).collect(),
            banner: Banner {
                secrecy: self.order.secrecy.clone(),
                agenda: self.order.agenda.clone(),
                clock: clock.to_owned(),
                ..Banner::default()
            },
        };
    }

    /// Adds the pictures that are needed to those of other outputs.
    pub fn need(&self, needed: &mut BTreeMap<SourceId, BTreeSet<Layer>>) {
        for (source, layer) in self.programme.needed(&self.scene) {
            needed.entry(source).or_default().insert(layer);
        }
    }

    /// How old the picture is in which somebody speaks, else any.
    fn note_age(&mut self, now_us: u64, hall: &Hall) {
        let seated =
            || self.scene.seats.iter().filter_map(|seat| Some((seat.source?, seat.caption.is_speaking)));
        let has_speaker = seated().any(|(_, is_speaking)| is_speaking);
        for (source, _) in seated().filter(|(_, is_speaking)| *is_speaking == has_speaker) {
            if let Some(captured_us) = hall.captured_us(source) {
                self.age.note(now_us, captured_us);
            }
        }
    }

    /// How old the picture is when it is stamped.
    pub const fn age(&self) -> Duration {
        Duration::from_micros(self.age.us())
    }

    /// How long composing and encoding take from then on.
    pub const fn work(&self) -> Duration {
        Duration::from_micros(self.work.us())
    }

    /// The packets of this moment's picture; none when nothing has changed.
    pub fn turn(
        &mut self,
        now: Duration,
        now_us: u64,
        hall: &mut Hall,
        sources: &Sources,
        captions: &mut Captions,
        tally: &mut Tally,
    ) -> Vec<(PacketHead, Bytes)> {
        let began = Instant::now();
        self.choose_rungs(now);
        let before = tally.0;
        self.note_age(now_us, hall);
        let Self { programme, scene, .. } = self;
        tally.timed(Work::Compose, || programme.compose(now, scene, sources, &mut hall.scaler, captions));
        let sent = match tally.encoded(|| programme.encode(now)) {
            Ok(sent) => sent,
            Err(failure) => {
                tracing::warn!(conference = %self.order.conference, %failure, "picture left out");
                return Vec::new();
            }
        };
        tally::add(&mut self.figures, &before, &tally.0);
        let timestamp = timestamp(now);
        let mut packets = Vec::new();
        for unit in sent {
            let fresh = || Stream { cutter: Cutter::new(self.kind), sequence: 0 };
            let stream = self.streams.entry(unit.rung).or_insert_with(fresh);
            let payloads = stream.cutter.cut(unit.unit.bytes);
            let last = payloads.len().saturating_sub(1);
            for (at, payload) in payloads.into_iter().enumerate() {
                let layer = layer(unit.rung);
                let head = PacketHead {
                    stream: StreamName { leg: self.order.leg, source: Source::Camera, layer },
                    arrived_us: now_us,
                    sequence: stream.sequence,
                    epoch: self.epoch,
                    timestamp,
                    marker: at == last,
                    codec: stream.cutter.codec,
                    descriptor_len: 0,
                    audio_level: None,
                    audience: Audience::ALL,
                };
                stream.sequence += 1;
                packets.push((head, payload));
            }
        }
        self.work.note(began.elapsed().as_micros() as u64, 0);
        packets
    }
}

/// The RTP time of a moment.
#[must_use]
pub const fn timestamp(now: Duration) -> u32 {
    (now.as_micros() as u64 * 9 / 100) as u32
}

/// Width and height at this step of the ladder, in even numbers.
fn size(order: &Composition, step: Step) -> (u16, u16) {
    if step < Step::Smaller || order.height <= LARGE {
        return (order.width, order.height);
    }
    let width = u32::from(order.width) * u32::from(LARGE) / u32::from(order.height);
    ((width as u16).next_multiple_of(2), LARGE)
}

const fn effort(step: Step) -> Effort {
    match step {
        Step::Usual => Effort::Usual,
        Step::Coarser | Step::Fewer | Step::Smaller | Step::Refusing => Effort::Least,
    }
}

fn rate(order: &Composition) -> Bitrate {
    Bitrate(order.bitrate_bps.clamp(RATES.0, RATES.1))
}
