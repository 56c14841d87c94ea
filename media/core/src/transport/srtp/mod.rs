//! SRTP and SRTCP of one leg (RFC 3711, RFC 7714) on aws-lc-rs.
//!
//! The shard holds the two halves: [`SrtpReceiver`] opens what comes, [`SrtpSender`] seals what
//! goes. Neither allocates per packet; neither knows what is inside.

mod cipher;
mod cm_sha1;
mod gcm;
mod kdf;
mod receiver;
mod sender;
#[cfg(test)]
mod vectors;
mod window;

use super::types::SrtpProfile;
use crate::error::SrtpDrop;
pub use receiver::{OpenedRtp, SrtpReceiver};
pub use sender::SrtpSender;

/// Most synchronisation sources that one peer may send on. A browser of ours uses about ten.
pub const MAX_INCOMING_SOURCES: usize = 64;
/// Most synchronisation sources of ours on one leg: the pool has 28 pairs and 4 singles.
pub const MAX_OUTGOING_SOURCES: usize = 64;

/// Both directions of one leg, each with its own key.
pub struct SrtpHalves {
    /// The negotiated profile.
    pub profile: SrtpProfile,
    /// Opens the peer's packets.
    pub receiver: SrtpReceiver,
    /// Seals ours.
    pub sender: SrtpSender,
}

impl SrtpHalves {
    /// Splits keying material exported by the DTLS server side (RFC 5764 section 4.2):
    /// client key, server key, client salt, server salt. `None` unless its length fits the profile.
    #[must_use]
    pub fn of_server(profile: SrtpProfile, material: &[u8]) -> Option<Self> {
        let [client, server] = Self::split(profile, material)?;
        Some(Self {
            profile,
            receiver: SrtpReceiver::new(profile, client.0, client.1)?,
            sender: SrtpSender::new(profile, server.0, server.1)?,
        })
    }

    /// The same for the DTLS client side, which sends by the client's key.
    #[must_use]
    pub fn of_client(profile: SrtpProfile, material: &[u8]) -> Option<Self> {
        let [client, server] = Self::split(profile, material)?;
        Some(Self {
            profile,
            receiver: SrtpReceiver::new(profile, server.0, server.1)?,
            sender: SrtpSender::new(profile, client.0, client.1)?,
        })
    }

    /// Key and salt of client and server.
    fn split(profile: SrtpProfile, material: &[u8]) -> Option<[(&[u8], &[u8]); 2]> {
        let (key, salt) = (profile.key_len(), profile.salt_len());
        if material.len() != 2 * (key + salt) {
            return None;
        }
        let (keys, salts) = material.split_at(2 * key);
        let (client_key, server_key) = keys.split_at(key);
        let (client_salt, server_salt) = salts.split_at(salt);
        Some([(client_key, client_salt), (server_key, server_salt)])
    }
}

/// Packets of one receiver half, by outcome. Only ever grows.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct SrtpCounters {
    /// Authentic and new.
    pub opened: u64,
    /// Too short or of the wrong version.
    pub malformed: u64,
    /// Seen before.
    pub replayed: u64,
    /// Older than the replay window.
    pub too_old: u64,
    /// Wrong tag.
    pub forged: u64,
    /// SRTCP without its encryption bit.
    pub not_encrypted: u64,
    /// Source number beyond [`MAX_INCOMING_SOURCES`].
    pub sources_full: u64,
    /// Payload longer than the caller's buffer.
    pub oversized: u64,
}

impl SrtpCounters {
    fn note(&mut self, dropped: Option<&SrtpDrop>) {
        let counter = match dropped {
            None => &mut self.opened,
            Some(SrtpDrop::Malformed(_)) => &mut self.malformed,
            Some(SrtpDrop::Replayed) => &mut self.replayed,
            Some(SrtpDrop::TooOld) => &mut self.too_old,
            Some(SrtpDrop::Forged) => &mut self.forged,
            Some(SrtpDrop::NotEncrypted) => &mut self.not_encrypted,
            Some(SrtpDrop::SourcesFull) => &mut self.sources_full,
            Some(SrtpDrop::BufferFull) => &mut self.oversized,
        };
        *counter += 1;
    }
}

#[cfg(test)]
pub(crate) fn hex(text: &str) -> Vec<u8> {
    let digits: Vec<u8> = text.bytes().filter(u8::is_ascii_hexdigit).collect();
    let value = |digit: u8| (digit as char).to_digit(16).expect("filtered above") as u8;
    digits.chunks_exact(2).map(|pair| value(pair[0]) << 4 | value(pair[1])).collect()
}
