//! The loop of one WebSocket: frames in through the gate, frames out of the line.
//!
//! Run by `http::ws` after the upgrade, once per connection. Holds no state of the meeting; ends
//! with a close code that says why, and always tells the runner that the connection is gone.

use super::gate::{FRAME_LIMIT_BYTES, Gate, Turned};
use super::line::{ConnectionId, LineEnd, Outgoing, line};
use super::packing::{PACKED_FROM_BYTES, pack};
use crate::auth::Identity;
use crate::clock::Clock;
use crate::protocol::{ClientMessage, CloseCode, PACKED_SUBPROTOCOL, Request, ServerFrame, Volatile};
use crate::runner::{Handle, Input};
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use futures_util::{SinkExt as _, StreamExt as _};
use std::ops::ControlFlow;
use std::pin::Pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

/// A frame larger than this ends the connection with 1009 before it is held in memory; between
/// [`FRAME_LIMIT_BYTES`] and this it is refused and the connection goes on.
pub(crate) const HARD_FRAME_LIMIT_BYTES: usize = 4 * FRAME_LIMIT_BYTES;
/// How long the last frames and the close frame may take to leave.
const CLOSE_TIME: Duration = Duration::from_secs(10);
/// How long a client may take to close its side; what it sends meanwhile is thrown away.
const DRAIN_TIME: Duration = Duration::from_secs(2);

static NEXT_CONNECTION: AtomicU64 = AtomicU64::new(1);

/// A number for a connection, a WebSocket or a program's, that no other of this process has.
pub(crate) fn next_connection() -> ConnectionId {
    ConnectionId(NEXT_CONNECTION.fetch_add(1, Ordering::Relaxed))
}

/// What a connection needs to know.
pub(crate) struct Terms {
    pub clock: Clock,
    /// Dead after so long without a sign; also the time to say hello and to take one frame.
    pub silence: Duration,
    /// Ready when the session behind this connection has been ended.
    pub signed_out: SignedOut,
}

/// Waits for the end of a session.
pub(crate) type SignedOut = Pin<Box<dyn Future<Output = ()> + Send>>;

type Sink = futures_util::stream::SplitSink<WebSocket, Message>;
type End = ControlFlow<CloseFrame>;

/// Serves `socket` for `identity` until either side ends it.
pub(crate) async fn run(socket: WebSocket, handle: Handle, identity: Identity, terms: Terms) {
    let id = next_connection();
    metrics::counter!("vc_session_connections_total").increment(1);
    metrics::gauge!("vc_session_connections").increment(1.0);
    let (line, end) = line(id);
    let packs = socket.protocol().is_some_and(|chosen| chosen == PACKED_SUBPROTOCOL);
    let (mut sink, mut stream) = socket.split();
    let last_word = if handle.inputs.send(Input::Connected { line, identity }).await.is_ok() {
        let inputs = handle.inputs.clone();
        let gate = Gate::new(Instant::now());
        let mut session = Session { id, sink, packs, end, handle, gate, has_spoken: false, terms };
        let last_word = session.serve(&mut stream).await;
        // The runner may be gone already.
        let _ = inputs.send(Input::Gone { connection: id }).await;
        sink = session.sink;
        last_word
    } else {
        Some(frame_of(CloseCode::ServerFailure))
    };
    if let Some(frame) = last_word {
        // A client that reads nothing does not get its last word; its socket ends all the same.
        let close = sink.send(Message::Close(Some(frame)));
        if let Ok(Ok(())) = tokio::time::timeout(CLOSE_TIME, close).await {
            // Closing TCP over unread bytes resets it, and the reset would overtake the close
            // frame (RFC 1122 section 4.2.2.13): read on until the client closes as well.
            let drain = async { while let Some(Ok(_)) = stream.next().await {} };
            let _ = tokio::time::timeout(DRAIN_TIME, drain).await;
        }
    }
    metrics::gauge!("vc_session_connections").decrement(1.0);
}

struct Session {
    id: ConnectionId,
    sink: Sink,
    /// The client reads and writes packed frames.
    packs: bool,
    end: LineEnd,
    handle: Handle,
    gate: Gate,
    has_spoken: bool,
    terms: Terms,
}

impl Session {
    /// Returns the close frame to send, or `None` when the other side is gone.
    async fn serve(
        &mut self,
        stream: &mut futures_util::stream::SplitStream<WebSocket>,
    ) -> Option<CloseFrame> {
        let mut heard = tokio::time::Instant::now();
        let opened = heard;
        let mut ping = tokio::time::interval(self.terms.silence / 3);
        loop {
            // Who is connected but says nothing of the protocol may not stay either.
            let deadline = if self.has_spoken { heard } else { opened } + self.terms.silence;
            let next = tokio::select! {
                biased;
                code = self.end.cut.wait() => ControlFlow::Break(frame_of(code)),
                outgoing = self.end.outgoing.recv() => self.tell(outgoing).await,
                message = stream.next() => match message {
                    Some(Ok(message)) => {
                        heard = tokio::time::Instant::now();
                        self.hear(message).await
                    }
                    Some(Err(error)) => match last_word_to(&error) {
                        Some(frame) => ControlFlow::Break(frame),
                        None => return None,
                    },
                    None => return None,
                },
                () = &mut self.terms.signed_out => {
                    // Whoever holds the device now shall hear and see nothing more.
                    let _ = self.handle.inputs.send(Input::SignedOut { connection: self.id }).await;
                    ControlFlow::Break(frame_of(CloseCode::SignedOut))
                }
                _ = ping.tick() => self.send(Message::Ping(axum::body::Bytes::new())).await,
                () = tokio::time::sleep_until(deadline) => {
                    ControlFlow::Break(frame_of(CloseCode::Silent))
                }
            };
            if let ControlFlow::Break(frame) = next {
                return Some(frame);
            }
        }
    }

