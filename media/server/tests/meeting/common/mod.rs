//! A meeting over loopback: a real media server and browsers that are made of other parts (own
//! ICE checks, rtc-dtls as client, webrtc-srtp). Used by every test here; waits for conditions
//! with a deadline and never for time to pass.

pub mod answer;
pub mod browser;
pub mod counted;
pub mod link;
pub mod media;

use browser::Browser;
use media_control::{
    ConferenceId, LegId, MediaCommand, MediaEvent, ParticipantId, ShardId, SlotAssignment, Source, SourceSet,
    Wish,
};
use media_server::{MediaConfig, MediaFailure, MediaServer};
use std::net::{Ipv4Addr, TcpListener, UdpSocket};
use std::sync::atomic::{AtomicU16, Ordering};
use std::sync::mpsc::{Receiver, sync_channel};
use std::time::{Duration, Instant};

/// Longest time that anything may take, on a machine that does much else besides.
pub const DEADLINE: Duration = Duration::from_secs(30);

/// Server, browsers and what the server told.
pub struct Meeting {
    pub server: MediaServer,
    pub events: Vec<MediaEvent>,
    pub browsers: Vec<Browser>,
    source: Receiver<MediaEvent>,
    conference: ConferenceId,
}

/// `count` ports in a row that nobody uses now, for UDP and TCP.
pub fn free_ports(count: u16) -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    // Below the ports that the system itself gives to clients (32768 and up).
    let (lowest, range) = (20_000, 12_000);
    let start = (std::process::id() * 7 % u32::from(range)) as u16;
    for _ in 0..2000 {
        let first = lowest + (start + NEXT.fetch_add(count, Ordering::Relaxed) % range) % range;
        let is_free = (first..first + count).all(|port| {
            UdpSocket::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok()
                && TcpListener::bind((Ipv4Addr::UNSPECIFIED, port)).is_ok()
        });
        if is_free {
            return first;
        }
    }
    panic!("no {count} free ports in a row");
}

/// Settings of a small server on loopback.
pub fn config(shards: u16) -> MediaConfig {
    MediaConfig {
        media_port: free_ports(shards),
        shards,
        bind_v6: None,
        advertised: vec![Ipv4Addr::LOCALHOST.into()],
        history_packets: 4096,
        pin_threads: false,
        ..MediaConfig::default()
    }
}

impl Meeting {
    /// An empty meeting on a server with `shards` shards.
    pub fn new(shards: u16) -> Self {
        // Somebody else may take a free port before we do.
        (0..10).find_map(|_| Self::start(config(shards)).ok()).expect("server starts")
    }

    pub fn with(config: MediaConfig) -> Self {
        Self::start(config).expect("server starts")
    }

    fn start(config: MediaConfig) -> Result<Self, MediaFailure> {
        counted::install();
        let (sink, source) = sync_channel(10_000);
        let server = MediaServer::start(config, Box::new(move |event| sink.try_send(event).is_ok()))?;
        let conference = ConferenceId::new("demo").expect("good name");
        Ok(Self { server, events: Vec::new(), browsers: Vec::new(), source, conference })
    }

    /// Opens a leg for participant `number` and answers its offer; not connected yet.
    pub fn enter(&mut self, number: u32, shard: u16, kind: browser::Kind) -> usize {
        self.enter_where(number, Some(ShardId(shard)), kind)
    }

    /// The same on `shard`, or where the server puts it.
    pub fn enter_where(&mut self, number: u32, shard: Option<ShardId>, kind: browser::Kind) -> usize {
        let leg = LegId(u64::from(number));
        self.send(MediaCommand::OpenLeg {
            leg,
            conference: self.conference.clone(),
            participant: ParticipantId(number),
            allowed: SourceSet::ALL,
            shard,
        });
        let offer = self.offer(leg);
        let browser = Browser::new(leg, &offer, kind);
        self.send(MediaCommand::Answer { leg, sdp: browser.answer() });
        self.browsers.push(browser);
        self.browsers.len() - 1
    }

