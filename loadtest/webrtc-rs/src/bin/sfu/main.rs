//! `webrtc-rs-sfu --port PORT`: one room on the async `webrtc` crate, in which one sends and all watch.
//!
//! Started by loadtest as one of the servers that ours is compared with. Built the way the crate's own
//! `broadcast` example is, with its default interceptors and one connection a client; nothing here may
//! make it slower than that. `POST /sender` and `POST /viewer` take an offer and give the answer;
//! `DELETE` of the answer's `location` ends the session.

mod http;
mod room;

use http::{Answer, Request};
use room::Room;
use std::net::Ipv4Addr;
use std::sync::Arc;
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut words = std::env::args().skip(1);
    let (Some("--port"), Some(port)) = (words.next().as_deref(), words.next()) else {
        return Err("usage: webrtc-rs-sfu --port PORT".into());
    };
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, port.parse()?)).await?;
    let room = Arc::new(Room::default());
    loop {
        let (mut stream, _) = listener.accept().await?;
        let room = Arc::clone(&room);
        tokio::spawn(async move {
            let Some(request) = http::read(&mut stream).await else { return };
            let answer = match respond(&room, request).await {
                Ok(answer) => answer,
                Err(failure) => Answer { status: "500 Failed", location: None, body: failure.to_string() },
            };
            http::write(&mut stream, &answer).await;
        });
    }
}

async fn respond(room: &Arc<Room>, request: Request) -> webrtc::error::Result<Answer> {
    let seated = |(number, sdp)| Answer {
        status: "201 Created",
        location: Some(format!("/seat/{number}")),
        body: sdp,
    };
    let place = request.path.strip_prefix("/seat/").and_then(|it| it.parse().ok());
    match (request.method.as_str(), request.path.as_str(), place) {
        ("POST", "/sender", _) => room.let_send(request.body).await.map(seated),
        ("POST", "/viewer", _) => room.let_watch(request.body).await.map(seated),
        ("DELETE", _, Some(number)) => {
            room.dismiss(number).await;
            Ok(Answer { status: "204 Gone", location: None, body: String::new() })
        }
        _ => Ok(Answer { status: "404 Not Found", location: None, body: String::new() }),
    }
}
