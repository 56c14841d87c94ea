//! One composed picture and more and more players of it: what one more costs, and how often it is encoded.
//!
//! Called by the program. Cameras come by WHIP, players by WHEP; CPU time is that of all processes of the server,
//! the mixer among them, with one player and with all.

use super::progress::Progress;
use crate::client::{Codec, Crowd, Look, Part, Profile, Setting};
use crate::error::Failure;
use crate::material::Stock;
use crate::peer::ours::Diemcau;
use crate::peer::{Launch, Peer as _, Seat};
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Longest that all need until they have a picture.
const PATIENCE: Duration = Duration::from_secs(120);
/// Links are known and rates have settled so long after the last one has a picture.
const SETTLE: Duration = Duration::from_secs(12);
/// Between two players that come, so that none waits for another.
const COME_EVERY: Duration = Duration::from_millis(40);
/// Between two looks at the server's figures.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// Who encodes, as the mixer tells it.
const ENCODERS: &str = "vc_mixer_encoders";

/// What is asked for.
#[derive(Clone)]
pub struct Wanted {
    pub count: usize,
    pub cameras: usize,
    /// That are counted, with one player and again with all.
    pub length: Duration,
    pub stock: Arc<Stock>,
    /// Core of the clients.
    pub core: usize,
}

/// What a time with so many players cost.
#[derive(Clone, Copy, Debug, Default)]
pub struct Cost {
    pub players: usize,
    /// Of a core, all processes of the server together.
    pub cpu_percent: f64,
    /// The most encoders that ran at once.
    pub encodes: f64,
    pub mbit_per_player: f64,
    /// Of the packets that there should have been.
    pub delivered_ratio: f64,
    /// Players to whom nothing came.
    pub without_picture: usize,
}

/// Both, and what lies between.
#[derive(Clone, Copy, Debug)]
pub struct Measured {
    pub one: Cost,
    pub all: Cost,
    /// From the request of a player until its first whole key frame, the slowest of those that decrypt.
    pub first_frame_max_s: Option<f64>,
}

impl Measured {
    /// Added CPU of one more player, in percent of a core.
    #[must_use]
    pub fn cpu_percent_per_viewer(&self) -> f64 {
        let more = self.all.players.saturating_sub(self.one.players).max(1);
        (self.all.cpu_percent - self.one.cpu_percent) / more as f64
    }
}

/// Measures.
///
/// # Errors
/// What kept it from going on; `Refused` where the server has no mixer.
pub fn measure(launch: &Launch, wanted: &Wanted) -> Result<Measured, Failure> {
    let progress = Progress::new("viewers");
    let server = Diemcau::start(launch)?;
    let crowd = Crowd::start(Setting::new(wanted.core, Arc::clone(&wanted.stock), Profile::Spaced))?;
    let mut seats: Vec<Box<dyn Seat>> = Vec::new();
    for number in 0..wanted.cameras {
        let client = crowd.client(Part::Sender { codec: Codec::H264, rids: &[] })?;
        seats.push(server.publish_as(&format!("Điểm cầu {}", number + 1), client)?);
    }
    let mut run = Run { server: &server, crowd: &crowd, progress: &progress, wanted, seats };
    run.wait("cameras", |look| look.connected(), wanted.cameras)?;
    let tokens = server.players(wanted.count)?;
    run.enter(&tokens, 1)?;
    let one = run.count(1)?;
    run.enter(&tokens, wanted.count)?;
    let all = run.count(wanted.count)?;
    progress.done();
    let look = crowd.look();
    let waits = look.clients.iter().skip(wanted.cameras).filter_map(|it| it.first_frame_after);
    let first_frame_max_s = waits.max().map(|it| it.as_secs_f64());
    Ok(Measured { one, all, first_frame_max_s })
}

struct Run<'a> {
    server: &'a Diemcau,
    crowd: &'a Crowd,
    progress: &'a Progress,
    wanted: &'a Wanted,
    seats: Vec<Box<dyn Seat>>,
}

