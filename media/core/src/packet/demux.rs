//! Tells the protocols on one port apart by their first bytes (RFC 7983, RFC 5761).
//!
//! Called by the shard for every datagram and every RFC 4571 frame. Never looks further than two
//! bytes: validity is the business of the parser that gets the packet next.

/// What a datagram is, judged by its first two bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PacketClass {
    /// First byte 0..=3.
    Stun,
    /// First byte 20..=63.
    Dtls,
    /// First byte 128..=191, second byte outside 192..=223.
    Rtp,
    /// First byte 128..=191, second byte 192..=223 (RFC 5761 section 4).
    Rtcp,
    /// Anything else (ZRTP, TURN channels, QUIC, empty): dropped and counted.
    Unknown,
}

/// Classifies one datagram.
#[must_use]
pub fn classify(datagram: &[u8]) -> PacketClass {
    match datagram {
        [0..=3, ..] => PacketClass::Stun,
        [20..=63, ..] => PacketClass::Dtls,
        [128..=191, 192..=223, ..] => PacketClass::Rtcp,
        [128..=191, _, ..] => PacketClass::Rtp,
        _ => PacketClass::Unknown,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_byte_ranges_follow_rfc_7983() {
        for first in 0..=255u8 {
            let expected = match first {
                0..=3 => PacketClass::Stun,
                20..=63 => PacketClass::Dtls,
                128..=191 => PacketClass::Rtp,
                _ => PacketClass::Unknown,
            };
            assert_eq!(classify(&[first, 96]), expected, "first byte {first}");
        }
    }

    #[test]
    fn rtcp_types_are_told_from_rtp_by_the_second_byte() {
        assert_eq!(classify(&[0x80, 200]), PacketClass::Rtcp);
        assert_eq!(classify(&[0x8f, 205]), PacketClass::Rtcp);
        // Marker bit with payload type 111 gives 239, which is RTP.
        assert_eq!(classify(&[0x90, 239]), PacketClass::Rtp);
        assert_eq!(classify(&[0x80]), PacketClass::Unknown);
        assert_eq!(classify(&[]), PacketClass::Unknown);
    }
}
