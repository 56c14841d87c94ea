//! A conference of sites on our own server, led by the HTTP API as another program would lead it.
//!
//! Used by the run that measures who leads. Each of its sites comes with a token of its own and stands for one
//! site of the demo data; the chair keeps a connection besides, without media.

use super::place::{Door, Identity, Place, Plan, Socket, Told, connect};
use super::{CONFERENCE, Diemcau, NAME};
use crate::client::Description;
use crate::error::Failure;
use crate::peer::https::Https;
use futures_util::{SinkExt as _, StreamExt as _};
use serde_json::{Value, json};
use std::path::Path;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::time::{Duration, Instant};
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_tungstenite::tungstenite::Message;

/// Longest until the chair's own connection is answered.
const ANSWERED: Duration = Duration::from_secs(30);

/// A conference with its invited sites, in the order in which their roll is called.
pub struct Led<'a> {
    server: &'a Diemcau,
    http: Https,
    door: Door,
    chair: String,
    /// Ids, in the order of the roll call.
    pub sites: Vec<String>,
    tokens: Vec<String>,
}

impl Diemcau {
    /// Makes a conference that invites the first `count` sites of the demo data.
    ///
    /// # Errors
    /// `Refused`, `NotStarted`, `System`; `Refused` too where there are fewer sites.
    pub fn invite_sites(&self, count: usize) -> Result<Led<'_>, Failure> {
        let maker = format!("Bearer {}", self.chair);
        let sites = ask(&self.http, "GET", "/api/v1/sites", &maker, None)?;
        let ids = sites.as_array().into_iter().flatten().filter_map(|site| site["id"].as_str());
        let ids: Vec<String> = ids.take(count).map(str::to_owned).collect();
        if ids.len() < count {
            return Err(refused(format!("it knows {} sites only", ids.len())));
        }
        let new = json!({"title": "Hội nghị trực tuyến toàn tỉnh", "sites": ids});
        let made = ask(&self.http, "POST", "/api/v1/conferences", &maker, Some(&new))?;
        let conference = made["id"].as_str().unwrap_or(CONFERENCE).to_owned();
        let chair = self.program.token(&conference, "Chủ trì", "chair", None)?;
        let shown = format!("/api/v1/conferences/{conference}");
        let shown = ask(&self.http, "GET", &shown, &format!("Bearer {chair}"), None)?;
        let sites = shown["sites"].as_array().into_iter().flatten().filter_map(|site| site["id"].as_str());
        let sites: Vec<String> = sites.map(str::to_owned).collect();
        let token = |(number, site): (usize, &String)| {
            let name = format!("Điểm cầu {:03}", number + 1);
            self.program.token(&conference, &name, "site_operator", Some(site))
        };
        let tokens = sites.iter().enumerate().map(token).collect::<Result<_, _>>()?;
        let door = Door { conference, ..self.door.clone() };
        Ok(Led { server: self, http: self.http.clone(), door, chair, sites, tokens })
    }

    /// Copies what the server keeps of its meetings into `folder`.
    ///
    /// # Errors
    /// `System`.
    pub fn keep_store(&self, folder: &Path) -> Result<(), Failure> {
        let data = self.program.folder.join("data");
        let files = std::fs::read_dir(&data).map_err(Failure::system("data of the server"))?;
        for file in files.flatten().map(|file| file.path()) {
            let name = file.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            if name.contains(".db") || name.contains(".sqlite") {
                std::fs::copy(&file, folder.join(name)).map_err(Failure::system("copy of the store"))?;
            }
        }
        Ok(())
    }
}

fn refused(said: String) -> Failure {
    Failure::Refused { name: NAME, said }
}

fn ask(http: &Https, method: &str, path: &str, bearer: &str, body: Option<&Value>) -> Result<Value, Failure> {
    let headers = [("content-type", "application/json"), ("authorization", bearer)];
    let body = body.map(Value::to_string).unwrap_or_default();
    let answer = http.ask(method, path, &headers, &body).map_err(Failure::system("request to diemcau"))?;
    if answer.status >= 300 {
        return Err(refused(format!("{method} {path}: {} {}", answer.status, answer.body)));
    }
    Ok(serde_json::from_str(&answer.body).unwrap_or(Value::Null))
}

