//! A supervised mixer and the other end of its relay: cameras that send plain colours, and a viewer that decodes.
//!
//! Used by every test here; waits for conditions with a deadline and never for time to pass.

use crate::microphones::Sounds;
use bytes::Bytes;
use media_control::{
    Composed, Composition, ConferenceId, H264Encoder, LegId, MixerOrder, MixerReport, MixerStart,
    ParticipantId, PictureCodec, ProgrammeNews, Rid, Source, Tiling,
};
use media_mix::codec::{
    self, Bitrate, Decode as _, Decoder, Effort, Encode, EncoderKind, EncoderWish, encoder,
};
use media_mix::layout::{Rect, Size};
use media_mix::picture::{Colour, Picture};
use media_relay::{Audience, Codec, ConferenceWord, LegWord, News, PacketHead, RelayClient, StreamName, Way};
use media_server::workers::{Worker, WorkerLimits, WorkerNews, WorkerPlan};
use rtc_rtp::codec::h264::{H264Packet, H264Payloader};
use rtc_rtp::codec::vp8::Vp8Packet;
use rtc_rtp::packetizer::{Depacketizer as _, Payloader as _};
use std::os::unix::net::UnixListener;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Longest time that anything may take, on a machine that does much else besides.
const DEADLINE: Duration = Duration::from_secs(40);
const PICTURE: Duration = Duration::from_millis(40);
pub const PROGRAMME_LEG: LegId = LegId(9_000);
pub const VOICE_LEG: LegId = LegId(8_000);

pub fn demo() -> ConferenceId {
    ConferenceId::new("demo").expect("a good name")
}

/// Somebody's camera: one colour, coded.
pub struct Camera {
    pub participant: ParticipantId,
    pub leg: LegId,
    encoder: Box<dyn Encode>,
    picture: Picture,
    payloader: H264Payloader,
    sequence: u64,
    pictures: u64,
    pub is_key_due: bool,
    /// How often a key frame was asked for.
    pub asked: u32,
    pub is_wanted: bool,
    /// What becomes of its packets on the way: number of the packet, payload.
    pub spoils: fn(u64, &[u8]) -> Option<Vec<u8>>,
    /// The RTP time of a picture by its number.
    pub clock: fn(u64) -> u32,
}

pub fn coder(size: Size) -> Box<dyn Encode> {
    let wish = EncoderWish {
        kind: EncoderKind::X264,
        size,
        rate: Bitrate::kbit(500),
        pictures_per_second: 25,
        effort: Effort::Least,
    };
    encoder(wish).expect("an encoder")
}

pub fn plain(size: Size, colour: Colour) -> Picture {
    let mut picture = Picture::black(size);
    picture.fill(Rect { x: 0, y: 0, width: size.width, height: size.height }, colour);
    picture
}

impl Camera {
    pub fn new(number: u32, colour: Colour) -> Self {
        let size = Size::new(640, 360);
        Self {
            participant: ParticipantId(number),
            leg: LegId(u64::from(number) + 100),
            encoder: coder(size),
            picture: plain(size, colour),
            payloader: H264Payloader::default(),
            sequence: 0,
            pictures: 0,
            is_key_due: true,
            asked: 0,
            is_wanted: false,
            spoils: |_, payload| Some(payload.to_vec()),
            clock: |number| number as u32 * 3_600,
        }
    }

    /// Another picture from now on.
    pub fn shows(&mut self, picture: Picture) {
        if picture.size() != self.picture.size() {
            self.encoder = coder(picture.size());
        }
        self.picture = picture;
    }

