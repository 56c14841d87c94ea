//! One client's WebSocket to our signalling: it comes in, takes the server's offer, watches, stays.
//!
//! A task of the runtime that the driver keeps. Never carries media; that is the crowd's.

use crate::client::Description;
use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::io::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};
use tokio::net::TcpStream;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::JoinHandle;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::ClientConfig;
use tokio_rustls::rustls::pki_types::ServerName;
use tokio_tungstenite::tungstenite::client::IntoClientRequest as _;
use tokio_tungstenite::tungstenite::http::HeaderValue;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// Between two acknowledgements.
const ACK_EVERY: Duration = Duration::from_secs(1);
/// Shorter requests go as text.
const PACKED_FROM_BYTES: usize = 2 * 1024;

pub(super) type Socket = WebSocketStream<TlsStream<TcpStream>>;

/// Where a conference is.
#[derive(Clone)]
pub struct Door {
    pub host: String,
    pub port: u16,
    pub conference: String,
    pub tls: Arc<ClientConfig>,
}

/// How somebody is known there.
#[derive(Clone, Debug)]
pub enum Identity {
    /// A token of `diemcau token`.
    Bearer(String),
    /// The cookie of a guest, name and value.
    Guest(String),
}

/// What everybody inside is told, as far as somebody here wants to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Heard {
    /// Who stands on the stage now.
    Stage(Vec<u64>),
    /// A mute of all silenced these.
    Muted(Vec<u64>),
    /// It was taken back for these.
    Unmuted(Vec<u64>),
}

/// What a place tells its owner.
#[derive(Clone, Debug)]
pub enum Told {
    /// Inside, as the participant of this number.
    Welcome(u64),
    /// Both descriptions are exchanged.
    Answered,
    /// Something that everybody inside is told, and when it arrived.
    Heard(Heard, Instant),
    /// It is over: refused, put out, or the connection broke.
    Over(String),
}

/// What to look at.
#[derive(Clone, Debug)]
pub enum Watching {
    /// The camera of everybody who sends one, at most this many, that high.
    Cameras { most: usize, height_px: u16 },
    /// Who stands on the stage of the conference large, or else the first; others small, those first that
    /// come `turned_by` behind.
    Stage { height_px: u16, thumbnails: usize, thumbnail_px: u16, turned_by: usize },
}

/// What a client does in its place.
#[derive(Clone, Debug)]
pub struct Plan {
    pub microphone: bool,
    pub camera: bool,
    pub watching: Watching,
}

/// An occupied place. Dropping it leaves the conference.
pub struct Place {
    leave: UnboundedSender<()>,
    _task: JoinHandle<()>,
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = self.leave.send(());
    }
}

impl Place {
    /// Comes in; `told` hears how that went and how it ends.
    pub fn take(
        runtime: &tokio::runtime::Handle,
        door: Door,
        identity: Identity,
        plan: Plan,
        client: Description,
        told: impl Fn(Told) + Send + Sync + 'static,
    ) -> Self {
        let (leave, left) = unbounded_channel();
        let task = runtime.spawn(async move {
            let over = match connect(&door, &identity).await {
                Ok(socket) => Visit::new(socket, plan, client).stay(left, &told).await,
                Err(failure) => failure,
            };
            told(Told::Over(over));
        });
        Self { leave, _task: task }
    }
}

pub(super) async fn connect(door: &Door, identity: &Identity) -> Result<Socket, String> {
    let url = format!("wss://{}:{}/api/v1/conferences/{}/ws", door.host, door.port, door.conference);
    let words = |failure: &dyn std::fmt::Display| failure.to_string();
    let mut request = url.into_client_request().map_err(|it| words(&it))?;
    let headers = request.headers_mut();
    headers.insert("sec-websocket-protocol", HeaderValue::from_static("diemcau.v1+deflate,diemcau.v1"));
    let (name, value) = match identity {
        Identity::Bearer(token) => ("authorization", format!("Bearer {token}")),
        Identity::Guest(cookie) => ("cookie", cookie.clone()),
    };
    headers.insert(name, HeaderValue::from_str(&value).map_err(|it| words(&it))?);
    let origin = format!("https://{}:{}", door.host, door.port);
    headers.insert("origin", HeaderValue::from_str(&origin).map_err(|it| words(&it))?);
    let tcp = TcpStream::connect((door.host.as_str(), door.port)).await.map_err(|it| words(&it))?;
    tcp.set_nodelay(true).map_err(|it| words(&it))?;
    let server = ServerName::try_from(door.host.clone()).map_err(|it| words(&it))?;
    let tls =
        TlsConnector::from(Arc::clone(&door.tls)).connect(server, tcp).await.map_err(|it| words(&it))?;
    match client_async(request, tls).await {
        Ok((socket, _)) => Ok(socket),
        Err(Error::Http(answer)) => {
            let body = answer.body().as_deref().map(String::from_utf8_lossy).unwrap_or_default();
            Err(format!("{} {body}", answer.status()))
        }
        Err(failure) => Err(words(&failure)),
    }
}