    /// The next offer for `leg`.
    pub fn offer(&mut self, leg: LegId) -> String {
        self.until("an offer", |m| {
            let at = m
                .events
                .iter()
                .position(|e| matches!(e, MediaEvent::LegOffer { leg: of, .. } if *of == leg))?;
            match m.events.remove(at) {
                MediaEvent::LegOffer { sdp, .. } => Some(sdp),
                _ => None,
            }
        })
    }

    /// A connected browser of participant `number`.
    pub fn join(&mut self, number: u32, shard: u16, kind: browser::Kind) -> usize {
        let index = self.enter(number, shard, kind);
        let leg = self.browsers[index].leg;
        self.until("the leg to connect", |m| {
            let told =
                m.events.iter().any(|e| matches!(e, MediaEvent::LegConnected { leg: of, .. } if *of == leg));
            (told && m.browsers[index].is_connected()).then_some(())
        });
        index
    }

    pub fn send(&self, command: MediaCommand) {
        self.server.send(command).expect("mailbox has room");
    }

    /// Browser `viewer` looks at the cameras of `participants`, each `height_px` high.
    pub fn watch(&self, viewer: usize, participants: &[u32], height_px: u16) {
        let wishes = participants
            .iter()
            .map(|p| Wish { participant: ParticipantId(*p), source: Source::Camera, height_px })
            .collect();
        self.send(MediaCommand::Watch { leg: self.browsers[viewer].leg, wishes });
    }

    /// Lets everything run until `condition` gives something.
    ///
    /// # Panics
    /// When that takes longer than [`DEADLINE`].
    pub fn until<T>(&mut self, what: &str, mut condition: impl FnMut(&mut Self) -> Option<T>) -> T {
        let deadline = Instant::now() + DEADLINE;
        loop {
            self.run();
            if let Some(found) = condition(self) {
                return found;
            }
            assert!(Instant::now() < deadline, "waited in vain for {what}; events: {:?}", self.brief());
        }
    }

    /// One short round: sockets, timers, media that is due, events.
    pub fn run(&mut self) {
        self.events.extend(self.source.try_iter());
        let now = Instant::now();
        for browser in &mut self.browsers {
            browser.run(now);
        }
        if let Some(browser) = self.browsers.first_mut() {
            browser.link.wait_a_moment();
        } else if let Ok(event) = self.source.recv_timeout(Duration::from_millis(5)) {
            self.events.push(event);
        }
    }

    /// The slots that `viewer` was told last.
    pub fn slots(&self, viewer: usize) -> Vec<SlotAssignment> {
        let of = self.browsers[viewer].leg;
        let told = self.events.iter().rev().find_map(|e| match e {
            MediaEvent::Slots { leg, slots } if *leg == of => Some(slots.clone()),
            _ => None,
        });
        told.unwrap_or_default()
    }

    /// The slot of `viewer` that carries `source` of `participant`.
    pub fn slot_of(&self, viewer: usize, participant: u32, source: Source) -> Option<String> {
        let slots = self.slots(viewer);
        let slot =
            slots.into_iter().find(|s| s.participant == ParticipantId(participant) && s.source == source)?;
        Some(slot.mid)
    }

    /// Packets that `viewer` has got of `source` of `participant` through its present slot.
    pub fn heard(&self, viewer: usize, participant: u32, source: Source) -> u64 {
        self.slot_of(viewer, participant, source).map_or(0, |mid| self.browsers[viewer].packets_of(&mid))
    }

    /// Waits until `viewer` has got `count` more packets of `source` of `participant`.
    pub fn until_more(&mut self, viewer: usize, participant: u32, source: Source, count: u64) {
        let before = self.heard(viewer, participant, source);
        let what = format!("{count} more packets of {source:?} of {participant} at browser {viewer}");
        self.until(&what, |m| (m.heard(viewer, participant, source) >= before + count).then_some(()));
    }

    fn brief(&self) -> Vec<String> {
        let shown =
            self.events.iter().filter(|e| !matches!(e, MediaEvent::Stats { .. } | MediaEvent::Load { .. }));
        let events = shown.map(|e| format!("{e:?}").chars().take(160).collect());
        events.chain(self.browsers.iter().map(Browser::brief)).collect()
    }
}
