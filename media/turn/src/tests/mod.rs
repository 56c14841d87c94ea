//! What a client of TURN can and cannot do: `rules` without a socket, `sockets` over real ones.
//!
//! Here are the requests that only tests make.

mod rules;
mod sockets;

use crate::client::Client;
use std::net::SocketAddr;
use turn_server_proto::types::attribute::{ChannelNumber, Data, XorPeerAddress};
use turn_server_proto::types::message::{CHANNEL_BIND, CREATE_PERMISSION, SEND};
use turn_server_proto::types::stun::attribute::ErrorCode;
use turn_server_proto::types::stun::message::{
    Message, MessageClass, MessageType, MessageWriteVec, Method, TransactionId,
};
use turn_server_proto::types::stun::prelude::{MessageWrite as _, MessageWriteExt as _};

/// Method, class and error code (0 for none) of an answer.
pub(crate) fn outcome(answer: &[u8]) -> Option<(Method, MessageClass, u16)> {
    let message = Message::from_bytes(answer).ok()?;
    let code = message.attribute::<ErrorCode>().map_or(0, |error| error.code());
    Some((message.method(), message.class(), code))
}

/// A Send indication: `data` for `peer`, unsigned as they all are.
pub(crate) fn send(peer: SocketAddr, data: &[u8]) -> Vec<u8> {
    let kind = MessageType::from_class_method(MessageClass::Indication, SEND);
    let transaction = TransactionId::generate();
    let mut message = Message::builder(kind, transaction, MessageWriteVec::new());
    message.add_attribute(&XorPeerAddress::new(peer, transaction)).expect("room");
    message.add_attribute(&Data::new(data)).expect("room");
    message.finish()
}

impl Client {
    /// Whether `answer` was signed by somebody who knows the credential.
    pub(crate) fn believes(&self, answer: &[u8]) -> bool {
        Message::from_bytes(answer).is_ok_and(|answer| answer.validate_integrity(&self.key()).is_ok())
    }

    pub(crate) fn permission(&self, peers: &[SocketAddr]) -> Vec<u8> {
        self.request(CREATE_PERMISSION, |message, transaction| {
            for peer in peers {
                message.add_attribute(&XorPeerAddress::new(*peer, transaction)).expect("room");
            }
        })
    }

    pub(crate) fn channel(&self, number: u16, peer: SocketAddr) -> Vec<u8> {
        self.request(CHANNEL_BIND, |message, transaction| {
            message.add_attribute(&ChannelNumber::new(number)).expect("room");
            message.add_attribute(&XorPeerAddress::new(peer, transaction)).expect("room");
        })
    }
}
