//! Reads which SRTP profiles a ClientHello offers, however it is fragmented.
//!
//! Used before the library's handshake starts, because the library takes the first profile in the
//! *client's* order, which is SHA1-80 in Chromium. Post-quantum hellos span two datagrams, so the
//! datagrams are held until the message is whole. Never answers, never allocates beyond its limits.

use super::record::{CLIENT_HELLO, Fragment, HANDSHAKE, MAX_MESSAGE_LEN, split_fragment, split_record};
use crate::error::PacketDrop;
use crate::transport::types::SrtpProfile;

/// Longest ClientHello that is reassembled.
const MAX_HELLO_LEN: usize = 8 * 1024;
/// Most datagrams held while the hello is incomplete.
const MAX_HELD_DATAGRAMS: usize = 16;
const _: () = assert!(MAX_HELLO_LEN <= MAX_MESSAGE_LEN);

const USE_SRTP: u16 = 14;

/// Collects the fragments of a client's first hello.
#[derive(Debug, Default)]
pub(crate) struct HelloReader {
    message_sequence: u16,
    message: Vec<u8>,
    // One flag per byte is plain and bounded; a hello is read once per leg.
    present: Vec<bool>,
    // Records of the datagrams that brought something new, back to back.
    held: Vec<u8>,
    held_datagrams: usize,
}

/// A complete hello.
#[derive(Debug)]
pub(crate) struct Hello {
    /// The best of our profiles that the client offers.
    pub(crate) profile: Option<SrtpProfile>,
    /// The records that carried it, to be given to the library as one datagram.
    pub(crate) records: Vec<u8>,
}

impl HelloReader {
    /// Takes one datagram; returns the hello when it is whole.
    ///
    /// # Errors
    /// A malformed datagram, or a hello over its limits, is dropped.
    pub(crate) fn take(&mut self, datagram: &[u8]) -> Result<Option<Hello>, PacketDrop> {
        let mut brought_news = false;
        let mut rest = datagram;
        while !rest.is_empty() {
            let (record, after) = split_record(rest)?;
            rest = after;
            if (record.content_type, record.epoch) != (HANDSHAKE, 0) {
                continue;
            }
            let mut fragments = record.body;
            while !fragments.is_empty() {
                let (fragment, after) = split_fragment(fragments)?;
                fragments = after;
                if fragment.message_type == CLIENT_HELLO {
                    brought_news |= self.place(&fragment)?;
                }
            }
        }
        if !brought_news {
            return Ok(None);
        }
        if self.held_datagrams == MAX_HELD_DATAGRAMS {
            *self = Self::default();
            return Err(PacketDrop::FrameTooLong);
        }
        self.held_datagrams += 1;
        self.held.extend_from_slice(datagram);
        if self.message.is_empty() || self.present.contains(&false) {
            return Ok(None);
        }
        let whole = std::mem::take(self);
        let profile = best_profile(&whole.message)?;
        Ok(Some(Hello { profile, records: whole.held }))
    }

    /// Copies a fragment in; whether it brought a byte that was missing.
    fn place(&mut self, fragment: &Fragment<'_>) -> Result<bool, PacketDrop> {
        if fragment.message_len > MAX_HELLO_LEN {
            return Err(PacketDrop::FrameTooLong);
        }
        let is_other =
            self.message_sequence != fragment.message_sequence || self.message.len() != fragment.message_len;
        if is_other {
            self.message_sequence = fragment.message_sequence;
            self.message = vec![0; fragment.message_len];
            self.present = vec![false; fragment.message_len];
            self.held.clear();
            self.held_datagrams = 0;
        }
        let range = fragment.offset..fragment.offset + fragment.body.len();
        let present = self.present.get_mut(range.clone()).ok_or(PacketDrop::WrongLength)?;
        let brings_news = present.contains(&false);
        present.fill(true);
        self.message[range].copy_from_slice(fragment.body);
        Ok(brings_news)
    }
}

/// Walks a ClientHello body to its use_srtp extension and picks our best profile from it.
fn best_profile(body: &[u8]) -> Result<Option<SrtpProfile>, PacketDrop> {
    let mut rest = Reader { rest: body };
    rest.take(2 + 32)?;
    rest.vector8()?;
    rest.vector8()?;
    rest.vector16()?;
    rest.vector8()?;
    if rest.rest.is_empty() {
        return Ok(None);
    }
    let mut extensions = Reader { rest: rest.vector16()? };
    while !extensions.rest.is_empty() {
        let kind = extensions.number16()?;
        let value = extensions.vector16()?;
        if kind == USE_SRTP {
            let offered = Reader { rest: value }.vector16()?;
            let is_offered = |profile: &SrtpProfile| {
                offered.chunks_exact(2).any(|id| id == profile.wire_id().to_be_bytes())
            };
            return Ok(SrtpProfile::PREFERENCE.into_iter().find(is_offered));
        }
    }
    Ok(None)
}

