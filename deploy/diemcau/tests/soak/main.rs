//! A long, unquiet meeting against the whole program: officials join, leave, break off and come
//! back, switch layers, restart ICE, move ports, write; the server is killed and started again.
//!
//! At each rest everybody must be connected and get pictures, no leg may be left over, and the
//! server's memory must stay where it was; at the end the journal must hold every message that was
//! acknowledged. `make test-slow` runs it for ten minutes, DIEMCAU_TEST_SOAK_S says otherwise.

mod program;
mod seat;
mod synthetic;

use program::Program;
use seat::{Seat, Tally};
use serde_json::json;
use std::time::{Duration, Instant};

const SEATS: u32 = 6;
const DEFAULT_S: u64 = 600;
/// Between two rounds of all seats.
const ROUND: Duration = Duration::from_millis(4);
/// Between two acts of somebody.
const ACT_EVERY: Duration = Duration::from_millis(150);
/// Unquiet time between two rests.
const UNREST: Duration = Duration::from_secs(20);
/// Longest until everybody is connected and gets pictures again.
const RECOVERY: Duration = Duration::from_secs(60);
/// Packets that prove a leg alive.
const ALIVE_PACKETS: u64 = 200;
/// What memory may grow by once the packet histories are full.
const GROWTH_MIB: f64 = 24.0;
/// Packets that fill the histories of both shards (32,768 each), and their size. Their memory is
/// touched, and so counted, only as packets come.
const HISTORY_PACKETS: f64 = 65_536.0;
const HISTORY_MIB: f64 = HISTORY_PACKETS * 1_500.0 / (1024.0 * 1024.0);

/// xorshift64*: the same meeting on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, limit: usize) -> usize {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_f491_4f6c_dd1d) >> 33) as usize % limit
    }
}

struct Soak {
    program: Program,
    seats: Vec<Seat>,
    tally: Tally,
    dice: Dice,
    turn: tokio::time::Interval,
}

impl Soak {
    async fn round(&mut self) {
        self.turn.tick().await;
        for seat in &mut self.seats {
            seat.round(&mut self.tally).await;
        }
    }

    /// Something that happens to one seat.
    async fn act(&mut self) {
        let at = self.dice.below(self.seats.len());
        let what = self.dice.below(20);
        let height = [90, 180, 360, 720][self.dice.below(4)];
        let others: Vec<u64> = self.seats.iter().map(|it| it.participant).filter(|it| *it != 0).collect();
        let Self { program, seats, tally, .. } = self;
        let seat = &mut seats[at];
        if !seat.is_in() {
            return seat.enter(program, tally).await;
        }
        match what {
            0 => seat.leave().await,
            1 => seat.cut(),
            2 | 3 => seat.restart_ice(tally).await,
            4 => {
                if let Some(browser) = seat.browser.as_mut().filter(|it| it.is_connected()) {
                    browser.move_port();
                }
            }
            5 => {
                let is_on = height > 180;
                seat.ask(json!({"type": "set_media", "microphone": is_on, "camera": true, "screen": false}))
                    .await;
            }
            6..=9 => seat.chat(tally).await,
            10 => drop(seat.ask(json!({"type": "raise_hand"})).await),
            11 => drop(seat.ask(json!({"type": "lower_hand"})).await),
            _ => {
                let own = seat.participant;
                seat.ask(watch(others.into_iter().filter(|it| *it != own), height)).await;
            }
        }
    }

    async fn unrest(&mut self, length: Duration) {
        let (began, mut acted) = (Instant::now(), Instant::now());
        while began.elapsed() < length {
            self.round().await;
            if acted.elapsed() >= ACT_EVERY {
                acted = Instant::now();
                self.act().await;
            }
        }
    }