    fn send(&mut self, relay: &mut RelayClient) {
        let at = PICTURE * self.pictures as u32;
        self.pictures += 1;
        let is_key = std::mem::take(&mut self.is_key_due);
        let Ok(Some(unit)) = self.encoder.encode(&self.picture, at, is_key) else { return };
        let payloads = self.payloader.payload(1_180, &Bytes::from(unit.bytes)).expect("payloads");
        for (place, payload) in payloads.iter().enumerate() {
            let head = PacketHead {
                stream: StreamName { leg: self.leg, source: Source::Camera, layer: Rid::Q },
                arrived_us: relay.now_us(),
                sequence: self.sequence,
                epoch: 1,
                timestamp: (self.clock)(self.pictures),
                marker: place + 1 == payloads.len(),
                codec: Codec::H264,
                descriptor_len: 0,
                audio_level: None,
                audience: Audience::ALL,
            };
            self.sequence += 1;
            if let Some(payload) = (self.spoils)(head.sequence, payload) {
                relay.send(head, &payload);
            }
        }
    }

    pub fn in_tile(&self) -> Composed {
        Composed {
            participant: self.participant,
            source: Source::Camera,
            name: String::new(),
            person: String::new(),
            is_muted: false,
            is_sending: true,
        }
    }
}

/// The composed picture as a viewer has it.
pub struct Viewer {
    pub codec: Codec,
    decoder: Decoder,
    h264: H264Packet,
    unit: Vec<u8>,
    /// Of the last packet of VP8.
    pub picture_id: Option<u16>,
    pub newest: Option<Arc<Picture>>,
    pub pictures: u64,
    pub next_sequence: u64,
}

impl Viewer {
    fn new(codec: Codec) -> Self {
        let of = if codec == Codec::Vp8 { codec::Codec::Vp8 } else { codec::Codec::H264 };
        Self {
            codec,
            decoder: Decoder::open(of).expect("a decoder"),
            h264: H264Packet::default(),
            unit: Vec::new(),
            picture_id: None,
            newest: None,
            pictures: 0,
            next_sequence: 0,
        }
    }

    fn take(&mut self, head: &PacketHead, payload: Vec<u8>) {
        if head.sequence != self.next_sequence || head.codec != self.codec {
            *self = Self { newest: self.newest.take(), pictures: self.pictures, ..Self::new(head.codec) };
        }
        self.next_sequence = head.sequence + 1;
        let payload = Bytes::from(payload);
        let part = if head.codec == Codec::Vp8 {
            let mut packet = Vp8Packet::default();
            let part = packet.depacketize(&payload).expect("well formed");
            assert_eq!((packet.i, payload[2] & 0x80), (1, 0x80), "picture ids of 15 bits");
            assert_eq!(packet.s == 1, self.unit.is_empty(), "a picture begins where one has ended");
            if let Some(last) = self.picture_id {
                let is_next = packet.picture_id == (last + u16::from(packet.s)) & 0x7fff;
                assert!(is_next, "{} after {last}", packet.picture_id);
            }
            self.picture_id = Some(packet.picture_id);
            part
        } else {
            self.h264.depacketize(&payload).expect("well formed")
        };
        self.unit.extend_from_slice(&part);
        if head.marker {
            let unit = std::mem::take(&mut self.unit);
            if let Some(picture) = self.decoder.decode(&unit).picture {
                self.newest = Some(picture);
                self.pictures += 1;
            }
        }
    }

    /// The colour in the middle of a part of the composed picture.
    pub fn colour_at(&self, x: usize, y: usize) -> Option<Colour> {
        let picture = self.newest.as_ref()?;
        let at = |plane: usize| {
            let by = if plane == 0 { 1 } else { 2 };
            picture.plane(plane).row(x / by, y / by).first().copied()
        };
        Some(Colour { y: at(0)?, u: at(1)?, v: at(2)? })
    }
}

pub fn is_near(colour: Option<Colour>, wanted: Colour) -> bool {
    let near = |a: u8, b: u8| a.abs_diff(b) <= 12;
    colour.is_some_and(|it| near(it.y, wanted.y) && near(it.u, wanted.u) && near(it.v, wanted.v))
}

/// The media server's end of the relay, as far as a mixer needs it.
pub struct Hall {
    folder: PathBuf,
    listener: UnixListener,
    /// The connection of the mixer for pictures.
    relay: Option<RelayClient>,
    pub sounds: Sounds,
    pub worker: Worker,
    news: Receiver<WorkerNews>,
    pub reports: Vec<MixerReport>,
    pub gone: u32,
    pub cameras: Vec<Camera>,
    /// Of the full rate.
    pub viewer: Viewer,
    /// Of a lower one.
    pub narrow: Viewer,
    next_picture: Instant,
    pub orders: Vec<MixerOrder>,
}