fn packed(text: &str) -> Result<Message, String> {
    let mut packer = DeflateEncoder::new(Vec::new(), Compression::fast());
    packer.write_all(text.as_bytes()).map_err(|failure| failure.to_string())?;
    Ok(Message::binary(packer.finish().map_err(|failure| failure.to_string())?))
}

/// The inside of the task.
struct Visit {
    socket: Socket,
    plan: Plan,
    client: Description,
    next_id: u32,
    own: u64,
    /// Numbers of those who send a camera, in the order in which that was told.
    cameras: Vec<u64>,
    watched: Vec<u64>,
    /// Who stands on the stage of the conference.
    stage: Vec<u64>,
    seq: u64,
    acknowledged: u64,
}

impl Visit {
    fn new(socket: Socket, plan: Plan, client: Description) -> Self {
        Self {
            socket,
            plan,
            client,
            next_id: 0,
            own: 0,
            cameras: Vec::new(),
            watched: Vec::new(),
            stage: Vec::new(),
            seq: 0,
            acknowledged: 0,
        }
    }

    /// Why it ended.
    async fn stay(mut self, mut left: UnboundedReceiver<()>, told: &(impl Fn(Told) + Send + Sync)) -> String {
        let hello = json!({"type": "hello", "microphone": self.plan.microphone, "camera": self.plan.camera});
        let mut went = self.ask(hello).await;
        let mut acks = tokio::time::interval(ACK_EVERY);
        while went.is_ok() {
            went = tokio::select! {
                frame = self.socket.next() => match frame {
                    Some(Ok(Message::Text(text))) => match serde_json::from_str::<Value>(&text) {
                        Ok(frame) => self.hear(&frame, told).await,
                        Err(failure) => Err(failure.to_string()),
                    },
                    Some(Ok(Message::Binary(packed))) => match serde_json::from_reader(DeflateDecoder::new(&*packed)) {
                        Ok(frame) => self.hear(&frame, told).await,
                        Err(failure) => Err(failure.to_string()),
                    },
                    Some(Ok(Message::Close(why))) => Err(why.map_or_else(String::new, |it| it.to_string())),
                    Some(Ok(_)) => Ok(()),
                    Some(Err(failure)) => Err(failure.to_string()),
                    None => Err("the connection broke".to_owned()),
                },
                _ = acks.tick() => self.acknowledge().await,
                _ = left.recv() => {
                    let _ = self.ask(json!({"type": "leave"})).await;
                    let _ = self.socket.close(None).await;
                    Err("left".to_owned())
                }
            };
        }
        went.err().unwrap_or_default()
    }

    async fn ask(&mut self, mut request: Value) -> Result<(), String> {
        self.next_id += 1;
        request["id"] = json!(self.next_id);
        let text = request.to_string();
        // A browser packs its answer as well.
        let message = if text.len() < PACKED_FROM_BYTES { Message::text(text) } else { packed(&text)? };
        let sent = self.socket.send(message).await;
        sent.map_err(|failure| failure.to_string())
    }

    async fn acknowledge(&mut self) -> Result<(), String> {
        if self.seq == self.acknowledged {
            return Ok(());
        }
        self.acknowledged = self.seq;
        let ack = json!({"id": 0, "type": "ack", "seq": self.seq});
        self.socket.send(Message::text(ack.to_string())).await.map_err(|failure| failure.to_string())
    }

