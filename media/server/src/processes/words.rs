//! What supervisor and media worker say to each other: JSON, one message each. Both are the same
//! program, so there is no version; what cannot be read is a defect and is logged.

use super::figures::Figure;
use crate::config::MediaConfig;
use crate::relay::RelayConfig;
use media_control::{MediaCommand, MediaEvent};
use media_relay::Address;
use serde::{Deserialize, Serialize};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::Range;
use std::path::PathBuf;

/// To a worker.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", content = "with", rename_all = "snake_case")]
pub(super) enum Order {
    /// The first message.
    Start(Box<Settings>),
    Carry(MediaCommand),
}

/// From a worker.
#[derive(Debug, Serialize, Deserialize)]
#[serde(tag = "type", content = "with", rename_all = "snake_case")]
pub(super) enum Report {
    /// Its ports are open; it takes legs.
    Ready,
    Happened(MediaEvent),
    Counted(Vec<Figure>),
}

/// The settings of a worker's media server.
#[derive(Debug, PartialEq, Serialize, Deserialize)]
pub(super) struct Settings {
    media_port: u16,
    first_shard: u16,
    shards: u16,
    bind_v4: Option<Ipv4Addr>,
    bind_v6: Option<Ipv6Addr>,
    advertised: Vec<IpAddr>,
    max_legs_per_shard: u32,
    budget_legs: u32,
    history_packets: usize,
    pin_threads: bool,
    relay: PathBuf,
    call: Vec<PathBuf>,
    together: Range<u16>,
}

impl Settings {
    /// Those of process `number`, which listens to its relay on `socket(number)` and calls all before.
    pub(super) fn new(
        config: &MediaConfig,
        number: u16,
        together: Range<u16>,
        socket: impl Fn(u16) -> PathBuf,
    ) -> Self {
        Self {
            media_port: config.media_port,
            first_shard: number * config.shards,
            shards: config.shards,
            bind_v4: config.bind_v4,
            bind_v6: config.bind_v6,
            advertised: config.advertised.clone(),
            max_legs_per_shard: config.max_legs_per_shard,
            budget_legs: config.budget_legs,
            history_packets: config.history_packets,
            pin_threads: config.pin_threads,
            relay: socket(number),
            call: (0..number).map(socket).collect(),
            together,
        }
    }

    pub(super) fn into_config(self) -> MediaConfig {
        let relay = RelayConfig {
            name: format!("media-{}", self.first_shard / self.shards.max(1)),
            listen_unix: Some(self.relay),
            listen_tls: None,
            call: self.call.into_iter().map(Address::Unix).collect(),
            together: self.together,
        };
        MediaConfig {
            media_port: self.media_port,
            first_shard: self.first_shard,
            shards: self.shards,
            bind_v4: self.bind_v4,
            bind_v6: self.bind_v6,
            advertised: self.advertised,
            max_legs_per_shard: self.max_legs_per_shard,
            budget_legs: self.budget_legs,
            history_packets: self.history_packets,
            pin_threads: self.pin_threads,
            relay: Some(relay),
            ..MediaConfig::default()
        }
    }
}

/// A message; what we make ourselves can always be written.
pub(super) fn message(what: &impl Serialize) -> Vec<u8> {
    serde_json::to_vec(what).expect("these types have no value without JSON")
}
