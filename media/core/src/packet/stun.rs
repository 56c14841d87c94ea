//! Looks into a STUN message just far enough to route it (RFC 8489 section 5).
//!
//! Called by the shard for datagrams from unknown addresses, and by `transport::ice` before the
//! costly integrity check. Never decides that a message is authentic: only the ICE agent does.

use crate::error::PacketDrop;

/// Bytes of the STUN header.
pub const HEADER_LEN: usize = 20;
/// Longest STUN message we look at; connectivity checks are below 200 bytes.
pub const MAX_MESSAGE_LEN: usize = 1500;
/// Longest ICE user fragment (RFC 8839 section 5.4).
pub const MAX_UFRAG_LEN: usize = 256;

const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];
const USERNAME: u16 = 0x0006;
const USE_CANDIDATE: u16 = 0x0025;
const BINDING: u16 = 1;

/// Message class (RFC 8489 section 5).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum StunClass {
    /// Expects an answer.
    Request,
    /// Expects none.
    Indication,
    /// Positive answer.
    Success,
    /// Negative answer.
    Error,
}

/// The routing facts of one STUN message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StunPeek<'a> {
    /// Message class; the method is always Binding.
    pub class: StunClass,
    /// 96 bits that tie an answer to its request.
    pub transaction_id: &'a [u8; 12],
    /// First half of USERNAME: the user fragment of the receiver, ours in requests.
    pub receiver_ufrag: Option<&'a str>,
    /// Second half of USERNAME: the user fragment of the sender.
    pub sender_ufrag: Option<&'a str>,
    /// The controlling side nominates this pair.
    pub nominates: bool,
}

/// Reads class, transaction and USERNAME, checking cookie, lengths and attribute bounds.
///
/// # Errors
/// `NotStun` for anything but Binding with the magic cookie, `WrongLength`/`Truncated` when a
/// length field lies, `ForbiddenText` when USERNAME holds other than ice-chars.
pub fn peek(message: &[u8]) -> Result<StunPeek<'_>, PacketDrop> {
    let (header, mut attributes) = message.split_at_checked(HEADER_LEN).ok_or(PacketDrop::Truncated)?;
    let kind = u16::from_be_bytes([header[0], header[1]]);
    if header[4..8] != MAGIC_COOKIE || kind & 0xc000 != 0 {
        return Err(PacketDrop::NotStun);
    }
    let announced = usize::from(u16::from_be_bytes([header[2], header[3]]));
    if announced != attributes.len() || announced % 4 != 0 || message.len() > MAX_MESSAGE_LEN {
        return Err(PacketDrop::WrongLength);
    }
    // The two class bits sit at positions 4 and 8, between the method bits.
    let class = match kind & 0x0110 {
        0x0000 => StunClass::Request,
        0x0010 => StunClass::Indication,
        0x0100 => StunClass::Success,
        _ => StunClass::Error,
    };
    if kind & !0x0110 != BINDING {
        return Err(PacketDrop::NotStun);
    }
    let transaction_id = header.last_chunk::<12>().expect("the header has twenty bytes");
    let mut found =
        StunPeek { class, transaction_id, receiver_ufrag: None, sender_ufrag: None, nominates: false };
    while !attributes.is_empty() {
        let (head, rest) = attributes.split_at_checked(4).ok_or(PacketDrop::Truncated)?;
        let len = usize::from(u16::from_be_bytes([head[2], head[3]]));
        let (padded, after) =
            rest.split_at_checked(len.next_multiple_of(4)).ok_or(PacketDrop::WrongLength)?;
        match u16::from_be_bytes([head[0], head[1]]) {
            // An answer carries the name of the request, if any: libnice (GStreamer) sends it back.
            USERNAME if class == StunClass::Request && found.receiver_ufrag.is_none() => {
                let (receiver, sender) = user_fragments(&padded[..len])?;
                found.receiver_ufrag = Some(receiver);
                found.sender_ufrag = Some(sender);
            }
            USE_CANDIDATE => found.nominates = true,
            _ => {}
        }
        attributes = after;
    }
    Ok(found)
}

