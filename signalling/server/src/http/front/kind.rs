//! What the first byte of a connection says, before TLS and inside it.
//!
//! Asked by `front`. Pure; validity is the business of whoever gets the connection.

/// What a connection to the HTTPS port is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Bare {
    /// A TLS handshake record (RFC 8446 section 5.1).
    Tls,
    /// The length of an RFC 4571 frame that can hold a STUN message of at most 1500 bytes.
    IceTcp,
    /// Neither: plain HTTP, SSH, a scanner.
    Foreign,
}

/// Judges a connection by its first byte.
pub(crate) const fn bare(first: u8) -> Bare {
    match first {
        0x16 => Bare::Tls,
        0x00..=0x05 => Bare::IceTcp,
        _ => Bare::Foreign,
    }
}

/// What speaks inside TLS.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sealed {
    Http,
    Turn,
    /// The client named no protocol: its first byte tells.
    Unsaid,
}

/// Judges by the protocol that was agreed on (RFC 7301; RFC 7443 for TURN). Chromium's TURN client
/// offers none.
pub(crate) fn sealed(protocol: Option<&[u8]>) -> Sealed {
    match protocol {
        Some(super::TURN_PROTOCOL) => Sealed::Turn,
        Some(_) => Sealed::Http,
        None => Sealed::Unsaid,
    }
}

/// Judges a client that named no protocol. STUN begins with two zero bits and a method below 0x100;
/// no request of HTTP begins with a control character.
pub(crate) const fn unsaid(first: u8) -> Sealed {
    match first {
        0x00..=0x01 => Sealed::Turn,
        _ => Sealed::Http,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn first_byte_tells_tls_from_media() {
        assert_eq!(bare(0x16), Bare::Tls);
        let frame = |len: u16| bare(len.to_be_bytes()[0]);
        assert!([20, 255, 256, 1500].map(frame).iter().all(|kind| *kind == Bare::IceTcp));
        for foreign in [b'G', b'P', b'S', 0x06, 0x15, 0x17, 0x80, 0xff] {
            assert_eq!(bare(foreign), Bare::Foreign, "{foreign}");
        }
    }

    #[test]
    fn protocol_decides_inside_tls_and_else_the_first_byte() {
        assert_eq!(sealed(Some(b"h2")), Sealed::Http);
        assert_eq!(sealed(Some(b"http/1.1")), Sealed::Http);
        assert_eq!(sealed(Some(b"stun.turn")), Sealed::Turn);
        assert_eq!(sealed(None), Sealed::Unsaid);
        assert_eq!(unsaid(0x00), Sealed::Turn);
        for method in b"GPHDOCTL" {
            assert_eq!(unsaid(*method), Sealed::Http);
        }
    }
}
