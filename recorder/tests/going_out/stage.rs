//! A supervised recorder, the media server whose relay it takes from, and a mixer that plays a colour and a tone.
//!
//! Used by every test here; waits for conditions with a deadline and never for time to pass.

use bytes::Bytes;
use media_control::{
    ConferenceId, LegId, Outlet, OutletState, ParticipantId, RecorderOrder, RecorderReport, RecorderStart,
    Rid, Source,
};
use media_mix::codec::{Bitrate, Effort, Encode, EncoderKind, EncoderWish, encoder};
use media_mix::layout::{Rect, Size};
use media_mix::picture::{Colour, Picture};
use media_relay::{Address, Audience, Codec, LegWord, News, PacketHead, RelayClient, StreamName};
use media_server::workers::{Worker, WorkerLimits, WorkerNews, WorkerPlan};
use media_server::{MediaConfig, MediaServer, RelayConfig};
use rtc_rtp::codec::h264::H264Payloader;
use rtc_rtp::packetizer::Payloader as _;
use std::net::{Ipv4Addr, UdpSocket};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

/// Longest time that anything may take, on a machine that does much else besides.
const DEADLINE: Duration = Duration::from_secs(60);
const TURN: Duration = Duration::from_millis(20);
const LEG: LegId = LegId(9_000);

pub fn demo() -> ConferenceId {
    ConferenceId::new("demo").expect("a good name")
}

/// What the mixer publishes.
pub struct Player {
    link: RelayClient,
    encoder: Box<dyn Encode>,
    picture: Picture,
    payloader: H264Payloader,
    tone: Option<opus::Encoder>,
    sequences: [u64; 2],
    turns: u32,
    next_turn: Instant,
    pub keys_asked: u32,
    is_key_due: bool,
    epoch: u32,
}

impl Player {
    fn new(socket: &Path, size: Size, has_sound: bool, epoch: u32) -> Self {
        let link = loop {
            if let Ok(link) = RelayClient::connect(&Address::Unix(socket.to_owned()), "mixer") {
                break link;
            }
        };
        let wish = EncoderWish {
            kind: EncoderKind::X264,
            size,
            rate: Bitrate::kbit(500),
            pictures_per_second: 25,
            effort: Effort::Least,
        };
        let mut picture = Picture::black(size);
        picture.fill(Rect { x: 0, y: 0, width: size.width, height: size.height }, Colour::RED);
        let tone = has_sound.then(|| {
            let of = opus::Encoder::new(48_000, opus::Channels::Mono, opus::Application::Voip);
            of.expect("an encoder")
        });
        let mut player = Self {
            link,
            encoder: encoder(wish).expect("an encoder"),
            picture,
            payloader: H264Payloader::default(),
            tone,
            sequences: [0; 2],
            turns: 0,
            next_turn: Instant::now(),
            keys_asked: 0,
            is_key_due: true,
            epoch,
        };
        player.link.publish(&demo(), LEG, ParticipantId::FIRST_PROGRAMME);
        player
    }

    fn run(&mut self) {
        while let Some(news) = self.link.next(Duration::ZERO).expect("the relay stands") {
            if matches!(news, News::Leg { leg: LEG, word: LegWord::KeyframeNeeded { .. }, .. }) {
                self.keys_asked += 1;
                self.is_key_due = true;
            }
        }
        if Instant::now() < self.next_turn {
            RelayClient::wait_any(std::slice::from_ref(&self.link), Duration::from_millis(5));
            return;
        }
        self.next_turn += TURN;
        if self.turns.is_multiple_of(2) {
            self.show();
        }
        if let Some(tone) = &mut self.tone {
            // 500 Hz.
            let samples: Vec<i16> = (0..960).map(|n| if n / 48 % 2 == 0 { 9_000 } else { -9_000 }).collect();
            let packet = tone.encode_vec(&samples, 1_000).expect("a packet");
            self.send(Source::Microphone, self.turns.wrapping_mul(960), true, &packet);
        }
        self.turns += 1;
    }

    fn show(&mut self) {
        let is_key = std::mem::take(&mut self.is_key_due);
        let encoded = self.encoder.encode(&self.picture, TURN * self.turns, is_key).expect("encoded");
        let Some(unit) = encoded else { return };
        let payloads = self.payloader.payload(1_180, &Bytes::from(unit.bytes)).expect("payloads");
        let last = payloads.len() - 1;
        for (at, payload) in payloads.iter().enumerate() {
            self.send(Source::Camera, self.turns.wrapping_mul(1_800), at == last, payload);
        }
    }

    fn send(&mut self, source: Source, timestamp: u32, marker: bool, payload: &[u8]) {
        let (place, codec) = match source {
            Source::Camera => (0, Codec::H264),
            _ => (1, Codec::Opus),
        };
        let layer = if source == Source::Camera { Rid::F } else { Rid::Q };
        let head = PacketHead {
            stream: StreamName { leg: LEG, source, layer },
            arrived_us: self.link.now_us(),
            sequence: self.sequences[place],
            epoch: self.epoch,
            timestamp,
            marker,
            codec,
            descriptor_len: 0,
            audio_level: None,
            audience: Audience::ALL,
        };
        self.sequences[place] += 1;
        self.link.send(head, payload);
    }
}

/// See the module's text.
pub struct Stage {
    folder: PathBuf,
    _server: MediaServer,
    player: Option<Player>,
    worker: Worker,
    news: Receiver<WorkerNews>,
    orders: Vec<RecorderOrder>,
    pub reports: Vec<RecorderReport>,
    pub gone: u32,
    players: u32,
}

