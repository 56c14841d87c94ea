//! What one connection may send: size, form and pace of its frames.
//!
//! Called by `session::connection` for every text frame, before the runner hears of it. Refuses
//! cheaply and counts; says when a connection has been refused so often that it is cut.

use super::packing::{self, Unreadable};
use crate::protocol::{ClientMessage, CloseCode, Refused, Request};
use crate::rate::{Bucket, Rate};
use serde::Deserialize;
use std::time::Instant;

/// Largest frame that is read, in bytes; an SDP answer for the whole pool has about 40 kB.
pub const FRAME_LIMIT_BYTES: usize = 64 * 1024;
/// Frames of all kinds: a window that is being resized sends `watch` often.
pub const FRAME_RATE: Rate = Rate { burst: 80, per_second: 20.0 };
/// Chat messages.
pub const CHAT_RATE: Rate = Rate { burst: 8, per_second: 2.0 };
/// New media connections and ICE restarts, each of which costs the media server a handshake.
pub const MEDIA_RATE: Rate = Rate { burst: 8, per_second: 0.5 };
/// Refused frames that a connection may have; they come back one in two seconds.
pub const OFFENCE_RATE: Rate = Rate { burst: 40, per_second: 0.5 };
/// Longest `detail` of a refusal, in characters.
const DETAIL_LIMIT: usize = 160;

/// Pace of one connection.
#[derive(Debug)]
pub struct Gate {
    frames: Bucket,
    chat: Bucket,
    media: Bucket,
    offences: Bucket,
}

/// A frame that does not get through.
#[derive(Debug, PartialEq, Eq)]
pub struct Turned {
    /// The frame's `id`, 0 when it could not be read.
    pub id: u32,
    pub refused: Refused,
    /// Set when the connection has been refused too often.
    pub cut: Option<CloseCode>,
}

impl Gate {
    /// Full buckets.
    #[must_use]
    pub fn new(now: Instant) -> Self {
        Self {
            frames: Bucket::full(FRAME_RATE, now),
            chat: Bucket::full(CHAT_RATE, now),
            media: Bucket::full(MEDIA_RATE, now),
            offences: Bucket::full(OFFENCE_RATE, now),
        }
    }

    /// Reads one text frame.
    ///
    /// # Errors
    /// [`Turned`] with what the client is told.
    pub fn read(&mut self, now: Instant, text: &str) -> Result<ClientMessage, Turned> {
        if self.frames.take(FRAME_RATE, now, 1).is_err() {
            return Err(self.turn_fast(now, 0, FRAME_RATE));
        }
        if text.len() > FRAME_LIMIT_BYTES {
            return Err(self.turn_large(now));
        }
        self.read_text(now, text)
    }

    /// Reads one packed frame.
    ///
    /// # Errors
    /// [`Turned`] with what the client is told.
    pub fn read_packed(&mut self, now: Instant, bytes: &[u8]) -> Result<ClientMessage, Turned> {
        if self.frames.take(FRAME_RATE, now, 1).is_err() {
            return Err(self.turn_fast(now, 0, FRAME_RATE));
        }
        match packing::unpack(bytes) {
            Ok(text) => self.read_text(now, &text),
            Err(Unreadable::TooLarge) => Err(self.turn_large(now)),
            Err(Unreadable::Malformed) => {
                let refused = Refused::Malformed { detail: "no packed text".to_owned() };
                Err(self.turn(now, 0, refused, CloseCode::Protocol))
            }
        }
    }

    fn read_text(&mut self, now: Instant, text: &str) -> Result<ClientMessage, Turned> {
        let message: ClientMessage = serde_json::from_str(text).map_err(|error| {
            let detail = error.to_string().chars().take(DETAIL_LIMIT).collect();
            self.turn(now, id_of(text), Refused::Malformed { detail }, CloseCode::Protocol)
        })?;
        let (bucket, rate) = match message.request {
            Request::Chat { .. } => (&mut self.chat, CHAT_RATE),
            Request::OpenMedia {} | Request::RestartIce { .. } => (&mut self.media, MEDIA_RATE),
            _ => return Ok(message),
        };
        match bucket.take(rate, now, 1) {
            Ok(()) => Ok(message),
            Err(_) => Err(self.turn_fast(now, message.id, rate)),
        }
    }

    /// Counts a frame that is not text, of a client that has not said that it packs.
    pub fn read_binary(&mut self, now: Instant) -> Turned {
        let refused = Refused::Malformed { detail: "binary frame".to_owned() };
        self.turn(now, 0, refused, CloseCode::Protocol)
    }

    fn turn_large(&mut self, now: Instant) -> Turned {
        let limit = u32::try_from(FRAME_LIMIT_BYTES).unwrap_or(u32::MAX);
        self.turn(now, 0, Refused::TooLarge { limit }, CloseCode::Protocol)
    }

