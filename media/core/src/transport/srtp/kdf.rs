//! Session keys from master key and salt (RFC 3711 section 4.3, RFC 7714 section 11).
//!
//! Called once per direction when a handshake ends. Key derivation rate is zero, as WebRTC fixes.

use aws_lc_rs::cipher::{AES_128, AES_256, EncryptingKey, EncryptionContext, UnboundCipherKey};
use aws_lc_rs::iv::FixedLength;

/// Which session value to derive (RFC 3711 section 4.3.1 and 4.3.2).
#[derive(Debug, Clone, Copy)]
pub(super) enum Label {
    RtpKey = 0,
    RtpAuth = 1,
    RtpSalt = 2,
    RtcpKey = 3,
    RtcpAuth = 4,
    RtcpSalt = 5,
}

/// Fills `out` with the session value of `label`. `None` when key or salt have a foreign length.
pub(super) fn derive(master_key: &[u8], master_salt: &[u8], label: Label, out: &mut [u8]) -> Option<()> {
    let algorithm = match master_key.len() {
        16 => &AES_128,
        32 => &AES_256,
        _ => return None,
    };
    // The salt is left-aligned in 112 bits; the label lands 48 bits from its right end, and the
    // result is shifted left by 16 to make the counter block.
    let mut block = [0u8; 16];
    block[..14].get_mut(..master_salt.len())?.copy_from_slice(master_salt);
    block[7] ^= label as u8;
    let key = UnboundCipherKey::new(algorithm, master_key).ok()?;
    let key = EncryptingKey::ctr(key).ok()?;
    out.fill(0);
    key.less_safe_encrypt(out, EncryptionContext::Iv128(FixedLength::from(block))).ok()?;
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::transport::srtp::hex;

    // RFC 3711 appendix B.3.
    #[test]
    fn session_keys_match_rfc_3711_b3() {
        let key = hex("E1F97A0D3E018BE0D64FA32C06DE4139");
        let salt = hex("0EC675AD498AFEEBB6960B3AABE6");
        let mut cipher = [0; 16];
        derive(&key, &salt, Label::RtpKey, &mut cipher).unwrap();
        assert_eq!(cipher[..], hex("C61E7A93744F39EE10734AFE3FF7A087"));
        let mut session_salt = [0; 14];
        derive(&key, &salt, Label::RtpSalt, &mut session_salt).unwrap();
        assert_eq!(session_salt[..], hex("30CBBC08863D8C85D49DB34A9AE1"));
        let mut auth = [0; 94];
        derive(&key, &salt, Label::RtpAuth, &mut auth).unwrap();
        let expected = "CEBE321F6FF7716B6FD4AB49AF256A156D38BAA48F0A0ACF3C34E2359E6CDBCEE049646C\
                        43D9327AD175578EF72270986371C10C9A369AC2F94A8C5FBCDDDC256D6E919A48B610EF\
                        17C2041E474035766B68642C59BBFC2F34DB60DBDFB2";
        assert_eq!(auth[..], hex(expected));
    }

    #[test]
    fn foreign_key_lengths_are_refused() {
        assert!(derive(&[0; 24], &[0; 12], Label::RtpKey, &mut [0; 16]).is_none());
        assert!(derive(&[0; 16], &[0; 99], Label::RtpKey, &mut [0; 16]).is_none());
    }
}
