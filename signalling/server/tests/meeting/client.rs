//! One participant of a test: speaks the protocol in plain JSON, as a browser does.

use crate::http_client::Socket;
use crate::stage::DEADLINE;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::collections::VecDeque;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

pub struct Client {
    pub socket: Socket,
    pub token: String,
    /// Frames that no wait has taken yet.
    frames: VecDeque<Value>,
    next_id: u32,
    /// Numbers of reliable messages in the order in which they came.
    pub seqs: Vec<u64>,
    pub resume: String,
    pub participant: u64,
    closed: Option<CloseFrame>,
    is_over: bool,
}

impl Client {
    pub fn new(socket: Socket, token: &str) -> Self {
        Self {
            socket,
            token: token.to_owned(),
            frames: VecDeque::new(),
            next_id: 0,
            seqs: Vec::new(),
            resume: String::new(),
            participant: 0,
            closed: None,
            is_over: false,
        }
    }

    pub fn last_seq(&self) -> u64 {
        self.seqs.last().copied().unwrap_or(0)
    }

    /// Sends a request and returns its id.
    pub async fn ask(&mut self, mut request: Value) -> u32 {
        self.next_id += 1;
        request["id"] = json!(self.next_id);
        self.send(&request.to_string()).await;
        self.next_id
    }

    pub async fn send(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.expect("is sent");
    }

    /// Joins with both devices on; returns the `welcome`.
    pub async fn hello(&mut self) -> Value {
        self.ask(json!({"type": "hello", "microphone": true, "camera": true})).await;
        self.welcome().await
    }

    pub async fn welcome(&mut self) -> Value {
        let welcome = self.wait("welcome").await;
        self.resume = welcome["resume"].as_str().expect("a token").to_owned();
        self.participant = welcome["you"]["participant"].as_u64().expect("a number");
        welcome
    }

    /// Asks and waits until it is done.
    pub async fn done(&mut self, request: Value) {
        let id = self.ask(request.clone()).await;
        let answer = self.answer(id).await;
        assert_eq!(answer["type"], "done", "{request} was answered by {answer}");
    }

    /// Asks and waits for the refusal; returns its code.
    pub async fn refused(&mut self, request: Value) -> String {
        let id = self.ask(request.clone()).await;
        let answer = self.answer(id).await;
        assert_eq!(answer["type"], "refused", "{request} was answered by {answer}");
        answer["error"].as_str().expect("a code").to_owned()
    }

    /// Waits for the answer to the request `id`.
    pub async fn answer(&mut self, id: u32) -> Value {
        self.until(|frame| (frame["type"] == "done" || frame["type"] == "refused") && frame["id"] == id).await
    }

    /// Takes the first frame of this type.
    pub async fn wait(&mut self, kind: &str) -> Value {
        self.until(|frame| frame["type"] == kind).await
    }

    /// Takes the first delta of this kind.
    pub async fn delta(&mut self, kind: &str) -> Value {
        let frame = self.until(|f| f["type"] == "delta" && f["delta"]["kind"] == kind).await;
        frame["delta"].clone()
    }

    /// Takes the first `changed` of a participant for which `is_so`.
    pub async fn changed(&mut self, who: u64, is_so: impl Fn(&Value) -> bool) -> Value {
        let frame = self
            .until(|frame| {
                let delta = &frame["delta"];
                let person = &delta["participant"];
                delta["kind"] == "changed" && person["id"] == who && is_so(person)
            })
            .await;
        frame["delta"].clone()
    }

    /// Takes the first frame for which `is_it`, leaving those before it for later waits.
    pub async fn until(&mut self, is_it: impl Fn(&Value) -> bool) -> Value {
        let mut looked = 0;
        let found = async {
            loop {
                if let Some(at) = self.frames.iter().skip(looked).position(&is_it) {
                    return self.frames.remove(looked + at).expect("was found");
                }
                looked = self.frames.len();
                if !self.read().await {
                    panic!("closed ({:?}) before it came; had {}", self.closed, self.had());
                }
            }
        };
        match tokio::time::timeout(DEADLINE, found).await {
            Ok(frame) => frame,
            Err(_) => panic!("did not come in time; had {}", self.had()),
        }
    }

    /// Takes everything up to the first delta of the kind `end`; the deltas of these kinds, in their order.
    pub async fn deltas_until(&mut self, end: &str, kinds: &[&str]) -> Vec<Value> {
        let mut taken = Vec::new();
        loop {
            let delta = self.until(|frame| frame["type"] == "delta").await["delta"].clone();
            let kind = delta["kind"].as_str().expect("a kind");
            if kind == end {
                return taken;
            }
            if kinds.contains(&kind) {
                taken.push(delta);
            }
        }
    }

    fn had(&self) -> String {
        let newest = self.frames.iter().rev().take(20);
        newest.map(|frame| format!("\n{frame:.300}")).collect()
    }

    /// Reads to the end and returns why the server closed.
    pub async fn closed(&mut self) -> (u16, String) {
        let end = async { while self.read().await {} };
        tokio::time::timeout(DEADLINE, end).await.expect("is closed in time");
        let frame = self.closed.clone().expect("a close frame");
        (frame.code.into(), frame.reason.as_str().to_owned())
    }

    /// Reads one message; false at the end.
    async fn read(&mut self) -> bool {
        if self.is_over {
            return false;
        }
        match self.socket.next().await {
            Some(Ok(Message::Text(text))) => {
                let frame: Value = serde_json::from_str(&text).expect("frames are JSON");
                if let Some(seq) = frame["seq"].as_u64() {
                    self.seqs.push(seq);
                }
                self.frames.push_back(frame);
            }
            Some(Ok(Message::Close(frame))) => self.closed = frame,
            Some(Ok(_)) => {}
            Some(Err(_)) | None => self.is_over = true,
        }
        !self.is_over
    }

    /// Cuts the connection without a close frame.
    pub fn cut(self) -> Left {
        Left { token: self.token, resume: self.resume, seq: self.seqs.last().copied().unwrap_or(0) }
    }
}

/// What a client keeps when its connection is gone.
pub struct Left {
    pub token: String,
    pub resume: String,
    pub seq: u64,
}

impl Left {
    /// The `hello` that takes the place back.
    pub fn hello(&self) -> Value {
        json!({"type": "hello", "resume": self.resume, "last_seq": self.seq,
               "microphone": true, "camera": true})
    }
}