fn user_fragments(username: &[u8]) -> Result<(&str, &str), PacketDrop> {
    let text = std::str::from_utf8(username).map_err(|_| PacketDrop::ForbiddenText)?;
    let (receiver, sender) = text.split_once(':').ok_or(PacketDrop::ForbiddenText)?;
    if is_ice_text(receiver, MAX_UFRAG_LEN) && is_ice_text(sender, MAX_UFRAG_LEN) {
        Ok((receiver, sender))
    } else {
        Err(PacketDrop::ForbiddenText)
    }
}

/// Non-empty, at most `limit` bytes, all of them ice-char (RFC 8839 section 5.1).
#[must_use]
pub fn is_ice_text(text: &str, limit: usize) -> bool {
    let is_ice_char = |b: u8| b.is_ascii_alphanumeric() || b == b'+' || b == b'/';
    !text.is_empty() && text.len() <= limit && text.bytes().all(is_ice_char)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(kind: u16, attributes: &[(u16, &[u8])]) -> Vec<u8> {
        let mut body = Vec::new();
        for (id, value) in attributes {
            body.extend_from_slice(&id.to_be_bytes());
            body.extend_from_slice(&(value.len() as u16).to_be_bytes());
            body.extend_from_slice(value);
            body.resize(body.len().next_multiple_of(4), 0);
        }
        let mut bytes = kind.to_be_bytes().to_vec();
        bytes.extend_from_slice(&(body.len() as u16).to_be_bytes());
        bytes.extend_from_slice(&MAGIC_COOKIE);
        bytes.extend_from_slice(&[7; 12]);
        bytes.extend_from_slice(&body);
        bytes
    }

    #[test]
    fn request_names_both_fragments_and_the_nomination() {
        let bytes = message(1, &[(USERNAME, b"srv1:br/+2"), (0x24, &[0; 4]), (USE_CANDIDATE, b"")]);
        let found = peek(&bytes).unwrap();
        assert_eq!(found.class, StunClass::Request);
        assert_eq!((found.receiver_ufrag, found.sender_ufrag), (Some("srv1"), Some("br/+2")));
        assert!(found.nominates);
        assert_eq!(found.transaction_id, &[7; 12]);
    }

    #[test]
    fn success_without_username_is_routable_by_address() {
        let bytes = message(0x0101, &[]);
        let found = peek(&bytes).map(|p| (p.class, p.receiver_ufrag));
        assert_eq!(found, Ok((StunClass::Success, None)));
        let libnice = message(0x0101, &[(0x20, &[0; 8]), (USERNAME, b"srv1:gst2")]);
        assert_eq!(peek(&libnice).map(|p| (p.class, p.receiver_ufrag)), found);
    }

    #[test]
    fn lies_about_length_are_refused() {
        let good = message(1, &[(USERNAME, b"abcd:efgh")]);
        for len in 0..good.len() {
            assert!(peek(&good[..len]).is_err(), "cut at {len}");
        }
        let mut long = good.clone();
        long[23] = 200;
        assert_eq!(peek(&long), Err(PacketDrop::WrongLength));
        let mut cookie = good;
        cookie[4] = 0;
        assert_eq!(peek(&cookie), Err(PacketDrop::NotStun));
        // Allocate (TURN) is not for us.
        assert_eq!(peek(&message(3, &[])), Err(PacketDrop::NotStun));
    }

    #[test]
    fn username_outside_the_ice_alphabet_is_refused() {
        for name in [&b"nocolon"[..], b":b", b"a:", b"a b:c", b"a:b:c", &[0xff, b':', b'x']] {
            let bytes = message(1, &[(USERNAME, name)]);
            assert_eq!(peek(&bytes), Err(PacketDrop::ForbiddenText), "{name:?}");
        }
    }
}
