//! The mixer process: orders from the supervisor in, packets from the media servers in, composed pictures out.
//!
//! Run by `main`. One thread composes, one mixes sound (`voices`), one hears the supervisor. Ends when the supervisor
//! closes or a media server is gone: the supervisor then starts another that connects anew.

use crate::clock;
use crate::hall::{Hall, Say};
use crate::ladder::{Ladder, Step};
use crate::leaving::{Leaving, Name};
use crate::output::{Output, timestamp};
use crate::sandbox;
use crate::tally::{self, Tally};
use crate::voices::{Silenced, VoiceOrder, Voices};
use media_control::{
    Composition, ConferenceId, LOGO_FILE_BYTES, LOGO_SIDE_PX, LegId, MixerOrder, MixerReport, MixerStart,
    NoProgramme, ProgrammeNews, Source,
};
use media_mix::caption::{Captions, Logo, LogoLimits, Typeface};
use media_mix::share::Teller;
use media_relay::{
    Address, ConferenceWord, Cut, LegWord, News, PacketHead, Put, RelayClient, StreamName, WayFailure,
};
use media_worker::{Said, WorkerEnd, WorkerSender};
use std::collections::{BTreeMap, HashMap};
use std::io;
use std::path::Path;
use std::sync::mpsc::{Receiver, TryRecvError, sync_channel};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// As far behind, turns are left out instead of made up for.
const BEHIND: Duration = Duration::from_millis(120);
/// News taken from one media server before pictures get their turn.
const NEWS_PER_TURN: usize = 2_048;
/// Orders that wait; the supervisor repeats none, so it waits when there are more.
const ORDERS: usize = 256;
/// How long relays may take to listen when everything starts at once.
const CONNECT_WITHIN: Duration = Duration::from_secs(5);
/// Between two attempts.
const CONNECT_EVERY: Duration = Duration::from_millis(20);
/// So many turns left out within a second are overload, whatever the time that was spent says: the machine gives
/// the process too little of it.
const MISSED: u32 = 3;
/// Time between two reports, and between two words about the clock of a stream.
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// Why the process ends.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    #[error("nobody supervises this process, it is started by `diemcau serve`: {0}")]
    Supervisor(io::Error),
    #[error("the first message is no settings: {0}")]
    Settings(serde_json::Error),
    #[error("relay {path} cannot be reached: {cause}")]
    Relay { path: String, cause: WayFailure },
    #[error(transparent)]
    Sandbox(#[from] sandbox::Failure),
    #[error("a media server is gone: {0}")]
    Cut(Cut),
    #[error("no thread for the voices: {0}")]
    Thread(io::Error),
    #[error(transparent)]
    Silenced(#[from] Silenced),
}

/// Runs until the supervisor or a media server is gone. Without the `font` pictures have no words.
/// What is wrong with the `logo` is told, and pictures have none.
///
/// # Errors
/// [`Failure`].
pub fn run(font: &Path, logo: Option<&Path>) -> Result<(), Failure> {
    let face = Typeface::open(font);
    let face = face.inspect_err(|failure| tracing::warn!(%failure, "pictures have no words")).ok();
    let limits = LogoLimits { file_bytes: LOGO_FILE_BYTES, side_px: LOGO_SIDE_PX };
    let logo = logo.and_then(|path| {
        let logo = Logo::open(path, limits);
        logo.inspect_err(|failure| tracing::warn!(%failure, "pictures have no logo")).ok()
    });
    // Before any thread: the system holds each thread on its own to it.
    let has_landlock = sandbox::close_files()?;
    let mut end = WorkerEnd::from_stdin(REPORT_EVERY).map_err(Failure::Supervisor)?;
    let Some(start) = settings(&mut end)? else { return Ok(()) };
    let connect_all =
        |name: &str| start.relays.iter().map(|path| connect(path, name)).collect::<Result<Vec<_>, _>>();
    let links = connect_all("mixer")?;
    let epoch = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default().as_millis() as u32;
    let voices = Voices::start(connect_all("mixer-voices")?, epoch).map_err(Failure::Thread)?;
    let (sender, supervisor) = (end.sender(), hear(end).map_err(Failure::Supervisor)?);
    sandbox::lock(start.memory_bytes)?;
    tell(&sender, &MixerReport::Ready { has_landlock, pid: std::process::id() });
    tracing::info!(relays = links.len(), has_landlock, "mixer is ready");
    let captions = Captions::new(face).with_logo(logo);
    let (halls, outputs, legs) = (BTreeMap::new(), BTreeMap::new(), HashMap::new());
    let mixer = Mixer {
        start,
        links,
        voices,
        sender,
        orders: supervisor,
        captions,
        halls,
        outputs,
        legs,
        tally: Tally::default(),
        leaving: Leaving::default(),
        ladder: Ladder::default(),
        reported: Duration::ZERO,
        began: Instant::now(),
        epoch,
    };
    mixer.run()
}

fn settings(end: &mut WorkerEnd) -> Result<Option<MixerStart>, Failure> {
    loop {
        match end.hear().map_err(Failure::Supervisor)? {
            Said::Message(bytes) => match serde_json::from_slice(&bytes).map_err(Failure::Settings)? {
                MixerOrder::Start(start) => return Ok(Some(start)),
                MixerOrder::Compose(_) | MixerOrder::Stop { .. } => {}
            },
            Said::Lives | Said::Nothing => {}
            Said::End => return Ok(None),
        }
    }
}

fn connect(path: &Path, name: &str) -> Result<RelayClient, Failure> {
    let until = Instant::now() + CONNECT_WITHIN;
    loop {
        match RelayClient::connect(&Address::Unix(path.to_owned()), name) {
            Ok(client) => return Ok(client),
            Err(_) if Instant::now() < until => std::thread::park_timeout(CONNECT_EVERY),
            Err(cause) => return Err(Failure::Relay { path: path.display().to_string(), cause }),
        }
    }
}

/// Orders as they come, from a thread that ends with the supervisor.
fn hear(mut end: WorkerEnd) -> io::Result<Receiver<MixerOrder>> {
    let (orders, received) = sync_channel(ORDERS);
    std::thread::Builder::new().name("orders".to_owned()).spawn(move || {
        loop {
            match end.hear() {
                Ok(Said::Message(bytes)) => match serde_json::from_slice(&bytes) {
                    Ok(order) => {
                        if orders.send(order).is_err() {
                            return;
                        }
                    }
                    Err(error) => tracing::error!(%error, "supervisor sent what is no order"),
                },
                Ok(Said::Lives | Said::Nothing) => {}
                Ok(Said::End) | Err(_) => return,
            }
        }
    })?;
    Ok(received)
}

fn tell(sender: &WorkerSender, report: &MixerReport) {
    let message = serde_json::to_vec(report).expect("reports have no value without JSON");
    // Full: the supervisor is far behind or gone, which ends this process soon.
    let _ = sender.send(message);
}

struct Mixer {
    start: MixerStart,
    links: Vec<RelayClient>,
    voices: Voices,
    sender: WorkerSender,
    orders: Receiver<MixerOrder>,
    captions: Captions,
    halls: BTreeMap<ConferenceId, Hall>,
    outputs: BTreeMap<Name, Output>,
    leaving: Leaving,
    /// The conference of each connection that was told.
    legs: HashMap<LegId, ConferenceId>,
    tally: Tally,
    ladder: Ladder,
    /// When figures were told last.
    reported: Duration,
    began: Instant,
    epoch: u32,
}

impl Mixer {
    fn now(&self) -> Duration {
        self.began.elapsed()
    }

    fn run(mut self) -> Result<(), Failure> {
        let (mut turn_at, mut report_at) = (Duration::ZERO, REPORT_EVERY);
        loop {
            loop {
                match self.orders.try_recv() {
                    Ok(order) => self.obey(order)?,
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Disconnected) => return Ok(()),
                }
            }
            self.take_news()?;
            self.voices.check()?;
            let now = self.now();
            if now >= turn_at {
                self.turn(now);
                let turn = Duration::from_secs(1) / self.ladder.step().pictures_per_second();
                turn_at += turn;
                if self.now() > turn_at + BEHIND {
                    let behind = (self.now() - turn_at).as_millis() / turn.as_millis();
                    self.tally.0.missed_turns += behind as u32;
                    turn_at += turn * behind as u32;
                }
            }
            self.send(self.now());
            if now >= report_at {
                report_at = now + REPORT_EVERY;
                self.report(now)?;
            }
            let next = self.leaving.due().map_or(turn_at, |due| due.min(turn_at));
            RelayClient::wait_any(&self.links, next.saturating_sub(self.now()));
        }
    }

    fn obey(&mut self, order: MixerOrder) -> Result<(), Failure> {
        match order {
            MixerOrder::Start(_) => tracing::error!("settings came twice"),
            MixerOrder::Compose(order) => {
                let name = (order.conference.clone(), order.programme);
                if self.outputs.get_mut(&name).is_some_and(|output| output.follow(&order)) {
                    return Ok(());
                }
                let is_new = self.end(&name)?.is_none();
                let (limit, step) = (self.start.programmes, self.ladder.step());
                let made = if self.outputs.len() >= usize::from(limit) {
                    Err(NoProgramme::TooMany { limit })
                } else if is_new && step == Step::Refusing {
                    Err(NoProgramme::NoTime)
                } else {
                    Output::new(*order, self.start.encoder, step, self.epoch)
                };
                self.begin(name, made)?;
            }
            MixerOrder::Stop { conference, programme } => {
                self.end(&(conference, programme))?;
            }
        }
        Ok(())
    }

    fn begin(&mut self, name: Name, made: Result<Output, NoProgramme>) -> Result<(), Failure> {
        let output = match made {
            Ok(output) => output,
            Err(refusal) => {
                self.tell_programme(&name, ProgrammeNews::Refused { refusal });
                return Ok(());
            }
        };
        if !self.halls.contains_key(&name.0) {
            self.halls.insert(name.0.clone(), Hall::new(name.0.clone()));
            self.links.iter_mut().for_each(|link| link.attend(&name.0, true));
        }
        for link in &mut self.links {
            link.publish(&name.0, output.leg(), name.1);
        }
        let (conference, programme) = name.clone();
        self.voices.order(VoiceOrder::Accompany { conference, programme, leg: output.voice() })?;
        self.outputs.insert(name, output);
        Ok(())
    }

    /// Ends a picture; what was ordered of it, if it was made.
    fn end(&mut self, name: &Name) -> Result<Option<Composition>, Failure> {
        let Some(output) = self.outputs.remove(name) else { return Ok(None) };
        self.leaving.forget(name);
        let (conference, programme) = name.clone();
        self.voices.order(VoiceOrder::LeaveOut { conference, programme })?;
        self.links.iter_mut().for_each(|link| link.withdraw(output.leg()));
        let order = Some(output.into_order());
        if self.outputs.keys().any(|(conference, _)| *conference == name.0) {
            return Ok(order);
        }
        if let Some(mut hall) = self.halls.remove(&name.0) {
            let said = hall.need(self.began.elapsed(), &BTreeMap::new());
            say(&mut self.links, &hall.conference, said);
        }
        self.links.iter_mut().for_each(|link| link.attend(&name.0, false));
        self.legs.retain(|_, conference| *conference != name.0);
        Ok(order)
    }

    /// Takes the load of the last second to the ladder and carries out where that leads.
    fn ease(&mut self, now: Duration, load: f32) -> Result<(), Failure> {
        let has_large = self.outputs.values().any(Output::is_large);
        let before = self.ladder.step();
        if !self.ladder.note(now, load, has_large) {
            return Ok(());
        }
        let step = self.ladder.step();
        tracing::warn!(?before, ?step, load, "load of the mixer has changed what pictures are worth");
        let names: Vec<Name> = self.outputs.keys().cloned().collect();
        for name in names {
            if self.outputs.get_mut(&name).is_some_and(|output| !output.ease(step))
                && let Some(order) = self.end(&name)?
            {
                // Another size is another stream.
                self.begin(name, Output::new(order, self.start.encoder, step, self.epoch))?;
            }
        }
        Ok(())
    }

    fn tell_programme(&self, (conference, programme): &Name, news: ProgrammeNews) {
        let (conference, programme) = (conference.clone(), *programme);
        tell(&self.sender, &MixerReport::Programme { conference, programme, news });
    }

    fn take_news(&mut self) -> Result<(), Failure> {
        for link in 0..self.links.len() {
            for _ in 0..NEWS_PER_TURN {
                let Some(news) = self.links[link].next(Duration::ZERO).map_err(Failure::Cut)? else { break };
                self.take(link, news);
            }
        }
        Ok(())
    }

    fn take(&mut self, link: usize, news: News) {
        let now = self.now();
        match news {
            News::Conference { conference, word: ConferenceWord::Joined { leg, participant } } => {
                let Some(hall) = self.halls.get_mut(&conference) else { return };
                let said = hall.joined(now, link, leg, participant);
                say(&mut self.links, &conference, said);
                self.legs.insert(leg, conference);
            }
            News::Leg { leg, word: LegWord::Left, .. } => {
                if let Some(hall) = self.legs.remove(&leg).and_then(|of| self.halls.get_mut(&of)) {
                    hall.left(leg);
                }
            }
            News::Leg { shard, leg, word: LegWord::LayersNeeded { source: Source::Camera, layers } } => {
                if let Some(output) = self.outputs.values_mut().find(|it| it.leg() == leg) {
                    output.note_needs(now, Teller { link, shard }, layers);
                }
            }
            News::Leg { leg, word: LegWord::KeyframeNeeded { .. }, .. } => {
                if let Some(output) = self.outputs.values_mut().find(|it| it.leg() == leg) {
                    self.tally.0.keyframes_wanted += 1;
                    output.ask_key();
                }
            }
            News::Packet { head, payload } => {
                if let Some(hall) = self.legs.get(&head.stream.leg).and_then(|of| self.halls.get_mut(of)) {
                    let before = self.tally.0;
                    hall.packet(now, &head, payload, &mut self.tally);
                    tally::add(&mut hall.figures, &before, &self.tally.0);
                }
            }
            News::Leg {
                leg, word: LegWord::ClockMap { source, layer, ntp, timestamp, arrived_us }, ..
            } => {
                let at_us = self.links[link].to_ours(arrived_us);
                if let Some(hall) = self.legs.get(&leg).and_then(|of| self.halls.get_mut(of)) {
                    hall.note_clock(at_us, StreamName { leg, source, layer }, ntp, timestamp);
                }
            }
            // Who looks at what.
            News::Greeted(_) | News::Leg { .. } | News::Conference { .. } => {}
        }
    }

    /// The pictures of this moment.
    fn turn(&mut self, now: Duration) {
        let time = clock::on_the_wall(SystemTime::now());
        for (conference, hall) in &mut self.halls {
            hall.mixes(now, &self.voices.speaking(conference));
            let of_hall = |(of, _): &Name| of == conference;
            let mut needed = BTreeMap::new();
            for (_, output) in self.outputs.iter_mut().filter(|(name, _)| of_hall(name)) {
                output.arrange(now, hall, &time);
                output.need(&mut needed);
            }
            let mut said = hall.need(now, &needed);
            let before = self.tally.0;
            said.extend(hall.turn(now, &mut self.tally));
            tally::add(&mut hall.figures, &before, &self.tally.0);
            say(&mut self.links, conference, said);
            let sources = hall.sources(now);
            hall.scaler.begin_round();
            for (name, output) in self.outputs.iter_mut().filter(|(name, _)| of_hall(name)) {
                let now_us = self.links.first().map_or(0, RelayClient::now_us);
                let packets = output.turn(now, now_us, hall, &sources, &mut self.captions, &mut self.tally);
                if !packets.is_empty() {
                    self.leaving.put(self.began.elapsed() + hall.lips.picture_wait(), name.clone(), packets);
                }
            }
        }
    }

    /// Sends the pictures that have waited for their voices long enough.
    fn send(&mut self, now: Duration) {
        let Self { leaving, outputs, links, sender, tally, .. } = self;
        while let Some((name, packets)) = leaving.next_due(now) {
            let Some(output) = outputs.get_mut(&name) else { continue };
            let now_us = links.first().map_or(0, RelayClient::now_us);
            let mut was_dropped = false;
            for (head, payload) in &packets {
                let head = PacketHead { arrived_us: now_us, ..*head };
                for link in &mut *links {
                    if link.send(head, payload) == Put::Dropped {
                        tally.0.dropped_packets += 1;
                        was_dropped = true;
                    }
                }
            }
            if was_dropped {
                output.ask_key();
            }
            if !std::mem::replace(&mut output.is_shown, true) {
                let (conference, programme) = name;
                let news = ProgrammeNews::Shown;
                tell(sender, &MixerReport::Programme { conference, programme, news });
            }
        }
    }

    /// Lets voices wait for pictures, or pictures for voices.
    fn keep_together(&mut self) {
        for (conference, hall) in &mut self.halls {
            let of_hall = self.outputs.iter().filter(|((of, _), _)| of == conference);
            let oldest = of_hall.map(|(_, output)| output.age() + output.work()).max();
            let (Some(picture), Some(voice_us)) = (oldest, self.voices.age_us(conference)) else { continue };
            let picture_us = (picture + hall.lips.picture_wait()).as_micros() as u64;
            if hall.lips.compare(voice_us, picture_us) {
                let (conference, least) = (conference.clone(), hall.lips.voice_wait());
                // Where no order can be taken now, it is told again with the next change.
                let _ = self.voices.order(VoiceOrder::HoldBack { conference, least });
            }
        }
    }

    fn report(&mut self, now: Duration) -> Result<(), Failure> {
        let mut figures = self.tally.take();
        let spent = figures.decode_s + figures.compose_s + figures.encode_s;
        let is_behind = figures.missed_turns >= MISSED;
        let seconds = now.saturating_sub(std::mem::replace(&mut self.reported, now)).as_secs_f32();
        self.ease(now, if is_behind { 1.0 } else { spent / seconds.max(f32::EPSILON) })?;
        figures.ladder_step = self.ladder.step() as u8;
        figures.sound = self.voices.take_figures();
        figures.programmes = self.outputs.len() as u32;
        figures.encoders = self.outputs.values().map(|it| it.layers().len() as u32).sum();
        for (conference, hall) in &mut self.halls {
            let (decoded, waiting) = hall.load();
            figures.sources += decoded as u32;
            figures.waiting_packets += waiting as u32;
            let mut of_hall = std::mem::take(&mut hall.figures);
            of_hall.waiting_packets = waiting as u32;
            let share = self.outputs.keys().filter(|(of, _)| of == conference).count() as u32;
            for ((_, programme), output) in self.outputs.iter_mut().filter(|((of, _), _)| of == conference) {
                let news = ProgrammeNews::Counted {
                    figures: output.take_figures(self.ladder.step(), &of_hall, share),
                };
                let (conference, programme) = (conference.clone(), *programme);
                tell(&self.sender, &MixerReport::Programme { conference, programme, news });
            }
        }
        self.keep_together();
        tell(&self.sender, &MixerReport::Counted(figures));
        let ntp = clock::ntp_now();
        for output in self.outputs.values() {
            for layer in output.layers() {
                let stream = StreamName { leg: output.leg(), source: Source::Camera, layer };
                let stamp = timestamp(now + output.age());
                self.links.iter_mut().for_each(|link| link.tell_clock(stream, ntp, stamp));
            }
        }
        Ok(())
    }
}

fn say(links: &mut [RelayClient], conference: &ConferenceId, said: Vec<Say>) {
    for one in said {
        match one {
            Say::Conference(ConferenceWord::Wanted { participant, source, is_wanted }) => {
                links.iter_mut().for_each(|link| link.want(conference, participant, source, is_wanted));
            }
            Say::Leg { link, leg, word } => {
                let Some(link) = links.get_mut(link) else { continue };
                match word {
                    LegWord::LayersNeeded { source, layers } => link.need_layers(leg, source, layers),
                    LegWord::KeyframeNeeded { source } => link.ask_keyframe(leg, source),
                    LegWord::Left | LegWord::ClockMap { .. } => {}
                }
            }
            Say::Conference(_) => {}
        }
    }
}