impl Run<'_> {
    /// Brings players in until there are `count`, and waits until each has a picture.
    fn enter(&mut self, tokens: &[String], count: usize) -> Result<(), Failure> {
        for number in self.seats.len() - self.wanted.cameras..count {
            let due = Instant::now() + COME_EVERY;
            let client = self.crowd.client(Part::Viewer)?;
            self.seats.push(self.server.watch_composed(tokens, number, client)?);
            self.progress.show("players come in", number + 1, count);
            self.pause(due)?;
        }
        let cameras = self.wanted.cameras;
        let has_picture =
            |look: &Look| look.clients.iter().skip(cameras).filter(|it| it.video_wire_bytes > 0).count();
        self.wait("players with a picture", has_picture, count)
    }

    fn pause(&self, until: Instant) -> Result<(), Failure> {
        if self.progress.is_stopped() {
            return Err(Failure::Stopped);
        }
        std::thread::sleep(until.saturating_duration_since(Instant::now()));
        Ok(())
    }

    fn wait(&self, what: &str, done: impl Fn(&Look) -> usize, of: usize) -> Result<(), Failure> {
        let until = Instant::now() + PATIENCE;
        loop {
            let look = self.crowd.look();
            let have = done(&look);
            self.progress.show(what, have, of);
            if have >= of {
                return Ok(());
            }
            if Instant::now() > until {
                let (waiting, seconds, stuck) = (of - have, PATIENCE.as_secs(), look.stuck());
                return Err(Failure::NotConnected { waiting, of, seconds, stuck });
            }
            self.pause(Instant::now() + Duration::from_millis(100))?;
        }
    }

    /// What the server needs for the players that are there.
    fn count(&self, players: usize) -> Result<Cost, Failure> {
        self.pass("links settle", SETTLE, |_| Ok(()))?;
        let processes = self.server.processes();
        let (began, cpu, before) = (Instant::now(), processes.cpu(), self.crowd.look());
        let mut encodes: f64 = 0.0;
        self.pass("counted", self.wanted.length, |run| {
            encodes = encodes.max(run.server.metric(ENCODERS)?.unwrap_or(0.0));
            Ok(())
        })?;
        let (seconds, after) = (began.elapsed().as_secs_f64(), self.crowd.look());
        let cpu = processes.cpu().saturating_sub(cpu).as_secs_f64();
        let cameras = self.wanted.cameras;
        let gained = |of: fn(&crate::client::Seen) -> u64| -> Vec<u64> {
            let pairs = before.clients.iter().zip(&after.clients).skip(cameras);
            pairs.map(|(before, after)| of(after).saturating_sub(of(before))).collect()
        };
        let bytes = gained(|it| it.video_wire_bytes);
        let (packets, expected) = (gained(|it| it.packets), gained(|it| it.expected));
        let of_all = |values: &[u64]| values.iter().sum::<u64>() as f64;
        Ok(Cost {
            players,
            cpu_percent: cpu / seconds * 100.0,
            encodes,
            mbit_per_player: of_all(&bytes) * 8.0 / seconds / 1e6 / players as f64,
            delivered_ratio: of_all(&packets) / of_all(&expected).max(1.0),
            without_picture: bytes.iter().filter(|it| **it == 0).count(),
        })
    }

    /// Lets a time pass and looks each second.
    fn pass(
        &self,
        what: &str,
        length: Duration,
        mut look: impl FnMut(&Self) -> Result<(), Failure>,
    ) -> Result<(), Failure> {
        let seconds = length.as_secs().max(1);
        for second in 0..seconds {
            let due = Instant::now() + LOOK_EVERY;
            self.progress.show(what, second as usize, seconds as usize);
            look(self)?;
            self.pause(due)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cost_of_a_player_is_what_the_others_add() {
        let cost = |players, cpu_percent| Cost { players, cpu_percent, ..Cost::default() };
        let measured = Measured { one: cost(1, 20.0), all: cost(277, 47.6), first_frame_max_s: None };
        assert!((measured.cpu_percent_per_viewer() - 0.1).abs() < 1e-9);
        let alone = Measured { all: cost(1, 20.0), ..measured };
        assert!(alone.cpu_percent_per_viewer().abs() < 1e-9);
    }
}
