//! The messages of a TURN client, as browsers send them. For the tests and the fuzz target, which
//! need requests with good credentials; never part of the server.

use crate::credentials::Grant;
use crate::session::REALM;
use turn_server_proto::types::attribute::RequestedTransport;
use turn_server_proto::types::message::ALLOCATE;
use turn_server_proto::types::stun::attribute::{AttributeType, Nonce, RawAttribute, Realm, Username};
use turn_server_proto::types::stun::message::{
    IntegrityAlgorithm, LongTermKeyCredentials, Message, MessageIntegrityCredentials, MessageWriteVec,
    Method, TransactionId,
};
use turn_server_proto::types::stun::prelude::{MessageWrite as _, MessageWriteExt as _};

/// What a client knows once it was refused for the first time.
#[derive(Clone, Debug)]
pub(crate) struct Client {
    grant: Grant,
    nonce: String,
}

/// A request without credentials: the first one of every client.
pub(crate) fn unsigned(method: Method) -> Vec<u8> {
    let mut message = Message::builder_request(method, MessageWriteVec::new());
    message.add_attribute(&RequestedTransport::new(RequestedTransport::UDP)).expect("room");
    message.finish()
}

impl Client {
    /// Reads the nonce out of the refusal of [`unsigned`].
    pub(crate) fn after(refusal: &[u8], grant: Grant) -> Option<Self> {
        let message = Message::from_bytes(refusal).ok()?;
        let nonce = message.attribute::<Nonce>().ok()?.nonce().to_owned();
        Some(Self { grant, nonce })
    }

    pub(crate) fn key(&self) -> MessageIntegrityCredentials {
        let Grant { username, credential } = self.grant.clone();
        LongTermKeyCredentials::new(username, credential, REALM.to_owned()).into()
    }

    /// A signed request.
    pub(crate) fn request(
        &self,
        method: Method,
        add: impl FnOnce(&mut MessageWriteVec, TransactionId),
    ) -> Vec<u8> {
        let mut message = Message::builder_request(method, MessageWriteVec::new());
        message.add_attribute(&Username::new(&self.grant.username).expect("short")).expect("room");
        message.add_attribute(&Realm::new(REALM).expect("short")).expect("room");
        message.add_attribute(&Nonce::new(&self.nonce).expect("short")).expect("room");
        let transaction = message.transaction_id();
        add(&mut message, transaction);
        message.add_message_integrity(&self.key(), IntegrityAlgorithm::Sha1).expect("only once");
        message.finish()
    }

    pub(crate) fn allocate(&self, protocol: u8) -> Vec<u8> {
        self.request(ALLOCATE, |message, _| {
            message.add_attribute(&RequestedTransport::new(protocol)).expect("room");
        })
    }

    /// A signed request of any method with any attributes.
    pub(crate) fn any(&self, method: u16, attributes: &[(u16, &[u8])]) -> Vec<u8> {
        self.request(Method::new(method & 0xfff), |message, _| {
            for (kind, value) in attributes {
                // What the writer refuses (integrity, fingerprint) is left out.
                if !matches!(kind, 0x0008 | 0x001c | 0x8028) {
                    let _ = message.add_attribute(&RawAttribute::new(AttributeType::new(*kind), value));
                }
            }
        })
    }
}

/// Channel data, padded as on a stream.
pub(crate) fn channel_data(number: u16, data: &[u8]) -> Vec<u8> {
    let mut message = number.to_be_bytes().to_vec();
    message.extend_from_slice(&(data.len() as u16).to_be_bytes());
    message.extend_from_slice(data);
    crate::frames::pad(message)
}
