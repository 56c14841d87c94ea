//! The outer grammar of DTLS 1.2 records and handshake fragments (RFC 6347 sections 4.1, 4.2.2).
//!
//! Used to look at datagrams before the library sees them. Never decrypts and keeps no state; it
//! exists because the library's reassembly recurses once per fragment and buffers two megabytes.

use crate::error::PacketDrop;

pub(super) const CHANGE_CIPHER_SPEC: u8 = 20;
pub(super) const ALERT: u8 = 21;
pub(super) const HANDSHAKE: u8 = 22;
pub(super) const APPLICATION_DATA: u8 = 23;

pub(super) const CLIENT_HELLO: u8 = 1;
pub(super) const SERVER_HELLO: u8 = 2;

const RECORD_HEADER_LEN: usize = 13;
const FRAGMENT_HEADER_LEN: usize = 12;

/// Longest handshake message that we let pass; a post-quantum ClientHello has 1.4 kB.
pub(super) const MAX_MESSAGE_LEN: usize = 16 * 1024;
/// Shortest fragment, unless it ends its message: bounds the number of fragments.
pub(super) const MIN_FRAGMENT_LEN: usize = 128;

/// One record of a datagram.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) content_type: u8,
    pub(super) epoch: u16,
    pub(super) body: &'a [u8],
}

/// One clear handshake fragment.
#[derive(Debug, Clone, Copy)]
pub(super) struct Fragment<'a> {
    pub(super) message_type: u8,
    pub(super) message_len: usize,
    pub(super) message_sequence: u16,
    pub(super) offset: usize,
    pub(super) body: &'a [u8],
}

/// Splits the first record off.
pub(super) fn split_record(bytes: &[u8]) -> Result<(Record<'_>, &[u8]), PacketDrop> {
    let (head, rest) = bytes.split_at_checked(RECORD_HEADER_LEN).ok_or(PacketDrop::Truncated)?;
    // 1.2 is fefd; a first ClientHello may say 1.0 (feff).
    if head[1] != 0xfe || !matches!(head[2], 0xfd | 0xff) {
        return Err(PacketDrop::WrongVersion);
    }
    let len = usize::from(u16::from_be_bytes([head[11], head[12]]));
    let (body, rest) = rest.split_at_checked(len).ok_or(PacketDrop::Truncated)?;
    let epoch = u16::from_be_bytes([head[3], head[4]]);
    Ok((Record { content_type: head[0], epoch, body }, rest))
}

/// Splits the first handshake fragment off a clear handshake record's body.
pub(super) fn split_fragment(bytes: &[u8]) -> Result<(Fragment<'_>, &[u8]), PacketDrop> {
    let (head, rest) = bytes.split_at_checked(FRAGMENT_HEADER_LEN).ok_or(PacketDrop::Truncated)?;
    let be24 = |at: usize| u32::from_be_bytes([0, head[at], head[at + 1], head[at + 2]]) as usize;
    let (message_len, offset, len) = (be24(1), be24(6), be24(9));
    let ends_message = offset + len == message_len;
    let is_plausible = message_len <= MAX_MESSAGE_LEN
        && offset + len <= message_len
        && (ends_message || len >= MIN_FRAGMENT_LEN)
        && (len > 0 || message_len == 0);
    if !is_plausible {
        return Err(PacketDrop::WrongLength);
    }
    let (body, rest) = rest.split_at_checked(len).ok_or(PacketDrop::Truncated)?;
    let fragment = Fragment {
        message_type: head[0],
        message_len,
        message_sequence: u16::from_be_bytes([head[4], head[5]]),
        offset,
        body,
    };
    Ok((fragment, rest))
}

/// Checks every record and every clear handshake fragment of a datagram.
///
/// # Errors
/// The first [`PacketDrop`]; then the whole datagram is dropped.
pub(super) fn check(datagram: &[u8]) -> Result<(), PacketDrop> {
    let mut rest = datagram;
    while !rest.is_empty() {
        let (record, after) = split_record(rest)?;
        rest = after;
        match (record.content_type, record.epoch) {
            (HANDSHAKE, 0) => {
                let mut fragments = record.body;
                while !fragments.is_empty() {
                    fragments = split_fragment(fragments)?.1;
                }
            }
            (CHANGE_CIPHER_SPEC | ALERT, _) => {}
            (HANDSHAKE | APPLICATION_DATA, 1..) => {}
            _ => return Err(PacketDrop::WrongLength),
        }
    }
    Ok(())
}

/// The first fragment of the first record, when that is a clear handshake record.
pub(super) fn first_fragment(datagram: &[u8]) -> Option<Fragment<'_>> {
    let (record, _) = split_record(datagram).ok()?;
    if (record.content_type, record.epoch) != (HANDSHAKE, 0) {
        return None;
    }
    split_fragment(record.body).ok().map(|(fragment, _)| fragment)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn fragment(message_len: u32, offset: u32, len: u32) -> Vec<u8> {
        let mut body = vec![CLIENT_HELLO];
        body.extend_from_slice(&message_len.to_be_bytes()[1..]);
        body.extend_from_slice(&[0, 0]);
        body.extend_from_slice(&offset.to_be_bytes()[1..]);
        body.extend_from_slice(&len.to_be_bytes()[1..]);
        body.resize(body.len() + len as usize, 0);
        let mut record = vec![HANDSHAKE, 0xfe, 0xff, 0, 0, 0, 0, 0, 0, 0, 0];
        record.extend_from_slice(&(body.len() as u16).to_be_bytes());
        record.extend_from_slice(&body);
        record
    }

    #[test]
    fn tiny_and_overlong_fragments_are_refused() {
        assert_eq!(check(&fragment(1400, 0, 700)), Ok(()));
        assert_eq!(check(&fragment(1400, 1399, 1)), Ok(()));
        assert_eq!(check(&fragment(1400, 3, 1)), Err(PacketDrop::WrongLength));
        assert_eq!(check(&fragment(1400, 5, 0)), Err(PacketDrop::WrongLength));
        assert_eq!(check(&fragment(1400, 1300, 101)), Err(PacketDrop::WrongLength));
        assert_eq!(check(&fragment(0x20_0000, 0, 200)), Err(PacketDrop::WrongLength));
    }

    #[test]
    fn every_cut_of_a_datagram_is_refused() {
        let whole = [fragment(200, 0, 200), fragment(200, 0, 200)].concat();
        for cut in 1..whole.len() {
            assert_eq!(check(&whole[..cut]).is_ok(), cut == whole.len() / 2, "cut at {cut}");
        }
    }

    #[test]
    fn clear_application_data_is_refused() {
        let record = [APPLICATION_DATA, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 9];
        assert!(check(&record).is_err());
    }
}
