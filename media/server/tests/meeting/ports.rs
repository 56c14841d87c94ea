//! What cannot start says why, and what stops gives its ports back.

use crate::common::browser::USUAL;
use crate::common::{Meeting, config};
use media_server::{MediaConfig, MediaFailure, MediaServer};
use std::net::UdpSocket;

#[test]
fn port_in_use_is_named() {
    let config = MediaConfig { shards: 2, ..config(2) };
    let taken = UdpSocket::bind(("0.0.0.0", config.media_port + 1)).expect("free a moment ago");
    let refused = MediaServer::start(config.clone(), Box::new(|_| true)).err().expect("the port is taken");
    assert!(
        matches!(refused, MediaFailure::PortInUse { port, .. } if port == config.media_port + 1),
        "{refused}"
    );
    drop(taken);
    MediaServer::start(config, Box::new(|_| true)).expect("the port is free again").shutdown();
}

#[test]
fn shutdown_says_goodbye_to_browsers_and_frees_the_ports() {
    let config = config(1);
    let mut meeting = Meeting::with(config.clone());
    meeting.join(1, 0, USUAL);
    meeting.server.shutdown();
    meeting.until("the browser to be told", |m| m.browsers[0].closed.then_some(()));
    MediaServer::start(config, Box::new(|_| true)).expect("the ports are free").shutdown();
}