impl Drop for Stage {
    fn drop(&mut self) {
        self.worker.stop();
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

impl Stage {
    pub fn set(rtmp_url: Option<String>, srt_url: Option<String>) -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let folder = std::env::temp_dir().join(format!("diemcau-recorder-{}-{number}", std::process::id()));
        std::fs::create_dir_all(&folder).expect("a folder");
        let socket = folder.join("relay.sock");
        let start = RecorderStart {
            relay: socket.clone(),
            folder: folder.join("live"),
            memory_bytes: 1 << 30,
            lives: 2,
            rtmp_url,
            srt_url,
        };
        let plan = WorkerPlan {
            name: "recorder".to_owned(),
            program: env!("CARGO_BIN_EXE_diemcau-recorder").into(),
            arguments: vec!["--log-filter".to_owned(), "warn".to_owned()],
            limits: WorkerLimits { memory_bytes: 1 << 30, files: 1_024 },
            first: serde_json::to_vec(&RecorderOrder::Start(start)).expect("JSON"),
        };
        let server = serve(&socket);
        let (tell, news) = channel();
        let worker = Worker::start(plan, move |one| drop(tell.send(one))).expect("a worker");
        Self {
            folder,
            _server: server,
            player: None,
            worker,
            news,
            orders: Vec::new(),
            reports: Vec::new(),
            gone: 0,
            players: 0,
        }
    }

    /// A mixer begins to publish, in the place of one that did.
    pub fn play(&mut self, size: Size, has_sound: bool) {
        self.players += 1;
        self.player = Some(Player::new(&self.folder.join("relay.sock"), size, has_sound, self.players));
    }

    pub fn player(&self) -> &Player {
        self.player.as_ref().expect("somebody plays")
    }

    /// Orders and, as the supervisor does, keeps the order for the next process.
    pub fn order(&mut self, order: RecorderOrder) {
        // A process that is not ready yet hears it when it is.
        let _ = self.worker.send(serde_json::to_vec(&order).expect("JSON"));
        self.orders.push(order);
    }

    pub fn open(&mut self) {
        self.order(RecorderOrder::OpenLive { conference: demo(), programme: ParticipantId::FIRST_PROGRAMME });
    }

    pub fn pid(&self) -> Option<u32> {
        self.reports.iter().rev().find_map(|it| match it {
            RecorderReport::Ready { pid, .. } => Some(*pid),
            _ => None,
        })
    }

    /// What was told last of a way out.
    pub fn state(&self, of: Outlet) -> Option<OutletState> {
        self.reports.iter().rev().find_map(|it| match it {
            RecorderReport::Outlet { outlet, state, .. } if *outlet == of => Some(*state),
            _ => None,
        })
    }

    pub fn file(&self, name: &str) -> PathBuf {
        self.folder.join("live/demo").join(name)
    }

    pub fn text(&self, name: &str) -> String {
        std::fs::read_to_string(self.file(name)).unwrap_or_default()
    }

    pub fn segments(&self) -> usize {
        self.text("video.m3u8").matches("#EXTINF").count()
    }

    fn run(&mut self) {
        while let Ok(news) = self.news.try_recv() {
            match news {
                WorkerNews::Said(bytes) => {
                    let report: RecorderReport = serde_json::from_slice(&bytes).expect("a report");
                    if matches!(report, RecorderReport::Ready { .. }) {
                        for order in &self.orders {
                            let _ = self.worker.send(serde_json::to_vec(order).expect("JSON"));
                        }
                    }
                    self.reports.push(report);
                }
                WorkerNews::Gone => self.gone += 1,
            }
        }
        match &mut self.player {
            Some(player) => player.run(),
            None => std::thread::park_timeout(Duration::from_millis(5)),
        }
    }

    /// Runs until `condition` holds; how long that took.
    pub fn until(&mut self, what: &str, mut condition: impl FnMut(&mut Self) -> bool) -> Duration {
        let began = Instant::now();
        while !condition(self) {
            self.run();
            assert!(
                began.elapsed() < DEADLINE,
                "waited in vain for {what}; {}\nreports end with {:?}",
                self.text("video.m3u8"),
                &self.reports[self.reports.len().saturating_sub(4)..]
            );
        }
        began.elapsed()
    }
}

fn serve(socket: &Path) -> MediaServer {
    // Somebody else may take a free port before we do.
    let start = || {
        let free =
            UdpSocket::bind((Ipv4Addr::UNSPECIFIED, 0)).and_then(|it| it.local_addr()).expect("a port");
        let relay = RelayConfig {
            name: "media-0".to_owned(),
            listen_unix: Some(socket.to_owned()),
            listen_tls: None,
            call: Vec::new(),
            together: 0..0,
        };
        let config = MediaConfig {
            media_port: free.port(),
            shards: 1,
            bind_v6: None,
            advertised: vec![Ipv4Addr::LOCALHOST.into()],
            pin_threads: false,
            relay: Some(relay),
            ..MediaConfig::default()
        };
        MediaServer::start(config, Box::new(|_| true)).ok()
    };
    (0..10).find_map(|_| start()).expect("server starts")
}

/// What `ffprobe` says of `input` when asked for `what`.
pub fn probe(input: &str, what: &[&str]) -> String {
    let asked =
        Command::new("ffprobe").args(["-v", "error"]).args(what).args(["-of", "csv=p=0", input]).output();
    let told = asked.expect("ffprobe runs");
    assert!(told.stderr.is_empty(), "{}", String::from_utf8_lossy(&told.stderr));
    String::from_utf8(told.stdout).expect("text")
}
