//! What a TCP connection on a port shared with HTTPS begins with: an ICE check for a leg of ours,
//! framed by RFC 4571, or something else.
//!
//! Called by the media server before a connection reaches a shard, so that only what looks like a
//! browser's check costs a shard anything. Whether the check is authentic, only the leg decides.

use super::stun::{self, StunClass};
use super::tcp_frame::PREFIX_LEN;

/// Most bytes that must be held to know: one framed STUN message.
pub const OPENING_BYTES: usize = PREFIX_LEN + stun::MAX_MESSAGE_LEN;
const MAGIC_COOKIE: [u8; 4] = [0x21, 0x12, 0xa4, 0x42];

/// What the beginning says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Opening<'a> {
    /// Not enough bytes yet; nothing speaks against a check so far.
    Incomplete,
    /// A check for the leg whose own user fragment this is.
    Check(&'a str),
    /// No check: close the connection.
    Foreign,
}

/// Looks at the first `bytes` of a connection.
#[must_use]
pub fn opening(bytes: &[u8]) -> Opening<'_> {
    let Some((prefix, rest)) = bytes.split_first_chunk::<PREFIX_LEN>() else {
        return Opening::Incomplete;
    };
    let len = usize::from(u16::from_be_bytes(*prefix));
    if !(stun::HEADER_LEN..=stun::MAX_MESSAGE_LEN).contains(&len) {
        return Opening::Foreign;
    }
    // Nobody is waited for whose first bytes cannot become a check.
    let is_request = rest.iter().zip([0x00, 0x01]).all(|(got, wanted)| *got == wanted);
    let has_cookie = rest.iter().skip(4).zip(MAGIC_COOKIE).all(|(got, wanted)| *got == wanted);
    if !is_request || !has_cookie {
        return Opening::Foreign;
    }
    let Some(message) = rest.get(..len) else { return Opening::Incomplete };
    match stun::peek(message) {
        Ok(seen) if seen.class == StunClass::Request => {
            seen.receiver_ufrag.map_or(Opening::Foreign, Opening::Check)
        }
        _ => Opening::Foreign,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check() -> Vec<u8> {
        let mut message = vec![0, 1, 0, 16];
        message.extend_from_slice(&MAGIC_COOKIE);
        message.extend_from_slice(&[7; 12]);
        message.extend_from_slice(&[0, 6, 0, 9]);
        message.extend_from_slice(b"srvX:brow\0\0\0");
        let mut framed = (message.len() as u16).to_be_bytes().to_vec();
        framed.extend_from_slice(&message);
        framed
    }

    #[test]
    fn check_is_known_once_it_is_whole_and_whatever_follows() {
        let whole = check();
        for len in 0..whole.len() {
            assert_eq!(opening(&whole[..len]), Opening::Incomplete, "{len} bytes");
        }
        assert_eq!(opening(&whole), Opening::Check("srvX"));
        assert_eq!(opening(&[&whole[..], &[0, 5, 1]].concat()), Opening::Check("srvX"));
    }

    #[test]
    fn anything_else_is_foreign_at_its_first_wrong_byte() {
        let mut answer = check();
        answer[2] = 1;
        let mut nameless = check();
        nameless[23] = 9;
        for foreign in [
            &b"GET / HTTP/1.1\r\n"[..],
            b"SSH-2.0-x",
            &[0x16, 3, 1],
            &[0, 19],
            &[0xff, 0xff],
            &[0, 36, 0x80],
            &[0, 36, 0, 1, 0, 16, 0, 0],
            &answer[..5],
            &nameless,
        ] {
            assert_eq!(opening(foreign), Opening::Foreign, "{foreign:?}");
        }
    }
}