impl Led<'_> {
    /// Lets the site of this number come in; `told` hears from it.
    pub fn enter(
        &self,
        number: usize,
        plan: Plan,
        client: Description,
        told: impl Fn(Told) + Send + Sync + 'static,
    ) -> Place {
        let identity = Identity::Bearer(self.tokens[number].clone());
        Place::take(self.server.runtime.handle(), self.door.clone(), identity, plan, client, told)
    }

    /// Asks as the chair, below the conference's path; the answer and how long it took.
    ///
    /// # Errors
    /// `Refused`, `System`.
    pub fn lead(&self, path: &str, body: &Value) -> Result<(Value, Duration), Failure> {
        let path = format!("/api/v1/conferences/{}/{path}", self.door.conference);
        let began = Instant::now();
        let answer = ask(&self.http, "POST", &path, &format!("Bearer {}", self.chair), Some(body))?;
        Ok((answer, began.elapsed()))
    }

    /// The conference as it stands.
    ///
    /// # Errors
    /// `Refused`, `System`.
    pub fn shown(&self) -> Result<Value, Failure> {
        let path = format!("/api/v1/conferences/{}", self.door.conference);
        ask(&self.http, "GET", &path, &format!("Bearer {}", self.chair), None)
    }

    /// A sheet of the roll call as it would be downloaded: its bytes.
    ///
    /// # Errors
    /// `Refused`, `System`.
    pub fn sheet(&self, form: &str) -> Result<Vec<u8>, Failure> {
        let path = format!("/api/v1/conferences/{}/reports/roll-call.{form}", self.door.conference);
        let bearer = format!("Bearer {}", self.chair);
        let answer = self.http.ask_bytes("GET", &path, &[("authorization", &bearer)], "");
        let (answer, body) = answer.map_err(Failure::system("request to diemcau"))?;
        if answer.status >= 300 { Err(refused(format!("{path}: {}", answer.status))) } else { Ok(body) }
    }

    /// Lets the chair come in as well, with nothing to send.
    ///
    /// # Errors
    /// `Refused`, `NotConnected` where nothing is answered in time.
    pub fn chair(&self) -> Result<Chair, Failure> {
        let identity = Identity::Bearer(self.chair.clone());
        let (requests, mut asked) = unbounded_channel::<Value>();
        let (tell, answers) = channel();
        let door = self.door.clone();
        self.server.runtime.spawn(async move {
            let mut socket: Socket = match connect(&door, &identity).await {
                Ok(socket) => socket,
                Err(said) => return drop(tell.send(Err(said))),
            };
            let mut seq = 0;
            let mut acks = tokio::time::interval(Duration::from_secs(1));
            loop {
                let request = tokio::select! {
                    request = asked.recv() => match request {
                        Some(request) => request,
                        None => return drop(socket.close(None).await),
                    },
                    _ = acks.tick() => json!({"id": 0, "type": "ack", "seq": seq}),
                    frame = socket.next() => {
                        let Some(Ok(frame)) = frame else { return drop(tell.send(Err("it broke".to_owned()))) };
                        let frame: Value = match &frame {
                            Message::Text(text) => serde_json::from_str(text).unwrap_or_default(),
                            Message::Binary(bytes) => {
                                let unpacked = flate2::read::DeflateDecoder::new(&**bytes);
                                serde_json::from_reader(unpacked).unwrap_or_default()
                            }
                            _ => continue,
                        };
                        seq = frame["seq"].as_u64().unwrap_or(seq);
                        if matches!(frame["type"].as_str(), Some("done" | "refused" | "welcome")) {
                            let _ = tell.send(Ok(frame));
                        }
                        continue;
                    }
                };
                if socket.send(Message::text(request.to_string())).await.is_err() {
                    return;
                }
            }
        });
        let chair = Chair { requests, answers };
        chair.ask(&json!({"type": "hello", "microphone": false, "camera": false}))?;
        Ok(chair)
    }
}

/// The chair's own connection. Dropping it leaves.
pub struct Chair {
    requests: UnboundedSender<Value>,
    answers: Receiver<Result<Value, String>>,
}

impl Chair {
    /// Asks and waits until it is done; how long that took.
    ///
    /// # Errors
    /// `Refused`.
    pub fn ask(&self, request: &Value) -> Result<Duration, Failure> {
        let mut request = request.clone();
        request["id"] = json!(1);
        let began = Instant::now();
        let gone = || refused("the chair's connection is gone".to_owned());
        self.requests.send(request).map_err(|_| gone())?;
        match self.answers.recv_timeout(ANSWERED) {
            Ok(Ok(frame)) if frame["type"] == "refused" => Err(refused(frame.to_string())),
            Ok(Ok(_)) => Ok(began.elapsed()),
            Ok(Err(said)) => Err(refused(said)),
            Err(RecvTimeoutError::Timeout) => Err(refused("no answer to the chair".to_owned())),
            Err(RecvTimeoutError::Disconnected) => Err(gone()),
        }
    }
}