    fn turn_fast(&mut self, now: Instant, id: u32, rate: Rate) -> Turned {
        // Below one a second there is no whole number to tell; 1 is the honest upper end.
        let per_second = rate.per_second.ceil() as u32;
        self.turn(now, id, Refused::TooFast { per_second }, CloseCode::TooFast)
    }

    fn turn(&mut self, now: Instant, id: u32, refused: Refused, code: CloseCode) -> Turned {
        let kind = match refused {
            Refused::TooFast { .. } => "too_fast",
            Refused::TooLarge { .. } => "too_large",
            _ => "malformed",
        };
        metrics::counter!("vc_session_frames_refused_total", "kind" => kind).increment(1);
        let cut = self.offences.take(OFFENCE_RATE, now, 1).is_err().then_some(code);
        Turned { id, refused, cut }
    }
}

/// The `id` of a frame whose request could not be read.
fn id_of(text: &str) -> u32 {
    #[derive(Deserialize)]
    struct OnlyId {
        id: u32,
    }
    serde_json::from_str::<OnlyId>(text).map_or(0, |only| only.id)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::time::Duration;

    fn refused(gate: &mut Gate, now: Instant, text: &str) -> Refused {
        gate.read(now, text).expect_err("is refused").refused
    }

    #[test]
    fn frame_of_the_protocol_passes_and_others_are_named() {
        let now = Instant::now();
        let mut gate = Gate::new(now);
        let message = gate.read(now, r#"{"id":1,"type":"raise_hand"}"#).expect("of the protocol");
        assert_eq!(message, ClientMessage { id: 1, request: Request::RaiseHand {} });
        for text in ["", "null", "[]", "{}", r#"{"id":-1,"type":"leave"}"#, r#"{"id":1}"#] {
            assert!(matches!(refused(&mut gate, now, text), Refused::Malformed { .. }), "{text}");
        }
        let turned = gate.read(now, r#"{"id":7,"type":"fly"}"#).expect_err("no such request");
        assert_eq!(turned.id, 7);
        let long = format!(r#"{{"id":1,"type":"chat","text":"{}"}}"#, "x".repeat(70_000));
        assert_eq!(refused(&mut gate, now, &long), Refused::TooLarge { limit: 65_536 });
    }

    #[test]
    fn packed_frame_is_read_like_its_text() {
        let now = Instant::now();
        let mut gate = Gate::new(now);
        let text = r#"{"id":1,"type":"raise_hand"}"#;
        let message = gate.read_packed(now, &packing::pack(text)).expect("of the protocol");
        assert_eq!(message, ClientMessage { id: 1, request: Request::RaiseHand {} });
        let turned = gate.read_packed(now, &packing::pack(&" ".repeat(70_000))).expect_err("too large");
        assert_eq!(turned.refused, Refused::TooLarge { limit: 65_536 });
        let turned = gate.read_packed(now, text.as_bytes()).expect_err("not packed");
        assert!(matches!(turned.refused, Refused::Malformed { .. }));
        let cut = (0..1000).find_map(|_| gate.read_packed(now, b"").err().and_then(|it| it.cut));
        assert!(cut.is_some());
    }

    #[test]
    fn fast_sender_is_refused_then_cut_and_slow_one_is_not() {
        let mut now = Instant::now();
        let mut gate = Gate::new(now);
        let text = r#"{"id":1,"type":"ping","sent_ms":0}"#;
        let cut = (0..1000).find_map(|_| gate.read(now, text).err().and_then(|t| t.cut));
        assert_eq!(cut, Some(CloseCode::TooFast));
        let mut gate = Gate::new(now);
        for _ in 0..1000 {
            now += Duration::from_millis(50);
            assert!(gate.read(now, text).is_ok());
        }
    }

    #[test]
    fn chat_has_a_pace_of_its_own() {
        let now = Instant::now();
        let mut gate = Gate::new(now);
        for _ in 0..CHAT_RATE.burst {
            assert!(gate.read(now, r#"{"id":1,"type":"chat","text":"a"}"#).is_ok());
        }
        let turned = refused(&mut gate, now, r#"{"id":1,"type":"chat","text":"a"}"#);
        assert_eq!(turned, Refused::TooFast { per_second: 2 });
        assert!(gate.read(now, r#"{"id":1,"type":"raise_hand"}"#).is_ok());
    }

    proptest! {
        #[test]
        fn text_of_any_shape_is_read_or_refused(text in ".{0,400}") {
            let now = Instant::now();
            let _ = Gate::new(now).read(now, &text);
        }

        #[test]
        fn json_of_any_shape_is_read_or_refused(
            kind in "hello|chat|watch|answer|mute|set_media|ack",
            value in "null|true|-1|1e999|\"\"|\\[\\]|\\{\\}|\\[\\[\\[\\]\\]\\]|99999999999999999999",
            field in "resume|text|wishes|leg|participant|microphone|seq|id",
        ) {
            let now = Instant::now();
            let text = format!(r#"{{"id":1,"type":"{kind}","{field}":{value}}}"#);
            let _ = Gate::new(now).read(now, &text);
        }
    }
}