    /// Lets everybody come back and get pictures; how full the histories are then (0 to 1) and
    /// the server's memory in MiB.
    async fn rest(&mut self) -> (f64, f64) {
        let began = Instant::now();
        let mut asked = None;
        loop {
            self.round().await;
            for at in 0..self.seats.len() {
                if !self.seats[at].is_in() {
                    self.seats[at].enter(&self.program, &mut self.tally).await;
                }
            }
            if asked.is_none() && self.seats.iter().all(Seat::is_connected) {
                let all: Vec<u64> = self.seats.iter().map(|it| it.participant).collect();
                for seat in &mut self.seats {
                    let own = seat.participant;
                    seat.ask(watch(all.iter().copied().filter(|it| *it != own), 360)).await;
                    seat.received = 0;
                }
                asked = Some(());
            }
            let is_alive = |seat: &Seat| seat.is_connected() && seat.received >= ALIVE_PACKETS;
            if asked.is_some() && self.seats.iter().all(is_alive) && self.legs().await == SEATS as usize {
                let received = self.program.metric("vc_media_received_packets_total").await;
                return ((received / HISTORY_PACKETS).min(1.0), self.program.memory_mib());
            }
            if began.elapsed() > RECOVERY {
                let legs = self.legs().await;
                let seats: Vec<_> =
                    self.seats.iter().map(|it| (it.is_in(), it.is_connected(), it.received)).collect();
                panic!("not everybody is back: {legs} legs at the server, (in, connected, got) {seats:?}");
            }
        }
    }

    /// Legs that the server has now.
    async fn legs(&self) -> usize {
        let opened = self.program.metric("vc_media_legs_opened_total").await;
        (opened - self.program.metric("vc_media_legs_ended_total").await) as usize
    }
}

fn watch(participants: impl Iterator<Item = u64>, height_px: u32) -> serde_json::Value {
    let wish = |participant| json!({"participant": participant, "source": "camera", "height_px": height_px});
    json!({"type": "watch", "wishes": participants.map(wish).collect::<Vec<_>>()})
}

#[tokio::test]
#[ignore = "takes ten minutes: make test-slow"]
async fn long_unquiet_meeting_leaves_nothing_behind_and_loses_nothing() {
    let length = std::env::var("DIEMCAU_TEST_SOAK_S").ok().and_then(|text| text.parse().ok());
    let length = Duration::from_secs(length.unwrap_or(DEFAULT_S));
    let program = Program::start().await;
    let seats =
        (1..=SEATS).map(|n| Seat::new(n, program.token(&format!("Điểm cầu {n}"), "secretary"))).collect();
    let mut turn = tokio::time::interval(ROUND);
    turn.set_missed_tick_behavior(tokio::time::MissedTickBehavior::Delay);
    let dice = Dice(0x6469_656d_2063_6175);
    let mut soak = Soak { program, seats, tally: Tally::default(), dice, turn };
    let began = Instant::now();
    let mut kills = 0;
    let mut memory: Vec<(f64, f64)> = Vec::new();
    soak.rest().await;
    while began.elapsed() < length {
        soak.unrest(UNREST).await;
        // Kills in the first third; then one life long enough to see memory creep.
        if began.elapsed() < length / 3 {
            soak.program.kill();
            soak.seats.iter_mut().for_each(Seat::lose_server);
            soak.program.launch().await;
            kills += 1;
            soak.rest().await;
        } else {
            memory.push(soak.rest().await);
        }
    }
    soak.program.stop();
    // A short run ends before the histories are full; then what they lacked may have come since.
    let (full, first) = memory.iter().copied().find(|(full, _)| *full >= 1.0).unwrap_or(memory[0]);
    let last = memory[memory.len() - 1].1;
    let Tally { chats_sent, chats_done, joins, resumes, ice_restarts, legs } = soak.tally;
    println!(
        "{} s, {kills} kills, {joins} joins, {resumes} resumes, {legs} legs, {ice_restarts} ICE restarts, \
         {chats_done} of {chats_sent} messages acknowledged, memory {first:.0} to {last:.0} MiB",
        began.elapsed().as_secs()
    );
    let allowed = GROWTH_MIB + (1.0 - full) * HISTORY_MIB;
    assert!(last <= first + allowed, "memory grew by more than {allowed:.0} MiB: {memory:.2?}");
    assert!(soak.program.journal_is_whole(), "diemcau journal verify");
    let kept = soak.program.rows_with("chat_posted").await;
    assert!(
        (chats_done..=chats_sent).contains(&kept),
        "{kept} kept of {chats_done} acknowledged, {chats_sent} sent"
    );
    assert!(chats_done > 0 && resumes > 0 && ice_restarts > 0);
}