impl Drop for Hall {
    fn drop(&mut self) {
        self.worker.stop();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Hall {
    pub fn open(cameras: Vec<Camera>) -> Self {
        Self::with(cameras, H264Encoder::X264, &[])
    }

    /// With this encoder, and more on the command line.
    pub fn with(cameras: Vec<Camera>, encoder: H264Encoder, arguments: &[&str]) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("diemcau-mixer-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let socket = folder.join("0.sock");
        let listener = UnixListener::bind(&socket).expect("a socket");
        listener.set_nonblocking(true).expect("non-blocking");
        let start = MixerStart { relays: vec![socket], memory_bytes: 2 << 30, programmes: 3, encoder };
        let plan = WorkerPlan {
            name: "mixer".to_owned(),
            program: env!("CARGO_BIN_EXE_diemcau-mixer").into(),
            arguments: ["--log-filter", "warn"].iter().chain(arguments).map(|it| (*it).to_owned()).collect(),
            limits: WorkerLimits { memory_bytes: 2 << 30, files: 256 },
            first: serde_json::to_vec(&MixerOrder::Start(start)).expect("JSON"),
        };
        let (tell, news) = channel();
        let worker = Worker::start(plan, move |one| drop(tell.send(one))).expect("a worker");
        Self {
            folder,
            listener,
            relay: None,
            sounds: Sounds::default(),
            worker,
            news,
            reports: Vec::new(),
            gone: 0,
            cameras,
            viewer: Viewer::new(Codec::H264),
            narrow: Viewer::new(Codec::H264),
            next_picture: Instant::now(),
            orders: Vec::new(),
        }
    }

    /// The picture of all cameras as `tiling`.
    pub fn composition(&self, tiling: Tiling) -> Composition {
        Composition {
            conference: demo(),
            programme: ParticipantId::FIRST_PROGRAMME,
            leg: PROGRAMME_LEG,
            codec: PictureCodec::H264,
            voice: VOICE_LEG,
            tiling,
            width: 640,
            height: 360,
            bitrate_bps: 1_000_000,
            people: self.cameras.iter().map(Camera::in_tile).collect(),
            pinned: (0..self.cameras.len()).map(|at| (at as u8, at as u16)).collect(),
            secrecy: String::new(),
            agenda: String::new(),
        }
    }

    /// Orders and, as the supervisor does, keeps the order for the next process.
    pub fn order(&mut self, order: MixerOrder) {
        // A process that is not ready yet hears it when it is.
        let _ = self.worker.send(serde_json::to_vec(&order).expect("JSON"));
        self.orders.push(order);
    }

    pub fn compose(&mut self, tiling: Tiling) {
        self.until("the mixer to be ready", |hall| hall.is_ready());
        let composition = self.composition(tiling);
        self.order(MixerOrder::Compose(Box::new(composition)));
    }

    pub fn is_ready(&self) -> bool {
        self.reports.iter().any(|it| matches!(it, MixerReport::Ready { .. }))
    }

    /// Kills the process that was ready first.
    pub fn kill(&self) {
        let pid = self.reports.iter().find_map(|it| match it {
            MixerReport::Ready { pid, .. } => Some(pid.to_string()),
            _ => None,
        });
        let pid = pid.expect("the mixer has told its number");
        let killed = std::process::Command::new("kill").args(["-KILL", &pid]).status();
        assert!(killed.expect("started").success());
    }

    pub fn programme_news(&self) -> Vec<ProgrammeNews> {
        let news = self.reports.iter().filter_map(|it| match it {
            MixerReport::Programme { news, .. } => Some(news.clone()),
            _ => None,
        });
        news.collect()
    }

    /// One turn of everything.
    fn run(&mut self) {
        while let Ok(news) = self.news.try_recv() {
            match news {
                WorkerNews::Said(bytes) => {
                    let report: MixerReport = serde_json::from_slice(&bytes).expect("a report");
                    if matches!(report, MixerReport::Ready { .. }) {
                        for order in &self.orders {
                            let _ = self.worker.send(serde_json::to_vec(order).expect("JSON"));
                        }
                    }
                    self.reports.push(report);
                }
                WorkerNews::Gone => {
                    self.gone += 1;
                    self.relay = None;
                    self.sounds.meet(None);
                }
            }
        }
        if let Ok((stream, _)) = self.listener.accept() {
            let way = Way::unix(stream).expect("a way");
            let relay = RelayClient::over(way, "media-0");
            // The mixer connects for its pictures first.
            if self.relay.is_some() {
                self.sounds.meet(Some(relay));
            } else {
                self.relay = Some(relay);
                let pictures = self.viewer.pictures;
                self.viewer = Viewer { newest: None, pictures, ..Viewer::new(Codec::H264) };
            }
        }
        self.talk();
        self.sounds.run();
        if Instant::now() >= self.next_picture {
            self.next_picture += PICTURE;
            if let Some(relay) = &mut self.relay {
                self.cameras.iter_mut().filter(|it| it.is_wanted).for_each(|it| it.send(relay));
            }
        }
    }

    fn talk(&mut self) {
        let Self { relay, cameras, viewer, narrow, .. } = self;
        let Some(open) = relay else { return };
        for _ in 0..500 {
            match open.next(Duration::from_millis(1)) {
                Ok(None) => return,
                Err(_) => {
                    *relay = None;
                    return;
                }
                Ok(Some(News::Conference {
                    word: ConferenceWord::Attends { is_attending: true }, ..
                })) => {
                    for camera in &mut *cameras {
                        open.publish(&demo(), camera.leg, camera.participant);
                    }
                }
                Ok(Some(News::Conference {
                    word: ConferenceWord::Wanted { participant, is_wanted, .. },
                    ..
                })) => {
                    let of = cameras.iter_mut().filter(|it| it.participant == participant);
                    of.for_each(|it| it.is_wanted = is_wanted);
                }
                Ok(Some(News::Leg { leg, word: LegWord::KeyframeNeeded { .. }, .. })) => {
                    for camera in cameras.iter_mut().filter(|it| it.leg == leg) {
                        camera.is_key_due = true;
                        camera.asked += 1;
                    }
                }
                Ok(Some(News::Packet { head, payload })) if head.stream.leg == PROGRAMME_LEG => {
                    match head.stream.layer {
                        Rid::F => viewer.take(&head, payload),
                        Rid::Q | Rid::H => narrow.take(&head, payload),
                    }
                }
                Ok(Some(_)) => {}
            }
        }
    }

    /// Asks for a key frame of the composed picture.
    pub fn ask_key(&mut self) {
        if let Some(relay) = &mut self.relay {
            relay.ask_keyframe(PROGRAMME_LEG, Source::Camera);
        }
    }

    /// Says which layers of the composed picture viewers need.
    pub fn need_layers(&mut self, layers: u8) {
        if let Some(relay) = &mut self.relay {
            relay.need_layers(PROGRAMME_LEG, Source::Camera, layers);
        }
    }

    /// Encoders that run, as was told last.
    pub fn encoders(&self) -> u32 {
        let figures = self.reports.iter().rev().find_map(|it| match it {
            MixerReport::Counted(figures) => Some(figures.encoders),
            _ => None,
        });
        figures.unwrap_or(0)
    }

    /// Runs until `condition` holds; how long that took.
    pub fn until(&mut self, what: &str, mut condition: impl FnMut(&mut Self) -> bool) -> Duration {
        let began = Instant::now();
        while !condition(self) {
            self.run();
            assert!(
                began.elapsed() < DEADLINE,
                "waited in vain for {what}; {} pictures, reports end with {:?}",
                self.viewer.pictures,
                &self.reports[self.reports.len().saturating_sub(3)..]
            );
        }
        began.elapsed()
    }
}
