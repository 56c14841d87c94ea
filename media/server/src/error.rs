//! What can go wrong with the media server as a whole. Made by `server`, shown by the program that
//! starts it; nothing of one leg or one packet is here.

use std::io;
use std::net::IpAddr;

/// Why the media server cannot run.
#[derive(Debug, thiserror::Error)]
pub enum MediaFailure {
    /// Somebody else listens there.
    #[error("media port {port} on {address} is in use, set another media port")]
    PortInUse { port: u16, address: IpAddr },
    /// The address or port cannot be listened on.
    #[error("cannot listen on media port {port} of {address}")]
    CannotBind {
        port: u16,
        address: IpAddr,
        #[source]
        cause: io::Error,
    },
    /// The shards' ports would pass 65535.
    #[error("{shards} media shards do not fit above media port {port}")]
    PortsRunOut { port: u16, shards: u16 },
    /// The settings name no shard, or more than there is room for.
    #[error("{shards} media shards asked for, 1 to {limit} are possible")]
    ShardCount { shards: u16, limit: u16 },
    /// There is neither an IPv4 nor an IPv6 address to listen on.
    #[error("no address to listen on for media")]
    NothingToBind,
    /// No address can be told to browsers.
    #[error("no address to advertise to browsers for media")]
    NothingToAdvertise,
    /// The relay's own address cannot be listened on.
    #[error("cannot listen for relay peers on {address}")]
    Relay {
        address: String,
        #[source]
        cause: io::Error,
    },
    /// The system has no thread, descriptor or memory left.
    #[error("the system refuses what a media shard needs")]
    System(#[source] io::Error),
    /// The identity for DTLS could not be made.
    #[error("cannot make the certificate for DTLS")]
    Identity,
}

/// The mailbox of the shard concerned is full; the caller decides whether to try again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the mailbox of the media shard is full")]
pub struct MailboxFull;