    async fn tell(&mut self, outgoing: Option<Outgoing>) -> End {
        match outgoing {
            Some(Outgoing::Frame(frame)) => {
                let sent = self.say(frame.clone()).await;
                self.end.sent(&frame);
                sent
            }
            Some(Outgoing::Close(code)) => ControlFlow::Break(frame_of(code)),
            // The runner dropped the line without a word: it has failed.
            None => {
                let code = self.end.cut.now().unwrap_or(CloseCode::ServerFailure);
                ControlFlow::Break(frame_of(code))
            }
        }
    }

    /// Sends one text, packed where that is worth it.
    async fn say(&mut self, text: Utf8Bytes) -> End {
        let is_packed = self.packs && text.len() >= PACKED_FROM_BYTES;
        let message = if is_packed { Message::Binary(pack(&text).into()) } else { Message::Text(text) };
        self.send(message).await
    }

    /// Sends one frame; a client that does not take it in time, or whose line was cut meanwhile,
    /// is left.
    async fn send(&mut self, message: Message) -> End {
        tokio::select! {
            biased;
            sent = self.sink.send(message) => match sent {
                Ok(()) => ControlFlow::Continue(()),
                Err(_) => ControlFlow::Break(frame_of(CloseCode::Silent)),
            },
            code = self.end.cut.wait() => ControlFlow::Break(frame_of(code)),
            () = tokio::time::sleep(self.terms.silence) => {
                metrics::counter!("vc_session_slow_readers_total").increment(1);
                ControlFlow::Break(frame_of(CloseCode::SlowReader))
            }
        }
    }

    async fn hear(&mut self, message: Message) -> End {
        let now = Instant::now();
        match message {
            Message::Text(text) => match self.gate.read(now, text.as_str()) {
                Ok(message) => self.pass_on(message).await,
                Err(turned) => self.turn(turned).await,
            },
            Message::Binary(bytes) if self.packs => match self.gate.read_packed(now, &bytes) {
                Ok(message) => self.pass_on(message).await,
                Err(turned) => self.turn(turned).await,
            },
            Message::Binary(_) => {
                let turned = self.gate.read_binary(now);
                self.turn(turned).await
            }
            // Answered below us (RFC 6455 section 5.5.2).
            Message::Ping(_) | Message::Pong(_) => ControlFlow::Continue(()),
            Message::Close(_) => {
                ControlFlow::Break(CloseFrame { code: close_code::NORMAL, reason: Utf8Bytes::default() })
            }
        }
    }

    async fn pass_on(&mut self, message: ClientMessage) -> End {
        if let Request::Ping { sent_ms } = message.request {
            let server_time_ms = self.terms.clock.now_ms();
            return self.answer(Volatile::Pong { sent_ms, server_time_ms }).await;
        }
        self.has_spoken |= matches!(message.request, Request::Hello { .. });
        let input = Input::Ask { connection: self.id, message };
        // A runner that has ended says why through the line.
        let _ = self.handle.inputs.send(input).await;
        ControlFlow::Continue(())
    }

    async fn turn(&mut self, turned: Turned) -> End {
        let Turned { id, refused, cut } = turned;
        let answered = self.answer(Volatile::Refused { id, refusal: refused }).await;
        match cut {
            Some(code) => ControlFlow::Break(frame_of(code)),
            None => answered,
        }
    }

    async fn answer(&mut self, message: Volatile) -> End {
        let frame = ServerFrame::Volatile(message);
        let text = serde_json::to_string(&frame).expect("messages are plain fields");
        self.say(text.into()).await
    }
}

fn frame_of(code: CloseCode) -> CloseFrame {
    metrics::counter!("vc_session_closed_total", "why" => code.word()).increment(1);
    CloseFrame { code: code.number(), reason: Utf8Bytes::from_static(code.word()) }
}

/// What to say to a client whose bytes cannot be read; `None` when nobody is there to hear it.
fn last_word_to(error: &axum::Error) -> Option<CloseFrame> {
    use tokio_tungstenite::tungstenite::Error;
    let source = std::error::Error::source(error)?.downcast_ref::<Error>()?;
    let (code, reason) = match source {
        Error::Capacity(_) => (close_code::SIZE, "too_large"),
        Error::Utf8(_) => (close_code::INVALID, "not_utf8"),
        Error::Protocol(_) => (close_code::PROTOCOL, "not_websocket"),
        _ => return None,
    };
    metrics::counter!("vc_session_closed_total", "why" => reason).increment(1);
    Some(CloseFrame { code, reason: Utf8Bytes::from_static(reason) })
}