    async fn hear(&mut self, frame: &Value, told: &(impl Fn(Told) + Send + Sync)) -> Result<(), String> {
        if let Some(seq) = frame["seq"].as_u64() {
            self.seq = seq;
        }
        match frame["type"].as_str().unwrap_or_default() {
            "welcome" => {
                self.own = frame["you"]["participant"].as_u64().unwrap_or(0);
                told(Told::Welcome(self.own));
                self.stage = numbers(&frame["conference"]["stage"]["pictures"]);
                for participant in frame["conference"]["participants"].as_array().into_iter().flatten() {
                    self.learn(participant);
                }
                self.ask(json!({"type": "open_media"})).await
            }
            "offer" => {
                let answer = self.client.answer(frame["sdp"].as_str().unwrap_or_default());
                let answer = answer.map_err(|failure| failure.to_string())?;
                self.ask(json!({"type": "answer", "leg": frame["leg"], "sdp": answer})).await?;
                self.watch(true).await?;
                told(Told::Answered);
                Ok(())
            }
            "delta" => {
                let delta = &frame["delta"];
                match delta["kind"].as_str().unwrap_or_default() {
                    "joined" | "changed" => self.learn(&delta["participant"]),
                    "left" => {
                        let gone = delta["participant"].as_u64();
                        self.cameras.retain(|it| Some(*it) != gone);
                    }
                    "stage" => {
                        self.stage = numbers(&delta["stage"]["pictures"]);
                        told(Told::Heard(Heard::Stage(self.stage.clone()), Instant::now()));
                    }
                    "muted" => {
                        told(Told::Heard(Heard::Muted(numbers(&delta["participants"])), Instant::now()));
                    }
                    "unmuted" => {
                        told(Told::Heard(Heard::Unmuted(numbers(&delta["participants"])), Instant::now()));
                    }
                    _ => return Ok(()),
                }
                self.watch(false).await
            }
            "wanted" if frame["source"] == "camera" => {
                let rids = frame["layers"].as_array().into_iter().flatten();
                self.client.need_layers(rids.filter_map(|it| it.as_str().map(str::to_owned)).collect());
                Ok(())
            }
            // A list that changes faster than it may be asked for is told again with the next change.
            "refused" if frame["error"] == "too_fast" => {
                self.watched.clear();
                Ok(())
            }
            "refused" => Err(frame.to_string()),
            "ended" | "waiting" => Err(frame.to_string()),
            "media_lost" => Err("the server lost the media connection".to_owned()),
            _ => Ok(()),
        }
    }

    fn learn(&mut self, participant: &Value) {
        let number = participant["id"].as_u64().unwrap_or(0);
        let sends = participant["camera"].as_bool().unwrap_or(false) && number != self.own;
        let is_known = self.cameras.contains(&number);
        if sends && !is_known {
            self.cameras.push(number);
        } else if !sends && is_known {
            self.cameras.retain(|it| *it != number);
        }
    }

    /// Tells what to watch, if that has changed.
    async fn watch(&mut self, is_first: bool) -> Result<(), String> {
        let wish = |number: &u64, height: u16| json!({"participant": number, "source": "camera", "height_px": height});
        let (watched, wishes): (Vec<u64>, Vec<Value>) = match self.plan.watching {
            Watching::Cameras { most, height_px } => {
                self.cameras.iter().take(most).map(|it| (*it, wish(it, height_px))).unzip()
            }
            Watching::Stage { height_px, thumbnails, thumbnail_px, turned_by } => {
                let height = |place| if place == 0 { height_px } else { thumbnail_px };
                let all = looked_at(&self.stage, &self.cameras, thumbnails, turned_by);
                all.iter().enumerate().map(|(place, it)| (*it, wish(it, height(place)))).unzip()
            }
        };
        if watched == self.watched && !is_first {
            return Ok(());
        }
        self.watched = watched;
        self.ask(json!({"type": "watch", "wishes": wishes})).await
    }
}

fn numbers(list: &Value) -> Vec<u64> {
    list.as_array().into_iter().flatten().filter_map(Value::as_u64).collect()
}

/// Whom somebody looks at: first the one who stands on the stage and sends a camera, or the first camera;
/// behind it others, beginning `turned_by` further on.
fn looked_at(stage: &[u64], cameras: &[u64], thumbnails: usize, turned_by: usize) -> Vec<u64> {
    let on_stage = stage.iter().find(|it| cameras.contains(it)).or(cameras.first());
    let Some(&first) = on_stage else { return Vec::new() };
    let others: Vec<u64> = cameras.iter().copied().filter(|it| *it != first).collect();
    let begins = turned_by % others.len().max(1);
    let small = others.iter().cycle().skip(begins).take(thumbnails.min(others.len()));
    std::iter::once(first).chain(small.copied()).collect()
}

#[cfg(test)]
mod tests {
    use super::looked_at;

    #[test]
    fn the_stage_is_large_and_thumbnails_go_round() {
        assert_eq!(looked_at(&[], &[1, 2, 3, 4], 2, 0), [1, 2, 3]);
        assert_eq!(looked_at(&[3], &[1, 2, 3, 4], 2, 2), [3, 4, 1]);
        assert_eq!(
            looked_at(&[9], &[1, 2], 8, 5),
            [1, 2],
            "who stands there without a camera is not watched"
        );
        assert_eq!(looked_at(&[3], &[], 2, 0), [] as [u64; 0]);
    }
}