struct Reader<'a> {
    rest: &'a [u8],
}

impl<'a> Reader<'a> {
    fn take(&mut self, len: usize) -> Result<&'a [u8], PacketDrop> {
        let (taken, rest) = self.rest.split_at_checked(len).ok_or(PacketDrop::Truncated)?;
        self.rest = rest;
        Ok(taken)
    }

    fn number16(&mut self) -> Result<u16, PacketDrop> {
        let bytes = self.take(2)?;
        Ok(u16::from_be_bytes([bytes[0], bytes[1]]))
    }

    fn vector8(&mut self) -> Result<&'a [u8], PacketDrop> {
        let len = self.take(1)?[0];
        self.take(usize::from(len))
    }

    fn vector16(&mut self) -> Result<&'a [u8], PacketDrop> {
        let len = self.number16()?;
        self.take(usize::from(len))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hello_body(profiles: &[u16], grow_by: usize) -> Vec<u8> {
        let mut extensions = vec![0xff, 0xa5];
        extensions.extend_from_slice(&(grow_by as u16).to_be_bytes());
        extensions.resize(extensions.len() + grow_by, 0x77);
        extensions.extend_from_slice(&USE_SRTP.to_be_bytes());
        extensions.extend_from_slice(&((2 * profiles.len() + 3) as u16).to_be_bytes());
        extensions.extend_from_slice(&((2 * profiles.len()) as u16).to_be_bytes());
        profiles.iter().for_each(|id| extensions.extend_from_slice(&id.to_be_bytes()));
        extensions.push(0);
        let mut body = vec![0xfe, 0xfd];
        body.resize(34, 1);
        body.extend_from_slice(&[0, 0, 0, 2, 0xc0, 0x2b, 1, 0]);
        body.extend_from_slice(&(extensions.len() as u16).to_be_bytes());
        body.extend_from_slice(&extensions);
        body
    }

    fn datagram(body: &[u8], offset: usize, len: usize) -> Vec<u8> {
        let be24 = |value: usize| [(value >> 16) as u8, (value >> 8) as u8, value as u8];
        let mut record = vec![HANDSHAKE, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0];
        record.extend_from_slice(&((len + 12) as u16).to_be_bytes());
        record.push(CLIENT_HELLO);
        record.extend_from_slice(&be24(body.len()));
        record.extend_from_slice(&[0, 0]);
        record.extend_from_slice(&be24(offset));
        record.extend_from_slice(&be24(len));
        record.extend_from_slice(&body[offset..offset + len]);
        record
    }

    fn profile_of(ids: &[u16]) -> Option<SrtpProfile> {
        let body = hello_body(ids, 0);
        let hello = HelloReader::default().take(&datagram(&body, 0, body.len()));
        hello.unwrap().unwrap().profile
    }

    #[test]
    fn gcm_wins_over_the_clients_order() {
        // Chromium 156 lists SHA1-80, GCM-256, GCM-128.
        assert_eq!(profile_of(&[1, 8, 7]), Some(SrtpProfile::AeadAes128Gcm));
        assert_eq!(profile_of(&[1, 8]), Some(SrtpProfile::AeadAes256Gcm));
        assert_eq!(profile_of(&[2, 1]), Some(SrtpProfile::Aes128CmSha1_80));
        assert_eq!(profile_of(&[2, 5]), None);
    }

    #[test]
    fn fragments_join_in_any_order_with_repeats() {
        let body = hello_body(&[1, 8, 7], 1216);
        let (first, second) = (datagram(&body, 0, 1175), datagram(&body, 1175, body.len() - 1175));
        for order in [[&first, &second, &second], [&second, &second, &first]] {
            let mut reader = HelloReader::default();
            let mut found = None;
            for datagram in order {
                found = found.or(reader.take(datagram).unwrap());
            }
            let hello = found.expect("all fragments came");
            assert_eq!(hello.profile, Some(SrtpProfile::AeadAes128Gcm));
            assert_eq!(hello.records.len(), first.len() + second.len());
        }
    }

    #[test]
    fn oversized_and_truncated_hellos_are_refused() {
        let body = hello_body(&[7], 9000);
        let mut reader = HelloReader::default();
        assert!(reader.take(&datagram(&body, 0, 1000)).is_err());
        let mut body = hello_body(&[7], 0);
        body.truncate(body.len() - 4);
        assert!(reader.take(&datagram(&body, 0, body.len())).is_err());
    }
}
