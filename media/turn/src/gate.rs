//! Decides about each message of a client before the TURN library sees it.
//!
//! Called by `session`. The library keeps to the protocol, but lets whoever is signed in reach any
//! peer: that nobody reaches anything but our shards is decided here. Pure; answers nothing itself.

use crate::counters::Refusal;
use crate::peers::Peers;
use std::net::SocketAddr;
use turn_server_proto::types::attribute::XorPeerAddress;
use turn_server_proto::types::message::{ALLOCATE, CHANNEL_BIND, CREATE_PERMISSION, REFRESH, SEND};
use turn_server_proto::types::stun::message::{BINDING, Message, MessageClass};
use turn_server_proto::types::stun::prelude::{
    Attribute as _, AttributeFromRaw as _, AttributeStaticType as _,
};

/// What becomes of a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// The library may have it.
    Pass,
    /// Answered with 403 (Forbidden).
    Forbid(Refusal),
    /// Answered by nobody: indications and responses have no answer.
    Drop(Refusal),
}

/// Judges `message`.
pub(crate) fn judge(message: &Message<'_>, peers: &Peers) -> Verdict {
    let all = |may: &dyn Fn(SocketAddr) -> bool| peers_of(message).all(may);
    match (message.class(), message.method()) {
        // REQUESTED-TRANSPORT and the address family are looked at by the library and by `session`.
        (MessageClass::Request, ALLOCATE | REFRESH | BINDING) => Verdict::Pass,
        (MessageClass::Request, CREATE_PERMISSION) if all(&|peer| peers.may_be_permitted(peer)) => {
            Verdict::Pass
        }
        (MessageClass::Request, CHANNEL_BIND) if all(&|peer| peers.socket_of(peer).is_some()) => {
            Verdict::Pass
        }
        (MessageClass::Request, CREATE_PERMISSION | CHANNEL_BIND) => Verdict::Forbid(Refusal::Peer),
        (MessageClass::Request, _) => Verdict::Forbid(Refusal::Method),
        (MessageClass::Indication, SEND) if all(&|peer| peers.socket_of(peer).is_some()) => Verdict::Pass,
        (MessageClass::Indication, SEND) => Verdict::Drop(Refusal::Peer),
        _ => Verdict::Drop(Refusal::Method),
    }
}

/// Every peer that `message` names. What cannot be read as an address is the library's to refuse.
fn peers_of<'a>(message: &'a Message<'_>) -> impl Iterator<Item = SocketAddr> + 'a {
    let transaction = message.transaction_id();
    message
        .iter_attributes()
        .filter(|(_, attribute)| attribute.get_type() == XorPeerAddress::TYPE)
        .filter_map(move |(_, attribute)| Some(XorPeerAddress::from_raw(attribute).ok()?.addr(transaction)))
}
