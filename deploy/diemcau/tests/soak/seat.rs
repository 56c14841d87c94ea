//! One official of the soak: a WebSocket and a media leg that come, go, break and come back.
//!
//! Driven by `main` in short rounds; never blocks. What the server does to it that it should not
//! is a panic with the seat's name.

use crate::program::Program;
use crate::synthetic::browser::{Browser, USUAL};
use crate::synthetic::http_client::Socket;
use crate::synthetic::media::{Content, Stream};
use futures_util::{FutureExt as _, SinkExt as _, StreamExt as _};
use media_control::LegId;
use serde_json::{Value, json};
use std::collections::HashSet;
use std::time::Instant;
use tokio_tungstenite::tungstenite::Message;

/// Frames read in one round.
const FRAMES_A_ROUND: usize = 64;

#[derive(Default)]
pub struct Tally {
    pub chats_sent: usize,
    pub chats_done: usize,
    pub joins: usize,
    pub resumes: usize,
    pub ice_restarts: usize,
    pub legs: usize,
}

pub struct Seat {
    name: String,
    token: String,
    socket: Option<Socket>,
    pub browser: Option<Browser>,
    pub participant: u64,
    resume: Option<String>,
    last_seq: u64,
    next_id: u32,
    chats: HashSet<u32>,
    /// Media packets that came over this leg since the last count.
    pub received: u64,
    number: u32,
}

impl Seat {
    pub fn new(number: u32, token: String) -> Self {
        Self {
            name: format!("Điểm cầu {number}"),
            token,
            socket: None,
            browser: None,
            participant: 0,
            resume: None,
            last_seq: 0,
            next_id: 0,
            chats: HashSet::new(),
            received: 0,
            number,
        }
    }

    pub const fn is_in(&self) -> bool {
        self.socket.is_some()
    }

    pub fn is_connected(&self) -> bool {
        self.browser.as_ref().is_some_and(Browser::is_connected)
    }

    /// Comes in, or comes back to the place that it left without a word.
    pub async fn enter(&mut self, program: &Program, tally: &mut Tally) {
        let authorization = format!("Bearer {}", self.token);
        let socket = program.http().websocket("demo", &[("authorization", &authorization)]).await;
        self.socket = Some(socket.unwrap_or_else(|refused| panic!("{}: {refused:?}", self.name)));
        self.chats.clear();
        let mut hello = json!({"type": "hello", "microphone": true, "camera": true});
        if let Some(resume) = &self.resume {
            hello["resume"] = json!(resume);
            hello["last_seq"] = json!(self.last_seq);
            tally.resumes += 1;
        } else {
            tally.joins += 1;
        }
        self.ask(hello).await;
    }

    /// Breaks the connection without a word; the leg stays.
    pub fn cut(&mut self) {
        self.socket = None;
    }

    /// What a killed server leaves.
    pub fn lose_server(&mut self) {
        self.socket = None;
        self.browser = None;
    }

    pub async fn leave(&mut self) {
        self.ask(json!({"type": "leave"})).await;
        self.socket = None;
        self.browser = None;
        self.resume = None;
        self.last_seq = 0;
    }

    pub async fn ask(&mut self, mut request: Value) -> u32 {
        self.next_id += 1;
        request["id"] = json!(self.next_id);
        if let Some(socket) = &mut self.socket
            && socket.send(Message::text(request.to_string())).await.is_err()
        {
            self.socket = None;
        }
        self.next_id
    }

    pub async fn chat(&mut self, tally: &mut Tally) {
        let text = format!("Điểm cầu {} báo cáo, dòng {}", self.number, tally.chats_sent);
        let id = self.ask(json!({"type": "chat", "text": text})).await;
        self.chats.insert(id);
        tally.chats_sent += 1;
    }

    pub async fn restart_ice(&mut self, tally: &mut Tally) {
        let Some(leg) = self.browser.as_ref().filter(|it| it.is_connected()).map(|it| it.leg) else { return };
        self.ask(json!({"type": "restart_ice", "leg": leg.0})).await;
        tally.ice_restarts += 1;
    }

    /// One round: media that is due, packets and frames that came.
    pub async fn round(&mut self, tally: &mut Tally) {
        if let Some(browser) = &mut self.browser {
            browser.run(Instant::now());
            self.received += browser.got.values().map(|got| got.len() as u64).sum::<u64>();
            browser.got.values_mut().for_each(Vec::clear);
            browser.reports.clear();
        }
        for _ in 0..FRAMES_A_ROUND {
            let Some(socket) = &mut self.socket else { return };
            match socket.next().now_or_never() {
                None => return,
                Some(Some(Ok(Message::Text(text)))) => {
                    let frame = serde_json::from_str(&text).expect("frames are JSON");
                    self.take(&frame, tally).await;
                }
                Some(Some(Ok(_))) => {}
                Some(None | Some(Err(_))) => self.socket = None,
            }
        }
    }

    async fn take(&mut self, frame: &Value, tally: &mut Tally) {
        if let Some(seq) = frame["seq"].as_u64() {
            self.last_seq = seq;
            self.ask(json!({"type": "ack", "seq": seq})).await;
        }
        match frame["type"].as_str().expect("a type") {
            "welcome" | "resumed" => {
                self.resume = frame["resume"].as_str().map(str::to_owned);
                self.participant = frame["you"]["participant"].as_u64().expect("a number");
                if self.browser.is_none() {
                    self.ask(json!({"type": "open_media"})).await;
                }
            }
            "offer" => self.offered(frame, tally).await,
            "media_lost" => {
                self.browser = None;
                self.ask(json!({"type": "open_media"})).await;
            }
            "done" => {
                let id = frame["id"].as_u64().expect("a number") as u32;
                tally.chats_done += usize::from(self.chats.remove(&id));
            }
            "refused" => self.refused(frame).await,
            "ended" => panic!("{} was put out: {frame}", self.name),
            _ => {}
        }
    }

    async fn offered(&mut self, frame: &Value, tally: &mut Tally) {
        let leg = LegId(frame["leg"].as_u64().expect("a number"));
        let sdp = frame["sdp"].as_str().expect("a text");
        let answer = match &mut self.browser {
            Some(browser) if browser.leg == leg => browser.restart(sdp),
            _ => {
                let mut browser = Browser::new(leg, sdp, USUAL);
                let (now, base) =
                    (Instant::now(), 1_000_000 + 10_000 * self.number + tally.legs as u32 % 1_000 * 10);
                for (at, (rid, height)) in [("q", 180), ("h", 360)].into_iter().enumerate() {
                    browser.streams.push(Stream::new(base + at as u32, Content::Camera { rid, height }, now));
                }
                browser.streams.push(Stream::new(base + 9, Content::Voice { level: 40 }, now));
                tally.legs += 1;
                self.browser.insert(browser).answer()
            }
        };
        self.ask(json!({"type": "answer", "leg": leg.0, "sdp": answer})).await;
    }

    async fn refused(&mut self, frame: &Value) {
        match frame["error"].as_str().expect("a code") {
            // The place was given up while the connection was away.
            "bad_resume" => {
                (self.resume, self.last_seq, self.browser) = (None, 0, None);
                self.ask(json!({"type": "hello", "microphone": true, "camera": true})).await;
            }
            // The leg ended while the request was on its way.
            "no_such_leg" => {
                self.browser = None;
                self.ask(json!({"type": "open_media"})).await;
            }
            "too_fast" | "media" => {}
            other => panic!("{}: {other}: {frame}", self.name),
        }
    }
}
